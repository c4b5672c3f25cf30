package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate"
)

// Leftovers are what stands in the files of an estate although it is about no
// estate, or about another one: what a first draft or a copy leaves behind. They are
// warnings, since each may be meant.
//
//   - Account numbers that are placeholders, once for all accounts, and once for each
//     file that has another one.
//   - The project and account numbers of another estate in the same folder: both would
//     make the same things, and keep them in the same states.
//   - Lines that are word for word in another such estate and name its project, once
//     for each file.
func Leftovers(dir string, e *estate.Estate) estate.Errors {
	found := placeholderNumbers(dir, e)
	files := lines(dir)
	siblings, _ := filepath.Glob(filepath.Join(dir, "..", "*", "estate.yaml"))
	for _, sibling := range siblings {
		other := filepath.Dir(sibling)
		if same(other, dir) {
			continue
		}
		neighbour, err := estate.Load(other)
		if err != nil {
			continue // not an estate, or one whose own check has more to say
		}
		found = append(found, sameAccounts(dir, e, other, neighbour)...)
		found = append(found, named(e, files, other, neighbour.Project)...)
	}
	if found.Sorted() == nil {
		return nil
	}
	return found.Sorted().(estate.Errors)
}

// same says that two paths lead to the same folder.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// line is a line of an estate's file, without the spaces around it.
type line struct {
	file   string
	number int
	text   string
}

// lines are the lines of all files of an estate.
func lines(dir string) []line {
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
	var all []line
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for i, text := range strings.Split(string(content), "\n") {
			all = append(all, line{file, i + 1, strings.TrimSpace(text)})
		}
	}
	return all
}

// placeholderNumbers finds account numbers that nobody has.
func placeholderNumbers(dir string, e *estate.Estate) estate.Errors {
	var found estate.Errors
	var accounts []string
	for _, name := range e.AccountNames() {
		if Placeholder(e.Accounts[name]) {
			accounts = append(accounts, name)
		}
	}
	numbers := e.AccountNumbers()
	reported := map[string]bool{}
	for _, l := range lines(dir) {
		if len(accounts) > 0 && filepath.Base(l.file) == "estate.yaml" && strings.HasPrefix(l.text, "accounts:") {
			found = append(found, &estate.Error{File: l.file, Line: l.number, Path: "accounts",
				Message: fmt.Sprintf("the account numbers of %s are placeholders: put your own here before you deploy", strings.Join(accounts, ", "))})
		}
		if strings.HasPrefix(l.text, "#") || reported[l.file] {
			continue
		}
		for _, number := range accountNumber.FindAllString(l.text, -1) {
			if Placeholder(number) && !slices.Contains(numbers, number) && !reported[l.file] {
				reported[l.file] = true
				found = append(found, &estate.Error{File: l.file, Line: l.number, Message: fmt.Sprintf("%s is a placeholder, and no account of the estate has that number", number)})
			}
		}
	}
	return found
}

// sameAccounts finds that two estates are about the same things.
func sameAccounts(dir string, e *estate.Estate, other string, neighbour *estate.Estate) estate.Errors {
	if e.Project != neighbour.Project {
		return nil
	}
	for _, name := range e.AccountNames() {
		if slices.Contains(neighbour.AccountNumbers(), e.Accounts[name]) {
			return estate.Errors{{File: filepath.Join(dir, "estate.yaml"), Path: "project",
				Message: fmt.Sprintf("%s is the project of %s too, which has the account %s as well: both would make the same things", e.Project, other, e.Accounts[name])}}
		}
	}
	return nil
}

// named finds lines that another estate has word for word and that name its project.
// Estates of one company may be deployed from one repository, the name of one may be
// a part of the other's, and one may be called by a word that all estates use.
func named(e *estate.Estate, files []line, other, project string) estate.Errors {
	name := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(project) + `\b`)
	if name.MatchString(e.Project) || name.MatchString(words()) {
		return nil
	}
	theirs := map[string]line{}
	for _, l := range slices.Backward(lines(other)) {
		if name.MatchString(l.text) && l.text != "repository: "+e.GitHub.Repository {
			theirs[l.text] = l
		}
	}
	type group struct {
		first, theirs line
		more          int
	}
	byFile := map[string]*group{}
	for _, l := range files {
		if same, ok := theirs[l.text]; !ok {
			continue
		} else if g := byFile[l.file]; g != nil {
			g.more++
		} else {
			byFile[l.file] = &group{first: l, theirs: same}
		}
	}
	var found estate.Errors
	for _, g := range byFile {
		message := fmt.Sprintf("names %s, word for word as %s:%d does", project, g.theirs.file, g.theirs.number)
		switch {
		case g.more == 1:
			message += ", and so does another line"
		case g.more > 1:
			message += fmt.Sprintf(", and so do %d more lines", g.more)
		}
		found = append(found, &estate.Error{File: g.first.file, Line: g.first.number, Message: message + ": left over from a copy?"})
	}
	return found
}

// words are those that every estate has, as [New] writes it.
func words() string {
	var all strings.Builder
	entries, _ := templates.ReadDir("templates")
	for _, entry := range entries {
		content, _ := templates.ReadFile("templates/" + entry.Name())
		all.Write(content)
	}
	return all.String()
}
