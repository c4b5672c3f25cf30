package invariant

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/suricata"
	"hubspoke/proof/config"
	"hubspoke/proof/packet"
	"hubspoke/proof/stackjson"
)

// The orders in which a firewall reads rules. The second is AWS's default.
const (
	strictOrder = "STRICT_ORDER"
	actionOrder = "DEFAULT_ACTION_ORDER"
)

// firewallPolicy is what a policy says, as far as it can be read.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/networkfirewall_firewall_policy
type firewallPolicy struct {
	resource *config.Resource
	// order is how rules are read, empty if that is not known.
	order string
	// stateless, fragments and defaults are actions that apply if no rule does.
	stateless, fragments, defaults []string
	// defaultsKnown says whether these are all default actions of the stateful engine, and
	// known whether the groups are all that there are, too.
	defaultsKnown, known bool
	home                 variable
	groups               []ruleGroup
}

// variable is a set of addresses with a name.
type variable struct {
	set    bool
	ranges []packet.Range
	// unread says what of it could not be read.
	unread string
}

// ruleGroup is a stateful group of rules, as a policy refers to it.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/networkfirewall_rule_group
type ruleGroup struct {
	// name is the resource or, for one that no stack here makes, what the policy says.
	name     string
	resource *config.Resource
	// managed says that AWS keeps it.
	managed bool
	// priority is 0 for none.
	priority      int
	priorityKnown bool
	// order is empty if it is not known.
	order string
	// known says whether all of its rules were read.
	known bool
	home  variable
	// external says that it may have an EXTERNAL_NET of its own.
	external bool
	// usesHome says that a rule speaks of HOME_NET or EXTERNAL_NET.
	usesHome bool
	// allowed are the kinds of names of which it lets its own through alone, and passes those of
	// which it lets some through: TLS_SNI, HTTP_HOST.
	allowed, passes []string
	// decided are the rules that are about all packets of a protocol, in their order.
	decided []decision
}

// decision is what becomes of all packets of a protocol: ip, tcp, udp.
type decision struct {
	protocol string
	passes   bool
}

// decide says what the policy's rules do with all packets of a protocol, by which group; nil
// if none is about all. In strict order the first decides, else one that lets them pass.
func (p *firewallPolicy) decide(protocol string) (by *ruleGroup, passes bool) {
	for i, g := range p.groups {
		for _, d := range g.decided {
			switch {
			case d.protocol != protocol && d.protocol != "ip" || by != nil && !d.passes:
			case by == nil || p.order == actionOrder:
				by, passes = &p.groups[i], d.passes
			}
		}
	}
	return by, passes
}

// usesHome says whether a group goes by the policy's HOME_NET for certain, and whether one
// may do so that was not read.
func (p *firewallPolicy) usesHome() (certain, perhaps bool) {
	perhaps = !p.known
	for _, g := range p.groups {
		switch {
		case g.home.set:
		case g.usesHome:
			certain = true
		case !g.known:
			perhaps = true
		}
	}
	return certain, perhaps
}

func readFirewallPolicy(r *config.Resource) *firewallPolicy {
	p := &firewallPolicy{resource: r}
	policies, known := blocksOf(r, "firewall_policy")
	if !known || len(policies) != 1 {
		p.home.unread = "firewall_policy cannot be read"
		return p
	}
	policy := policies[0]
	p.stateless, _ = textsOf(policy["stateless_default_actions"])
	p.fragments, _ = textsOf(policy["stateless_fragment_default_actions"])
	p.defaults, p.defaultsKnown = textsOf(policy["stateful_default_actions"])
	slices.Sort(p.defaults)
	p.order = readOrder(policy, "stateful_engine_options")
	var variablesKnown bool
	variables, known := blocks(policy, "policy_variables")
	if p.home, variablesKnown = readVariable(variables, "rule_variables", "HOME_NET"); !known || !variablesKnown {
		p.home.set, p.home.unread = true, cmp.Or(p.home.unread, "policy_variables cannot be read")
	}
	references, known := blocks(policy, "stateful_rule_group_reference")
	p.known = known && p.defaultsKnown
	for _, reference := range references {
		g := readRuleGroup(reference["resource_arn"])
		g.priority, g.priorityKnown = number(reference["priority"])
		p.groups = append(p.groups, g)
	}
	slices.SortStableFunc(p.groups, func(a, b ruleGroup) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.name, b.name))
	})
	return p
}

// readOrder is the rule_order of a block of options, empty if it cannot be read.
func readOrder(in map[string]any, options string) string {
	all, known := blocks(in, options)
	order := ""
	for _, o := range all {
		said, understood := text(o["rule_order"])
		order, known = said, known && understood
	}
	if !known {
		return ""
	}
	return cmp.Or(order, actionOrder)
}

// readVariable is a set of addresses among blocks of variables; known is false if it may be
// among those that cannot be read.
func readVariable(in []map[string]any, list, wanted string) (v variable, known bool) {
	known = true
	for _, variables := range in {
		sets, read := blocks(variables, list)
		known = known && read
		for _, set := range sets {
			key, read := text(set["key"])
			known = known && read
			if key != wanted {
				continue
			}
			v.set = true
			definitions, read := blocks(set, "ip_set")
			if !read {
				v.unread = "ip_set of " + wanted + " cannot be read"
			}
			for _, d := range definitions {
				v.add(d["definition"])
			}
		}
	}
	return v, known
}

// add adds the IPv4 ranges of a list.
func (v *variable) add(list any) {
	for _, item := range stackjson.List(list) {
		said, ok := item.(string)
		if !ok {
			v.unread = fmt.Sprint(item)
		}
		if p, err := netip.ParsePrefix(said); err == nil && p.Addr().Is4() {
			v.ranges = append(v.ranges, packet.Prefix(p.Masked()))
		}
	}
}

// managedGroup is what stands in the ARN of a group that AWS keeps, in place of an account.
const managedGroup = ":aws-managed:"

// readRuleGroup reads the group that an ARN names. Those that AWS keeps have the order in
// their name: https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-managed-rule-groups.html
func readRuleGroup(arn any) ruleGroup {
	switch a := arn.(type) {
	case config.Ref:
		if a.Resource.Type == "aws_networkfirewall_rule_group" && !a.Resource.Data {
			return readOwnGroup(a.Resource)
		}
	case string, config.Text:
		g := ruleGroup{name: fmt.Sprint(arn)}
		g.managed = strings.Contains(g.name, managedGroup)
		switch {
		case g.managed && strings.HasSuffix(g.name, "StrictOrder"):
			g.order = strictOrder
		case g.managed && strings.HasSuffix(g.name, "ActionOrder"):
			g.order = actionOrder
		}
		g.usesHome = g.managed
		return g
	}
	return ruleGroup{name: fmt.Sprint(arn)}
}

func readOwnGroup(r *config.Resource) ruleGroup {
	g := ruleGroup{name: r.String(), resource: r, known: true}
	if rules := r.Argument("rules"); rules != nil && rules != "" {
		// Rules in one text leave the rest to AWS's defaults.
		g.order = actionOrder
		g.readRules(rules)
		return g
	}
	all, known := blocksOf(r, "rule_group")
	if !known || len(all) != 1 {
		g.known = false
		return g
	}
	group := all[0]
	g.order = readOrder(group, "stateful_rule_options")
	variables, known := blocks(group, "rule_variables")
	var homeKnown, externalKnown bool
	g.home, homeKnown = readVariable(variables, "ip_sets", "HOME_NET")
	external, externalKnown := readVariable(variables, "ip_sets", "EXTERNAL_NET")
	g.external = external.set || !known || !externalKnown
	sources, sourcesKnown := blocks(group, "rules_source")
	g.known = known && homeKnown && sourcesKnown
	for _, source := range sources {
		if rules := source["rules_string"]; rules != nil && rules != "" {
			g.readRules(rules)
		}
		lists, listsKnown := blocks(source, "rules_source_list")
		for _, list := range lists {
			g.readList(list)
		}
		single, singleKnown := blocks(source, "stateful_rule")
		for _, rule := range single {
			g.readRule(rule)
		}
		g.known = g.known && listsKnown && singleKnown
	}
	if !known || !homeKnown {
		g.usesHome = false // it may have a HOME_NET of its own
	}
	return g
}

// readRules reads rules in Suricata's language.
func (g *ruleGroup) readRules(rules any) {
	said, ok := rules.(string)
	g.usesHome = g.usesHome || strings.Contains(fmt.Sprint(rules), "$HOME_NET") || strings.Contains(fmt.Sprint(rules), "$EXTERNAL_NET")
	read, problems := suricata.Parse(said)
	g.known = g.known && ok && len(problems) == 0
	for _, rule := range read {
		g.take(rule)
	}
}

// readList reads a list of names. AWS makes rules of it that let these through and drop
// others, or drop these.
func (g *ruleGroup) readList(list map[string]any) {
	g.usesHome = true
	kind, known := text(list["generated_rules_type"])
	targets, all := textsOf(list["target_types"])
	g.known = g.known && known && all
	if kind == "ALLOWLIST" {
		g.allowed = append(g.allowed, targets...)
		g.passes = append(g.passes, targets...)
	}
}

// readRule reads a rule that is a block.
func (g *ruleGroup) readRule(block map[string]any) {
	action, known := text(block["action"])
	rule := suricata.Rule{Action: strings.ToLower(action)}
	headers, all := blocks(block, "header")
	known = known && all && len(headers) == 1
	for _, h := range headers {
		for name, to := range map[string]*string{
			"protocol": &rule.Protocol, "source": &rule.Source, "source_port": &rule.SourcePorts,
			"destination": &rule.Destination, "destination_port": &rule.DestinationPorts,
		} {
			said, read := text(h[name])
			known = known && read
			*to = said
			if strings.EqualFold(said, "any") {
				*to = "any"
			}
		}
	}
	options, all := blocks(block, "rule_option")
	known = known && all
	for _, o := range options {
		keyword, read := text(o["keyword"])
		known = known && read
		keyword, value, _ := strings.Cut(keyword, ":")
		settings, _ := textsOf(o["settings"])
		rule.Options = append(rule.Options, suricata.Option{Keyword: keyword, Value: strings.Join(append(settings, value), ",")})
	}
	g.known = g.known && known
	for _, place := range []string{rule.Source, rule.Destination} {
		g.usesHome = g.usesHome || strings.Contains(place, "$HOME_NET") || strings.Contains(place, "$EXTERNAL_NET")
	}
	if known {
		g.take(rule)
	}
}

// take counts what a rule lets through, and what it decides about all packets.
func (g *ruleGroup) take(rule suricata.Rule) {
	protocol := strings.ToLower(rule.Protocol)
	if rule.Action != "alert" && everything(rule) {
		g.decided = append(g.decided, decision{protocol, rule.Action == "pass"})
	}
	if rule.Action == "pass" {
		switch protocol {
		case "tls":
			g.passes = append(g.passes, "TLS_SNI")
		case "http":
			g.passes = append(g.passes, "HTTP_HOST")
		case "tcp", "ip":
			g.passes = append(g.passes, "TLS_SNI", "HTTP_HOST")
		}
	}
}

// harmless are the keywords that do not choose among packets. The direction and the state of
// a connection do, and what is dropped by them is dropped nevertheless.
var harmless = []string{"msg", "sid", "rev", "gid", "classtype", "metadata", "reference", "noalert", "flow", "priority"}

// everything says whether a rule is about all packets of its protocol that go out.
func everything(rule suricata.Rule) bool {
	flow, _ := rule.Option("flow")
	return slices.Contains([]string{"any", "$HOME_NET"}, rule.Source) && slices.Contains([]string{"any", "$EXTERNAL_NET"}, rule.Destination) &&
		rule.SourcePorts == "any" && rule.DestinationPorts == "any" &&
		!strings.Contains(flow, "to_client") && !strings.Contains(flow, "from_server") && !strings.Contains(flow, "not_established") &&
		!slices.ContainsFunc(rule.Options, func(o suricata.Option) bool { return !slices.Contains(harmless, o.Keyword) })
}

// blocksOf are the blocks of a resource with a name; known is false if there may be others.
func blocksOf(r *config.Resource, name string) (all []map[string]any, known bool) {
	return blocks(map[string]any{name: r.Argument(name), "dynamic": r.Argument("dynamic")}, name)
}

// blocks are the blocks with a name in one; known is false if there may be others.
func blocks(in map[string]any, name string) (all []map[string]any, known bool) {
	known = in["dynamic"] == nil
	if in[name] == "" {
		return nil, known
	}
	for _, item := range stackjson.List(in[name]) {
		if block, ok := item.(map[string]any); ok {
			all = append(all, block)
		} else {
			known = false
		}
	}
	return all, known
}

// text is a text, empty if there is none; known is false if it cannot be read.
func text(value any) (said string, known bool) {
	said, ok := value.(string)
	return said, ok || value == nil
}

// textsOf are the texts of a list; known is false if not all of them can be read.
func textsOf(value any) (all []string, known bool) {
	known = true
	for _, item := range stackjson.List(value) {
		switch said, ok := item.(string); {
		case !ok:
			known = false
		case said != "":
			all = append(all, said)
		}
	}
	return all, known
}

// number is a whole number, 0 if there is none; known is false if it cannot be read.
func number(value any) (n int, known bool) {
	switch v := value.(type) {
	case nil:
		return 0, true
	case float64:
		return int(v), true
	case string:
		if v == "" {
			return 0, true
		}
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return 0, false
}
