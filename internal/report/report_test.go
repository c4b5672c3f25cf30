package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"hubspoke/internal/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the reviewed reports")

// What changes in a report is seen as a difference.
func TestReportsAreAsReviewed(t *testing.T) {
	for _, estate := range []string{"innovate", "piksel"} {
		for _, k := range Kinds {
			t.Run(estate+"/"+k.Name, func(t *testing.T) {
				var out bytes.Buffer
				if err := k.Of(reporttest.Reviewed(t, estate)).Write(&out, "markdown"); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", estate, k.Name+".md")
				if *update {
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(want, out.Bytes()) {
					t.Errorf("%s is another report now: if you meant that, go test ./internal/report -update, and read the difference", file)
				}
			})
		}
	}
}

// Maps have no order, and reports do.
func TestTheSameEstateGivesTheSameReport(t *testing.T) {
	for _, estate := range reporttest.Estates {
		one, other := reporttest.Reviewed(t, estate), reporttest.Reviewed(t, estate)
		for _, k := range Kinds {
			for _, format := range []string{"text", "json"} {
				var first, second bytes.Buffer
				if err := errors.Join(k.Of(one).Write(&first, format), k.Of(other).Write(&second, format)); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(first.Bytes(), second.Bytes()) {
					t.Errorf("%s: %s differs from one run to the next", estate, k.Name)
				}
				if format == "json" && !json.Valid(first.Bytes()) {
					t.Errorf("%s: %s is not JSON", estate, k.Name)
				}
			}
		}
	}
}
