package deployroles

import (
	"errors"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

// document is the trust policy.
func (t Trust) document() (*string, error) {
	if len(t.Principals) == 0 {
		return nil, errors.New("nobody may assume it")
	}
	return policy.AssumedByRoles("AssumedFromTheHub", t.Account, t.Principals), nil
}

// dataReads takes from a plan what ReadOnlyAccess lets it read beyond the
// configuration of resources: content, messages, log lines, credentials. To refresh
// resources a provider reads none of it, unless they are content themselves, such
// as an object in a bucket; parameters that AWS publishes, such as the newest
// machine image, stay readable.
//
// KMS and Secrets Manager are not in ReadOnlyAccess today. They stand here because
// a key's or a secret's own policy could admit the role.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
func dataReads(account arn.Account) []policy.Statement {
	return []policy.Statement{{
		Sid: "NoContent", Effect: "Deny", Resource: []string{"*"},
		Action: []string{
			"athena:GetQueryResults*", "cassandra:Select", "codeartifact:ReadFromRepository",
			"codecommit:GetBlob", "codecommit:GetFile", "codecommit:GitPull",
			"dax:BatchGetItem", "dax:GetItem", "dax:Query", "dax:Scan",
			"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan",
			"ecr:GetDownloadUrlForLayer", "es:ESHttp*",
			"kinesis:GetRecords", "kinesisvideo:GetMedia*", "rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion",
			"s3:GetObject*", "sdb:Select", "sqs:ReceiveMessage",
		},
	}, {
		Sid: "NoLogLines", Effect: "Deny", Resource: []string{"*"},
		Action: []string{
			"ec2:GetConsoleOutput", "ec2:GetConsoleScreenshot",
			"logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord", "logs:GetQueryResults", "logs:StartLiveTail", "logs:StartQuery",
		},
	}, {
		Sid: "NoCredentials", Effect: "Deny", Resource: []string{"*"},
		Action: []string{
			"codeartifact:GetAuthorizationToken", "cognito-identity:GetCredentialsForIdentity", "cognito-identity:GetOpenIdToken*",
			"connect:GetFederationToken", "ec2:GetPasswordData", "kms:Decrypt", "kms:ReEncrypt*",
			"lightsail:GetBucketAccessKeys", "lightsail:GetInstanceAccessDetails", "lightsail:GetRelationalDatabaseMasterUserPassword",
			"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue",
		},
	}, {
		Sid: "NoParametersButPublicOnes", Effect: "Deny",
		NotResource: []string{account.In("*").Of("").ARN("ssm", "parameter/aws/service/*")},
		Action:      []string{"ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"},
	}}
}

// roleChanges change who may assume a role or what it may do.
var roleChanges = []string{
	"iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
	"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
}

// guard keeps an apply, or a mistake in a stack, from what no stack has to change:
// who may deploy, and where the account belongs. It is a rail and not a wall, since
// an administrator can make another administrator.
func (c Config) guard() []policy.Statement {
	var roles []string
	for _, name := range append([]string{c.Plan, c.Apply}, c.Protected...) {
		roles = append(roles, c.Account.Role(name))
	}
	return append([]policy.Statement{{
		Sid: "LeaveTheDeployRolesAlone", Effect: "Deny", Action: roleChanges, Resource: roles,
	}, {
		Sid: "StayInTheOrganisation", Effect: "Deny", Resource: []string{"*"},
		Action: []string{"account:CloseAccount", "organizations:LeaveOrganization"},
	}}, c.Guard...)
}
