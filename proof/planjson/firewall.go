package planjson

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// firewallEndpoint reads the one expression that tells a network firewall's endpoint in a
// subnet for certain, as package config does of what is written in JSON:
//
//	one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states :
//	  s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.a.id])
func (s scope) firewallEndpoint(call *hclsyntax.FunctionCallExpr) (endpoint stackjson.Reference, ok bool) {
	if call.Name != "one" || len(call.Args) != 1 || call.ExpandFinal {
		return endpoint, false
	}
	loop, ok := call.Args[0].(*hclsyntax.ForExpr)
	if !ok || loop.KeyVar != "" || loop.KeyExpr != nil || loop.Group || !attachmentOf(loop.ValExpr, loop.ValVar, "endpoint_id") {
		return endpoint, false
	}
	wanted, ok := loop.CondExpr.(*hclsyntax.BinaryOpExpr)
	if !ok || wanted.Op != hclsyntax.OpEqual {
		return endpoint, false
	}
	id := wanted.RHS
	if attachmentOf(wanted.RHS, loop.ValVar, "subnet_id") {
		id = wanted.LHS
	} else if !attachmentOf(wanted.LHS, loop.ValVar, "subnet_id") {
		return endpoint, false
	}
	for _, variable := range id.Variables() {
		if variable.RootName() == loop.ValVar {
			return endpoint, false
		}
	}
	states, ok := s.value(loop.CollExpr).(stackjson.Reference)
	if !ok || states.Attribute != "firewall_status[0].sync_states" || kindOf(states.Address) != "aws_networkfirewall_firewall" {
		return endpoint, false
	}
	subnet, ok := s.value(id).(stackjson.Reference)
	if !ok || subnet.Attribute != "id" || kindOf(subnet.Address) != "aws_subnet" || subnet.Stack != "" || states.Stack != "" {
		return endpoint, false
	}
	return stackjson.Reference{Address: states.Address, Attribute: stackjson.FirewallEndpoint(s.Name + "/" + subnet.Address), Stack: s.Name}, true
}

// attachmentOf says whether an expression is an attribute of the loop variable's attachment:
// s.attachment[0].endpoint_id.
func attachmentOf(expression hclsyntax.Expression, variable, attribute string) bool {
	t, ok := expression.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(t.Traversal) != 4 || t.Traversal.RootName() != variable {
		return false
	}
	attachment, _ := t.Traversal[1].(hcl.TraverseAttr)
	index, isIndex := t.Traversal[2].(hcl.TraverseIndex)
	last, _ := t.Traversal[3].(hcl.TraverseAttr)
	return attachment.Name == "attachment" && isIndex && literal(index.Key) == 0.0 && last.Name == attribute
}

// kindOf is the type of the resource at an address: `module.hub.aws_subnet.private[0]`.
func kindOf(address string) string {
	if strings.HasSuffix(address, "]") {
		address = address[:strings.LastIndex(address, "[")]
	}
	labels := strings.Split(address, ".")
	if len(labels) < 2 || len(labels) > 2 && labels[len(labels)-3] == "data" {
		return ""
	}
	return labels[len(labels)-2]
}
