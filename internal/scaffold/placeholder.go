package scaffold

import (
	"regexp"
	"slices"
	"strings"
)

// Placeholder says that an account number is one that documents use and no account
// of anybody: three digits four times each (111111111111, 111122223333), or digits
// in a row. AWS's own documents write 123456789012, 111122223333 and 444455556666.
func Placeholder(number string) bool {
	if slices.Contains([]string{"123456789012", "012345678901", "210987654321"}, number) {
		return true
	}
	for i := range 12 {
		if len(number) != 12 || number[i] != number[i/4*4] {
			return false
		}
	}
	return true
}

// placeholders are as many account numbers as are asked for, none of which is taken:
// 111111111111 to 999999999999, then 111111112222 and so on.
func placeholders(n int, taken []string) []string {
	var numbers []string
	for _, same := range []bool{true, false} {
		for i := 111; i <= 999 && len(numbers) < n; i++ {
			a, b, c := i/100, i/10%10, i%10
			number := repeat(a) + repeat(b) + repeat(c)
			if (a == b && b == c) == same && b > 0 && c > 0 && !slices.Contains(taken, number) {
				numbers = append(numbers, number)
			}
		}
	}
	return numbers
}

func repeat(digit int) string { return strings.Repeat(string(rune('0'+digit)), 4) }

// accountNumber finds account numbers in text.
var accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)
