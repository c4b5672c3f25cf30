// Package wildcard compares texts with the patterns of IAM policies.
package wildcard

import "strings"

// Matches compares as ArnLike and StringLike do: * is any text, with slashes and colons too, ? a
// character. Upper and lower case differ.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func Matches(pattern, text string) bool {
	// Where the text goes on if what followed the last * turns out not to match.
	star, again := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			again++
			p, t = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
