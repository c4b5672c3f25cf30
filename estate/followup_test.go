package estate

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// mostMessages is how many messages one mistake may have: what is wrong, and what
// directly follows from it in other files.
const mostMessages = 3

// ownEstates are the estates of this project, by name, with their files.
func ownEstates(t *testing.T) map[string]fstest.MapFS {
	t.Helper()
	estates := map[string]fstest.MapFS{}
	for _, name := range []string{"artos", "innovate", "piksel", "privatelink"} {
		files := fstest.MapFS{}
		found, err := filepath.Glob("../environments/" + name + "/*.*")
		if err != nil || len(found) < 5 {
			t.Fatalf("found %v, %v", found, err)
		}
		for _, file := range found {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(file)] = &fstest.MapFile{Data: text}
		}
		estates[name] = files
	}
	return estates
}

// mistakes are the ways to get one line wrong, by what they do to it.
var mistakes = map[string]func(line string) string{
	"deleted":          func(string) string { return "" },
	"with a wrong key": func(line string) string { return key.ReplaceAllString(line, "$1$3$2:") },
	"a level deeper":   func(line string) string { return "  " + line },
	"a level higher":   func(line string) string { return strings.TrimPrefix(line, "  ") },
	"with a tab":       func(line string) string { return strings.Replace(line, "  ", "\t", 1) },
}

// key finds the key of a line, and its last two letters.
var key = regexp.MustCompile(`^( *(?:- )?"?[A-Za-z0-9_.-]*)([A-Za-z0-9_-])([A-Za-z0-9_-]):`)

// One mistake has one message, and at most two that follow from it.
func TestOneWrongLineHasFewMessages(t *testing.T) {
	wrong := 0
	for name, files := range ownEstates(t) {
		for file, content := range files {
			lines := strings.SplitAfter(string(content.Data), "\n")
			for i, line := range lines {
				if text := strings.TrimSpace(line); text == "" || strings.HasPrefix(text, "#") {
					continue
				}
				for what, mistake := range mistakes {
					changed := slices.Clone(lines)
					changed[i] = mistake(line)
					edited := maps.Clone(files)
					edited[file] = &fstest.MapFile{Data: []byte(strings.Join(changed, ""))}
					_, err := load(edited, name, name)
					var errs Errors
					if !errors.As(err, &errs) {
						continue
					}
					wrong++
					if len(errs) > mostMessages {
						t.Errorf("%s/%s:%d, %s (%s), has %d messages:\n%v", name, file, i+1, what, strings.TrimSpace(line), len(errs), err)
					}
				}
			}
		}
	}
	if wrong < 1000 {
		t.Errorf("%d of the edits are mistakes: this test has lost its subject", wrong)
	}
}
