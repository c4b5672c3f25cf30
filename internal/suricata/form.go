package suricata

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file says what is wrong with the parts of a rule, each for itself.

// unreadable says what is wrong with the characters of a line.
func unreadable(line string) string {
	switch {
	case !utf8.ValidString(line):
		return "it has bytes that are no UTF-8: write the rule in ASCII, and other bytes of a content as |c3 a4|"
	case strings.HasPrefix(line, "\ufeff"):
		return "it begins with a byte order mark: save the file without one"
	case strings.ContainsRune(line, 0):
		return "it has a zero byte"
	}
	return ""
}

// misformed says what is wrong with the addresses, ports and options of a rule.
func (r Rule) misformed() string {
	for _, part := range []struct{ what, text string }{{"source", r.Source}, {"destination", r.Destination}} {
		if problem := addressesProblem(part.text); problem != "" {
			return fmt.Sprintf("the %s: %s", part.what, problem)
		}
	}
	for _, part := range []struct{ what, text string }{{"source port", r.SourcePorts}, {"destination port", r.DestinationPorts}} {
		if problem := portsProblem(part.text); problem != "" {
			return fmt.Sprintf("the %s: %s", part.what, problem)
		}
	}
	for _, once := range []string{"sid", "rev", "msg"} {
		values := 0
		for _, o := range r.Options {
			if o.Keyword == once {
				values++
			}
		}
		if values > 1 {
			return fmt.Sprintf("%s stands %d times: once is enough", once, values)
		}
	}
	if rev, ok := r.Option("rev"); ok {
		if n, err := strconv.ParseUint(rev, 10, 32); err != nil || n == 0 {
			return fmt.Sprintf("rev:%s is not a whole number from 1 on", rev)
		}
	}
	if msg, ok := r.Option("msg"); ok && (len(msg) < 2 || msg[0] != '"' || msg[len(msg)-1] != '"') {
		return `msg stands in quotes: msg:"…";`
	}
	if flow, ok := r.Option("flow"); ok {
		for _, word := range strings.Split(flow, ",") {
			if word = strings.TrimSpace(word); !slices.Contains(flowWords, word) {
				return fmt.Sprintf("flow does not know %q: it knows %s", word, strings.Join(flowWords, ", "))
			}
		}
	}
	return ""
}

// flowWords are what flow knows:
// https://docs.suricata.io/en/suricata-7.0.8/rules/flow-keywords.html#flow
var flowWords = []string{"to_client", "to_server", "from_client", "from_server", "established", "not_established", "stateless", "only_stream", "no_stream", "only_frag", "no_frag"}

// addressesProblem says what is wrong with the addresses of one side, "" if nothing.
func addressesProblem(text string) string {
	return eachItem(text, func(item string) string {
		switch {
		case item == "any":
			return ""
		case strings.HasPrefix(item, "$"):
			return variableProblem(item)
		}
		if p, err := netip.ParsePrefix(item); err == nil && p.Addr().Is4() {
			return ""
		}
		if a, err := netip.ParseAddr(item); err == nil && a.Is4() {
			return ""
		}
		return fmt.Sprintf("%q is no IPv4 address, no range like 10.0.0.0/8, and none of any, $HOME_NET, $EXTERNAL_NET", item)
	})
}

// portsProblem does so for ports.
func portsProblem(text string) string {
	return eachItem(text, func(item string) string {
		switch {
		case item == "any":
			return ""
		case strings.HasPrefix(item, "$"):
			return variableProblem(item)
		}
		from, to, isRange := strings.Cut(item, ":")
		first, last := portNumber(from, 0), portNumber(to, 65535)
		switch {
		case !isRange && (from == "" || first < 0), first < 0 || last < 0, isRange && from == "" && to == "":
			return fmt.Sprintf("%q is neither a port from 0 to 65535 nor a range of them like 8000:8080, nor any", item)
		case isRange && first > last:
			return fmt.Sprintf("%s ends before it begins: say %s:%s", item, to, from)
		}
		return ""
	})
}

func portNumber(text string, otherwise int) int {
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

func variableProblem(item string) string {
	if item != "$HOME_NET" && item != "$EXTERNAL_NET" {
		return "nothing says what " + item + " is: write its ranges or ports, or $HOME_NET or $EXTERNAL_NET"
	}
	return ""
}

// eachItem asks about each item of a list in square brackets, which may be denied with an
// exclamation mark and may be lists themselves, or of what stands alone.
func eachItem(text string, problem func(item string) string) string {
	if strings.Count(text, "[") != strings.Count(text, "]") || strings.HasPrefix(text, "[") != strings.HasSuffix(text, "]") && !strings.HasPrefix(text, "!") {
		return fmt.Sprintf("%s has a bracket without its other half", text)
	}
	for _, item := range items(text) {
		inner, denied := strings.CutPrefix(strings.TrimSpace(item), "!")
		if inner == "any" && denied {
			return "!any is nobody"
		}
		if strings.HasPrefix(inner, "[") {
			if p := eachItem(inner, problem); p != "" {
				return p
			}
		} else if p := problem(inner); p != "" {
			return p
		}
	}
	return ""
}
