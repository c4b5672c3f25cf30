package main

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// progress says on a terminal how far something is, on one line that goes away at the
// end. In a log, or where output is for a program, it says nothing.
type progress struct {
	mu        sync.Mutex
	out       io.Writer // nil for nobody
	of, done  int
	what      string
	lastWidth int
}

// progressOf begins a count of things on standard error, if that is a terminal.
func progressOf(what string, of int) *progress {
	p := &progress{what: what, of: of}
	if isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb" {
		p.out = os.Stderr
	}
	p.show()
	return p
}

// step says that one more is done.
func (p *progress) step() {
	p.mu.Lock()
	p.done++
	p.mu.Unlock()
	p.show()
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil {
		return
	}
	text := fmt.Sprintf("%d/%d %s", p.done, p.of, p.what)
	fmt.Fprintf(p.out, "\r%-*s", p.lastWidth, text)
	p.lastWidth = len(text)
}

// above writes something that stays, above the line.
func (p *progress) above(write func()) {
	p.clear()
	write()
	p.show()
}

// clear takes the line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil {
		fmt.Fprintf(p.out, "\r%*s\r", p.lastWidth, "")
		p.lastWidth = 0
	}
}
