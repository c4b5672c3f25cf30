package estate

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// organizationWith is an estate that is an organisation, with something in the place of the
// regions of its guardrails, or of its section security.
func organizationWith(guardrails, security string) fstest.MapFS {
	return fstest.MapFS{
		"estate.yaml": {Data: []byte(`project: acme
region: ap-southeast-1
zones: [apse1-az1, apse1-az2]
accounts:
  management: "999999999999"
  hub: "111111111111"
  log-archive: "222222222222"
  security: "333333333333"
  dev: "444444444444"
logs:
  account: log-archive
state:
  bootstrap_in_bucket: true
  administrators: [arn:aws:iam::111111111111:role/platform]
`)},
		"hub.yaml": {Data: []byte("registry: {}\n")},
		"organization.yaml": {Data: []byte(`id: o-abcdefghij
email: aws+{account}@acme.example
administrators: [arn:aws:iam::999999999999:role/organization]
units: {security: [log-archive, security], others: [hub, dev]}
guardrails: {` + guardrails + `}
security:
  account: security
` + security)},
	}
}

func TestBadSecurityServicesAreToldWithFileAndLine(t *testing.T) {
	for _, test := range []struct{ name, guardrails, security, want string }{
		{"an unknown region", "", "  regions: [ap-southeast-1, ap-southeast-9]\n", `acme/organization.yaml:8: security.regions[1]: ap-southeast-9 is not a region (did you mean "ap-southeast-1"?)`},
		{"a region that nobody may use", "", "  regions: [ap-southeast-1, eu-west-1]\n", `acme/organization.yaml:8: security.regions[1]: guardrails.regions denies eu-west-1, where security.regions turns GuardDuty on`},
		{"without the estate's region", "", "  regions: [us-east-1]\n", `acme/organization.yaml:8: security.regions: ap-southeast-1 is the estate's region, and nothing would watch it: name it here`},
		{"no region at all for Inspector", "", "  inspector: [ebs]\n", `acme/organization.yaml:8: security.inspector[0]: "ebs" is not what Inspector scans: those are ec2, ecr, lambda, lambda-code`},
		{"code of functions alone", "", "  inspector: [ecr, lambda-code]\n", `acme/organization.yaml:8: security.inspector: Inspector scans the code of functions with what they depend on alone: add lambda`},
		{"an unknown standard", "", "  security_hub: {standards: [cis-2.0]}\n", `acme/organization.yaml:8: security.security_hub.standards[0]: "cis-2.0" is not a standard of Security Hub (did you mean "cis-3.0"?): those are cis-3.0, cis-5.0, fsbp, nist-800-53-5, pci-dss-4.0.1`},
		{"a control without a reason", "", "  security_hub: {disabled: {IAM.6: ' '}}\n", `acme/organization.yaml:8: security.security_hub.disabled["IAM.6"]: empty: give it a value, or leave the key out`},
		{"what is no control", "", "  security_hub: {disabled: {iam-6: none}}\n", `acme/organization.yaml:8: security.security_hub.disabled.iam-6: "iam-6" is not the id of a control of Security Hub, such as IAM.6`},
		{"a rule except in an unknown account", "", "  config: {rules: {tagged: {identifier: REQUIRED_TAGS, except: [prod]}}}\n", `acme/organization.yaml:8: security.config.rules.tagged.except[0]: there is no account "prod" in estate.yaml: it has dev, hub, log-archive, management, security`},
		{"a rule that is none of AWS's", "", "  config: {rules: {tagged: {identifier: required-tags}}}\n", `acme/organization.yaml:8: security.config.rules.tagged.identifier: "required-tags" is not the identifier of a rule that AWS manages, in capitals, such as REQUIRED_TAGS`},
		{"another frequency", "", "  config: {recording: hourly}\n", `acme/organization.yaml:8: security.config.recording: "hourly" is not one of continuous, daily`},
		{"a service that is in use where it does not matter", "", "  in_use: {dev: [config, guardduty]}\n", `acme/organization.yaml:8: security.in_use.dev[1]: guardduty is prepared in the management account alone: in dev it is switched on from security, whether or not it is in use`},
		{"unused for more than a year", "", "  unused_access_days: 400\n", `acme/organization.yaml:8: security.unused_access_days: want a number from 1 to 365, not 400: Access Analyzer looks back a year`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(organizationWith(test.guardrails, test.security), "acme", "acme")
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

func TestWhoAdministersSecurityServicesDoesNotKeepTheLogs(t *testing.T) {
	files := organizationWith("", "")
	files["estate.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["estate.yaml"].Data), "account: log-archive", "account: security", 1))}
	_, err := load(files, "acme", "acme")
	const want = `acme/organization.yaml:7: security.account: security keeps the logs: who administers the services that read them must not be able to change them`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Security Hub's home is a region that every account has from the beginning.
func TestTheHomeOfSecurityHub(t *testing.T) {
	files := organizationWith("", "")
	e, err := load(files, "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	if e.SecurityHome() != "ap-southeast-1" || !slices.Equal(e.SecurityRegions(), []string{"ap-southeast-1", "us-east-1"}) {
		t.Errorf("home %s, regions %v", e.SecurityHome(), e.SecurityRegions())
	}
	jakarta := strings.NewReplacer("ap-southeast-1", "ap-southeast-3", "apse1-", "apse3-").Replace(string(files["estate.yaml"].Data))
	files["estate.yaml"] = &fstest.MapFile{Data: []byte(jakarta)}
	if e, err = load(files, "acme", "acme"); err != nil {
		t.Fatal(err)
	}
	if e.SecurityHome() != "us-east-1" {
		t.Errorf("home %s", e.SecurityHome())
	}
	files["organization.yaml"] = organizationWith("", "  regions: [ap-southeast-3]\n")["organization.yaml"]
	_, err = load(files, "acme", "acme")
	const want = `acme/organization.yaml:8: security.regions: Security Hub collects the findings of all regions in one that every account has from the beginning, which ap-southeast-3 is not: name us-east-1 here`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// watchedOrbit is the organisation orbit, whose processes GuardDuty watches.
func watchedOrbit(t *testing.T, edits ...edit) *Estate {
	t.Helper()
	return loadOrbit(t, append([]edit{{"organization.yaml", "", "security: {account: prod, guardduty: {runtime: true}}\n"}}, edits...)...)
}

// Two agents on one node would be two that report the same.
func TestGuardDutyInstallsItsAgentItself(t *testing.T) {
	agent := edit{"dev.yaml", "cluster: {", "cluster: {guardduty_agent: true, "}
	if e := loadOrbit(t, agent); !e.Spoke("dev").Cluster.GuardDutyAgent {
		t.Error("without runtime monitoring the cluster has no agent of its own")
	}
	_, err := load(editedFiles(t, orbit, agent, edit{"organization.yaml", "", "security: {account: prod, guardduty: {runtime: true}}\n"}), "orbit", "orbit")
	const want = `orbit/dev.yaml:3: cluster.guardduty_agent: GuardDuty installs and updates its agent itself, as security.guardduty.runtime of organization.yaml says: leave this out`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// GuardDuty makes an endpoint in each VPC, with the name that its agents ask for. What a
// VPC may resolve has it, and no firewall has to let it out.
func TestAgentsOfGuardDutyFindItsEndpoint(t *testing.T) {
	const name = "guardduty-data.ap-southeast-3.amazonaws.com"
	for _, test := range []struct {
		what    string
		estate  *Estate
		watched bool
	}{{"watched", watchedOrbit(t), true}, {"not watched", loadOrbit(t), false}} {
		if got := slices.Contains(test.estate.AllowedNames("prod"), name); got != test.watched {
			t.Errorf("%s: prod may resolve the name: %v", test.what, got)
		}
		if got := test.estate.isPrivate("prod", name); got != test.watched {
			t.Errorf("%s: the name leads to the VPC itself: %v", test.what, got)
		}
	}
}

// Where accounts may do something, something watches them.
func TestRegionsThatNothingWatchesAreWarnedOf(t *testing.T) {
	e, err := load(organizationWith("regions: [ap-southeast-1, eu-west-1]", "  regions: [ap-southeast-1]\n"), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		warned(t, e, `acme/organization.yaml:8: security.regions: accounts may use `+region+`, and nothing watches what they do there: name it here`)
	}
}
