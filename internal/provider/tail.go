package provider

import (
	"errors"
	"sync"
)

// tail keeps the end of what is written to it.
type tail struct {
	lock sync.Mutex
	text []byte
}

func (t *tail) Write(text []byte) (int, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-4000):]
	return len(text), nil
}

// err is what was written, nil if nothing was.
func (t *tail) err() error {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.text) == 0 {
		return nil
	}
	return errors.New(string(t.text))
}
