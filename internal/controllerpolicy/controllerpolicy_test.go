package controllerpolicy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

// The names are as long as any estate's.
var cluster = Cluster{
	Account: arn.Account{Partition: "aws-us-gov", Region: "ap-southeast-3", Number: "222222222222"},
	Name:    "a-project-of-twenty-c-a-spoke-of-twenty-cha",
}

const (
	nodeRole = "arn:aws-us-gov:iam::222222222222:role/a-project-of-twenty-c-a-spoke-of-twenty-cha-nodes"
	queue    = "arn:aws-us-gov:sqs:ap-southeast-3:222222222222:a-project-of-twenty-c-a-spoke-of-twenty-cha-karpenter"
)

// all are the statements of every controller.
func all() map[string][]policy.Statement {
	return map[string][]policy.Statement{
		"karpenter":                cluster.Karpenter(nodeRole, queue),
		"load-balancer-controller": cluster.LoadBalancerController(),
		"external-dns":             ExternalDNS("arn:aws-us-gov:iam::111111111111:role/a-project-of-twenty-c-a-spoke-of-twenty-cha-external-dns"),
		"pull-images":              PullImages("arn:aws-us-gov:ecr:ap-southeast-3:111111111111:repository/piksel/odc"),
	}
}

// unscoped are the statements about everything, with no condition that names the
// cluster or its region, and why AWS leaves no other way.
var unscoped = map[string]string{
	"ReadPrices":                   "the price list is public",
	"ListInstanceProfiles":         "lists names only; Karpenter's reference has it so",
	"FindCertificatesAndUserPools": "an Ingress may name any; read only",
	"UseShield":                    "protections have ids that nobody knows before",
	"LogIn":                        "a token is for the whole registry",
}

func TestWhatCanBeScopedIsScoped(t *testing.T) {
	var seen []string
	for name, statements := range all() {
		for _, s := range statements {
			if !slices.Contains(s.Resource, "*") || len(s.Condition) > 0 {
				continue
			}
			if unscoped[s.Sid] == "" {
				t.Errorf("%s: %s is about everything", name, s.Sid)
			}
			seen = append(seen, s.Sid)
		}
	}
	for sid := range unscoped {
		if !slices.Contains(seen, sid) {
			t.Errorf("%s is scoped, or gone: take it off the list", sid)
		}
	}
}

// inAccount are the statements that change what no tag or name says belongs to the
// cluster, and why.
var inAccount = map[string]string{
	"LaunchFromImagesAndReservations": "made by others, and only read",
	"FirstSpotInstanceOfTheAccount":   "the account's one role for EC2",
	"FirstLoadBalancerOfTheAccount":   "the account's one role for load balancing",
	"UseWebACLs":                      "the web ACL is made by others",
	"UseShield":                       "no tag is asked of a protection",
	"MakeGroupsInVPCs":                "the VPC is the account's; what is made in it has to be tagged",
	"RegisterTargets":                 "a TargetGroupBinding may use a target group made by others",
	"ChangeListeners":                 "and a Gateway a load balancer made by others",
	"TagListeners":                    "as ChangeListeners",
}

func TestWhatChangesSomethingNamesTheCluster(t *testing.T) {
	var seen []string
	for _, name := range []string{"karpenter", "load-balancer-controller"} {
		for _, s := range all()[name] {
			if !slices.ContainsFunc(s.Action, changes) || namesCluster(s) {
				continue
			}
			if inAccount[s.Sid] == "" {
				t.Errorf("%s: %s changes what need not be the cluster's", name, s.Sid)
			}
			seen = append(seen, s.Sid)
			for _, r := range s.Resource {
				othersOwn := r == "*" || strings.HasSuffix(r, "::image/*") || strings.HasSuffix(r, "::snapshot/*")
				if !othersOwn && !strings.Contains(r, cluster.Account.Number) {
					t.Errorf("%s: %s leaves the account: %s", name, s.Sid, r)
				}
			}
		}
	}
	for sid := range inAccount {
		if !slices.Contains(seen, sid) {
			t.Errorf("%s names the cluster, or is gone: take it off the list", sid)
		}
	}
}

func changes(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	for _, read := range []string{"Describe", "Get", "List", "Receive"} {
		if strings.HasPrefix(verb, read) {
			return false
		}
	}
	return true
}

func namesCluster(s policy.Statement) bool {
	texts := slices.Clone(s.Resource)
	for operator, conditions := range s.Condition {
		if strings.HasSuffix(operator, "IfExists") || strings.HasPrefix(operator, "ForAllValues") {
			continue // both hold where there is no tag
		}
		for key, values := range conditions {
			texts = append(append(texts, key), values...)
		}
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, cluster.Name) })
}

func TestKarpenterPassesTheNodesRoleAndNoOther(t *testing.T) {
	for _, s := range all()["karpenter"] {
		if slices.Contains(s.Action, "iam:PassRole") && !slices.Equal(s.Resource, []string{nodeRole}) {
			t.Errorf("%s passes %v", s.Sid, s.Resource)
		}
	}
}

func TestExternalDNSAssumesOneRoleAndMayDoNothingElse(t *testing.T) {
	role := "arn:aws:iam::111111111111:role/r"
	statements := ExternalDNS(role)
	if len(statements) != 1 || !slices.Equal(statements[0].Resource, []string{role}) ||
		!slices.Equal(statements[0].Action, []string{"sts:AssumeRole", "sts:TagSession"}) {
		t.Errorf("got %+v", statements)
	}
}

func TestPullImagesOnlyReads(t *testing.T) {
	for _, s := range all()["pull-images"] {
		for _, action := range s.Action {
			if changes(action) && !strings.HasPrefix(action, "ecr:Batch") {
				t.Errorf("%s allows %s", s.Sid, action)
			}
		}
	}
}

// A role's own policies have 10,240 characters together, without white space:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPoliciesFitTheirRoles(t *testing.T) {
	const rolePolicySize = 10240
	for _, name := range slices.Sorted(maps.Keys(all())) {
		size := len(*policy.Document(all()[name]...))
		t.Logf("%s: %d characters", name, size)
		if size > rolePolicySize {
			t.Errorf("the policy of %s has %d characters", name, size)
		}
	}
}

func TestStatementsHaveNamesThatIAMTakes(t *testing.T) {
	for name, statements := range all() {
		seen := map[string]bool{}
		for _, s := range statements {
			if seen[s.Sid] || s.Sid == "" || strings.ContainsFunc(s.Sid, func(r rune) bool {
				return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
			}) {
				t.Errorf("%s: %q is not a name, or there twice", name, s.Sid)
			}
			seen[s.Sid] = true
		}
	}
}
