package hiveql

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Arg is an argument of a statement. Without a Name it belongs to the
// placeholder ? at its place in the list (Ordinal is not read), with one to every
// placeholder :Name.
type Arg = driver.NamedValue

// BindError reports arguments that do not fit the placeholders of a query, or one
// that has no literal.
type BindError struct {
	Name         string // of the argument or placeholder, "" if it has none
	Ordinal      int    // of the argument, or of the ? that lacks one, from 1; else 0
	Line, Column int    // place of the placeholder, as [Position] counts; 0 if there is none
	Reason       string
	Err          error // the *[LiteralError], if that is the cause
}

func (e *BindError) Error() string {
	if e.Line == 0 {
		return "hiveql: " + e.Reason
	}
	return fmt.Sprintf("hiveql: placeholder at %d:%d: %s", e.Line, e.Column, e.Reason)
}

func (e *BindError) Unwrap() error { return e.Err }

// placeholder is a ? (no name) or a :name at query[start:end].
type placeholder struct {
	name       string
	start, end int
}

// Bind returns the query with the literal of its argument in every placeholder's
// place. What is put in is not read again.
//
// All arguments are positional, for ?, or all are named, for :name; only then is
// :name a placeholder, and not where the colon follows an identifier, a backtick,
// a double quote or a colon, as in struct<a:int>. Strings, quoted identifiers
// and comments have no placeholders, nor have commands such as SET, whose text is
// no HiveQL, and PREPARE, whose ? are Hive's. Every placeholder needs an argument
// and every argument a placeholder, also if there are none of either. Times are
// written in loc; nil means UTC.
//
// The error is a *[BindError] or a *[SyntaxError].
func Bind(query string, args []Arg, loc *time.Location) (string, error) {
	if len(args) == 0 && !strings.Contains(query, "?") {
		return query, nil
	}
	if verbatim(query) {
		if len(args) > 0 {
			return "", &BindError{Name: args[0].Name, Ordinal: 1, Reason: "this statement takes no parameters: " +
				"the server does not read it as HiveQL; write the value into its text"}
		}
		return query, nil
	}
	all, err := placeholders(query)
	if err != nil {
		return "", err
	}
	b := binder{query: query, args: args, loc: loc}
	if len(args) > 0 && args[0].Name != "" {
		return b.named(all)
	}
	return b.positional(all)
}

// Placeholders counts the placeholders ? of a query, and lists the names that
// would be placeholders if it were given named arguments, each once. The error is
// a *[SyntaxError].
func Placeholders(query string) (n int, names []string, err error) {
	if verbatim(query) {
		return 0, nil, nil
	}
	all, err := placeholders(query)
	for _, p := range all {
		switch {
		case p.name == "":
			n++
		case !slices.Contains(names, p.name):
			names = append(names, p.name)
		}
	}
	return n, names, err
}

// verbatim reports whether the query is sent as it is.
func verbatim(query string) bool {
	h := head{Lexer{src: query}}
	return IsCommand(query) || h.word() == "prepare"
}

// placeholders returns every ? and every :name of the query.
func placeholders(query string) ([]placeholder, error) {
	found := make([]placeholder, 0, strings.Count(query, "?"))
	lex := NewLexer(query)
	for {
		tok, err := lex.Next()
		switch {
		case err != nil:
			return nil, err
		case tok.Kind == EOF:
			return found, nil
		case tok.Kind == Param:
			found = append(found, placeholder{"", tok.Start, tok.End})
		case tok.Kind == Punct && query[tok.Start] == ':' && !joins(query[:tok.Start]):
			name, err := lex.Next()
			if err == nil && name.Kind == Word && startsName(name.Text(query)) {
				found = append(found, placeholder{name.Text(query), tok.Start, name.End})
				continue
			}
			lex.pos = tok.End
		}
	}
}

// joins reports whether a colon after this text belongs to what precedes it.
func joins(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return last == '_' || unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune("`\":", last)
}

func startsName(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return first == '_' || unicode.IsLetter(first)
}

// binder puts the arguments into a query.
type binder struct {
	query string
	args  []Arg
	loc   *time.Location
}

func (b *binder) positional(all []placeholder) (string, error) {
	for i, arg := range b.args {
		if arg.Name != "" {
			return "", mixed(i+1, arg.Name, "has a name and the first one has none")
		}
	}
	marks := slices.DeleteFunc(all, func(p placeholder) bool { return p.name != "" })
	if len(marks) > len(b.args) {
		return "", b.at(marks[len(b.args)], len(b.args)+1, b.counts(len(marks)))
	}
	if len(marks) < len(b.args) {
		return "", &BindError{Ordinal: len(marks) + 1, Reason: b.counts(len(marks))}
	}
	return b.fill(marks, func(i int) int { return i })
}

func (b *binder) named(all []placeholder) (string, error) {
	index := make(map[string]int, len(b.args))
	for i, arg := range b.args {
		if arg.Name == "" {
			return "", mixed(i+1, "", "has no name and the first one has one")
		}
		if _, twice := index[arg.Name]; twice {
			return "", &BindError{Name: arg.Name, Ordinal: i + 1, Reason: fmt.Sprintf("argument %q is given twice", arg.Name)}
		}
		index[arg.Name] = i
	}
	used := make([]bool, len(b.args))
	for _, p := range all {
		if p.name == "" {
			return "", b.at(p, 0, "it is a ? and the arguments have names; a query uses one kind of placeholder")
		}
		i, ok := index[p.name]
		if !ok {
			return "", b.at(p, 0, fmt.Sprintf("no argument is named %q", p.name))
		}
		used[i] = true
	}
	if i := slices.Index(used, false); i >= 0 {
		return "", &BindError{
			Name: b.args[i].Name, Ordinal: i + 1,
			Reason: fmt.Sprintf("argument %q is not used: the query has no :%[1]s", b.args[i].Name),
		}
	}
	return b.fill(all, func(i int) int { return index[all[i].name] })
}

// fill replaces each of the placeholders by the literal of the argument that
// argOf gives for it.
func (b *binder) fill(marks []placeholder, argOf func(int) int) (string, error) {
	out := make([]byte, 0, len(b.query)+32*len(marks))
	end := 0
	for i, p := range marks {
		out = append(out, b.query[end:p.start]...)
		// A blank sets the literal off. Without it "-?" and -1 would begin a comment and
		// "r?" and a string Spark's raw string; and a "${" of the query could
		// find its "}" in a value: the pattern of a variable has no blank.
		if len(out) > 0 && out[len(out)-1] != ' ' {
			out = append(out, ' ')
		}
		arg := b.args[argOf(i)]
		var err error
		if out, err = AppendLiteral(out, arg.Value, b.loc); err != nil {
			return "", b.unrenderable(p, argOf(i), err)
		}
		end = p.end
		if end < len(b.query) && strings.IndexByte(" \t\r\n,)", b.query[end]) < 0 {
			out = append(out, ' ')
		}
	}
	return string(append(out, b.query[end:]...)), nil
}

func (b *binder) at(p placeholder, ordinal int, reason string) *BindError {
	line, column := Position(b.query, p.start)
	return &BindError{Name: p.name, Ordinal: ordinal, Line: line, Column: column, Reason: reason}
}

func (b *binder) unrenderable(p placeholder, arg int, err error) *BindError {
	reason := strings.TrimPrefix(err.Error(), "hiveql: ")
	e := b.at(p, arg+1, fmt.Sprintf("argument %d: %s", arg+1, reason))
	e.Err = err
	return e
}

func (b *binder) counts(marks int) string {
	return fmt.Sprintf("the query has placeholders ?: %d, arguments given: %d", marks, len(b.args))
}

func mixed(ordinal int, name, how string) *BindError {
	return &BindError{Name: name, Ordinal: ordinal, Reason: fmt.Sprintf("argument %d %s; name all of them or none", ordinal, how)}
}
