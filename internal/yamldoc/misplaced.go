package yamldoc

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// This file says where a key belongs that stands where nothing of its name does: one
// level too deep or too high, in another file, or under a line that is missing. One such
// mistake moves several keys, and has one message.

// Beside is another file of the same folder. A key that belongs there is told so.
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

// place is where keys belong that stand somewhere else.
type place struct {
	// words say where it is.
	words string
	// groups are the paths of the groups that it can be, as far as there is only one of that path; "" is the top of the file.
	groups []string
}

func (d *Document) here() level { return d.levels[len(d.levels)-1] }

// unknown records keys that the innermost group does not know, with what was meant. That
// is then neither missing nor known. A section that lacks one key that must be there, and
// has one that nothing resembles, has that by another name.
func (d *Document) unknown(entries []entry, path string, lacking []string) {
	if len(entries) > 1 {
		if p, ok := d.home(entries, path); ok {
			d.moved(entries, path, "unknown key here", "they belong "+p.words, p)
			return
		}
	}
	keys := objectOf(d.here().of).keys
	var lost []entry
	for i, e := range entries {
		d.failed = append(d.failed, e.path) // what it says is not known
		p, ok := d.belongs(e.key)
		switch {
		case ok:
			d.elsewhereBelongs(e, p, isNull(e.node) && i+1 < len(entries))
		case Nearest(e.key, keys) != "":
			d.report(e.line, e.path, "unknown key%s", Suggest(e.key, keys))
			d.failed = append(d.failed, Child(path, Nearest(e.key, keys)))
		default:
			lost = append(lost, e)
		}
		if ok && isNull(e.node) {
			break // what follows was to stand under it
		}
	}
	lacking = slices.DeleteFunc(lacking, func(key string) bool { return d.Broken(Child(path, key)) })
	switch known := "those here are " + strings.Join(keys, ", "); {
	case len(lost) == 0:
	case len(lost) == 1 && len(lacking) == 1 && path != "":
		d.report(lost[0].line, lost[0].path, "unknown key (did you mean %q?): %s", lacking[0], known)
		d.failed = append(d.failed, Child(path, lacking[0]))
	case len(lost) == 1:
		d.report(lost[0].line, lost[0].path, "unknown key: %s", known)
	default:
		d.moved(lost, path, "unknown key", known, place{})
	}
}

// elsewhereBelongs records one key that belongs in another place, and perhaps what follows
// it, which was to stand under it.
func (d *Document) elsewhereBelongs(e entry, p place, follows bool) {
	also := ""
	if follows {
		also = ", and what follows under it"
	}
	d.report(e.line, e.path, "unknown key here: it belongs %s%s", p.words, also)
	for _, group := range p.groups {
		d.failed = append(d.failed, Child(group, e.key))
	}
}

// moved records keys that stand in the wrong place for one reason.
func (d *Document) moved(entries []entry, path, what, where string, p place) {
	like := ""
	if len(entries) > 1 {
		like = ", like " + list(entries[1:])
	}
	d.report(entries[0].line, entries[0].path, "%s%s: %s", what, like, where)
	d.failed = append(d.failed, path)
	for _, group := range p.groups {
		if group != "" {
			d.failed = append(d.failed, group)
			continue
		}
		for _, e := range entries {
			d.failed = append(d.failed, e.key)
		}
	}
}

// belongs finds one key in a file beside this one, and in the groups around and below the
// innermost one that is being read.
func (d *Document) belongs(key string) (place, bool) {
	here := d.here()
	if file := d.elsewhere(key); here.path == "" && file != "" {
		return place{words: "in " + file}, true
	}
	const depth, most = 2, 3
	var groups []string
	if outer, ok := d.around(key, d.levels[:len(d.levels)-1]); ok {
		groups = append(groups, outer.path)
	}
	groups = append(groups, nearest(groupsBelow(here.of, here.path, depth, key))...)
	if len(groups) == 0 {
		// A section beside the one that it stands in.
		groups = groupsBelow(d.levels[0].of, "", 1, key)
	}
	return placeOf(groups), len(groups) > 0 && len(groups) <= most
}

// around is the innermost of some groups that knows a key.
func (d *Document) around(key string, levels []level) (level, bool) {
	for _, outer := range slices.Backward(levels) {
		if objectOf(outer.of).find(key) != nil {
			return outer, true
		}
	}
	return level{}, false
}

// home finds the groups of the file, nearest to its top, that know all of several keys.
func (d *Document) home(entries []entry, path string) (place, bool) {
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.key)
	}
	if file := d.elsewhere(keys...); path == "" && file != "" {
		return place{words: "in " + file}, true
	}
	root := d.levels[0].of
	if objectOf(root).knows(keys) {
		return placeOf([]string{""}), true
	}
	const depth = 3
	found := groupsBelow(root, "", depth, keys...)
	return placeOf(nearest(found)), len(found) > 0
}

// nearest are those of some groups that are nearest to the top.
func nearest(groups []string) []string {
	height := func(path string) int { return strings.Count(strings.ReplaceAll(path, ".<name>", ""), ".") }
	least := math.MaxInt
	for _, path := range groups {
		least = min(least, height(path))
	}
	return slices.DeleteFunc(groups, func(path string) bool { return height(path) > least })
}

// placeOf is the place of one group, or of several that it can be.
func placeOf(groups []string) place {
	var p place
	var under []string
	for _, group := range groups {
		if !strings.Contains(group, "<") {
			p.groups = append(p.groups, group)
		}
		if group == "" {
			p.words = "at the top of the file"
		} else {
			under = append(under, group)
		}
	}
	switch {
	case len(under) == 0:
	case p.words == "":
		p.words = "under " + join(under, "or")
	default:
		p.words += ", or under " + join(under, "or")
	}
	return p
}

// groupsBelow are the paths of the groups below one, so many levels deep, that know some
// keys. Names that the file chooses are `<name>` in them.
func groupsBelow(t reflect.Type, path string, depth int, keys ...string) []string {
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
		if objectOf(of).knows(keys) {
			found = append(found, at)
		}
		if depth > 1 {
			found = append(found, groupsBelow(of, at, depth-1, keys...)...)
		}
	}
	return found
}

// elsewhere is the other file whose top level knows some keys, or "".
func (d *Document) elsewhere(keys ...string) string {
	var files []string
	for _, b := range d.beside {
		if t := reflect.TypeOf(b.Content); t != d.levels[0].of && objectOf(t).knows(keys) {
			files = append(files, b.File)
		}
	}
	return join(files, "or")
}

// placed are the entries of a mapping whose values are groups of a type, without those
// that cannot be such a group, because they stand in the wrong place. Those are recorded.
func (d *Document) placed(entries []entry, of reflect.Type, path string) []entry {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || isScalar(of) {
		return d.beforeHeading(entries, path)
	}
	o := objectOf(of)
	if len(o.required()) > 0 {
		entries = d.beforeHeading(entries, path)
	}
	var moved, placed []entry
	for _, e := range entries {
		if o.misfits(e) {
			moved = append(moved, e)
		} else {
			placed = append(placed, e)
		}
	}
	if len(moved) == 0 {
		return entries
	}
	switch p, ok := d.home(moved, path); {
	case !slices.ContainsFunc(moved, func(e entry) bool { return o.find(e.key) == nil }):
		d.moved(moved, path, "stands where a name does", "put it under one, indented deeper", place{})
	case len(moved) > 1 && ok:
		d.moved(moved, path, "unknown key here", "they belong "+p.words, p)
	default:
		outer, ok := d.around(moved[0].key, d.levels)
		if len(moved) > 1 || !ok {
			return entries
		}
		d.elsewhereBelongs(moved[0], placeOf([]string{outer.path}), false)
	}
	// A name with nothing behind it is the line under which they were to stand.
	return slices.DeleteFunc(placed, func(e entry) bool { return isNull(e.node) })
}

// beforeHeading are the entries before one that has nothing behind it, though it must, and
// is called like a key of a group around: a line that stands too deep, with all that
// follows.
func (d *Document) beforeHeading(entries []entry, path string) []entry {
	for i, e := range entries {
		if !isNull(e.node) || i+1 == len(entries) {
			continue
		}
		if outer, ok := d.around(e.key, d.levels); ok {
			d.elsewhereBelongs(e, placeOf([]string{outer.path}), true)
			d.failed = append(d.failed, path)
			return entries[:i]
		}
	}
	return entries
}

// misfits says that an entry cannot be a name with such a group behind it: it has a single
// value or a list, or is itself a key of such a group, behind which stands something else.
func (o *object) misfits(e entry) bool {
	if isNull(e.node) || e.node.Kind == yaml.AliasNode {
		return false
	}
	if e.node.Kind != yaml.MappingNode {
		return true
	}
	if o.find(e.key) == nil || len(e.node.Content) == 0 {
		return false
	}
	for i := 0; i < len(e.node.Content); i += 2 {
		if o.find(e.node.Content[i].Value) != nil {
			return false
		}
	}
	return true
}

// knows says that an object has all of some keys.
func (o *object) knows(keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return o.find(key) == nil })
}

// list names entries with their lines.
func list(entries []entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, fmt.Sprintf("%s (line %d)", e.key, e.line))
	}
	return join(names, "and")
}

// join makes an enumeration: `a, b and c`.
func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
