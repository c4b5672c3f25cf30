package stackjson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sjson "sigs.k8s.io/json"
)

var ordinary = []string{
	`{}`, `[]`, `""`, `null`, `true`, `false`, `0`, `-1.5e+3`, `12345678901234567890`,
	`{"a": [1, {"b": null}, [], "c"], "d": {"a": "c"}}`, " \t\r\n[ 1 , 2 ] \n",
	`{"é": "\u00e9\n\"\\ \ud83d\ude00 $${a}", "\u0061": "\ud83d"}`,
}

var extraordinary = []string{
	``, ` `, `{`, `[`, `"`, `"\`, `"\u12"`, "\"\x01\"", `{"a"}`, `{"a": 1,}`, `[1,]`, `[1 2]`, `{"a" 1}`, `{1: 2}`,
	`01`, `+1`, `.5`, `1.`, `1e`, `1e999`, `truex`, `nul`, `NaN`, `{} {}`, `"a"b`, "\"\xff\"",
	`{"a": 1, "a": 2}`, `{"a": 1, "\u0061": 2}`, `[{"x": {"a": {}, "b": 1, "a": {}}}]`,
	strings.Repeat("[", 2000) + strings.Repeat("]", 2000), strings.Repeat("[", 20000),
}

// agrees checks that what is decoded is what the slower decoders say, without anything
// to complain of.
func agrees(t *testing.T, text []byte) (decoded bool) {
	t.Helper()
	got, decoded := decode(text, texts{})
	if !decoded {
		return false
	}
	var want any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatalf("%q is decoded, and is not valid: %v", text, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got):\n%s", text, diff)
	}
	if twice, err := sjson.UnmarshalStrict(text, new(any), sjson.DisallowDuplicateFields); err != nil || len(twice) > 0 {
		t.Errorf("%q is decoded, and has %v %v", text, twice, err)
	}
	return true
}

func TestWhatIsDecodedFastIsWhatItIs(t *testing.T) {
	for _, text := range ordinary {
		if !agrees(t, []byte(text)) {
			t.Errorf("%q is not decoded", text)
		}
	}
	stacks, err := filepath.Glob(filepath.Join("..", "..", "test", "testdata", "golden", "*", "*.json"))
	if err != nil || len(stacks) == 0 {
		t.Fatalf("%d golden files, error %v", len(stacks), err)
	}
	for _, file := range stacks {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !agrees(t, text) {
			t.Errorf("%s is not decoded", file)
		}
	}
}

func TestWhatIsOutOfTheOrdinaryIsLeftToOthers(t *testing.T) {
	for _, text := range extraordinary {
		if agrees(t, []byte(text)) {
			t.Errorf("%.50q is decoded", text)
		}
	}
}

func FuzzDecoding(f *testing.F) {
	for _, text := range append(ordinary, extraordinary...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agrees(t, text) })
}

func TestWhatIsBareHasNoTextAndNoComments(t *testing.T) {
	s, err := Parse("hub", "a.tf.json", []byte(`{"//": {"a": 1}, "resource": {"aws_vpc": {"main": {"//": "x", "tags": [{"//": "y", "a": "//"}]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Strip(s.JSON)
	s.Bare()
	if diff := cmp.Diff(want, any(s.JSON)); diff != "" || s.Text != nil {
		t.Errorf("the text %q is left; (-want +got):\n%s", s.Text, diff)
	}
}
