package estate

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
)

// Moved are a stack's resources that have another address than before, by that: those
// of Renamed whose old one it does not make any more, and whose new one it does make,
// or says is renamed in its turn. The function says what it makes.
func (e *Estate) Moved(stack string, makes func(address string) bool) map[string]string {
	moved := map[string]string{}
	for _, from := range sortedKeys(e.Renamed) {
		m := format.Resource.Find(from)
		old := m[2] + "." + m[3]
		if m[1] != stack || makes(old) {
			continue
		}
		last := from
		for e.Renamed[last] != "" {
			last = e.renamedTo(last)
		}
		if makes(strings.TrimPrefix(last, stack+"/")) {
			moved[old] = m[2] + "." + e.Renamed[from]
		}
	}
	return moved
}

// Retired are the addresses of a stack's resources that Terraform forgets: those of
// Retire that it does not make any more. The function says what it makes.
func (e *Estate) Retired(stack string, makes func(address string) bool) []string {
	var retired []string
	for _, entry := range e.Retire {
		m := format.Resource.Find(entry)
		if m != nil && m[1] == stack && !makes(m[2]+"."+m[3]) {
			retired = append(retired, m[2]+"."+m[3])
		}
	}
	return retired
}

// validateHistory checks that what is renamed has one new name, which leads to an end,
// and is not forgotten as well. Whether there was such a resource, nobody knows here.
func (e *Estate) validateHistory() {
	if e.settings.Incomplete("renamed") {
		return
	}
	by := map[string]string{}
	for _, from := range sortedKeys(e.Renamed) {
		at := e.settings.Section("renamed").Key(from)
		to := e.renamedTo(from)
		switch other := by[to]; {
		case to == from:
			at.Errorf("it has this name already")
		case other != "":
			at.Errorf("%s gets this name too: two resources cannot become one", other)
		case e.renamedInCircle(from):
			at.Errorf("the names lead back to the first one")
		}
		by[to] = from
		if slices.Contains(e.Retire, from) {
			at.Errorf("retire names it as well: Terraform can move it or forget it, not both")
		}
	}
}

// renamedTo is the new address of a resource of Renamed, with its stack.
func (e *Estate) renamedTo(from string) string {
	m := format.Resource.Find(from)
	return fmt.Sprintf("%s/%s.%s", m[1], m[2], e.Renamed[from])
}

func (e *Estate) renamedInCircle(from string) bool {
	at := from
	for range len(e.Renamed) {
		if e.Renamed[at] == "" {
			return false
		}
		at = e.renamedTo(at)
	}
	return e.Renamed[at] != ""
}
