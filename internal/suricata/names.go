package suricata

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"strings"
)

// Allow are the rules that let connections out whose TLS or HTTP request asks for a name:
// from whom, an address range or a variable, to whom, and which names. A name that begins
// with a dot means the one behind it and everything below: `.example.com`. A rule's number
// follows from what it says, so that another name changes no other rule's; taken are those
// that are given already, and it adds to them.
//
// They say nothing of others: that these go nowhere is up to what follows. AWS's own lists
// of names drop everything else, whoever comes after.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html
func Allow(from, to string, names []string, taken map[int]bool) []string {
	var rules []string
	for _, name := range names {
		match := fmt.Sprintf("content:%q; startswith; endswith", name)
		if strings.HasPrefix(name, ".") {
			match = fmt.Sprintf("dotprefix; content:%q; endswith", name)
		}
		for _, protocol := range []struct{ name, buffer, more string }{
			{"tls", "tls.sni", "; nocase"}, // the client's own spelling, where HTTP's is put in lower case
			{"http", "http.host", ""},
		} {
			rule := fmt.Sprintf("pass %s %s any -> %s any (%s; %s%s; flow:to_server, established; msg:\"%s to %s\"", protocol.name, from, to, protocol.buffer, match, protocol.more, protocol.name, name)
			rules = append(rules, numbered(rule+";", taken))
		}
	}
	return rules
}

// Between are the rules that let two ranges talk to each other. A connection passes with the
// first packet that says something, so that rules before these have seen its request: after
// a rule without such a condition, nothing more of the connection would be looked at.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
func Between(one, other netip.Prefix, taken map[int]bool) []string {
	var rules []string
	for _, protocol := range []struct{ name, options string }{{"tcp", "flow:established; "}, {"udp", "flow:to_server; "}, {"icmp", "flow:to_server; "}} {
		rules = append(rules, numbered(fmt.Sprintf("pass %s %s any <> %s any (%smsg:\"%s between %s and %s\";", protocol.name, one, other, protocol.options, protocol.name, one, other), taken))
	}
	return rules
}

// WithoutNames are the rules about what asks for no name: they drop it, or only report it.
// A policy's default is about connections that are established, and a datagram that nobody
// answers never is.
func WithoutNames(from, to string, drop bool, taken map[int]bool) []string {
	action, once := "drop", ""
	if !drop {
		// A rule about packets reports each of them. What is not dropped goes on, and is reported once.
		action, once = "alert", "flowbits:isnotset,reported; flowbits:set,reported; "
	}
	var rules []string
	for _, protocol := range []string{"udp", "icmp"} {
		rules = append(rules, numbered(fmt.Sprintf("%s %s %s any -> %s any (flow:to_server; %smsg:\"%s that nothing allows\";", action, protocol, from, to, once, protocol), taken))
	}
	return rules
}

// Rules of one's own have low numbers by custom, and public rule sets those from 2000000.
const (
	firstNumber = 100_000_000
	numbers     = 900_000_000
)

// number is a rule's number: by what it says, unless another rule has it.
func number(rule string, taken map[int]bool) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(rule))
	n := int(h.Sum64() % numbers)
	for taken[firstNumber+n] {
		n = (n + 1) % numbers
	}
	taken[firstNumber+n] = true
	return firstNumber + n
}

// numbered ends a rule with its number.
func numbered(rule string, taken map[int]bool) string {
	return fmt.Sprintf("%s sid:%d; rev:1;)", rule, number(rule, taken))
}
