package network

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// block reads the arguments of a resource, or of a block in one. What cannot be
// read is noted as unknown, where the caller can find it; what is never asked for
// is found by noteUnread.
type block struct {
	resource *config.Resource
	get      func(name string) any
	unknown  *[]Unknown
	// path leads to the block: empty for the resource itself, else `ingress.`.
	path string
}

func blockOf(r *config.Resource, unknown *[]Unknown) block {
	get := func(name string) any {
		r.Ask(name)
		return written(r.Argument(name))
	}
	return block{resource: r, get: get, unknown: unknown}
}

// within is a block in this one, with its arguments.
func (b block) within(name string, arguments map[string]any) block {
	path := b.path + name + "."
	get := func(key string) any {
		b.resource.Ask(path + key)
		return written(arguments[key])
	}
	return block{resource: b.resource, get: get, unknown: b.unknown, path: path}
}

// written is the value of an argument that has one. An empty text is none: so plans and
// the blocks that are written as attributes say that an argument is not set.
func written(value any) any {
	if value == "" {
		return nil
	}
	return value
}

func (b block) note(format string, args ...any) {
	*b.unknown = append(*b.unknown, Unknown{b.resource, fmt.Sprintf(format, args...)})
}

// isSet says whether the argument has a value.
func (b block) isSet(name string) bool {
	v := b.get(name)
	return v != nil && v != ""
}

// text is a text that is known before anything is deployed; empty if not set.
func (b block) text(name string) string {
	switch v := b.get(name).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		b.note("%s is not known: %v", name, v)
		return ""
	}
}

func (b block) bool(name string, otherwise bool) bool {
	switch v := b.get(name).(type) {
	case nil:
		return otherwise
	case bool:
		return v
	case string:
		if v == "true" || v == "false" {
			return v == "true"
		}
		b.note("%s is not a truth value: %q", name, v)
	default:
		b.note("%s is not known: %v", name, v)
	}
	return otherwise
}

// number is -1 if it is not set.
func (b block) number(name string) int {
	switch v := b.get(name).(type) {
	case nil:
		return -1
	case float64:
		return int(v)
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
		b.note("%s is not a number: %q", name, v)
	default:
		b.note("%s is not known: %v", name, v)
	}
	return -1
}

// prefix is an IPv4 prefix; ok is false if it is not set, or cannot be read.
func (b block) prefix(name string) (p netip.Prefix, ok bool) {
	text := b.text(name)
	if text == "" {
		return p, false
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || !p.Addr().Is4() {
		b.note("%s is not a range of IPv4 addresses: %q", name, text)
		return p, false
	}
	return p.Masked(), true
}

// list is the items of a list, or of a single value.
func (b block) list(name string) []any {
	switch v := b.get(name).(type) {
	case nil:
		return nil
	case []any:
		return v
	case config.Unknown, config.Text:
		b.note("%s is not known: %v", name, v)
		return nil
	default:
		return []any{v}
	}
}

// texts are the texts of a list.
func (b block) texts(name string) []string {
	var texts []string
	for _, item := range b.list(name) {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		} else {
			b.note("%s is not known: %v", name, item)
		}
	}
	return texts
}

// prefixes are the IPv4 ranges of a list.
func (b block) prefixes(name string) []packet.Range {
	var ranges []packet.Range
	for _, text := range b.texts(name) {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is4() {
			b.note("%s: %q is not a range of IPv4 addresses", name, text)
			continue
		}
		ranges = append(ranges, packet.Prefix(p))
	}
	return ranges
}

// blocks are the blocks of that name.
func (b block) blocks(name string) []block {
	var blocks []block
	for _, item := range b.list(name) {
		object, ok := item.(map[string]any)
		if !ok {
			b.note("%s is not a block", name)
			continue
		}
		blocks = append(blocks, b.within(name, object))
	}
	return blocks
}

// first is the block of that name, which may be written once. Where there is
// none, all its arguments are unset.
func (b block) first(name string) block {
	if blocks := b.blocks(name); len(blocks) > 0 {
		return blocks[0]
	}
	return block{resource: b.resource, get: func(string) any { return nil }, unknown: b.unknown}
}

// ref is the resource whose id the argument holds: nil if it is not set.
// Something else than an id of the expected kind is noted.
func (b block) ref(name string, attributes ...string) *config.Resource {
	return b.resolve(name, b.get(name), attributes...)
}

// refs are the resources whose ids a list holds.
func (b block) refs(name string, attributes ...string) []*config.Resource {
	var all []*config.Resource
	for _, item := range b.list(name) {
		if r := b.resolve(name, item, attributes...); r != nil {
			all = append(all, r)
		}
	}
	return all
}

func (b block) resolve(name string, value any, attributes ...string) *config.Resource {
	if len(attributes) == 0 {
		attributes = []string{"id"}
	}
	switch v := value.(type) {
	case nil:
		return nil
	case config.Ref:
		for _, attribute := range attributes {
			if v.Attribute == attribute {
				return v.Resource
			}
		}
		b.note("%s is %s, where %s is wanted", name, v, strings.Join(attributes, " or "))
	case string:
		b.note("%s is %q, which no stack here makes", name, v)
	default:
		b.note("%s is not known: %v", name, v)
	}
	return nil
}

// ranges says of a value what addresses it names: a prefix list of a gateway
// endpoint or one of our own.
func (b *builder) prefixList(in block, name string, value any) []packet.Range {
	ref, ok := value.(config.Ref)
	if !ok {
		in.note("%s is not known: %v", name, value)
		return nil
	}
	switch kind := ref.Resource.Type; {
	case kind == "aws_vpc_endpoint" && ref.Attribute == "prefix_list_id":
		return []packet.Range{ServiceRange(service(ref.Resource))}
	case (kind == "aws_prefix_list" || kind == "aws_ec2_managed_prefix_list") && ref.Resource.Data:
		if text, ok := ref.Resource.Argument("name").(string); ok {
			if _, known := gatewayServices[lastLabel(text)]; known {
				return []packet.Range{ServiceRange(lastLabel(text))}
			}
		}
	case kind == "aws_ec2_managed_prefix_list" && ref.Attribute == "id":
		return b.entries(in, ref.Resource)
	}
	in.note("%s: %s is not a prefix list that is known", name, ref)
	return nil
}

// entries are the ranges of a prefix list: those that are written in it, and those that
// are resources of their own.
func (b *builder) entries(in block, list *config.Resource) []packet.Range {
	var ranges []packet.Range
	add := func(entry block) {
		if p, ok := entry.prefix("cidr"); ok {
			ranges = append(ranges, packet.Prefix(p))
		}
	}
	for _, entry := range blockOf(list, in.unknown).blocks("entry") {
		add(entry)
	}
	for _, r := range b.config.All("aws_ec2_managed_prefix_list_entry") {
		entry := blockOf(r, in.unknown)
		switch of := entry.get("prefix_list_id").(type) {
		case config.Ref:
			if of.Resource == list {
				add(entry)
			}
		case string:
		default:
			entry.note("prefix_list_id is not known: %v", of)
		}
	}
	return ranges
}

// lastLabel is `s3` of com.amazonaws.ap-southeast-3.s3.
func lastLabel(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// traffic reads a protocol with its ports.
func (b block) traffic(protocol string) (packet.Traffic, bool) {
	number := uint64(0)
	switch strings.ToLower(protocol) {
	case "-1", "all":
		return packet.AnyTraffic, true
	case "tcp":
		number = packet.TCP
	case "udp":
		number = packet.UDP
	case "icmp":
		number = packet.ICMP
	case "icmpv6", "58":
		return packet.Traffic{}, false
	default:
		var err error
		if number, err = strconv.ParseUint(protocol, 10, 8); err != nil {
			b.note("the protocol is not known: %q", protocol)
			return packet.Traffic{}, false
		}
	}
	return packet.Traffic{Protocol: packet.One(uint32(number)), Port: packet.Ports}, true
}

// groupTraffic is the traffic of a security group's rule.
func (b block) groupTraffic(protocol string) (packet.Traffic, bool) {
	t, ok := b.traffic(protocol)
	from, to := b.number("from_port"), b.number("to_port")
	if !ok || t == packet.AnyTraffic {
		return t, ok
	}
	switch t.Protocol.Low {
	case packet.TCP, packet.UDP:
		t.Port, ok = b.ports(from, to)
	case packet.ICMP:
		t.Port, ok = b.icmp(from, to)
	}
	return t, ok
}

// ports is a range of ports; -1 for both is any.
func (b block) ports(from, to int) (packet.Range, bool) {
	switch {
	case from < 0 && to < 0:
		return packet.Ports, true
	case from < 0 || to < from || to > 65535:
		b.note("ports from %d to %d are no range", from, to)
		return packet.Range{}, false
	}
	return packet.Range{Low: uint32(from), High: uint32(to)}, true
}

// icmp is the range of a type and a code; -1 is any.
func (b block) icmp(kind, code int) (packet.Range, bool) {
	switch {
	case kind < 0:
		return packet.Ports, true
	case kind > 255 || code > 255:
		b.note("there is no ICMP type %d with the code %d", kind, code)
		return packet.Range{}, false
	case code < 0:
		return packet.Range{Low: uint32(kind) << 8, High: uint32(kind)<<8 | 255}, true
	}
	return packet.One(uint32(kind)<<8 | uint32(code)), true
}
