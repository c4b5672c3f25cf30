package test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// Until a reservation is there, AWS gives its addresses to whoever needs one: an endpoint
// that is made at the same time takes the resolver's, and the apply fails.
func TestWhatTakesAnAddressWaitsForTheReservationsOfItsSubnet(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			report(t, hasty(s))
		}
	})
}

// addressless are the types of resources that name a subnet and take no address of it.
// Any other is taken for one that does.
var addressless = map[string]bool{
	"aws_ec2_subnet_cidr_reservation": true,
	"aws_network_acl":                 true,
	"aws_route_table_association":     true,
}

var resourceName = regexp.MustCompile(`\baws_\w+\.\w+`)

// hasty are the resources that take an address of a subnet with a reservation, and do
// not wait for that, not even by way of something else.
func hasty(s *stackjson.Stack) []string {
	names := map[string]map[string]bool{} // by address, the addresses that the resource names
	for _, r := range s.Resources() {
		named := map[string]bool{}
		stackjson.Strings(r.Body, func(path, text string) {
			if strings.Contains(text, "${") || strings.HasPrefix(path, "depends_on") {
				for _, address := range resourceName.FindAllString(text, -1) {
					named[address] = true
				}
			}
		})
		names[r.Address()] = named
	}
	var problems []string
	for _, reservation := range s.Resources() {
		if reservation.Type != "aws_ec2_subnet_cidr_reservation" {
			continue
		}
		id, _ := reservation.Body["subnet_id"].(string)
		subnet := resourceName.FindString(id)
		for _, r := range s.Resources() {
			if !addressless[r.Type] && names[r.Address()][subnet] && !waits(names, r.Address(), reservation.Address(), map[string]bool{}) {
				problems = append(problems, fmt.Sprintf("%s: %s takes an address of %s and does not wait for %s", s.Name, r.Address(), subnet, reservation.Address()))
			}
		}
	}
	return problems
}

// waits says whether one resource is made after another, however many are between.
func waits(names map[string]map[string]bool, address, other string, seen map[string]bool) bool {
	if seen[address] {
		return false
	}
	seen[address] = true
	for name := range names[address] {
		if name == other || waits(names, name, other, seen) {
			return true
		}
	}
	return false
}

func TestWhatDoesNotWaitForAReservationIsSeen(t *testing.T) {
	stack := func(resources map[string]any) *stackjson.Stack {
		resources["aws_subnet"] = map[string]any{"a": map[string]any{}}
		resources["aws_ec2_subnet_cidr_reservation"] = map[string]any{"a": map[string]any{"subnet_id": "${aws_subnet.a.id}"}}
		return &stackjson.Stack{Name: "hub-network", JSON: map[string]any{"resource": resources}}
	}
	in := func(waitsFor ...any) map[string]any {
		return map[string]any{"subnet_ids": []any{"${aws_subnet.a.id}"}, "depends_on": waitsFor}
	}
	for _, test := range []struct {
		name      string
		resources map[string]any
		want      int
	}{
		{"an endpoint that waits", map[string]any{"aws_vpc_endpoint": map[string]any{"x": in("aws_ec2_subnet_cidr_reservation.a")}}, 0},
		{"one that waits for another", map[string]any{"aws_vpc_endpoint": map[string]any{
			"x": in("aws_ec2_subnet_cidr_reservation.a"), "y": in("aws_vpc_endpoint.x"),
		}}, 0},
		{"one that does not", map[string]any{"aws_vpc_endpoint": map[string]any{"x": in()}}, 1},
		{"a type that nobody has thought of", map[string]any{"aws_mq_broker": map[string]any{"x": in()}}, 1},
		{"something without an address", map[string]any{"aws_network_acl": map[string]any{"x": in()}}, 0},
	} {
		if problems := hasty(stack(test.resources)); len(problems) != test.want {
			t.Errorf("%s: %q, want %d", test.name, problems, test.want)
		}
	}
}
