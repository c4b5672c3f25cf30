package suricata

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Connection is what somebody asks of a server, as far as rules can tell.
type Connection struct {
	// From and To are the addresses of both, and Port is the server's.
	From, To netip.Addr
	Port     int
	// Protocol is `tcp`, `udp` or `icmp`, and Application what runs over it: `tls`, `http`, or nothing that Suricata knows.
	Protocol, Application string
	// Name is what a TLS or HTTP request asks for.
	Name string
}

// Networks are the ranges of variables, by their names: `HOME_NET`. The ranges of
// `EXTERNAL_NET` are all others, unless it is among them.
type Networks map[string][]netip.Prefix

// Decision is what becomes of a connection.
type Decision string

// What becomes of a connection. Alerts decide nothing, and so they are none of these.
const (
	// Undecided is a connection that no rule decides about: the policy's default does.
	Undecided Decision = "undecided"
	Passed    Decision = "passed"
	Dropped   Decision = "dropped"
	// Unknown is one that meets a rule whose keywords are not understood before one that decides.
	Unknown Decision = "unknown"
)

// Decide says what rules, in strict order, do with a connection, and which rule does it; nil
// if none. Those about addresses and ports alone meet its first packet, the others the first
// one that holds its request.
func Decide(rules []Rule, networks Networks, c Connection) (Decision, *Rule) {
	for _, first := range []bool{true, false} {
		if d, r := decide(rules, networks, c, first); d != Undecided {
			return d, r
		}
	}
	return Undecided, nil
}

func decide(rules []Rule, networks Networks, c Connection, first bool) (Decision, *Rule) {
	for i := range rules {
		r := &rules[i]
		if r.ByFirstPacket() != first || r.Action == "alert" || !r.mayMatch(networks, c) {
			continue
		}
		matches, known := r.matches(c)
		switch {
		case !known:
			return Unknown, r
		case !matches:
		case r.Action == "pass":
			return Passed, r
		default:
			return Dropped, r
		}
	}
	return Undecided, nil
}

// mayMatch says whether a rule is about the connection's protocol, addresses and port.
func (r *Rule) mayMatch(networks Networks, c Connection) bool {
	if !slices.Contains([]string{"ip", c.Protocol, c.Application}, r.Protocol) {
		return false
	}
	there := inList(r.Source, networks, c.From) && inList(r.Destination, networks, c.To) && hasPort(r.DestinationPorts, c.Port)
	back := r.BothWays && inList(r.Source, networks, c.To) && inList(r.Destination, networks, c.From) && hasPort(r.SourcePorts, c.Port)
	return there || back
}

// matches says whether the options of a rule match a request, and whether that is known.
func (r *Rule) matches(c Connection) (matches, known bool) {
	var name *string
	var content, modifiers = "", map[string]bool{}
	for _, o := range r.Options {
		switch o.Keyword {
		case "msg", "sid", "rev", "classtype", "metadata", "reference", "gid", "noalert":
		case "flow":
			for _, word := range strings.Split(o.Value, ",") {
				switch strings.TrimSpace(word) {
				case "to_server", "established":
				case "to_client", "not_established":
					return false, true
				default:
					return false, false
				}
			}
		case "tls.sni", "http.host":
			application, _, _ := strings.Cut(o.Keyword, ".")
			if c.Application != application {
				return false, true
			}
			lower := strings.ToLower(c.Name)
			if application == "tls" {
				lower = c.Name
			}
			if name != nil {
				return false, false
			}
			name = &lower
		case "content":
			if name == nil || content != "" || strings.ContainsAny(o.Value, "|!") {
				return false, false
			}
			content = strings.Trim(o.Value, `"`)
		case "dotprefix", "startswith", "endswith", "nocase":
			if name == nil {
				return false, false
			}
			modifiers[o.Keyword] = true
		default:
			return false, false
		}
	}
	if name == nil {
		return true, true
	}
	if content == "" {
		return *name != "", true
	}
	return named(*name, content, modifiers), true
}

// named says whether a name matches a pattern:
// https://docs.suricata.io/en/suricata-7.0.8/rules/payload-keywords.html
func named(name, pattern string, modifiers map[string]bool) bool {
	if modifiers["dotprefix"] {
		name = "." + name
	}
	if modifiers["nocase"] {
		name, pattern = strings.ToLower(name), strings.ToLower(pattern)
	}
	switch {
	case modifiers["startswith"] && modifiers["endswith"]:
		return name == pattern
	case modifiers["startswith"]:
		return strings.HasPrefix(name, pattern)
	case modifiers["endswith"]:
		return strings.HasSuffix(name, pattern)
	}
	return strings.Contains(name, pattern)
}

// items are those of a list, or the one that stands alone.
func items(text string) []string {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok {
		return []string{text}
	}
	inner, _ = strings.CutSuffix(inner, "]")
	var all []string
	depth, from := 0, 0
	for i, c := range inner {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			all = append(all, inner[from:i])
			from = i + 1
		}
	}
	return append(all, inner[from:])
}

// inList says whether an address is one of those that a rule names. What is denied with an
// exclamation mark is taken from the rest.
func inList(text string, networks Networks, a netip.Addr) bool {
	admitted, denied := false, false
	onlyDenials := true
	for _, item := range items(text) {
		inner, not := strings.CutPrefix(strings.TrimSpace(item), "!")
		is := inOne(inner, networks, a)
		if not {
			denied = denied || is
			continue
		}
		onlyDenials = false
		admitted = admitted || is
	}
	return (admitted || onlyDenials) && !denied
}

func inOne(text string, networks Networks, a netip.Addr) bool {
	if strings.HasPrefix(text, "[") {
		return inList(text, networks, a)
	}
	if name, ok := strings.CutPrefix(text, "$"); ok {
		ranges, ok := networks[name]
		if !ok && name == "EXTERNAL_NET" {
			return !contains(networks["HOME_NET"], a)
		}
		return contains(ranges, a)
	}
	if text == "any" {
		return true
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Contains(a)
	}
	one, err := netip.ParseAddr(text)
	return err == nil && one == a
}

func contains(ranges []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}

// hasPort says whether a port is one of those that a rule names: `443`, `[80, 8000:8080]`,
// `!22`.
func hasPort(text string, port int) bool {
	admitted, denied, onlyDenials := false, false, true
	for _, item := range items(text) {
		inner, not := strings.CutPrefix(strings.TrimSpace(item), "!")
		is := inner == "any" || inPorts(inner, port)
		if not {
			denied = denied || is
			continue
		}
		onlyDenials = false
		admitted = admitted || is
	}
	return (admitted || onlyDenials) && !denied
}

func inPorts(text string, port int) bool {
	if strings.HasPrefix(text, "[") {
		return hasPort(text, port)
	}
	from, to, isRange := strings.Cut(text, ":")
	first, last := 0, 65535
	if n, err := strconv.Atoi(from); err == nil {
		first = n
	} else if from != "" || !isRange {
		return false
	}
	if !isRange {
		return port == first
	}
	if n, err := strconv.Atoi(to); err == nil {
		last = n
	}
	return first <= port && port <= last
}
