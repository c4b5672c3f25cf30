package test

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// resourceOf is a resource of a stack, by its address.
func resourceOf(t *testing.T, s *stackjson.Stack, address string) stackjson.Resource {
	t.Helper()
	for _, r := range s.Resources() {
		if r.Address() == address {
			return r
		}
	}
	t.Fatalf("%s has no %s", s.Name, address)
	return stackjson.Resource{}
}

// waitsFor says whether a resource comes after another one: it names it, or what does.
func waitsFor(s *stackjson.Stack, r stackjson.Resource, earlier string) bool {
	waits := false
	stackjson.Strings(r.Body, func(_, text string) {
		for _, other := range s.Resources() {
			if address := other.Address(); !waits && address != r.Address() && strings.Contains(text+" ", address) {
				waits = address == earlier || waitsFor(s, other, earlier)
			}
		}
	})
	return waits
}

// AWS takes each of these only after the one before.
func TestSecurityServicesAreMadeInTheOrderThatAWSTakes(t *testing.T) {
	for estate, regions := range map[string][]string{"innovate": {"ap_southeast_1", "us_east_1"}, "organization": {"ap_southeast_3", "us_east_1"}} {
		e := synthesized(t, estate)
		s := e.stack("security-services")
		after := func(s *stackjson.Stack, chain ...string) {
			for i, address := range chain[1:] {
				if !waitsFor(s, resourceOf(t, s, address), chain[i]) {
					t.Errorf("%s: %s does not wait for %s", estate, address, chain[i])
				}
			}
		}
		after(s, "aws_securityhub_finding_aggregator.organization", "aws_securityhub_organization_configuration.organization",
			"aws_securityhub_configuration_policy.organization", "aws_securityhub_configuration_policy_association.organization")
		after(s, "aws_iam_role_policy_attachment.organization", "aws_config_configuration_aggregator.organization")
		for _, region := range regions {
			after(s, "aws_inspector2_enabler."+region, "aws_inspector2_organization_configuration."+region)
			for _, account := range e.SecurityMembers() {
				member := region + "_" + strings.ReplaceAll(account, "-", "_")
				after(s, "aws_inspector2_organization_configuration."+region, "aws_inspector2_member_association."+member, "aws_inspector2_enabler."+member)
			}
			after(s, "aws_guardduty_organization_configuration."+region, "aws_guardduty_organization_configuration_feature."+region+"_runtime")
			for _, account := range e.AccountNames() {
				baseline := e.stack(account + "-baseline")
				after(baseline, "aws_config_configuration_recorder."+region, "aws_config_delivery_channel."+region, "aws_config_configuration_recorder_status."+region)
			}
		}
		listed := e.listed("security-services")
		for _, account := range e.AccountNames() {
			if !slices.Contains(listed.Earlier(), account+"-baseline") {
				t.Errorf("%s: it does not wait for %s-baseline", estate, account)
			}
		}
		if !slices.Contains(listed.Earlier(), "organization") {
			t.Errorf("%s: it does not wait for organization", estate)
		}
	}
}

// The account that administers the services has no way into the one that owns the organisation.
func TestSecurityServicesActInTheirOwnAccountAlone(t *testing.T) {
	for _, name := range []string{"innovate", "organization"} {
		e := synthesized(t, name)
		providers, _ := e.stack("security-services").JSON["provider"].(map[string]any)["aws"].([]any)
		if len(providers) != len(e.SecurityRegions()) {
			t.Errorf("%s: %d providers for the regions %v", name, len(providers), e.SecurityRegions())
		}
		for _, p := range providers {
			provider := p.(map[string]any)
			if got := provider["allowed_account_ids"].([]any); len(got) != 1 || got[0] != e.Accounts["security"] {
				t.Errorf("%s: a provider acts in %v", name, got)
			}
		}
	}
}

// What is about no region is recorded once, where Security Hub judges it.
func TestIAMIsRecordedOnceInAnAccount(t *testing.T) {
	for name, home := range map[string]string{"innovate": "ap_southeast_1", "organization": "us_east_1"} {
		e := synthesized(t, name)
		for _, account := range e.AccountNames() {
			for _, r := range e.stack(account + "-baseline").Resources() {
				if r.Type != "aws_config_configuration_recorder" {
					continue
				}
				if group := r.Body["recording_group"].(map[string]any); group["include_global_resource_types"] != (r.Name == home) {
					t.Errorf("%s: %s of %s: %v", name, r.Address(), account, group)
				}
			}
		}
		if provider := resourceOf(t, e.stack("security-services"), "aws_securityhub_finding_aggregator.organization").Body["provider"]; (provider == nil) != (name == "innovate") {
			t.Errorf("%s: Security Hub collects findings with the provider %v", name, provider)
		}
	}
}

// The provider compares the agents as a list: in another order they would replace the feature.
func TestRuntimeMonitoringHasItsAgentsInOneOrder(t *testing.T) {
	for name, accounts := range map[string]string{"innovate": "ALL", "organization": "NONE"} {
		s := synthesized(t, name).stack("security-services")
		agents, _ := resourceOf(t, s, "aws_guardduty_organization_configuration_feature.us_east_1_runtime").Body["additional_configuration"].([]any)
		var got []string
		for _, a := range agents {
			agent := a.(map[string]any)
			got = append(got, agent["name"].(string))
			if agent["auto_enable"] != accounts {
				t.Errorf("%s: %v", name, agent)
			}
		}
		if want := []string{"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// One region more is added, and moves nothing that is there.
func TestARegionMoreIsWatchedBesideTheOthers(t *testing.T) {
	before := synthesized(t, "innovate")
	after := edited(t, "innovate", edit{"organization.yaml", `security:\n  account: security\n`, "security:\n  account: security\n  regions: [ap-northeast-1, ap-southeast-1, ap-southeast-2, us-east-1]\n"},
		edit{"organization.yaml", `(?m)^guardrails:\n`, "guardrails:\n  regions: [ap-northeast-1, ap-southeast-1, ap-southeast-2]\n"})
	stays(t, before, after)
	for _, stack := range []string{"security-services", "dev-baseline", estate.ManagementAccount + "-baseline"} {
		if got, was := len(after.stack(stack).Resources()), len(before.stack(stack).Resources()); got <= was {
			t.Errorf("%s has %d resources after %d", stack, got, was)
		}
	}
}

// What Config delivers is admitted from the whole organisation by statements that do not
// grow, into a bucket that retains nothing by default: Config delivers to no other.
func TestTheBucketOfConfigAdmitsTheOrganisation(t *testing.T) {
	for _, name := range []string{"innovate", "organization"} {
		e := synthesized(t, name)
		s := e.stack("hub-logs")
		policy, _ := resourceOf(t, s, "aws_s3_bucket_policy.config").Body["policy"].(string)
		if strings.Count(policy, `"aws:SourceOrgID":["`+e.Org.ID+`"]`) != 2 {
			t.Errorf("%s: %s", name, policy)
		}
		for _, number := range e.AccountNumbers() {
			if number != e.Accounts[e.Logs.Account] && strings.Contains(policy, number) {
				t.Errorf("%s: the policy names account %s", name, number)
			}
		}
		for _, r := range s.Resources() {
			if r.Type == "aws_s3_bucket_object_lock_configuration" && r.Name == "config" {
				t.Errorf("%s: the bucket of Config retains what is put into it", name)
			}
		}
	}
}

// What an organisation switches on by itself is for accounts that join later. So each account
// that there is has resources of its own, and those of one more, or of one that is to be
// closed, touch no other.
func TestInspectorScansEveryAccountInEveryRegion(t *testing.T) {
	for _, name := range []string{"innovate", "organization"} {
		e := synthesized(t, name)
		scanned := map[string]bool{}
		for _, r := range e.stack("security-services").Resources() {
			switch r.Type {
			case "aws_inspector2_enabler":
				accounts := r.Body["account_ids"].([]any)
				if len(accounts) != 1 {
					t.Errorf("%s: %s is about %v", name, r.Address(), accounts)
				}
				provider, _ := r.Body["provider"].(string)
				scanned[accounts[0].(string)+provider] = true
			case "aws_inspector2_organization_configuration":
				for what, on := range r.Body["auto_enable"].(map[string]any) {
					if on != false {
						t.Errorf("%s: AWS switches on %s, and Terraform fails to", name, what)
					}
				}
			}
		}
		if want := len(e.AccountNames()) * len(e.SecurityRegions()); len(scanned) != want {
			t.Errorf("%s: %d accounts and regions are scanned, want %d: %v", name, len(scanned), want, scanned)
		}
	}
	before := synthesized(t, "innovate")
	everywhere := func(account string) (ids []string) {
		for _, region := range before.SecurityRegions() {
			ids = append(ids, tf.Name(region, account))
		}
		slices.Sort(ids)
		return ids
	}
	for _, test := range []struct {
		name          string
		edits         []edit
		more, less    []string
		stays, except bool
	}{
		{"an account more", []edit{{"estate.yaml", `  dev: "333333333333"`, "  qa: \"123456789012\"\n$0"}, {"organization.yaml", `workloads/development: \[`, "${0}qa, "}},
			everywhere("qa"), nil, true, false},
		{"one that AWS has associated", []edit{{"organization.yaml", `  notify: \[security@innovate.example\]`, "  in_use: {dev: [inspector]}\n$0"}},
			nil, everywhere("dev"), false, false},
		{"one that is to be closed", []edit{{"organization.yaml", `workloads/development: \[staging, dev\]`, "workloads/development: [staging]"}, {"organization.yaml", `suspended: \[\]`, "suspended: [dev]"}},
			nil, everywhere("dev"), false, true},
	} {
		after := edited(t, "innovate", test.edits...)
		was, is := namedOf(before.stack("security-services"), "aws_inspector2_member_association"), namedOf(after.stack("security-services"), "aws_inspector2_member_association")
		lacks := func(all, others map[string]stackjson.Resource) (missing []string) {
			for _, name := range tf.Keys(all) {
				if _, ok := others[name]; !ok {
					missing = append(missing, name)
				}
			}
			return missing
		}
		if more, less := lacks(is, was), lacks(was, is); !slices.Equal(more, test.more) || !slices.Equal(less, test.less) {
			t.Errorf("%s: %v more, %v less", test.name, more, less)
		}
		if test.stays {
			stays(t, before, after)
		}
		for _, r := range namedOf(after.stack("security-services"), "aws_config_organization_managed_rule") {
			excluded, _ := r.Body["excluded_accounts"].([]any)
			if slices.Contains(excluded, any(before.Accounts["dev"])) != test.except {
				t.Errorf("%s: %s is not checked in %v", test.name, r.Address(), excluded)
			}
		}
	}
}

// The organisation's plans are not those of the account that administers them.
func TestTheAdministratorHasThePlansOfGuardDutyToo(t *testing.T) {
	for name, runtime := range map[string]string{"innovate": "ENABLED", "organization": "DISABLED"} {
		s := synthesized(t, name).stack("security-services")
		organization, own := namedOf(s, "aws_guardduty_organization_configuration_feature"), namedOf(s, "aws_guardduty_detector_feature")
		if len(own) == 0 || len(own) != len(organization) {
			t.Errorf("%s: %d plans of the organisation, %d of its administrator", name, len(organization), len(own))
		}
		for id, r := range own {
			if on := r.Body["status"] == "ENABLED"; on != (organization[id].Body["auto_enable"] == "ALL") {
				t.Errorf("%s: %s is %v", name, id, r.Body["status"])
			}
		}
		if got := own["us_east_1_runtime"].Body["status"]; got != runtime {
			t.Errorf("%s: runtime monitoring is %v", name, got)
		}
	}
}

// People hear what they can do something about.
func TestWhoIsToldOfWhichFindings(t *testing.T) {
	s := synthesized(t, "innovate").stack("security-services")
	for name, want := range map[string]string{
		"findings_findings":        `"ProductName":[{"anything-but":["Inspector","Security Hub"]}],"RecordState":["ACTIVE"],"Severity":{"Label":["HIGH","CRITICAL"]},"Workflow":{"Status":["NEW"]}`,
		"findings_controls":        `"ProductName":["Security Hub"],"RecordState":["ACTIVE"],"Severity":{"Label":["CRITICAL"]},"Workflow":{"Status":["NEW"]}`,
		"findings_vulnerabilities": `"ProductName":["Inspector"],"RecordState":["ACTIVE"],"Severity":{"Label":["CRITICAL"]},"Workflow":{"Status":["NEW"]}`,
	} {
		pattern, _ := resourceOf(t, s, "aws_cloudwatch_event_rule."+name).Body["event_pattern"].(string)
		if !strings.Contains(pattern, want) {
			t.Errorf("%s: %s", name, pattern)
		}
	}
}
