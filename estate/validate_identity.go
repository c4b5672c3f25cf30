package estate

import (
	"hubspoke/internal/yamldoc"

	"regexp"
	"slices"
	"strings"
)

// reservedRoles are the last parts of names of roles that a spoke has anyway.
var reservedRoles = []string{"cluster", databaseMonitoring, "flow-logs", "managed-nodes", "nodes", "probe"}

// maxManagedPolicies is an IAM quota:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxManagedPolicies = 10

// validateIdentities checks the roles of workloads, together with those of the
// cluster's own controllers: a service account has one role.
func (e *Estate) validateIdentities(d *yamldoc.Document, s *Spoke) {
	trusted := map[string]string{}
	reserved := slices.Clone(reservedRoles)
	for _, w := range controllers {
		reserved = append(reserved, w.Name)
	}
	for _, w := range e.Controllers(s.Name) {
		trusted[w.Namespace+"/"+w.ServiceAccount] = "the cluster's own " + w.Name
	}
	for _, name := range sortedKeys(s.Cluster.Identities) {
		at, i := yamldoc.Child("cluster.identities", name), s.Cluster.Identities[name]
		switch {
		case !label.MatchString(name):
			d.Errorf(at, "%q is not a workload name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		case slices.Contains(reserved, name):
			d.Errorf(at, "the role would be called %s, like one that the spoke has anyway", e.WorkloadRole(s.Name, name))
		default:
			validateRoleName(d, at, e.WorkloadRole(s.Name, name))
		}
		validateServiceAccount(d, at, i)
		account := i.Namespace + "/" + i.ServiceAccount
		if other, ok := trusted[account]; ok && !d.Broken(yamldoc.Child(at, "namespace")) {
			d.Errorf(yamldoc.Child(at, "service_account"), "service account %s has the role of %s already", account, other)
		}
		trusted[account] = name
		_, records := s.RecordRoles[name]
		if !records && !i.PullImages && len(i.ManagedPolicies) == 0 && len(i.Allow) == 0 && !d.Incomplete(at) {
			d.Errorf(at, "the workload could do nothing: give it pull_images, managed_policies or allow")
		}
		validateManagedPolicies(d, yamldoc.Child(at, "managed_policies"), i.ManagedPolicies)
		for _, permission := range sortedKeys(i.Allow) {
			validatePermission(d, yamldoc.Child(yamldoc.Child(at, "allow"), permission), permission, i.Allow[permission])
		}
	}
}

func validateServiceAccount(d *yamldoc.Document, at string, i Identity) {
	if !dnsLabel.MatchString(i.Namespace) {
		d.Errorf(yamldoc.Child(at, "namespace"), "%q is not a namespace: up to 63 lower-case letters, digits and hyphens", i.Namespace)
	}
	if !dnsSubdomain.MatchString(i.ServiceAccount) || len(i.ServiceAccount) > 253 {
		d.Errorf(yamldoc.Child(at, "service_account"), "%q is not a service account: lower-case letters, digits, hyphens and dots", i.ServiceAccount)
	}
}

var policyARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy/[\w+=,.@/-]+$`)

func validateManagedPolicies(d *yamldoc.Document, at string, policies []string) {
	for i, arn := range policies {
		switch at := yamldoc.Index(at, i); {
		case !policyARN.MatchString(arn):
			d.Errorf(at, "%q is not the ARN of a managed policy, arn:aws:iam::aws:policy/…", arn)
		case slices.Index(policies, arn) < i:
			d.Errorf(at, "%s is named twice", arn)
		}
	}
	if len(policies) > maxManagedPolicies {
		d.Errorf(at, "%d managed policies: IAM takes %d for a role", len(policies), maxManagedPolicies)
	}
}

// What IAM takes as actions and resources, without what Terraform would
// evaluate.
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
var (
	iamAction   = regexp.MustCompile(`^([a-z0-9-]+):([A-Za-z0-9*?]+)$`)
	resourceARN = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:(?:[0-9]{12}|aws|\*)?:[^\s$%{}"\\]+$`)
	listAction  = regexp.MustCompile(`^[a-z0-9-]+:(Describe|List)`)
)

func validatePermission(d *yamldoc.Document, at, name string, p Permission) {
	if !label.MatchString(name) {
		d.Errorf(at, "%q is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
	}
	actions, resources := yamldoc.Child(at, "actions"), yamldoc.Child(at, "resources")
	if len(p.Actions) == 0 {
		d.Errorf(actions, "name the actions that are allowed")
	}
	if len(p.Resources) == 0 {
		d.Errorf(resources, "name the resources that they are allowed on")
	}
	lists := true
	for i, action := range p.Actions {
		lists = lists && listAction.MatchString(action)
		m := iamAction.FindStringSubmatch(action)
		switch at := yamldoc.Index(actions, i); {
		case m == nil:
			d.Errorf(at, "%q is not an IAM action, such as s3:GetObject", action)
		case strings.Trim(m[2], "*?") == "":
			d.Errorf(at, "%q is everything that %s can do: name what the workload needs", action, m[1])
		case slices.Index(p.Actions, action) < i:
			d.Errorf(at, "%q is named twice", action)
		}
	}
	for i, resource := range p.Resources {
		switch at := yamldoc.Index(resources, i); {
		case resource == "*" && !lists && !d.Incomplete(actions):
			d.Errorf(at, "* is every resource, which only actions that Describe or List can need: name the ARNs")
		case resource != "*" && !resourceARN.MatchString(resource):
			d.Errorf(at, "%q is not the ARN of a resource", resource)
		case slices.Index(p.Resources, resource) < i:
			d.Errorf(at, "%q is named twice", resource)
		}
	}
}
