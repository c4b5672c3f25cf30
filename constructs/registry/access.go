package registry

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/constructs/github"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// writeActions change a repository's images, and the others of pushActions read
// what is there already, layers for a build's cache among it:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
var (
	writeActions = []string{"ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"}
	pushActions  = append([]string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer",
	}, writeActions...)
)

// pushSeconds is how long a push may take, an hour, the shortest limit that IAM
// lets a role have.
const pushSeconds = 3600

// readers are the accounts that may pull, as far as their own policies let them.
func (c Config) readers() policy.Principal {
	var accounts []arn.Account
	for _, number := range c.Readers {
		accounts = append(accounts, c.Account.Of(number))
	}
	return policy.Account(accounts...)
}

// readersPull lets the readers pull from a repository.
func (c Config) readersPull() policy.Statement {
	return policy.Statement{Sid: "ReadersPull", Principal: c.readers(), Action: policy.ECRPullActions()}
}

// repositoryStatements let the readers pull, and nobody push but the push roles.
//
// They name the account and condition the role. A policy that names a role as its
// principal turns into one about nobody when the role is made anew, and ECR
// refuses a policy whose principal does not exist yet:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
//
// Within one account the roles' own policies would do. The refusal is what keeps
// everybody else of the account out whose policy says ecr:*, up to who may change this
// one. It need not speak of other accounts, which are admitted to pull and to nothing else.
func (c Config) repositoryStatements(config Repository) []policy.Statement {
	var statements []policy.Statement
	if len(c.Readers) > 0 {
		statements = append(statements, c.readersPull())
	}
	var roles []string
	for _, key := range tf.Keys(config.Push) {
		roles = append(roles, c.Account.Role(config.Push[key].Name))
	}
	if len(roles) > 0 {
		statements = append(statements, policy.Statement{
			Sid:       "PushRolesPush",
			Principal: policy.Account(c.Account),
			Action:    pushActions,
			Condition: policy.Condition{"ArnEquals": {"aws:PrincipalArn": roles}},
		}, policy.Statement{
			Sid:       "NobodyElsePushes",
			Effect:    "Deny",
			Principal: policy.Account(c.Account),
			Action:    writeActions,
			Condition: policy.Condition{"ArnNotEquals": {"aws:PrincipalArn": roles}},
		})
	}
	return statements
}

// pushRole makes a role that may push to one repository, and returns its ARN.
func (c Config) pushRole(scope constructs.Construct, id, repository string, config PushRole) (*string, error) {
	trust, err := github.Trust(c.Account, config.Workflows)
	if err != nil {
		return nil, err
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:               tf.String(config.Name),
		Description:        tf.String("Pushes images of " + config.Workflows.Repository + " to " + repository),
		AssumeRolePolicy:   trust,
		MaxSessionDuration: tf.Number(pushSeconds),
		Tags:               tf.Tags(config.Name),
	}))
	tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name: jsii.String("push"),
		Role: role.Name(),
		Policy: policy.Document(append([]policy.Statement{policy.ECRLogIn(), {
			Sid: "Push", Action: pushActions, Resource: []string{c.repositoryARN(repository)},
		}}, c.sign()...)...),
	}))
	return role.Arn(), nil
}
