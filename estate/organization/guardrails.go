package organization

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/internal/guardrail"
	"hubspoke/internal/yamldoc"
)

// Guardrails are the organisation's policies. Those that AWS offers and that would break an
// estate are not among them: `own` takes any.
type Guardrails struct {
	// Regions are the regions that accounts may use; in us-east-1 AWS's global services are there in any case, and all others too if it is named. Default: the estate's region.
	Regions []string `yaml:"regions" jsonschema:"minItems=1,uniqueItems=true" format:"any-region" example:"[ap-southeast-1]" why:"nothing could be made anywhere"`
	// Off are guardrails that a unit, and those below it, do without, each with the reason; `*` is the whole organisation. Default: none.
	Off map[string]map[string]string `yaml:"off" keys:"unit-or-all" example:"{workloads/development: {backups: volatile data only}}"`
	// Suspended is the unit in which everything is denied but deployment. Default: `suspended`, if there is such a unit.
	Suspended string `yaml:"suspended" format:"unit-path"`
	// Outside are accounts outside the organisation that may reach buckets, keys, queues, secrets and roles in it, if these admit them, by number, each with who that is. Default: none.
	Outside map[string]string `yaml:"outside" keys:"outside-account" example:"{'444455556666': the monitoring that we rent}"`
	// ImageProviders are whose machine images instances may be launched from: `amazon`, `aws_marketplace`, `aws_backup_vault`, or the numbers of accounts. Default: anybody's.
	ImageProviders []string `yaml:"image_providers" jsonschema:"minItems=1,uniqueItems=true" format:"image-provider" example:"[amazon]" why:"leave it out to allow all"`
	// Own are policies of your own, by name. Default: none.
	Own map[string]OwnPolicy `yaml:"own" keys:"label" example:"{no-gpu: {file: scp/no-gpu.json, units: [workloads/development]}}"`
}

// OwnPolicy is a policy that the estate brings itself.
type OwnPolicy struct {
	// File is the policy in the estate's folder, as AWS's documentation has it. It is written without its white space, which AWS would count.
	File string `yaml:"file" jsonschema:"required" format:"policy-file" example:"scp/no-gpu.json"`
	// Type is what it limits: `service-control` (default) what identities of the accounts may do, `resource-control` what anybody may do to resources in them.
	Type OwnType `yaml:"type" default:"service-control"`
	// Units are those that it is attached to; `*` is the root, above all.
	Units []string `yaml:"units" jsonschema:"required,minItems=1,uniqueItems=true" format:"unit-or-all" why:"a policy does nothing where it is not attached"`
}

// OwnType is what a policy of one's own limits.
type OwnType string

// The values of [OwnType].
const (
	OwnServiceControl  OwnType = "service-control"
	OwnResourceControl OwnType = "resource-control"
)

// Values lists what a file may say.
func (OwnType) Values() []string {
	return []string{string(OwnServiceControl), string(OwnResourceControl)}
}

// Kind is the type as AWS calls it.
func (t OwnType) Kind() guardrail.Type {
	if t == OwnResourceControl {
		return guardrail.ResourceControl
	}
	return guardrail.ServiceControl
}

// All is what stands for the whole organisation in place of a unit.
const All = "*"

// suspended is the unit in which everything is denied, unless the file names another.
const suspended = "suspended"

var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "unit-or-all",
		Wanted:  "the path of a unit, or * for the whole organisation",
		Pattern: regexp.MustCompile(`^(?:\*|` + strings.Trim(UnitPath.Pattern.String(), "^$") + `)$`), Example: "workloads/development"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "outside-account",
		Wanted:  "an account number: those have 12 digits",
		Pattern: regexp.MustCompile(`^[0-9]{12}$`), Example: "444455556666"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "image-provider",
		Wanted:  "one of amazon, aws_marketplace, aws_backup_vault, or an account number",
		Pattern: regexp.MustCompile(`^(?:amazon|aws_marketplace|aws_backup_vault|[0-9]{12})$`), Example: "amazon"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "policy-file",
		Wanted:  "the path of a file in the estate's folder that ends in .json, such as scp/no-gpu.json",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*\.json$`), Example: "scp/no-gpu.json"})
)

// SuspendedUnit is the path of the unit in which everything is denied; "" if there is none.
func (c *Config) SuspendedUnit() string {
	if c.Guardrails.Suspended != "" {
		return c.Guardrails.Suspended
	}
	if slices.Contains(c.UnitPaths(), suspended) {
		return suspended
	}
	return ""
}

// ValidateGuardrails checks which guardrails are off.
func (c *Config) ValidateGuardrails(s yamldoc.Section) {
	g, units, names := c.Guardrails, c.UnitPaths(), guardrail.Names()
	for _, unit := range slices.Sorted(maps.Keys(g.Off)) {
		at := s.Key("off", unit)
		if unit != All && !slices.Contains(units, unit) {
			continue // said of all places that name it
		}
		for _, name := range slices.Sorted(maps.Keys(g.Off[unit])) {
			above := c.offAbove(unit, name)
			switch {
			case !slices.Contains(names, name):
				at.Key(name).Errorf("there is no guardrail %s: those are %s%s", name, strings.Join(names, ", "), yamldoc.Suggest(name, names))
			case above != "":
				at.Key(name).Errorf("%s is off in %s already, and so in all below it", name, above)
			}
		}
	}
}

// offAbove is the unit above another one, or the whole organisation, in which a guardrail is off
// too; "" if there is none.
func (c *Config) offAbove(unit, name string) string {
	if unit == All {
		return ""
	}
	for above := Above(unit); above != ""; above = Above(above) {
		if _, off := c.Guardrails.Off[above][name]; off {
			return above
		}
	}
	if _, off := c.Guardrails.Off[All][name]; off {
		return "the whole organisation"
	}
	return ""
}

// without are the units in which a guardrail is off, sorted.
func (g Guardrails) without(name string) []string {
	var units []string
	for _, unit := range slices.Sorted(maps.Keys(g.Off)) {
		if _, off := g.Off[unit][name]; off {
			units = append(units, unit)
		}
	}
	return units
}

// Target is what a policy is attached to: the root, if it names nothing.
type Target struct {
	// Unit is the path of a unit, Account the name of an account.
	Unit, Account string
}

// Targets are what a guardrail is attached to: the root, or, where some units do without, the
// highest units that have none of these below them, and the accounts that stand in one that has.
// A policy binds all that is below, and nothing below can shed it.
func (c *Config) Targets(name string) []Target {
	return c.targets("", c.Guardrails.without(name))
}

func (c *Config) targets(unit string, without []string) []Target {
	below := func(path string) bool { return unit == "" || strings.HasPrefix(path, unit+"/") }
	switch {
	case slices.Contains(without, All) || slices.Contains(without, unit):
		return nil
	case !slices.ContainsFunc(without, below):
		return []Target{{Unit: unit}}
	}
	var targets []Target
	for _, path := range c.UnitPaths() {
		if Above(path) == unit {
			targets = append(targets, c.targets(path, without)...)
		}
	}
	for _, account := range slices.Sorted(slices.Values(c.Units[unit])) {
		targets = append(targets, Target{Account: account})
	}
	return targets
}
