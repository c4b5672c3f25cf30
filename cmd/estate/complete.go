package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/posener/complete"
	"github.com/willabides/kongplete"

	"hubspoke/estate"
	"hubspoke/internal/deploy"
	reports "hubspoke/internal/report"
	"hubspoke/stacks"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// completions are what shells run when they start, by their names. The program completes
// itself: shells call it with what has been typed in COMP_LINE.
var completions = map[string]string{
	"bash": `# estate completes its commands, flags, estates, stacks and parties: put this into ~/.bashrc
#   eval "$(estate completion bash)"
complete -o bashdefault -o default -C %[1]s estate
`,
	"zsh": `# estate completes its commands, flags, estates, stacks and parties: put this into ~/.zshrc
#   eval "$(estate completion zsh)"
autoload -U +X bashcompinit && bashcompinit
complete -o bashdefault -o default -C %[1]s estate
`,
	"fish": `# estate completes its commands, flags, estates, stacks and parties: write this to
# ~/.config/fish/completions/estate.fish
function __complete_estate
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    %[1]s
end
complete -f -c estate -a "(__complete_estate)"
`,
}

func (c completionCommand) Run(out io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, completions[c.Shell], quoted(program))
	return err
}

// quoted is a word that shells take as it is.
func quoted(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool { return strings.ContainsRune(" '\"$`\\&;()<>|*?#", r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// predictors say what may stand where a tag `predictor` names one.
func predictors() kongplete.Option {
	return kongplete.WithPredictors(map[string]complete.Predictor{
		"estate":  complete.PredictOr(complete.PredictFunc(knownEstates), complete.PredictDirs("*")),
		"stack":   complete.PredictFunc(synthesizedStacks),
		"folder":  complete.PredictDirs("*"),
		"file":    complete.PredictFiles("*"),
		"query":   complete.PredictFunc(knownParties),
		"account": complete.PredictFunc(knownAccounts),
		"report":  complete.PredictFunc(func(complete.Args) []string { return reportKinds() }),
		"key":     complete.PredictFunc(func(complete.Args) []string { return keysToExplain() }),
	})
}

// knownEstates are the estates that have names.
func knownEstates(complete.Args) []string {
	files, _ := filepath.Glob("environments/*/estate.yaml")
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return names
}

// typedEstate is the estate that a line is about: the one that is in it, or that of the
// environment. Whoever types has not always come to an end: there may be none.
func typedEstate(args complete.Args) *estate.Estate {
	candidates := append(slices.Clone(args.Completed), os.Getenv("ESTATE"))
	for i, name := range candidates {
		last := i == len(candidates)-1
		if !last && (name == "" || strings.HasPrefix(name, "-")) {
			continue
		}
		if _, err := os.Stat(filepath.Join(estate.Find(name), "estate.yaml")); err != nil {
			continue
		}
		if e, err := estate.Load(estate.Find(name)); err == nil {
			return e
		}
	}
	return nil
}

// synthesizedStacks are those that can be deployed: of what was synthesized or, before
// that, of the estate.
func synthesizedStacks(args complete.Args) []string {
	dir := os.Getenv("CDKTF_OUTDIR")
	if dir == "" {
		dir = "cdktf.out"
	}
	if all, err := deploy.Read(dir); err == nil {
		return deploy.Names(all)
	}
	if e := typedEstate(args); e != nil {
		return stacks.Names(stacks.Of(e))
	}
	return nil
}

// knownAccounts are the accounts of the estate.
func knownAccounts(args complete.Args) []string {
	if e := typedEstate(args); e != nil {
		return e.AccountNames()
	}
	return nil
}

// knownParties are what a question may begin with, or go on with after the arrow.
func knownParties(args complete.Args) []string {
	e := typedEstate(args)
	if e == nil {
		return nil
	}
	parties := []string{"internet"}
	if len(e.OnPremises.CIDRs) > 0 {
		parties = append(parties, "on-premises")
	}
	for _, account := range e.NetworkAccounts() {
		tiers := []string{account}
		for _, slot := range e.Plan(account) {
			if party := account + "." + string(slot.Tier); slot.Used || slot.Existing != "" {
				tiers = append(tiers, party)
			}
		}
		parties = append(parties, tiers...)
	}
	slices.Sort(parties)
	return slices.Compact(parties)
}

func reportKinds() []string {
	var kinds []string
	for _, k := range reports.Kinds {
		kinds = append(kinds, k.Name)
	}
	return kinds
}
