package estate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate/organization"
	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// HubAccount is the name of the account that holds what all others share.
const HubAccount = "hub"

// The files of an estate that are not spokes.
const (
	settingsFile     = "estate.yaml"
	hubFile          = "hub.yaml"
	intentsFile      = "intents.yaml"
	organizationFile = "organization.yaml"
)

// Estate is a whole estate, validated and with its defaults filled in.
type Estate struct {
	Settings
	// Name is the name of the estate's folder.
	Name string
	// Org is the organisation that the estate is; nil if it lies in another one, or in none.
	Org *organization.Config
	// Hub is the account that all others share.
	Hub Hub
	// Spokes are the workload accounts, sorted by name.
	Spokes []*Spoke
	// Intents are what the network promises, if the estate says so.
	Intents intent.Intents
	// Warnings are what is not wrong yet, by file and line.
	Warnings Errors
	// Role is what the stacks are synthesized for. The environment variable `DEPLOY_ROLE` says it.
	Role DeployRole

	settings, hub *yamldoc.Document
	intents       *yamldoc.Document   // nil if there are none
	org           *yamldoc.Document   // nil if the estate is no organisation
	newAccounts   []string            // those that have no number yet, sorted
	rules         *yamldoc.Document   // the firewall's file of rules; nil if there is none
	ownRules      string              // what it says
	policies      []*yamldoc.Document // the files of policies that organization.yaml names
	ownContents   map[string]string   // what they say, by name
	spokes        map[string]*yamldoc.Document
	// misnamed are the accounts whose file has a name by which it is not theirs: `dev` by `dev.yml` or `Dev.yaml`. What names them is right.
	misnamed map[string]bool
}

// estates is the folder of the estates that have names.
const estates = "environments"

// Find resolves what a user calls an estate: the name of a folder under
// environments/, or the path of a folder anywhere. A name may end in a slash, as
// shells complete it, unless that is the path of a folder.
func Find(nameOrPath string) string {
	if nameOrPath == "" {
		nameOrPath = "piksel"
	}
	name := nameOrPath
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		name = strings.TrimRight(name, `/\`)
	}
	if name != "" && !strings.ContainsAny(name, `/\`) && name != "." && name != ".." {
		return filepath.Join(estates, name)
	}
	return nameOrPath
}

// Load reads and validates the estate in the folder dir. If anything is wrong
// with it, the error is of type [Errors] and holds all that is.
func Load(dir string) (*Estate, error) { return LoadAsOf(dir, Date{}) }

// LoadAsOf is [Load] as if estate.yaml stated another day under `as_of`, unless
// that is the zero Date.
func LoadAsOf(dir string, day Date) (*Estate, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, Errors{{File: dir, Message: "cannot read the estate: it does not exist" + instead(dir)}}
	}
	return loadAsOf(os.DirFS(dir), dir, filepath.Base(abs), day)
}

// instead says which estates there are where one is missing: those beside it.
func instead(dir string) string {
	beside := filepath.Dir(dir)
	if _, err := os.Stat(beside); err != nil && beside == estates {
		return ", and there is no folder " + estates + " here: run this in the folder that has it, hubspoke's own, or give the path of the estate"
	}
	files, err := filepath.Glob(filepath.Join(beside, "*", settingsFile))
	if err != nil || len(files) == 0 {
		return ""
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return fmt.Sprintf("%s; in %s are the estates %s", yamldoc.Suggest(filepath.Base(dir), names), beside, strings.Join(names, ", "))
}

// LoadFS is [Load] for any file system, such as an estate that is not written yet.
// dir is what messages call its folder, whose last part is the estate's name.
func LoadFS(files fs.FS, dir string) (*Estate, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return loadAsOf(files, dir, filepath.Base(abs), Date{})
}

func load(files fs.FS, dir, name string) (*Estate, error) {
	return loadAsOf(files, dir, name, Date{})
}

// loadAsOf is [LoadAsOf] for any file system, so that tests and fuzzing need no
// disk. Files are called by their path below dir in messages.
func loadAsOf(files fs.FS, dir, name string, day Date) (*Estate, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, Errors{{File: dir, Message: "cannot read the estate: " + reason(err)}}
	}
	e := &Estate{Name: name, Role: RoleApply, spokes: map[string]*yamldoc.Document{}, misnamed: map[string]bool{}}
	errs := e.checkName(dir)
	e.settings = read(files, dir, settingsFile, &e.Settings)
	e.hub = read(files, dir, hubFile, &e.Hub)
	for _, entry := range entries {
		file := entry.Name()
		if file == intentsFile {
			e.intents = read(files, dir, file, &e.Intents)
			e.Intents.Locate(e.intents)
			continue
		}
		if file == organizationFile {
			e.Org = &organization.Config{}
			e.org = read(files, dir, file, e.Org)
			continue
		}
		if strings.HasPrefix(file, ".") || file == settingsFile || file == hubFile {
			continue
		}
		if problem := passedOver(files, entry); problem != "" {
			errs = append(errs, &Error{File: filepath.Join(dir, file), Message: problem})
			e.misnamed[accountOf(file)] = true
		} else if !entry.IsDir() && filepath.Ext(file) == ".yaml" {
			spoke := &Spoke{Name: strings.TrimSuffix(file, ".yaml")}
			e.spokes[spoke.Name] = read(files, dir, file, spoke)
			e.Spokes = append(e.Spokes, spoke)
			if account := accountOf(file); account != spoke.Name {
				e.misnamed[account] = true
			}
		}
	}
	slices.SortFunc(e.Spokes, func(a, b *Spoke) int { return strings.Compare(a.Name, b.Name) })
	if !day.IsZero() {
		e.AsOf = day
	}
	e.applyDefaults()
	errs = append(errs, override("STATE_BACKEND", &e.State.Backend)...)
	errs = append(errs, override("DEPLOY_ROLE", &e.Role)...)
	// Where nothing is known of what all files refer to, everything would seem wrong.
	if !e.settings.Broken("") && !e.hub.Broken("") {
		e.loadFirewallRules(files, dir)
		e.loadOwnPolicies(files, dir)
		e.loadInlinePolicies(files, dir)
		e.validate()
	}
	for _, d := range e.documents() {
		errs = append(errs, d.Errors...)
	}
	if err := errs.Sorted(); err != nil {
		return nil, err
	}
	documents := e.documents()
	e.leaveOutNew()
	e.leaveOutActs()
	for _, d := range documents {
		e.Warnings = append(e.Warnings, d.Warnings...)
	}
	if warnings := e.Warnings.Sorted(); warnings != nil {
		e.Warnings = warnings.(Errors)
	}
	e.mountSecrets()
	e.sortLists()
	return e, nil
}

// accountOf is the account that somebody named a file after.
func accountOf(file string) string {
	name, _, _ := strings.Cut(strings.ToLower(file), ".")
	return name
}

var (
	// yamlInName finds what somebody took for the ending of a YAML file.
	yamlInName = regexp.MustCompile(`(?i)\.ya?ml(\.|$)`)
	// leftover finds what editors and version control leave beside a file.
	leftover = regexp.MustCompile(`(~|\.(bak|orig|rej|swp|tmp))$`)
)

// passedOver says what is wrong with an entry of an estate's folder that holds YAML which
// nobody would read: "" if it is a spoke's file, or something else that may be there.
func passedOver(files fs.FS, entry fs.DirEntry) string {
	name := entry.Name()
	switch {
	case entry.IsDir():
		var inside string
		_ = fs.WalkDir(files, name, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && yamlInName.MatchString(d.Name()) && !leftover.MatchString(d.Name()) {
				inside = path
				return fs.SkipAll
			}
			return nil // what cannot be read holds nothing for an estate
		})
		if inside != "" {
			return fmt.Sprintf("a folder in an estate is ignored, and this one has %s: spokes stand beside estate.yaml", inside)
		}
	case name == "organisation.yaml":
		return "would be the file of a spoke: AWS and the estate write " + organizationFile + ", so rename it"
	case yamlInName.MatchString(name) && filepath.Ext(name) != ".yaml" && !leftover.MatchString(name):
		return "would be ignored: rename it to end in .yaml"
	}
	return ""
}

// documents are the estate's files.
func (e *Estate) documents() []*yamldoc.Document {
	documents := []*yamldoc.Document{e.settings, e.hub}
	for _, s := range e.Spokes {
		documents = append(documents, e.spokes[s.Name])
	}
	if e.intents != nil {
		documents = append(documents, e.intents)
	}
	if e.org != nil {
		documents = append(documents, e.org)
	}
	if e.rules != nil {
		documents = append(documents, e.rules)
	}
	return append(documents, e.policies...)
}

var estateName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// checkName checks the name of the folder, which is part of the paths of local
// state files.
func (e *Estate) checkName(dir string) Errors {
	if estateName.MatchString(e.Name) {
		return nil
	}
	return Errors{{File: dir, Message: fmt.Sprintf("the folder's name, %q, is the estate's: letters, digits, dots, hyphens and underscores", e.Name)}}
}

// override takes what belongs to a run and not to the estate from an environment
// variable: a first try keeps its state in a folder, a pull request plans.
func override[T interface {
	~string
	Values() []string
}](variable string, target *T) Errors {
	value := os.Getenv(variable)
	if value == "" {
		return nil
	}
	if known := (*target).Values(); !slices.Contains(known, value) {
		return Errors{{File: variable, Message: fmt.Sprintf("%q is not one of %s", value, strings.Join(known, ", "))}}
	}
	*target = T(value)
	return nil
}

// besideFiles are the files of an estate that people put a key of another one into.
var besideFiles = []yamldoc.Beside{
	{File: settingsFile, Content: Settings{}},
	{File: hubFile, Content: Hub{}},
	{File: organizationFile, Content: organization.Config{}},
	{File: "a spoke's file", Content: Spoke{}},
}

func read(files fs.FS, dir, name string, target any) *yamldoc.Document {
	file := filepath.Join(dir, name)
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return yamldoc.Unreadable(file, 0, "cannot read the file: %s", reason(err))
	}
	return yamldoc.Decode(file, text, target, besideFiles...)
}

// readNamed reads a file that a key of another one names. It returns what it says, and a
// document for what is wrong in it: nil, if it cannot be read.
func readNamed(files fs.FS, dir, name string, at yamldoc.Section) ([]byte, *yamldoc.Document) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		at.Errorf("cannot read %s: %s", filepath.Join(dir, name), reason(err))
		return nil, nil
	}
	return text, yamldoc.Unparsed(filepath.Join(dir, name))
}

// reason is an I/O error without the path, which the message has already.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it does not exist"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// Spoke returns the spoke with that name, or nil.
func (e *Estate) Spoke(name string) *Spoke {
	for _, s := range e.Spokes {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Error is one thing that is wrong with an estate, Errors all of them.
type (
	Error  = yamldoc.Error
	Errors = yamldoc.Errors
)
