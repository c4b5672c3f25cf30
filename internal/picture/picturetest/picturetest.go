// Package picturetest has networks to draw, for tests: those of the reviewed stacks, and large
// ones that are made of them.
package picturetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// Estates are the names of the estates whose stacks are reviewed, in golden, the folder of those.
func Estates(tb testing.TB, golden string) []string {
	tb.Helper()
	folders, err := filepath.Glob(filepath.Join(golden, "*"))
	if err != nil || len(folders) == 0 {
		tb.Fatalf("no reviewed stacks in %s: %v", golden, err)
	}
	names := make([]string, 0, len(folders))
	for _, folder := range folders {
		names = append(names, filepath.Base(folder))
	}
	return names
}

// Stacks are the reviewed stacks in a folder, by name, as text.
func Stacks(tb testing.TB, folder string) map[string]string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no stacks in %s: %v", folder, err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = string(text)
	}
	return all
}

// Parsed are stacks that are given as text, in the order of their names.
func Parsed(tb testing.TB, stacks map[string]string) []*stackjson.Stack {
	tb.Helper()
	var all []*stackjson.Stack
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		var content map[string]any
		if err := json.Unmarshal([]byte(stacks[name]), &content); err != nil {
			tb.Fatal(err)
		}
		all = append(all, &stackjson.Stack{Name: name, JSON: content})
	}
	return all
}

// Proof is the proof of stacks, given as text.
func Proof(tb testing.TB, name string, stacks map[string]string, accounts map[string]string) *proof.Proof {
	tb.Helper()
	return proof.Of(proof.Input{Name: name, Accounts: accounts, Stacks: Parsed(tb, stacks)})
}

// Grown is a hub with so many spokes: each is made of one of those in the reviewed stacks of
// piksel, which is in folder. The first of them, apart in number, have a tier that no other has.
func Grown(tb testing.TB, folder string, spokes, apart int) *proof.Proof {
	tb.Helper()
	reviewed, grown := Stacks(tb, folder), map[string]string{}
	accounts := map[string]string{"hub": "111111111111"}
	models := []struct{ name, number, octet string }{{"dev", "222222222222", "1"}, {"staging", "333333333333", "2"}, {"prod", "444444444444", "3"}}
	for name, text := range reviewed {
		if strings.HasPrefix(name, "hub-") {
			grown[name] = text
		}
	}
	for i := range spokes {
		m := models[i%len(models)]
		name, number := fmt.Sprintf("spoke-%03d", i+1), fmt.Sprintf("%012d", 200000000000+i)
		accounts[name] = number
		for _, kind := range []string{"network", "link"} {
			text := strings.NewReplacer(
				m.number, number, "piksel/"+m.name+"-", "piksel/"+name+"-", "10."+m.octet+".", fmt.Sprintf("10.%d.", i+1),
			).Replace(reviewed[m.name+"-"+kind])
			if i < apart { // a name of a tier that no other has
				text = strings.ReplaceAll(text, "public_apse3", fmt.Sprintf("edge_%d_apse3", i+1))
			}
			grown[name+"-"+kind] = text
		}
	}
	return Proof(tb, "grown", grown, accounts)
}
