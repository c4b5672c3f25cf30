package cost

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// golden are the reviewed stacks of the estates under test.
func golden(t *testing.T, estate string) []*stackjson.Stack {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../test/testdata/golden", estate, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files of %s: %v", estate, err)
	}
	var stacks []*stackjson.Stack
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := stackjson.Parse(strings.TrimSuffix(filepath.Base(file), ".json"), file, text)
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	return stacks
}

// Whoever adds a type of resource says whether it costs something by being there.
func TestEveryTypeOfTheEstatesIsChargedOrFree(t *testing.T) {
	seen := map[string]bool{}
	for _, estate := range []string{"artos", "innovate", "mesh", "options", "piksel"} {
		for _, s := range golden(t, estate) {
			for _, r := range s.Resources() {
				seen[r.Type] = true
				if charged[r.Type] == nil && !isFree(r.Type) && !r.Data {
					t.Errorf("%s: %s: neither charged for nor free: put its type into count.go", s.Name, r.Address())
				}
				if charged[r.Type] != nil && isFree(r.Type) {
					t.Errorf("%s is charged for and free", r.Type)
				}
			}
		}
	}
	for kind := range charged {
		if !seen[kind] {
			t.Errorf("no estate has %s: its counting is not tried", kind)
		}
	}
}

// Every resource that AWS charges for shows in the sum, or among what is not priced.
func TestWhatIsChargedForIsCounted(t *testing.T) {
	for _, estate := range []string{"artos", "mesh", "options", "piksel"} {
		stacks := golden(t, estate)
		report, err := Of(stacks, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, a := range report.Accounts {
			for _, line := range a.Lines {
				got[line.Item] += line.Count
				listed := slices.ContainsFunc(report.NotPriced, func(text string) bool {
					return strings.Contains(text, a.Name+": ") && strings.Contains(text, line.Item)
				})
				if listed != (line.Price == nil) {
					t.Errorf("%s: %s: price %v, among what is not priced: %v", estate, line.Item, line.Price, listed)
				}
			}
		}
		for kind, item := range map[string]string{
			"aws_nat_gateway": "NAT gateway", "aws_eip": "Public IPv4 address", "aws_eks_cluster": "EKS cluster", "aws_kms_key": "KMS key",
			"aws_ec2_transit_gateway_vpc_attachment": gatewayAttachment, "aws_cloudwatch_metric_alarm": "CloudWatch alarm", "aws_route53_zone": hostedZone, "aws_vpn_connection": "VPN connection",
		} {
			want := float64(resourcesOf(stacks, kind))
			if item == gatewayAttachment {
				want += float64(resourcesOf(stacks, "aws_vpn_connection") + resourcesOf(stacks, "aws_dx_gateway_association"))
			}
			if got[item] != want {
				t.Errorf("%s: %g × %s, want %g", estate, got[item], item, want)
			}
		}
	}
}

func resourcesOf(stacks []*stackjson.Stack, kind string) int {
	n := 0
	for _, s := range stacks {
		for _, r := range s.Resources() {
			if r.Type == kind && !r.Data {
				n++
			}
		}
	}
	return n
}

const provider = `"provider": {"aws": [
	{"region": "us-east-1", "allowed_account_ids": ["222222222222"]},
	{"alias": "hub", "region": "us-east-1", "allowed_account_ids": ["111111111111"]}]}`

// reported is the report of one stack with some resources, as people read it.
func reported(t *testing.T, resources string, options Options) (*Report, string) {
	t.Helper()
	s, err := stackjson.Parse("one", "one.json", []byte(`{`+provider+`, "resource": {`+resources+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Of([]*stackjson.Stack{s}, options)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.Text(&out); err != nil {
		t.Fatal(err)
	}
	return report, strings.Join(strings.Fields(out.String()), " ")
}

func TestChargesAreThoseOfTheirResources(t *testing.T) {
	for name, test := range map[string]struct{ resources, want string }{
		"endpoint in three zones": {`"aws_vpc_endpoint": {"sts": {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b", "c"]}}`, "Interface endpoint, each zone 3 21.90"},
		"resolver endpoint":       {`"aws_route53_resolver_endpoint": {"inbound": {"ip_address": [{}, {}]}}`, "Resolver endpoint, each address 2 182.50"},
		"domain list":             {`"aws_route53_resolver_firewall_domain_list": {"blocked": {"domains": ["a.", "*.a.", "b.", "*.b."]}}`, "DNS Firewall, each domain of own lists 4 ~ 0.00"},
		"cluster":                 {`"aws_eks_cluster": {"c": {"version": "1.35"}}`, "EKS cluster 1 73.00"},
		"old cluster":             {`"aws_eks_cluster": {"c": {"version": "1.20"}}`, "EKS cluster in extended support 1 438.00"},
		"nodes": {`"aws_eks_node_group": {"system": {"instance_types": ["m7g.large"], "scaling_config": {"min_size": 2, "desired_size": 3}, "launch_template": {"id": "${aws_launch_template.system.id}"}}},
			"aws_launch_template": {"system": {"block_device_mappings": [{"ebs": {"volume_size": 50}}]}}`, "EBS gp3 volume, each GB 150 ~ 12.00 EC2 m7g.large 3 ~ 178.70"},
		"nodes on spare capacity": {`"aws_eks_node_group": {"system": {"capacity_type": "SPOT", "scaling_config": {"min_size": 2}}}`, "EC2 spot, any of several types 2 not priced"},
		"instance": {`"aws_instance": {"probe": {"launch_template": {"name": "${aws_launch_template.probe.name}"}}}, "aws_launch_template": {"probe": {"instance_type": "t4g.nano"}}`,
			"EBS gp3 volume, each GB 8 ~ 0.64 EC2 t4g.nano 1 ~ 3.07"},
		"database with a standby": {`"aws_db_instance": {"d": {"instance_class": "db.m7g.large", "multi_az": true, "allocated_storage": 100, "manage_master_user_password": true}}`,
			"RDS PostgreSQL db.m7g.large 2 ~ 245.28 RDS gp3 storage, each GB 200 ~ 23.00 Secret 1 ~ 0.40"},
	} {
		_, got := reported(t, test.resources, Options{Extended: func(version string) bool { return version == "1.20" }})
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	if report, _ := reported(t, `"aws_vpc_endpoint": {"s3": {"vpc_endpoint_type": "Gateway"}}, "aws_vpc": {"main": {}}`, Options{}); report.Month != 0 {
		t.Errorf("a gateway endpoint and a VPC cost %v", report)
	}
}

// A link makes things in two accounts; each pays for its own.
func TestTheAccountOfTheProviderPays(t *testing.T) {
	report, _ := reported(t, `"aws_kms_key": {"mine": {}, "theirs": {"provider": "aws.hub"}, "also": {"provider": "${aws.hub}"}}`, Options{Accounts: map[string]string{"111111111111": "hub"}})
	var got []string
	for _, a := range report.Accounts {
		got = append(got, a.Name)
	}
	if !slices.Equal(got, []string{"222222222222", "hub"}) || report.Accounts[0].Month != 1 || report.Accounts[1].Month != 2 {
		t.Errorf("got %+v", report.Accounts)
	}
}

func TestZonesAreCheaperFromTheTwentySixth(t *testing.T) {
	var zones []string
	for i := range 27 {
		zones = append(zones, `"z`+string(rune('a'+i))+`": {}`)
	}
	report, _ := reported(t, `"aws_route53_zone": {`+strings.Join(zones, ",")+`}`, Options{})
	if want := 25*0.5 + 2*0.1; report.Month != want {
		t.Errorf("27 zones cost %v, want %v", report.Month, want)
	}
}

// Of budgets that stop an account AWS charges for the third and those after it.
func TestTwoBudgetsWithActionsAreFree(t *testing.T) {
	for count, want := range map[int]float64{2: 0, 4: 2 * 3.04} {
		var actions []string
		for i := range count {
			actions = append(actions, fmt.Sprintf(`"x%d": {}`, i))
		}
		report, _ := reported(t, `"aws_budgets_budget_action": {`+strings.Join(actions, ",")+`}`, Options{})
		if math.Abs(report.Month-want) > 0.01 {
			t.Errorf("%d actions cost %v, want %v", count, report.Month, want)
		}
	}
}

// What nobody has thought of must not look as if it were free.
func TestAnUnknownTypeIsReported(t *testing.T) {
	report, got := reported(t, `"aws_redshift_cluster": {"big": {}}`, Options{})
	if len(report.NotPriced) != 1 || !strings.Contains(got, "Not priced: resources aws_redshift_cluster: nothing is known of what they cost") {
		t.Errorf("got %s", got)
	}
}

func TestTheResolverThatOnlyOthersNeedIsNamed(t *testing.T) {
	for options, want := range map[bool]string{
		false: "222222222222: the resolver endpoints, 182.50 a month, are what networks outside AWS need, and the estate names none under on_premises",
		true:  "222222222222: the resolver endpoints, 182.50 a month, are what networks outside AWS need, and the estate names such networks under on_premises",
	} {
		report, _ := reported(t, `"aws_route53_resolver_endpoint": {"inbound": {"ip_address": [{}, {}]}}`, Options{OnPremises: options})
		if !slices.Equal(report.Notes, []string{want}) {
			t.Errorf("got %v, want %s", report.Notes, want)
		}
	}
}

// A sum that leaves out what costs most says so.
func TestServicesThatAreChargedByUseAreNamed(t *testing.T) {
	report, _ := reported(t, `"aws_guardduty_organization_configuration": {"a": {}, "b": {}}, "aws_config_configuration_recorder": {"a": {}}`, Options{})
	if want := []string{"charged by use, and in no sum here: AWS Config (what it records, and its rules), GuardDuty (events, processes, volumes)"}; !slices.Equal(report.Notes, want) {
		t.Errorf("got %q", report.Notes)
	}
}

func TestAPriceHasADateAndASource(t *testing.T) {
	if _, err := Prices(); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		",*,1,hour,2026-01-01,yes,AWS", "Key,,1,hour,2026-01-01,yes,AWS", "Key,*,free,hour,2026-01-01,yes,AWS", "Key,*,0,hour,2026-01-01,yes,AWS",
		"Key,*,1,year,2026-01-01,yes,AWS", "Key,*,1,hour,lately,yes,AWS", "Key,*,1,hour,2026-01-01,maybe,AWS", "Key,*,1,hour,2026-01-01,yes,",
	} {
		if p, err := parse(strings.Split(row, ",")); err == nil {
			t.Errorf("%s is taken for %+v", row, p)
		}
	}
}
