// Package suricata reads rules of the Suricata engine that AWS Network Firewall runs, writes
// those that a list of names comes to, and says what rules do with a connection.
//
// It knows the form of every rule and the meaning of a few keywords: those that choose
// connections by addresses, ports and the name in a TLS or HTTP request. What a rule with
// others does is not known here, and nobody is told a guess.
//
// https://docs.suricata.io/en/suricata-7.0.8/rules/intro.html
package suricata

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rule is one rule: what to do with which packets.
type Rule struct {
	// Action is `pass`, `drop`, `reject` or `alert`.
	Action string
	// Protocol is what the rule is about: `tcp`, `udp`, `icmp`, `ip`, or what runs over them: `tls`, `http`.
	Protocol string
	// Source and SourcePorts are whom packets come from, Destination and DestinationPorts whom they go to, as written.
	Source, SourcePorts, Destination, DestinationPorts string
	// BothWays says that the rule is also about packets the other way (`<>`).
	BothWays bool
	// Options are the keywords in brackets, in their order, which has a meaning.
	Options []Option
	// SID is the number of the rule.
	SID int
	// Line is where the rule begins, from 1.
	Line int
}

// Option is a keyword of a rule with what stands behind its colon, if anything does.
type Option struct{ Keyword, Value string }

// Option returns the value of the first option with a keyword, and whether there is one.
func (r Rule) Option(keyword string) (string, bool) {
	i := slices.IndexFunc(r.Options, func(o Option) bool { return o.Keyword == keyword })
	if i < 0 {
		return "", false
	}
	return r.Options[i].Value, true
}

// Problem is something that is wrong with a line of rules.
type Problem struct {
	// Line is the line, from 1.
	Line int
	// Text says what is wrong, and what would be right.
	Text string
}

// Parse reads rules, one a line. Empty lines and those that begin with `#` say nothing, and
// a line that ends in a backslash goes on in the next one. All that AWS would refuse is
// returned at once:
//
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html
func Parse(text string) ([]Rule, []Problem) {
	var rules []Rule
	var problems []Problem
	first := map[int]int{}
	for _, l := range logicalLines(text) {
		r, problem := Rule{}, unreadable(l.text)
		if problem == "" {
			r, problem = parseRule(l.text)
		}
		r.Line = l.number
		if problem == "" {
			problem = r.refused(len(l.text))
		}
		if problem == "" && first[r.SID] > 0 {
			problem = fmt.Sprintf("sid %d is also that of line %d: give each rule a number of its own", r.SID, first[r.SID])
		}
		if problem != "" {
			problems = append(problems, Problem{Line: l.number, Text: problem})
			continue
		}
		first[r.SID] = l.number
		rules = append(rules, r)
	}
	return rules, problems
}

// Plain is the text of rules without comments, each rule in one line.
func Plain(text string) string {
	var plain strings.Builder
	for _, l := range logicalLines(text) {
		plain.WriteString(l.text + "\n")
	}
	return plain.String()
}

type logicalLine struct {
	number int
	text   string
}

// logicalLines are the lines that say something, put together where one goes on.
func logicalLines(text string) []logicalLine {
	var lines []logicalLine
	var open *logicalLine
	for i, part := range strings.Split(text, "\n") {
		part = strings.TrimSpace(part)
		if open == nil && (part == "" || strings.HasPrefix(part, "#")) {
			continue
		}
		if open == nil {
			lines = append(lines, logicalLine{number: i + 1})
			open = &lines[len(lines)-1]
		}
		rest, goesOn := strings.CutSuffix(part, `\`)
		open.text += rest
		if !goesOn {
			open = nil
		}
	}
	return slices.DeleteFunc(lines, func(l logicalLine) bool { return strings.TrimSpace(l.text) == "" })
}

const form = "want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`"

// parseRule reads one rule, and says what is wrong with it.
func parseRule(text string) (Rule, string) {
	head, body, ok := strings.Cut(text, "(")
	if !ok || !strings.HasSuffix(strings.TrimSpace(body), ")") {
		return Rule{}, "no options in round brackets: " + form
	}
	fields := addressFields(head)
	if len(fields) != 7 {
		return Rule{}, fmt.Sprintf("%d words before the brackets, not 7: %s", len(fields), form)
	}
	r := Rule{
		Action: fields[0], Protocol: fields[1], Source: fields[2], SourcePorts: fields[3],
		BothWays: fields[4] == "<>", Destination: fields[5], DestinationPorts: fields[6],
	}
	if fields[4] != "->" && fields[4] != "<>" {
		return r, fmt.Sprintf("the direction %q is neither -> nor <>", fields[4])
	}
	body = strings.TrimSpace(body)
	switch options := strings.TrimSpace(strings.TrimSuffix(body, ")")); {
	case openQuote(options):
		return r, "a quote is not closed"
	case options != "" && !strings.HasSuffix(options, ";"):
		return r, "every option ends in a semicolon, the last one too"
	}
	for _, option := range splitOptions(strings.TrimSuffix(body, ")")) {
		keyword, value, _ := strings.Cut(option, ":")
		r.Options = append(r.Options, Option{Keyword: strings.TrimSpace(keyword), Value: strings.TrimSpace(value)})
	}
	sid, ok := r.Option("sid")
	if !ok {
		return r, "no sid: every rule has a number of its own, `sid:1000001;`"
	}
	number, err := strconv.ParseUint(sid, 10, 32)
	if err != nil || number == 0 {
		return r, fmt.Sprintf("sid:%s is not a whole number from 1 to 4294967295", sid)
	}
	r.SID = int(number)
	return r, ""
}

// openQuote says that a text ends within quotes.
func openQuote(text string) bool {
	open, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			open = !open
		}
	}
	return open
}

// addressFields splits what stands before the brackets at spaces, but for those in lists:
// `[10.0.0.0/8, !10.1.0.0/16]`.
func addressFields(text string) []string {
	var fields []string
	depth := 0
	for _, word := range strings.Fields(text) {
		if depth > 0 {
			fields[len(fields)-1] += word
		} else {
			fields = append(fields, word)
		}
		depth += strings.Count(word, "[") - strings.Count(word, "]")
	}
	return fields
}

// splitOptions splits options at their semicolons, but for those in quotes and after a
// backslash.
func splitOptions(text string) []string {
	var options []string
	var option strings.Builder
	quoted, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			options = append(options, strings.TrimSpace(option.String()))
			option.Reset()
			continue
		}
		option.WriteRune(c)
	}
	if rest := strings.TrimSpace(option.String()); rest != "" {
		options = append(options, rest)
	}
	return slices.DeleteFunc(options, func(o string) bool { return o == "" })
}

// LongestRule is how many characters a rule may have.
const LongestRule = 8192

// actions are those that AWS takes.
var actions = []string{"pass", "drop", "reject", "alert"}

// Protocols are those that rules may be about, and those that have TCP alone below them, on
// which reject has something to answer. AWS names neither FTP nor IMAP among the latter.
//
//   - https://docs.suricata.io/en/suricata-7.0.8/rules/intro.html#protocol
//   - https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulRule.html
var (
	packetProtocols = []string{"ip", "tcp", "udp", "icmp", "tcp-pkt", "tcp-stream"}
	overTCP         = []string{"tcp", "tcp-pkt", "tcp-stream", "tls", "http", "http1", "http2", "smb", "dcerpc", "ssh", "smtp", "rdp", "rfb", "mqtt", "nfs", "modbus", "dnp3", "telnet", "pgsql"}
	protocols       = slices.Concat(packetProtocols, overTCP, []string{"ftp", "imap", "pop3", "msn", "dns", "krb5", "tftp", "ntp", "dhcp", "quic", "snmp", "sip", "bittorrent-dht"})
)

// refusedKeywords are those of Suricata that AWS does without, and `priority`, which strict
// order has no use for.
var (
	refusedKeywords = []string{
		"priority", "dataset", "datarep", "iprep", "threshold", "detection_filter", "lua", "luaxform", "enip_command", "cip_service",
		"filestore", "filemagic", "filename", "fileext", "filemd5", "filesha1", "filesha256", "filesize", "file.data", "file_data", "file.name", "file.magic",
	}
)

// refused says what AWS has against a rule of so many characters.
func (r Rule) refused(length int) string {
	switch {
	case length > LongestRule:
		return fmt.Sprintf("%d characters, and AWS takes %d in a rule", length, LongestRule)
	case !slices.Contains(actions, r.Action):
		return fmt.Sprintf("the action %q is none of pass, drop, reject, alert", r.Action)
	case !slices.Contains(protocols, r.Protocol):
		return "AWS Network Firewall does not know the protocol " + r.Protocol
	case r.Action == "reject" && !slices.Contains(overTCP, r.Protocol):
		return "reject answers with a TCP reset, and AWS takes it for TCP alone, and not for FTP and IMAP: say drop"
	}
	for _, o := range r.Options {
		switch {
		case o.Keyword == "priority":
			return "priority has no meaning in strict order, and AWS refuses it: the order of the lines decides"
		case slices.Contains(refusedKeywords, o.Keyword):
			return "AWS Network Firewall does not know the keyword " + o.Keyword
		case (o.Keyword == "xbits" || o.Keyword == "hostbits") && strings.Contains(o.Value, "track"):
			return "AWS Network Firewall does not know " + o.Keyword + " by address: flowbits are of a connection"
		case o.Keyword == "tag" && strings.HasPrefix(o.Value, "host"):
			return "AWS Network Firewall does not know tag:host"
		}
	}
	if problem := r.misformed(); problem != "" {
		return problem
	}
	return ""
}

// said are the keywords that say something of a rule and not of packets.
var said = []string{"msg", "sid", "rev", "gid", "classtype", "metadata", "reference", "noalert"}

// ByFirstPacket says that a rule is about addresses and ports alone. Suricata looks at such a
// rule once for each direction of a connection, with its first packet: before any rule that
// stands above it and knows a request.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html
func (r Rule) ByFirstPacket() bool {
	return slices.Contains(packetProtocols, r.Protocol) &&
		!slices.ContainsFunc(r.Options, func(o Option) bool { return !slices.Contains(said, o.Keyword) })
}
