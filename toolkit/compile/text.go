package compile

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skep-go/skep/toolkit/expr"
)

// TextLexer is a [Dialect] whose strings, quoted names and comments are not those of the standard.
type TextLexer interface {
	// QuotedLen is the length of the string, the quoted name or the comment that sql begins with, 0 if it begins with
	// something else. One that never ends is an error.
	QuotedLen(sql string) (n int, err error)
}

// text writes a text, with places for its parameters.
func (c *Compiler) text(t *expr.TextStmt) {
	c.Within("text", -1, func() { c.textIn(t) })
}

func (c *Compiler) textIn(t *expr.TextStmt) {
	if strings.TrimSpace(t.SQL) == "" {
		c.Refuse("the text is empty")
		return
	}
	quoted := standardQuotedLen
	if lexer, ok := c.dialect.(TextLexer); ok {
		quoted = lexer.QuotedLen
	}
	pieces, err := splitText(t.SQL, quoted)
	if err != nil {
		c.Fail(err)
		return
	}
	used := make([]bool, len(t.Args))
	for i, p := range pieces {
		if p.param == "" {
			c.Text(p.text)
			continue
		}
		before, after := "", ""
		if i > 0 {
			before = pieces[i-1].text
		}
		if i+1 < len(pieces) {
			after = pieces[i+1].text
		}
		c.setOff(before, " \t\r\n(,")
		c.textParam(t, p, used)
		if after != "" && !strings.ContainsRune(" \t\r\n),", rune(after[0])) {
			c.Text(" ")
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		c.Refuse("the text has no parameter :" + t.Args[i].Name + ", or it is given twice")
	}
}

// setOff writes a blank unless the text ends with one of the characters: what is put in could make a comment, or
// something else, of what stands before it.
func (c *Compiler) setOff(before, unless string) {
	if before != "" && !strings.ContainsRune(unless, rune(before[len(before)-1])) {
		c.Text(" ")
	}
}

func (c *Compiler) textParam(t *expr.TextStmt, p textPiece, used []bool) {
	form := slotFree
	if p.enclosed {
		form = slotEnclosed
	}
	i := slices.IndexFunc(t.Args, func(a expr.Arg) bool { return a.Name == p.param })
	if i < 0 {
		c.param(&expr.Parameter{Name: p.param}, nil)
		c.slots[len(c.slots)-1].form = form
		return
	}
	used[i] = true
	v, ok := t.Args[i].X.Node.(*expr.Value)
	if !ok {
		c.Operand(t.Args[i].X, LevelAtom)
		return
	}
	slots := len(c.slots)
	c.Value(v)
	if len(c.slots) > slots {
		c.slots[slots].form = form
	}
}

// textPiece is a piece of a text: SQL as it is, or a parameter.
type textPiece struct {
	text     string
	param    string // "" if it is none
	enclosed bool   // in parentheses of its own
}

// splitText cuts a text at its parameters. It gives a piece of SQL, if only an empty one, around each of them.
func splitText(sql string, quoted func(string) (int, error)) ([]textPiece, error) {
	var pieces []textPiece
	var text []byte // since the last parameter
	for i := 0; i < len(sql); {
		n, err := quoted(sql[i:])
		if err != nil {
			return nil, err
		}
		switch {
		case n > 0:
		case strings.HasPrefix(sql[i:], `\:`):
			text = append(text, ':')
			i += len(`\:`)
			continue
		case sql[i] == ':':
			if name := paramName(sql, i); name != "" {
				end := i + len(":") + len(name)
				pieces = append(pieces, textPiece{text: string(text)}, textPiece{param: name, enclosed: enclosed(sql, i, end)})
				text, i = text[:0], end
				continue
			}
			n = 1
		default:
			n = wordLen(sql[i:])
		}
		text = append(text, sql[i:i+n]...)
		i += n
	}
	return append(pieces, textPiece{text: string(text)}), nil
}

// paramName is the name of the parameter whose colon is at i, "" if that is none.
func paramName(sql string, i int) string {
	last, _ := utf8.DecodeLastRuneInString(sql[:i])
	if last == '_' || unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune("`\":", last) {
		return ""
	}
	rest := sql[i+1:]
	if rest == "" || !isWordByte(rest[0]) || '0' <= rest[0] && rest[0] <= '9' {
		return ""
	}
	name := rest[:wordLen(rest)]
	if strings.HasPrefix(rest[len(name):], ":") || !utf8.ValidString(name) {
		return ""
	}
	return name
}

// wordLen is the length of the word that sql begins with, 1 if it begins with something else.
func wordLen(sql string) int {
	n := 0
	for n < len(sql) && isWordByte(sql[n]) {
		n++
	}
	return max(n, 1)
}

func isWordByte(b byte) bool {
	return 'a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9' || b == '_' || b >= utf8.RuneSelf
}

// enclosed reports whether sql[start:end] has parentheses of its own.
func enclosed(sql string, start, end int) bool {
	return strings.HasSuffix(strings.TrimRight(sql[:start], " \t\r\n"), "(") &&
		strings.HasPrefix(strings.TrimLeft(sql[end:], " \t\r\n"), ")")
}

// standardQuotedLen knows '…', "…" and `…`, in which a doubled quote is one, and comments, which nest.
func standardQuotedLen(sql string) (int, error) {
	switch {
	case strings.HasPrefix(sql, "--"):
		if n := strings.IndexAny(sql, "\r\n"); n >= 0 {
			return n, nil
		}
		return len(sql), nil
	case strings.HasPrefix(sql, "/*"):
		return commentLen(sql)
	case strings.ContainsRune("'\"`", rune(sql[0])):
		for i := 1; i < len(sql); i++ {
			if sql[i] != sql[0] {
				continue
			}
			if i+1 == len(sql) || sql[i+1] != sql[0] {
				return i + 1, nil
			}
			i++
		}
		return 0, &ArgumentError{"what begins with " + strconv.Quote(sql[:1]) + " in the text never ends"}
	}
	return 0, nil
}

func commentLen(sql string) (int, error) {
	depth := 0
	for i := 0; i+1 < len(sql); i++ {
		switch sql[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1, nil
		}
	}
	return 0, &ArgumentError{"a comment in the text never ends"}
}
