package querylog

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"

	"hubspoke/constructs/logalarm"
	"hubspoke/internal/tf"
)

// How many queries of a kind there may be in five minutes without an alarm. Resolvers log
// what they do not know yet: an answer that they still have is not counted again.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
const (
	// One name server elsewhere that is slow for a moment should wake nobody.
	mostFailures = 50
	// Programs that look for their masters try hundreds of names.
	mostMissing = 500
	// A file that leaves in names takes thousands.
	mostLong = 20
)

// watched is a kind of queries that an alarm counts.
type watched struct {
	name, description, pattern string
	most                       int
}

// watched are the kinds of queries that an alarm counts.
//
// Patterns may have two regular expressions, and five filters of a log group may have any;
// those have no groups: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func (c LogGroupConfig) watched() []watched {
	all := []watched{{
		name:        "failed",
		description: fmt.Sprintf("More than %d DNS queries in five minutes were not answered (SERVFAIL): a name server elsewhere, or the way to it, is down (%s)", mostFailures, c.Name),
		pattern:     `{ $.rcode = "SERVFAIL" }`,
		most:        mostFailures,
	}, {
		// Search lists of pods ask for many internal names that there are not, and addresses
		// seldom have names.
		name:        "missing",
		description: fmt.Sprintf("More than %d DNS queries in five minutes were for names that there are not (NXDOMAIN): a program is wrong about its names, or looks for somebody (%s)", mostMissing, c.Name),
		pattern:     `{ ($.rcode = "NXDOMAIN") && ($.query_name != "*.internal.") && ($.query_name != "*.arpa.") }`,
		most:        mostMissing,
	}, {
		// Buckets may be called like that, and whoever asks for one's address tells AWS alone.
		name:        "long",
		description: fmt.Sprintf("More than %d DNS queries in five minutes were for very long names: data may leave in them (%s)", mostLong, c.Name),
		pattern:     fmt.Sprintf(`{ ($.query_name = %%[a-zA-Z0-9_-]{%d,%d}%%) && ($.query_name != "*.amazonaws.com.") }`, longLabel, longestLabel),
		most:        mostLong,
	}}
	if c.Firewall {
		all = append(all, watched{
			name:        "blocked",
			description: fmt.Sprintf("%s met a rule of DNS Firewall, which blocks or reports them: the saved query blocked-askers says whose they are (%s)", moreThan(c.MostBlocked), c.Name),
			pattern:     `{ ($.firewall_rule_action = "BLOCK") || ($.firewall_rule_action = "ALERT") }`,
			most:        c.MostBlocked,
		})
	}
	return all
}

// moreThan is so many queries, and one.
func moreThan(most int) string {
	if most == 0 {
		return "DNS queries"
	}
	return fmt.Sprintf("More than %d DNS queries in five minutes", most)
}

// alarms ring when there are too many of a kind of queries.
func (c LogGroupConfig) alarms(scope constructs.Construct, id string, group *string) error {
	for _, w := range c.watched() {
		if _, err := logalarm.New(scope, tf.Name(id, w.name), logalarm.Config{
			Name:        c.Name + "-dns-" + w.name,
			Description: w.description,
			LogGroup:    group,
			Pattern:     w.pattern,
			Namespace:   c.Namespace,
			Metric:      c.Name + "-" + w.name,
			Most:        w.most,
			Topics:      c.Topics,
		}); err != nil {
			return err
		}
	}
	return nil
}
