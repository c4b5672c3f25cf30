package planjson

import (
	"testing"

	"hubspoke/proof/stackjson"
)

// Once the address of a NAT gateway or of a load balancer is read again, its state says where it is too: it is not given twice.
// One that a state has elsewhere is.
func TestAnAddressIsWhereItWasGivenTo(t *testing.T) {
	s := readOne(t, `{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"address": "aws_eip.nat", "mode": "managed", "type": "aws_eip", "name": "nat", "values": {"id": "eipalloc-01", "allocation_id": "eipalloc-01", "network_interface": "eni-01"}},
		{"address": "aws_eip.moved", "mode": "managed", "type": "aws_eip", "name": "moved", "values": {"id": "eipalloc-02", "allocation_id": "eipalloc-02", "network_interface": "eni-03"}},
		{"address": "aws_eip.host", "mode": "managed", "type": "aws_eip", "name": "host", "values": {"id": "eipalloc-04", "allocation_id": "eipalloc-04", "instance": "i-04", "network_interface": "eni-04"}},
		{"address": "aws_eip_association.host", "mode": "managed", "type": "aws_eip_association", "name": "host", "values": {"id": "eipassoc-04", "allocation_id": "eipalloc-04", "instance_id": "i-04", "network_interface_id": "eni-04"}},
		{"address": "aws_eip.second", "mode": "managed", "type": "aws_eip", "name": "second", "values": {"id": "eipalloc-05", "allocation_id": "eipalloc-05", "network_interface": "eni-01"}},
		{"address": "aws_eip.balancer", "mode": "managed", "type": "aws_eip", "name": "balancer", "values": {"id": "eipalloc-06", "allocation_id": "eipalloc-06", "network_interface": "eni-06"}},
		{"address": "aws_eip.both", "mode": "managed", "type": "aws_eip", "name": "both", "values": {"id": "eipalloc-07", "allocation_id": "eipalloc-07", "network_interface": "eni-07"}},
		{"address": "aws_network_interface.own", "mode": "managed", "type": "aws_network_interface", "name": "own", "values": {"id": "eni-07"}},
		{"address": "aws_lb.main", "mode": "managed", "type": "aws_lb", "name": "main", "values": {"id": "lb", "subnet_mapping": [{"subnet_id": "subnet-01", "allocation_id": "eipalloc-06"}, {"subnet_id": "subnet-02", "allocation_id": "eipalloc-07"}]}},
		{"address": "aws_nat_gateway.nat", "mode": "managed", "type": "aws_nat_gateway", "name": "nat", "values": {"id": "nat-01", "allocation_id": "eipalloc-01", "secondary_allocation_ids": ["eipalloc-05"], "network_interface_id": "eni-01"}},
		{"address": "aws_nat_gateway.moved", "mode": "managed", "type": "aws_nat_gateway", "name": "moved", "values": {"id": "nat-02", "allocation_id": "eipalloc-02", "network_interface_id": "eni-02"}}]}}}`)
	want := map[string]any{"aws_eip.moved": "eni-03", "aws_eip.both": stackjson.Reference{Address: "aws_network_interface.own", Attribute: "id", Stack: "root"}}
	for _, r := range s.Planned {
		if r.Type != "aws_eip" {
			continue
		}
		if r.Body["network_interface"] != want[r.Path] || r.Body["instance"] != nil {
			t.Errorf("%s is at %v and %v", r.Path, r.Body["network_interface"], r.Body["instance"])
		}
	}
}
