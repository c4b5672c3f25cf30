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
	"s3:*AccountPublicAccessBlock", "s3:GetBucketLocation", "s3:ListAllMyBuckets", "s3:ListMultiRegionAccessPoints",
	"savingsplans:*", "shield:*", "sts:*", "support:*", "supportplans:*", "tax:*", "trustedadvisor:*",
}

// besideGlobal are what global services need in us-east-1 of regional ones (certificates, keys, web ACLs,
// metrics), what has its only endpoint there, and the security services, which watch that region as well.
var besideGlobal = []string{
	"access-analyzer:*", "acm:*", "bcm-dashboards:*", "bcm-data-exports:*", "bcm-pricing-calculator:*",
	"cloudtrail:*", "cloudwatch:*", "config:*", "cost-optimization-hub:*", "ecr-public:*", "events:*",
	"guardduty:*", "inspector2:*", "kms:*", "logs:*", "purchase-orders:*", "securityhub:*", "servicequotas:*", "sns:*",
	"tag:*", "uxc:*", "wafv2:*",
}

// copying is what AWS Backup's roles do where copies of backups are kept, with snapshots that stay those of
// their own service, and what people do to see them. Nothing in it runs a machine or restores a database.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
var copying = []string{
	"backup-storage:*", "backup:*", "ec2:CopyImage", "ec2:CopySnapshot", "ec2:CreateTags", "ec2:DeleteSnapshot", "ec2:DeregisterImage", "ec2:Describe*", "ec2:ModifySnapshotAttribute",
	"fsx:CopyBackup", "fsx:DeleteBackup", "fsx:DescribeBackups", "fsx:TagResource",
	"rds:AddTagsToResource", "rds:CopyDB*Snapshot", "rds:DeleteDB*Snapshot", "rds:Describe*", "rds:ListTagsForResource", "rds:ModifyDB*Snapshot*",
}

// signingIn is IAM Identity Center and its directory.
var signingIn = []string{"identitystore-auth:*", "identitystore:*", "sso-directory:*", "sso:*"}

// regions deny what is not in the regions of the organisation. Nobody is exempt: Terraform works there
// alone, too. In the region of the global services, and in that of copies of backups, people have what belongs
// into one of the two, and Terraform what it sets up there.
func (c Config) regions() []policy.Statement {
	var lesser []string
	there := slices.Concat(globalServices, besideGlobal)
	if c.GlobalRegion != "" {
		lesser = append(lesser, c.GlobalRegion)
	}
	if c.BackupRegion != "" {
		lesser = append(lesser, c.BackupRegion)
		there = append(there, copying...)
	}
	if c.IdentityHere {
		there = append(there, signingIn...)
	}
	statements := []policy.Statement{{
		Sid: "OnlyTheseRegions", NotAction: globalServices,
		Condition: policy.Condition{"StringNotEquals": {"aws:RequestedRegion": sorted(slices.Concat(lesser, c.Regions))}},
	}}
	if len(lesser) > 0 {
		statements = append(statements, policy.Statement{
			Sid: "OnlyWhatBelongsThere", NotAction: sorted(there),
			Condition: with(c.but(c.Plan, c.Apply, c.BreakGlass, c.Bootstrap), "StringEquals", "aws:RequestedRegion", sorted(lesser)...),
		})
	}
	return statements
}

func sorted(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }

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
			"account:CloseAccount", "account:DeleteAlternateContact", "account:DisableRegion", "account:EnableRegion", "account:Put*",
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
			"iam:ResetServiceSpecificCredential", "iam:UpdateAccessKey", "iam:UpdateAccountPasswordPolicy", "iam:UpdateLoginProfile", "iam:UpdateOpenIDConnectProviderThumbprint",
			"iam:UpdateSAMLProvider", "iam:UpdateServiceSpecificCredential", "iam:UploadSSHPublicKey", "iam:UploadSigningCertificate",
			"rolesanywhere:CreateTrustAnchor", "rolesanywhere:UpdateTrustAnchor", "sso:CreateInstance",
		},
		Condition: c.exempt(),
	}
}

// logging keeps the records, and what makes them.
func (c Config) logging() []policy.Statement {
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
		Resource: within(c.LogBuckets), Condition: c.exempt(),
	}, {
		// Whatever key it has. Its id is known after an apply alone, so the account stands for it.
		Sid: "KeepItsKeys",
		Action: []string{
			"kms:DeleteAlias", "kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:UpdateAlias",
		},
		Condition: with(c.exempt(), "StringEquals", "aws:ResourceAccount", c.LogAccount),
	}}
}

// securityServices keep on watching, keep their administrator, and tell what they find. To say of a finding
// that it is dealt with (securityhub:BatchUpdateFindings) is the work of those who are told.
func (c Config) securityServices() []policy.Statement {
	statements := []policy.Statement{{
		Sid: "KeepWatching",
		Action: []string{
			"access-analyzer:CreateArchiveRule", "access-analyzer:DeleteAnalyzer", "access-analyzer:UpdateAnalyzer", "access-analyzer:UpdateArchiveRule",
			"guardduty:ArchiveFindings", "guardduty:CreateFilter", "guardduty:CreateIPSet", "guardduty:CreateTrustedEntitySet", "guardduty:DeleteDetector", "guardduty:DeleteMembers",
			"guardduty:DeletePublishingDestination", "guardduty:Disassociate*", "guardduty:StopMonitoringMembers", "guardduty:UpdateDetector", "guardduty:UpdateFilter",
			"guardduty:UpdateIPSet", "guardduty:UpdateMemberDetectors", "guardduty:UpdateOrganizationConfiguration", "guardduty:UpdateTrustedEntitySet",
			"inspector2:CreateFilter", "inspector2:Disable", "inspector2:DisassociateMember", "inspector2:UpdateFilter", "inspector2:UpdateOrganizationConfiguration",
			"macie2:DisableMacie", "macie2:Disassociate*", "macie2:UpdateMacieSession",
			"securityhub:BatchDisableStandards", "securityhub:BatchUpdateAutomationRules", "securityhub:CreateAutomationRule*", "securityhub:DeleteConfigurationPolicy",
			"securityhub:DeleteFindingAggregator", "securityhub:DeleteMembers", "securityhub:Disable*", "securityhub:Disassociate*",
			"securityhub:StartConfigurationPolicy*", "securityhub:UpdateAutomationRule*", "securityhub:UpdateConfigurationPolicy", "securityhub:UpdateFindingAggregator",
			"securityhub:UpdateOrganizationConfiguration", "securityhub:UpdateSecurityHubConfiguration",
		},
		Condition: c.exempt(),
	}}
	if len(c.Findings) > 0 {
		statements = append(statements, policy.Statement{
			Sid: "KeepTelling",
			Action: []string{
				"events:DeleteRule", "events:DisableRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets",
				"sns:AddPermission", "sns:DeleteTopic", "sns:RemovePermission", "sns:SetSubscriptionAttributes", "sns:SetTopicAttributes", "sns:Unsubscribe",
			},
			Resource: c.Findings, Condition: c.exempt(),
		})
	}
	return statements
}

// loseKey are the actions after which what a key encrypted is not read any more. By an alias it is known
// which key is meant, so that to take the alias away is one of them.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
var loseKey = []string{"kms:DeleteAlias", "kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"}

// called is a condition, about the keys with an alias alone, in any account.
func called(c policy.Condition, alias string) policy.Condition {
	return with(c, "ForAnyValue:StringEquals", "kms:ResourceAliases", alias)
}

// deployment keeps the roles that the other guardrails exempt, and the states, to those who make them.
// Not even an apply changes them: bootstrap does.
func (c Config) deployment() []policy.Statement {
	protected := append([]string{c.Plan, c.Apply, c.BreakGlass, c.Bootstrap}, c.States...)
	return []policy.Statement{{
		Sid: "KeepDeployRoles",
		Action: []string{
			"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRole*", "iam:TagRole", "iam:UntagRole",
			"iam:UpdateAssumeRolePolicy", "iam:UpdateRole*",
		},
		Resource: c.roles(append(protected, c.CI...)...), Condition: c.but(c.BreakGlass, c.Bootstrap),
	}, {
		Sid: "KeepStates", Action: []string{"s3:Delete*", "s3:Put*"},
		Resource: within(c.StateBuckets), Condition: c.but(append([]string{c.BreakGlass, c.Bootstrap}, c.States...)...),
	}, {
		Sid: "KeepTheKeyOfStates", Action: sorted(append([]string{"kms:PutKeyPolicy"}, loseKey...)),
		Condition: called(c.but(c.BreakGlass, c.Bootstrap), c.StateKey),
	}}
}

// backups stay as long as they were to, and so do the keys without which nobody reads them. That is not even
// an apply's to change, for whoever takes over an account may have taken that over too; vaults and plans
// are. The policy of a key keeps itself.
func (c Config) backups() []policy.Statement {
	statements := []policy.Statement{{
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
	if c.BackupKey != "" {
		statements = append(statements, policy.Statement{
			Sid: "KeepTheKeysOfBackups", Action: loseKey, Condition: called(c.but(c.BreakGlass), c.BackupKey),
		})
	}
	return statements
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
			"StringNotLike": {"rds:DatabaseEngine": {"aurora*", "docdb", "neptune"}},
		},
	}, {
		Sid: "OnlyEncryptedDatabaseClusters", Action: []string{"rds:CreateDBCluster"},
		Condition: policy.Condition{"Bool": {"rds:StorageEncrypted": {"false"}}},
	}, {
		Sid: "OnlyEncryptedFileSystems", Action: []string{"elasticfilesystem:CreateFileSystem"},
		Condition: policy.Condition{"Bool": {"elasticfilesystem:Encrypted": {"false"}}},
	}}
}

// publicAccess is for what the estate itself opens to the internet: load balancers. What AWS has no key of
// conditions for is not in it: rds:ModifyDBInstance, and whom a snapshot of RDS is shared with.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
func (c Config) publicAccess() []policy.Statement {
	return []policy.Statement{{
		Sid: "KeepBucketsPrivate", Action: []string{"s3:PutAccountPublicAccessBlock"},
		Condition: c.exempt(),
	}, {
		Sid: "NoPublicDatabases",
		Action: []string{
			"rds:CreateDBInstance", "rds:CreateDBInstanceReadReplica", "rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBInstanceFromS3", "rds:RestoreDBInstanceToPointInTime",
		},
		Condition: policy.Condition{"Bool": {"rds:PubliclyAccessible": {"true"}}},
	}, {
		Sid: "NoPublicFunctions", Action: []string{"lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"},
		Condition: policy.Condition{"StringEquals": {"lambda:FunctionUrlAuthType": {"NONE"}}},
	}, {
		// Even if it is restricted to an organisation, for which there is no key.
		Sid: "NoFunctionsForAnybody", Action: []string{"lambda:AddPermission"},
		Condition: policy.Condition{"StringEquals": {"lambda:Principal": {"*"}}},
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
