package guardrail

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/awsaction"
)

// longest is the configuration whose policies are as long as those of any estate can be: what they
// are written from does not grow with accounts.
var longest = Config{
	Anywhere: arn.Account{Partition: "aws", Region: "*", Number: "*"}, Organization: "o-" + strings.Repeat("x", 32),
	Regions: []string{"ap-southeast-1", "ap-southeast-2", "eu-central-1"}, GlobalRegion: "us-east-1",
	Plan: project + "-plan", Apply: project + "-apply", BreakGlass: project + "-break-glass", Bootstrap: "OrganizationAccountAccessRole",
	States: []string{project + "-state-*", project + "-plan-state-*"}, CI: []string{project + "-ci-plan", project + "-ci-apply"},
	StateBucket: "arn:aws:s3:::" + strings.Repeat("x", 63),
	LogAccount:  "222222222222",
	LogBuckets:  []string{"arn:aws:s3:::" + project + "-access-logs-222222222222", "arn:aws:s3:::" + project + "-config-222222222222", "arn:aws:s3:::" + project + "-flow-logs-222222222222", "arn:aws:s3:::" + project + "-query-logs-222222222222", "arn:aws:s3:::" + project + "-trail-222222222222"},
	LogGroups:   []string{"arn:aws:logs:*:*:log-group:/probe/" + project + "-*", "arn:aws:logs:*:*:log-group:/sessions/" + project + "-*", "arn:aws:logs:*:*:log-group:/trail/" + project + "-*", "arn:aws:logs:*:*:log-group:/vpc/" + project + "-*", "arn:aws:logs:*:*:log-group:/vpn/" + project + "-*"},
	Tags:        []string{"Environment", "ManagedBy", "Project", "Stack"}, ImageProviders: []string{"amazon"},
}

const project = "twenty-letters-long0"

// byPolicy are the parts of all guardrails, by type and policy.
func byPolicy(c Config) map[string][]Part {
	all := map[string][]Part{}
	for _, g := range c.All() {
		for _, p := range g.Parts {
			key := string(p.Type) + " " + p.Policy
			all[key] = append(all[key], p)
		}
	}
	return all
}

// AWS attached four policies of an organisation's own, of 5,120 characters, to a unit before May 2026, and
// organisations may have kept that.
func TestPoliciesFitWhereAWSTookHalf(t *testing.T) {
	const before = 5120
	serviceControl := 0
	for name, parts := range byPolicy(longest) {
		size := len(Content(parts))
		if size > min(before, parts[0].Type.Size().Default) {
			t.Errorf("%s has %d characters", name, size)
		}
		if parts[0].Type == ServiceControl {
			serviceControl++
		}
	}
	if serviceControl > 3 {
		t.Errorf("%d policies of service control leave no room for one of one's own", serviceControl)
	}
}

func TestEveryGuardrailNamesActionsThatExist(t *testing.T) {
	for _, g := range longest.All() {
		for _, p := range g.Parts {
			for _, s := range p.Statements {
				for _, action := range append(slices.Clone(s.Action), s.NotAction...) {
					if problem, _ := awsaction.Problem(action); problem != "" {
						t.Errorf("%s/%s: %s", g.Name, s.Sid, problem)
					}
				}
				if list := append(slices.Clone(s.Action), s.NotAction...); !slices.IsSorted(list) || len(slices.Compact(list)) != len(s.Action)+len(s.NotAction) {
					t.Errorf("%s/%s: %v is not sorted, or names one twice", g.Name, s.Sid, list)
				}
			}
		}
	}
}

// Each would be a mistake if somebody else wrote it.
func TestEveryGuardrailPassesTheCheckOfOwnPolicies(t *testing.T) {
	for name, parts := range byPolicy(longest) {
		if parts[0].Type != ServiceControl && parts[0].Type != ResourceControl {
			continue
		}
		content, problems := Check([]byte(Content(parts)), parts[0].Type)
		if len(problems) > 0 || content != Content(parts) {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if _, problems := Check([]byte(longest.SuspendedContent()), ServiceControl); len(problems) > 0 {
		t.Errorf("suspended: %v", problems)
	}
}

// An exemption by name is a hole unless nobody else can have the name.
func TestWhoeverIsExemptIsProtected(t *testing.T) {
	var protected []string
	for _, g := range longest.All() {
		if g.Name != "deployment" {
			continue
		}
		for _, s := range g.Parts[0].Statements {
			if slices.Contains(s.Action, "iam:UpdateAssumeRolePolicy") {
				protected = s.Resource
			}
		}
	}
	for _, g := range longest.All() {
		for _, p := range g.Parts {
			for _, s := range p.Statements {
				for _, role := range s.Condition["ArnNotLike"]["aws:PrincipalArn"] {
					if !slices.Contains(protected, role) {
						t.Errorf("%s/%s exempts %s, which anybody may make", g.Name, s.Sid, role)
					}
				}
			}
		}
	}
	if len(protected) != 8 {
		t.Errorf("protected are %v", protected)
	}
}

// Neither the region guard nor what is not to be opened exempts Terraform: an estate that needed it would be
// wrong.
func TestSomeGuardrailsBindEverybody(t *testing.T) {
	binding := []string{
		"OnlyTheseRegions", "NothingByRoot", "StayInTheOrganisation", "OnlyEncryptedDatabases", "OnlyEncryptedDatabaseClusters", "OnlyEncryptedFileSystems",
		"NoPublicDatabases", "NoPublicFunctions", "OnlyMetadataVersion2", "OnlyTheOrganisation", "OnlyForTheOrganisation", "OnlyOverTLS",
	}
	for _, g := range longest.All() {
		for _, p := range g.Parts {
			for _, s := range p.Statements {
				if _, exempts := s.Condition["ArnNotLike"]; exempts == slices.Contains(binding, s.Sid) {
					t.Errorf("%s/%s: exempts somebody: %t", g.Name, s.Sid, exempts)
				}
			}
		}
	}
}

// Identity providers of GitHub, of clusters and of people belong to no organisation.
func TestTheResourcePerimeterLeavesIdentityProvidersAlone(t *testing.T) {
	for _, s := range []string{"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", "sts:*", "*"} {
		if slices.Contains(resourceServices(), s) {
			t.Errorf("%s would keep identity providers out", s)
		}
	}
	for _, service := range resourceServices() {
		if name, _, _ := strings.Cut(service, ":"); !awsaction.InResourcePolicies(name) {
			t.Errorf("resource control policies are not about %s", service)
		}
	}
}

func TestAllOfUsEast1IsForWhoNamesIt(t *testing.T) {
	sids := func(c Config) string {
		var all []string
		for _, s := range c.regions() {
			all = append(all, s.Sid+" "+strings.Join(s.Condition["StringNotEquals"]["aws:RequestedRegion"], ","))
		}
		return strings.Join(all, "; ")
	}
	c := Config{Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1"}
	if got, want := sids(c), "OnlyTheseRegions ap-southeast-1,us-east-1; OnlyGlobalServicesInTheirRegion "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c = Config{Regions: []string{"ap-southeast-1", "us-east-1"}}
	if got, want := sids(c), "OnlyTheseRegions ap-southeast-1,us-east-1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Policies about settings are put together key by key, and come out in the one order.
func TestSettingsOfSeveralGuardrailsAreOnePolicy(t *testing.T) {
	text := Content(byPolicy(longest)["DECLARATIVE_POLICY_EC2 instances"])
	var read map[string]map[string]any
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"allowed_images_settings", "image_block_public_access", "instance_metadata_defaults", "serial_console_access", "snapshot_block_public_access"} {
		if read["ec2_attributes"][setting] == nil {
			t.Errorf("no %s in %s", setting, text)
		}
	}
	if again := Content(byPolicy(longest)["DECLARATIVE_POLICY_EC2 instances"]); again != text || strings.ContainsAny(text, "\n ") {
		t.Errorf("%s is not canonical", text)
	}
}
