package layout

import (
	"strings"
	"unicode"
)

// width is how wide a text may be in fonts that browsers choose for sans-serif, the wide ones
// among them. Nobody knows which it is, so this is rather too much.
func width(text string, size int) int {
	hundredths := 0
	for _, r := range text {
		hundredths += advance(r)
	}
	return (hundredths*size + 99) / 100
}

// advance is the width of a letter, in hundredths of its size.
func advance(r rune) int {
	switch {
	case strings.ContainsRune("iljt.,:;|'!()[]/ ", r):
		return 40
	case strings.ContainsRune("mwMW%@", r):
		return 100
	case r >= '0' && r <= '9':
		return 64
	case unicode.IsUpper(r):
		return 74
	case r < 0x2000:
		return 63
	}
	return 110
}

// fit is as much of a text as a width has room for. What is left out is a sign at its end.
func fit(text string, size, room int) string {
	if width(text, size) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && width(string(runes), size)+size > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,") + "…"
}

// wrap cuts a text at its spaces into lines of a width, at most so many. The last has what is
// left, whether there is room for it or not.
func wrap(text string, size, room, most int) []string {
	var lines []string
	line := ""
	words := strings.Fields(text)
	for i, word := range words {
		switch {
		case line == "":
			line = word
		case width(line+" "+word, size) <= room:
			line += " " + word
		case len(lines) == most-1:
			return append(lines, line+" "+strings.Join(words[i:], " "))
		default:
			lines, line = append(lines, line), word
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}
