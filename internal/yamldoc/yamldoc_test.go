package yamldoc

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// kingdom is the file of these tests: a key of every kind, and with every rule.
type kingdom struct {
	Name    string            `yaml:"name" jsonschema:"required" format:"test-name"`
	Mode    mode              `yaml:"mode" default:"calm"`
	Count   int               `yaml:"count" jsonschema:"minimum=2,maximum=5" default:"3" why:"a round table has so many legs"`
	Days    int               `yaml:"days" format:"test-days" default:"7"`
	Open    bool              `yaml:"open" default:"false"`
	Zones   []string          `yaml:"zones" jsonschema:"minItems=2,maxItems=3,uniqueItems=true" default:"[b, a]" why:"one is none"`
	Ranges  []netip.Prefix    `yaml:"ranges" jsonschema:"uniqueItems=true"`
	Server  netip.Addr        `yaml:"server"`
	Labels  map[string]string `yaml:"labels" jsonschema:"minProperties=1,maxProperties=2" keys:"test-name" format:"test-word"`
	Castle  castle            `yaml:"castle"`
	Castles map[string]castle `yaml:"castles" keys:"test-name"`
	Dungeon *dungeon          `yaml:"dungeon"`
	Knights names             `yaml:"knights"`
}

type castle struct {
	Height  int                 `yaml:"height" jsonschema:"required"`
	Towers  int                 `yaml:"towers" default:"4"`
	Gate    gate                `yaml:"gate"`
	Servers map[string][]string `yaml:"servers" jsonschema:"minItems=1,uniqueItems=true" format:"test-name"`
}

type gate struct {
	Bars int    `yaml:"bars"`
	Wood string `yaml:"wood" default:"oak"`
}

type dungeon struct {
	Depth int `yaml:"depth" default:"10"`
}

type mode string

func (mode) Values() []string { return []string{"calm", "one_by_one", "none"} }

// names are one name or a list.
type names []string

func (names) OneOrMore() {}

// village is a file beside that of the kingdom.
type village struct {
	Well string `yaml:"well"`
}

var (
	_ = NewFormat(Format{Name: "test-name", Wanted: "a name in lower case", Pattern: regexp.MustCompile(`^[a-z-]+$`), MaxLength: 8})
	_ = NewFormat(Format{Name: "test-word", Wanted: "a word that is known", Values: []string{"tree", "stone"}, Hints: map[string]string{"water": "is no word here, but under dungeon"}})
	_ = NewFormat(Format{Name: "test-days", Wanted: "a number of days that there is", Values: []string{"1", "7"}})
)

func decode(text string) (kingdom, *Document) {
	var k kingdom
	d := Decode("kingdom.yaml", []byte(text), &k, Beside{"kingdom.yaml", kingdom{}}, Beside{"village.yaml", village{}})
	return k, d
}

// bad is what decoding says about files that are wrong.
var bad = []struct{ name, text, want string }{
	// Text that is not YAML.
	{"an empty file", " ", "kingdom.yaml: the file is empty: write something into it, or remove it"},
	{"comments alone", "# later\n", "kingdom.yaml: the file is empty: write something into it, or remove it"},
	{"not text", "name: a\nmode: \xff\xfe\n", "kingdom.yaml:2: not UTF-8 text"},
	{"a second document", "name: a\n---\nname: b\n", "kingdom.yaml:2: a second YAML document: one file holds one document"},
	{"not YAML in a second document", "name: a\n---\n]\n", "kingdom.yaml:3: not YAML: a value is missing here, or a bracket before is not closed"},
	{"a tab", "castle:\n\theight: 1\n", "kingdom.yaml:2: not YAML: the line is indented with a tab, and YAML takes spaces alone"},
	{"a tab in the first line", "\tname: a\n", "kingdom.yaml:1: not YAML: the line is indented with a tab, and YAML takes spaces alone"},
	{"a tab behind a comment", "name: a\ncastle:\n  # high\n\n\theight: 1\n", "kingdom.yaml:5: not YAML: the line is indented with a tab, and YAML takes spaces alone"},
	{"a tab among spaces", "castle:\n  gate:\n  \tbars: 1\n", "kingdom.yaml:3: not YAML: the line is indented with a tab, and YAML takes spaces alone"},
	{"a section that has nothing and then something", "name: a\ncastle: {}\n  height: 1\n", "kingdom.yaml:3: not YAML: the line is indented like nothing above it: it, or those before it, stand too deep or not deep enough, or below a key that has a value already, such as {}"},
	{"an odd indentation", "name: a\ncastle:\n  height: 1\n  gate:\n    bars: 1\n   wood: oak\n", "kingdom.yaml:6: not YAML: the line is indented like nothing above it: it, or those before it, stand too deep or not deep enough, or below a key that has a value already, such as {}"},
	{"a first line that is indented", "  name: a\nmode: calm\n", "kingdom.yaml:2: not YAML: the line is indented less than those above it, which begin the file"},
	{"an open quote", "name: a\nmode: \"calm\ncount: 3\n", "kingdom.yaml:2: not YAML: a quote is not closed"},
	{"an open bracket", "zones: [a, b\nname: a\n", "kingdom.yaml:2: not YAML: a list that begins with [ goes on here: a comma or the closing ] is missing"},
	{"an open brace", "castle: {height: 1\nname: a\n", "kingdom.yaml:2: not YAML: a group that begins with { goes on here: a comma or the closing } is missing"},
	{"a colon in a text", "name: a: b\n", "kingdom.yaml:1: not YAML: a key where a value is: the line is indented too deep, the key above it is missing, or the text holds a colon and needs quotes"},
	{"a star", "name: *.a\n", "kingdom.yaml:1: not YAML: * and & begin an alias or an anchor: put a text that begins with one in quotes"},
	{"an at", "mode: calm\nname: @a\n", "kingdom.yaml:2: not YAML: a text cannot begin with @, % or a backtick: put it in quotes"},
	{"a line without a colon", "name: a\nmode calm\ncount: 3\n", "kingdom.yaml:2: not YAML: a line without `key: value`: the colon is missing, or the text above goes on here and needs quotes"},
	{"an alias of nothing", "name: a\nmode: *calm\n", "kingdom.yaml:2: not YAML: * begins an alias, and there is no \"calm\" to stand for: write the value out, or put it in quotes"},
	{"a control character", "name: a\nmode: calm\x01\n", "kingdom.yaml:2: not YAML: the line holds a control character, which an editor may not show: write it anew"},

	// What YAML can do, and a file cannot.
	{"a list at the top", "- a\n", "kingdom.yaml:1: want keys and values (`key: value`) at the top of the file, not a list"},
	{"anchors", "name: &a a\nmode: *a\n", "kingdom.yaml:1: name: anchors and aliases (& and *) are not read: write the value out\nkingdom.yaml:2: mode: anchors and aliases (& and *) are not read: write the value out"},
	{"a merge key", "name: a\ncastle:\n  <<: {height: 1}\n", "kingdom.yaml:2: castle.height: missing\nkingdom.yaml:3: castle: a key must be a plain name"},
	{"a tag", "name: !!str a\n", "kingdom.yaml:1: name: tags (!!str) are not read: write the value without"},
	{"keys that are no names", "name: a\nlabels:\n  ~: tree\n  [a]: tree\n  a: tree\n", "kingdom.yaml:3: labels: a key must be a plain name\nkingdom.yaml:4: labels: a key must be a plain name"},

	// Values of another kind.
	{"a number for a text", "name: 12\n", "kingdom.yaml:1: name: want a text, not the number 12: put it in quotes"},
	{"a truth value for a text", "name: true\n", "kingdom.yaml:1: name: want a text, not the truth value true: put it in quotes"},
	{"nothing for a text", "name:\n", "kingdom.yaml:1: name: want a text, not nothing"},
	{"a list for a text", "name: [a]\n", "kingdom.yaml:1: name: want a text, not a list"},
	{"an empty text", "name: \" \"\n", "kingdom.yaml:1: name: empty: give it a value, or leave the key out"},
	{"a text for a number", "name: a\ncount: some\n", "kingdom.yaml:2: count: want a whole number, not \"some\""},
	{"a broken number", "name: a\ncount: 2.5\n", "kingdom.yaml:2: count: want a whole number, not the number 2.5"},
	{"a number with zeros before it", "name: a\ncount: 03\n", "kingdom.yaml:2: count: want a whole number, not the number 03"},
	{"a text for a truth value", "name: a\nopen: \"true\"\n", "kingdom.yaml:2: open: want true or false, not \"true\""},
	{"a text for a list", "name: a\nzones: a\n", "kingdom.yaml:2: zones: want a list, not \"a\""},
	{"a list for a group", "name: a\ncastle: [1]\n", "kingdom.yaml:2: castle: want keys and values, not a list"},
	{"not a range, nor one of IPv4", "name: a\nranges: [10.0.0.0, \"fd00::/8\", 10.0.0.0/33, 010.0.0.0/8]\n", `
kingdom.yaml:2: ranges[0]: "10.0.0.0" is not an IPv4 address range like 10.1.0.0/16
kingdom.yaml:2: ranges[1]: "fd00::/8" is not an IPv4 address range like 10.1.0.0/16
kingdom.yaml:2: ranges[2]: "10.0.0.0/33" is not an IPv4 address range like 10.1.0.0/16
kingdom.yaml:2: ranges[3]: "010.0.0.0/8" is not an IPv4 address range like 10.1.0.0/16`},
	{"not an address", "name: a\nserver: ns.example\n", "kingdom.yaml:2: server: \"ns.example\" is not an IPv4 address like 192.168.0.10"},

	// Rules.
	{"a missing key", "mode: calm\n", "kingdom.yaml:1: name: missing"},
	{"a value that is none of the known", "name: a\nmode: one\n", "kingdom.yaml:2: mode: \"one\" is not one of calm, one_by_one, none (did you mean \"one_by_one\"?)"},
	{"a text of another format", "name: King\n", "kingdom.yaml:1: name: \"King\" is not a name in lower case"},
	{"a text that is too long", "name: aaaaaaaaa\n", "kingdom.yaml:1: name: \"aaaaaaaaa\" is not a name in lower case"},
	{"a text that is far too long", "name: " + strings.Repeat("a", 101) + "\n", "kingdom.yaml:1: name: \"" + strings.Repeat("a", 50) + "\"… (101 characters) is not a name in lower case"},
	{"a number that is too small", "name: a\ncount: 1\n", "kingdom.yaml:2: count: want a number from 2 to 5, not 1: a round table has so many legs"},
	{"a number that is too large", "name: a\ncount: 6\n", "kingdom.yaml:2: count: want a number from 2 to 5, not 6: a round table has so many legs"},
	{"a number below 1 without a rule", "name: a\ncastle: {height: 0}\n", "kingdom.yaml:2: castle.height: want a number of 1 or more, not 0"},
	{"a number that is none of the known", "name: a\ndays: 8\n", "kingdom.yaml:2: days: 8 is not a number of days that there is: those are 1, 7"},
	{"too few items", "name: a\nzones: [a]\n", "kingdom.yaml:2: zones: want 2 or more, not 1: one is none"},
	{"no items", "name: a\nzones: []\n", "kingdom.yaml:2: zones: names nothing: want 2 or more: one is none"},
	{"too many items", "name: a\nzones: [a, b, c, d]\n", "kingdom.yaml:2: zones: want at most 3, not 4: one is none"},
	{"an item twice", "name: a\nzones:\n  - a\n  - b\n  - a\n", "kingdom.yaml:5: zones[2]: \"a\" is named twice, first on line 3"},
	{"a range twice", "name: a\nranges: [10.0.0.0/8, 10.0.0.0/8]\n", "kingdom.yaml:2: ranges[1]: \"10.0.0.0/8\" is named twice, first on line 2"},
	{"the lists of a map", "name: a\ncastle: {height: 1, servers: {x: [], y: [a, a], z: [B]}}\n", `
kingdom.yaml:2: castle.servers.x: names nothing: want 1 or more
kingdom.yaml:2: castle.servers.y[1]: "a" is named twice, first on line 2
kingdom.yaml:2: castle.servers.z[0]: "B" is not a name in lower case`},
	{"too few keys", "name: a\nlabels: {}\n", "kingdom.yaml:2: labels: names nothing: want 1 or more"},
	{"too many keys", "name: a\nlabels: {a: tree, b: tree, c: tree}\n", "kingdom.yaml:2: labels: want at most 2, not 3"},
	{"keys and values of another format", "name: a\nlabels: {A: tree, b: trea}\n", `
kingdom.yaml:2: labels.A: "A" is not a name in lower case
kingdom.yaml:2: labels.b: "trea" is not a word that is known (did you mean "tree"?): those are tree, stone`},
	{"a value with a hint", "name: a\nlabels: {a: water}\n", "kingdom.yaml:2: labels.a: water is no word here, but under dungeon"},

	// Keys.
	{"a key that is stated twice", "name: a\nmode: calm\nname: b\n", "kingdom.yaml:3: name: stated twice, first on line 1"},
	{"a misspelt key", "nmae: a\n", "kingdom.yaml:1: nmae: unknown key (did you mean \"name\"?)"},
	{"an unknown key", "name: a\ncolour: red\n", "kingdom.yaml:2: colour: unknown key: those here are castle, castles, count, days, dungeon, knights, labels, mode, name, open, ranges, server, zones"},
	{"a key a level too high", "name: a\ndepth: 3\n", "kingdom.yaml:2: depth: unknown key here: it belongs under dungeon"},
	{"a key two levels too high", "name: a\nbars: 3\n", "kingdom.yaml:2: bars: unknown key here: it belongs under castle.gate or castles.<name>.gate"},
	{"a key that can belong in several places", "name: a\nheight: 3\n", "kingdom.yaml:2: height: unknown key here: it belongs under castle or castles.<name>"},
	{"a key a level too deep", "castle:\n  height: 1\n  name: a\n", "kingdom.yaml:3: castle.name: unknown key here: it belongs at the top of the file"},
	{"a key two levels too deep", "name: a\ncastle:\n  height: 1\n  gate:\n    towers: 2\n", "kingdom.yaml:5: castle.gate.towers: unknown key here: it belongs under castle"},
	{"a key of another file", "name: a\nwell: deep\n", "kingdom.yaml:2: well: unknown key here: it belongs in village.yaml"},
	{"a required key in the wrong place", "name: a\ncastle:\n  gate:\n    height: 1\n", "kingdom.yaml:4: castle.gate.height: unknown key here: it belongs under castle"},
	{"keys without their heading", "name: a\nbars: 3\nwood: elm\n", "kingdom.yaml:2: bars: unknown key here, like wood (line 3): they belong under castle.gate or castles.<name>.gate"},
	{"keys without any known place", "name: a\nred: 1\ngreen: 2\nblue: 3\n", "kingdom.yaml:2: red: unknown key, like green (line 3) and blue (line 4): those here are castle, castles, count, days, dungeon, knights, labels, mode, name, open, ranges, server, zones"},
	{"a heading that is too deep", "name: a\ncastle:\n  height: 1\n  dungeon:\n  depth: 1\n", "kingdom.yaml:4: castle.dungeon: unknown key here: it belongs at the top of the file, and what follows under it"},
	{"keys in the place of a name", "name: a\ncastles:\n  height: 1\n  towers: 2\n", "kingdom.yaml:3: castles.height: stands where a name does, like towers (line 4): put it under one, indented deeper"},
	{"keys beside their name", "name: a\ncastles:\n  north:\n  height: 1\n", "kingdom.yaml:4: castles.height: stands where a name does: put it under one, indented deeper"},
	{"other keys among names", "name: a\ncastles:\n  north: {height: 1}\n  count: 3\n  mode: calm\n", "kingdom.yaml:4: castles.count: unknown key here, like mode (line 5): they belong at the top of the file"},
	{"another heading among names", "name: a\ncastles:\n  north: {height: 1}\n  dungeon:\n  depth: {x: 1}\n", "kingdom.yaml:4: castles.dungeon: unknown key here: it belongs at the top of the file, and what follows under it"},
	{"nothing behind a name", "name: a\ncastles:\n  north:\n", "kingdom.yaml:3: castles.north: nothing stands here: it needs height"},
	{"what a missing line joins", "name: a\ncastles:\n  north:\n    height: 1\n    towers: 2\n    height: 3\n    towers: 4\n", "kingdom.yaml:6: castles.north.height: stated twice, first on line 4, like towers (line 7): a line above them may be missing, or indented too deep"},

	// All at once.
	{"several mistakes", "mode: loud\ncount: 9\nzones: [a, a]\ncastle: {}\n", `
kingdom.yaml:1: mode: "loud" is not one of calm, one_by_one, none
kingdom.yaml:1: name: missing
kingdom.yaml:2: count: want a number from 2 to 5, not 9: a round table has so many legs
kingdom.yaml:3: zones[1]: "a" is named twice, first on line 3
kingdom.yaml:4: castle.height: missing`},
}

func TestWhatIsWrongIsToldWithLineAndPath(t *testing.T) {
	for _, test := range bad {
		t.Run(test.name, func(t *testing.T) {
			_, d := decode(test.text)
			if got := fmt.Sprint(d.Errors.Sorted()); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, strings.TrimSpace(test.want))
			}
		})
	}
}

func TestAFileIsDecoded(t *testing.T) {
	got, d := decode(`
name: camelot
mode: none
count: 5
days: 1
open: true
zones: [b, a]
ranges: [10.0.0.0/8]
server: 192.168.0.10
labels: {a: tree}
castle:
  height: 30
  servers: {x: [a, b]}
castles:
  north: {height: 1, gate: }
dungeon:
knights: arthur
`)
	want := kingdom{
		Name: "camelot", Mode: "none", Count: 5, Days: 1, Open: true, Zones: []string{"b", "a"},
		Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Server: netip.MustParseAddr("192.168.0.10"),
		Labels: map[string]string{"a": "tree"}, Castle: castle{Height: 30, Servers: map[string][]string{"x": {"a", "b"}}},
		Castles: map[string]castle{"north": {Height: 1}}, Dungeon: &dungeon{}, Knights: names{"arthur"},
	}
	if len(d.Errors) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, d.Errors, want)
	}
}

func TestDefaultsFillWhatIsLeftOut(t *testing.T) {
	k, d := decode("name: a\ncount: 2\ncastles:\n  north: {height: 1}\n  south: {height: 1, towers: 9, gate: {wood: elm}}\ndungeon: {}\n")
	if len(d.Errors) > 0 {
		t.Fatal(d.Errors)
	}
	ApplyDefaults(&k)
	want := kingdom{
		Name: "a", Mode: "calm", Count: 2, Days: 7, Zones: []string{"b", "a"}, Castle: castle{Towers: 4, Gate: gate{Wood: "oak"}},
		Castles: map[string]castle{
			"north": {Height: 1, Towers: 4, Gate: gate{Wood: "oak"}},
			"south": {Height: 1, Towers: 9, Gate: gate{Wood: "elm"}},
		},
		Dungeon: &dungeon{Depth: 10},
	}
	if !reflect.DeepEqual(k, want) {
		t.Errorf("got %+v, want %+v", k, want)
	}
}

// Who sorts the list of one file does not sort that of the next.
func TestDefaultsAreNotShared(t *testing.T) {
	var a, b kingdom
	ApplyDefaults(&a)
	a.Zones[0] = "z"
	ApplyDefaults(&b)
	if b.Zones[0] != "b" {
		t.Errorf("the default is %v now", b.Zones)
	}
}

func TestWhatCouldNotBeReadIsBroken(t *testing.T) {
	_, d := decode("name: a\ncount: 9\ncastle: {height: x, gate: {bars: 1}}\n")
	for path, want := range map[string][2]bool{
		"count":            {true, true},
		"castle":           {false, true},
		"castle.height":    {true, true},
		"castle.height[0]": {true, true},
		"castle.gate":      {false, false},
		"castles":          {false, false},
		"name":             {false, false},
	} {
		s := d.Section("").Key(strings.Split(path, ".")...)
		if got := [2]bool{d.Broken(path), d.Incomplete(path)}; got != want || path == s.Path() && (s.Broken() != want[0] || s.Incomplete() != want[1]) {
			t.Errorf("%s: broken and incomplete are %v, want %v", path, got, want)
		}
	}
	before := len(d.Errors)
	d.Section("count").Errorf("silent")
	d.Section("castle").Key("height").Warnf("silent")
	d.Section("castle").Key("gate", "bars").Errorf("%d bars are few", 1)
	d.Section("castle").Key("gate").Warnf("a gate")
	if got := d.Errors[before:].Sorted().Error() + "\n" + d.Warnings.Warning(); got != "kingdom.yaml:3: castle.gate.bars: 1 bars are few\nwarning: kingdom.yaml:3: castle.gate: a gate\n" {
		t.Errorf("got %s", got)
	}
}

func TestPathsLeadToTheNearestLine(t *testing.T) {
	_, d := decode("name: a\nlabels:\n  a: tree\nzones:\n  - a\n  - b\n")
	for path, want := range map[string]int{"name": 1, "labels": 2, "labels.a": 3, "labels.b": 2, "zones[1]": 6, "zones[7]": 4, "castle.gate.bars": 1} {
		if got := d.Line(path); got != want {
			t.Errorf("%s is on line %d, want %d", path, got, want)
		}
		if d.Has(path) != (path != "labels.b" && path != "zones[7]" && path != "castle.gate.bars") {
			t.Errorf("the file has %s: %v", path, d.Has(path))
		}
	}
	if got := Child(Child("a", "b.c"), "d"); got != `a["b.c"].d` {
		t.Errorf("the path is %s", got)
	}
}

func TestWhatWasProbablyMeant(t *testing.T) {
	nat := []string{"single", "one_per_az", "none"}
	flow := []string{"by", "from", "port", "protocol", "to", "via"}
	for _, test := range []struct {
		name  string
		known []string
		want  string
	}{
		{"one", nat, "one_per_az"},
		{"one-per-az", nat, "one_per_az"},
		{"nome", nat, "none"},
		{"NONE", nat, "none"},
		{"double", nat, ""},
		{"sin", nat, "single"},
		{"prot", flow, "port"},
		{"proto", flow, "protocol"},
		{"form", flow, "from"},
		{"t", flow, "to"},
		{"x", flow, ""},
		{"az", []string{"az_count", "nat"}, "az_count"},
		{"database", []string{"database_a", "database_b"}, "database_a"},
		{"", flow, ""},
	} {
		if got := Nearest(test.name, test.known); got != test.want {
			t.Errorf("%q: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTagsThatNothingEnforcesAreRefused(t *testing.T) {
	for want, content := range map[string]any{
		"enforces: multipleOf=2": &struct {
			A int `yaml:"a" jsonschema:"multipleOf=2"`
		}{},
		"enforces: minimum=few": &struct {
			A int `yaml:"a" jsonschema:"minimum=few"`
		}{},
		"format no-such": &struct {
			A string `yaml:"a" format:"no-such"`
		}{},
		"want a number from 1 to 2": &struct {
			A int `yaml:"a" jsonschema:"maximum=2" default:"3"`
		}{},
		"not a name in lower case": &struct {
			A string `yaml:"a" format:"test-name" default:"UP"`
		}{},
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %s", got)
				}
			}()
			Decode("file", []byte("a: 1\n"), content)
		})
	}
}

func TestFormatsHaveNamesOfTheirOwn(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second format of the same name is taken")
		}
	}()
	NewFormat(Format{Name: "test-name"})
}

func TestErrorsAreSortedAndEachStandsOnce(t *testing.T) {
	errs := Errors{{File: "b", Line: 1, Message: "x"}, {File: "a", Line: 2, Path: "p", Message: "y"}, {File: "a", Message: "z"}, {File: "b", Line: 1, Message: "x"}}
	if got, want := errs.Sorted().Error(), "a: z\na:2: p: y\nb:1: x"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := (Errors{}).Sorted(); err != nil {
		t.Errorf("no errors are %v", err)
	}
}

func TestAFormatSaysWhatItExcepts(t *testing.T) {
	f := &Format{Wanted: "lower-case letters", Pattern: regexp.MustCompile(`^[a-z]+$`), Except: regexp.MustCompile(`^(king|queen)$`), Because: "is taken"}
	for text, want := range map[string]string{
		"baker": "", "kings": "", "king": `"king" is taken`, "King": `"King" is not lower-case letters`,
	} {
		if got := f.Problem(text); got != want || f.Match(text) != (want == "") || (f.Find(text) != nil) != (want == "") {
			t.Errorf("%s: %q, %v", text, got, f.Match(text))
		}
	}
}
