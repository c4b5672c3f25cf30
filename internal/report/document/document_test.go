package document

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func sample() *Document {
	d := &Document{Title: "Things", About: []string{"What there is."}}
	d.Section("Rows").Table("name", "who").Row("a|b", "*")
	d.Section("Steps", "Do this.").Do("hub", "Look.", "aws sts get-caller-identity")
	return d
}

func TestADocumentSaysTheSameInEveryFormat(t *testing.T) {
	for format, wants := range map[string][]string{
		"markdown": {"# Things\n", "## Rows\n\n| name | who |\n| --- | --- |\n| a\\|b | \\* |\n", "1. Look. (in the account hub)\n\n   ```sh\n   aws sts get-caller-identity\n   ```\n"},
		"text":     {"Things\n======\n", "NAME  WHO\na|b   *\n", "1. Look. (in the account hub)\n     aws sts get-caller-identity\n"},
		"json":     {`"who": "*"`, `"account": "hub"`},
	} {
		var out bytes.Buffer
		if err := sample().Write(&out, format); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not in\n%s", format, want, &out)
			}
		}
		if format == "json" && !json.Valid(out.Bytes()) {
			t.Errorf("this is no JSON:\n%s", &out)
		}
	}
	if err := sample().Write(new(bytes.Buffer), "html"); err == nil || !strings.Contains(err.Error(), "markdown,json,text") {
		t.Errorf("html: %v", err)
	}
}

func TestARowHasACellForEachColumn(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a row with a cell too many was taken")
		}
	}()
	new(Section).Table("one").Row("a", "b")
}

// A tenth step has a wider number, and its commands are still a part of it.
func TestCommandsAreBelowTheirStep(t *testing.T) {
	d := &Document{Title: "Things"}
	section := d.Section("How")
	for range 10 {
		section.Do("", "Look.", "true", "false")
	}
	var b bytes.Buffer
	if err := d.Write(&b, "markdown"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n9. Look.\n\n   ```sh\n   true\n   false\n   ```\n", "\n10. Look.\n\n    ```sh\n    true\n    false\n    ```\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}
}
