package main

import (
	"bytes"
	"testing"
)

func TestColoursAreForTerminalsUnlessSomebodySaysSo(t *testing.T) {
	for _, test := range []struct {
		when     string
		env      map[string]string
		terminal bool
		want     bool
	}{
		{"auto", nil, true, true},
		{"auto", nil, false, false},
		{"auto", map[string]string{"NO_COLOR": "1"}, true, false},
		{"auto", map[string]string{"NO_COLOR": ""}, true, true}, // it must not be empty
		{"auto", map[string]string{"TERM": "dumb"}, true, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1"}, false, true},
		{"auto", map[string]string{"CLICOLOR_FORCE": "0"}, false, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, true, false},
		{"always", map[string]string{"NO_COLOR": "1"}, false, true},
		{"never", map[string]string{"CLICOLOR_FORCE": "1"}, true, false},
	} {
		lookup := func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }
		if got := coloured(test.when, lookup, test.terminal); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// The line is written over, and nothing is left of it.
func TestProgressIsOneLineThatGoesAway(t *testing.T) {
	var out bytes.Buffer
	p := &progress{what: "stacks", of: 10, out: &out}
	p.show()
	p.step()
	p.above(func() { out.WriteString("ok one\n") })
	p.clear()
	want := "\r0/10 stacks\r1/10 stacks\r           \rok one\n\r1/10 stacks\r           \r"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	silent := &progress{what: "stacks", of: 1}
	silent.step()
	silent.clear() // in a log nothing is said, and nothing fails
}
