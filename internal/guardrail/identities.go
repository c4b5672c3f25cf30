package guardrail

import (
	"slices"

	"hubspoke/internal/policy"
)

// This file has what limits the identities of accounts.

// globalServices have one endpoint for all regions, in us-east-1 or us-west-2, or serve what is of the
// account and of no region.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
//   - https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html
var globalServices = []string{
	"account:*", "artifact:*", "aws-marketplace:*", "billing:*", "budgets:*", "ce:*", "chatbot:*", "cloudfront:*", "consolidatedbilling:*", "cur:*",
	"directconnect:*", "ec2:DescribeRegions", "ec2:DescribeTransitGateways", "ec2:DescribeVpnGateways", "fms:*", "freetier:*", "globalaccelerator:*",
	"health:*", "iam:*", "invoicing:*", "networkmanager:*", "notifications-contacts:*", "notifications:*", "organizations:*", "payments:*", "pricing:*",
	"route53-recovery-cluster:*", "route53-recovery-control-config:*", "route53-recovery-readiness:*", "route53:*", "route53domains:*",
	"s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets", "s3:ListMultiRegionAccessPoints", "s3:PutAccountPublicAccessBlock",
	"savingsplans:*", "shield:*", "sts:*", "support:*", "supportplans:*", "tax:*", "trustedadvisor:*",
}

// besideGlobal are what global services need in us-east-1 of regional ones (certificates, keys, web ACLs,
// metrics), and the security services, which watch that region as well.
var besideGlobal = []string{
	"access-analyzer:*", "acm:*", "cloudtrail:*", "cloudwatch:*", "config:*", "ecr-public:*", "events:*", "guardduty:*", "inspector2:*",
	"kms:*", "logs:*", "securityhub:*", "sns:*", "tag:*", "wafv2:*",
}

// regions deny what is not in the regions of the organisation. Nobody is exempt: Terraform works there
// alone, too. In the region of the global services people have those, and Terraform what it sets up there for
// security.
func (c Config) regions() []policy.Statement {
	all := c.Regions
	if c.GlobalRegion != "" {
		all = slices.Sorted(slices.Values(append([]string{c.GlobalRegion}, all...)))
	}
	statements := []policy.Statement{{
		Sid: "OnlyTheseRegions", NotAction: globalServices,
		Condition: policy.Condition{"StringNotEquals": {"aws:RequestedRegion": all}},
	}}
	if c.GlobalRegion != "" {
		statements = append(statements, policy.Statement{
			Sid: "OnlyGlobalServicesInTheirRegion", NotAction: slices.Sorted(slices.Values(append(slices.Clone(globalServices), besideGlobal...))),
			Condition: with(c.but(c.Plan, c.Apply, c.BreakGlass, c.Bootstrap), "StringEquals", "aws:RequestedRegion", c.GlobalRegion),
		})
	}
	return statements
}

// root denies everything to root users of accounts, who need no credentials: management opens sessions of
// them for what only they can do, which have the key.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
func (c Config) root() policy.Statement {
	return policy.Statement{
		Sid: "NothingByRoot", Action: []string{"*"},
		Condition: policy.Condition{
			"ArnLike": {"aws:PrincipalArn": {c.Anywhere.Root()}},
			"Null":    {"aws:AssumedRoot": {"true"}},
		},
	}
}

// membership is for management alone, which does it from its own account.
func membership() policy.Statement {
	return policy.Statement{
		Sid: "StayInTheOrganisation",
		Action: []string{
			"account:CloseAccount", "account:DeleteAlternateContact", "account:DisableRegion", "account:EnableRegion", "account:PutAlternateContact",
			"organizations:LeaveOrganization",
		},
	}
}

// identities come from IAM Identity Center and from roles, and not from users with keys that never
// expire, or from another provider that somebody lets in.
func (c Config) identities() policy.Statement {
	return policy.Statement{
		Sid: "NoUsersAndProviders",
		Action: []string{
			"iam:AddClientIDToOpenIDConnectProvider", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider",
			"iam:CreateServiceSpecificCredential", "iam:CreateUser", "iam:DeleteAccountPasswordPolicy", "iam:DeleteOpenIDConnectProvider", "iam:DeleteSAMLProvider",
			"iam:UpdateAccountPasswordPolicy", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider", "sso:CreateInstance",
		},
		Condition: c.exempt(),
	}
}

// logging keeps the records, and what makes them.
func (c Config) logging() []policy.Statement {
	var objects []string
	for _, bucket := range c.LogBuckets {
		objects = append(objects, bucket, bucket+"/*")
	}
	return []policy.Statement{{
		Sid: "KeepRecording",
		Action: []string{
			"cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
			"config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:DeleteServiceLinkedConfigurationRecorder",
			"config:PutConfigurationRecorder", "config:PutDeliveryChannel", "config:StopConfigurationRecorder",
			"ec2:DeleteFlowLogs", "route53resolver:DeleteResolverQueryLogConfig", "route53resolver:DisassociateResolverQueryLogConfig",
		},
		Condition: c.exempt(),
	}, {
		Sid: "KeepLogGroups",
		Action: []string{
			"logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DeleteMetricFilter", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy",
		},
		Resource: c.LogGroups, Condition: c.exempt(),
	}, {
		Sid: "KeepTheLogArchive",
		Action: []string{
			"s3:BypassGovernanceRetention", "s3:Delete*", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutObjectRetention",
			"s3:PutReplicationConfiguration",
		},
		Resource: objects, Condition: c.exempt(),
	}, {
		// Whatever key it has. Its id is known after an apply alone, so the account stands for it.
		Sid:       "KeepItsKeys",
		Action:    []string{"kms:DeleteAlias", "kms:DisableKeyRotation", "kms:PutKeyPolicy", "kms:UpdateAlias"},
		Condition: with(c.exempt(), "StringEquals", "aws:ResourceAccount", c.LogAccount),
	}}
}

// securityServices keep on watching, and keep their administrator.
func (c Config) securityServices() policy.Statement {
	return policy.Statement{
		Sid: "KeepWatching",
		Action: []string{
			"access-analyzer:DeleteAnalyzer", "access-analyzer:UpdateAnalyzer",
			"guardduty:CreateFilter", "guardduty:DeleteDetector", "guardduty:DeleteMembers", "guardduty:DeletePublishingDestination",
			"guardduty:Disassociate*", "guardduty:StopMonitoringMembers", "guardduty:UpdateDetector", "guardduty:UpdateMemberDetectors", "guardduty:UpdateOrganizationConfiguration",
			"inspector2:Disable", "inspector2:DisassociateMember", "inspector2:UpdateOrganizationConfiguration",
			"macie2:DisableMacie", "macie2:Disassociate*", "macie2:UpdateMacieSession",
			"securityhub:BatchDisableStandards", "securityhub:DeleteConfigurationPolicy", "securityhub:DeleteFindingAggregator", "securityhub:DeleteMembers",
			"securityhub:DisableSecurityHub*", "securityhub:Disassociate*", "securityhub:UpdateOrganizationConfiguration", "securityhub:UpdateSecurityHubConfiguration",
		},
		Condition: c.exempt(),
	}
}

// deployment keeps the roles that the other guardrails exempt, and the states, to those who make them.
// Not even an apply changes them: bootstrap does.
func (c Config) deployment() []policy.Statement {
	protected := append([]string{c.Plan, c.Apply, c.BreakGlass, c.Bootstrap}, c.States...)
	return []policy.Statement{{
		Sid: "KeepDeployRoles",
		Action: []string{
			"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
			"iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
			"iam:UpdateRoleDescription",
		},
		Resource: c.roles(append(protected, c.CI...)...), Condition: c.but(c.BreakGlass, c.Bootstrap),
	}, {
		Sid:      "KeepStates",
		Action:   []string{"s3:Delete*", "s3:Put*"},
		Resource: []string{c.StateBucket, c.StateBucket + "/*"}, Condition: c.but(append([]string{c.BreakGlass, c.Bootstrap}, c.States...)...),
	}}
}

// backups stay as long as they were to. That is not even an apply's to change, for whoever takes over an
// account may have taken that over too; vaults and plans are.
func (c Config) backups() []policy.Statement {
	return []policy.Statement{{
		Sid: "KeepBackups",
		Action: []string{
			"backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint*",
			"backup:UpdateRecoveryPointLifecycle",
		},
		Condition: c.but(c.BreakGlass),
	}, {
		Sid: "KeepBackingUp",
		Action: []string{
			"backup:DeleteBackupPlan", "backup:DeleteBackupSelection", "backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy",
			"backup:PutBackupVaultLockConfiguration", "backup:UpdateBackupPlan", "backup:UpdateGlobalSettings", "backup:UpdateRegionSettings",
		},
		Condition: c.exempt(),
	}}
}

// encryption is on for what is made, and keys do not go. An instance of Aurora has its cluster's storage, and
// so says nothing of its own.
func (c Config) encryption() []policy.Statement {
	return []policy.Statement{{
		Sid:       "KeepEncryption",
		Action:    []string{"ec2:DisableEbsEncryptionByDefault", "kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"},
		Condition: c.exempt(),
	}, {
		Sid: "OnlyEncryptedDatabases", Action: []string{"rds:CreateDBInstance"},
		Condition: policy.Condition{
			"Bool":          {"rds:StorageEncrypted": {"false"}},
			"StringNotLike": {"rds:DatabaseEngine": {"aurora*"}},
		},
	}, {
		Sid: "OnlyEncryptedDatabaseClusters", Action: []string{"rds:CreateDBCluster"},
		Condition: policy.Condition{"Bool": {"rds:StorageEncrypted": {"false"}}},
	}, {
		Sid: "OnlyEncryptedFileSystems", Action: []string{"elasticfilesystem:CreateFileSystem"},
		Condition: policy.Condition{"Bool": {"elasticfilesystem:Encrypted": {"false"}}},
	}}
}

// publicAccess is for what the estate itself opens to the internet: load balancers.
func (c Config) publicAccess() []policy.Statement {
	return []policy.Statement{{
		Sid: "KeepBucketsPrivate", Action: []string{"s3:PutAccountPublicAccessBlock"},
		Condition: c.exempt(),
	}, {
		Sid: "NoPublicDatabases", Action: []string{"rds:CreateDBInstance"},
		Condition: policy.Condition{"Bool": {"rds:PubliclyAccessible": {"true"}}},
	}, {
		Sid: "NoPublicFunctions", Action: []string{"lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"},
		Condition: policy.Condition{"StringEquals": {"lambda:FunctionUrlAuthType": {"NONE"}}},
	}, {
		Sid: "ShareWithinTheOrganisation", Action: []string{"ram:CreateResourceShare", "ram:UpdateResourceShare"},
		Condition: with(c.exempt(), "Bool", "ram:RequestedAllowsExternalPrincipals", "true"),
	}}
}

// instanceMetadata denies everything to credentials that an instance got by version 1 of the metadata
// service, which hands them to whoever makes the instance ask.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
func instanceMetadata() policy.Statement {
	return policy.Statement{
		Sid: "OnlyMetadataVersion2", Action: []string{"*"},
		Condition: policy.Condition{"NumericLessThan": {"ec2:RoleDelivery": {"2.0"}}},
	}
}
