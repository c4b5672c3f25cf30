package emulator_test

import (
	"slices"
	"testing"

	"hubspoke/internal/emulator"
)

// An exception is a change that Terraform plans after everything was applied, for the emulator's sake: on
// AWS there is none. The list may only shrink: TestZEveryExceptionIsNeeded fails on an entry that nothing has met.
type exception struct {
	// kind is the type of the resource, and attribute what would change of it.
	kind, attribute string
	// why says what the emulator does otherwise than AWS.
	why string
}

var exceptions = []exception{}

// met are the exceptions that something has met.
var met = map[exception]bool{}

// unexcepted are the changes that no exception is about.
func unexcepted(changes []emulator.Change) []emulator.Change {
	return slices.DeleteFunc(changes, func(c emulator.Change) bool {
		return len(c.Attributes) > 0 && !slices.ContainsFunc(c.Attributes, func(attribute string) bool {
			for _, e := range exceptions {
				if e.kind == c.Type && e.attribute == attribute {
					met[e] = true
					return false
				}
			}
			return true
		})
	})
}

// The last of the tests, since it asks what the others have met.
func TestZEveryExceptionIsNeeded(t *testing.T) {
	all(t)
	for _, e := range exceptions {
		if !met[e] {
			t.Errorf("%s.%s changes no longer: take the exception out", e.kind, e.attribute)
		}
	}
}
