package scaffold

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// plain is text that is a plain scalar in every place, if it is not another type's.
var plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._/-]*$`)

// scalar writes a text as YAML, in quotes if it would be something else without.
func scalar(s string) string {
	if plain.MatchString(s) && !strings.HasSuffix(s, " ") {
		if out, err := yaml.Marshal(s); err == nil {
			return strings.TrimSpace(string(out))
		}
	}
	return strconv.Quote(s)
}

// flowList writes a list in brackets, or the one item that it has.
func flowList(items []string) string {
	if len(items) == 1 {
		return scalar(items[0])
	}
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = scalar(item)
	}
	return "[" + strings.Join(written, ", ") + "]"
}
