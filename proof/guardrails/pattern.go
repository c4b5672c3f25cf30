package guardrails

import "strings"

// Answer is whether something is so.
type Answer int8

// What is known of something.
const (
	No Answer = iota
	Maybe
	Yes
)

func not(a Answer) Answer { return Yes - a }

func answer(is bool) Answer {
	if is {
		return Yes
	}
	return No
}

// hole stands in a pattern for a part that AWS will say.
const hole = "\uE000"

// relation says whether a pattern of a policy matches what a pattern of a request stands for: all
// of it, some of it, nothing of it. In both, * is any text and ? a character.
func relation(pattern, request string) Answer {
	if pattern == "*" {
		return Yes
	}
	if pattern != "" && request != "" && pattern[0] != request[0] && strings.IndexByte("*?"+hole[:1], pattern[0]) < 0 && strings.IndexByte("*?", request[0]) < 0 {
		return No // most have nothing in common
	}
	if strings.Contains(pattern, hole) {
		return min(Maybe, relation(strings.ReplaceAll(pattern, hole, "*"), request))
	}
	switch {
	case covers(pattern, request):
		return Yes
	case strings.ContainsAny(request, "*?") && overlap(pattern, request):
		return Maybe
	}
	return No
}

// covers says whether a pattern matches all that another one does. What it finds is so; of two
// that say the same in different ways it may not find it.
func covers(pattern, other string) bool {
	// Where to go on if what followed the last * turns out not to match: as for a text, in which the *
	// of the other pattern is a character that * alone matches.
	star, again := -1, 0
	p, o := 0, 0
	for o < len(other) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, o
			p++
		case p < len(pattern) && other[o] != '*' && (pattern[p] == '?' || pattern[p] == other[o]):
			p++
			o++
		case star >= 0:
			again++
			p, o = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// overlap says whether there is a text that both patterns match.
func overlap(a, b string) bool {
	// next[j] says it of a[i+1:] and b[j:], here[j] of a[i:] and b[j:].
	next, here := make([]bool, len(b)+1), make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				here[j] = true
			case i < len(a) && a[i] == '*':
				here[j] = next[j] || j < len(b) && here[j+1]
			case j < len(b) && b[j] == '*':
				here[j] = here[j+1] || i < len(a) && next[j]
			case i < len(a) && j < len(b):
				here[j] = (a[i] == b[j] || a[i] == '?' || b[j] == '?') && next[j+1]
			default:
				here[j] = false
			}
		}
		next, here = here, next
	}
	return next[0]
}

// arnRelation is relation as ArnLike has it: each of the six parts by itself.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func arnRelation(pattern, request string) Answer {
	if strings.Trim(pattern, "*") == "" {
		return Yes
	}
	patterns, requests := strings.SplitN(pattern, ":", 6), strings.SplitN(request, ":", 6)
	if len(requests) != 6 {
		return min(Maybe, relation(pattern, request))
	}
	if len(patterns) != 6 {
		return No // AWS takes no such pattern for an ARN
	}
	all := Yes
	for i := range patterns {
		all = min(all, relation(patterns[i], requests[i]))
	}
	return all
}

// instance is a text that a pattern matches, and a plain one: `*` is something that no
// other pattern is likely to name.
func instance(pattern string) string {
	return strings.NewReplacer("*", "zz9", "?", "z", hole, "zz9").Replace(pattern)
}
