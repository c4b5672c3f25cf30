package dockerfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// Problems are what is wrong with the Dockerfile, each with its line and what would be right:
//
//   - an image without a version or a digest: https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
//   - a user who is root, or a name, which runAsNonRoot cannot tell from root: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
//   - files from an address of the internet
//   - secrets in ARG and ENV, which every layer's history shows: https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
//   - packages that are not locked
//   - a final stage that installs something, copies without saying whose the files are, opens a port
//     that takes privileges, or starts its program by a shell, which does not pass signals on
//   - and what BuildKit itself warns of.
func (f *File) Problems() []string {
	found := slices.Clone(f.warnings)
	for _, arg := range f.args {
		found = append(found, f.keyProblems(line(arg.Location()), arg.Args)...)
	}
	for i, stage := range f.stages {
		if _, ok := f.stageBefore(i, stage.BaseName); !ok && stage.BaseName != "scratch" {
			found = append(found, f.imageProblem(line(stage.Location), stage.BaseName)...)
		}
		for _, c := range stage.Commands {
			found = append(found, f.commandProblems(i, c)...)
		}
	}
	return append(found, f.finalProblems()...)
}

// pinned is an image by version and digest.
var pinned = regexp.MustCompile(`^[^\s@$]+:([^\s@:/$]+)@sha256:[0-9a-f]{64}$`)

func (f *File) imageProblem(line int, image string) []string {
	switch m := pinned.FindStringSubmatch(image); {
	case strings.Contains(image, "$"):
		return []string{f.at(line, fmt.Sprintf("%s is chosen by a variable, which whoever builds may set: write the image, with version and digest", image))}
	case m == nil:
		return []string{f.at(line, fmt.Sprintf("%s may become another image: write it as <image>:<version>@sha256:<digest>", image))}
	case m[1] == "latest" || !strings.ContainsAny(m[1], "0123456789"):
		return []string{f.at(line, fmt.Sprintf("%s says no version: nobody can tell what is to be renewed", image))}
	}
	return nil
}

var (
	// addresses are what ADD fetches. https://docs.docker.com/reference/dockerfile/#add
	addresses = regexp.MustCompile(`(?i)^([a-z][a-z0-9+.-]*://|git@)`)
	// unlocked are commands that install what is newest.
	unlocked = regexp.MustCompile(`\bnpm\s+(install|i|update)\b|\byarn\s+(add|install)\b|\bpip3?\s+install\b`)
	// locking are those that install what somebody has read.
	locking = regexp.MustCompile(`--require-hashes\b|--frozen-lockfile\b|--immutable\b`)
	// installers are for stages whose files are copied.
	installers = regexp.MustCompile(`\b(apt|apt-get|apk|yum|dnf|microdnf|pip3?|npm|yarn|pnpm|curl|wget)\s`)
)

func (f *File) commandProblems(stage int, c instructions.Command) []string {
	at := line(c.Location())
	var found []string
	for _, from := range sources(c) {
		if !f.isStage(stage, from) {
			found = append(found, f.imageProblem(at, from)...)
		}
	}
	switch c := c.(type) {
	case *instructions.AddCommand:
		for _, source := range c.SourcePaths {
			if addresses.MatchString(source) {
				found = append(found, f.at(at, fmt.Sprintf("ADD fetches %s: have it in the repository, or take it from an image by digest", source)))
			}
		}
	case *instructions.ArgCommand:
		found = append(found, f.keyProblems(at, c.Args)...)
	case *instructions.EnvCommand:
		for _, env := range c.Env {
			found = append(found, f.keyProblem(at, env.Key, env.Value)...)
		}
	case *instructions.RunCommand:
		for _, command := range commands(c) {
			if unlocked.MatchString(command) && !locking.MatchString(command) {
				found = append(found, f.at(at, fmt.Sprintf("%q installs what is newest: npm ci, or pip install --require-hashes", command)))
			}
		}
	}
	return found
}

// separators stand between the commands of a script.
var separators = regexp.MustCompile(`&&|\|\||[;|\n]`)

// commands are those of a RUN instruction.
func commands(c *instructions.RunCommand) []string {
	script := strings.Join(c.CmdLine, " ")
	for _, file := range c.Files {
		script += "\n" + file.Data
	}
	script = strings.ReplaceAll(script, "\\\n", " ")
	var all []string
	for _, command := range separators.Split(script, -1) {
		if command = strings.Join(strings.Fields(command), " "); command != "" {
			all = append(all, command)
		}
	}
	return all
}

var (
	// secretive are names of what is kept secret.
	secretive = regexp.MustCompile(`(?i)(^|[_.-])(pass(word|wd|phrase)?|pwd|secrets?|tokens?|credentials?|(api|access|private|signing|ssh)[_-]?keys?|apikey|auth)($|[_.-])`)
	// public are names that only sound so.
	public = regexp.MustCompile(`(?i)(^|[_.-])(public|file|path|url|dir)($|[_.-])`)
	// keys are secrets by what they look like: access keys of AWS, tokens of GitHub, private keys.
	keys = regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_|-----BEGIN [A-Z ]*PRIVATE KEY`)
)

func (f *File) keyProblems(line int, args []instructions.KeyValuePairOptional) []string {
	var found []string
	for _, arg := range args {
		found = append(found, f.keyProblem(line, arg.Key, arg.ValueString())...)
	}
	return found
}

func (f *File) keyProblem(line int, key, value string) []string {
	if secretive.MatchString(key) && !public.MatchString(key) || keys.MatchString(value) {
		return []string{f.at(line, fmt.Sprintf("%s looks like a secret, and stays in the image's history: mount it with RUN --mount=type=secret, or give it to the pod", key))}
	}
	return nil
}

// finalProblems are those of the stage that becomes the image.
func (f *File) finalProblems() []string {
	last := f.stages[len(f.stages)-1]
	var found []string
	started := false
	for _, stage := range f.final() {
		for _, c := range stage.Commands {
			at := line(c.Location())
			switch c := c.(type) {
			case *instructions.RunCommand:
				for _, command := range commands(c) {
					if installers.MatchString(command + " ") {
						found = append(found, f.at(at, fmt.Sprintf("%q leaves its tools in the image: do it in a stage of its own, and copy what it makes", command)))
					}
				}
			case *instructions.CopyCommand:
				if !ids.MatchString(c.Chown) {
					found = append(found, f.at(at, "COPY does not say whose the files are: --chown=0:0, which lets everybody read and nobody write"))
				}
			case *instructions.EntrypointCommand:
				started = true
				if c.PrependShell {
					found = append(found, f.at(at, `ENTRYPOINT starts a shell, which does not pass SIGTERM on: write ["program", "argument"]`))
				}
			case *instructions.CmdCommand:
				started = true
				if c.PrependShell {
					found = append(found, f.at(at, `CMD starts a shell, which does not pass SIGTERM on: write ["program", "argument"]`))
				}
			}
		}
	}
	if !started {
		found = append(found, f.at(line(last.Location), "the image says nothing about what it runs: write an ENTRYPOINT or a CMD"))
	}
	return append(append(found, f.userProblem(line(last.Location))...), f.portProblems(line(last.Location))...)
}

// ids are a user, and maybe a group, in numbers.
var ids = regexp.MustCompile(`^([0-9]+)(:[0-9]+)?$`)

func (f *File) userProblem(line int) []string {
	user := f.User()
	switch m := ids.FindStringSubmatch(user); {
	case user == "":
		return []string{f.at(line, "nothing says whom the image runs as: USER with a number that is not 0")}
	case m == nil:
		return []string{f.at(line, fmt.Sprintf("USER %s is a name, which a cluster cannot tell from root: write its number", user))}
	case strings.Trim(m[1], "0") == "":
		return []string{f.at(line, fmt.Sprintf("USER %s is root, which the estate's namespaces refuse: take another number", user))}
	}
	return nil
}

func (f *File) portProblems(line int) []string {
	var found []string
	for _, port := range f.Ports() {
		number, _, _ := strings.Cut(port, "/")
		if n, err := strconv.Atoi(number); err != nil || n < 1024 {
			found = append(found, f.at(line, fmt.Sprintf("EXPOSE %s: who is not root cannot listen on it everywhere; take a number above 1023", port)))
		}
	}
	return found
}
