package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"

	"hubspoke/cmd/estate/answer"
	"hubspoke/cmd/estate/explain"
	"hubspoke/estate"
	"hubspoke/internal/synth"
	"hubspoke/internal/words"
	"hubspoke/proof/stackjson"
)

type explainCommand struct {
	What   string `arg:"" name:"key-or-address" predictor:"key" help:"A key, spoke.network.nat of all spokes or dev.yaml:network.nat of one; or the address of a resource, dev-network/aws_vpc.main, without the stack if no other has it."`
	Estate string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote, for resources. Default: cdktf.out."`
	App    string `env:"HUBSPOKE_APP" predictor:"file" placeholder:"PROGRAM" help:"What synthesizes copies of the estate. Default: hubspoke beside this program, or what go build makes of the folder here."`
	Tries  int    `default:"60" help:"How often to synthesize, at most, to find the keys that make a resource. Default: 60."`
	Quick  bool   `help:"Synthesize nothing: say what the files and the schema say alone."`
	jsonFlag
}

// resourceAddress is what an address looks like, and a key does not.
var resourceAddress = regexp.MustCompile(`^([a-z0-9-]+/)?(data\.)?[a-z0-9]+_[a-z0-9_]+\.[^.:/]+$`)

func (c explainCommand) Run(out io.Writer) error {
	if c.Tries < 1 {
		return errors.New("--tries: at least 1")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir := estate.Find(c.Estate)
	e, err := estate.Load(dir)
	if err != nil {
		return err
	}
	schemas, err := readSchemas(dir)
	if err != nil {
		return err
	}
	bar := &progress{}
	q := explain.Question{Dir: dir, Schemas: schemas, Tries: c.Tries, Begun: func(n int) { bar = progressOf("syntheses at most", n) }, Done: func() { bar.step() }}
	if !c.Quick {
		if q.App, err = explain.FindApp(ctx, c.App); err != nil {
			return fmt.Errorf("%w; or ask with --quick, without what follows", err)
		}
		defer q.App.Close()
	}
	explained := answer.Explain{Head: answer.Of("explain")}
	if resourceAddress.MatchString(c.What) {
		explained.Resource, err = c.resource(ctx, q, e)
	} else {
		explained.Key, err = q.Key(ctx, c.What)
	}
	bar.clear()
	if err != nil {
		return err
	}
	if c.JSON {
		return answer.Write(out, explained)
	}
	return explainedText(out, explained, c.Quick)
}

func (c explainCommand) resource(ctx context.Context, q explain.Question, e *estate.Estate) (*answer.Resource, error) {
	if err := synth.OfAnother(e, c.Outdir); err != nil {
		return nil, fmt.Errorf("%w: run `make synth`", err)
	}
	synthesized, err := stackjson.Read(c.Outdir)
	if err != nil {
		return nil, fmt.Errorf("%w\nrun `make synth` first", err)
	}
	return q.Resource(ctx, e, synthesized, c.What)
}

// readSchemas reads the schemas of an estate's files, from where they usually are.
func readSchemas(dir string) (explain.Schemas, error) {
	others := []string{filepath.Join(dir, "..", "schema"), filepath.Join("environments", "schema")}
	if self, err := os.Executable(); err == nil {
		others = append(others, filepath.Join(filepath.Dir(self), "schema"))
	}
	return explain.ReadSchemas(dir, others...)
}

// keysToExplain are the keys of all files, for completion.
func keysToExplain() []string {
	schemas, err := readSchemas(estate.Find(os.Getenv("ESTATE")))
	if err != nil {
		return nil
	}
	return schemas.Keys()
}

func explainedText(out io.Writer, explained answer.Explain, quick bool) error {
	var b strings.Builder
	if explained.Key != nil {
		keyText(&b, explained.Key, quick)
	} else {
		resourceText(&b, explained.Resource, quick)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func keyText(b *strings.Builder, k *answer.Key, quick bool) {
	fmt.Fprintf(b, "%s: %s%s\n", k.Path, k.Type, map[bool]string{true: ", required"}[k.Required])
	if k.Meaning != "" {
		fmt.Fprintf(b, "  %s\n", k.Meaning)
	}
	line(b, "default", k.Default)
	line(b, "values", strings.Join(k.Values, ", "))
	line(b, "keys in it", strings.Join(k.Below, ", "))
	for _, p := range k.Places {
		at := p.File
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", p.File, p.Line)
		}
		fmt.Fprintf(b, "\n%s: %s\n", at, p.Value)
		switch {
		case quick:
		case p.Untried != "":
			fmt.Fprintf(b, "  nothing was tried: %s\n", p.Untried)
		case len(p.Follows) == 0:
			fmt.Fprintf(b, "  with %s, no resource differs\n", p.Tried)
		default:
			fmt.Fprintf(b, "  with %s, %s:\n", p.Tried, words.Count(len(p.Follows), "resource differs", "resources differ"))
			list(b, p.Follows)
		}
	}
}

func resourceText(b *strings.Builder, r *answer.Resource, quick bool) {
	fmt.Fprintf(b, "%s\n", r.Address)
	line(b, "account", r.Account)
	line(b, "region", r.Region)
	line(b, "stack made by", r.Package)
	line(b, "resources of its type by", strings.Join(r.Constructs, ", "))
	if len(r.RefersTo) > 0 {
		b.WriteString("refers to:\n")
		list(b, r.RefersTo)
	}
	if len(r.ReferredBy) > 0 {
		b.WriteString("referred to by:\n")
		list(b, r.ReferredBy)
	}
	if quick {
		return
	}
	b.WriteString("made by:\n")
	for _, c := range r.MadeBy {
		fmt.Fprintf(b, "  %s:%d: %s: %s (%s it: %s)\n", c.File, c.Line, c.Path, c.Value, c.Effect, c.Tried)
	}
	if len(r.MadeBy) == 0 {
		b.WriteString("  none of the keys that were tried\n")
	}
	if len(r.Untried) > 0 {
		b.WriteString("could not be tried:\n")
		list(b, r.Untried)
	}
}

func line(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "  %s: %s\n", name, value)
	}
}

func list(b *strings.Builder, items []string) {
	for _, item := range items {
		fmt.Fprintf(b, "  %s\n", item)
	}
}
