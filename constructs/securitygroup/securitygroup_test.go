package securitygroup

import (
	"net/netip"
	"testing"
)

func TestARuleHasOneOtherSideAndPortsThatMakeSense(t *testing.T) {
	anywhere, list := netip.MustParsePrefix("0.0.0.0/0"), "pl-1"
	for name, c := range map[string]struct {
		rule  Rule
		right bool
	}{
		"a range":                    {Rule{CIDR: anywhere, Protocol: "tcp", Port: 443}, true},
		"another group":              {Rule{Group: &Group{}, Protocol: "tcp", Port: 443}, true},
		"a prefix list":              {Rule{PrefixListID: &list, Protocol: "tcp", Port: 443}, true},
		"itself, everything":         {Rule{Self: true, Protocol: AllProtocols}, true},
		"several ports":              {Rule{Self: true, Protocol: "tcp", Port: 1025, ToPort: 65535}, true},
		"nobody":                     {Rule{Protocol: "tcp", Port: 443}, false},
		"two sides":                  {Rule{CIDR: anywhere, Self: true, Protocol: "tcp", Port: 443}, false},
		"everything, but on a port":  {Rule{Self: true, Protocol: AllProtocols, Port: 443}, false},
		"a last port before a first": {Rule{Self: true, Protocol: "tcp", Port: 443, ToPort: 80}, false},
	} {
		if err := c.rule.check(); (err == nil) != c.right {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARuleForEverythingHasNoPorts(t *testing.T) {
	if _, _, from, to := (Rule{Self: true, Protocol: AllProtocols}).arguments(&Group{}); from != nil || to != nil {
		t.Errorf("ports %v to %v", from, to)
	}
	if _, _, from, to := (Rule{Self: true, Protocol: "tcp", Port: 53}).arguments(&Group{}); *from != 53 || *to != 53 {
		t.Errorf("ports %v to %v", *from, *to)
	}
}
