package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// FirewallEndpoint is the id of the endpoint that a network firewall makes in a subnet,
// as a value. AWS tells these ids of all zones together:
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/networkfirewall_firewall#attribute-reference
func FirewallEndpoint(firewall, subnet *Resource) Ref {
	return Ref{firewall, stackjson.FirewallEndpoint(subnet.String())}
}

// firewallEndpoint reads the one expression that tells a firewall's endpoint in a subnet
// for certain, by the subnet's id:
//
//	one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states :
//	  s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.a.id])
//
// The states are a set, whose order means nothing, so that no other form is read.
func (s *Stack) firewallEndpoint(call *hclsyntax.FunctionCallExpr) (Ref, bool) {
	if call.Name != "one" || len(call.Args) != 1 || call.ExpandFinal {
		return Ref{}, false
	}
	loop, ok := call.Args[0].(*hclsyntax.ForExpr)
	if !ok || loop.KeyVar != "" || loop.KeyExpr != nil || loop.Group || !attachmentOf(loop.ValExpr, loop.ValVar, "endpoint_id") {
		return Ref{}, false
	}
	states, ok := s.expression(loop.CollExpr).(Ref)
	if !ok || states.Resource.Type != "aws_networkfirewall_firewall" || states.Attribute != "firewall_status[0].sync_states" {
		return Ref{}, false
	}
	wanted, ok := loop.CondExpr.(*hclsyntax.BinaryOpExpr)
	if !ok || wanted.Op != hclsyntax.OpEqual {
		return Ref{}, false
	}
	id := wanted.RHS
	if attachmentOf(wanted.RHS, loop.ValVar, "subnet_id") {
		id = wanted.LHS
	} else if !attachmentOf(wanted.LHS, loop.ValVar, "subnet_id") {
		return Ref{}, false
	}
	if slices.ContainsFunc(id.Variables(), func(t hcl.Traversal) bool { return t.RootName() == loop.ValVar }) {
		return Ref{}, false // something of the loop's, whatever else has the name
	}
	subnet, ok := s.expression(id).(Ref)
	if !ok || subnet.Resource.Type != "aws_subnet" || subnet.Attribute != "id" {
		return Ref{}, false
	}
	return FirewallEndpoint(states.Resource, subnet.Resource), true
}

// attachmentOf says whether an expression is an attribute of the loop variable's
// attachment: s.attachment[0].endpoint_id.
func attachmentOf(expression hclsyntax.Expression, variable, attribute string) bool {
	traversal, ok := expression.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(traversal.Traversal) != 4 || traversal.Traversal.RootName() != variable || name(traversal.Traversal[1]) != "attachment" {
		return false
	}
	index, ok := traversal.Traversal[2].(hcl.TraverseIndex)
	return ok && literal(index.Key) == 0.0 && name(traversal.Traversal[3]) == attribute
}
