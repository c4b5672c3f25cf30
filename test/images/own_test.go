package images

import (
	"os"
	"testing"

	"hubspoke/internal/dockerfile"
)

// The image with everything that synthesis needs is built as carefully as those of applications.
func TestTheProjectsOwnDockerfileHasNoProblem(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	f, err := dockerfile.Parse("Dockerfile", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range f.Problems() {
		t.Error(problem)
	}
}
