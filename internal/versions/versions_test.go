package versions

import (
	"encoding/json"
	"os"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestCDKTFIsTheVersionThatIsPinned(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	required := ""
	for _, r := range module.Require {
		if r.Mod.Path == "github.com/hashicorp/terraform-cdk-go/cdktf" {
			required = r.Mod.Version
		}
	}
	if required != "v"+CDKTF {
		t.Errorf("go.mod requires %s, this package says %s", required, CDKTF)
	}

	if text, err = os.ReadFile("../../package.json"); err != nil {
		t.Fatal(err)
	}
	var packages struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(text, &packages); err != nil {
		t.Fatal(err)
	}
	if got := packages.DevDependencies["cdktf-cli"]; got != CDKTF {
		t.Errorf("package.json requires %s, this package says %s", got, CDKTF)
	}
}
