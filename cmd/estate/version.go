package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/versions"
)

// release is the name of the release, which `make release` puts here.
var release string

type versionCommand struct {
	jsonFlag
}

func (c versionCommand) Run(out io.Writer) error {
	info, _ := debug.ReadBuildInfo()
	if c.JSON {
		built := answer.Built{Head: answer.Of("version"), Hubspoke: revision(info), CDKTF: versions.CDKTF, Terraform: versions.Terraform, AWSProvider: versions.AWSProvider}
		if info != nil {
			built.Go = info.GoVersion
		}
		return answer.Write(out, built)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "hubspoke\t%s\n", revision(info))
	if info != nil {
		fmt.Fprintf(t, "go\t%s\n", info.GoVersion)
	}
	fmt.Fprintf(t, "cdktf\t%s\n", versions.CDKTF)
	fmt.Fprintf(t, "terraform\t%s\n", versions.Terraform)
	fmt.Fprintf(t, "hashicorp/aws\t%s\n", versions.AWSProvider)
	return t.Flush()
}

// revision is the release, if it is one, and the commit that this was built from, its time, and whether files had
// changed since. `go build` notes them; `go run`, builds outside
// of a clone and those with -buildvcs=false do not.
func revision(info *debug.BuildInfo) string {
	if release != "" {
		return release
	}
	settings := map[string]string{}
	if info != nil {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	if info != nil && info.Main.Version != "" && info.Main.Version != "(devel)" && settings["vcs.modified"] != "true" {
		settings["vcs.revision"] = strings.TrimSpace(info.Main.Version + " " + settings["vcs.revision"])
	}
	if settings["vcs.revision"] == "" {
		return "unknown revision (go build in a clone notes it; go run does not, nor does -buildvcs=false, here or in GOFLAGS)"
	}
	text := settings["vcs.revision"]
	if settings["vcs.time"] != "" {
		text += " of " + settings["vcs.time"]
	}
	if settings["vcs.modified"] == "true" {
		text += ", with changes"
	}
	return text
}
