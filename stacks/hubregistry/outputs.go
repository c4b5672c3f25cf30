package hubregistry

import "hubspoke/internal/base"

// Outputs are what hub-registry tells the people who build and run images.
type Outputs struct {
	RepositoryURLs base.Map `output:"repository_urls,people" doc:"What the names of images begin with, by repository."`
	PushRoleARNs   base.Map `output:"push_role_arns,people" doc:"The roles that GitHub workflows assume to push, by name."`
}
