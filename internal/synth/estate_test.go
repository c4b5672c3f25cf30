package synth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/estate"
)

func TestASynthesisSaysOfWhichEstateItIs(t *testing.T) {
	var estates []*estate.Estate
	for _, name := range []string{"piksel", "artos"} {
		e, err := estate.Load("../../environments/" + name)
		if err != nil {
			t.Fatal(err)
		}
		estates = append(estates, e)
	}
	outdir := t.TempDir()
	for _, e := range estates {
		if err := OfAnother(e, outdir); err != nil {
			t.Errorf("nothing is synthesized: %v", err)
		}
	}
	manifest := func(_ *estate.Estate, dir string) error {
		return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{}"), 0o644)
	}
	for i, e := range estates {
		if err := Write(e, outdir, nil, manifest); err != nil {
			t.Fatal(err)
		}
		if err := OfAnother(e, outdir); err != nil {
			t.Error(err)
		}
		err := OfAnother(estates[1-i], outdir)
		if want := "holds the synthesis of another estate, " + e.Name; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
