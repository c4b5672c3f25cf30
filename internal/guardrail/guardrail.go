// Package guardrail writes the policies of an AWS organisation: what nobody in its accounts
// may do, whatever their own permissions, and what nobody from outside may do to what is
// in them.
//
// A guardrail is one promise, `logging`, with a name under which people switch it off. A
// policy has several of them, for AWS attaches few to a unit; those that some unit does
// without leave their policy and have one of their own.
//
// Whoever is exempt is so by the name of a role, and `deployment` keeps everybody else
// from making, changing or passing a role of that name. Without that an exemption would be
// a hole. Policies bind neither the management account nor service-linked roles:
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
//   - https://github.com/aws-samples/service-control-policy-examples
//   - https://github.com/aws-samples/data-perimeter-policy-examples
package guardrail

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/quota"
)

// Type is a type of organisation policies, as AWS calls it.
type Type string

// The types that guardrails are made of.
const (
	// ServiceControl policies limit what the identities of accounts may do.
	ServiceControl Type = "SERVICE_CONTROL_POLICY"
	// ResourceControl policies limit what anybody may do to the resources of accounts.
	ResourceControl Type = "RESOURCE_CONTROL_POLICY"
	// DeclarativeEC2 policies fix settings of EC2 in accounts.
	DeclarativeEC2 Type = "DECLARATIVE_POLICY_EC2"
	// AIOptOut policies say whether AWS may use content to improve its AI services.
	AIOptOut Type = "AISERVICES_OPT_OUT_POLICY"
	// TagRules policies say how tags are spelt.
	TagRules Type = "TAG_POLICY"
)

// Size is the quota of a policy's characters.
func (t Type) Size() quota.Quota {
	switch t {
	case ResourceControl:
		return quota.ResourceControlPolicy
	case DeclarativeEC2:
		return quota.DeclarativePolicy
	case AIOptOut:
		return quota.AIOptOutPolicy
	case TagRules:
		return quota.TagPolicy
	}
	return quota.ServiceControlPolicy
}

// Config is what the policies are written from.
type Config struct {
	// Anywhere is any account in any region, of the partition of all.
	Anywhere arn.Account
	// Organization is the organisation's id.
	Organization string
	// Regions are those in which accounts may use everything. Default: of no statement's concern, as in [Names].
	Regions []string
	// GlobalRegion is the region of AWS's global services, and BackupRegion that of copies of backups, each if it is none of Regions: there people may use what belongs there alone.
	GlobalRegion, BackupRegion string
	// IdentityHere says that IAM Identity Center is in one of these two.
	IdentityHere bool

	// Plan, Apply, BreakGlass and Bootstrap are the names of roles that every account has: those of Terraform, that for emergencies, and that of whoever makes these. `*` stands for any characters.
	Plan, Apply, BreakGlass, Bootstrap string
	// States are the names of the roles that write states, and CI of those by which workflows come in.
	States, CI []string
	// StateBuckets are the ARNs of the bucket of all states and of that with its access logs, and StateKey is the alias of their key.
	StateBuckets []string
	StateKey     string

	// BackupKey is the alias of the keys of backup vaults. Default: there are none.
	BackupKey string

	// Findings are the ARNs of what tells people of findings: rules of EventBridge, and topics with what subscribes to them. Default: nobody is told.
	Findings []string

	// LogAccount is the number of the account with the log archive, LogBuckets are the ARNs of its buckets, and LogGroups patterns of the names of log groups that are records too.
	LogAccount            string
	LogBuckets, LogGroups []string

	// Outside are the numbers of accounts outside the organisation that may reach resources in it, if these admit them.
	Outside []string
	// ImageProviders are whose machine images instances may be launched from: `amazon`, `aws_marketplace`, `aws_backup_vault` or account numbers. Default: anybody's.
	ImageProviders []string
	// Tags are keys of tags, spelt as they are to be everywhere.
	Tags []string
}

// Guardrail is one promise.
type Guardrail struct {
	// Name is what people call it, `logging`.
	Name string
	// Parts are what it has in policies, of which it may be in several.
	Parts []Part
}

// Part is what a guardrail has in a policy.
type Part struct {
	// Type is the policy's, and Policy its name: `controls`.
	Type   Type
	Policy string
	// Statements are those of a service or resource control policy.
	Statements []policy.Statement
	// Content is that of a policy of another type.
	Content Tree
}

// Tree is JSON of groups, as policies about settings have it.
type Tree map[string]any

// The policies, by the names that they have where no unit does without one of their
// guardrails. Three of service control leave room for others among the five that AWS attached to a unit
// before it doubled that in May 2026.
const (
	boundaries = "boundaries"
	controls   = "controls"
	workloads  = "workloads"
	perimeter  = "perimeter"
	instances  = "instances"
	ai         = "ai"
	tags       = "tags"
)

// Suspended is the name of the policy that denies everything in a unit.
const Suspended = "suspended"

// All are the guardrails.
func (c Config) All() []Guardrail {
	all := []Guardrail{
		{"regions", []Part{scp(boundaries, c.regions()...)}},
		{"root", []Part{scp(boundaries, c.root())}},
		{"membership", []Part{scp(boundaries, membership())}},
		{"deployment", []Part{scp(boundaries, c.deployment()...)}},
		{"logging", []Part{scp(controls, c.logging()...)}},
		{"security-services", []Part{scp(controls, c.securityServices()...)}},
		{"identities", []Part{scp(workloads, c.identities())}},
		{"backups", []Part{scp(workloads, c.backups()...)}},
		{"encryption", []Part{scp(workloads, c.encryption()...)}},
		{"public-access", []Part{scp(workloads, c.publicAccess()...), ec2(publicImages())}},
		{"instance-metadata", []Part{scp(workloads, instanceMetadata()), ec2(metadataDefaults())}},
		{"serial-console", []Part{ec2(serialConsole())}},
		{"perimeter", []Part{rcp(c.onlyTheOrganization())}},
		{"confused-deputy", []Part{rcp(c.onlyForTheOrganization())}},
		{"tls", []Part{rcp(onlyOverTLS())}},
		{"ai-opt-out", []Part{{Type: AIOptOut, Policy: ai, Content: optOut()}}},
		{"tag-spelling", []Part{{Type: TagRules, Policy: tags, Content: c.spelling()}}},
	}
	if len(c.ImageProviders) > 0 {
		all = append(all, Guardrail{images, []Part{ec2(c.allowedImages())}})
	}
	return all
}

// images is the one guardrail that is there on demand alone.
const images = "images"

// Names are the names of all guardrails.
func Names() []string {
	var names []string
	for _, g := range (Config{ImageProviders: []string{"amazon"}}).All() {
		names = append(names, g.Name)
	}
	return names
}

func scp(name string, statements ...policy.Statement) Part {
	return Part{Type: ServiceControl, Policy: name, Statements: denied(statements)}
}

func rcp(statements ...policy.Statement) Part {
	for i := range statements {
		statements[i].Principal = policy.Principal{Anyone: true}
	}
	return Part{Type: ResourceControl, Policy: perimeter, Statements: denied(statements)}
}

func ec2(attributes Tree) Part {
	return Part{Type: DeclarativeEC2, Policy: instances, Content: Tree{"ec2_attributes": attributes}}
}

// denied are statements that deny, about everything if they do not say about what.
func denied(statements []policy.Statement) []policy.Statement {
	for i := range statements {
		statements[i].Effect = "Deny"
		if len(statements[i].Resource) == 0 {
			statements[i].Resource = []string{"*"}
		}
	}
	return statements
}

// Content is a policy of parts of one type, as AWS stores it: without white space, and in the one order
// that a next run has too, since the provider compares texts.
func Content(parts []Part) string {
	var statements []policy.Statement
	tree := Tree{}
	for _, p := range parts {
		statements = append(statements, p.Statements...)
		merge(tree, p.Content)
	}
	if len(statements) > 0 {
		return *policy.Document(statements...)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		panic(err) // texts and groups of them always encode
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// merge adds to a group what another one has. No two parts say something of the same key.
func merge(into, from Tree) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		group, ok := from[key].(Tree)
		if !ok {
			into[key] = from[key]
			continue
		}
		below, ok := into[key].(Tree)
		if !ok {
			below = Tree{}
			into[key] = below
		}
		merge(below, group)
	}
}

// SuspendedContent is the policy of a unit in which everything is denied, but to Terraform, which keeps
// planning and applying what the accounts have, and to whoever clears up.
func (c Config) SuspendedContent() string {
	return *policy.Document(denied([]policy.Statement{{
		Sid: "NothingButDeployment", Action: []string{"*"}, Condition: c.but(c.Plan, c.Apply, c.BreakGlass, c.Bootstrap),
	}})...)
}

// but is the condition that exempts roles. Of a session the key holds the role's ARN.
func (c Config) but(roles ...string) policy.Condition {
	return policy.Condition{"ArnNotLike": {"aws:PrincipalArn": c.roles(roles...)}}
}

// exempt are the roles that act for the organisation in all accounts.
func (c Config) exempt() policy.Condition { return c.but(c.Apply, c.BreakGlass, c.Bootstrap) }

// within are patterns of buckets and of all that is in them. They match buckets whose names go on as well, for
// one pattern of a bucket and another one of its objects would be twice as long.
func within(buckets []string) []string {
	var patterns []string
	for _, bucket := range buckets {
		patterns = append(patterns, bucket+"*")
	}
	return patterns
}

// roles are the ARNs of roles in any account, sorted.
func (c Config) roles(names ...string) []string {
	var arns []string
	for _, name := range slices.Sorted(slices.Values(names)) {
		arns = append(arns, c.Anywhere.Role(name))
	}
	return arns
}

// with is a condition and further ones, all of which have to hold.
func with(c policy.Condition, operator, key string, values ...string) policy.Condition {
	all := policy.Condition{}
	for o, keys := range c {
		all[o] = maps.Clone(keys)
	}
	if all[operator] == nil {
		all[operator] = map[string][]string{}
	}
	all[operator][key] = values
	return all
}
