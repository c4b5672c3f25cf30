package cluster

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

// validateIdentities checks the roles of workloads, together with those of the
// cluster's own controllers: a service account has one role.
func (c *Config) validateIdentities(s yamldoc.Section, in Surroundings) {
	trusted, attachments := map[string]string{}, format.Addresses{}
	reserved := append([]string{Role, NodeRole, ManagedNodeRole}, in.OtherRoles...)
	for _, w := range controllers {
		reserved = append(reserved, w.Name)
	}
	for _, w := range c.Controllers(in.RecordRoles) {
		trusted[w.Namespace+"/"+w.ServiceAccount] = "the cluster's own " + w.Name
	}
	for _, name := range slices.Sorted(maps.Keys(c.Identities)) {
		at, i := s.Key("identities", name), c.Identities[name]
		if slices.Contains(reserved, name) {
			at.Errorf("the role would be called %s, like one that the spoke has anyway", in.role(name))
		} else if problem := format.RoleNameProblem(in.role(name)); problem != "" && format.Label.Match(name) {
			at.Errorf("%s", problem)
		}
		account := i.Namespace + "/" + i.ServiceAccount
		if other, ok := trusted[account]; ok && !at.Key("namespace").Broken() {
			at.Key("service_account").Errorf("service account %s has the role of %s already", account, other)
		}
		trusted[account] = name
		if !slices.Contains(in.RecordRoles, name) && !i.PullImages && len(i.SecretFiles) == 0 && !slices.Contains(in.ReadSecrets, name) && len(i.ManagedPolicies) == 0 && len(i.Allow) == 0 && !at.Incomplete() {
			at.Errorf("the workload could do nothing: give it pull_images, secret_files, managed_policies or allow")
		}
		if _, declared := c.Namespaces[i.Namespace]; !declared && !ownNamespace(i.Namespace) && !s.Key("namespaces").Incomplete() {
			at.Key("namespace").Warnf("%q is not one of the cluster's namespaces, so the bundle makes no service account %s in it: name it under namespaces, or make both yourself", i.Namespace, i.ServiceAccount)
		}
		for n, arn := range i.ManagedPolicies {
			attachments.Check(at.Key("managed_policies").Item(n), name+"/"+PolicyKey(arn))
			// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
			if m := policyARN.Find(arn); m != nil && m[1] != "aws" && m[1] != in.Account && in.Account != "" {
				at.Key("managed_policies").Item(n).Errorf("%s is a policy of account %s: a role takes those of AWS and of its own account, %s", arn, m[1], in.Account)
			}
		}
		for _, permission := range slices.Sorted(maps.Keys(i.Allow)) {
			validatePermission(at.Key("allow", permission), i.Allow[permission])
		}
	}
}

// validateSecretFiles checks what identities' pods mount: the bundle says which secrets
// those are in the namespace of the pods, and the driver asks for them in one region.
func (c *Config) validateSecretFiles(s yamldoc.Section, in Surroundings) {
	driver, namespaces := s.Key("secrets"), s.Key("namespaces")
	for _, name := range slices.Sorted(maps.Keys(c.Identities)) {
		at, i := s.Key("identities", name, "secret_files"), c.Identities[name]
		if len(i.SecretFiles) == 0 {
			continue
		}
		if !c.Secrets && !driver.Broken() {
			at.Errorf("pods mount secrets by a driver that is not installed: set %s, or leave them out", driver.Path())
		}
		if _, ok := c.Namespaces[i.Namespace]; !ok && i.Namespace != "" && !namespaces.Incomplete() {
			at.Errorf("the bundle says what pods may mount in namespaces that it makes: name %s under %s", i.Namespace, namespaces.Path())
		}
		for _, file := range slices.Sorted(maps.Keys(i.SecretFiles)) {
			if m := secret.Find(i.SecretFiles[file]); m != nil && m[1] != "" && in.Region != "" && m[1] != in.Region {
				at.Key(file).Errorf("the secret is in %s: the driver asks for secrets in the cluster's region, %s, where Secrets Manager can keep a replica of it", m[1], in.Region)
			}
		}
	}
}

// warnSecrets warns of nodes where no pod can mount any: the add-on's pods, one for each
// node, tolerate no taints, and it does not say that they could be told to.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/ascp-eks-installation.html
func (c *Config) warnSecrets(s yamldoc.Section) {
	for _, name := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		for i, text := range c.NodeGroups[name].Taints {
			if taint, ok := ParseTaint(text); ok && c.Secrets && taint.Effect != "PreferNoSchedule" {
				s.Key("node_groups", name, "taints").Item(i).Warnf("pods on these nodes mount no secrets: the driver that secrets installs does not tolerate the taint")
			}
		}
	}
}

var listAction = regexp.MustCompile(`^[a-z0-9-]+:(Describe|List)`)

func validatePermission(s yamldoc.Section, p Permission) {
	actions, lists := s.Key("actions"), true
	for i, action := range p.Actions {
		lists = lists && listAction.MatchString(action)
		if m := iamAction.Find(action); m != nil && strings.Trim(m[2], "*?") == "" {
			actions.Item(i).Errorf("%q is everything that %s can do: name what the workload needs", action, m[1])
		}
	}
	for i, resource := range p.Resources {
		if resource == "*" && !lists && !actions.Incomplete() {
			s.Key("resources").Item(i).Errorf("* is every resource, which only actions that Describe or List can need: name the ARNs")
		}
	}
}
