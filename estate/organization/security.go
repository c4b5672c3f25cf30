package organization

import (
	"regexp"

	"hubspoke/internal/yamldoc"
)

// Security are the security services of the organisation, which one account administers
// for all others. GuardDuty watches what happens, Security Hub judges how things are
// configured and collects what all services find, Inspector looks for vulnerabilities, IAM
// Access Analyzer for what strangers may reach, and AWS Config records what there is and was.
type Security struct {
	// Account is the delegated administrator of all of these services: neither the management account nor that of the logs.
	Account string `yaml:"account" jsonschema:"required" format:"account-name" example:"security"`
	// Regions are the regions in which the services are on, the estate's among them. Default: those that `guardrails` allows, us-east-1 among them.
	Regions []string `yaml:"regions" jsonschema:"uniqueItems=true" format:"any-region" example:"[ap-southeast-1, us-east-1]"`
	// GuardDuty are the plans of GuardDuty beside those that are always on: S3, EKS audit logs, RDS sign-ins and Lambda.
	GuardDuty GuardDutyPlans `yaml:"guardduty"`
	// SecurityHub is what Security Hub judges by.
	SecurityHub SecurityHubPolicy `yaml:"security_hub"`
	// Inspector is what Inspector scans for vulnerabilities: `ec2`, `ecr`, `lambda`, `lambda-code`. Default: `ec2`, `ecr`, `lambda`.
	Inspector []string `yaml:"inspector" jsonschema:"minItems=1,uniqueItems=true" format:"inspector-resource" default:"[ec2, ecr, lambda]" why:"Inspector then would look at nothing"`
	// UnusedAccessDays is after how many days IAM Access Analyzer reports roles, users and permissions as unused, 1 to 365. AWS charges for each role and user. Default: none are looked for.
	UnusedAccessDays int `yaml:"unused_access_days" jsonschema:"maximum=365" why:"Access Analyzer looks back a year" example:"90"`
	// Config is how AWS Config records the resources of all accounts, and what else it checks.
	Config Recording `yaml:"config"`
	// Notify are the addresses that are told of new findings: all that are high or critical, and of Inspector's and of Security Hub's own controls the critical ones. Each has to confirm the e-mail that AWS sends it first. Default: nobody is told.
	Notify []string `yaml:"notify" jsonschema:"uniqueItems=true" format:"email" example:"[security@example.com]"`
	// InUse are services that accounts used before they were the estate's, by account: `config`; `inspector`, if the account is associated with the administrator already; and, of the management account, `guardduty` and `security-hub`. What has to be there once for a service to work is then there, and is left alone. Default: none.
	InUse map[string][]string `yaml:"in_use" jsonschema:"uniqueItems=true" keys:"account-name" format:"security-service" example:"{management: [config, guardduty]}"`
}

// GuardDutyPlans are plans of GuardDuty that cost more than reading logs.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
type GuardDutyPlans struct {
	// Runtime watches processes on instances, containers and clusters, by an agent that GuardDuty installs itself, and to which it makes an endpoint in their VPCs. Default: false.
	Runtime bool `yaml:"runtime" default:"false"`
	// Malware scans the volumes of instances about which there is a finding. Default: false.
	Malware bool `yaml:"malware" default:"false"`
}

// SecurityHubPolicy is what Security Hub judges all accounts by.
// https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html
type SecurityHubPolicy struct {
	// Standards are those whose controls are checked: `fsbp` (AWS Foundational Security Best Practices), `cis-3.0`, `cis-5.0` (CIS AWS Foundations Benchmark), `nist-800-53-5`, `pci-dss-4.0.1`. Default: `fsbp`.
	Standards []string `yaml:"standards" jsonschema:"minItems=1,uniqueItems=true" format:"security-standard" default:"[fsbp]" why:"Security Hub then would judge by nothing"`
	// Disabled are controls that are not checked anywhere, by their ids, each with the reason. Default: none.
	Disabled map[string]string `yaml:"disabled" keys:"security-control" example:"{IAM.6: root credentials are removed centrally}"`
}

// Recording is how AWS Config records the resources of all accounts.
// https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
type Recording struct {
	// Recording is when a change is recorded: `continuous` (default), as it happens; or `daily`, once a day if there was one, which costs less where resources come and go.
	Recording Frequency `yaml:"recording" default:"continuous"`
	// Rules are rules that AWS manages and Config checks in every account, beside those of Security Hub's standards, by a name of yours. Default: none.
	Rules map[string]Rule `yaml:"rules" keys:"label" example:"{required-tags: {identifier: REQUIRED_TAGS, parameters: {tag1Key: Project}}}"`
}

// Rule is a rule of AWS Config that AWS manages.
// https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
type Rule struct {
	// Identifier is what AWS calls the rule, in capitals.
	Identifier string `yaml:"identifier" jsonschema:"required" format:"config-rule" example:"REQUIRED_TAGS"`
	// Parameters are the rule's parameters, by name. Default: those of AWS.
	Parameters map[string]string `yaml:"parameters" example:"{tag1Key: Project}"`
	// Except are accounts in which the rule is not checked, beside those in the unit of accounts that are to be closed. Default: none.
	Except []string `yaml:"except" jsonschema:"uniqueItems=true" format:"account-name" example:"[dev]"`
}

// Frequency is how often AWS Config records a resource.
type Frequency string

// The values of [Frequency].
const (
	Continuous Frequency = "continuous"
	Daily      Frequency = "daily"
)

// Values lists what a file may say.
func (Frequency) Values() []string { return []string{string(Continuous), string(Daily)} }

// The services that [Security.InUse] names.
const (
	ConfigInUse      = "config"
	GuardDutyInUse   = "guardduty"
	InspectorInUse   = "inspector"
	SecurityHubInUse = "security-hub"
)

// standards are the ends of the ARNs of Security Hub's standards. Those of the same region
// have them all.
// https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
var standards = map[string]string{
	"fsbp":          "standards/aws-foundational-security-best-practices/v/1.0.0",
	"cis-3.0":       "standards/cis-aws-foundations-benchmark/v/3.0.0",
	"cis-5.0":       "standards/cis-aws-foundations-benchmark/v/5.0.0",
	"nist-800-53-5": "standards/nist-800-53/v/5.0.0",
	"pci-dss-4.0.1": "standards/pci-dss/v/4.0.1",
}

// StandardResource is what the ARN of a standard ends in.
func StandardResource(standard string) string { return standards[standard] }

var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "inspector-resource",
		Wanted: "what Inspector scans",
		Values: []string{"ec2", "ecr", "lambda", "lambda-code"}})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "security-standard",
		Wanted: "a standard of Security Hub",
		Values: []string{"cis-3.0", "cis-5.0", "fsbp", "nist-800-53-5", "pci-dss-4.0.1"}})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "security-control",
		Wanted:  "the id of a control of Security Hub, such as IAM.6",
		Pattern: regexp.MustCompile(`^[A-Z][A-Za-z0-9]*\.[1-9][0-9]*$`), Example: "IAM.6"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "config-rule",
		Wanted:  "the identifier of a rule that AWS manages, in capitals, such as REQUIRED_TAGS",
		Pattern: regexp.MustCompile(`^[A-Z][A-Z0-9_-]*$`), MaxLength: 256, Example: "REQUIRED_TAGS"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "security-service",
		Wanted: "a service that is prepared once in an account",
		Values: []string{ConfigInUse, GuardDutyInUse, InspectorInUse, SecurityHubInUse}})
)
