// Package hiveql knows the text of HiveQL: it lexes it, splits scripts into
// statements, binds parameters, renders literals and tells what a statement
// does to its session.
//
// HiveServer2 has no bind parameters, so every value a program passes is
// written into the statement. This package is therefore the security boundary
// between a program's data and its SQL.
package hiveql

import (
	"fmt"
	"strings"
)

// Kind says what a [Token] is.
type Kind uint8

const (
	EOF     Kind = iota // end of the text; an empty token
	Space               // a run of white space
	Comment             // "-- …" up to the end of the line, or "/* … */", hints included
	Word                // keyword or unquoted identifier
	Number              // numeric literal with its suffix, without a sign
	String              // '…' or "…", quotes included; Spark's raw r'…' too
	Quoted              // `…` identifier, backticks included
	Param               // the placeholder ?
	Punct               // any other single byte
)

// Token is a piece of the text: src[Start:End], in bytes.
type Token struct {
	Kind       Kind
	Start, End int
}

// Text returns the token's text; src is the string that was lexed.
func (t Token) Text(src string) string { return src[t.Start:t.End] }

// SyntaxError reports a quote or comment that is opened and never closed.
type SyntaxError struct {
	What         string // "string", "comment" or "quoted identifier"
	Offset       int    // byte offset of the opening
	Line, Column int    // place of the opening, as [Position] counts
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("hiveql: the %s opened at %d:%d is never closed", e.What, e.Line, e.Column)
}

// Lexer cuts HiveQL into tokens that cover the text without a gap. Its rules
// are those of Hive's lexer: backslash escapes in strings, doubled backticks
// in identifiers, block comments that nest. Only the mode
// hive.support.quoted.identifiers=standard, where "…" is an identifier, is read
// as the default mode is.
type Lexer struct {
	src string
	pos int
}

// NewLexer returns a lexer at the start of src.
func NewLexer(src string) *Lexer { return &Lexer{src: src} }

// Next returns the next token; at the end of the text it returns EOF, again and
// again. The error is a *[SyntaxError], and the lexer stays where it is.
func (l *Lexer) Next() (Token, error) {
	start := l.pos
	if start == len(l.src) {
		return Token{EOF, start, start}, nil
	}
	kind, end := scan(l.src, start)
	if end < 0 {
		return Token{}, unclosed(l.src, kind, start)
	}
	l.pos = end
	return Token{kind, start, end}, nil
}

// significant returns the next token that is neither space nor comment.
func (l *Lexer) significant() (Token, error) {
	for {
		tok, err := l.Next()
		if err != nil || tok.Kind != Space && tok.Kind != Comment {
			return tok, err
		}
	}
}

func unclosed(src string, kind Kind, at int) *SyntaxError {
	what := map[Kind]string{Comment: "comment", String: "string", Quoted: "quoted identifier"}[kind]
	line, column := Position(src, at)
	return &SyntaxError{What: what, Offset: at, Line: line, Column: column}
}

// scan returns the kind and the end of the token that begins at i; end is
// negative if it is never closed.
func scan(src string, i int) (kind Kind, end int) {
	c := src[i]
	switch {
	case isSpace(c):
		return Space, skip(src, i+1, isSpace)
	case isDigit(c):
		return numberOrWord(src, i)
	case isWord(c):
		end = skip(src, i+1, isWord)
		if end == i+1 && c|0x20 == 'r' && end < len(src) && isQuote(src[end]) {
			return String, closeRaw(src, end) // Spark only: Hive parses no string right after an r
		}
		return Word, end
	case isQuote(c):
		return String, closeString(src, i)
	case c == '`':
		return Quoted, closeQuoted(src, i)
	case c == '?':
		return Param, i + 1
	case hasAt(src, i, "--"):
		return Comment, closeLine(src, i)
	case hasAt(src, i, "/*"):
		return Comment, closeComment(src, i)
	}
	return Punct, i + 1
}

// closeString returns the end of the string literal that opens at i. Any byte
// after a backslash is part of the string; ” ends one literal and begins the
// next.
func closeString(src string, i int) int {
	for quote, j := src[i], i+1; j < len(src); j++ {
		switch src[j] {
		case '\\':
			j++
		case quote:
			return j + 1
		}
	}
	return -1
}

// closeRaw is closeString for a Spark raw string, which knows no escape.
func closeRaw(src string, i int) int {
	if n := strings.IndexByte(src[i+1:], src[i]); n >= 0 {
		return i + n + 2
	}
	return -1
}

// closeQuoted returns the end of the identifier that opens at i; a doubled
// backtick is part of it.
func closeQuoted(src string, i int) int {
	for {
		end := closeRaw(src, i)
		if end < 0 || !hasAt(src, end, "`") {
			return end
		}
		i = end
	}
}

func closeLine(src string, i int) int {
	return skip(src, i, func(c byte) bool { return c != '\n' && c != '\r' })
}

// closeComment returns the end of the block comment that opens at i. Comments
// nest, in Hive (QUERY_HINT in HiveLexer.g) as in Spark (BRACKETED_COMMENT).
func closeComment(src string, i int) int {
	depth := 1
	for j := i + 2; j < len(src); j++ {
		switch {
		case hasAt(src, j, "*/"):
			if depth--; depth == 0 {
				return j + 2
			}
			j++
		case hasAt(src, j, "/*"):
			depth++
			j++
		}
	}
	return -1
}

// numberOrWord lexes what begins with a digit: a number, or one of Hive's
// identifiers such as 42numbers, whichever is longer.
func numberOrWord(src string, i int) (Kind, int) {
	word := skip(src, i, isWord)
	end := skip(src, i, isDigit)
	if hasAt(src, end, ".") {
		end = skip(src, end+1, isDigit)
	}
	if exp := end; exp < len(src) && src[exp]|0x20 == 'e' {
		exp++
		if exp < len(src) && (src[exp] == '+' || src[exp] == '-') {
			exp++
		}
		if digits := skip(src, exp, isDigit); digits > exp {
			end = digits
		}
	}
	end += numberSuffix(src[end:])
	if word > end {
		return Word, word
	}
	return Number, end
}

// numberSuffix returns the length of a type suffix at the start of s.
func numberSuffix(s string) int {
	if len(s) >= 2 && s[0]|0x20 == 'b' && s[1]|0x20 == 'd' {
		return 2
	}
	if s != "" {
		switch s[0] | 0x20 {
		case 'l', 's', 'y', 'd', 'b', 'k', 'm', 'g':
			return 1
		}
	}
	return 0
}

func skip(src string, i int, class func(byte) bool) int {
	for i < len(src) && class(src[i]) {
		i++
	}
	return i
}

func hasAt(src string, i int, s string) bool {
	return len(src)-i >= len(s) && src[i:i+len(s)] == s
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isQuote(c byte) bool { return c == '\'' || c == '"' }

// isWord accepts all of UTF-8 beyond ASCII: Hive takes none of it outside
// quotes, Spark takes letters, and neither gives it another meaning here.
func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || isDigit(c) || c == '_' || c >= 0x80
}
