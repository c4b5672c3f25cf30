package runner

import (
	"bytes"
	"strings"
	"testing"
)

const summary = `{"type":"change_summary","changes":{"add":1,"change":2,"remove":3,"operation":"plan"}}`

// A scanner of lines would end without a word at one that is longer than its buffer.
func TestALineOfAnyLengthIsRead(t *testing.T) {
	long := `{"type":"log","@message":"` + strings.Repeat("x", 17<<20) + `"}`
	got := read(bytes.NewBufferString(long + "\n" + summary + "\n"))
	if want := (Changes{Add: 1, Change: 2, Destroy: 3}); got.changes != want || !got.counted {
		t.Errorf("%+v, counted %v, want %+v", got.changes, got.counted, want)
	}
}
