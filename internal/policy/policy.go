// Package policy writes IAM policy documents. They are plain values, so that the
// same policy gives the same bytes in every run and reads in a plan as what it is.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package policy

import (
	"bytes"
	"encoding/json"
	"slices"

	"hubspoke/internal/arn"
)

// Statement is one statement of a policy.
type Statement struct {
	// Sid says in words what the statement is for.
	Sid    string
	Effect string `json:",omitempty"` // Allow, unless Deny
	// Principal is left out in the policies of identities.
	Principal   Principal `json:",omitzero"`
	Action      []string  `json:",omitempty"`
	NotAction   []string  `json:",omitempty"`
	Resource    []string  `json:",omitempty"` // left out in trust policies
	NotResource []string  `json:",omitempty"`
	Condition   Condition `json:",omitempty"`
}

// Principal is who a statement of a resource policy or trust policy is about.
type Principal struct {
	// Anyone is `*`. It is only ever right together with a condition, or with the effect Deny.
	Anyone    bool
	AWS       []string
	Service   []string
	Federated []string
}

// MarshalJSON writes the forms that IAM knows.
func (p Principal) MarshalJSON() ([]byte, error) {
	if p.Anyone {
		return []byte(`"*"`), nil
	}
	return json.Marshal(struct {
		AWS       []string `json:",omitempty"`
		Federated []string `json:",omitempty"`
		Service   []string `json:",omitempty"`
	}{p.AWS, p.Federated, p.Service})
}

// IsZero says that the statement has no principal.
func (p Principal) IsZero() bool {
	return !p.Anyone && len(p.AWS)+len(p.Service)+len(p.Federated) == 0
}

// Condition is operator → key → values, for example
// {"StringEquals": {"aws:SourceAccount": {"111111111111"}}}.
type Condition map[string]map[string][]string

// Service is the principal of an AWS service, `logs.amazonaws.com`.
func Service(names ...string) Principal { return Principal{Service: names} }

// Account is the principal that stands for all of an account that its own IAM
// policies admit.
func Account(accounts ...arn.Account) Principal {
	var p Principal
	for _, a := range accounts {
		p.AWS = append(p.AWS, a.Root())
	}
	return p
}

// Document is the policy document with these statements, as JSON.
func Document(statements ...Statement) *string {
	for i := range statements {
		if statements[i].Effect == "" {
			statements[i].Effect = "Allow"
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	// Tokens and patterns stay readable.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(struct {
		Version   string
		Statement []Statement
	}{"2012-10-17", statements}); err != nil {
		panic(err) // strings, lists and maps of strings always encode
	}
	text := string(bytes.TrimSpace(b.Bytes()))
	return &text
}

// OnlyOverTLS refuses all requests to resources of one service that come over plain
// HTTP. Old versions of TLS need no statement: AWS accepts nothing below 1.2.
// https://aws.amazon.com/blogs/storage/enforcing-encryption-in-transit-with-tls1-2-or-higher-with-amazon-s3/
func OnlyOverTLS(service string, resources ...string) Statement {
	return Statement{
		Sid:       "OnlyOverTLS",
		Effect:    "Deny",
		Principal: Principal{Anyone: true},
		Action:    []string{service + ":*"},
		Resource:  resources,
		Condition: Condition{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}

// Bucket are the statements of a bucket's policy: those given, after the one that refuses
// requests without TLS.
func Bucket(bucketARN string, statements ...Statement) []Statement {
	return slices.Concat([]Statement{OnlyOverTLS("s3", bucketARN, bucketARN+"/*")}, statements)
}

// Key are the statements of a key's policy: those given, after the one without which
// nobody could ever change the key again. In a key policy the resource `*` is the key
// itself.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
func Key(account arn.Account, statements ...Statement) []Statement {
	return slices.Concat([]Statement{{
		Sid:       "AccountAdministersThroughIAM",
		Principal: Account(account),
		Action:    []string{"kms:*"},
		Resource:  []string{"*"},
	}}, statements)
}

// Trusted are roles or users of an account that may assume a role.
type Trusted struct {
	// Sid says in words where they come from.
	Sid string
	// Account is the account that they are in.
	Account arn.Account
	// ARNs are theirs. They need not exist yet; `*` stands for any characters.
	ARNs []string
}

// AssumedByRoles is the trust policy of a role that some roles assume, by their ARNs: a
// statement for each account that they are in. It names the account and conditions
// the role, because IAM refuses a principal that does not exist yet and forgets one that is
// made anew. Of a session of IAM Identity Center the key holds the role's ARN, with its
// path, so a pattern matches that too:
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func AssumedByRoles(trusted ...Trusted) *string {
	var statements []Statement
	for _, t := range trusted {
		statements = append(statements, Statement{
			Sid:       t.Sid,
			Principal: Account(t.Account),
			Action:    []string{"sts:AssumeRole"},
			Condition: Condition{"ArnLike": {"aws:PrincipalArn": t.ARNs}},
		})
	}
	return Document(statements...)
}

// AssumedByInstances is the trust policy of a role that EC2 instances have:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
func AssumedByInstances() *string {
	return Document(Statement{
		Sid:       "AssumedByInstances",
		Principal: Service("ec2.amazonaws.com"),
		Action:    []string{"sts:AssumeRole"},
	})
}

// AssumedBy is the trust policy of a role that one AWS service assumes for
// resources of one account. The condition keeps the service from being used by
// another account:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func AssumedBy(service string, account arn.Account) *string {
	return Document(Statement{
		Sid:       "AssumedByService",
		Principal: Service(service),
		Action:    []string{"sts:AssumeRole"},
		Condition: Condition{"StringEquals": {"aws:SourceAccount": {account.Number}}},
	})
}
