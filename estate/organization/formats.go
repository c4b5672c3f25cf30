package organization

import (
	"regexp"
	"strconv"

	"hubspoke/internal/yamldoc"
)

// named is the pattern of a name that people give, of up to so many characters: letters of
// most languages, and nothing that Terraform would read.
func named(most int) *regexp.Regexp {
	const character = `[!-#&-z|~¡-ԯぁ-鿿가-힣]`
	return regexp.MustCompile(`^` + character + `(?:(?:` + character + `| ){0,` + strconv.Itoa(most-2) + `}` + character + `)?$`)
}

// The formats that tags of the schema name.
//
//   - https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
//   - https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html
//   - https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
//   - https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "organization-id",
		Wanted:  "an organisation's id, o- and 10 to 32 lower-case letters and digits",
		Pattern: regexp.MustCompile(`^o-[a-z0-9]{10,32}$`), Example: "o-abcdefghij"})
	// UnitPath is the path of a unit.
	UnitPath = yamldoc.NewFormat(yamldoc.Format{Name: "unit-path",
		Wanted:  "the path of a unit: names of lower-case letters, digits and hyphens, with / between them",
		Pattern: regexp.MustCompile(`^[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)*$`), Example: "workloads/production"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "account-email",
		Wanted:  "an e-mail address, in which {account} may stand for the account's name",
		Pattern: regexp.MustCompile(`^(?:[A-Za-z0-9._%+-]|\{account\})+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$`), Example: "aws+{account}@example.com"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "email",
		Wanted:  "an e-mail address",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$`), MaxLength: 254, Example: "security@example.com"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "phone",
		Wanted:  "a telephone number of up to 25 digits, spaces and + ( ) -",
		Pattern: regexp.MustCompile(`^[0-9(+][0-9()+ -]{0,24}$`), Example: "+62 21 555 0100"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "contact-kind",
		Wanted: "a kind of contact that AWS knows",
		Values: []string{"billing", "operations", "security"}})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "service-principal",
		Wanted:  "the principal of an AWS service, such as guardduty.amazonaws.com",
		Pattern: regexp.MustCompile(`^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com$`), Example: "reporting.trustedadvisor.amazonaws.com"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "user-name",
		Wanted:  "the name of an IAM user",
		Pattern: regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "any-region",
		Wanted:  "the name of an AWS region, such as ap-southeast-1",
		Pattern: regexp.MustCompile(`^[a-z]{2}(?:-[a-z]+)+-[0-9]$`), Example: "ap-southeast-1"})
	// AccountNameFormat is that of what AWS calls accounts.
	AccountNameFormat = yamldoc.NewFormat(yamldoc.Format{Name: "aws-account-name",
		Wanted:  "the name of an AWS account, of 1 to 50 printable ASCII characters, without one that Terraform would read",
		Pattern: regexp.MustCompile(`^[!-#&-z|~](?:[ -#&-z|~]{0,48}[!-#&-z|~])?$`), Example: "Acme Production"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "aws-unit-name",
		Wanted:  "the name of an organizational unit, of 1 to 128 characters, without $, %, { and }",
		Pattern: named(128), Example: "Workloads"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "unit-id",
		Wanted:  "the id of an organizational unit, ou-…",
		Pattern: regexp.MustCompile(`^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$`), Example: "ou-ab12-abcdefgh"})
	// PolicyTypeFormat is that of kinds of policies beside those of the guardrails.
	PolicyTypeFormat = yamldoc.NewFormat(yamldoc.Format{Name: "policy-type",
		Wanted: "a kind of policy that Terraform's provider can switch on and the guardrails do not",
		Values: []string{"BACKUP_POLICY", "CHATBOT_POLICY"}})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "contact-name",
		Wanted:  "a name of 1 to 64 characters, without $, %, { and }",
		Pattern: named(64)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "contact-title",
		Wanted:  "a title of 1 to 50 characters, without $, %, { and }",
		Pattern: named(50)})
	// Of Identity Center and IAM:
	//
	//   - https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
	//   - https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroup.html
	//   - https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "permission-set-name",
		Wanted:  "a permission set's name, up to 32 letters, digits, hyphens, dots and underscores that begin with a letter",
		Pattern: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,31}$`), Example: "investigate"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "group-name",
		Wanted:  "a group's name, up to 128 letters, digits, blanks, hyphens, dots and underscores that begin with a letter",
		Pattern: regexp.MustCompile(`^[A-Za-z](?:[A-Za-z0-9 ._-]{0,126}[A-Za-z0-9._-])?$`), Example: "platform"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "managed-policy",
		Wanted:  "the name of a policy of AWS, such as SecurityAudit, with its path if it has one",
		Pattern: regexp.MustCompile(`^(?:[A-Za-z0-9._+=,@-]+/)*[A-Za-z0-9._+=,@-]{1,128}$`), Example: "SecurityAudit"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "customer-policy",
		Wanted:  "the name of a policy, up to 128 letters, digits and + = , . @ _ -",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9._+=,@-]{1,128}$`), Example: "developer"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "inline-policy-file",
		Wanted:  "the name of a file beside organization.yaml that ends in .json",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.json$`), Example: "developer.json"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "reason",
		Wanted:  "a text of up to 700 plain characters",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 .,:;()'/+-]*$`), MaxLength: 700, Example: "deploys networks by hand if CI is away"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "console-url",
		Wanted:  "a URL of AWS's console, https://…console.aws.amazon.com/…, of up to 240 characters",
		Pattern: regexp.MustCompile(`^https://(?:[a-z0-9-]+\.)*console\.aws\.amazon\.com(?:/[A-Za-z0-9&$@#/%?=~_!:,.;+-]*)?$`), MaxLength: 240, Example: "https://ap-southeast-1.console.aws.amazon.com/eks/home"})
	// Of billing: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/Welcome.html
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "anomaly-monitor-arn",
		Wanted:  "the ARN of a monitor of costs, arn:aws:ce::<management account>:anomalymonitor/…",
		Pattern: regexp.MustCompile(`^arn:aws:ce::[0-9]{12}:anomalymonitor/[a-f0-9-]{36}$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "cost-tag",
		Wanted:  "the key of a tag, up to 128 letters, digits, spaces and + - = . _ : / @",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9+=._:/@-](?:[A-Za-z0-9 +=._:/@-]*[A-Za-z0-9+=._:/@-])?$`), MaxLength: 128, Example: "Project"})
)
