package deployroles

import (
	"errors"
	"slices"

	"hubspoke/internal/policy"
)

// document is the trust policy.
func (t Trust) document() (*string, error) {
	if len(t) == 0 || slices.ContainsFunc(t, func(from policy.Trusted) bool { return len(from.ARNs) == 0 }) {
		return nil, errors.New("nobody may assume it")
	}
	return policy.AssumedByRoles(t...), nil
}

// dataReads takes from a plan what ReadOnlyAccess lets it read beyond the
// configuration of resources: content, messages, log lines, credentials. To refresh
// resources a provider reads none of it, unless they are content themselves: an object
// in a bucket, a parameter, the version of a secret. Parameters that AWS publishes, such
// as the newest machine image, stay readable, and so do the parameters and secrets that
// the account's own stacks make.
//
// KMS and Secrets Manager are not in ReadOnlyAccess today. They stand here because
// a key's or a secret's own policy could admit the role.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
func (c Config) dataReads() []policy.Statement {
	parameters := []string{c.Account.In("*").Of("").ARN("ssm", "parameter/aws/service/*")}
	for _, path := range c.Parameters {
		parameters = append(parameters, c.Account.ARN("ssm", "parameter"+path))
	}
	return append([]policy.Statement{{
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
			"connect:GetFederationToken", "ec2:GetPasswordData", "kms:ReEncrypt*",
			"lightsail:GetBucketAccessKeys", "lightsail:GetInstanceAccessDetails", "lightsail:GetRelationalDatabaseMasterUserPassword",
			"secretsmanager:BatchGetSecretValue",
		},
	}, {
		Sid: "NoParametersButPublicAndOwnOnes", Effect: "Deny",
		NotResource: parameters,
		Action:      []string{"ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"},
	}}, c.secretReads()...)
}

// secretReads keep all secrets from a plan but those that the account's stacks write a
// version of: to refresh the version, the provider reads its value, also when the value
// is write-only, and drops it. Such a secret's key decrypts in its name alone, which
// Secrets Manager has as the encryption context.
//
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
//   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
func (c Config) secretReads() []policy.Statement {
	const context = "kms:EncryptionContext:SecretARN"
	if len(c.Secrets) == 0 {
		return []policy.Statement{{
			Sid: "NoSecrets", Effect: "Deny", Resource: []string{"*"}, Action: []string{"kms:Decrypt", "secretsmanager:GetSecretValue"},
		}}
	}
	var secrets []string
	for _, name := range c.Secrets {
		// What Secrets Manager puts behind the name is a hyphen and six characters.
		secrets = append(secrets, c.Account.ARN("secretsmanager", "secret:"+name+"-??????"))
	}
	return []policy.Statement{{
		Sid: "NoSecretsButOwnOnes", Effect: "Deny", NotResource: secrets, Action: []string{"secretsmanager:GetSecretValue"},
	}, {
		Sid: "DecryptNothingButOwnSecrets", Effect: "Deny", Resource: []string{"*"}, Action: []string{"kms:Decrypt"},
		Condition: policy.Condition{"StringNotLike": {context: secrets}},
	}, {
		Sid: "ReadOwnSecrets", Resource: secrets, Action: []string{"secretsmanager:GetSecretValue"},
	}, {
		Sid: "DecryptOwnSecrets", Resource: []string{c.Account.ARN("kms", "key/*")}, Action: []string{"kms:Decrypt"},
		Condition: policy.Condition{"StringLike": {context: secrets}},
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
