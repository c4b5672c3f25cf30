package main

import (
	"errors"
	"testing"
)

func TestAPanicOfTheKernelIsAnError(t *testing.T) {
	broken := errors.New("the kernel has ended")
	for _, test := range []struct {
		panics any
		want   string
	}{
		{broken, "the kernel has ended"},
		{"no such method", "no such method"},
	} {
		err := func() (err error) {
			defer catch(&err)
			panic(test.panics)
		}()
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	err := func() (err error) {
		defer catch(&err)
		return broken
	}()
	if err != broken {
		t.Errorf("an error that nobody panicked with becomes %v", err)
	}
}
