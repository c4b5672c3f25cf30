package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// switchedOff are the trusted services, and the kinds of policies, that an organisation had
// and would have no more. Terraform plans that as a change in place of one attribute, and AWS
// does it without a question: without `sso.amazonaws.com`, say, nobody signs in to any account.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DisableAWSServiceAccess.html
func (c *comparison) switchedOff(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old, now := c.was[name].resources[a], c.is[name].resources[a]
		if old.Type != "aws_organizations_organization" || now.Body == nil {
			continue
		}
		for _, list := range []struct{ argument, loses string }{
			{"aws_service_access_principals", "the organisation would not trust %s any more"},
			{"enabled_policy_types", "policies of the kind %s would bind nothing any more"},
		} {
			if lost := missing(old.Body[list.argument], now.Body[list.argument]); len(lost) > 0 {
				findings = append(findings, Finding{Kind: SwitchedOff, Stack: name, Address: a, Why: fmt.Sprintf(list.loses, strings.Join(lost, ", "))})
			}
		}
	}
	return findings
}

// elsewhere are the imports of a stack that have another id than before, such as those of
// the organisation and its accounts. Terraform reads an import only while its state does not
// have the resource, so that nothing in a plan would say that it is about another one.
// https://developer.hashicorp.com/terraform/language/import
func (c *comparison) elsewhere(name string) []Finding {
	var findings []Finding
	was, is := c.was[name].imports(), c.is[name].imports()
	for _, a := range slices.Sorted(maps.Keys(was)) {
		if from, to := was[a], is[a]; to != "" && from != to {
			findings = append(findings, Finding{Kind: Elsewhere, Stack: name, Address: a,
				Why: fmt.Sprintf("its id changes from %s to %s, and the state has the former", from, to)})
		}
	}
	return findings
}

// imports are the ids of what a stack imports, by address.
func (s *stack) imports() map[string]string {
	all := map[string]string{}
	for _, block := range stackjson.List(s.JSON["import"]) {
		to, _ := object(block)["to"].(string)
		all[to] = text(object(block)["id"])
	}
	return all
}

// delegations are the resources that name the account which administers a service for the
// organisation, with the argument that does. Identity Center's is none of them: what it
// administers stays where it is, and the new account finds it.
var delegations = map[string]string{
	"aws_guardduty_organization_admin_account":   "admin_account_id",
	"aws_inspector2_delegated_admin_account":     "account_id",
	"aws_organizations_delegated_administrator":  "account_id",
	"aws_securityhub_organization_admin_account": "admin_account_id",
}

// delegated are the services that another account would administer. GuardDuty and Security Hub
// take no second administrator while there is a first, and Terraform would find what the old one
// made in no account any more: the stack that made it acts in the new one.
//
//   - https://docs.aws.amazon.com/guardduty/latest/ug/delegated-admin-designate.html
//   - https://docs.aws.amazon.com/inspector/latest/user/remove-delegated-admin.html
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html
func (c *comparison) delegated(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old, now := c.was[name].resources[a], c.is[name].resources[a]
		argument, ok := delegations[old.Type]
		if !ok || now.Body == nil || old.Body[argument] == now.Body[argument] || old.Body["service_principal"] == "sso.amazonaws.com" {
			continue
		}
		findings = append(findings, Finding{Kind: Delegated, Stack: name, Address: a, Why: fmt.Sprintf("%s was %v, and would be %v", argument, old.Body[argument], now.Body[argument])})
	}
	return findings
}
