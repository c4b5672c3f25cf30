// Package tail keeps the end of what programs say, which is why they ended.
package tail

import (
	"errors"
	"strings"
	"sync"
)

// kept is how much is kept, in bytes.
const kept = 4000

// Tail keeps the end of what is written to it, by several at a time.
type Tail struct {
	lock sync.Mutex
	text []byte
}

// Write never fails.
func (t *Tail) Write(text []byte) (int, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-kept):]
	return len(text), nil
}

// Err is what was written last, nil if nothing was.
func (t *Tail) Err() error {
	t.lock.Lock()
	defer t.lock.Unlock()
	text := strings.TrimRight(string(t.text), "\n")
	if text == "" {
		return nil
	}
	return errors.New(text)
}
