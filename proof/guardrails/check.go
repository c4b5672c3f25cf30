package guardrails

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/awsaction"
	"hubspoke/internal/words"
	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/stackjson"
)

// What is found in an organisation, whatever it promises.
var (
	stopsDeployment = catalogue.Add("guardrail-stops-deployment",
		"A policy of the organisation denies the role by which a stack is deployed what one of its resources needs. The apply fails, with "+
			"AccessDenied and `explicit deny in a service control policy`. Unproven if it depends on what is not known here; a note is about what the resource needs to "+
			"be removed, or replaced, again, which may be meant.",
		"Exempt the role in the statement that is named (`ArnNotLike` on `aws:PrincipalArn`), name the service in its `NotAction`, or the region among its regions; or leave the "+
			"resource out where it is not to be.")
	openExemption = catalogue.Add("guardrail-exemption-open",
		"A policy exempts whoever has a role of some name, and no policy keeps others from making a role of that name, from letting themselves assume it, or "+
			"from giving it permissions. Whoever may change roles in an account walks through the exemption.",
		"Deny `iam:CreateRole`, `iam:UpdateAssumeRolePolicy`, `iam:AttachRolePolicy` and `iam:PutRolePolicy` on roles of that name in a policy of the root, "+
			"but to those who make them.")
	notInForce = catalogue.Add("guardrail-not-in-force",
		"A policy is attached to nothing, or its type is not among the organisation's `enabled_policy_types`: it does nothing, or AWS refuses to attach it. A note is about one that allows some "+
			"actions: beside `FullAWSAccess` it changes nothing, and without it everything else is denied.",
		"Attach it with an `aws_organizations_policy_attachment`, name its type in `enabled_policy_types`, or remove it.")
	unknownAction = catalogue.Add("guardrail-unknown-action",
		"A policy names an action that AWS does not have. AWS takes the policy, and the statement is not about what was meant. A note if the "+
			"action may be newer than the table of actions here.",
		"Correct the spelling: the actions of a service are listed in AWS's service authorization reference. What is newer than the table here is written with a `*` at its end.")
	strangeCondition = catalogue.Add("guardrail-condition",
		"A condition of a policy does not do what it looks like: its operator is none that AWS has; or it is `ForAllValues` in a statement that denies, which also holds of requests that "+
			"do not have the key at all.",
		"Correct the operator. Beside `ForAllValues`, ask with `Null` whether the key is there; to deny whoever has one of several values, write `ForAnyValue`.")
	unread = catalogue.Add("guardrail-not-understood",
		"Something of the organisation could not be read: a policy whose text is not known, an attachment to what is in no stack, an account in a unit that no stack makes. What depends on it "+
			"is unproven.",
		"Let a stack here make it, or prove a plan, which knows more than the configuration.")
	nearQuota = catalogue.Add("guardrail-quota",
		"A policy has more characters than AWS takes, or a unit more policies of a type, AWS's own included: it is refused. A note from four fifths of the quota on.",
		"Write several actions as one with a wildcard; attach a policy further up, or write two into one.")
	homeless = catalogue.Add("account-without-home",
		"Stacks work in an account that the organisation's stacks do not have, or have twice: whether policies bind it is not known, and two resources move it to and fro. A note is about one that stands "+
			"at the root itself: it has the root's policies alone.",
		"Make or import each account once, with an `aws_organizations_account` in the unit whose policies it is to have.")
	untrusted = catalogue.Add("service-not-trusted",
		"A resource needs trusted access of an AWS service to the organisation, and `aws_service_access_principals` of the organisation does not name the service. Terraform switches off what is not named there.",
		"Add the service to `aws_service_access_principals` of the `aws_organizations_organization`, with all others that are used: what is not named there is switched off.")
	undesignated = catalogue.Add("delegate-not-designated",
		"An account administers a service for the organisation, and nothing lets it in that region, or only what is deployed later. AWS refuses (`not an administrator`). A note says that "+
			"no stack's reads decide what comes first: then the order in which stacks are deployed has to.",
		"Designate the account in a stack that this one reads, in every region in which it administers the service.")
	unevenRegions = catalogue.Add("security-regions-differ",
		"GuardDuty is configured for the organisation in other regions than those from which Security Hub gathers findings: what is found in the difference is seen by nobody.",
		"Link the regions of GuardDuty in `aws_securityhub_finding_aggregator`, or configure GuardDuty in the linked ones.")
	undelivered = catalogue.Add("recorder-without-archive",
		"A recorder of AWS Config has no delivery channel in its account and region, or one to another bucket than the others': what it records is lost, or stays where its own account may delete it.",
		"Give it an `aws_config_delivery_channel` to the bucket of the log archive.")
	unbudgeted = catalogue.Add("account-without-budget",
		"There are budgets, none for the organisation as a whole, and none for this account: nobody hears of what it costs.",
		"Add a budget without a filter on accounts, or one for the account.")
	changeable = catalogue.Add("guardrails-changed-elsewhere",
		"A policy of the organisation's lets another account than management attach or change the organisation's policies. Whoever has that account has no guardrails.",
		"Take `organizations:*Policy` actions that write out of the `aws_organizations_resource_policy`.")
	managedFromOutside = catalogue.Add("management-from-outside",
		"A role in the management account with all permissions can be assumed from another account. No policy binds the management account: whoever gets into the other account has the whole organisation.",
		"Let the role be assumed from the management account alone. If CI is to deploy there, and the estate says so (`applied_by: ci`), this is not reported.")
	uncounted = catalogue.Add("deployment-not-known",
		"A stack makes resources of types of which it is not known here what Terraform calls for them. Whether policies stop their deployment is not looked at.",
		"Look at the policies, or add the types to the table.")
)

var catalogue finding.Catalogue

// Kinds are the kinds of findings that [Organization.Findings] can have.
func Kinds() []finding.Kind { return catalogue.Kinds() }

// Findings are what does not hold of the organisation, whatever anybody promises. CI says that machines are meant to
// deploy the management account.
func (o *Organization) Findings(ci bool) []finding.Finding {
	k := &checker{Organization: o}
	for _, d := range o.Doubts {
		k.Doubt(unread, about(d.About), "%s", d.Why)
	}
	k.checkPolicies()
	k.checkQuotas()
	k.checkHomes()
	k.checkDeployment()
	k.checkExemptions()
	k.checkTrust()
	k.checkDelegates()
	k.checkRegions()
	k.checkRecorders()
	k.checkBudgets()
	k.checkChanges()
	if !ci {
		k.checkManagement()
	}
	return k.Sorted()
}

type checker struct {
	*Organization
	finding.List
}

func about(resources ...*config.Resource) []*config.Resource {
	return slices.DeleteFunc(resources, func(r *config.Resource) bool { return r == nil })
}

// checkPolicies looks at each policy by itself.
func (k *checker) checkPolicies() {
	for _, p := range k.Policies {
		switch {
		case k.enabled(p.Type) == No:
			k.Violation(notInForce, about(p.Resource, k.Resource), "%s is a %s, and the organisation does not name that in enabled_policy_types", p.Name, p.Type)
		case len(p.Targets) == 0 && !slices.Contains(k.loose, p) && !k.attachedByBudget(p):
			k.Violation(notInForce, about(p.Resource), "%s is attached to nothing", p.Name)
		}
		for _, s := range p.Statements {
			for _, action := range s.written {
				problem, doubtful := awsaction.Problem(action)
				switch {
				case problem == "":
				case doubtful:
					k.Note(unknownAction, about(p.Resource), "%s: %s", s, problem)
				default:
					k.Violation(unknownAction, about(p.Resource), "%s: %s", s, problem)
				}
			}
			if !s.denies && p.Type == serviceControl && !slices.Contains(s.actions, "*") {
				k.Note(notInForce, about(p.Resource), "%s allows some actions: beside FullAWSAccess that changes nothing", s)
			}
			k.checkConditions(s)
		}
	}
}

// attachedByBudget says whether an action of a budget attaches a policy once money is spent.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
func (k *checker) attachedByBudget(p *Policy) bool {
	return slices.ContainsFunc(k.config.All("aws_budgets_budget_action"), func(r *config.Resource) bool {
		return slices.Contains(r.References(), p.Resource)
	})
}

func (k *checker) checkConditions(s *Statement) {
	asked := map[string]bool{} // whether they are there
	for _, c := range s.conditions {
		if c.operator == "null" && slices.Equal(c.values, []string{"false"}) {
			asked[c.key] = true
		}
	}
	for _, c := range s.conditions {
		switch {
		case !c.known():
			k.Violation(strangeCondition, about(s.Policy.Resource), "%s: %s: AWS has no such operator", s, c.written)
		case c.forAll && s.denies && !asked[c.key]:
			k.Violation(strangeCondition, about(s.Policy.Resource), "%s: %s also holds of requests without the key, which are denied then", s, c.written)
		}
	}
}

// checkQuotas counts as AWS does: characters as they are stored, and policies with AWS's own.
func (k *checker) checkQuotas() {
	note := func(r *config.Resource, what string, used, most int) {
		switch {
		case most == 0:
		case used > most:
			k.Violation(nearQuota, about(r), "%s: %d of %d", what, used, most)
		case used*5 >= most*4:
			k.Note(nearQuota, about(r), "%s: %d of %d", what, used, most)
		}
	}
	for _, p := range k.Policies {
		size, _ := room(p.Type)
		note(p.Resource, "characters of "+p.Name, p.Size, size.Default)
	}
	for _, t := range slices.Concat([]*Target{k.Root}, k.Units, k.Accounts) {
		for _, kind := range []string{serviceControl, resourceControl} {
			used := 1
			for _, p := range t.Policies {
				if p.Type == kind {
					used++
				}
			}
			if _, attached := room(kind); used > 1 {
				note(t.Resource, fmt.Sprintf("policies of type %s attached to %s", kind, t), used, attached.Default)
			}
		}
	}
}

// checkHomes looks for the account of every stack.
func (k *checker) checkHomes() {
	seen := map[string]*Target{}
	for _, a := range k.Accounts {
		if other := seen[a.Number]; a.Number != "" && other != nil {
			k.Violation(homeless, about(a.Resource, other.Resource), "%s is the account of two resources", a.Number)
		}
		seen[a.Number] = a
		if a.Above == k.Root && len(k.Units) > 0 {
			k.Note(homeless, about(a.Resource), "%s stands at the root: it has the root's policies alone", a)
		}
	}
	if len(k.Accounts) == 0 {
		return
	}
	for _, number := range k.config.Accounts() {
		if number != k.Management && k.byNumber[number] == nil {
			k.Doubt(homeless, about(k.Resource), "stacks work in %s, which is no account of the organisation here", number)
		}
	}
}

// checkDeployment asks for each action that Terraform needs whether the role that it works by may.
func (k *checker) checkDeployment() {
	type cause struct {
		stack, role string
		by          *Statement
		denied      Answer
		removes     bool
	}
	found, more := map[cause]string{}, map[cause]int{}
	resources := map[cause][]*config.Resource{}
	var order []cause
	for _, d := range k.deployments() {
		decision := k.Decide(d.Request)
		if decision.Denied == No {
			continue
		}
		c := cause{d.Resource.Stack.Name, d.Role, decision.By, decision.Denied, d.removes}
		if found[c] == "" {
			region := ""
			if at := d.Request.Context["aws:requestedregion"]; len(at.Texts) > 0 {
				region = " in " + at.Texts[0]
			}
			what := "needs that"
			if d.removes {
				what = "needs that to go away again"
			}
			found[c] = fmt.Sprintf("%s: %s of %s wants %s%s: %s; %s %s", c.stack, nameOf(d.Role), d.Request.Account, d.Request.Action, region, decision.Answer(), d.Resource.Address(), what)
			resources[c] = about(d.Resource)
			if decision.Policy != nil {
				resources[c] = about(d.Resource, decision.Policy.Resource)
			}
			order = append(order, c)
		} else {
			more[c]++
		}
	}
	for _, c := range order {
		text := found[c]
		if more[c] > 0 {
			text += fmt.Sprintf("; and %s more", words.Count(more[c], "request"))
		}
		switch {
		case c.removes: // which may be meant: what is kept for ever is kept from an apply
			k.Note(stopsDeployment, resources[c], "%s", text)
		case c.denied == Yes:
			k.Violation(stopsDeployment, resources[c], "%s", text)
		default:
			k.Doubt(stopsDeployment, resources[c], "%s", text)
		}
	}
	if len(k.unlistedTypes) > 0 {
		k.Note(uncounted, nil, "what Terraform calls for %s is not known here", strings.Join(slices.Sorted(maps.Keys(k.unlistedTypes)), ", "))
	}
}

// nameOf is a role's name.
func nameOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// taking are the actions by which somebody makes himself a role, or takes one over.
var taking = []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PassRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"}

// checkExemptions asks of each role that a statement exempts, in each account where that is in force, whether
// somebody who is none of those who may everything can make himself one.
func (k *checker) checkExemptions() {
	exempt := map[string][]*Statement{}
	var closing []string
	for _, p := range k.Policies {
		for _, s := range p.Statements {
			for _, c := range s.conditions {
				if !s.denies || !c.exempts() || k.enabled(p.Type) == No {
					continue
				}
				for _, pattern := range c.values {
					if parts := strings.SplitN(pattern, ":", 6); len(parts) == 6 && !awsOwn(parts[5]) {
						exempt[pattern] = append(exempt[pattern], s)
						closing = append(closing, pattern)
					}
				}
			}
		}
	}
	told := map[string]bool{}
	for _, pattern := range slices.Sorted(maps.Keys(exempt)) {
		for _, account := range k.Accounts {
			parts := strings.SplitN(pattern, ":", 6)
			if relation(parts[4], number(account)) == No {
				continue
			}
			var inForce *Statement
			for _, s := range exempt[pattern] {
				if slices.ContainsFunc(s.Policy.Targets, func(t *Target) bool { return account.Within(t) }) {
					inForce = s
					break
				}
			}
			if inForce == nil || !strings.HasPrefix(parts[5], "role/") {
				continue
			}
			parts[4] = number(account)
			if parts[1] == "*" {
				parts[1] = k.partition()
			}
			role := strings.Join(parts, ":")
			for _, who := range k.actors(Anyone, account, nil) {
				arn := who.keys["aws:principalarn"].Texts[0]
				if slices.ContainsFunc(closing, func(p string) bool { return arnRelation(p, arn) == Yes }) {
					continue // who is exempt already
				}
				for _, action := range taking {
					d := k.Decide(Request{Account: account, Member: true, Action: action, Resource: role, Context: who.keys})
					if d.Denied != Yes && !told[pattern] {
						told[pattern] = true
						k.Violation(openExemption, about(inForce.Policy.Resource), "%s exempts %s, and in %s %s may %s on it: %s", inForce, pattern, account, who.name, action, d.Answer())
					}
				}
			}
		}
	}
}

// awsOwn says whether AWS alone makes roles of a path: those of Identity Center and of its services.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
func awsOwn(resource string) bool {
	return resource == "root" || strings.HasPrefix(resource, "role/aws-reserved/sso.amazonaws.com/") || strings.HasPrefix(resource, "role/aws-service-role/")
}

// trusts are the services that need trusted access, by the types of resources that need it.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
var trusts = map[string]string{
	"aws_account_region":                         "account.amazonaws.com",
	"aws_guardduty_organization_admin_account":   "guardduty.amazonaws.com",
	"aws_iam_organizations_features":             "iam.amazonaws.com",
	"aws_inspector2_delegated_admin_account":     "inspector2.amazonaws.com",
	"aws_ram_sharing_with_organization":          "ram.amazonaws.com",
	"aws_securityhub_organization_admin_account": "securityhub.amazonaws.com",
	"aws_ssoadmin_account_assignment":            "sso.amazonaws.com",
	"aws_ssoadmin_permission_set":                "sso.amazonaws.com",
	"aws_backup_global_settings":                 "backup.amazonaws.com",
}

// checkTrust looks for the services that resources need the organisation to trust.
func (k *checker) checkTrust() {
	trusted, known := k.Resource.Argument("aws_service_access_principals"), true
	if _, ok := trusted.([]any); trusted != nil && !ok {
		known = false
	}
	told := map[string]bool{}
	need := func(r *config.Resource, service string) {
		if known && !slices.Contains(list(trusted), service) && !told[service] {
			told[service] = true
			k.Violation(untrusted, about(k.Resource, r), "%s needs %s among aws_service_access_principals", r, service)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(trusts)) {
		for _, r := range k.config.All(kind) {
			need(r, trusts[kind])
		}
	}
	for _, r := range k.config.All("aws_organizations_delegated_administrator") {
		if service, ok := r.Argument("service_principal").(string); ok {
			need(r, service)
		}
	}
	for _, r := range k.config.All("aws_account_alternate_contact") {
		if r.Argument("account_id") != nil {
			need(r, "account.amazonaws.com")
		}
	}
	for _, r := range k.config.All("aws_cloudtrail") {
		if r.Argument("is_organization_trail") == true {
			need(r, "cloudtrail.amazonaws.com")
		}
	}
	for _, r := range k.config.All("aws_accessanalyzer_analyzer") {
		if ofOrganization(r) {
			need(r, "access-analyzer.amazonaws.com")
		}
	}
	for _, r := range k.config.All("aws_config_configuration_aggregator") {
		if r.Argument("organization_aggregation_source") != nil {
			need(r, "config.amazonaws.com")
		}
	}
	for _, p := range k.Policies {
		if p.Type == "TAG_POLICY" {
			need(p.Resource, "tagpolicies.tag.amazonaws.com")
		}
	}
}

func ofOrganization(r *config.Resource) bool {
	kind, _ := r.Argument("type").(string)
	return strings.HasPrefix(kind, "ORGANIZATION")
}

// checkDelegates looks, for what only an administrator of a service may do, for what makes him that.
func (k *checker) checkDelegates() {
	// by is a designation by a resource of the service's own, in the same region or in any; or where a state does not tell, as of all that have no ARN.
	by := func(kind, argument string, everywhere bool) func(*config.Resource) *config.Resource {
		return func(of *config.Resource) *config.Resource {
			for _, r := range k.config.All(kind) {
				if k.isAccount(r.Argument(argument), of.Account) && (everywhere || r.Region == "" || r.Region == of.Region) {
					return r
				}
			}
			return nil
		}
	}
	delegated := func(service string) func(*config.Resource) *config.Resource {
		return func(of *config.Resource) *config.Resource {
			for _, r := range k.config.All("aws_organizations_delegated_administrator") {
				if r.Argument("service_principal") == service && k.isAccount(r.Argument("account_id"), of.Account) {
					return r
				}
			}
			return nil
		}
	}
	for _, rule := range []struct {
		kind, service string
		designation   func(*config.Resource) *config.Resource
	}{
		{"aws_guardduty_organization_configuration", "GuardDuty", by("aws_guardduty_organization_admin_account", "admin_account_id", false)},
		{"aws_inspector2_organization_configuration", "Inspector", by("aws_inspector2_delegated_admin_account", "account_id", false)},
		{"aws_securityhub_organization_configuration", "Security Hub", by("aws_securityhub_organization_admin_account", "admin_account_id", false)},
		{"aws_securityhub_configuration_policy", "Security Hub", by("aws_securityhub_organization_admin_account", "admin_account_id", false)},
		{"aws_accessanalyzer_analyzer", "Access Analyzer", delegated("access-analyzer.amazonaws.com")},
		{"aws_config_configuration_aggregator", "Config", delegated("config.amazonaws.com")},
		{"aws_ssoadmin_permission_set", "Identity Center", delegated("sso.amazonaws.com")},
	} {
		told := map[string]bool{}
		for _, r := range k.config.All(rule.kind) {
			switch {
			case r.Account == "" || r.Account == k.Management:
				continue
			case rule.kind == "aws_accessanalyzer_analyzer" && !ofOrganization(r):
				continue
			case rule.kind == "aws_config_configuration_aggregator" && r.Argument("organization_aggregation_source") == nil:
				continue
			}
			designation := rule.designation(r)
			if told[r.Account+r.Region] {
				continue
			}
			told[r.Account+r.Region] = true
			switch {
			case designation == nil:
				k.Violation(undesignated, about(r), "%s administers %s in %s, and nothing lets %s", r, rule.service, r.Region, r.Account)
			case r.Order(designation) == config.AnyOrder:
				k.Note(undesignated, about(r, designation), "%s administers %s, and no state that its stack reads says that %s comes before", r, rule.service, designation)
			case r.Order(designation) == config.Before:
				k.Violation(undesignated, about(r, designation), "%s comes before %s, which lets it administer %s: read the stack that designates", r, designation, rule.service)
			}
		}
	}
}

// isAccount says whether a value is an account's number, or the account's resource.
func (k *checker) isAccount(value any, number string) bool {
	switch v := value.(type) {
	case string:
		return v == number
	case config.Ref:
		t := k.targets[v.Resource]
		return t != nil && t.Number == number
	}
	return false
}

// checkRegions compares where GuardDuty looks with what Security Hub gathers.
func (k *checker) checkRegions() {
	for _, hub := range k.config.All("aws_securityhub_finding_aggregator") {
		if mode := hub.Argument("linking_mode"); mode != "SPECIFIED_REGIONS" && mode != "NO_REGIONS" {
			continue // all that there are, some of them not named
		}
		gathered := append(list(hub.Argument("specified_regions")), hub.Region)
		watched := map[string]*config.Resource{}
		for _, r := range k.config.All("aws_guardduty_organization_configuration") {
			if r.Account == hub.Account {
				watched[r.Region] = r
			}
		}
		if watched[""] != nil || hub.Region == "" || len(watched) == 0 {
			continue // a state does not tell where they are
		}
		for _, region := range slices.Sorted(maps.Keys(watched)) {
			if !slices.Contains(gathered, region) {
				k.Violation(unevenRegions, about(watched[region], hub), "GuardDuty is configured in %s, which Security Hub does not gather", region)
			}
		}
		for _, region := range gathered {
			if watched[region] == nil {
				k.Violation(unevenRegions, about(hub), "Security Hub gathers %s, where GuardDuty is not configured", region)
			}
		}
	}
}

// checkRecorders looks for the bucket of each recorder.
func (k *checker) checkRecorders() {
	channels, buckets := map[string]*config.Resource{}, map[string][]*config.Resource{}
	for _, r := range k.config.All("aws_config_delivery_channel") {
		channels[r.Account+r.Region] = r
		bucket := fmt.Sprint(r.Argument("s3_bucket_name"))
		buckets[bucket] = append(buckets[bucket], r)
	}
	for _, r := range k.config.All("aws_config_configuration_recorder") {
		if channels[r.Account+r.Region] == nil {
			k.Violation(undelivered, about(r), "%s has no delivery channel in %s of %s", r, r.Region, r.Account)
		}
	}
	// The archive is where most deliver.
	archive := ""
	for _, bucket := range slices.Sorted(maps.Keys(buckets)) {
		if len(buckets[bucket]) > len(buckets[archive]) {
			archive = bucket
		}
	}
	for _, bucket := range slices.Sorted(maps.Keys(buckets)) {
		if bucket != archive {
			k.Violation(undelivered, buckets[bucket], "%s delivers to %s, and others to %s", buckets[bucket][0], bucket, archive)
		}
	}
}

// checkBudgets looks for the budget of each account.
func (k *checker) checkBudgets() {
	budgets := k.config.All("aws_budgets_budget")
	if len(budgets) == 0 {
		return
	}
	under := map[string]bool{}
	for _, b := range budgets {
		if b.Account != k.Management {
			under[b.Account] = true
			continue
		}
		filtered, whole := false, true
		for _, item := range stackjson.List(b.Argument("cost_filter")) {
			filter, _ := item.(map[string]any)
			if filter["name"] != "LinkedAccount" {
				whole = false
				continue
			}
			filtered = true
			for _, value := range stackjson.List(filter["values"]) {
				for _, a := range k.Accounts {
					if k.isAccount(value, a.Number) {
						under[a.Number] = true
					}
				}
			}
		}
		if !filtered && whole {
			return // of the organisation
		}
	}
	for _, a := range k.Accounts {
		if !under[a.Number] {
			k.Violation(unbudgeted, about(a.Resource), "%s is under no budget", a)
		}
	}
}

// changing are the actions by which guardrails are changed.
var changing = []string{"organizations:AttachPolicy", "organizations:CreatePolicy", "organizations:DeletePolicy", "organizations:DetachPolicy", "organizations:DisablePolicyType", "organizations:UpdatePolicy"}

// checkChanges looks for whom management lets change policies in its place.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
func (k *checker) checkChanges() {
	for _, r := range k.config.All("aws_organizations_resource_policy") {
		p := &Policy{Name: r.Name, Resource: r}
		if err := k.readStatements(p, r.Argument("content")); err != nil {
			k.Doubt(unread, about(r), "%v: it may let anybody change policies", err)
			continue
		}
		for _, s := range p.Statements {
			for _, action := range changing {
				if !s.denies && k.about(s, action) == Yes {
					k.Violation(changeable, about(r), "%s lets another account %s", s, action)
					break
				}
			}
		}
	}
}

// checkManagement looks for roles with all permissions in the management account that somebody elsewhere may assume.
func (k *checker) checkManagement() {
	for _, r := range k.config.All("aws_iam_role_policy_attachment") {
		if r.Account != k.Management || r.Account == "" || !powerful(r.Argument("policy_arn")) {
			continue
		}
		role := k.called("aws_iam_role", "name", r.Argument("role"), r.Account)
		if role == nil {
			continue // it is in no stack: whoever made it lets others in
		}
		text, err := k.written(role.Argument("assume_role_policy"))
		if err != nil {
			k.Doubt(managedFromOutside, about(role), "who may assume it is not known")
			continue
		}
		for _, number := range numbers(text) {
			if number != k.Management {
				k.Violation(managedFromOutside, about(role), "%s can be assumed from %s", role, k.named(number))
				break
			}
		}
	}
}

func (k *checker) named(number string) string {
	if a := k.byNumber[number]; a != nil {
		return a.Name
	}
	return number
}

// powerful says whether a managed policy of AWS's lets its holder change everything.
func powerful(arn any) bool {
	text, _ := arn.(string)
	return strings.HasSuffix(text, ":policy/AdministratorAccess") || strings.HasSuffix(text, ":policy/PowerUserAccess") || strings.HasSuffix(text, ":policy/IAMFullAccess")
}

// numbers are the accounts in the ARNs of a trust policy's text.
func numbers(text string) []string {
	var all []string
	for _, part := range strings.Split(text, `"`) {
		if number := config.AccountOf(part); len(number) == 12 {
			all = append(all, number)
		}
	}
	return all
}
