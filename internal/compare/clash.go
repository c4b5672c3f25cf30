package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/replacement"
	"hubspoke/proof/stackjson"
)

// What to do about a clash of two that can be one resource, and of two that only have each other's names.
const (
	sayOrWait = "say in estate.yaml that they are the same, by `renamed`; or take the old one away, deploy, and add the new one then"
	wait      = "two deployments: the first takes one of the two away, or gives it a name that is free; the second gives its name to the other"
)

// clashes are the resources that a stack deletes and makes again under another address,
// which for AWS are the same thing: it refuses the new one until the old one is gone,
// and Terraform orders the two by chance. Whoever says `renamed` has one resource. To
// retire the old one does not help: it stays there.
//
// Two that change places, or one that becomes what another was, clash as well, and no
// name helps.
//
// What is renamed shows more of the same, since parts of AWS's key are references: the
// routes in a table that has another name. So it begins with those that the estate
// should rename for another reason, and looks until there are no more.
//
// Two stacks never share such a thing: it is in the account, or the cluster, of one.
func (c *comparison) clashes(name string, renamed map[string]string) []Finding {
	was, is := c.was[name].renamed(renamed), c.is[name]
	found := map[string]Finding{}
	for {
		old := map[string]string{}
		for a, r := range was.resources {
			if key := keyOf(r); key != "" && key != keyOf(is.resources[a]) {
				old[key] = a
			}
		}
		more := map[string]string{}
		for _, a := range slices.Sorted(maps.Keys(is.resources)) {
			r := is.resources[a]
			from, same := old[keyOf(r)]
			if !same || from == a {
				continue
			}
			f := Finding{Kind: Clash, Stack: name, Address: from, Why: fmt.Sprintf("%s is the same thing to AWS (%s)", a, named(r)), Advice: wait}
			_, stays := is.resources[from]
			_, there := was.resources[a]
			switch {
			case !alike(was.resources[from], r):
				f.Why, f.Advice = fmt.Sprintf("%s takes its place (%s), and AWS has room for one of them there", a, named(r)), replacement.Room(r.Type)
			case !stays && !there:
				f.RenamedTo, f.Advice, more[from] = r.Name, sayOrWait, a
			}
			found[from] = f
		}
		if len(more) == 0 {
			return slices.Collect(maps.Values(found))
		}
		was = was.renamed(more)
	}
}

// addresses are the endpoints of which another one gets a fixed address, which AWS gives to one
// alone, in an order that nobody decides.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html
func (c *comparison) addresses(name string) []Finding {
	owners := map[string]string{}
	for a, r := range c.was[name].resources {
		for address := range fixed(r) {
			owners[address] = a
		}
	}
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.is[name].resources)) {
		of := map[string][]string{}
		for address, ip := range fixed(c.is[name].resources[a]) {
			if from := owners[address]; from != "" && from != a {
				of[from] = append(of[from], ip)
			}
		}
		for _, from := range slices.Sorted(maps.Keys(of)) {
			slices.Sort(of[from])
			findings = append(findings, Finding{Kind: Clash, Stack: name, Address: from, Advice: replacement.Room("aws_vpc_endpoint"),
				Why: fmt.Sprintf("%s takes its place (%s), and AWS has room for one of them there", a, strings.Join(of[from], ", "))})
		}
	}
	return findings
}

// fixed are the addresses that an endpoint is given, by subnet and address.
func fixed(r stackjson.Resource) map[string]string {
	all := map[string]string{}
	if r.Type != "aws_vpc_endpoint" || r.Data {
		return all
	}
	for _, block := range stackjson.List(r.Body["subnet_configuration"]) {
		if ip := text(object(block)["ipv4"]); object(block)["ipv4"] != nil {
			all[text(object(block)["subnet_id"])+" "+ip] = ip
		}
	}
	return all
}

// inUse are the resources that stacks would stop using and begin to use under another
// address in one go, which no order allows. If they are one resource, there is nothing
// to order.
func (c *comparison) inUse(name string) []Finding {
	var findings []Finding
	for consumer := range c.is {
		stops := c.stops(consumer, name)
		if c.was[consumer] == nil || stops == nil || c.starts(consumer, name) == nil {
			continue
		}
		for _, a := range c.was[name].sources(*stops) {
			if to := c.successor(name, a); to != "" {
				findings = append(findings, Finding{Kind: Clash, Stack: name, Address: a, RenamedTo: to, Advice: sayOrWait,
					Why: fmt.Sprintf("%s uses it until it is deployed, and then %s, if that is the same", consumer, to)})
			}
		}
	}
	return findings
}

// keyOf is what names a resource to AWS, with its type and its provider, which is its
// account; "" if AWS takes any number of them.
func keyOf(r stackjson.Resource) string {
	arguments := replacement.Key(r.Type)
	if arguments == nil || r.Data {
		return ""
	}
	key := []string{replacement.KeyType(r.Type), at(r.Body, "provider")}
	for _, argument := range arguments {
		key = append(key, replacement.KeyPart(r.Type, argument, at(r.Body, argument)))
	}
	return strings.Join(key, "\x00")
}

// alike says whether two resources that have one key can be one resource of Terraform's, with
// another address alone.
func alike(a, b stackjson.Resource) bool { return a.Type == b.Type && named(a) == named(b) }

// named is the key in words.
func named(r stackjson.Resource) string {
	var parts []string
	for _, argument := range replacement.Key(r.Type) {
		if value := at(r.Body, argument); value != "" {
			parts = append(parts, argument+" "+shown(value))
		}
	}
	return strings.Join(parts, ", ")
}
