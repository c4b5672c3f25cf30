package cluster

import (
	"regexp"

	"hubspoke/internal/yamldoc"
)

// Kubernetes' own names:
//   - https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
//   - https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const (
	labelKey   = `([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?`
	labelValue = `[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?`
)

// taintText has the groups key, value and effect.
var taintText = yamldoc.NewFormat(yamldoc.Format{Name: "taint",
	Wanted:  "a taint: key=value:NoSchedule, with PreferNoSchedule and NoExecute as other effects",
	Pattern: regexp.MustCompile(`^(?<key>` + labelKey + `)(?:=(?<value>(?:` + labelValue + `)?))?:(?<effect>NoSchedule|PreferNoSchedule|NoExecute)$`)})

// instanceType takes a name apart: series, generation, options and what follows
// a hyphen, then the size. High-memory types (`u-6tb1`) have no generation there.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
var instanceType = yamldoc.NewFormat(yamldoc.Format{Name: "instance-type",
	Wanted:  "an instance type of Linux nodes, such as m7g.large",
	Pattern: regexp.MustCompile(`^(?:u-[0-9]+tb1|([a-z]+)([0-9]+)([a-z]*)(-[a-z0-9]+)?)\.(?:nano|micro|small|medium|large|[0-9]*xlarge|metal(?:-[0-9]+xl)?)$`)})

// certificateARN has the groups region and account:
// https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html
var certificateARN = yamldoc.NewFormat(yamldoc.Format{Name: "certificate-arn",
	Wanted:  "the ARN of a certificate, arn:aws:acm:<region>:<account>:certificate/…",
	Pattern: regexp.MustCompile(`^arn:aws:acm:([a-z0-9-]+):([0-9]{12}):certificate/[0-9a-f-]{36}$`)})

// secret is a secret's name, or its ARN with the groups region and account. Services put
// an exclamation mark into the names of theirs:
//   - https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
var secret = yamldoc.NewFormat(yamldoc.Format{Name: "secret",
	Wanted:  "the name of a secret, nor its whole ARN, arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>",
	Pattern: regexp.MustCompile(`^(?:[A-Za-z0-9/_+=.@!-]{1,512}|arn:aws:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:[A-Za-z0-9/_+=.@!-]{1,512}-[A-Za-z0-9]{6})$`)})

// iamAction has the groups service and action, and does not hold what Terraform would evaluate:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
var iamAction = yamldoc.NewFormat(yamldoc.Format{Name: "iam-action",
	Wanted:  "an IAM action, such as s3:GetObject",
	Pattern: regexp.MustCompile(`^([a-z0-9-]+):([A-Za-z0-9*?]+)$`), Example: "s3:GetObject"})

// policyARN has the group account, which is `aws` for policies of AWS's own.
var policyARN = yamldoc.NewFormat(yamldoc.Format{Name: "policy-arn",
	Wanted:  "the ARN of a managed policy, arn:aws:iam::aws:policy/…",
	Pattern: regexp.MustCompile(`^arn:aws:iam::(aws|[0-9]{12}):policy/[\w+=,.@/-]+$`), Example: "arn:aws:iam::aws:policy/ReadOnlyAccess"})

// The registry is a host name with a dot, and a port if it has one, so that no other one can be
// meant: https://pkg.go.dev/github.com/distribution/reference
var _ = yamldoc.NewFormat(yamldoc.Format{Name: "image-source",
	Wanted:  "a repository of images with its registry and without a tag, such as public.ecr.aws/nginx/nginx, or all below a path, such as quay.io/example/*",
	Pattern: regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?/[a-z0-9]+((\.|_|__|-+|/)[a-z0-9]+)*(/\*)?$`)})

// The other formats that tags of a cluster's section name.
var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "label-key",
		Wanted:  "the key of a Kubernetes label: up to 63 letters, digits, - _ and ., and a domain and / before it",
		Pattern: regexp.MustCompile(`^` + labelKey + `$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "label-value",
		Wanted:  "the value of a Kubernetes label: up to 63 letters, digits, - _ and .",
		Pattern: regexp.MustCompile(`^` + labelValue + `$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "namespace",
		Wanted:  "a namespace: up to 63 lower-case letters, digits and hyphens",
		Pattern: regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)})
	// A namespace of an access scope may hold wildcards.
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "access-namespace",
		Wanted:  "a namespace, nor a pattern of some such as team-*",
		Pattern: regexp.MustCompile(`^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$`)})
	// Not all that Kubernetes takes, but nothing that Terraform would evaluate.
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "kubernetes-group",
		Wanted:  "the name of a Kubernetes group: letters, digits and - _ . : / @",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@-]*$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "service-account",
		Wanted:  "a service account: lower-case letters, digits, hyphens and dots",
		Pattern: regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`), MaxLength: 253})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "kubernetes-version",
		Wanted: "a Kubernetes version that EKS is known to support",
		Values: versionNames(func(kubernetesVersion) bool { return true })})
	// The EKS access policies for the roles of people and of the tools that they use.
	// The others EKS gives to its own roles:
	// https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "access-policy",
		Wanted: "an EKS access policy for roles of people and tools",
		Values: []string{
			"AmazonAIOpsAssistantPolicy",
			"AmazonARCRegionSwitchScalingPolicy",
			"AmazonEKSAdminPolicy",
			"AmazonEKSAdminViewPolicy",
			"AmazonEKSClusterAdminPolicy",
			"AmazonEKSEditPolicy",
			"AmazonEKSSecretAdminPolicy",
			"AmazonEKSSecretReaderPolicy",
			"AmazonEKSViewPolicy",
		}})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "add-on",
		Wanted: "an add-on of the cluster", Values: AddOns})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "add-on-version",
		Wanted:  "the version of an EKS add-on, such as v1.20.4-eksbuild.1",
		Pattern: regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "chart",
		Wanted: "a Helm release of the bundle", Values: Charts})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "chart-version",
		Wanted:  "the version of a chart, such as 1.14.0",
		Pattern: regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)})
	// https://helm.sh/docs/topics/registries/
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "chart-repository",
		Wanted:  "the repository of charts in a registry, oci://<registry>/<path>",
		Pattern: regexp.MustCompile(`^oci://[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)+$`), Example: "oci://registry.example.com/charts"})
	// A release of EKS's AL2023 images: https://github.com/awslabs/amazon-eks-ami/releases
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "node-image-release",
		Wanted:  "latest, nor a release such as v20260810",
		Pattern: regexp.MustCompile(`^(latest|v[0-9]{8})$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "secret-file",
		Wanted:  "the name of a file: letters, digits, dots, hyphens and underscores, none but a letter, a digit or an underscore first",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`), MaxLength: 253})
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "iam-resource",
		Wanted:  "the ARN of a resource",
		Pattern: regexp.MustCompile(`^(?:\*|arn:aws:[a-z0-9-]+:[a-z0-9*-]*:(?:[0-9]{12}|aws|\*)?:[^\s$%{}"\\]+)$`), Example: "arn:aws:s3:::example/*"})
)
