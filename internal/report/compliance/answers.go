package compliance

// byHand are controls that nothing in a stack answers, with where the answer is.
var byHand = map[string]string{
	"ACM.1":            "ACM renews what it validates by DNS, as long as the record is there; `aws acm describe-certificate` has the day",
	"Backup.1":         "recovery points have the key of their vault, or that of what was backed up: `aws backup list-recovery-points-by-backup-vault`",
	"EC2.1":            "`aws ec2 describe-snapshots --owner-ids self --restorable-by-user-ids all`",
	"EC2.3":            "volumes that clusters make: encrypted by the account's default",
	"EC2.4":            "`aws ec2 describe-instances --filters Name=instance-state-name,Values=stopped`",
	"EC2.20":           "`aws ec2 describe-vpn-connections`, and the alarms on tunnels",
	"EC2.24":           "nothing that an estate names is of such a type; instances of others are not known",
	"IAM.3":            "stacks make no access keys; `aws iam get-credential-report` has those of others",
	"IAM.4":            "`aws iam get-account-summary`: AccountAccessKeysPresent",
	"IAM.5":            "`aws iam get-credential-report`; break glass without a device may do nothing but register one",
	"IAM.6":            "`aws iam get-account-summary`: AccountMFAEnabled; member accounts of an organisation can be without credentials of root",
	"IAM.8":            "`aws iam get-credential-report`",
	"IAM.9":            "`aws iam get-account-summary`: AccountMFAEnabled",
	"IAM.18":           "who has AWSSupportAccess: `aws iam list-entities-for-policy`",
	"IAM.22":           "`aws iam get-credential-report`",
	"IAM.26":           "`aws iam list-server-certificates`: stacks make none",
	"KMS.3":            "`aws kms describe-key`: PendingDeletion",
	"RDS.1":            "`aws rds describe-db-snapshots --include-public`",
	"RDS.4":            "snapshots have the encryption of their database",
	"SecretsManager.2": "`aws secretsmanager describe-secret`",
	"SecretsManager.3": "`aws secretsmanager describe-secret`: LastAccessedDate",
	"SecretsManager.4": "`aws secretsmanager describe-secret`: LastRotatedDate",
	"SSM.1":            "`aws ssm describe-instance-information`",
	"SSM.2":            "`aws ssm describe-instance-patch-states`",
	"SSM.3":            "`aws ssm list-compliance-summaries`",
	"SSM.4":            "`aws ssm describe-document-permission`: a document that nobody shares is private",
	"SSM.7":            "`aws ssm get-service-setting --setting-id /ssm/documents/console/public-sharing-permission`",
}

// because is why a control that is not met is meant so.
var because = map[string]string{
	"EC2.10":           "VPCs on a transit gateway use the endpoints of the hub, where it has them; Security Hub judges each VPC by itself",
	"EC2.55":           "as EC2.10",
	"EC2.56":           "as EC2.10",
	"EC2.57":           "as EC2.10",
	"APIGateway.8":     "an API can be meant to be open: the proof notes each route without an authorizer",
	"EC2.21":           "network ACLs have no state: they admit answers to ports that clients choose; what is let in, security groups decide",
	"EC2.23":           "attachments come from accounts with which the gateway is shared by name, and are associated with no table until a link does it",
	"EC2.18":           "a public load balancer, or a service that other accounts reach by PrivateLink",
	"EC2.15":           "public subnets of clusters, where the estate says so",
	"Config.1":         "AWS Config is recorded where an organisation has security services",
	"S3.9":             "the bucket of access logs itself: it would log its own logging",
	"SecretsManager.1": "people put the value in, and rotate it with whoever it is from",
	"RDS.13":           "the estate says when a minor version is taken",
	"RDS.5":            "a database that the estate has in one zone",
	"ELB.6":            "Terraform keeps the service's balancer as long as its block is there",
	"Inspector.3":      "estates make no functions of Lambda",
}

// guardrailsFor are the guardrails that keep people from undoing what meets a control.
var guardrailsFor = map[string][]string{
	"CloudTrail.1": {"logging"}, "CloudTrail.2": {"logging"}, "CloudTrail.4": {"logging"}, "CloudTrail.5": {"logging"}, "Config.1": {"logging"}, "EC2.6": {"logging"},
	"EC2.7": {"encryption"}, "KMS.4": {"encryption"}, "RDS.3": {"encryption"},
	"EC2.8": {"instance-metadata"}, "EC2.170": {"instance-metadata"},
	"GuardDuty.1": {"security-services"}, "GuardDuty.11": {"security-services"}, "IAM.28": {"security-services"}, "Inspector.1": {"security-services"}, "Inspector.2": {"security-services"},
	"IAM.7": {"identities"}, "IAM.15": {"identities"}, "IAM.16": {"identities"},
	"S3.1": {"public-access"}, "S3.8": {"public-access"}, "RDS.2": {"public-access"},
	"S3.2": {"perimeter"}, "S3.3": {"perimeter"}, "KMS.5": {"perimeter"}, "SQS.3": {"perimeter"}, "S3.5": {"tls"},
	"Backup.1": {"backups"}, "Account.1": {"membership"},
}

// findingsFor are the findings by which the proof fails, or notes, where a control is not met.
var findingsFor = map[string][]string{
	"EC2.2": {"endpoint-in-default-group"}, "EC2.16": {"acl-without-subnet"}, "EC2.18": {"open-to-all"}, "EC2.19": {"open-to-all"}, "EC2.53": {"open-to-all"}, "EC2.54": {"open-to-all"},
	"EC2.23": {"attachment-without-table"}, "APIGateway.8": {"route-without-authorizer"}, "Config.1": {"recorder-without-archive"},
	"ELB.18": {"service-listener-without-tls"}, "KMS.5": {"open-to-everybody"}, "S3.2": {"open-to-everybody"}, "S3.3": {"open-to-everybody"}, "SQS.3": {"open-to-everybody"}, "SNS.4": {"open-to-everybody"},
	"NetworkFirewall.2": {"firewall-silent"}, "NetworkFirewall.3": {"firewall-only-watches"}, "NetworkFirewall.4": {"firewall-bypassed"}, "NetworkFirewall.5": {"firewall-bypassed"},
}
