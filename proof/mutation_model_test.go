package proof

import (
	"slices"
	"strings"
	"testing"
)

// privateSubnets are private subnets of dev, as an argument.
const privateSubnets = `["${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"]`

// openGroup is a group that lets all in, as an argument.
const openGroup = `["${aws_security_group.open.id}"]`

// What is placed into the public subnets of dev, with an address and a group that lets all
// in, is reached from the internet, whatever type places it there.
var placedInPublic = map[string]string{
	"aws_autoscaling_group of a launch template":      `{"vpc_zone_identifier": PUBLIC, "launch_template": [{"id": "${aws_launch_template.open.id}"}]}`,
	"aws_autoscaling_group of a launch configuration": `{"vpc_zone_identifier": PUBLIC, "launch_configuration": "${aws_launch_configuration.open.name}"}`,
	"aws_autoscaling_group of a mixed policy":         `{"vpc_zone_identifier": PUBLIC, "mixed_instances_policy": [{"launch_template": [{"launch_template_specification": [{"launch_template_id": "${aws_launch_template.open.id}"}]}]}]}`,
	"aws_autoscaling_group of an override":            `{"vpc_zone_identifier": PUBLIC, "mixed_instances_policy": [{"launch_template": [{"launch_template_specification": [{"launch_template_id": "${aws_launch_template.closed.id}"}], "override": [{"instance_type": "t4g.nano", "launch_template_specification": [{"launch_template_id": "${aws_launch_template.open.id}"}]}]}]}]}`,
	"aws_spot_instance_request":                       `{"subnet_id": "${aws_subnet.public_apse3_az1.id}", "vpc_security_group_ids": OPEN, "associate_public_ip_address": true}`,
	"aws_spot_fleet_request of a specification":       `{"launch_specification": [{"subnet_id": "${aws_subnet.public_apse3_az1.id}", "vpc_security_group_ids": OPEN, "associate_public_ip_address": true}]}`,
	"aws_spot_fleet_request of a template":            `{"launch_template_config": [{"launch_template_specification": [{"id": "${aws_launch_template.open.id}"}], "overrides": [{"subnet_id": "${aws_subnet.public_apse3_az1.id}"}]}]}`,
	"aws_ec2_fleet":                                   `{"launch_template_config": [{"launch_template_specification": [{"launch_template_id": "${aws_launch_template.open.id}", "version": "1"}], "override": [{"subnet_id": "${aws_subnet.public_apse3_az1.id}"}]}]}`,
	"aws_redshift_cluster":                            `{"cluster_subnet_group_name": "${aws_redshift_subnet_group.public.name}", "vpc_security_group_ids": OPEN}`,
	"aws_redshiftserverless_workgroup":                `{"subnet_ids": PUBLIC, "security_group_ids": OPEN, "publicly_accessible": true}`,
	"aws_elb":                                         `{"subnets": PUBLIC, "security_groups": OPEN}`,
}

// beside are what the resources of placedInPublic name.
func beside() change {
	return wide("dev").then(all(
		put("dev-network resource aws_launch_template open", `{"network_interfaces": [{"security_groups": `+openGroup+`, "associate_public_ip_address": "true"}]}`),
		put("dev-network resource aws_launch_template closed", `{"vpc_security_group_ids": ["${aws_security_group.probe.id}"]}`),
		put("dev-network resource aws_launch_configuration open", `{"name": "open", "security_groups": `+openGroup+`, "associate_public_ip_address": true}`),
		put("dev-network resource aws_redshift_subnet_group public", `{"name": "public", "subnet_ids": ["${aws_subnet.public_apse3_az1.id}"]}`),
		put("dev-network resource aws_redshift_subnet_group private", `{"name": "private", "subnet_ids": `+privateSubnets+`}`),
	))
}

func TestWhatIsPlacedIntoPublicSubnetsIsReached(t *testing.T) {
	t.Parallel()
	replacer := strings.NewReplacer("PUBLIC", `["${aws_subnet.public_apse3_az1.id}", "${aws_subnet.public_apse3_az2.id}"]`, "OPEN", openGroup)
	for name, body := range placedInPublic {
		kind, _, _ := strings.Cut(name, " ")
		t.Run(name, func(t *testing.T) {
			r := prove(t, beside().then(put("dev-network resource "+kind+" extra", replacer.Replace(body))))
			// By the intent about instances, or by what is said of any group that lets all in.
			caught := slices.ContainsFunc(failures(r), func(f string) bool { return strings.HasPrefix(f, "deny internet") || f == "open-to-all" })
			for _, f := range r.Invariants {
				caught = caught || f.Kind.Code() == "open-to-all" && strings.Contains(f.Sentence, kind)
				if f.Status == Unproven {
					t.Errorf("not understood: %s", f)
				}
			}
			if !caught {
				t.Errorf("not caught: %v", failures(r))
			}
		})
	}
}

// What is placed into private subnets, with a group of its own, changes nothing.
var placedInPrivate = map[string]string{
	"aws_autoscaling_group":             `{"vpc_zone_identifier": PRIVATE, "launch_template": [{"id": "${aws_launch_template.closed.id}"}], "target_group_arns": []}`,
	"aws_codebuild_project":             `{"vpc_config": [{"vpc_id": "${aws_vpc.main.id}", "subnets": PRIVATE, "security_group_ids": GROUP}]}`,
	"aws_ecs_service":                   `{"network_configuration": [{"subnets": PRIVATE, "security_groups": GROUP}]}`,
	"aws_elasticache_replication_group": `{"subnet_group_name": "${aws_elasticache_subnet_group.private.name}", "security_group_ids": GROUP}`,
	"aws_elasticache_cluster":           `{"subnet_group_name": "${aws_elasticache_subnet_group.private.name}", "security_group_ids": GROUP}`,
	"aws_memorydb_cluster":              `{"subnet_group_name": "${aws_memorydb_subnet_group.private.name}", "security_group_ids": GROUP}`,
	"aws_mq_broker":                     `{"subnet_ids": PRIVATE, "security_groups": GROUP}`,
	"aws_msk_cluster":                   `{"broker_node_group_info": [{"client_subnets": PRIVATE, "security_groups": GROUP}]}`,
	"aws_opensearch_domain":             `{"vpc_options": [{"subnet_ids": PRIVATE, "security_group_ids": GROUP}]}`,
	"aws_redshift_cluster":              `{"cluster_subnet_group_name": "${aws_redshift_subnet_group.private.name}", "vpc_security_group_ids": GROUP, "publicly_accessible": false}`,
	"aws_docdb_cluster":                 `{"db_subnet_group_name": "${aws_docdb_subnet_group.private.name}", "vpc_security_group_ids": GROUP}`,
	"aws_neptune_cluster":               `{"neptune_subnet_group_name": "${aws_neptune_subnet_group.private.name}", "vpc_security_group_ids": GROUP}`,
	"aws_fsx_lustre_file_system":        `{"subnet_ids": ["${aws_subnet.private_apse3_az1.id}"], "security_group_ids": GROUP}`,
	"aws_spot_instance_request":         `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "vpc_security_group_ids": GROUP}`,
	"aws_shield_protection":             `{"name": "nat", "resource_arn": "${aws_eip.nat_apse3_az1.arn}"}`,
	"aws_customer_gateway":              `{"bgp_asn": "65000", "ip_address": "192.0.2.1", "type": "ipsec.1"}`,
}

func TestWhatIsPlacedIntoPrivateSubnetsChangesNothing(t *testing.T) {
	t.Parallel()
	replacer := strings.NewReplacer("PRIVATE", privateSubnets, "GROUP", `["${aws_security_group.probe.id}"]`)
	for kind, body := range placedInPrivate {
		t.Run(kind, func(t *testing.T) {
			c := put("dev-network resource aws_launch_template closed", `{"vpc_security_group_ids": ["${aws_security_group.probe.id}"]}`)
			for _, service := range []string{"elasticache", "memorydb", "docdb", "neptune", "redshift"} {
				c = c.then(put("dev-network resource aws_"+service+"_subnet_group private", `{"name": "private", "subnet_ids": `+privateSubnets+`}`))
			}
			for _, f := range failures(prove(t, c.then(put("dev-network resource "+kind+" extra", replacer.Replace(body))))) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}

// A way that the model does not know makes unproven what it concerns, and nothing else.
var ways = map[string]string{
	"aws_vpclattice_service_network_vpc_association": `{"service_network_identifier": "sn-0123456789abcdef0", "vpc_identifier": "${aws_vpc.main.id}"}`,
	"aws_vpclattice_resource_gateway":                `{"vpc_id": "${aws_vpc.main.id}", "subnet_ids": ` + privateSubnets + `}`,
	"aws_vpclattice_target_group":                    `{"type": "IP", "config": [{"port": 80, "protocol": "HTTP", "vpc_identifier": "${aws_vpc.main.id}"}]}`,
	"aws_verifiedaccess_endpoint":                    `{"security_group_ids": ["${aws_security_group.probe.id}"], "load_balancer_options": [{"subnet_ids": ` + privateSubnets + `}]}`,
	"aws_apigatewayv2_vpc_link":                      `{"name": "api", "subnet_ids": ` + privateSubnets + `, "security_group_ids": ` + openGroup + `}`,
}

func TestAnUnknownWayIsUnprovenWhereItLeads(t *testing.T) {
	t.Parallel()
	for kind, body := range ways {
		t.Run(kind, func(t *testing.T) {
			r := prove(t, wide("dev").then(put("dev-network resource "+kind+" extra", body)))
			dev, others := false, false
			for _, result := range r.Intents {
				dev = dev || result.Status == Unproven && strings.Contains(result.Intent, "dev")
				others = others || result.Status == Proven
			}
			switch {
			case r.Status == Proven:
				t.Error("not caught")
			case !others:
				t.Error("all is unproven, beside what it concerns")
			case !dev && kind != "aws_apigatewayv2_vpc_link":
				t.Errorf("nothing about dev is unproven: %v", failures(r))
			}
		})
	}
}
