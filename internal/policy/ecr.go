package policy

import "slices"

// ECRPullActions pull images, and find out which there are, as tools do that roll out
// new ones. Between accounts both sides must allow them: the repository's policy, and
// that of the role that pulls.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
func ECRPullActions() []string { return slices.Clone(ecrPullActions) }

var ecrPullActions = []string{
	"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:ListImages",
}

// ECRLogIn lets an identity get a token, which is for a whole registry and has no
// narrower resource.
func ECRLogIn() Statement {
	return Statement{Sid: "LogIn", Action: []string{"ecr:GetAuthorizationToken"}, Resource: []string{"*"}}
}
