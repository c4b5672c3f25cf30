// Package view writes a page about a network: one HTML file that needs no network and no
// server. It has the picture, who reaches whom and how, addresses, names, what was promised,
// permissions, costs and, beside an earlier synthesis, what has changed.
//
// All that people name goes into the page as data, and becomes text there; the page allows no
// script and no style but its own.
package view

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"

	"hubspoke/internal/cost"
	"hubspoke/internal/picture"
	"hubspoke/internal/picture/layout"
	"hubspoke/internal/picture/svg"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// Input is what a page is about.
type Input struct {
	// Name is the network's.
	Name  string
	Proof *proof.Proof
	// Ranges are those from which VPCs get theirs, and Slots the subnets in them.
	Ranges []string
	Slots  []Slot
	// Costs are nil where nobody has counted.
	Costs *cost.Report
	// Stacks are what was synthesized, and Before the network as it was, nil where nothing is compared.
	Stacks []*stackjson.Stack
	Before *Earlier
}

// Slot is a range of a VPC.
type Slot struct {
	// VPC is its name, and Range that of the VPC, "" where it is not known before a plan.
	VPC   string `json:"vpc"`
	Range string `json:"range"`
	Tier  string `json:"tier"`
	Zone  string `json:"zone"`
	CIDR  string `json:"cidr"`
	// Used says that it is made; otherwise it is kept free for it.
	Used bool `json:"used"`
}

//go:embed page.css
var style string

//go:embed page.js
var script string

//go:embed page.html
var body string

// Write writes the page.
func Write(w io.Writer, in Input) error {
	drawn := picture.Of(in.Name, in.Proof, false)
	data, err := json.Marshal(dataOf(in, drawn)) // escapes what HTML would read
	if err != nil {
		return err
	}
	var drawing bytes.Buffer
	if len(drawn.Accounts) > 0 {
		if err := svg.Fragment(&drawing, layout.Of(drawn)); err != nil {
			return err
		}
	}
	css := svg.Style + style
	_, err = io.WriteString(w, strings.NewReplacer(
		"{{policy}}", fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; script-src %s; style-src %s", digest(script), digest(css)),
		"{{name}}", html.EscapeString(strings.ToValidUTF8(in.Name, "\uFFFD")),
		"{{style}}", css,
		"{{drawing}}", drawing.String(),
		"{{data}}", string(data),
		"{{script}}", script,
	).Replace(body))
	return err
}

// digest is how a policy names an inline script or style:
// https://www.w3.org/TR/CSP3/#grammardef-hash-source
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
