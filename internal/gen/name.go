package gen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are words that Go has in capitals.
var initialisms = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`acl api ascii cpu css dns eof guid html http https id ip json lhs qps ram rhs rpc sla
		smtp sql ssh tcp tls ttl udp ui uid uri url utc utf8 uuid vm xml xsrf xss`) {
		m[w] = true
	}
	return m
}()

// goName is the name of a table or a column in Go's spelling: UserID for user_id. It is an exported identifier, whatever
// the name is.
func goName(name string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if initialisms[strings.ToLower(w)] {
			b.WriteString(strings.ToUpper(w))
			continue
		}
		runes := []rune(w)
		runes[0] = unicode.ToUpper(runes[0])
		b.WriteString(string(runes))
	}
	if first, _ := utf8.DecodeRuneInString(b.String()); unicode.IsUpper(first) {
		return b.String()
	}
	return "X" + b.String()
}

// namer is the names that are taken.
type namer map[string]bool

// pick takes a name, or the next one like it that is not taken.
func (n namer) pick(name string) string {
	picked := name
	for i := 2; n[picked]; i++ {
		picked = fmt.Sprintf("%s_%d", name, i)
	}
	n[picked] = true
	return picked
}

// quote is a string of Go, in which nothing is invisible.
func quote(s string) string { return strconv.Quote(s) }

// comment is text for a comment: on one line, with nothing in it that is not seen.
func comment(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// tag is a tag of a struct's field: keys and values in turns. Those without a value are left out.
func tag(pairs ...string) string {
	var all []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, pairs[i]+":"+quote(pairs[i+1]))
		}
	}
	text := strings.Join(all, " ")
	switch {
	case text == "":
		return ""
	case strconv.CanBackquote(text):
		return "`" + text + "`"
	}
	return quote(text)
}
