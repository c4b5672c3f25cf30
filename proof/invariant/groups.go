package invariant

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/awstag"
	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	groupWithoutMember = catalogue.Add("group-without-member",
		"No network interface here has a security group. It guards nothing, and what it was made for has another one, or "+
			"the VPC's default. A note if an output or a parameter gives its id to others, who may use it.",
		"Name it where it belongs (`vpc_security_group_ids`, `security_group_ids`, `security_groups`), or remove it.")
	ruleWithoutPeer = catalogue.Add("rule-without-peer",
		"A rule of a security group names another group that no network interface has. It lets nothing through.",
		"Give that group to the interfaces that are meant, name another group or a range, or remove the rule.")
	groupRulesInTwoForms = catalogue.Add("group-rules-in-two-forms",
		"A security group has rules within `aws_security_group` and rules of their own. Terraform takes the lists within "+
			"for complete: each apply removes the rules of the other form, and the next one brings them back.",
		"Write all rules in one form. An empty `ingress` or `egress` is a form too: leave the argument out if the rules "+
			"are resources.")
	openToAll = catalogue.Add("open-to-all",
		"A security group lets every IPv4 address in. Whether packets get that far is for routes and network ACLs to say, "+
			"and they may change. A note for instances, functions and bare network interfaces, which may serve the internet; "+
			"violated for databases, endpoints, resolvers, nodes and control planes. Load balancers are not looked at.",
		"Name the ranges or the group that need it. What serves the internet stands behind a load balancer, and admits "+
			"the load balancer's group.")
)

// mayBeCarried says whether an interface in the group's VPC has groups that are not known.
func (k *checker) mayBeCarried(g *network.Group) bool {
	return slices.ContainsFunc(k.Interfaces, func(i *network.Interface) bool {
		return i.VPC == g.VPC && slices.ContainsFunc(i.Groups, func(own *network.Group) bool {
			return len(own.Unknown) > 0 && !slices.Contains(k.Groups, own)
		})
	})
}

// checkGroups checks that every security group guards something.
//
// A member is whatever the model knows as an interface, and any other resource
// that names the group, such as a launch template or a cache. A group that
// Karpenter finds by its tag counts if there is a cluster in the VPC. An output or a
// parameter is a note: it is a group that somebody may use, such as a controller in
// a cluster for its load balancers, which is how groups that guard nothing come about.
func (k *checker) checkGroups() {
	carried := k.carried()
	for _, g := range k.Groups {
		k.checkForms(g)
		if g.Resource.Type == "aws_security_group" && !carried[g] && !k.mayBeCarried(g) {
			if by := k.parameter(g); by != nil {
				k.Note(groupWithoutMember, about(g.Resource, by), "nothing here carries %s: it is only named in %s, for others to use", g.Resource, by)
			} else if output := k.output(g); output != "" {
				k.Note(groupWithoutMember, about(g.Resource), "nothing here carries %s: only %s gives it to others", g.Resource, output)
			} else {
				k.Violation(groupWithoutMember, about(g.Resource), "%s guards nothing: give it to an interface, or remove it", g.Resource)
			}
		}
		for _, r := range slices.Concat(g.Ingress, g.Egress) {
			if r.Group != nil && r.Group != g && carried[g] && !carried[r.Group] {
				k.Violation(ruleWithoutPeer, about(r.Resource, r.Group.Resource), "%s names %s, which no interface has: it lets nothing through",
					r.Resource, groupName(r.Group))
			}
		}
	}
	k.checkOpen()
}

func groupName(g *network.Group) string {
	if g.Resource.Type == "aws_vpc" {
		return "the default group of " + g.Resource.String()
	}
	return g.Resource.String()
}

// output is the output that holds a group's id, "" if there is none.
func (k *checker) output(g *network.Group) string {
	outputs := g.Resource.Stack.Outputs()
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if outputs[name] == (config.Ref{Resource: g.Resource, Attribute: "id"}) {
			return "the output " + name
		}
	}
	return ""
}

// carried are the groups with members.
func (k *checker) carried() map[*network.Group]bool {
	carried := map[*network.Group]bool{}
	clusters := map[*network.VPC]bool{}
	for _, i := range k.Interfaces {
		for _, g := range i.Groups {
			carried[g] = true
		}
		clusters[i.VPC] = clusters[i.VPC] || i.Kind == network.ControlPlane
	}
	byResource := map[*config.Resource]*network.Group{}
	for _, g := range k.Groups {
		byResource[g.Resource] = g
		if tags, _ := g.Resource.Tags(); tags[awstag.Discovery] != nil && clusters[g.VPC] {
			carried[g] = true
		}
	}
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			if r.Data || speaksOf(r) {
				continue
			}
			for _, ref := range r.Refs() {
				if g := byResource[ref.Resource]; g != nil && ref.Attribute == "id" {
					carried[g] = true
				}
			}
		}
	}
	return carried
}

// speaksOf says whether a resource names groups without having them: groups and
// their rules, and parameters.
func speaksOf(r *config.Resource) bool {
	return strings.Contains(r.Type, "security_group") && r.Type != "aws_network_interface_sg_attachment" &&
		r.Type != "aws_vpc_endpoint_security_group_association" || r.Type == "aws_ssm_parameter"
}

// parameter is a parameter that holds the group's id, nil for none.
func (k *checker) parameter(g *network.Group) *config.Resource {
	for _, r := range k.config.All("aws_ssm_parameter") {
		found := false
		for _, name := range []string{"value", "insecure_value"} {
			config.Each(r.Argument(name), func(leaf any) {
				ref, ok := leaf.(config.Ref)
				found = found || ok && ref.Resource == g.Resource
			})
		}
		if found {
			return r
		}
	}
	return nil
}

// checkForms checks that a group's rules are written in one of Terraform's forms:
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/security_group
func (k *checker) checkForms(g *network.Group) {
	if g.Inline && g.Separate {
		k.Violation(groupRulesInTwoForms, about(g.Resource),
			"%s has rules within it and rules of their own: each apply removes those of the other form; choose one form", g.Resource)
	}
}

// checkOpen finds interfaces that let in the whole internet. That is the business
// of load balancers, may be that of an instance, and never that of what serves
// networks whose ranges are known.
func (k *checker) checkOpen() {
	for _, i := range k.Interfaces {
		if i.Kind == network.LoadBalancer {
			continue
		}
		for _, g := range i.Groups {
			for _, r := range g.Ingress {
				if slices.Contains(r.Peers, packet.Addresses) {
					report := k.Violation
					if i.Kind == network.Instance || i.Kind == network.Function || i.Kind == network.OtherInterface {
						report = k.Note
					}
					report(openToAll, about(r.Resource, i.Resource), "%s lets %s in from every address (%s): name the ranges that need it",
						i.Resource, r.Traffic, r.Resource)
				}
			}
		}
	}
}
