package hubregistry

import "hubspoke/internal/output"

// Outputs are what hub-registry tells the people who build and run images.
type Outputs struct {
	RepositoryURLs output.Map `output:"repository_urls,people" doc:"What the names of images begin with, by repository."`
	SigningProfile *string    `output:"signing_profile_arn,people" doc:"The profile of AWS Signer that signs images, which whoever verifies them trusts alone."`
	PushRoleARNs   output.Map `output:"push_role_arns,people" doc:"The roles that GitHub workflows assume to push, by name."`
}
