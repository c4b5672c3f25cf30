package dns

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// record is what a zone answers for a name in it.
func (q *query) record(vpc *network.VPC, z *network.Zone, name string) Target {
	if u := unknownRecord(z, name); u != "" {
		return unknown("%s", u)
	}
	for _, r := range z.Records {
		if r.Type == "NS" && r.Name != z.Name && below(name, r.Name) {
			q.step(r.Resource, "delegates %s", r.Name)
			if z.Private {
				return unknown("%s delegates %s to servers that are not in the configuration", r.Resource, r.Name)
			}
			return Target{Kind: Internet, Addresses: network.Internet}
		}
	}
	owner, ok := match(z, name)
	if !ok {
		q.step(z.Resource, "has no record for %s, and no other zone is asked", name)
		return notFound("zone %s has no record for %s", z.Resource, name)
	}
	var records []*network.Record
	version6 := false
	for _, r := range z.Records {
		if r.Name == owner && (r.Type == "A" || r.Type == "CNAME") {
			records = append(records, r)
		}
		version6 = version6 || r.Name == owner && r.Type == "AAAA"
	}
	switch {
	case len(records) == 0 && version6:
		return unknown("%s has IPv6 addresses alone, which are not modelled", name)
	case len(records) == 0:
		q.step(z.Resource, "has no address for %s", name)
		return notFound("zone %s has records of %s, but no address", z.Resource, name)
	}
	return q.agreed(len(records), func(i int) Target { return q.value(vpc, z, records[i]) }, "the records of "+name)
}

// unknownRecord says why what the zone answers for a name is not known.
func unknownRecord(z *network.Zone, name string) string {
	for _, u := range z.Unknown {
		for _, r := range z.Records {
			// A record whose name is not known stands at the zone's own.
			if r.Resource == u.Resource && (r.Name == z.Name || r.Name == name || below(name, strings.TrimPrefix(r.Name, "*."))) {
				return u.String()
			}
		}
	}
	return ""
}

// match is the name of the records that answer for a name: its own or, if neither
// it nor a name below it exists, that of the wildcard right below its closest
// ancestor that does.
//
// https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html#domain-name-format-asterisk
func match(z *network.Zone, name string) (owner string, ok bool) {
	exists := func(name string) bool {
		return name == z.Name || slices.ContainsFunc(z.Records, func(r *network.Record) bool { return below(r.Name, name) })
	}
	has := func(name string) bool {
		return slices.ContainsFunc(z.Records, func(r *network.Record) bool { return r.Name == name })
	}
	if exists(name) {
		return name, has(name)
	}
	for ancestor := name; ancestor != z.Name; {
		_, above, more := strings.Cut(ancestor, ".")
		if !more {
			above = ""
		}
		if ancestor = above; exists(ancestor) {
			wildcard := strings.TrimSuffix("*."+ancestor, ".")
			return wildcard, has(wildcard)
		}
	}
	return "", false
}

// value is what a record leads to.
func (q *query) value(vpc *network.VPC, z *network.Zone, r *network.Record) Target {
	where := question{vpc: vpc, record: r}
	if q.asked[where] {
		return failed("%s leads back to itself", r.Resource)
	}
	q.asked[where] = true
	defer delete(q.asked, where)
	if r.Alias != nil {
		q.step(r.Resource, "%s is an alias of %s", r.Name, show(r.Alias))
		return q.alias(vpc, z, r)
	}
	q.step(r.Resource, "%s %s", r.Name, r.Type)
	if len(r.Values) == 0 {
		return unknown("%s has no values", r.Resource)
	}
	if r.Type == "CNAME" {
		// A resolver asks for the name that it is given as for any other.
		return q.follow(vpc, r, r.Values[0], q.vpcResolver)
	}
	t := Target{Kind: Addresses}
	for _, v := range r.Values {
		if text, ok := v.(string); ok {
			a, err := netip.ParseAddr(text)
			if err != nil || !a.Is4() {
				return unknown("%s: %q is not an IPv4 address", r.Resource, text)
			}
			t.Addresses = append(t.Addresses, packet.One(packet.Address(a)))
			t.Interfaces = append(t.Interfaces, q.owners(a)...)
			continue
		}
		to := q.follow(vpc, r, v, q.vpcResolver)
		if len(r.Values) == 1 || to.Kind == Unknown {
			return to
		}
		t.Addresses = append(t.Addresses, to.Addresses...)
		t.Interfaces = append(t.Interfaces, to.Interfaces...)
	}
	return t
}

// alias is what an alias record leads to: Route 53 looks it up itself, in the
// same zone or among the names of AWS resources.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
func (q *query) alias(vpc *network.VPC, z *network.Zone, r *network.Record) Target {
	return q.follow(vpc, r, r.Alias, func(vpc *network.VPC, name string) Target {
		if !below(name, z.Name) {
			return q.public(vpc, name)
		}
		return q.record(vpc, z, name)
	})
}

// follow is what a value of a record leads to; ask answers for one that is a name.
func (q *query) follow(vpc *network.VPC, r *network.Record, value any, ask func(*network.VPC, string) Target) Target {
	switch v := plain(value).(type) {
	case string:
		name, ok := canonical(v)
		if !ok {
			return unknown("%s: %q is not a domain name", r.Resource, v)
		}
		return q.led(vpc, name, ask)
	case config.Ref:
		if record := q.recordOf(v.Resource); record != nil {
			return q.led(vpc, record.Name, ask)
		}
		return q.resource(vpc, v)
	case config.Unknown:
		return unknown("%s: %s", r.Resource, v.Why)
	}
	return unknown("%s leads to %s, which is not understood", r.Resource, show(value))
}

// plain is the reference in a text that adds nothing but what Route 53 ignores:
// the `dualstack.` before a load balancer's name, and the dot at the end.
func plain(value any) any {
	text, ok := value.(config.Text)
	if !ok {
		return value
	}
	var rest []any
	for i, part := range text.Parts {
		if part == "" || part == "dualstack." && i == 0 || part == "." && i == len(text.Parts)-1 {
			continue
		}
		rest = append(rest, part)
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return value
}

func (q *query) recordOf(r *config.Resource) *network.Record {
	for _, z := range q.network.Zones {
		for _, record := range z.Records {
			if record.Resource == r {
				return record
			}
		}
	}
	return nil
}

// owners are the interfaces that have an address for themselves.
func (q *query) owners(a netip.Addr) []*network.Interface {
	var owners []*network.Interface
	for _, i := range q.network.Interfaces {
		if i.Addresses == packet.One(packet.Address(a)) {
			owners = append(owners, i)
		}
	}
	return owners
}

func show(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case interface{ String() string }:
		return v.String()
	}
	return "what is not a text"
}
