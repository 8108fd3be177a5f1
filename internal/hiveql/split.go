package hiveql

import "strings"

// Statement is one statement of a script.
type Statement struct {
	Text   string // as HiveServer2 wants it: trimmed, without the closing ';'
	Offset int    // byte offset of Text in the script
	Line   int    // line of that offset, from 1
}

// Split cuts a script into its statements at every ';' outside quotes and
// comments. Pieces of only white space and comments are dropped. A statement
// keeps the comments before it, save a command such as SET: HiveServer2 before 4
// knows a command only by the first word of the text. The error is a
// *[SyntaxError].
func Split(script string) ([]Statement, error) {
	var statements []Statement
	lex := NewLexer(script)
	for line, upTo := 1, 0; ; {
		start, end, err := lex.statement()
		if err != nil {
			return nil, err
		}
		if start < end {
			line += strings.Count(script[upTo:start], "\n")
			upTo = start
			text := strings.TrimRight(script[start:end], " \t\n\v\f\r")
			statements = append(statements, Statement{Text: text, Offset: start, Line: line})
		}
		if end == len(script) {
			return statements, nil
		}
		lex.pos = end + len(";")
	}
}

// statement finds the statement before the next ';' or the end of the text. If
// there is none, start and end are equal.
func (l *Lexer) statement() (start, end int, err error) {
	start = skip(l.src, l.pos, isSpace)
	tok, err := l.significant()
	switch {
	case err != nil || l.ends(tok):
		return tok.Start, tok.Start, err
	case IsCommand(l.src[tok.Start:]):
		end, err = commandEnd(l.src, tok.Start)
		return tok.Start, end, err
	}
	for err == nil && !l.ends(tok) {
		tok, err = l.significant()
	}
	return start, tok.Start, err
}

func (l *Lexer) ends(tok Token) bool { return tok.Kind == EOF || tok.Text(l.src) == ";" }

// commandEnd returns the offset of the ';' that ends the command at start, or
// the script's length. A command is not HiveQL: its processor takes the words as
// they are, so "dfs -ls /tmp/*" begins no comment. Only strings and line
// comments hide a ';' there, as they do in Beeline.
func commandEnd(script string, start int) (int, error) {
	for i := start; i < len(script); {
		kind, end := Punct, i+1
		switch c := script[i]; {
		case c == ';':
			return i, nil
		case isQuote(c), hasAt(script, i, "--"):
			kind, end = scan(script, i)
		}
		if end < 0 {
			return 0, unclosed(script, kind, i)
		}
		i = end
	}
	return len(script), nil
}
