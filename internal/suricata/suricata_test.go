package suricata

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const good = `pass tls $HOME_NET any -> $EXTERNAL_NET any (tls.sni; content:"a.example"; startswith; endswith; sid:1;)`

func TestWhatAWSRefusesIsToldWithItsLine(t *testing.T) {
	for _, test := range []struct{ name, rules, want string }{
		{"no brackets", "drop tcp any any -> any 25", "1: no options in round brackets: want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`"},
		{"a word too few", "drop tcp any -> any 25 (sid:1;)", "1: 6 words before the brackets, not 7: want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`"},
		{"a direction", "drop tcp any any <- any 25 (sid:1;)", `1: the direction "<-" is neither -> nor <>`},
		{"no sid", `drop tcp any any -> any 25 (msg:"x";)`, "1: no sid: every rule has a number of its own, `sid:1000001;`"},
		{"a sid of letters", "drop tcp any any -> any 25 (sid:one;)", "1: sid:one is not a whole number from 1 to 4294967295"},
		{"a sid of nothing", "drop tcp any any -> any 25 (sid:0;)", "1: sid:0 is not a whole number from 1 to 4294967295"},
		{"a sid twice", "# one\ndrop tls any any -> any 25 (sid:7;)\n\ndrop tls any any -> any 26 (sid:7;)", "4: sid 7 is also that of line 2: give each rule a number of its own"},
		{"an action", "allow tcp any any -> any 25 (sid:1;)", `1: the action "allow" is none of pass, drop, reject, alert`},
		{"an action of Suricata that AWS has not", "rejectboth tcp any any -> any 25 (sid:1;)", `1: the action "rejectboth" is none of pass, drop, reject, alert`},
		{"a protocol", "drop sctp any any -> any any (sid:1;)", "1: AWS Network Firewall does not know the protocol sctp"},
		{"an invented protocol", "drop htttp any any -> any any (sid:1;)", "1: AWS Network Firewall does not know the protocol htttp"},
		{"bits by address", "drop tls any any -> any any (xbits:set,x,track ip_src; sid:1;)", "1: AWS Network Firewall does not know xbits by address: flowbits are of a connection"},
		{"a tag by host", "alert tls any any -> any any (tag:host,10,seconds; sid:1;)", "1: AWS Network Firewall does not know tag:host"},
		{"a reset for what AWS sends none", "reject ftp any any -> any any (sid:1;)", "1: reject answers with a TCP reset, and AWS takes it for TCP alone, and not for FTP and IMAP: say drop"},
		{"priority", "drop tcp any any -> any 25 (priority:1; sid:1;)", "1: priority has no meaning in strict order, and AWS refuses it: the order of the lines decides"},
		{"a keyword", "drop tcp any any -> any 25 (threshold: type limit, track by_src, seconds 1, count 1; sid:1;)", "1: AWS Network Firewall does not know the keyword threshold"},
		{"a variable", "drop tcp $HTTP_SERVERS any -> any 25 (sid:1;)", "1: the source: nothing says what $HTTP_SERVERS is: write its ranges or ports, or $HOME_NET or $EXTERNAL_NET"},
		{"a variable of ports", "drop tcp any any -> any [$HTTP_PORTS, 25] (sid:1;)", "1: the destination port: nothing says what $HTTP_PORTS is: write its ranges or ports, or $HOME_NET or $EXTERNAL_NET"},
		{"a reset without a connection", "reject udp any any -> any 25 (sid:1;)", "1: reject answers with a TCP reset, and AWS takes it for TCP alone, and not for FTP and IMAP: say drop"},
		{"the last semicolon", "drop tls any any -> any any (sid:1)", "1: every option ends in a semicolon, the last one too"},
		{"an open quote", `drop tls any any -> any any (msg:"x; sid:1;)`, "1: a quote is not closed"},
		{"a message without quotes", "drop tls any any -> any any (msg:x; sid:1;)", `1: msg stands in quotes: msg:"…";`},
		{"two sids", "drop tls any any -> any any (sid:1; sid:2;)", "1: sid stands 2 times: once is enough"},
		{"a revision", "drop tls any any -> any any (sid:1; rev:x;)", "1: rev:x is not a whole number from 1 on"},
		{"a word of flow", "drop tls any any -> any any (flow:established,to_servr; sid:1;)", `1: flow does not know "to_servr": it knows to_client, to_server, from_client, from_server, established, not_established, stateless, only_stream, no_stream, only_frag, no_frag`},
		{"a range that is none", "drop tls 10.0.0.0/33 any -> any any (sid:1;)", `1: the source: "10.0.0.0/33" is no IPv4 address, no range like 10.0.0.0/8, and none of any, $HOME_NET, $EXTERNAL_NET`},
		{"a name as an address", "drop tls any any -> evil.example any (sid:1;)", `1: the destination: "evil.example" is no IPv4 address, no range like 10.0.0.0/8, and none of any, $HOME_NET, $EXTERNAL_NET`},
		{"nobody", "drop tls !any any -> any any (sid:1;)", "1: the source: !any is nobody"},
		{"a variable in lower case", "drop tls $home_net any -> any any (sid:1;)", "1: the source: nothing says what $home_net is: write its ranges or ports, or $HOME_NET or $EXTERNAL_NET"},
		{"a reference to another group", "drop tls @ALLOWED any -> any any (sid:1;)", `1: the source: "@ALLOWED" is no IPv4 address, no range like 10.0.0.0/8, and none of any, $HOME_NET, $EXTERNAL_NET`},
		{"a port that is none", "drop tls any any -> any 99999 (sid:1;)", `1: the destination port: "99999" is neither a port from 0 to 65535 nor a range of them like 8000:8080, nor any`},
		{"a word as a port", "drop tls any https -> any any (sid:1;)", `1: the source port: "https" is neither a port from 0 to 65535 nor a range of them like 8000:8080, nor any`},
		{"a range of ports backwards", "drop tls any any -> any 30:20 (sid:1;)", "1: the destination port: 30:20 ends before it begins: say 20:30"},
		{"an open bracket", "drop tls any any -> any [80,443 (sid:1;)", "1: the destination port: [80,443 has a bracket without its other half"},
		{"bytes of another encoding", "drop tls any any -> any any (msg:\"\xe4\"; sid:1;)", "1: it has bytes that are no UTF-8: write the rule in ASCII, and other bytes of a content as |c3 a4|"},
		{"a byte order mark", "\ufeffdrop tls any any -> any any (sid:1;)", "1: it begins with a byte order mark: save the file without one"},
		{"too long", `drop tcp any any -> any 25 (msg:"` + strings.Repeat("x", LongestRule) + `"; sid:1;)`, fmt.Sprintf("1: %d characters, and AWS takes 8192 in a rule", LongestRule+43)},
		{"all at once", "nonsense\n" + good + "\nalso nonsense", "1: no options in round brackets: want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`\n3: no options in round brackets: want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`"},
		{"what goes on in the next line", "# a comment\n\ndrop tcp any any \\\n  -> any 25 (priority:1; \\\n sid:1;)", "3: priority has no meaning in strict order, and AWS refuses it: the order of the lines decides"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := Parse(test.rules)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d: %s", p.Line, p.Text))
			}
			if strings.Join(got, "\n") != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}

func TestRulesOfOneselfAreRead(t *testing.T) {
	for _, rule := range []string{
		good,
		`drop tcp [10.0.0.0/8, !10.1.0.0/16] any -> [203.0.113.0/24,198.51.100.1] [22,2222:2230] (msg:"a; b \"c\" (d)"; flow:to_server; sid:1;)`,
		`reject http any any <> any any (http.host; content:"x"; sid:4294967295; rev:3; metadata: a b;)`,
		`alert ip any any -> any any (flow:to_server; sid:1;)`,
	} {
		if rules, problems := Parse(rule); len(problems) != 0 || len(rules) != 1 {
			t.Errorf("%s: %v", rule, problems)
		}
	}
	r := mustParse(t, `drop tls any any -> any 25 (msg:"a; b \"c\""; sid:9;)`)[0]
	if msg, _ := r.Option("msg"); msg != `"a; b \"c\""` {
		t.Errorf("a semicolon in quotes ends an option: %s", msg)
	}
}

func TestRulesAboutAddressesAloneAreKnown(t *testing.T) {
	for rule, want := range map[string]bool{
		"pass tcp $HOME_NET any -> any 443 (msg:\"x\"; sid:2;)":      true,
		"drop ip any any -> any any (sid:2; rev:3;)":                 true,
		"pass tcp $HOME_NET any -> any 443 (flow:to_server; sid:2;)": false,
		"pass tls any any -> any any (sid:2;)":                       false,
		"drop tcp any any -> any any (content:\"x\"; sid:2;)":        false,
	} {
		if got := mustParse(t, rule)[0].ByFirstPacket(); got != want {
			t.Errorf("%s: %v", rule, got)
		}
	}
}

func mustParse(t testing.TB, text string) []Rule {
	t.Helper()
	rules, problems := Parse(text)
	if len(problems) > 0 {
		t.Fatalf("%v in:\n%s", problems, text)
	}
	return rules
}

var (
	home    = Networks{"HOME_NET": {netip.MustParsePrefix("10.0.0.0/8")}}
	client  = netip.MustParseAddr("10.1.2.3")
	other   = netip.MustParseAddr("10.2.0.1")
	outside = netip.MustParseAddr("203.0.113.7")
)

func request(application, name string) Connection {
	port := map[string]int{"tls": 443, "http": 80}[application]
	return Connection{From: client, To: outside, Port: port, Protocol: "tcp", Application: application, Name: name}
}

func TestDecisions(t *testing.T) {
	mail := Connection{From: client, To: outside, Port: 25, Protocol: "tcp"}
	for _, test := range []struct {
		name, rules string
		c           Connection
		want        Decision
	}{
		{"no rule", "", mail, Undecided},
		{"a port", "drop tcp $HOME_NET any -> $EXTERNAL_NET [25,465] (flow:to_server; sid:1;)", mail, Dropped},
		{"another port", "drop tcp $HOME_NET any -> $EXTERNAL_NET [26:] (flow:to_server; sid:1;)", mail, Undecided},
		{"a range of ports", "drop tcp $HOME_NET any -> $EXTERNAL_NET 20:30 (flow:to_server; sid:1;)", mail, Dropped},
		{"all ports but one", "drop tcp $HOME_NET any -> $EXTERNAL_NET !25 (flow:to_server; sid:1;)", mail, Undecided},
		{"not from here", "drop tcp !$HOME_NET any -> any any (flow:to_server; sid:1;)", mail, Undecided},
		{"a list with an exception", "drop tcp [10.0.0.0/8,!10.1.0.0/16] any -> any any (flow:to_server; sid:1;)", mail, Undecided},
		{"within", "drop tcp any any -> $HOME_NET any (flow:to_server; sid:1;)", mail, Undecided},
		{"the other way", "drop tcp 203.0.113.0/24 any -> any any (flow:to_server; sid:1;)", mail, Undecided},
		{"both ways", "drop tcp 203.0.113.0/24 25 <> any any (flow:to_server; sid:1;)", mail, Dropped},
		{"the first one decides", "pass tcp any any -> any 25 (flow:to_server; sid:1;)\ndrop ip any any -> any any (flow:to_server; sid:2;)", mail, Passed},
		{"one about addresses alone comes before the one above it", good + "\ndrop tcp any any -> any any (sid:2;)", request("tls", "a.example"), Dropped},
		{"an alert does not", "alert tcp any any -> any 25 (flow:to_server; sid:1;)\ndrop ip any any -> any any (flow:to_server; sid:2;)", mail, Dropped},
		{"answers", "drop tcp any any -> any any (flow:to_client; sid:1;)", mail, Undecided},
		{"a keyword that is not known", `drop tcp any any -> any 25 (pcre:"/x/"; sid:1;)`, mail, Unknown},
		{"the same, behind one that decides", "pass tcp any any -> any 25 (flow:to_server; sid:2;)\n" + `drop tcp any any -> any 25 (pcre:"/x/"; sid:1;)`, mail, Passed},
		{"the same, about others", `drop tcp any any -> any 26 (pcre:"/x/"; sid:1;)`, mail, Undecided},
		{"another protocol", "drop udp any any -> any any (flow:to_server; sid:1;)", mail, Undecided},
		{"a name", good, request("tls", "a.example"), Passed},
		{"a name in capitals, which TLS keeps", good, request("tls", "A.example"), Undecided},
		{"a name below", good, request("tls", "b.a.example"), Undecided},
		{"a name that ends alike", good, request("tls", "ba.example"), Undecided},
		{"another application", good, request("http", "a.example"), Undecided},
		{"what is in a name", `drop http any any -> any any (http.host; content:"evil"; sid:1;)`, request("http", "not-evil.example"), Dropped},
		{"bytes, which are not read", `drop http any any -> any any (http.host; content:"|65|vil"; sid:1;)`, request("http", "evil.example"), Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, r := Decide(mustParse(t, test.rules), home, test.c); got != test.want {
				t.Errorf("%s by %+v, want %s", got, r, test.want)
			}
		})
	}
}

// What is allowed passes in both languages and any spelling, and nothing that only looks
// like it.
func TestAllowedNamesAndNoOthers(t *testing.T) {
	taken := map[int]bool{}
	rules := mustParse(t, strings.Join(Allow("$HOME_NET", "$EXTERNAL_NET", []string{"api.example.com", ".example.org"}, taken), "\n"))
	for _, application := range []string{"tls", "http"} {
		for name, want := range map[string]Decision{
			"api.example.com": Passed, "API.Example.COM": Passed,
			"example.org": Passed, "a.example.org": Passed, "a.b.EXAMPLE.org": Passed,
			"x.api.example.com": Undecided, "example.com": Undecided, "api.example.com.evil.test": Undecided,
			"notexample.org": Undecided, "example.org.evil.test": Undecided, "": Undecided, "example.orga": Undecided,
		} {
			if got, _ := Decide(rules, home, request(application, name)); got != want {
				t.Errorf("%s to %q: %s, want %s", application, name, got, want)
			}
		}
	}
	inside := request("tls", "a.example.org")
	inside.To = other
	if got, _ := Decide(rules, home, inside); got != Undecided {
		t.Errorf("an allowed name opens what is within: %s", got)
	}
}

func TestBetweenPassesBothWaysAndNoOthers(t *testing.T) {
	one, two := netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.2.0.0/16")
	taken := map[int]bool{}
	rules := mustParse(t, strings.Join(append(Between(one, two, taken), WithoutNames("$HOME_NET", "any", true, taken)...), "\n"))
	for _, protocol := range []string{"tcp", "udp", "icmp"} {
		for _, c := range []Connection{{From: client, To: other, Port: 5432, Protocol: protocol}, {From: other, To: client, Port: 443, Protocol: protocol}} {
			if got, _ := Decide(rules, home, c); got != Passed {
				t.Errorf("%s from %s to %s: %s", protocol, c.From, c.To, got)
			}
		}
		want := Dropped
		if protocol == "tcp" {
			want = Undecided // the policy's default waits for what it says
		}
		third := Connection{From: client, To: netip.MustParseAddr("10.3.0.1"), Port: 53, Protocol: protocol}
		if got, _ := Decide(rules, home, third); got != want {
			t.Errorf("%s to a third: %s, want %s", protocol, got, want)
		}
	}
}

// A rule has the same number whatever other names there are, and no two have the same one.
func TestNumbersFollowFromWhatRulesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`\.?[a-z]{1,12}\.[a-z]{2,4}`), 1, 60, rapid.ID).Draw(t, "names")
		all := Allow("$HOME_NET", "$EXTERNAL_NET", names, map[int]bool{})
		seen := map[int]string{}
		for _, r := range mustParseRapid(t, strings.Join(all, "\n")) {
			text := fmt.Sprint(r.Options)
			if seen[r.SID] != "" {
				t.Fatalf("%d is the number of two rules", r.SID)
			}
			seen[r.SID] = text
		}
		kept := names[rapid.IntRange(0, len(names)-1).Draw(t, "one")]
		for _, rule := range Allow("$HOME_NET", "$EXTERNAL_NET", []string{kept}, map[int]bool{}) {
			if !slices.Contains(all, rule) {
				t.Fatalf("alone %s is another rule: %s", kept, rule)
			}
		}
	})
}

func mustParseRapid(t *rapid.T, text string) []Rule {
	rules, problems := Parse(text)
	if len(problems) > 0 {
		t.Fatalf("%v in:\n%s", problems, text)
	}
	return rules
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{good, "", "#", `drop tcp [a, any -> any 25 (sid:1;`, "\\\n\\", `pass tcp any [ -> any ] (";sid:1;)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, problems := Parse(text)
		for _, p := range problems {
			if p.Line < 1 || p.Line > strings.Count(text, "\n")+1 || p.Text == "" {
				t.Errorf("a problem of no line: %+v", p)
			}
		}
		Decide(rules, home, request("tls", "a.example"))
		if len(problems) > 0 {
			return // such a file is not taken
		}
		if again, more := Parse(Plain(text)); len(again) != len(rules) || len(more) > 0 {
			t.Errorf("without comments there are %d rules and %d problems, not %d", len(again), len(more), len(rules))
		}
	})
}
