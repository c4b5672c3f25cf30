package registry

import (
	"regexp"
	"slices"

	"hubspoke/internal/yamldoc"
)

// Scanning is how the images of all repositories are scanned, those of the cache among them.
// It is a setting of the registry: single repositories have none.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
type Scanning struct {
	// Kind is who scans: `basic`, ECR itself, which looks at the operating system's packages once, when an image is pushed; or `enhanced`, Amazon Inspector, which looks at the languages' packages too, goes on looking, and which AWS charges for by images. AWS keeps the findings of each kind, and shows those of one that is on. Default: `enhanced` where the organisation's Inspector scans images (`security.inspector` in organization.yaml), else `basic`.
	Kind ScanKind `yaml:"kind" example:"enhanced"`
	// Frequency is when Inspector scans: `continuous` (default), whenever it learns of a vulnerability, for as long as an image is in use; or `on-push`, once.
	Frequency ScanFrequency `yaml:"frequency" default:"continuous"`
	// Continuous are the repositories that are scanned continuously all the same, with `frequency: on-push`: filters in which `*` stands for anything, and without one for all names that hold them. Default: none.
	Continuous []string `yaml:"continuous" jsonschema:"maxItems=100,uniqueItems=true" format:"scan-filter" why:"ECR takes no more filters" example:"['piksel/*']"`
	// Inspector is what Inspector scans in the hub's account, where no organisation has Inspector: `ecr` and what else it is to scan there. It stops scanning what is not named. Default: `ecr`.
	Inspector []string `yaml:"inspector" jsonschema:"minItems=1,uniqueItems=true" format:"inspector-resource" default:"[ecr]" why:"Inspector then would look at nothing"`
	// Notify are the addresses that are told of findings. Each has to confirm the e-mail that AWS sends it first. Where the organisation's Inspector scans, `security.notify` in organization.yaml says who is told. Default: nobody is told.
	Notify []string `yaml:"notify" jsonschema:"uniqueItems=true" format:"email" example:"[security@example.com]"`
	// Severity is how grave a finding is that people are told of: `critical` (default), or `high`, which has the critical ones with it.
	Severity Severity `yaml:"severity" default:"critical"`
	// Fixable leaves out findings of Inspector for which no package has a fix yet. Default: false.
	Fixable bool `yaml:"fixable" default:"false"`
}

// ScanKind is who scans images.
type ScanKind string

// The values of [ScanKind].
const (
	Basic    ScanKind = "basic"
	Enhanced ScanKind = "enhanced"
)

// Values lists what a file may say.
func (ScanKind) Values() []string { return []string{string(Basic), string(Enhanced)} }

// ScanFrequency is when Inspector scans an image.
type ScanFrequency string

// The values of [ScanFrequency].
const (
	Continuous ScanFrequency = "continuous"
	OnPush     ScanFrequency = "on-push"
)

// Values lists what a file may say.
func (ScanFrequency) Values() []string { return []string{string(Continuous), string(OnPush)} }

// Severity is how grave a finding is.
type Severity string

// The values of [Severity].
const (
	Critical Severity = "critical"
	High     Severity = "high"
)

// Values lists what a file may say.
func (Severity) Values() []string { return []string{string(Critical), string(High)} }

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html
var _ = yamldoc.NewFormat(yamldoc.Format{Name: "scan-filter",
	Wanted:  "part of a repository's name, in lower case, with * for anything",
	Pattern: regexp.MustCompile(`^[a-z0-9*]([._/-]?[a-z0-9*]+)*$`), MaxLength: 256, Example: "piksel/*"})

// validate checks what the file says about scanning, whoever scans in the organisation.
func (c Scanning) validate(s yamldoc.Section) {
	if c.Frequency == Continuous && len(c.Continuous) > 0 && !s.Key("frequency").Broken() {
		s.Key("continuous").Errorf("all repositories are scanned continuously already: leave this out, or say frequency: on-push")
	}
	if !s.Key("inspector").Broken() && !slices.Contains(c.Inspector, "ecr") {
		s.Key("inspector").Errorf("images are what this is about: add ecr, or say kind: basic")
	}
	if slices.Contains(c.Inspector, "lambda-code") && !slices.Contains(c.Inspector, "lambda") {
		s.Key("inspector").Errorf("Inspector scans the code of functions with what they depend on alone: add lambda")
	}
	if len(c.Notify) > 0 {
		return
	}
	for _, key := range []string{"severity", "fixable"} {
		if at := s.Key(key); at.Has() {
			at.Errorf("nobody is told of findings: name them under notify, or leave this out")
		}
	}
}
