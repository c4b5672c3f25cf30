package test

import (
	"net/netip"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/proof/stackjson"
)

// Where the organisation has runtime monitoring, GuardDuty installs its agent on clusters and
// makes an endpoint in their VPCs itself. What it finds there is ready for both: nothing else
// installs the agent, private DNS can be, no zone hides the endpoint's name, and nodes may send
// to it, which has an address of the VPC.
// https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-eks.html
func TestClustersAreReadyForGuardDutysAgent(t *testing.T) {
	const cluster = "cluster:\n  version: \"1.35\"\n"
	e := edited(t, "innovate", edit{"dev.yaml", `\z`, cluster}, edit{"prod.yaml", `\z`, cluster})
	if !agentsManaged(e.stack("security-services")) {
		t.Error("GuardDuty does not install its agent on clusters")
	}
	for _, zone := range zonesOf(e) {
		if data := "guardduty-data." + e.Region + ".amazonaws.com"; data == zone || strings.HasSuffix(data, "."+zone) {
			t.Errorf("the zone %s hides GuardDuty's endpoint", zone)
		}
	}
	for _, name := range []string{"dev", "prod"} {
		eks := e.stack(name + "-eks")
		for _, r := range eks.Resources() {
			if r.Address() == "aws_eks_addon.aws_guardduty_agent" || r.Address() == "aws_vpc_endpoint.guardduty" {
				t.Errorf("%s: %s is GuardDuty's to make", eks.Name, r.Address())
			}
		}
		for _, r := range e.stack(name + "-network").Resources() {
			if r.Type == "aws_vpc" && (r.Body["enable_dns_support"] != true || r.Body["enable_dns_hostnames"] != true) {
				t.Errorf("%s: GuardDuty's endpoint can have no private DNS", name)
			}
		}
		if !nodesSend(eks, e.Spoke(name)) {
			t.Errorf("%s: nodes may not send to port 443 of their VPC", eks.Name)
		}
	}
}

// agentsManaged says whether all accounts have runtime monitoring, with agents on clusters that
// GuardDuty manages.
func agentsManaged(s *stackjson.Stack) bool {
	for _, r := range s.Resources() {
		if r.Type != "aws_guardduty_organization_configuration_feature" || r.Body["name"] != "RUNTIME_MONITORING" || r.Body["auto_enable"] != "ALL" {
			continue
		}
		for _, item := range stackjson.List(r.Body["additional_configuration"]) {
			if agent, _ := item.(map[string]any); agent["name"] == "EKS_ADDON_MANAGEMENT" && agent["auto_enable"] == "ALL" {
				return true
			}
		}
	}
	return false
}

// zonesOf are the names of all zones of an estate.
func zonesOf(e *synthesis) []string {
	var zones []string
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			if r.Type == "aws_route53_zone" && !r.Data {
				zones = append(zones, text(r.Body["name"]))
			}
		}
	}
	return zones
}

// nodesSend says whether a rule of the nodes' group lets them send to port 443 of the whole VPC.
func nodesSend(cluster *stackjson.Stack, spoke *estate.Spoke) bool {
	for _, r := range cluster.Resources() {
		if r.Type != "aws_vpc_security_group_egress_rule" || !strings.Contains(text(r.Body["security_group_id"]), "nodes") {
			continue
		}
		to, err := netip.ParsePrefix(text(r.Body["cidr_ipv4"]))
		if err == nil && to.Bits() <= spoke.Network.CIDR.Bits() && to.Contains(spoke.Network.CIDR.Addr()) &&
			(r.Body["ip_protocol"] == "-1" || r.Body["ip_protocol"] == "tcp" && r.Body["from_port"] == float64(443)) {
			return true
		}
	}
	return false
}
