package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hiddenError is an error whose text shows no values of its statement. What it wraps may show them: it is for errors.Is
// and errors.As.
type hiddenError struct {
	text string
	err  error
}

func (e *hiddenError) Error() string { return e.text }

func (e *hiddenError) Unwrap() error { return e.err }

// withoutValues has ? in an error for every word that came into a statement by a value. Servers quote what they were
// sent, whole or in parts, and with other escapes, so it is the words that count: those that the statement has, and
// its template has not.
func withoutValues(err error, sql, template string, args []any) error {
	secret := map[string]bool{}
	for _, text := range append([]string{sql, unescaped(sql)}, argTexts(args)...) {
		for _, w := range words(text) {
			secret[w] = true
		}
	}
	for _, w := range words(template) {
		delete(secret, w)
	}
	var long []string // which are found within other words, too
	for _, w := range slices.SortedFunc(maps.Keys(secret), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) {
		if len(w) > 2 {
			long = append(long, w, "?")
		}
	}
	text := strings.NewReplacer(long...).Replace(err.Error())
	var b strings.Builder
	for text != "" {
		w := leading(text, inWord)
		if secret[w] {
			b.WriteByte('?')
		} else {
			b.WriteString(w)
		}
		text = text[len(w):]
		between := leading(text, func(r rune) bool { return !inWord(r) })
		b.WriteString(between)
		text = text[len(between):]
	}
	return &hiddenError{b.String(), err}
}

func argTexts(args []any) []string {
	texts := make([]string, len(args))
	for i, v := range args {
		texts[i] = fmt.Sprint(v)
		if bytes, ok := v.([]byte); ok {
			texts[i] = string(bytes)
		}
	}
	return texts
}

// unescaped is a text with what a backslash stands before as it is, and with characters for their numbers.
func unescaped(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if text = after; !found {
			return b.String()
		}
		if len(text) >= 5 && text[0] == 'u' {
			if n, err := strconv.ParseUint(text[1:5], 16, 16); err == nil {
				b.WriteRune(rune(n))
				text = text[5:]
				continue
			}
		}
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(text[:size])
		text = text[size:]
	}
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// words are the pieces of a text between blanks, quotes and what else may stand around a value, and the pieces of these
// that are letters and digits.
func words(text string) []string {
	around := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("'\"`(),;", r) }
	return append(strings.FieldsFunc(text, around), strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) })...)
}

// leading is the beginning of a text of which f says yes.
func leading(text string, f func(rune) bool) string {
	if i := strings.IndexFunc(text, func(r rune) bool { return !f(r) }); i >= 0 {
		return text[:i]
	}
	return text
}
