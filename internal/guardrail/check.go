package guardrail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/awsaction"
	"hubspoke/internal/yamldoc"
)

// Problem is something about a policy that somebody wrote.
type Problem struct {
	// Line is where, Text what is wrong, and what would be right.
	Line int
	Text string
	// Doubtful is what is wrong only if nothing has changed since the table of actions was written.
	Doubtful bool
}

// Check reads a policy of service or resource control as somebody wrote it, and returns it
// without white space, in the order of the file, with all that AWS would refuse, or would take
// and never act on.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func Check(text []byte, kind Type) (content string, problems []Problem) {
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		p := Problem{Line: 1, Text: "not JSON: " + err.Error()}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			p.Line = lineOf(text, syntax.Offset)
		}
		return "", []Problem{p}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return "", []Problem{{Line: 1, Text: "not JSON: " + err.Error()}}
	}
	c := checker{kind: kind}
	c.policy(c.parse(text))
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
	return compact.String(), c.problems
}

// lineOf is the line of a text in which so many bytes have been read.
func lineOf(text []byte, read int64) int {
	return 1 + bytes.Count(text[:min(int(read), len(text))], []byte("\n"))
}

// node is a value of a JSON text.
type node struct {
	line  int
	group bool // {}
	list  bool // []
	text  *string
	keys  []string // of a group, in order
	items []*node  // of a group or a list
}

func (n *node) find(key string) *node {
	if i := slices.Index(n.keys, key); n.group && i >= 0 {
		return n.items[i]
	}
	return nil
}

// values are the items of a list, or the one value that stands without a list.
func (n *node) values() []*node {
	if n.list {
		return n.items
	}
	return []*node{n}
}

// parse reads a text that is JSON with the lines of its values. A key stated twice is a mistake: readers
// differ on which of the two counts.
func (c *checker) parse(text []byte) *node {
	d := json.NewDecoder(bytes.NewReader(text))
	token := func() (json.Token, int) {
		t, err := d.Token()
		if err != nil {
			panic("guardrail: what is JSON cannot be read: " + err.Error())
		}
		return t, lineOf(text, d.InputOffset())
	}
	var value func() *node
	value = func() *node {
		t, line := token()
		n := &node{line: line}
		if text, ok := t.(string); ok {
			n.text = &text
		}
		delim, ok := t.(json.Delim)
		if !ok {
			return n
		}
		n.group, n.list = delim == '{', delim == '['
		for d.More() {
			if n.group {
				key, line := token()
				if slices.Contains(n.keys, key.(string)) {
					c.errorf(&node{line: line}, "%s is stated twice", key)
				}
				n.keys = append(n.keys, key.(string))
			}
			n.items = append(n.items, value())
		}
		token()
		return n
	}
	return value()
}

// checker collects what is wrong with a policy of a type.
type checker struct {
	kind     Type
	problems []Problem
}

func (c *checker) errorf(n *node, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: n.line, Text: fmt.Sprintf(format, args...)})
}

// version is the one of the policy language that organisations take.
const version = "2012-10-17"

func (c *checker) policy(root *node) {
	if !root.group {
		c.errorf(root, "want a policy: {\"Version\": %q, \"Statement\": […]}", version)
		return
	}
	c.known(root, []string{"Id", "Statement", "Version"})
	if v := root.find("Version"); v == nil || v.text == nil || *v.text != version {
		c.errorf(orElse(v, root), "Version has to be %q", version)
	}
	statements := root.find("Statement")
	if statements == nil || len(statements.values()) == 0 {
		c.errorf(orElse(statements, root), "there is no statement")
		return
	}
	sids := map[string]bool{}
	for _, s := range statements.values() {
		if !s.group {
			c.errorf(s, "want a statement: {\"Effect\": \"Deny\", …}")
			continue
		}
		if sid := s.find("Sid"); sid != nil && sid.text != nil {
			if sids[*sid.text] {
				c.errorf(sid, "Sid %s is another statement's too", *sid.text)
			}
			sids[*sid.text] = true
		}
		c.statement(s)
	}
}

// orElse is a node, or the one around it where it is missing.
func orElse(n, around *node) *node {
	if n == nil {
		return around
	}
	return n
}

// known reports keys that are none of a group's.
func (c *checker) known(n *node, keys []string) {
	for i, key := range n.keys {
		if !slices.Contains(keys, key) {
			c.errorf(n.items[i], "%s is no element here: those are %s%s", key, strings.Join(keys, ", "), yamldoc.Suggest(key, keys))
		}
	}
}

func (c *checker) statement(s *node) {
	c.known(s, []string{"Action", "Condition", "Effect", "NotAction", "NotPrincipal", "NotResource", "Principal", "Resource", "Sid"})
	c.effect(s)
	c.principal(s)
	actions, notActions := s.find("Action"), s.find("NotAction")
	if (actions == nil) == (notActions == nil) {
		c.errorf(s, "a statement has one of Action and NotAction")
	}
	if c.kind == ResourceControl && notActions != nil {
		c.errorf(notActions, "a resource control policy takes no NotAction: name the actions")
	}
	if resources, not := s.find("Resource"), s.find("NotResource"); (resources == nil) == (not == nil) {
		c.errorf(s, "a statement has one of Resource and NotResource")
	}
	for _, list := range []*node{actions, notActions} {
		if list == nil {
			continue
		}
		for _, action := range list.values() {
			c.action(action)
		}
	}
	c.condition(s.find("Condition"))
}

func (c *checker) effect(s *node) {
	effect := s.find("Effect")
	switch {
	case effect == nil || effect.text == nil || *effect.text != "Allow" && *effect.text != "Deny":
		c.errorf(orElse(effect, s), "Effect has to be Allow or Deny")
	case c.kind == ResourceControl && *effect.text == "Allow":
		c.errorf(effect, "a resource control policy denies: AWS's own alone allows")
	}
}

func (c *checker) principal(s *node) {
	principal, not := s.find("Principal"), s.find("NotPrincipal")
	switch {
	case c.kind == ServiceControl && (principal != nil || not != nil):
		c.errorf(orElse(principal, orElse(not, s)), "a service control policy takes no Principal: it is about everybody in the accounts; exempt roles by a condition on aws:PrincipalArn")
	case c.kind == ResourceControl && not != nil:
		c.errorf(not, "a resource control policy takes no NotPrincipal: exempt whom you mean by a condition on aws:PrincipalArn")
	case c.kind == ResourceControl && (principal == nil || principal.text == nil || *principal.text != "*"):
		c.errorf(orElse(principal, s), `Principal of a resource control policy has to be "*": exempt whom you mean by a condition`)
	}
}

func (c *checker) action(n *node) {
	if n.text == nil {
		c.errorf(n, "want the name of an action, such as s3:GetObject")
		return
	}
	if problem, doubtful := awsaction.Problem(*n.text); problem != "" {
		c.problems = append(c.problems, Problem{Line: n.line, Text: problem, Doubtful: doubtful})
		return
	}
	if c.kind != ResourceControl {
		return
	}
	service, _, _ := strings.Cut(*n.text, ":")
	switch {
	case service == "*":
		c.errorf(n, "a resource control policy names services: s3:*")
	case !awsaction.InResourcePolicies(service):
		c.problems = append(c.problems, Problem{Line: n.line, Doubtful: true,
			Text: fmt.Sprintf("resource control policies were not about resources of %s in %s", service, awsaction.AsOf)})
	}
}

// operators are those of conditions, without what may stand before and after.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = []string{
	"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "BinaryEquals", "Bool",
	"DateEquals", "DateGreaterThan", "DateGreaterThanEquals", "DateLessThan", "DateLessThanEquals", "DateNotEquals",
	"IpAddress", "NotIpAddress", "Null",
	"NumericEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "NumericLessThan", "NumericLessThanEquals", "NumericNotEquals",
	"StringEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike",
}

func (c *checker) condition(n *node) {
	if n == nil {
		return
	}
	if !n.group {
		c.errorf(n, `want a condition: {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}`)
		return
	}
	for i, operator := range n.keys {
		bare := operator
		for _, set := range []string{"ForAllValues:", "ForAnyValue:"} {
			bare = strings.TrimPrefix(bare, set)
		}
		bare = strings.TrimSuffix(bare, "IfExists")
		if !slices.Contains(operators, bare) || operator == "NullIfExists" {
			c.errorf(n.items[i], "%s is no operator of conditions%s", operator, yamldoc.Suggest(bare, operators))
		}
		if !n.items[i].group {
			c.errorf(n.items[i], "want keys of the request and their values under %s", operator)
		}
	}
}
