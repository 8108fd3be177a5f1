package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseType reads the text of a type, as [Type]'s String prints it and as servers and statements write it: words in any
// case, blanks between them, names of fields in backticks or without, "numeric(9,2)" or "dec(9)" for decimals,
// "integer", "double precision". A decimal without sizes is decimal(10,0). What [CheckType] refuses is refused here. The
// error is a [*TypeError].
func ParseType(text string) (Type, error) {
	p := typeParser{s: text}
	t, err := p.parse()
	if err == nil && p.i < len(p.s) {
		err = p.fault("want nothing more")
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// phrases are the types that are told by their name alone.
var phrases = func() map[string]Type {
	m := map[string]Type{
		"null":                        Null,
		"integer":                     Integer,
		"double precision":            Double,
		"timestamp without time zone": Timestamp,
		"timestamp_ntz":               Timestamp,
		"timestamp_ltz":               TimestampTZ,
		"interval year to month":      IntervalYearMonth,
		"interval day to second":      IntervalDayTime,
	}
	for b, name := range basicNames {
		m[name] = Basic(b)
	}
	return m
}()

type typeParser struct {
	s     string
	i     int
	depth int
}

func (p *typeParser) fault(reason string) error {
	return &TypeError{Text: p.s, Offset: p.i, Reason: reason}
}

// parse reads a type, and the blanks around it.
func (p *typeParser) parse() (Type, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fault(tooDeep)
	}
	defer func() { p.depth-- }()
	p.blanks()
	start := p.i
	t, err := p.construct(start)
	if err != nil {
		return nil, err
	}
	if reason := fault(t); reason != "" {
		return nil, &TypeError{Text: p.s, Offset: start, Reason: reason}
	}
	p.blanks()
	return t, nil
}

// construct reads a type's name, which begins at start, and what stands in brackets behind it.
func (p *typeParser) construct(start int) (Type, error) {
	switch fold(p.word()) {
	case "decimal", "numeric", "dec":
		return p.decimal()
	case "varchar":
		n, err := p.length()
		return VarChar(n), err
	case "char":
		n, err := p.length()
		return Char(n), err
	case "array":
		return p.array()
	case "map":
		return p.mapping()
	case "struct":
		return p.structure()
	case "uniontype":
		return p.union()
	case "enum":
		return p.enum()
	}
	t, n := longestPhrase(p.s[start:])
	if t == nil {
		p.i = start
		return nil, p.fault("want the name of a type")
	}
	p.i = start + n
	if t == TimestampTZ {
		return t, p.zone()
	}
	return t, nil
}

// zone reads ('Europe/Rome') if it is there. Some servers show the session's zone behind a type of instants, of which it is
// no part.
func (p *typeParser) zone() error {
	if !p.accept('(') {
		return nil
	}
	if _, err := p.text(); err != nil {
		return err
	}
	return p.expect(')')
}

// longestPhrase finds the most words at the start of s that name a type, and returns how much of s they take.
func longestPhrase(s string) (t Type, size int) {
	const most = 5 // timestamp with local time zone
	phrase := ""
	q := typeParser{s: s}
	for range most {
		w := fold(q.word())
		if w == "" {
			break
		}
		phrase += w
		if found, ok := phrases[phrase]; ok {
			t, size = found, q.i
		}
		q.blanks()
		phrase += " "
	}
	return t, size
}

func (p *typeParser) decimal() (Type, error) {
	if !p.accept('(') {
		return Numeric(10, 0), nil
	}
	precision, err := p.number()
	if err != nil {
		return nil, err
	}
	scale := 0
	if p.accept(',') {
		if scale, err = p.number(); err != nil {
			return nil, err
		}
	}
	return Numeric(precision, scale), p.expect(')')
}

// length reads (n).
func (p *typeParser) length() (int, error) {
	if err := p.expect('('); err != nil {
		return 0, err
	}
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	return n, p.expect(')')
}

func (p *typeParser) array() (Type, error) {
	all, err := p.list()
	if err == nil && len(all) != 1 {
		err = p.fault("want one type in an array")
	}
	if err != nil {
		return nil, err
	}
	return Array(all[0]), nil
}

func (p *typeParser) mapping() (Type, error) {
	all, err := p.list()
	if err == nil && len(all) != 2 {
		err = p.fault("want two types in a map")
	}
	if err != nil {
		return nil, err
	}
	return Map(all[0], all[1]), nil
}

func (p *typeParser) union() (Type, error) {
	all, err := p.list()
	return Union(all...), err
}

// list reads <type,...>.
func (p *typeParser) list() ([]Type, error) {
	if err := p.expect('<'); err != nil {
		return nil, err
	}
	var all []Type
	for len(all) == 0 || p.accept(',') {
		t, err := p.parse()
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, p.expect('>')
}

// structure reads <name:type comment 'text',...>.
func (p *typeParser) structure() (Type, error) {
	if err := p.expect('<'); err != nil {
		return nil, err
	}
	if p.accept('>') {
		return Struct(), nil
	}
	var fields []Field
	for len(fields) == 0 || p.accept(',') {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return Struct(fields...), p.expect('>')
}

func (p *typeParser) field() (f Field, err error) {
	if f.Name, err = p.fieldName(); err != nil {
		return f, err
	}
	if err = p.expect(':'); err != nil {
		return f, err
	}
	if f.Type, err = p.parse(); err != nil {
		return f, err
	}
	start := p.i
	if fold(p.word()) != "comment" {
		p.i = start
		return f, nil
	}
	f.Comment, err = p.text()
	return f, err
}

// fieldName reads a name in backticks, which are doubled inside, or anything up to the colon: servers show names as they
// are.
func (p *typeParser) fieldName() (string, error) {
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] == '`' {
		return p.quoted('`')
	}
	n := strings.IndexAny(p.s[p.i:], ":,<>`'")
	if n <= 0 {
		return "", p.fault("want a field's name and a colon")
	}
	name := strings.TrimRight(p.s[p.i:p.i+n], blank)
	p.i += n
	return name, nil
}

func (p *typeParser) enum() (Type, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	var values []string
	for len(values) == 0 || p.accept(',') {
		v, err := p.text()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return Enum(values...), p.expect(')')
}

// text reads a text in apostrophes.
func (p *typeParser) text() (string, error) {
	p.blanks()
	if p.i == len(p.s) || p.s[p.i] != '\'' {
		return "", p.fault("want a text in '")
	}
	return p.quoted('\'')
}

// quoted reads what stands between two quotes. A quote that is doubled stands for itself. So does, in a text, one after
// a backslash, and a backslash after a backslash.
func (p *typeParser) quoted(quote byte) (string, error) {
	start := p.i
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		c, next := p.s[p.i], byte(0)
		if p.i+1 < len(p.s) {
			next = p.s[p.i+1]
		}
		switch {
		case c == quote && next == quote:
			p.i++
		case c == quote:
			p.i++
			return b.String(), nil
		case c == '\\' && quote == '\'' && (next == quote || next == '\\'):
			p.i++
			c = next
		}
		b.WriteByte(c)
	}
	p.i = start
	return "", p.fault("want " + string(quote) + " at the end, too")
}

func (p *typeParser) number() (int, error) {
	p.blanks()
	digits := p.s[p.i:]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		return 0, p.fault("want a number")
	}
	p.i += len(digits)
	return int(n), nil
}

// word reads letters, digits and underscores.
func (p *typeParser) word() string {
	w := word(p.s[p.i:])
	p.i += len(w)
	return w
}

// word returns the plain word at the start of s, or "". Only octets of ASCII are letters here.
func word(s string) string {
	i := 0
	for i < len(s) && (s[i] == '_' || 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z' || i > 0 && '0' <= s[i] && s[i] <= '9') {
		i++
	}
	return s[:i]
}

const blank = " \t\r\n"

func (p *typeParser) blanks() {
	for p.i < len(p.s) && strings.IndexByte(blank, p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *typeParser) accept(c byte) bool {
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *typeParser) expect(c byte) error {
	if !p.accept(c) {
		return p.fault(fmt.Sprintf("want %c", c))
	}
	return nil
}
