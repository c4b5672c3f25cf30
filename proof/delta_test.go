package proof

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// differ compares piksel with piksel as a change leaves it.
func differ(t *testing.T, change func(s stacks)) *Delta {
	t.Helper()
	before, after := read(t), read(t)
	change(after)
	return Differ(Of(piksel(t, before)), Of(piksel(t, after)))
}

func resourceOf(t *testing.T, s stacks, stack, kind, name string) map[string]any {
	t.Helper()
	body, ok := s[stack]["resource"].(map[string]any)[kind].(map[string]any)[name].(map[string]any)
	if !ok {
		t.Fatalf("%s has no %s.%s any more: mend this test", stack, kind, name)
	}
	return body
}

func passages(all []Passage) string {
	var lines []string
	for _, p := range all {
		lines = append(lines, p.From+" -> "+p.To+" "+p.Packets+" since "+p.Because)
	}
	return strings.Join(lines, "\n")
}

func TestANetworkDiffersNotFromItself(t *testing.T) {
	d := differ(t, func(stacks) {})
	if len(d.Opened)+len(d.Closed)+len(d.Doubtful)+len(d.Layers) > 0 {
		t.Errorf("%+v", d)
	}
}

// What one direction opens, the other closes, and the resource that makes it so is the same.
func TestWhatOpensAndCloses(t *testing.T) {
	remove := func(s stacks) {
		for _, name := range []string{"private_apse3_az1_to_hub", "private_apse3_az2_to_hub", "public_apse3_az1_to_hub", "public_apse3_az2_to_hub"} {
			resourceOf(t, s, "dev-network", "aws_route", name)
			delete(s["dev-network"]["resource"].(map[string]any)["aws_route"].(map[string]any), name)
		}
	}
	before, after := read(t), read(t)
	remove(after)
	closed := Differ(Of(piksel(t, before)), Of(piksel(t, after)))
	opened := Differ(Of(piksel(t, after)), Of(piksel(t, before)))
	if got := passages(closed.Closed); len(closed.Opened) > 0 || !strings.Contains(got, "dev.private -> hub.private all since dev-network/aws_route.private_apse3_az1_to_hub") {
		t.Errorf("closed:\n%s\nopened:\n%s", got, passages(closed.Opened))
	}
	if a, b := passages(closed.Closed), passages(opened.Opened); a != b || len(opened.Closed) > 0 {
		t.Errorf("closed:\n%s\nand back, opened:\n%s", a, b)
	}
}

// A port is told, and not the whole of what passed anyway.
func TestAnACLThatClosesAPort(t *testing.T) {
	d := differ(t, func(s stacks) {
		acl := resourceOf(t, s, "dev-network", "aws_network_acl", "private")
		acl["ingress"] = append([]any{map[string]any{"rule_no": 1.0, "action": "deny", "protocol": "6", "cidr_block": "10.0.0.0/16", "from_port": 5432.0, "to_port": 5432.0}}, stackjson.List(acl["ingress"])...)
	})
	if got := passages(d.Closed); !strings.Contains(got, "hub.private -> dev.private tcp/5432 since dev-network/aws_network_acl.private") || len(d.Opened) > 0 {
		t.Errorf("closed:\n%s\nopened:\n%s", got, passages(d.Opened))
	}
}

// What stays closed with one control less is no change of who reaches whom, and is told.
func TestAControlThatNoLongerStopsAnything(t *testing.T) {
	d := differ(t, func(s stacks) {
		for _, rule := range stackjson.List(resourceOf(t, s, "dev-network", "aws_network_acl", "private")["egress"]) {
			if r := rule.(map[string]any); r["cidr_block"] == "10.0.0.0/8" {
				r["action"] = "allow"
			}
		}
	})
	if len(d.Opened)+len(d.Closed) > 0 {
		t.Errorf("opened:\n%s\nclosed:\n%s", passages(d.Opened), passages(d.Closed))
	}
	i := slices.IndexFunc(d.Layers, func(l Layer) bool { return l.From == "dev.private" && strings.HasPrefix(l.To, "prod.private") })
	if i < 0 || !slices.Equal(d.Layers[i].Lost, []string{"network ACL of the sender"}) || d.Layers[i].Because != "dev-network/aws_network_acl.private" || !strings.Contains(d.Layers[i].Now, "NAT gateway") {
		t.Errorf("%+v", d.Layers)
	}
}
