package compose

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/fastkernel"
	"hubspoke/internal/output"
	"hubspoke/stacks"
	"hubspoke/stacks/spokenetwork"
)

func TestMain(m *testing.M) {
	fastkernel.SilenceNode()
	fastkernel.Enable()
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

func TestEveryKindHasAMaker(t *testing.T) {
	kinds := stacks.Kinds()
	for _, kind := range kinds {
		if makers[kind].fill == nil {
			t.Errorf("nothing makes stacks of the kind %s: add its New to makers", kind)
		}
	}
	for kind := range makers {
		if !slices.Contains(kinds, kind) {
			t.Errorf("the kind %s has a maker, and does not say which stacks of it there are: add it to stacks/kinds.go", kind)
		}
	}
}

// madeUp composes two stacks of piksel of made-up kinds: the firewall, in prod, writes
// an output, and the reader, in dev, is filled by fill.
func madeUp(t *testing.T, outdir string, reads []string, fill func(*base.Stack) error) error {
	t.Helper()
	e, err := estate.Load("../../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	all, err := stacks.Order([]stacks.Stack{
		{Name: "dev-reader", Kind: "reader", Account: "dev", Reads: reads},
		{Name: "prod-firewall", Kind: "firewall", Account: "prod"},
		{Name: "prod-network", Kind: "firewall", Account: "prod"},
	})
	if err != nil {
		t.Fatal(err)
	}
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &outdir, StackTraces: jsii.Bool(false)})
	if err := compose(app, e, all, map[stacks.Kind]maker{
		"firewall": {fill: func(s *base.Stack) error {
			output.Write(s.Scope, spokenetwork.Outputs{VPCID: jsii.String("vpc-1")})
			return nil
		}},
		"reader": {fill: fill},
	}); err != nil {
		return err
	}
	app.Synth()
	return nil
}

func TestASpokeMayReadAnotherSpoke(t *testing.T) {
	outdir := t.TempDir()
	if err := madeUp(t, outdir, []string{"prod-network"}, func(s *base.Stack) error {
		output.Write(s.Scope, spokenetwork.Outputs{VPCID: spokenetwork.Read(s, "prod").VPCID})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(outdir, "stacks", "dev-reader", "cdk.tf.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"key": "piksel/prod-network.tfstate"`, "piksel-state-dev", "${data.terraform_remote_state.prod_network.outputs.vpc_id}"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	var manifest struct {
		Stacks map[string]struct{ Dependencies []string }
	}
	text, err = os.ReadFile(filepath.Join(outdir, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	if got := manifest.Stacks["dev-reader"].Dependencies; err != nil || !slices.Equal(got, []string{"prod-network"}) {
		t.Errorf("CDKTF deploys it after %v, error %v", got, err)
	}
}

// A state that its kind does not name would be read without the permission to.
func TestAStackReadsNothingThatItsKindDoesNotSay(t *testing.T) {
	defer func() {
		const want = "the stack dev-reader reads prod-network: its kind has to say so under Reads"
		if r := recover(); r != want {
			t.Errorf("got %v, want %s", r, want)
		}
	}()
	err := madeUp(t, t.TempDir(), []string{"prod-firewall"}, func(s *base.Stack) error {
		spokenetwork.Read(s, "prod")
		return nil
	})
	t.Errorf("it is made, error %v", err)
}
