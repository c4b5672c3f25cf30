// Package registry makes the private ECR registry of an account that others pull
// images from: repositories with their policies, the roles by which GitHub
// workflows push, and, if asked, a cache of public registries.
//
// It does not let anybody pull by itself: between accounts, ECR wants the
// repository's policy, which is made here, and the permission of the role that
// pulls, which is made where the nodes are. It replicates no images, and signs none: it
// makes what the push roles sign with, if that is AWS Signer.
//
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
package registry

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrlifecyclepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrregistryscanningconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepository"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepositorypolicy"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
	"hubspoke/internal/workflow"
)

// Config describes a registry.
type Config struct {
	// Account is where the registry is.
	Account arn.Account
	// KeyARN is the key that encrypts the images. A repository keeps the key that it was made with.
	KeyARN *string
	// Readers are the numbers of the accounts that may pull.
	Readers []string
	// Repositories are the repositories, by name.
	Repositories map[string]Repository
	// Caches are the public registries that the registry caches, by host name.
	Caches []string
	// SigningProfile is the name of the profile by which AWS Signer signs images for the push roles. Default: none, they are not signed by it.
	SigningProfile string
	// CacheRole is the name of the role by which ECR makes the repositories of the caches.
	CacheRole string
}

// Repository describes a repository.
type Repository struct {
	// MutableTags lets tags move from one image to another.
	MutableTags bool
	// Lifecycle says which images are deleted.
	Lifecycle Lifecycle
	// Push are the roles that may push, by a name that is unique in the registry.
	Push map[string]PushRole
}

// PushRole is a role that workflows assume to push to one repository.
type PushRole struct {
	// Name is the role's name.
	Name string
	// Workflows may assume the role.
	Workflows workflow.Runs
}

// Registry is what the construct made.
type Registry struct {
	// RepositoryURLs are what image names begin with, by repository.
	RepositoryURLs map[string]*string
	// PushRoleARNs are the push roles, by name.
	PushRoleARNs map[string]*string
	// SigningProfileARN is the profile, by its ARN without a version; nil if there is none.
	SigningProfileARN *string
}

// New makes the registry. Repositories are `aws_ecr_repository.<name>`, push roles
// `aws_iam_role.push_<name>`; what there is once in a registry is called id.
func New(scope constructs.Construct, id string, config Config) (*Registry, error) {
	if config.KeyARN == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("registry %s: want a key and an account", id)
	}
	r := &Registry{RepositoryURLs: map[string]*string{}, PushRoleARNs: map[string]*string{}}
	config.scanning(scope, id)
	r.SigningProfileARN = config.signingProfile(scope, id)
	for _, name := range tf.Keys(config.Repositories) {
		repository := config.Repositories[name]
		r.RepositoryURLs[name] = config.repository(scope, name, repository)
		for _, role := range tf.Keys(repository.Push) {
			arn, err := config.pushRole(scope, tf.Name("push", role), name, repository.Push[role])
			if err != nil {
				return nil, fmt.Errorf("registry %s: %s: push role %s: %w", id, name, role, err)
			}
			r.PushRoleARNs[role] = arn
		}
	}
	if len(config.Caches) > 0 {
		config.cache(scope, id)
	}
	return r, nil
}

// scanning scans what is pushed to any repository. Repositories that ECR makes for
// a cache have no setting of their own, and that setting is on its way out:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
func (c Config) scanning(scope constructs.Construct, id string) {
	tf.Named(id, ecrregistryscanningconfiguration.NewEcrRegistryScanningConfiguration(scope, tf.ID("aws_ecr_registry_scanning_configuration", id), &ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationConfig{
		ScanType: jsii.String("BASIC"),
		Rule: []ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationRule{{
			ScanFrequency: jsii.String("SCAN_ON_PUSH"),
			RepositoryFilter: []ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationRuleRepositoryFilter{{
				Filter: jsii.String("*"), FilterType: jsii.String("WILDCARD"),
			}},
		}},
	}))
}

// repository returns the repository's URL.
func (c Config) repository(scope constructs.Construct, name string, config Repository) *string {
	id := tf.Name(name)
	mutability := "IMMUTABLE"
	if config.MutableTags {
		mutability = "MUTABLE"
	}
	repository := tf.Named(id, ecrrepository.NewEcrRepository(scope, tf.ID("aws_ecr_repository", id), &ecrrepository.EcrRepositoryConfig{
		Name:                       tf.String(name),
		ImageTagMutability:         tf.String(mutability),
		ImageScanningConfiguration: &ecrrepository.EcrRepositoryImageScanningConfiguration{ScanOnPush: true},
		EncryptionConfiguration: []ecrrepository.EcrRepositoryEncryptionConfiguration{{
			EncryptionType: jsii.String("KMS"), KmsKey: c.KeyARN,
		}},
		Tags:      tf.Tags(name),
		Lifecycle: tf.HardToLose(),
	}))
	tf.Named(id, ecrlifecyclepolicy.NewEcrLifecyclePolicy(scope, tf.ID("aws_ecr_lifecycle_policy", id), &ecrlifecyclepolicy.EcrLifecyclePolicyConfig{
		Repository: repository.Name(),
		Policy:     config.Lifecycle.document(),
	}))
	if statements := c.repositoryStatements(config); len(statements) > 0 {
		tf.Named(id, ecrrepositorypolicy.NewEcrRepositoryPolicy(scope, tf.ID("aws_ecr_repository_policy", id), &ecrrepositorypolicy.EcrRepositoryPolicyConfig{
			Repository: repository.Name(),
			Policy:     policy.Document(statements...),
		}))
	}
	return repository.RepositoryUrl()
}

func (c Config) repositoryARN(name string) string {
	return c.Account.ARN("ecr", "repository/"+name)
}
