package guardrail

import (
	"encoding/json"
	"path"
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
	Regions: []string{"ap-southeast-1", "eu-central-1"}, GlobalRegion: "us-east-1", BackupRegion: "ap-southeast-2", IdentityHere: true,
	Plan: project + "-plan", Apply: project + "-apply", BreakGlass: project + "-break-glass", Bootstrap: "OrganizationAccountAccessRole",
	States: []string{project + "-state-*", project + "-plan-state-*"}, CI: []string{project + "-ci-plan", project + "-ci-apply"},
	StateBuckets: []string{"arn:aws:s3:::" + strings.Repeat("x", 63), "arn:aws:s3:::" + project + "-state-access-logs-111111111111"}, StateKey: "alias/" + project + "-terraform-state",
	BackupKey:  "alias/" + project + "-backup",
	Findings:   []string{"arn:aws:events:*:666666666666:rule/" + project + "-security-*", "arn:aws:sns:*:666666666666:" + project + "-security*"},
	LogAccount: "222222222222",
	LogBuckets: []string{"arn:aws:s3:::" + project + "-access-logs-222222222222", "arn:aws:s3:::" + project + "-config-222222222222", "arn:aws:s3:::" + project + "-flow-logs-222222222222", "arn:aws:s3:::" + project + "-query-logs-222222222222", "arn:aws:s3:::" + project + "-trail-222222222222"},
	LogGroups:  []string{"arn:aws:logs:*:*:log-group:/probe/" + project + "-*", "arn:aws:logs:*:*:log-group:/sessions/" + project + "-*", "arn:aws:logs:*:*:log-group:/trail/" + project + "-*", "arn:aws:logs:*:*:log-group:/vpc/" + project + "-*", "arn:aws:logs:*:*:log-group:/vpn/" + project + "-*"},
	Tags:       []string{"Environment", "ManagedBy", "Project", "Stack"}, ImageProviders: []string{"amazon"},
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
		"NoPublicDatabases", "NoPublicFunctions", "NoFunctionsForAnybody", "OnlyMetadataVersion2", "OnlyTheOrganisation", "OnlyForTheOrganisation", "OnlyOverTLS",
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
			regions := append(s.Condition["StringNotEquals"]["aws:RequestedRegion"], s.Condition["StringEquals"]["aws:RequestedRegion"]...)
			all = append(all, s.Sid+" "+strings.Join(regions, ","))
		}
		return strings.Join(all, "; ")
	}
	for want, c := range map[string]Config{
		"OnlyTheseRegions ap-southeast-1,us-east-1; OnlyWhatBelongsThere us-east-1":                               {Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1"},
		"OnlyTheseRegions ap-southeast-1,us-east-1":                                                               {Regions: []string{"ap-southeast-1", "us-east-1"}},
		"OnlyTheseRegions ap-southeast-1,ap-southeast-2,us-east-1; OnlyWhatBelongsThere ap-southeast-2,us-east-1": {Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1", BackupRegion: "ap-southeast-2"},
		"OnlyTheseRegions ap-southeast-1,us-east-1; OnlyWhatBelongsThere us-east-1 ":                              {Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1", BackupRegion: "us-east-1"},
		"OnlyTheseRegions ap-southeast-1,ap-southeast-2,us-east-1; OnlyWhatBelongsThere ap-southeast-2":           {Regions: []string{"ap-southeast-1", "us-east-1"}, BackupRegion: "ap-southeast-2"},
	} {
		if got := sids(c); got != strings.TrimSpace(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Nothing that runs a machine or a function, or holds data of people's own.
func TestWhatIsKeptElsewhereIsNotUsedThere(t *testing.T) {
	allowed := func(c Config, action string) bool {
		statements := c.regions()
		return slices.ContainsFunc(statements[1].NotAction, func(pattern string) bool {
			ok, err := path.Match(pattern, action)
			return err == nil && ok
		})
	}
	backups := Config{Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1", BackupRegion: "ap-southeast-2"}
	global := Config{Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1"}
	identity := Config{Regions: []string{"ap-southeast-1"}, GlobalRegion: "us-east-1", IdentityHere: true}
	for _, test := range []struct {
		action string
		in     Config
		want   bool
	}{
		{"backup:CopyIntoBackupVault", backups, true}, {"backup:StartCopyJob", backups, true}, {"rds:CopyDBSnapshot", backups, true}, {"ec2:CopySnapshot", backups, true},
		{"kms:CreateGrant", backups, true}, {"guardduty:GetFindings", backups, true},
		{"ec2:RunInstances", backups, false}, {"lambda:CreateFunction", backups, false}, {"s3:CreateBucket", backups, false}, {"rds:CreateDBInstance", backups, false}, {"rds:RestoreDBInstanceFromDBSnapshot", backups, false}, {"fsx:CreateFileSystemFromBackup", backups, false}, {"rds:CopyDBClusterSnapshot", backups, true}, {"eks:CreateCluster", backups, false},
		{"backup:StartCopyJob", global, false}, {"ec2:RunInstances", global, false}, {"servicequotas:ListServiceQuotas", global, true}, {"cost-optimization-hub:ListRecommendations", global, true},
		{"sso:ListInstances", global, false}, {"sso:ListInstances", identity, true}, {"sso-directory:SearchUsers", identity, true}, {"identitystore:CreateGroup", identity, true},
	} {
		if got := allowed(test.in, test.action); got != test.want {
			t.Errorf("%s in %v: %t", test.action, test.in, got)
		}
	}
}

// Without them nobody reads what they encrypted, so they are kept from whom it is kept from: of backups and of
// the states that is Terraform too.
func TestKeysAreKeptFromWhomTheirDataIs(t *testing.T) {
	for sid, want := range map[string]struct {
		alias  string
		exempt []string
	}{
		"KeepTheKeysOfBackups": {longest.BackupKey, longest.roles(longest.BreakGlass)},
		"KeepTheKeyOfStates":   {longest.StateKey, longest.roles(longest.BreakGlass, longest.Bootstrap)},
	} {
		found := false
		for _, g := range longest.All() {
			for _, p := range g.Parts {
				for _, s := range p.Statements {
					if s.Sid != sid {
						continue
					}
					found = true
					if got := s.Condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"]; !slices.Equal(got, []string{want.alias}) {
						t.Errorf("%s is about %v", sid, got)
					}
					if got := s.Condition["ArnNotLike"]["aws:PrincipalArn"]; !slices.Equal(got, want.exempt) {
						t.Errorf("%s exempts %v", sid, got)
					}
					for _, action := range []string{"kms:DeleteAlias", "kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"} {
						if !slices.Contains(s.Action, action) {
							t.Errorf("%s is not about %s", sid, action)
						}
					}
				}
			}
		}
		if !found {
			t.Errorf("no %s", sid)
		}
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
