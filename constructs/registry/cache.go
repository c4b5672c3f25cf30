package registry

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecraccountsetting"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrpullthroughcacherule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrregistrypolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepositorycreationtemplate"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// cacheUntaggedDays is the age at which a cached image is deleted whose tag has
// moved on upstream. Tagged ones stay: that they are there is the point of a cache.
const cacheUntaggedDays = 7

// cache makes ECR fetch an image of a public registry when somebody first asks for
// it. The image quay.io/x/y is then at <registry>/quay.io/x/y.
//
// The repository for it does not exist before, so its settings and its policy come
// from a template, which must exist before the rule does.
//
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
func (c Config) cache(scope constructs.Construct, id string) {
	c.admitReaders(scope, id)
	role := c.cacheRole(scope, tf.Name(id, "cache"))
	for _, upstream := range c.Caches {
		name := tf.Name(upstream)
		template := tf.Named(name, ecrrepositorycreationtemplate.NewEcrRepositoryCreationTemplate(scope, tf.ID("aws_ecr_repository_creation_template", name), &ecrrepositorycreationtemplate.EcrRepositoryCreationTemplateConfig{
			Prefix:        tf.String(upstream),
			Description:   tf.String("Images of " + upstream),
			AppliedFor:    tf.Strings("PULL_THROUGH_CACHE"),
			CustomRoleArn: role.Arn(),
			// ECR could not follow a tag that moves upstream otherwise.
			ImageTagMutability: jsii.String("MUTABLE"),
			EncryptionConfiguration: []ecrrepositorycreationtemplate.EcrRepositoryCreationTemplateEncryptionConfiguration{{
				EncryptionType: jsii.String("KMS"), KmsKey: c.KeyARN,
			}},
			LifecyclePolicy:  lifecyclePolicy(untagged(cacheUntaggedDays)),
			RepositoryPolicy: c.cachePolicy(),
		}))
		tf.Named(name, ecrpullthroughcacherule.NewEcrPullThroughCacheRule(scope, tf.ID("aws_ecr_pull_through_cache_rule", name), &ecrpullthroughcacherule.EcrPullThroughCacheRuleConfig{
			EcrRepositoryPrefix: tf.String(upstream),
			UpstreamRegistryUrl: tf.String(upstream),
			DependsOn:           tf.DependsOn(template),
		}))
	}
}

// cachePolicy is the policy that ECR gives each repository that it makes; nil, if
// nobody else pulls.
func (c Config) cachePolicy() *string {
	if len(c.Readers) == 0 {
		return nil
	}
	return policy.Document(c.readersPull())
}

// admitReaders lets the readers make ECR fetch an image and, the first time, make
// the repository for it. Their own roles need the same permissions.
//
// It lets them pull, too. A template is not applied again to repositories that
// exist, so that an account that joined later could pull nothing that is cached
// already. Only the second version of the registry policy covers that.
//
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
func (c Config) admitReaders(scope constructs.Construct, id string) {
	if len(c.Readers) == 0 {
		return
	}
	scopeOfPolicy := tf.Named(id, ecraccountsetting.NewEcrAccountSetting(scope, tf.ID("aws_ecr_account_setting", id), &ecraccountsetting.EcrAccountSettingConfig{
		Name: jsii.String("REGISTRY_POLICY_SCOPE"), Value: jsii.String("V2"),
	}))
	tf.Named(id, ecrregistrypolicy.NewEcrRegistryPolicy(scope, tf.ID("aws_ecr_registry_policy", id), &ecrregistrypolicy.EcrRegistryPolicyConfig{
		Policy: policy.Document(policy.Statement{
			Sid:       "ReadersUseTheCache",
			Principal: c.readers(),
			Action:    append([]string{"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}, policy.ECRPullActions()...),
			Resource:  c.cachedRepositories(),
		}),
		DependsOn: tf.DependsOn(scopeOfPolicy),
	}))
}

func (c Config) cachedRepositories() []string {
	var arns []string
	for _, upstream := range c.Caches {
		arns = append(arns, c.repositoryARN(upstream+"/*"))
	}
	return arns
}

// cacheRole is the role by which ECR makes repositories with a key of ours. Its
// trust is the one that ECR documents: no condition says for whom ECR acts, and
// none is needed, since only this account can put the role into a template.
//
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func (c Config) cacheRole(scope constructs.Construct, id string) iamrole.IamRole {
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:        tf.String(c.CacheRole),
		Description: jsii.String("Makes the repositories of the pull-through cache"),
		AssumeRolePolicy: policy.Document(policy.Statement{
			Sid: "AssumedByECR", Principal: policy.Service("ecr.amazonaws.com"), Action: []string{"sts:AssumeRole"},
		}),
		Tags: tf.Tags(c.CacheRole),
	}))
	tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name: jsii.String("make-repositories"),
		Role: role.Name(),
		Policy: policy.Document(policy.Statement{
			Sid: "MakeRepositories", Action: []string{"ecr:CreateRepository", "ecr:TagResource"}, Resource: c.cachedRepositories(),
		}, policy.Statement{
			Sid: "EncryptThem", Action: []string{"kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"}, Resource: []string{*c.KeyARN},
		}),
	}))
	return role
}
