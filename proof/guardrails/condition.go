package guardrails

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// condition is one key of a condition: all conditions of a statement have to hold.
type condition struct {
	written  string // `StringNotEqualsIfExists aws:PrincipalOrgID`
	operator string // without what stands before and after, in lower case
	forAll   bool   // ForAllValues
	forAny   bool   // ForAnyValue
	ifExists bool
	negated  bool
	key      string // in lower case
	values   []string
}

// Value is what a key of a request has.
type Value struct {
	// Texts are its values, which may be patterns: more than one only of a key that has several at once.
	Texts []string
	// Absent says that the request does not have the key.
	Absent bool
}

// Is is a value that is known.
func Is(texts ...string) Value { return Value{Texts: texts} }

// absent is the value of a key that a request does not have.
var absent = Value{Absent: true}

// Context is the keys of a request in lower case. Of a key that is not in it nothing is known.
type Context map[string]Value

// newCondition reads an operator and a key of it.
func newCondition(operator, key string, values []string) condition {
	c := condition{written: operator + " " + key, key: strings.ToLower(key), values: values}
	o := strings.ToLower(operator)
	o, c.forAll = strings.CutPrefix(o, "forallvalues:")
	o, c.forAny = strings.CutPrefix(o, "foranyvalue:")
	o, c.ifExists = strings.CutSuffix(o, "ifexists")
	for _, negated := range []string{"stringnotequalsignorecase", "stringnotequals", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress", "numericnotequals", "datenotequals"} {
		if o == negated {
			c.negated, o = true, strings.Replace(o, "not", "", 1)
			break
		}
	}
	c.operator = o
	return c
}

// exempts says that the condition lets those off who match its values.
func (c condition) exempts() bool { return c.negated && c.key == "aws:principalarn" }

// known says whether AWS has the operator.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (c condition) known() bool {
	return slices.Contains([]string{
		"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool", "null", "ipaddress", "binaryequals",
		"numericequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals",
		"dateequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
	}, c.operator)
}

// holds says whether the condition holds of a request.
//
// A key that a request does not have fulfils what denies values, what asks IfExists, and
// ForAllValues: that is the trap in each of them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (c condition) holds(context Context) Answer {
	if !c.known() {
		return Maybe
	}
	value, known := context.get(c.key)
	switch {
	case !known:
		return Maybe
	case c.operator == "null":
		if len(c.values) != 1 {
			return Maybe
		}
		return answer(strings.EqualFold(c.values[0], "true") == value.Absent)
	case value.Absent && c.forAny:
		return No
	case value.Absent:
		return answer(c.forAll || c.ifExists || c.negated)
	}
	all, some := Yes, No
	for _, text := range value.Texts {
		one := c.one(text, context)
		all, some = min(all, one), max(some, one)
	}
	switch {
	case c.forAll:
		return all
	case c.forAny || len(value.Texts) == 1:
		return some
	case all == some:
		return all
	}
	return Maybe // AWS does not say what several values are to an operator for one
}

// get is the value of a key. Nobody has tags that are not listed of a request that has a list.
func (context Context) get(key string) (Value, bool) {
	value, known := context[key]
	if known {
		return value, true
	}
	if service, _, tag := strings.Cut(key, "/"); tag {
		if all, known := context[service+"/*"]; known && all.Absent {
			return absent, true
		}
	}
	return Value{}, false
}

// one says whether a value of the key is one of those named, or none of them for an operator that
// denies values.
func (c condition) one(text string, context Context) Answer {
	any := No
	for _, pattern := range c.values {
		any = max(any, c.compare(expand(pattern, context), text))
	}
	if c.negated {
		return not(any)
	}
	return any
}

// expand puts what is known of a request in place of policy variables.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func expand(pattern string, context Context) string {
	for {
		before, rest, ok := strings.Cut(pattern, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return pattern
		}
		with := hole
		name, _, _ = strings.Cut(name, ",")
		if value, known := context[strings.ToLower(strings.TrimSpace(name))]; known && len(value.Texts) == 1 {
			with = value.Texts[0]
		}
		pattern = before + with + after
	}
}

func (c condition) compare(pattern, text string) Answer {
	fixed := !strings.ContainsAny(text, "*?") && !strings.Contains(pattern, hole)
	switch c.operator {
	case "stringequals", "stringequalsignorecase", "bool", "binaryequals":
		if c.operator != "stringequals" {
			pattern, text = strings.ToLower(pattern), strings.ToLower(text)
		}
		if fixed {
			return answer(pattern == text)
		}
		return min(Maybe, answer(overlap(strings.ReplaceAll(pattern, hole, "*"), text)))
	case "stringlike":
		return relation(pattern, text)
	case "arnlike", "arnequals":
		return arnRelation(pattern, text)
	case "ipaddress":
		range_, err := netip.ParsePrefix(pattern)
		address, other := netip.ParseAddr(text)
		if err != nil || other != nil {
			return Maybe
		}
		return answer(range_.Contains(address))
	}
	if strings.HasPrefix(c.operator, "numeric") && fixed {
		limit, err := strconv.ParseFloat(pattern, 64)
		number, other := strconv.ParseFloat(text, 64)
		if err != nil || other != nil {
			return No // what is no number is none of those
		}
		return answer(map[string]bool{
			"numericequals": number == limit, "numericlessthan": number < limit, "numericlessthanequals": number <= limit,
			"numericgreaterthan": number > limit, "numericgreaterthanequals": number >= limit,
		}[c.operator])
	}
	return Maybe
}
