// Package format says what the texts look like that several sections of an estate's
// files hold. Tags of the schema's fields name the formats, so decoding enforces them and
// the JSON Schema says them.
package format

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hubspoke/internal/yamldoc"
)

func pattern(text string) *regexp.Regexp { return regexp.MustCompile("^" + text + "$") }

// Names that become parts of AWS names, which are lower case and short enough that the
// longest of them, a role's, stays within 64 characters.
var (
	// Label is a name that somebody chooses for a part of the estate.
	Label = yamldoc.NewFormat(yamldoc.Format{Name: "label",
		Wanted:  "a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen",
		Pattern: pattern(`[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?`)})
	// Project is the name that all others begin with.
	Project = yamldoc.NewFormat(yamldoc.Format{Name: "project",
		Wanted:  "a name of 2 to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen",
		Pattern: pattern(`[a-z][a-z0-9-]{0,18}[a-z0-9]`), Example: "piksel",
		Except:  regexp.MustCompile(`^(sg-|` + bucketBeginnings + `)`),
		Because: "begins as no name of a security group (sg-) or of a bucket (xn--, sthree-, amzn-s3-demo-) may"})
	// AccountName is the name of an account, and of a spoke's file.
	AccountName = yamldoc.NewFormat(yamldoc.Format{Name: "account-name",
		Wanted:  "an account name of up to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen",
		Pattern: pattern(`[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?`)})
)

// bucketBeginnings are what S3 keeps for itself. So are the ends below.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const bucketBeginnings = `xn--|sthree-|amzn-s3-demo-`

// tagText is what AWS takes in tags, and not only spaces.
const tagText = `[\p{L}\p{N} _.:/=+@-]*[\p{L}\p{N}_.:/=+@-][\p{L}\p{N} _.:/=+@-]*`

// portableTagText is what ASCII has of tagText, with every other character: to know letters by
// their Unicode property is not given to all that read JSON Schema.
const portableTagText = `[^\x00-\x1f!-*,;<>?\[-^\x60{-\x7f]*[^\x00- !-*,;<>?\[-^\x60{-\x7f][^\x00-\x1f!-*,;<>?\[-^\x60{-\x7f]*`

// ARNs begin with the partition of their region, and all regions that the address plan
// knows are of the partition aws.
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
//   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
//   - https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
var (
	AccountNumber = yamldoc.NewFormat(yamldoc.Format{Name: "account-number",
		Wanted:  "an account number: those have 12 digits",
		Pattern: pattern(`(?:[0-9]{12}|new)`), Example: "111111111111",
		Hints: map[string]string{"New": "is not an account number: for an account that is yet to be made, write new", "NEW": "is not an account number: for an account that is yet to be made, write new"}})
	// OrganizationARN has the number of the management account as a group.
	OrganizationARN = yamldoc.NewFormat(yamldoc.Format{Name: "organization-arn",
		Wanted:  "an organisation's ARN, arn:aws:organizations::<management account>:organization/o-…",
		Pattern: pattern(`arn:aws:organizations::([0-9]{12}):organization/o-[a-z0-9]{10,32}`)})
	Bucket = yamldoc.NewFormat(yamldoc.Format{Name: "bucket",
		Wanted:  "a bucket name of 3 to 63 lower-case letters, digits and hyphens, in parts with a dot between them",
		Pattern: pattern(`[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*`), MinLength: 3, MaxLength: 63,
		Except:  regexp.MustCompile(`^(` + bucketBeginnings + `)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$|^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$`),
		Because: "is a name that S3 keeps for itself, or an address"})
	RoleName = yamldoc.NewFormat(yamldoc.Format{Name: "role-name",
		Wanted:  "the name of an IAM role",
		Pattern: pattern(`[\w+=,.@-]{1,64}`)})
	// Profile is a profile of the AWS CLI's configuration, as Terraform names it too.
	Profile = yamldoc.NewFormat(yamldoc.Format{Name: "profile",
		Wanted:  "the name of a profile of the AWS CLI's configuration, without spaces",
		Pattern: pattern(`[\w.@/+:=-]{1,128}`)})
	// RoleARN may have wildcards. Its groups are the account and the name with its path.
	RoleARN = yamldoc.NewFormat(yamldoc.Format{Name: "role-arn",
		Wanted:  "the ARN of a role, arn:aws:iam::<account>:role/…",
		Pattern: pattern(`arn:aws:iam::([0-9]{12}):role/([\w+=,.@/*-]+)`)})
	// TagKey and TagValue are what AWS takes as tags of any resource:
	// https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html
	TagKey = yamldoc.NewFormat(yamldoc.Format{Name: "tag-key",
		Wanted:  "the key of an AWS tag: up to 128 letters, digits, spaces and _ . : / = + - @",
		Pattern: pattern(tagText), Portable: pattern(portableTagText), MaxLength: 128})
	TagValue = yamldoc.NewFormat(yamldoc.Format{Name: "tag-value",
		Wanted:  "the value of an AWS tag: up to 256 letters, digits, spaces and _ . : / = + - @",
		Pattern: pattern(tagText), Portable: pattern(portableTagText), MaxLength: 256})
	// LogRetention are the days that CloudWatch Logs knows:
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
	LogRetention = yamldoc.NewFormat(yamldoc.Format{Name: "log-retention",
		Wanted: "a number of days that CloudWatch Logs knows",
		Values: numbers(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)})
)

// FlowLogInterval are the seconds for which flow logs count packets:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
var FlowLogInterval = yamldoc.NewFormat(yamldoc.Format{Name: "flow-log-interval",
	Wanted: "an interval that flow logs know",
	Values: numbers(60, 600)})

// What AWS's own ids look like. The short form is of resources from before 2018:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
var (
	VPCID           = id("vpc-id", "a VPC", "vpc")
	SubnetID        = id("subnet-id", "a subnet", "subnet")
	RouteTableID    = id("route-table-id", "a route table", "rtb")
	SecurityGroupID = id("security-group-id", "a security group", "sg")
	GatewayID       = id("gateway-id", "a peering connection, a virtual private gateway or a transit gateway", "pcx", "vgw", "tgw")
	AttachmentID    = id("transit-gateway-attachment-id", "a transit gateway's attachment", "tgw-attach")
)

// DirectConnectGatewayID is the id of a Direct Connect gateway, which has no prefix:
// https://docs.aws.amazon.com/directconnect/latest/APIReference/API_DirectConnectGateway.html
var DirectConnectGatewayID = yamldoc.NewFormat(yamldoc.Format{Name: "direct-connect-gateway-id",
	Wanted:  "the id of a Direct Connect gateway, such as 5f294f92-bafb-4011-916d-9b0b12345678",
	Pattern: pattern(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), Example: "5f294f92-bafb-4011-916d-9b0b12345678"})

// id is the format of ids that begin with one of some prefixes.
func id(name, what string, prefixes ...string) *yamldoc.Format {
	begin := prefixes[0]
	if len(prefixes) > 1 {
		begin = "(?:" + strings.Join(prefixes, "|") + ")"
	}
	example := prefixes[0] + "-0123456789abcdef0"
	return yamldoc.NewFormat(yamldoc.Format{Name: name, Wanted: "the id of " + what + ", such as " + example,
		Pattern: pattern(begin + "-[0-9a-f]{8}(?:[0-9a-f]{9})?"), Example: example})
}

// Domain is a DNS name of two labels or more, in the form in which Route 53 takes it:
// lower case, no final dot.
var Domain = yamldoc.NewFormat(yamldoc.Format{Name: "domain",
	Wanted:  "a domain name in lower case and without a final dot",
	Pattern: pattern(`(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`), MaxLength: 253})

// What a firewall's lists and files look like.
var (
	// AllowedName is a domain, or a dot and a domain.
	AllowedName = yamldoc.NewFormat(yamldoc.Format{Name: "allowed-name",
		Wanted:  "a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below",
		Pattern: pattern(`\.?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?`), MaxLength: 254})
	RulesFile = yamldoc.NewFormat(yamldoc.Format{Name: "rules-file",
		Wanted:  "the name of a file in the estate's folder that ends in .rules",
		Pattern: pattern(`[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.rules`), Example: "firewall.rules"})
)

// What services of one spoke for others are called, and what they are asked for.
var (
	ServiceRef = yamldoc.NewFormat(yamldoc.Format{Name: "service-ref",
		Wanted:  "a service of another spoke, <spoke>.<service>",
		Pattern: pattern(`[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?\.[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?`), Example: "dev.orders"})
	// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
	KubernetesService = yamldoc.NewFormat(yamldoc.Format{Name: "kubernetes-service",
		Wanted:  "the name of a Kubernetes Service: up to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last",
		Pattern: pattern(`[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?`), Example: "orders"})
	URLPath = yamldoc.NewFormat(yamldoc.Format{Name: "url-path",
		Wanted:  "a path of a URL, such as /healthz",
		Pattern: pattern(`/[A-Za-z0-9._~!$&'()*+,;=:@/%-]{0,254}`), Example: "/healthz"})
)

// Names on GitHub. Those of an enterprise's own users have an underscore:
//   - https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits
//   - https://docs.github.com/en/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
const (
	gitHubOwner = `[A-Za-z0-9](?:[A-Za-z0-9_-]{0,37}[A-Za-z0-9])?`
	gitHubName  = `[A-Za-z0-9._-]{1,100}`
)

// What GitHub's tokens name. The numbers behind @ are in those of repositories made,
// renamed or transferred since 2026-07-15, both of them:
// https://docs.github.com/en/actions/reference/security/oidc
var (
	GitHubRepository = yamldoc.NewFormat(yamldoc.Format{Name: "github-repository",
		Wanted:  "one GitHub repository, owner/name or owner@<id>/name@<id>: a wildcard would admit repositories of others",
		Pattern: pattern(`(?:` + gitHubOwner + `/` + gitHubName + `|` + gitHubOwner + `@[0-9]+/` + gitHubName + `@[0-9]+)`), Example: "owner/name"})
	// https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
	GitHubEnvironment = yamldoc.NewFormat(yamldoc.Format{Name: "github-environment",
		Wanted:  "the name of a GitHub environment: letters, digits, spaces and . _ / -, without wildcards",
		Pattern: pattern(`[A-Za-z0-9](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9._/-])?`), MaxLength: 255})
	// GitRef has the groups heads or tags, and the name.
	GitRef = yamldoc.NewFormat(yamldoc.Format{Name: "git-ref",
		Wanted:  "a git reference such as refs/heads/main or refs/tags/v*",
		Pattern: pattern(`refs/(heads|tags)/([\w./*-]+)`), Example: "refs/heads/main"})
)

// What Terraform calls a resource, with the name of its stack before it. A resource has
// the groups stack, type and name. No name that is made here has a hyphen: who writes the one
// of an account or a unit, which may, has to be told.
var (
	Resource = yamldoc.NewFormat(yamldoc.Format{Name: "resource",
		Wanted:  "a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen",
		Pattern: pattern(`([a-z][a-z0-9-]*)/([a-z][a-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)`), Example: "dev-network/aws_kms_key.session_logs"})
	ResourceName = yamldoc.NewFormat(yamldoc.Format{Name: "resource-name",
		Wanted:  "the last part of a resource's address, what stands behind the dot, with _ and no hyphen",
		Pattern: pattern(`[A-Za-z_][A-Za-z0-9_]*`)})
	Retired = yamldoc.NewFormat(yamldoc.Format{Name: "retired",
		Wanted:  "a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen, or a stack",
		Pattern: pattern(`[a-z][a-z0-9-]*(?:/[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*)?`), Example: "dev-network/aws_kms_key.session_logs"})
)

// FolderPath is a relative path, written with /.
var FolderPath = yamldoc.NewFormat(yamldoc.Format{Name: "folder-path",
	Wanted:  "a folder below the one that holds cdktf.out, written with /",
	Pattern: pattern(`[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*`)})

// RepositoryFolder is a folder of a Git repository, none of whose parts is . or .. or looks
// like an option of a command.
var RepositoryFolder = yamldoc.NewFormat(yamldoc.Format{Name: "repository-folder",
	Wanted:  "a folder of a Git repository, written with / and without .., or . for all of it",
	Pattern: pattern(`(?:\.|\.?[A-Za-z0-9_][A-Za-z0-9._-]*(?:/\.?[A-Za-z0-9_][A-Za-z0-9._-]*)*)`), Example: "apps/shop"})

// What ECR and image tags look like:
//   - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
//   - https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
var (
	ImageRepository = yamldoc.NewFormat(yamldoc.Format{Name: "image-repository",
		Wanted:  "a repository name: 2 to 256 lower-case letters and digits, parted by . _ - and /",
		Pattern: pattern(`(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`), MinLength: 2, MaxLength: 256})
	TagPrefix = yamldoc.NewFormat(yamldoc.Format{Name: "image-tag-prefix",
		Wanted:  "what an image tag begins with: letters, digits, and then . _ - too",
		Pattern: pattern(`[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`)})
)

func numbers(values ...int) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = strconv.Itoa(v)
	}
	return texts
}

// CheckRepository reports a GitHub repository whose name GitHub would not give it.
func CheckRepository(s yamldoc.Section, repository string) {
	if !GitHubRepository.Match(repository) {
		return
	}
	_, name, _ := strings.Cut(repository, "/")
	name, _, _ = strings.Cut(name, "@")
	for _, suffix := range []string{".git", ".wiki"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			s.Errorf("%q ends in %s, which no repository's name does: leave it out", repository, suffix)
		}
	}
	if strings.Trim(name, ".") == "" {
		s.Errorf("%q names no repository", repository)
	}
}

// CheckRef reports a git reference that is every branch.
func CheckRef(s yamldoc.Section, ref string) {
	m := GitRef.Find(ref)
	if m != nil && m[1] == "heads" && strings.Trim(m[2], "*/") == "" {
		s.Errorf("%q is every branch: name one", ref)
	}
}

// Addresses are names of resources, by what a Terraform address keeps of them.
type Addresses map[string]string

// Check reports a name that differs from one before it in nothing that a Terraform
// address can hold.
func (a Addresses) Check(s yamldoc.Section, name string) {
	id := strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(name)
	if other, ok := a[id]; ok {
		s.Errorf("%s and %s would have the same Terraform address", name, other)
	}
	a[id] = name
}

// RoleNameProblem says what is wrong with the name of a role that was put together from
// valid parts, or "": only its length can be.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func RoleNameProblem(name string) string {
	const most = 64
	if len(name) <= most {
		return ""
	}
	return fmt.Sprintf("the role would be called %s, which has %d characters: IAM takes %d", name, len(name), most)
}
