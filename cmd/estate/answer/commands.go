package answer

import (
	"hubspoke/estate"
	"hubspoke/internal/cost"
	"hubspoke/internal/report/document"
	"hubspoke/proof"
)

// Commands are the answers of all commands, by the name of their schema.
var Commands = map[string]any{
	"add-spoke":      AddSpoke{},
	"adopt":          Adopt{},
	"check":          Check{},
	"cost":           Cost{},
	"deploy":         Deploy{},
	"destroy":        Deploy{},
	"explain":        Explain{},
	"files":          Files{},
	"new":            New{},
	"plan":           Plan{},
	"plan-addresses": Addresses{},
	"prices":         Prices{},
	"prove":          Prove{},
	"report":         Report{},
	"scan":           Scan{},
	"sessions":       Sessions{},
	"stacks":         Stacks{},
	"validate":       Validate{},
	"version":        Built{},
}

// Plan is the answer of estate plan.
type Plan struct {
	Head
	// Stack is the stack that was planned.
	Stack string `json:"stack"`
	// Resources are those of which something becomes, sorted by address.
	Resources []PlannedResource `json:"resources"`
}

// PlannedResource is what becomes of a resource.
type PlannedResource struct {
	Address string `json:"address"`
	// Effect is create, change, replace, destroy or forget.
	Effect string `json:"effect"`
	// Why says which arguments replace it.
	Why string `json:"why,omitempty"`
	// Moved is the address that it had before.
	Moved string `json:"moved,omitempty"`
}

// Files is the answer of commands that write files: hcl, picture with --out, view, and those of pipeline.
type Files struct {
	Head
	// Files are the paths of what was written or, with --check, of what would be.
	Files []string `json:"files"`
	// Removed are the paths of what was removed or, with --check, would be.
	Removed []string `json:"removed,omitempty"`
	// Difference is how what is there differs from what would be written, "" if it does not. It is there with --check alone.
	Difference string `json:"difference,omitempty"`
}

// Check is the answer of estate check.
type Check struct {
	Head
	// Estate is the estate's folder.
	Estate string `json:"estate"`
	// Accounts, Spokes, Clusters and Stacks are how many the estate has.
	Accounts int `json:"accounts"`
	Spokes   int `json:"spokes"`
	Clusters int `json:"clusters"`
	Stacks   int `json:"stacks"`
	// ByHand are steps in a console of AWS that no stack can take.
	ByHand []string `json:"by_hand,omitempty"`
	// Subjects are asked for by --subjects.
	Subjects []Trust `json:"subjects,omitempty"`
	// Comparison is asked for by --against.
	Comparison *Comparison `json:"comparison,omitempty"`
}

// Trust is whom a role trusts among GitHub's workflows.
type Trust struct {
	Role string `json:"role"`
	// Subjects are those of the workflows' tokens.
	Subjects []string `json:"subjects"`
}

// Comparison is what a change of an estate does.
type Comparison struct {
	// Refused says that it should not be deployed as it is. The exit status is 1 then.
	Refused bool `json:"refused"`
	// Changed are the stacks that differ, new ones and gone ones among them.
	Changed []string `json:"changed"`
	// Findings are what would be lost, replaced or left behind, by stack and address.
	Findings []Change `json:"findings"`
	// Steps are how to deploy the change, one after the other. There are none if it has no order.
	Steps []Step `json:"steps"`
	// Split says, for each pair of stacks of which each would have to come first, why.
	Split []string `json:"split,omitempty"`
}

// Change is something that a comparison finds.
type Change struct {
	// Kind is what becomes of it: `lost`, `replaced`, `weaker` and so on.
	Kind string `json:"kind"`
	// Refused says that it should stop the change.
	Refused bool   `json:"refused"`
	Stack   string `json:"stack"`
	// Address is the resource's address; it is not there if the stack is meant.
	Address string `json:"address,omitempty"`
	// Why says what makes it so, and Advice what to do instead.
	Why    string `json:"why,omitempty"`
	Advice string `json:"advice,omitempty"`
	// Follows is the resource, `<stack>/<address>`, for whose sake it happens.
	Follows string `json:"follows,omitempty"`
	// Retire and RenamedTo are what to write in estate.yaml under these names.
	Retire    []string `json:"retire,omitempty"`
	RenamedTo string   `json:"renamed_to,omitempty"`
}

// Step is a part of a deployment.
type Step struct {
	// Action is deploy or destroy.
	Action string `json:"action" jsonschema:"enum=deploy,enum=destroy"`
	// Stacks go one after the other.
	Stacks []string `json:"stacks"`
	// ByPeople says that no pipeline may do it.
	ByPeople bool `json:"by_people"`
	// Forget are, by stack, the resources that Terraform must forget before.
	Forget map[string][]string `json:"forget,omitempty"`
}

// Addresses is the answer of estate plan-addresses.
type Addresses struct {
	Head
	// Slots are all subnets, made or kept free, by address.
	Slots []estate.Slot `json:"slots"`
}

// Stacks is the answer of estate stacks.
type Stacks struct {
	Head
	// Stacks are in an order in which they can be deployed.
	Stacks []Stack `json:"stacks"`
}

// Stack is one stack of an estate.
type Stack struct {
	Name string `json:"name"`
	// Account is the name of the account that it works in, and Kind the kind of stack.
	Account string `json:"account"`
	Kind    string `json:"kind"`
	// Wave counts from 1, over all stacks of the estate: what a stack comes after is all in earlier waves.
	Wave int `json:"wave"`
	// After are the stacks that are deployed before it.
	After []string `json:"after"`
	// By is who deploys it: ci for a pipeline, or people.
	By string `json:"by" jsonschema:"enum=ci,enum=people"`
}

// Prove is the answer of estate prove: the status is in it, and the exit status says it too.
type Prove struct {
	Head
	*proof.Report
}

// Cost is the answer of estate cost.
type Cost struct {
	Head
	*cost.Report
}

// Prices is the answer of estate cost --prices.
type Prices struct {
	Head
	Prices []cost.Price `json:"prices"`
}

// Report is the answer of estate report --format json.
type Report struct {
	Head
	*document.Document
}

// Validate is the answer of estate validate.
type Validate struct {
	Head
	// Valid says that Terraform takes all stacks. The exit status is 1 otherwise.
	Valid bool `json:"valid"`
	// Stacks are sorted by name.
	Stacks []Verdict `json:"stacks"`
}

// Verdict is what Terraform says of one stack.
type Verdict struct {
	Stack string `json:"stack"`
	Valid bool   `json:"valid"`
	// Errors are Terraform's words about a stack that is not valid.
	Errors []Problem `json:"errors,omitempty"`
}

// Scan is the answer of estate scan.
type Scan struct {
	Head
	// Scanned is false where there is no scanner on the PATH.
	Scanned bool `json:"scanned"`
	// Stacks is how many stacks were judged.
	Stacks int `json:"stacks"`
	// Findings are all, those that the project excepts among them. The exit status is 1 if one is not.
	Findings []ScanFinding `json:"findings"`
}

// ScanFinding is something that the scanner does not like.
type ScanFinding struct {
	// Check is the scanner's own name of the check.
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	Stack    string `json:"stack"`
	Resource string `json:"resource"`
	// Excepted is why it is right as it is. It is not there if nobody says so.
	Excepted string `json:"excepted,omitempty"`
}

// Deploy is the answer of estate deploy and estate destroy. What happens meanwhile is on standard error.
type Deploy struct {
	Head
	// Complete says that nothing is left to do. The exit status is 1 otherwise.
	Complete bool `json:"complete"`
	// Stacks are in the order in which they were to go.
	Stacks []Outcome `json:"stacks"`
}

// Outcome is what became of one stack.
type Outcome struct {
	Stack string `json:"stack"`
	// Outcome is applied, destroyed, unchanged, empty, planned, not yet, declined, skipped, failed or interrupted.
	Outcome string `json:"outcome"`
	// Detail says why, where that is not plain.
	Detail string `json:"detail,omitempty"`
	// Seconds is how long it took; it is not there where nothing was begun.
	Seconds float64 `json:"seconds,omitempty"`
}

// Built is the answer of estate version.
type Built struct {
	Head
	// Hubspoke is the release, or the revision that was built.
	Hubspoke string `json:"hubspoke"`
	// Go built it; CDKTF, Terraform and AWSProvider are the versions that it synthesizes for.
	Go          string `json:"go"`
	CDKTF       string `json:"cdktf"`
	Terraform   string `json:"terraform"`
	AWSProvider string `json:"aws_provider"`
}

// New is the answer of estate new.
type New struct {
	Head
	// Estate is the folder that was written, and Files the files in it.
	Estate string   `json:"estate"`
	Files  []string `json:"files"`
	// Notes are what a person should look at.
	Notes []string `json:"notes,omitempty"`
}

// AddSpoke is the answer of estate add spoke.
type AddSpoke struct {
	Head
	// Estate is the folder, and Files the files that are new or different.
	Estate string   `json:"estate"`
	Files  []string `json:"files"`
	// CIDR is the range of the new VPC; it is not there as long as the account has no number.
	CIDR string `json:"cidr,omitempty"`
	// Written is false after --dry-run.
	Written bool `json:"written"`
	// Diff is the change, as a unified diff. It is asked for by --dry-run.
	Diff string `json:"diff,omitempty"`
	// Notes are what a person should look at.
	Notes []string `json:"notes,omitempty"`
}

// Adopt is the answer of estate adopt.
type Adopt struct {
	Head
	// Commands are those to run first. They are there if no folder was given.
	Commands string `json:"commands,omitempty"`
	// Organization is the text of organization.yaml, and Accounts that of a section of estate.yaml.
	Organization string `json:"organization,omitempty"`
	Accounts     string `json:"accounts,omitempty"`
	// ToDo is what a person has to do before anything is deployed.
	ToDo []string `json:"to_do,omitempty"`
}

// Sessions is the answer of estate sessions.
type Sessions struct {
	Head
	// Accounts are those of the estate, by name.
	Accounts []SessionAccount `json:"accounts"`
}

// SessionAccount is how to find out whether an account has session preferences.
type SessionAccount struct {
	Account string `json:"account"`
	// Note says what is known without asking.
	Note string `json:"note,omitempty"`
	// Command asks AWS. It is not there where the answer is known.
	Command string `json:"command,omitempty"`
}

// Explain is the answer of estate explain: of a key or of a resource.
type Explain struct {
	Head
	// Key is there if a key was asked for, and Resource if a resource was.
	Key      *Key      `json:"key,omitempty"`
	Resource *Resource `json:"resource,omitempty"`
}

// Key is what there is to say of a key of an estate's files.
type Key struct {
	// Path is the key with the kind of its file, `spoke.network.zones`.
	Path string `json:"path"`
	// Meaning is what the schema says of it, Type and Default what it takes.
	Meaning string `json:"meaning"`
	Type    string `json:"type"`
	// Required says that the file is refused without it.
	Required bool   `json:"required"`
	Default  string `json:"default,omitempty"`
	// Values are those that it takes, if they are few.
	Values []string `json:"values,omitempty"`
	// Below are the keys in it, if it is a section.
	Below []string `json:"below,omitempty"`
	// Places are where the estate has it, one for each file of its kind.
	Places []Place `json:"places,omitempty"`
}

// Place is a key in a file of an estate.
type Place struct {
	File string `json:"file"`
	// Line is not there if the file does not have the key.
	Line int `json:"line,omitempty"`
	// Value is its value as the file has it, `default` if it does not.
	Value string `json:"value"`
	// Tried is the value that was tried in its place to see what follows; Untried says why none was.
	Tried   string `json:"tried,omitempty"`
	Untried string `json:"untried,omitempty"`
	// Follows are the resources that would differ, `<stack>/<address>`.
	Follows []string `json:"follows,omitempty"`
}

// Resource is what there is to say of a synthesized resource.
type Resource struct {
	// Address is the stack and the address.
	Address string `json:"address"`
	Account string `json:"account"`
	// Region is the one of its provider.
	Region string `json:"region,omitempty"`
	// Package is the Go package of its stack's kind.
	Package string `json:"package"`
	// Constructs are the folders whose Go makes resources of this type. They are there where the source is.
	Constructs []string `json:"constructs,omitempty"`
	// RefersTo and ReferredBy are resources, `<stack>/<address>`.
	RefersTo   []string `json:"refers_to,omitempty"`
	ReferredBy []string `json:"referred_by,omitempty"`
	// MadeBy are the keys which it depends on: without one, or with another value, it is another or is not there.
	MadeBy []Cause `json:"made_by,omitempty"`
	// Untried are keys that could not be tried, and why.
	Untried []string `json:"untried,omitempty"`
}

// Cause is a key that a resource depends on.
type Cause struct {
	File string `json:"file"`
	Line int    `json:"line"`
	// Path is the key in the file.
	Path  string `json:"path"`
	Value string `json:"value"`
	// Effect is what the other value does: `changes` or `removes`.
	Effect string `json:"effect" jsonschema:"enum=changes,enum=removes"`
	// Tried is that other value.
	Tried string `json:"tried"`
}
