package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// weaker are the changes of a stack after which less is forbidden, watched or kept than
// before. Each is a change that Terraform makes without a word, and may be meant.
func (c *comparison) weaker(name string) []Finding {
	return slices.Concat(c.unbound(name), c.widened(name), c.unguarded(name))
}

// guards are the types of resources that are there to protect others, which lose that with
// them, and what the loss means.
var guards = map[string]string{
	"aws_accessanalyzer_analyzer":               "nobody is told any more of what strangers may reach",
	"aws_backup_selection":                      "what it selects is not backed up any more",
	"aws_backup_vault_lock_configuration":       "who may administer the vault may delete its backups before their time",
	"aws_budgets_budget":                        "nobody is told any more when it is spent",
	"aws_config_configuration_recorder":         "AWS Config records nothing there any more",
	"aws_guardduty_organization_configuration":  "accounts that join are not watched by GuardDuty",
	"aws_inspector2_organization_configuration": "accounts that join are not scanned by Inspector",
	"aws_securityhub_configuration_policy":      "Security Hub judges nothing by it any more",
}

// breakGlassPath is the path of the users who come in when nobody else can.
const breakGlassPath = "/break-glass/"

// unguarded are the guards of a stack that are gone, and those that are switched off.
func (c *comparison) unguarded(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old := c.was[name].resources[a]
		now, stays := c.is[name].resources[a]
		why := ""
		switch {
		case !stays && !c.deletes(name, a), old.Data:
		case !stays && old.Type == "aws_iam_user" && old.Body["path"] == breakGlassPath:
			why = "one person less comes in when nobody else can, and a user who is made again later has neither password nor second factor"
		case !stays:
			why = guards[old.Type]
		case old.Type == "aws_guardduty_organization_configuration_feature" && old.Body["auto_enable"] == "ALL" && now.Body["auto_enable"] != "ALL":
			why = fmt.Sprintf("GuardDuty does not watch by %s any more", text(old.Body["name"]))
		}
		if why != "" {
			findings = append(findings, Finding{Kind: Weaker, Stack: name, Address: a, Why: why})
		}
	}
	return findings
}

// bond is a statement of an organisation's policies or, of those that have none, a policy.
type bond struct {
	// address is a policy that has it.
	address string
	// bodies are the statements, one unless several policies have one of that name.
	bodies []map[string]any
	// at are the paths of the units that are bound, "" for the root.
	at []string
}

// bonds are what the policies that a stack attaches forbid, by type and name.
func (s *stack) bonds() map[string]*bond {
	at := map[string][]string{}
	for _, r := range s.resources {
		if r.Type != "aws_organizations_policy_attachment" {
			continue
		}
		for _, policy := range s.references(r.Body["policy_id"]) {
			for _, o := range reads(r.Body["target_id"]) {
				at[policy] = append(at[policy], o.key)
			}
		}
	}
	all := map[string]*bond{}
	for _, address := range slices.Sorted(maps.Keys(at)) {
		r := s.resources[address]
		statements := map[string]map[string]any{r.Name: nil}
		var document struct{ Statement []map[string]any }
		if content, _ := r.Body["content"].(string); json.Unmarshal([]byte(content), &document) == nil && len(document.Statement) > 0 {
			clear(statements)
			for i, statement := range document.Statement {
				sid, _ := statement["Sid"].(string)
				if sid == "" {
					sid = fmt.Sprintf("%s, statement %d", r.Name, i+1)
				}
				if statement["Effect"] == "Deny" {
					statements[sid] = statement
				}
			}
		}
		for sid, body := range statements {
			key := text(r.Body["type"]) + " " + sid
			if all[key] == nil {
				all[key] = &bond{address: address}
			}
			b := all[key]
			b.at = append(b.at, at[address]...)
			if body != nil {
				b.bodies = append(b.bodies, body)
			}
		}
	}
	for _, b := range all {
		b.at = unique(b.at)
	}
	return all
}

// binds says that a unit is bound: by itself, or by what it stands in.
func (b *bond) binds(unit string) bool {
	return slices.ContainsFunc(b.at, func(at string) bool { return at == "" || at == unit || strings.HasPrefix(unit, at+"/") })
}

// unbound are the statements of an organisation's policies that bind less than before:
// fewer units, or less of what they forbade.
func (c *comparison) unbound(name string) []Finding {
	var findings []Finding
	was, is := c.was[name].bonds(), c.is[name].bonds()
	for _, key := range slices.Sorted(maps.Keys(was)) {
		old, now := was[key], is[key]
		_, sid, _ := strings.Cut(key, " ")
		found := func(address, why string) {
			findings = append(findings, Finding{Kind: Weaker, Stack: name, Address: address, Why: sid + " " + why})
		}
		if now == nil {
			found(old.address, "binds nobody any more; it bound "+places(old.at))
			continue
		}
		var free []string
		for _, unit := range old.at {
			if !now.binds(unit) {
				free = append(free, unit)
			}
		}
		if len(free) > 0 {
			found(now.address, fmt.Sprintf("bound %s, and binds only %s", places(old.at), places(now.at)))
		}
		if len(old.bodies) == 1 && len(now.bodies) == 1 {
			for _, less := range narrower(old.bodies[0], now.bodies[0]) {
				found(now.address, less)
			}
		}
	}
	return findings
}

// places are units in a sentence.
func places(units []string) string {
	if slices.Contains(units, "") {
		return "the root"
	}
	return strings.Join(units, ", ")
}

// narrower says in which ways a statement denies less than another one did.
func narrower(old, now map[string]any) []string {
	var all []string
	say := func(format string, lost []string) {
		if len(lost) > 0 {
			all = append(all, fmt.Sprintf(format, strings.Join(lost, ", ")))
		}
	}
	say("forbids %s no more", missing(old["Action"], now["Action"]))
	say("leaves %s out too", missing(now["NotAction"], old["NotAction"]))
	say("is about %s no more", missing(old["Resource"], now["Resource"]))
	before, after := conditions(old), conditions(now)
	for _, key := range slices.Sorted(maps.Keys(after)) {
		// The more values a negated operator has, or the fewer any other, the fewer requests meet it.
		switch values, had := before[key]; {
		case !had:
			say("holds only with "+key+" %s", listed(after[key]))
		case strings.Contains(key, "Not"):
			say("exempts %s too, by "+key, missing(after[key], values))
		default:
			say("holds with "+key+" %s no more", missing(values, after[key]))
		}
	}
	return all
}

// conditions are the values of a statement's conditions by operator and key.
func conditions(statement map[string]any) map[string]any {
	all := map[string]any{}
	for operator, block := range object(statement["Condition"]) {
		for key, values := range object(block) {
			all[operator+" "+key] = values
		}
	}
	return all
}

// missing are the texts of a list, or of one text, that another one does not have.
func missing(of, in any) []string {
	have := listed(in)
	return slices.DeleteFunc(listed(of), func(one string) bool { return slices.Contains(have, one) || slices.Contains(have, "*") })
}

func listed(value any) []string {
	var all []string
	for _, item := range stackjson.List(value) {
		all = append(all, text(item))
	}
	return all
}

// widened are the permission sets that were there before and allow more now.
func (c *comparison) widened(name string) []Finding {
	var findings []Finding
	found := func(address, format string, args ...any) {
		findings = append(findings, Finding{Kind: Weaker, Stack: name, Address: address, Why: fmt.Sprintf(format, args...)})
	}
	was, is := c.was[name].resources, c.is[name].resources
	stays := func(s *stack, body map[string]any) bool {
		sets := s.references(body["permission_set_arn"])
		return len(sets) == 1 && was[sets[0]].Body != nil && is[sets[0]].Body != nil
	}
	for _, a := range slices.Sorted(maps.Keys(is)) {
		r := is[a]
		if !strings.HasPrefix(r.Type, "aws_ssoadmin_") || !stays(c.is[name], r.Body) {
			continue
		}
		old, there := was[a]
		switch r.Type {
		case "aws_ssoadmin_managed_policy_attachment":
			if !there || text(old.Body["managed_policy_arn"]) != text(r.Body["managed_policy_arn"]) {
				found(a, "a set that is there already gets the policy %s", text(r.Body["managed_policy_arn"]))
			}
		case "aws_ssoadmin_customer_managed_policy_attachment":
			if !there {
				found(a, "a set that is there already gets the policy %s", text(r.Body["customer_managed_policy_reference"]))
			}
		case "aws_ssoadmin_permission_set_inline_policy":
			if more := wider(text(old.Body["inline_policy"]), text(r.Body["inline_policy"])); more != "" {
				found(a, "%s", more)
			}
		case "aws_ssoadmin_permissions_boundary_attachment":
			if from, to := text(old.Body["permissions_boundary"]), text(r.Body["permissions_boundary"]); there && from != to {
				found(a, "its boundary changes from %s to %s", shown(from), shown(to))
			}
		}
	}
	for _, a := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[a]; was[a].Type == "aws_ssoadmin_permissions_boundary_attachment" && !there && stays(c.was[name], was[a].Body) {
			found(a, "the set has no boundary any more")
		}
	}
	return findings
}

// wider says what a policy allows that another one did not; "" if it is less, or the same.
func wider(old, now string) string {
	before, after := statements(old, "Allow"), statements(now, "Allow")
	denied := statements(now, "Deny")
	var more []string
	for _, action := range slices.Sorted(maps.Keys(after)) {
		switch how, could := before[action]; {
		case !could:
			more = append(more, action)
		case how != after[action]:
			more = append(more, action+" (with another resource or condition)")
		}
	}
	for _, action := range slices.Sorted(maps.Keys(statements(old, "Deny"))) {
		if denied[action] == "" {
			more = append(more, action+" (which it denied)")
		}
	}
	if len(more) == 0 {
		return ""
	}
	return "its own policy allows " + shown(strings.Join(more, ", "))
}

// statements are the actions that a policy allows or denies, each with the rest of its statements.
func statements(policy, effect string) map[string]string {
	var document struct{ Statement []map[string]any }
	if json.Unmarshal([]byte(policy), &document) != nil {
		return nil
	}
	all := map[string]string{}
	for _, statement := range document.Statement {
		if statement["Effect"] != effect {
			continue
		}
		for _, element := range []string{"Action", "NotAction"} {
			for _, action := range listed(statement[element]) {
				if element == "NotAction" {
					action = "all but " + action
				}
				all[action] += text([]any{statement["Resource"], statement["NotResource"], statement["Condition"]})
			}
		}
	}
	return all
}
