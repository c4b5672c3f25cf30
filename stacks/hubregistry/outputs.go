package hubregistry

import "hubspoke/internal/output"

// Outputs are what hub-registry tells the people who build and run images.
type Outputs struct {
	RepositoryURLs output.Map `output:"repository_urls,people" doc:"What the names of images begin with, by repository."`
	PushRoleARNs   output.Map `output:"push_role_arns,people" doc:"The roles that GitHub workflows assume to push, by name."`
}
