package test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/internal/estateproof"
	"hubspoke/internal/picture"
	"hubspoke/internal/picture/layout"
	"hubspoke/internal/picture/svg"
	"hubspoke/internal/tf"
	"hubspoke/proof"
	"hubspoke/stacks"
)

// The pictures that the README and the guides show are of what is synthesized today.
func TestPicturesAreOfWhatIsSynthesized(t *testing.T) {
	const folder = "../docs/pictures"
	for _, name := range tf.Keys(estates) {
		if !strings.HasPrefix(estates[name], "../environments/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			e := synthesized(t, name)
			p := proof.Of(estateproof.Input(e.Estate, "", stacks.Names(e.list), e.stacks))
			var b bytes.Buffer
			if err := svg.Write(&b, layout.Of(picture.Of(name, p, false))); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(folder, name+".svg")
			if *update {
				write(t, file, b.String())
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, b.Bytes()) {
				t.Errorf("%s is of another network: run `make update`, and look at it", file)
			}
		})
	}
}
