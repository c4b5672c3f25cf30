// Genfindings writes docs/findings.md, the table of what the proof may find, from the
// kinds of findings that its packages declare. `go generate ./proof` runs it.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/proof"
	"hubspoke/proof/finding"
)

// file is where the table stands, seen from the folder proof/.
var file = filepath.Join("..", "docs", "findings.md")

// main expects to run in the folder proof/.
func main() {
	log.SetFlags(0)
	if err := os.WriteFile(file, []byte(table(proof.Kinds())), 0o644); err != nil {
		log.Fatal(err)
	}
}

const introduction = `<!-- Written by go generate ./proof from the catalogues in proof/. -->

# What the network proof finds

Beside its answers about intents, [` + "`estate prove`" + `](network-proof.md) says what cannot work, cannot be meant, or deserves a second look
in any network. Each finding has a code and a sentence with the resources at hand; this is what the codes mean in general.

| in the report | meaning |
|---|---|
| ` + "`violated`" + ` | it cannot work, or cannot be meant: the proof fails with status 1 |
| ` + "`unproven`" + ` | it is not understood, and may change any answer: the proof fails with status 2 |
| ` + "`note`" + ` | it works, in a way that may surprise, or the model cannot decide it: nothing fails |

| code | what it means | what to do |
|---|---|---|
`

// table is the text of the file. A code is the name of its line, to link to.
func table(kinds []finding.Kind) string {
	kinds = slices.SortedFunc(slices.Values(kinds), func(a, b finding.Kind) int { return strings.Compare(a.Code(), b.Code()) })
	var text strings.Builder
	text.WriteString(introduction)
	for _, k := range kinds {
		fmt.Fprintf(&text, "| <a id=\"%s\"></a>`%[1]s` | %s | %s |\n", k.Code(), cell(k.Meaning()), cell(k.Remedy()))
	}
	return text.String()
}

// cell is Markdown that may stand in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
