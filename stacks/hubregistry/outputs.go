package hubregistry

import "hubspoke/internal/stack"

// Outputs are what hub-registry tells the people who build and run images.
type Outputs struct {
	RepositoryURLs stack.Map `output:"repository_urls,people" doc:"What the names of images begin with, by repository."`
	PushRoleARNs   stack.Map `output:"push_role_arns,people" doc:"The roles that GitHub workflows assume to push, by name."`
}
