package yamldoc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Suggest ends a message with the known name that was probably meant.
func Suggest(name string, known []string) string {
	if meant := Nearest(name, known); meant != "" {
		return fmt.Sprintf(" (did you mean %q?)", meant)
	}
	return ""
}

// Nearest is the known name that was probably meant: the one that differs by two
// swapped or one other letter, the one that the name begins, or the one that is two
// typing errors away if it is not short; "" if there is none.
func Nearest(name string, known []string) string {
	near := func(distance, shortest int) string {
		for _, k := range known {
			if len(k) >= shortest && typingErrors(name, k) <= distance {
				return k
			}
		}
		return ""
	}
	begun := func() string {
		if i := slices.IndexFunc(known, func(k string) bool { return len(name) > 1 && strings.HasPrefix(k, name) }); i >= 0 {
			return known[i]
		}
		return ""
	}
	const one, two = 2, 5 // how long a name is that so many errors leave recognizable
	if whole := begunWord(name, known); whole != "" {
		return whole
	}
	for _, meant := range []string{near(1, one), begun(), near(2, two)} {
		if meant != "" {
			return meant
		}
	}
	return ""
}

// begunWord is the only known name whose first word the name is: `one` of `one_per_az`.
func begunWord(name string, known []string) string {
	meant := ""
	for _, k := range known {
		if rest, ok := strings.CutPrefix(k, name); ok && name != "" && rest != "" && strings.ContainsAny(rest[:1], "-_.") {
			if meant != "" {
				return ""
			}
			meant = k
		}
	}
	return meant
}

// typingErrors is how many letters are missing, too many or wrong in a name; two that
// changed places count as one.
func typingErrors(name, known string) int {
	if strings.EqualFold(name, known) {
		return 0
	}
	for i := range len(name) - 1 {
		if name[:i]+name[i+1:i+2]+name[i:i+1]+name[i+2:] == known {
			return 1
		}
	}
	return levenshtein.Distance(name, known, nil)
}
