package querylog

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// expressions are the regular expressions of a pattern.
var expressions = regexp.MustCompile(`%([^%]*)%`)

// CloudWatch takes two regular expressions in a pattern, and five patterns of a log group
// that have any, made of few characters and without groups:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func TestPatternsAreSuchAsCloudWatchTakes(t *testing.T) {
	with := 0
	for _, w := range (LogGroupConfig{Name: "acme-dev", Firewall: true}).watched() {
		found := expressions.FindAllStringSubmatch(w.pattern, -1)
		if len(found) > 0 {
			with++
		}
		if len(found) > 2 {
			t.Errorf("%s has %d regular expressions", w.name, len(found))
		}
		for _, m := range found {
			if allowed := regexp.MustCompile(`^[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|\\*+.]+$`); !allowed.MatchString(m[1]) {
				t.Errorf("%s: %s has characters that are not taken", w.name, m[1])
			}
			if _, err := regexp.Compile(m[1]); err != nil {
				t.Errorf("%s: %v", w.name, err)
			}
		}
		if !strings.HasPrefix(w.pattern, "{ ") || !strings.HasSuffix(w.pattern, " }") {
			t.Errorf("%s: %s is not about fields", w.name, w.pattern)
		}
	}
	if with == 0 || with > 5 {
		t.Errorf("%d patterns have regular expressions, want one to five", with)
	}
}

// Names that AWS makes up are long, and names that carry data are longer.
func TestLongNamesAreThoseThatNobodyChose(t *testing.T) {
	var long *regexp.Regexp
	for _, w := range (LogGroupConfig{}).watched() {
		if w.name == "long" {
			long = regexp.MustCompile(expressions.FindStringSubmatch(w.pattern)[1])
		}
	}
	for name, want := range map[string]bool{
		strings.Repeat("a", 63) + ".tunnel.example.":         true,
		"x." + strings.Repeat("q7", 27) + ".tunnel.example.": true,
		"www.example.com.":                    false,
		strings.Repeat("a.", 60) + "example.": false,
		"internal-" + strings.Repeat("k", 32) + "-1234567890.eu-central-1.elb.amazonaws.com.": false,
		"0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com.":                false,
		"prod-ap-southeast-3-starport-layer-bucket.s3.ap-southeast-3.amazonaws.com.":          false,
		"vpce-0123456789abcdef0-abcdefgh-eu-central-1a.sts.eu-central-1.vpce.amazonaws.com.":  false,
	} {
		if got := long.MatchString(name); got != want {
			t.Errorf("%s: long is %t, want %t", name, got, want)
		}
	}
}

// What no rule can mark is neither watched nor asked for.
func TestWithoutRulesNobodyAsksForWhatTheyMet(t *testing.T) {
	for _, firewall := range []bool{false, true} {
		c := LogGroupConfig{Name: "acme-dev", Firewall: firewall}
		text := fmt.Sprint(c.watched(), queries(firewall))
		if strings.Contains(text, "firewall_rule_action") != firewall {
			t.Errorf("with DNS Firewall %t: %s", firewall, text)
		}
	}
}

// A restricted VPC makes queries that are blocked all day.
func TestTheAlarmSaysHowManyAreTooMany(t *testing.T) {
	for most, want := range map[int]string{0: "DNS queries met a rule", 200: "More than 200 DNS queries in five minutes met a rule"} {
		all := (LogGroupConfig{Name: "acme-dev", Firewall: true, MostBlocked: most}).watched()
		if last := all[len(all)-1]; last.most != most || !strings.HasPrefix(last.description, want) {
			t.Errorf("got %d and %q", last.most, last.description)
		}
	}
}
