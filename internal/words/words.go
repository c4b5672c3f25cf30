// Package words has what sentences for people are made of.
package words

import "fmt"

// Count is a number of things: `1 stack`, `2 stacks`. The plural is that of the word with
// an s, if it is not given.
func Count(n int, one string, more ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(more) == 1:
		return fmt.Sprintf("%d %s", n, more[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}
