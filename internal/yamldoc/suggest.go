package yamldoc

import (
	"fmt"
	"reflect"
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
	for i := range len(name) - 1 {
		if name[:i]+name[i+1:i+2]+name[i:i+1]+name[i+2:] == known {
			return 1
		}
	}
	return levenshtein.Distance(name, known, nil)
}

// Beside is another file of the same folder. A key that belongs there is named with it.
type Beside struct {
	// File is what messages call the file, such as `hub.yaml` or `a spoke's file`.
	File string
	// Content is a value of the type that the file is decoded into.
	Content any
}

// level is a group of keys that is being read.
type level struct {
	path string
	of   reflect.Type
}

// place is where a key belongs that stands somewhere else.
type place struct {
	// words say where it is.
	words string
	// path is that of the key there; "" if it is not one certain place.
	path string
}

// belongs finds a key of the file in the groups around and below the innermost group
// that is being read.
func (d *Document) belongs(key string) (place, bool) {
	inner := d.levels[len(d.levels)-1]
	for _, outer := range slices.Backward(d.levels[:len(d.levels)-1]) {
		if objectOf(outer.of).find(key) == nil {
			continue
		}
		if outer.path == "" {
			return place{"at the top of the file", key}, true
		}
		return place{"under " + outer.path, Child(outer.path, key)}, true
	}
	const most = 3
	below := placesBelow(inner.of, key, "", 2)
	switch {
	case len(below) == 0 || len(below) > most:
		return place{}, false
	case len(below) > 1 || strings.Contains(below[0], "<"):
		return place{words: "under " + joinOr(below)}, true
	}
	at := below[0]
	if inner.path != "" {
		at = inner.path + "." + at
	}
	return place{"under " + below[0], Child(at, key)}, true
}

// placesBelow are the groups below a group, so many levels deep, that know a key.
func placesBelow(t reflect.Type, key, path string, depth int) []string {
	var found []string
	for _, f := range objectOf(t).fields {
		of, at := t.Field(f.index).Type, strings.TrimPrefix(path+"."+f.key, ".")
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Map {
			if of.Kind() == reflect.Map {
				at += ".<name>"
			}
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || isScalar(of) {
			continue
		}
		if objectOf(of).find(key) != nil {
			found = append(found, at)
		} else if depth > 1 {
			found = append(found, placesBelow(of, key, at, depth-1)...)
		}
	}
	return found
}

// elsewhere is the other file whose top level knows a key, or "".
func (d *Document) elsewhere(key string) string {
	var files []string
	for _, b := range d.beside {
		if t := reflect.TypeOf(b.Content); t.Kind() == reflect.Struct && objectOf(t).find(key) != nil {
			files = append(files, b.File)
		}
	}
	return joinOr(files)
}

func joinOr(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// unknown records a key that the innermost group does not know, with what was meant.
// That is then neither missing nor known.
func (d *Document) unknown(line int, key, path string) {
	keys := objectOf(d.levels[len(d.levels)-1].of).keys
	at := Child(path, key)
	if file := d.elsewhere(key); file != "" && path == "" {
		d.report(line, at, "unknown key here: it belongs in %s", file)
		return
	}
	if p, ok := d.belongs(key); ok {
		d.report(line, at, "unknown key here: it belongs %s", p.words)
		if p.path != "" {
			d.failed = append(d.failed, p.path)
		}
		return
	}
	if meant := Nearest(key, keys); meant != "" {
		d.report(line, at, "unknown key%s", Suggest(key, keys))
		d.failed = append(d.failed, Child(path, meant))
		return
	}
	if file := d.elsewhere(key); file != "" {
		d.report(line, at, "unknown key here: it belongs in %s", file)
		return
	}
	d.report(line, at, "unknown key: those here are %s", strings.Join(keys, ", "))
}
