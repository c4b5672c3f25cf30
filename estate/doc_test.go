package estate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheMapOfThisPackageHasEveryFile(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	patterns := regexp.MustCompile(`[a-z*]+\.go`).FindAllString(string(text), -1)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "doc.go" {
			continue
		}
		known := false
		for _, pattern := range patterns {
			if ok, _ := filepath.Match(pattern, file); ok {
				known, used[pattern] = true, true
			}
		}
		if !known {
			t.Errorf("doc.go does not say what %s has", file)
		}
	}
	for _, pattern := range patterns {
		if !used[pattern] {
			t.Errorf("doc.go speaks of %s, which there is not", pattern)
		}
	}
}
