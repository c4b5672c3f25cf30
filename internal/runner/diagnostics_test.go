package runner

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
)

const summary = `{"type":"change_summary","changes":{"add":1,"change":2,"remove":3,"operation":"plan"}}`

// A scanner of lines would end without a word at one that is longer than its buffer.
func TestALineOfAnyLengthIsRead(t *testing.T) {
	long := `{"type":"log","@message":"` + strings.Repeat("x", 17<<20) + `"}`
	got := read(bytes.NewBufferString(long + "\n" + summary + "\n"))
	if want := (Changes{Add: 1, Change: 2, Destroy: 3}); got.changes != want || !got.counted {
		t.Errorf("%+v, counted %v, want %+v", got.changes, got.counted, want)
	}
}

// of is what Terraform says of a thing whose JSON ends where it points to.
func of(address, context, code, summary, detail string) tfjson.Diagnostic {
	return tfjson.Diagnostic{
		Severity: tfjson.DiagnosticSeverityError, Summary: summary, Detail: detail, Address: address,
		Snippet: &tfjson.DiagnosticSnippet{Context: &context, Code: code},
	}
}

func TestWhatIsSaidOfSeveralThingsIsSaidOnce(t *testing.T) {
	const aws, summary = `provider["registry.terraform.io/hashicorp/aws"]`, "No valid credential sources found"
	got := diagnosed([]tfjson.Diagnostic{
		of(aws, "provider.aws[0]", "      },", summary, "Please see the documentation\nof the provider.\n"),
		of(aws+".prod", "provider.aws[2]", "      },", summary, "Please see the documentation\nof the provider.\n"),
		of("aws_vpc.main", "resource.aws_vpc.main", `  "cidr_block": "x",`, "Invalid CIDR", ""),
		of(aws+".dev", "provider.aws[1]", "      }", summary, "Please see the documentation\nof the provider.\n"),
	})
	want := `  error: No valid credential sources found
    in provider.aws, provider.aws.dev, provider.aws.prod
    no AWS credentials: see README.md, "Deploy for real"
    Please see the documentation
    of the provider.
  error: Invalid CIDR
    in resource.aws_vpc.main
    "cidr_block": "x",`
	if diff := cmp.Diff(want, got.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReadmeExplainsCredentials(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n## Deploy for real\n") {
		t.Errorf("README.md has no section of which %s speaks", hintOfCredentials)
	}
}
