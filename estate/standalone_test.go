package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/subnet"
)

// lone is an estate whose hub has no network: the design document's three
// configurations of a private network as they stand, each a spoke.
var lone = map[string]string{
	"estate.yaml": `project: lone
region: eu-central-1
zones: [euc1-az1, euc1-az2, euc1-az3]
accounts: {hub: "111111111111", production: "222222222222", dev: "333333333333", existing: "444444444444"}
on_premises: {cidrs: [172.16.0.0/14]}
github: {repository: lone/infra}
`,
	"hub.yaml": "registry: {pull_through_cache: [public.ecr.aws]}\n",
	"production.yaml": `network:
  cidr: 10.0.0.0/16
  private_only: true
  subnets:
    private: {euc1-az1: 10.0.10.0/24, euc1-az2: 10.0.20.0/24, euc1-az3: 10.0.30.0/24}
    database: {euc1-az1: 10.0.100.0/24, euc1-az2: 10.0.200.0/24, euc1-az3: 10.0.210.0/24}
  enable_vpc_endpoints: true
  routes:
    corporate: {cidr: 172.16.0.0/16, via: pcx-01234567}
security_groups: {}
bastion: {}
cluster: {}
database: {}
`,
	"dev.yaml": `network:
  cidr: 10.1.0.0/16
  private_only: true
  subnets:
    private: {euc1-az1: 10.1.10.0/24}
    database: {euc1-az1: 10.1.100.0/24}
  enable_vpc_endpoints: true
`,
	"existing.yaml": `network:
  cidr: 10.0.0.0/16
  private_only: true
  existing:
    vpc_id: vpc-01234567
    private_subnet_ids: {euc1-az1: subnet-00000001, euc1-az2: subnet-00000002}
    database_subnet_ids: {euc1-az1: subnet-00000003, euc1-az2: subnet-00000004}
    private_route_table_ids: [rtb-01234567]
  enable_vpc_endpoints: true
`,
}

func loadLone(t testing.TB, edits ...edit) *Estate {
	t.Helper()
	e, err := load(editedFiles(t, lone, edits...), "lone", "lone")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheThreeConfigurationsOfAPrivateNetworkLoad(t *testing.T) {
	e := loadLone(t)
	for _, account := range []string{"production", "dev", "existing"} {
		if n := e.Network(account); n.NAT != NATNone || len(Subnets(e.Plan(account), subnet.Public)) > 0 {
			t.Errorf("%s has a way to the internet: %+v", account, n)
		}
	}
	if got := Subnets(e.Plan("existing"), subnet.Database)[1]; got.Existing != "subnet-00000004" || got.Zone != "euc1-az2" || got.CIDR.IsValid() {
		t.Errorf("the second database subnet of the existing VPC is %+v", got)
	}
}

// What is missing of an existing VPC is made; what is there is not.
func TestOnlyMissingSubnetsOfAnExistingVPCAreMade(t *testing.T) {
	e := loadLone(t, edit{"existing.yaml", "    database_subnet_ids: {euc1-az1: subnet-00000003, euc1-az2: subnet-00000004}\n", ""},
		edit{"existing.yaml", "  enable_vpc_endpoints", "  subnets:\n    database: {euc1-az1: 10.0.100.0/24, euc1-az2: 10.0.200.0/24}\n    private: {euc1-az3: 10.0.30.0/24}\n  enable_vpc_endpoints"})
	var got []string
	for _, s := range e.Plan("existing") {
		if s.Existing == "" {
			got = append(got, fmt.Sprint(s.Tier, " ", s.Zone, " ", s.CIDR))
		}
	}
	want := []string{"database euc1-az1 10.0.100.0/24", "database euc1-az2 10.0.200.0/24", "private euc1-az3 10.0.30.0/24"}
	if !slices.Equal(got, want) {
		t.Errorf("made are %q, want %q", got, want)
	}
	// Where one range is not known, the tier is taken to be anywhere in the VPC.
	if got := e.Ranges("existing", subnet.Private); !slices.Equal(got, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}) {
		t.Errorf("the private ranges are %v", got)
	}
}

// A private-only network takes the slots of the address plan, too, and keeps those of
// public subnets free.
func TestAPrivateOnlyNetworkCanHaveTheSlotPlan(t *testing.T) {
	e := loadLone(t, edit{"production.yaml", lone["production.yaml"], "network: {cidr: 10.0.0.0/16, private_only: true, az_count: 3, database_subnets: true}\n"})
	plan := e.Plan("production")
	if got := fmt.Sprint(len(Subnets(plan, subnet.Private)), len(Subnets(plan, subnet.Database)), len(Subnets(plan, subnet.Public))); got != "3 3 0" {
		t.Errorf("private, database and public subnets: %s, want 3 3 0", got)
	}
	if !e.HasOwnEndpoints("production") {
		t.Error("it has no endpoints, though nobody said so")
	}
}

func TestEndpointsAreThoseThatTheEstateNeedsAndWhy(t *testing.T) {
	e := loadLone(t, edit{"production.yaml", "cluster: {}", `cluster:
  access: {admin: {role: admin, policy: AmazonEKSClusterAdminPolicy}}
  namespaces: {a: {}}
  identity: irsa
  identities:
    worker:
      namespace: a
      service_account: worker
      allow:
        scale: {actions: ["autoscaling:SetDesiredCapacity"], resources: ["arn:aws:autoscaling:eu-central-1:222222222222:*"]}
        keys: {actions: ["kms:Decrypt"], resources: ["arn:aws:kms:eu-central-1:222222222222:key/x"]}
        sign-in: {actions: ["rds-db:connect"], resources: ["arn:aws:rds-db:eu-central-1:222222222222:dbuser:*/app"]}`})
	reasons := map[string]string{}
	for _, endpoint := range e.OwnEndpoints("production") {
		reasons[endpoint.Service] = strings.Join(endpoint.Reasons, " / ")
	}
	for service, want := range map[string]string{
		"autoscaling": "Workload worker",
		"kms":         "Encryption of bastion sessions / Workload worker",
		"logs":        "Session logs of the bastion",
		"sqs":         "Interruption queue of Karpenter",
		"eks-auth":    "",
		"ecr.dkr":     "Image pulls",
	} {
		if reasons[service] != want {
			t.Errorf("%s: %q, want %q", service, reasons[service], want)
		}
	}
	var dev []string
	for _, endpoint := range e.OwnEndpoints("dev") {
		dev = append(dev, endpoint.Service)
	}
	if got := strings.Join(dev, " "); got != "ec2 ec2messages ecr.api ecr.dkr eks elasticloadbalancing secretsmanager ssm ssmmessages sts" {
		t.Errorf("a network alone has %s", got)
	}
	if slices.ContainsFunc(e.Warnings, func(w *Error) bool { return strings.Contains(w.Message, "endpoint") }) {
		t.Errorf("warnings: %v", e.Warnings)
	}
}

func TestAnAPIWithoutAnEndpointIsWarnedAbout(t *testing.T) {
	e := loadLone(t, edit{"production.yaml", "cluster: {}", `cluster:
  access: {admin: {role: admin, policy: AmazonEKSClusterAdminPolicy}}
  namespaces: {a: {}}
  identities:
    dns:
      namespace: a
      service_account: dns
      allow:
        records: {actions: ["route53:ChangeResourceRecordSets"], resources: ["arn:aws:route53:::hostedzone/Z1"]}`})
	want := "lone/production.yaml:20: cluster.identities.dns.allow.records: without NAT, the workload reaches route53 only if the service has an endpoint in VPCs: this program knows none"
	if !slices.ContainsFunc(e.Warnings, func(w *Error) bool { return w.Error() == want }) {
		t.Errorf("got %v, want %s", e.Warnings, want)
	}
}

// Every way in which a network that stands alone can be wrong.
var badStandalone = []struct {
	name  string
	edits []edit
	want  string
}{
	// The hub without a network.
	{"what only a hub with a network has", []edit{{"hub.yaml", "", "segment: shared\ntransit_gateway: {asn: 64512}\nendpoints: [sts]\ninbound_resolver: {zone_count: 2}\nprobe: true\n"}}, `
lone/hub.yaml:2: segment: the hub has no network: give it one, or leave this out
lone/hub.yaml:3: transit_gateway: the hub has no network: give it one, or leave this out
lone/hub.yaml:4: endpoints: the hub has no network: give it one, or leave this out
lone/hub.yaml:5: inbound_resolver: the hub has no network: give it one, or leave this out
lone/hub.yaml:6: probe: the hub has no network: give it one, or leave this out`},
	{"what only an estate with a hub network has", []edit{{"estate.yaml", "", "segments: {shared: {}}\ndns: {public_zones: [lone.example]}\n"}, {"dev.yaml", "", "segment: shared\n"}}, `
lone/dev.yaml:8: segment: a segment is of a transit gateway, and the hub has none: give hub.yaml a network, or leave it out
lone/estate.yaml:7: segments: segments are route tables of a transit gateway, and the hub has none: give hub.yaml a network, or leave them out
lone/estate.yaml:8: dns: zones are made with the hub's VPC, and the hub has no network: give hub.yaml one, or leave this out`},
	{"a mesh, and names on premises", []edit{{"estate.yaml", "cidrs: [172.16.0.0/14]", "cidrs: [172.16.0.0/14], domains: {corp.example: [172.16.0.1]}"}, {"estate.yaml", "", "segmentation: mesh\n"}}, `
lone/estate.yaml:5: on_premises.domains: the hub's outbound resolver asks for these names, and the hub has no network: give hub.yaml one, or leave them out
lone/estate.yaml:7: segmentation: a mesh is one of a transit gateway, and the hub has none: give hub.yaml a network`},

	// One zone.
	{"a cluster in one zone", []edit{{"dev.yaml", "", "cluster: {}\n"}}, `lone/dev.yaml:8: cluster: EKS wants subnets in two zones, and the network has one: name a range in a second zone under network.subnets.private, or leave the cluster out`},
	{"a cluster in one zone of the slot plan", []edit{{"dev.yaml", lone["dev.yaml"], "network: {cidr: 10.1.0.0/16, private_only: true, az_count: 1}\ncluster: {}\n"}}, `lone/dev.yaml:2: cluster: EKS wants subnets in two zones, and the network has one: set network.az_count: 2, or leave the cluster out`},
	{"a cluster in one zone of an existing VPC", []edit{{"existing.yaml", "{euc1-az1: subnet-00000001, euc1-az2: subnet-00000002}", "{euc1-az1: subnet-00000001}"}, {"existing.yaml", "", "cluster: {}\n"}}, `lone/existing.yaml:10: cluster: EKS wants subnets in two zones, and the network has one: name a subnet in a second zone under network.existing.private_subnet_ids, or leave the cluster out`},

	// No endpoints.
	{"no way out", []edit{{"production.yaml", "enable_vpc_endpoints: true", "enable_vpc_endpoints: false"}, {"production.yaml", "security_groups: {}\n", ""}}, `
lone/production.yaml:7: network.enable_vpc_endpoints: without NAT and without endpoints there is no way out for the cluster (image pulls by ecr.api and ecr.dkr, nodes by ec2 and eks, credentials of pods by sts), nor for the bastion (Session Manager by ssm and ssmmessages, its logs): set enable_vpc_endpoints: true`},
	{"further endpoints without any", []edit{{"dev.yaml", "enable_vpc_endpoints: true", "enable_vpc_endpoints: false\n  endpoints: [sns]"}}, `lone/dev.yaml:8: network.endpoints: the VPC has no endpoints of its own: set enable_vpc_endpoints: true, or leave this out`},
	{"endpoints that are none", []edit{{"dev.yaml", "enable_vpc_endpoints: true", "endpoints: [sqs, s3, sqs, snss]"}}, `
lone/dev.yaml:7: network.endpoints[1]: s3 needs no interface endpoint: every VPC has its own gateway endpoint, which is free
lone/dev.yaml:7: network.endpoints[2]: "sqs" is named twice, first on line 7
lone/dev.yaml:7: network.endpoints[3]: "snss" is not an AWS service whose endpoint has a private DNS name that is known here (did you mean "sns"?): those are ` + strings.Join(EndpointServices(), ", ") + `; state the name of another one under endpoint_names in estate.yaml`},
	{"a mesh whose images no way leads to", []edit{{"production.yaml", "cluster: {}", "cluster: {mesh: istio}"}}, `lone/production.yaml:12: cluster.mesh: without NAT nodes do not reach registry.istio.io, where the images of the mesh are, and which no pull-through cache knows: give the network NAT, or leave the mesh out`},
	{"a web ACL that the controller has no way to", []edit{{"production.yaml", "cluster: {}", "cluster: {waf: {}}"}}, `lone/production.yaml:12: cluster.waf: without NAT the load balancer controller does not reach AWS WAF, which has no endpoint in a VPC: give the network NAT, or leave this out`},
	{"a web ACL behind groups that send nothing out", []edit{{"production.yaml", "private_only: true", "nat: single"}, {"production.yaml", "    private: {", "    public: {euc1-az1: 10.0.1.0/24}\n    private: {"}, {"production.yaml", "cluster: {}", "cluster: {waf: {}}"}}, `lone/production.yaml:13: cluster.waf: pods in the groups of security_groups send nothing out of the VPC, and AWS WAF has no endpoint there: leave one of the two out`},
	{"a mesh behind groups that send nothing out", []edit{{"production.yaml", "private_only: true", "nat: single"}, {"production.yaml", "    private: {", "    public: {euc1-az1: 10.0.1.0/24}\n    private: {"}, {"production.yaml", "cluster: {}", "cluster: {mesh: istio}"}}, `lone/production.yaml:13: cluster.mesh: nodes in the groups of security_groups send nothing out of the VPC, and the images of the mesh are on registry.istio.io: leave one of the two out`},
	{"images that no way leads to", []edit{{"hub.yaml", lone["hub.yaml"], "registry: {}\n"}}, `lone/production.yaml:12: cluster: without NAT the images of Karpenter and the load balancer controller come from the hub's registry alone: add public.ecr.aws to registry.pull_through_cache in hub.yaml`},

	// Subnets.
	{"NAT in a private-only network", []edit{{"dev.yaml", "private_only: true", "private_only: true\n  nat: single"}}, `
lone/dev.yaml:4: network.nat: single is a way to the internet, and a private-only network has none: leave it out, or private_only`},
	{"public subnets in a private-only network", []edit{{"dev.yaml", "  subnets:\n", "  subnets:\n    public: {euc1-az1: 10.1.0.0/24}\n"}}, `lone/dev.yaml:5: network.subnets.public: a private-only network has no public subnets: leave them out, or private_only`},
	{"named subnets beside the slot plan", []edit{{"dev.yaml", "private_only: true", "private_only: true\n  az_count: 2\n  database_subnets: true\n  prefix_lengths: {private: 20}"}}, `
lone/dev.yaml:4: network.az_count: this shapes the slots of the address plan, and here every subnet is named: leave it out
lone/dev.yaml:5: network.database_subnets: this shapes the slots of the address plan, and here every subnet is named: leave it out
lone/dev.yaml:6: network.prefix_lengths: this shapes the slots of the address plan, and here every subnet is named: leave it out`},
	{"subnets that do not fit", []edit{{"dev.yaml", "{euc1-az1: 10.1.10.0/24}", "{euc1-az1: 10.1.10.0/24, euc1-az2: 10.2.10.0/24, euc1-az3: 10.1.100.0/25, euc1-az4: 10.1.20.0/27}"}}, `
lone/dev.yaml:5: network.subnets.private.euc1-az2: 10.2.10.0/24 lies outside the VPC's range, network.cidr (10.1.0.0/16)
lone/dev.yaml:5: network.subnets.private.euc1-az3: 10.1.100.0/25 overlaps network.subnets.database.euc1-az1 (10.1.100.0/24)
lone/dev.yaml:5: network.subnets.private.euc1-az4: "euc1-az4" is not one of the zones in estate.yaml: euc1-az1, euc1-az2, euc1-az3
lone/dev.yaml:5: network.subnets.private.euc1-az4: /27 is not a subnet size from /16 to /26`},
	{"no private subnet", []edit{{"dev.yaml", "    private: {euc1-az1: 10.1.10.0/24}\n", ""}}, `lone/dev.yaml:4: network.subnets: name a private subnet: nodes, endpoints and all else that works is in those`},
	{"neither public nor private-only", []edit{{"dev.yaml", "  private_only: true\n", ""}}, `
lone/dev.yaml:1: network: name network.subnets.public for load balancers and NAT gateways, or set private_only: true if there shall be no way to the internet
lone/dev.yaml:4: network.subnets.private: one zone is no availability, and EKS and RDS subnet groups need two: name a subnet in a second zone`},
	{"NAT without a public subnet", []edit{{"dev.yaml", lone["dev.yaml"], `network:
  cidr: 10.1.0.0/16
  nat: one_per_az
  subnets:
    public: {euc1-az1: 10.1.0.0/24}
    private: {euc1-az1: 10.1.10.0/24, euc1-az2: 10.1.20.0/24}
`}}, `lone/dev.yaml:5: network.subnets.public: zone euc1-az2 has no public subnet for its NAT gateway: name one, or set nat: none`},
	{"ranges of another kind", []edit{{"dev.yaml", "10.1.10.0/24", "\"fd00::/64\""}, {"dev.yaml", "10.1.100.0/24", "10.1.100.1/24"}}, `
lone/dev.yaml:5: network.subnets.private.euc1-az1: "fd00::/64" is not an IPv4 address range like 10.1.0.0/16
lone/dev.yaml:6: network.subnets.database.euc1-az1: 10.1.100.1/24 has host bits set: write 10.1.100.0/24`},
	{"attachments to nothing", []edit{{"dev.yaml", "  subnets:\n", "  subnets:\n    attachment: {euc1-az1: 10.1.0.0/28}\n"}}, `lone/dev.yaml:5: network.subnets.attachment: these are for the hub's transit gateway, and the hub has no network: leave them out`},

	// An existing VPC.
	{"ids that are none", []edit{{"existing.yaml", "vpc-01234567", "vpc-existing123"}, {"existing.yaml", "subnet-00000002", "subnet-00000001"}, {"existing.yaml", "[rtb-01234567]", "[rtb-01234567, rtb-01234567, main]"}}, `
lone/existing.yaml:5: network.existing.vpc_id: "vpc-existing123" is not the id of a VPC, such as vpc-0123456789abcdef0
lone/existing.yaml:6: network.existing.private_subnet_ids.euc1-az2: subnet-00000001 is network.existing.private_subnet_ids.euc1-az1 already
lone/existing.yaml:8: network.existing.private_route_table_ids[1]: "rtb-01234567" is named twice, first on line 8
lone/existing.yaml:8: network.existing.private_route_table_ids[2]: "main" is not the id of a route table, such as rtb-0123456789abcdef0`},
	{"a subnet by id and by range", []edit{{"existing.yaml", "  enable_vpc", "  subnets:\n    private: {euc1-az1: 10.0.10.0/24}\n  enable_vpc"}}, `lone/existing.yaml:10: network.subnets.private.euc1-az1: the subnet is there already, as network.existing.private_subnet_ids says: name its id or a range, not both`},
	{"a range outside the existing VPC", []edit{{"existing.yaml", "  enable_vpc", "  subnets:\n    private: {euc1-az3: 10.9.10.0/24}\n  enable_vpc"}}, `lone/existing.yaml:10: network.subnets.private.euc1-az3: 10.9.10.0/24 lies outside the VPC's range, network.cidr (10.0.0.0/16)`},
	{"an existing VPC and no subnets", []edit{{"existing.yaml", "    private_subnet_ids: {euc1-az1: subnet-00000001, euc1-az2: subnet-00000002}\n", ""}}, `lone/existing.yaml:4: network.existing: what is free in a VPC that is there already is not known here: name network.existing.private_subnet_ids, or ranges under network.subnets.private`},
	{"no route table for S3", []edit{{"existing.yaml", "    private_route_table_ids: [rtb-01234567]\n", ""}}, `lone/existing.yaml:4: network.existing: name the route tables of the private subnets under private_route_table_ids: the endpoint of S3 is a route in them, without which no image can be pulled`},
	{"an existing VPC with the internet, a probe and routes", []edit{{"existing.yaml", "  private_only: true\n", "  nat: none\n"}, {"existing.yaml", "", "  routes: {office: {cidr: 172.16.0.0/16, via: vgw-01234567}}\nprobe: true\n"}}, `
lone/existing.yaml:1: network: name network.subnets.public for load balancers and NAT gateways, or set private_only: true if there shall be no way to the internet
lone/existing.yaml:4: network.existing: ways to the internet are the VPC's own, and not made here: set private_only: true
lone/existing.yaml:10: network.routes: the route tables of subnets that are there already are not changed: write these routes where the tables are made
lone/existing.yaml:11: probe: the probe has a fixed address that its subnet reserves, which a VPC that is there already may have given away`},

	// Routes, groups, bastion.
	{"routes that lead nowhere", []edit{{"production.yaml", "corporate: {cidr: 172.16.0.0/16, via: pcx-01234567}", "dev: {cidr: 10.0.0.0/8, via: igw-01234567}\n    A: {cidr: 0.0.0.0/0, via: vgw-01234567}"}}, `
lone/production.yaml:9: network.routes.dev: the estate has a route of that name itself: choose another one
lone/production.yaml:9: network.routes.dev.cidr: 10.0.0.0/8 overlaps the VPC's own range (10.0.0.0/16)
lone/production.yaml:9: network.routes.dev.via: "igw-01234567" is not the id of a peering connection, a virtual private gateway or a transit gateway, such as pcx-0123456789abcdef0
lone/production.yaml:10: network.routes.A: "A" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
lone/production.yaml:10: network.routes.A.cidr: 0.0.0.0/0 is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)`},
	{"groups that are none", []edit{{"production.yaml", "security_groups: {}", "security_groups: {additional_security_group_ids: [bastion, sg-01234567, sg-01234567], bastion_security_group_id: sg-01234567}"}}, `
lone/production.yaml:10: security_groups.additional_security_group_ids[0]: "bastion" is not the id of a security group, such as sg-0123456789abcdef0
lone/production.yaml:10: security_groups.additional_security_group_ids[2]: "sg-01234567" is named twice, first on line 10
lone/production.yaml:10: security_groups.bastion_security_group_id: the bastion of this file has a group of its own: leave out one of the two`},
	{"groups without a cluster", []edit{{"dev.yaml", "", "security_groups: {}\n"}}, `lone/dev.yaml:8: security_groups: these are the groups of a cluster and its load balancers, and the spoke has no cluster: leave them out`},
	{"a bastion of another architecture", []edit{{"production.yaml", "bastion: {}", "bastion: {instance_type: t3.micro}"}}, `lone/production.yaml:11: bastion.instance_type: "t3.micro" is not a Graviton instance type, such as t4g.micro`},
	{"HTTPS without a certificate", []edit{{"production.yaml", "cluster: {}", "cluster: {namespaces: {a: {sample: true}}}"}}, `lone/production.yaml:12: cluster.namespaces.a.sample: security_groups let the frontend's load balancer answer HTTPS alone: name a certificate under cluster.certificate_arn`},
	{"a certificate of another region, and charts from nowhere", []edit{{"production.yaml", "cluster: {}", "cluster: {chart_repository: https://charts.example, certificate_arn: \"arn:aws:acm:us-east-1:222222222222:certificate/01234567-89ab-cdef-0123-456789abcdef\"}"}}, `
lone/production.yaml:12: cluster.certificate_arn: the certificate is in us-east-1 of account 222222222222: a load balancer takes one of its own region and account, eu-central-1 and 222222222222
lone/production.yaml:12: cluster.chart_repository: "https://charts.example" is not the repository of charts in a registry, oci://<registry>/<path>`},
}

func TestBadStandaloneNetworksAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badStandalone {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(editedFiles(t, lone, test.edits...), "lone", "lone")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, strings.TrimSpace(test.want))
			}
		})
	}
}

// A hub with a network keeps its spokes from having things twice, or alone.
func TestSpokesOfAHubNetworkHaveTheHubsThings(t *testing.T) {
	_, err := load(edited(t, edit{"dev.yaml", "probe: true", "bastion: {}\nsecurity_groups: {}"},
		edit{"dev.yaml", "  nat: none", "  nat: none\n  enable_vpc_endpoints: true\n  private_only: true"},
		edit{"hub.yaml", "  nat: single", "  nat: single\n  private_only: true\n  routes: {}"}), "acme", "acme")
	want := `acme/dev.yaml:6: network.enable_vpc_endpoints: endpoints are in the hub's network, whose private zones answer for the same names: leave this out
acme/dev.yaml:16: bastion: the bastion sends nothing out of its VPC, and endpoints are in the hub's network: leave it out
acme/dev.yaml:17: security_groups: nodes in these groups send nothing out of the VPC, and endpoints are in the hub's network: leave them out
acme/hub.yaml:6: network.private_only: only the network of a spoke has this
acme/hub.yaml:7: network.routes: only the network of a spoke has this`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// Without segments an estate with a hub network is not whole.
func TestAHubNetworkTakesSegments(t *testing.T) {
	_, err := load(edited(t, edit{"estate.yaml", "segments:\n  shared: {}\n  dev:\n    reaches: [shared]\n  prod:\n    reaches: [shared]\n", ""},
		edit{"dev.yaml", "segment: dev\n", ""}), "acme", "acme")
	want := "acme/dev.yaml:1: segment: missing\nacme/estate.yaml:1: segments: missing"
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}
