package hive

import (
	"errors"
	"strconv"
	"strings"
)

// nestedType is a Hive type with its parts. A nil *nestedType is a type that is not known.
type nestedType struct {
	Type
	text   string        // as written
	parts  []*nestedType // of an array 1, of a map 2, of a struct or union any number; nil if not said
	labels []string      // of a struct's fields, as its values have them: "name":
}

func (t *nestedType) is(k Kind) bool { return t != nil && t.Kind == k }

// part returns the type of a part, or nil if it is not said.
func (t *nestedType) part(i int) *nestedType {
	if t == nil || i >= len(t.parts) {
		return nil
	}
	return t.parts[i]
}

// bracket returns what opens a value of the type: '[', '{', or 0 before a scalar.
func (t *nestedType) bracket() byte {
	switch t.Kind {
	case KindArray:
		return '['
	case KindMap, KindStruct, KindUnion:
		return '{'
	}
	return 0
}

// want says what a value of the type has to be.
func (t *nestedType) want() string {
	if b := t.bracket(); b != 0 {
		return string(b) + ", " + t.Kind.String()
	}
	return t.Kind.String()
}

var kindsByName = func() map[string]Kind {
	m := map[string]Kind{"timestamp_ntz": KindTimestamp} // Spark's name for Hive's TIMESTAMP
	for k := KindBoolean; int(k) < len(kindNames); k++ {
		if k != KindUserDefined {
			m[kindNames[k]] = k
		}
	}
	return m
}()

// maxNesting bounds the depth of types and of values.
const maxNesting = 100

// parseNestedType reads a type as DESCRIBE shows it. The error is a *TextError.
func parseNestedType(text string) (*nestedType, error) {
	p := nestedTypeParser{s: text}
	t, err := p.parse()
	if err == nil && p.i < len(p.s) {
		err = errors.New("want nothing more")
	}
	if err != nil {
		return nil, &TextError{Type: "type", Text: text, Offset: p.i, Err: err}
	}
	return t, nil
}

type nestedTypeParser struct {
	s     string
	i     int
	depth int
}

func (p *nestedTypeParser) parse() (*nestedType, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, errTooDeep
	}
	defer func() { p.depth-- }()
	p.blanks()
	start := p.i
	kind, ok := kindsByName[p.word()]
	if !ok {
		p.i = start
		return nil, errors.New("want the name of a Hive type")
	}
	t := &nestedType{Type: Type{Kind: kind}}
	if err := p.sizes(t); err != nil {
		return nil, err
	}
	if p.accept('<') {
		if err := p.parts(t); err != nil {
			return nil, err
		}
	}
	t.text = p.s[start:p.i]
	p.blanks()
	return t, nil
}

// word reads a type's name, in lower case.
func (p *nestedTypeParser) word() string {
	start := p.i
	for p.i < len(p.s) && strings.IndexByte("<>(),: \t\r\n", p.s[p.i]) < 0 {
		p.i++
	}
	word := strings.ToLower(p.s[start:p.i])
	if zoned := KindTimestampLocalTZ.String(); word == KindTimestamp.String() && hasPrefixFold(p.s[start:], zoned) {
		p.i = start + len(zoned)
		return zoned
	}
	return word
}

// sizes reads (precision,scale), (precision) or (length), if it is there.
func (p *nestedTypeParser) sizes(t *nestedType) error {
	var sizes []*int
	switch t.Kind {
	case KindDecimal:
		sizes = []*int{&t.Precision, &t.Scale}
	case KindChar, KindVarchar:
		sizes = []*int{&t.Length}
	}
	if len(sizes) == 0 || !p.accept('(') {
		return nil
	}
	for i, size := range sizes {
		if i > 0 && !p.accept(',') {
			break
		}
		p.blanks()
		digits := digitRun(p.s, p.i)
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || t.Kind == KindDecimal && n > maxDecimalPrecision {
			return errors.New("want a size that Hive has")
		}
		*size = int(n)
		p.i += len(digits)
	}
	return p.expect(')')
}

// parts reads what stands between < and >.
func (p *nestedTypeParser) parts(t *nestedType) error {
	if t.bracket() == 0 {
		return errors.New("want no parts in a scalar type")
	}
	t.parts = []*nestedType{}
	if t.Kind == KindStruct && p.accept('>') {
		return nil
	}
	for len(t.parts) == 0 || p.accept(',') {
		if t.Kind == KindStruct {
			name, err := p.fieldName()
			if err != nil {
				return err
			}
			t.labels = append(t.labels, `"`+name+`":`)
		}
		part, err := p.parse()
		if err != nil {
			return err
		}
		t.parts = append(t.parts, part)
	}
	if n := len(t.parts); t.Kind == KindArray && n != 1 || t.Kind == KindMap && n != 2 {
		return errors.New("want one type in an array, two in a map")
	}
	return p.expect('>')
}

// fieldName reads a field's name, perhaps in backticks, and the colon after it.
func (p *nestedTypeParser) fieldName() (string, error) {
	p.blanks()
	if rest := p.s[p.i:]; strings.HasPrefix(rest, "`") {
		if n := strings.IndexByte(rest[1:], '`'); n > 0 {
			p.i += n + 2
			return rest[1 : n+1], p.expect(':')
		}
	}
	n := strings.IndexAny(p.s[p.i:], ":,<>")
	if n <= 0 {
		return "", errors.New("want a field's name and a colon")
	}
	name := strings.TrimRight(p.s[p.i:p.i+n], " ")
	p.i += n
	return name, p.expect(':')
}

func (p *nestedTypeParser) blanks() { p.i = skipBlanks(p.s, p.i) }

func (p *nestedTypeParser) accept(c byte) bool {
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *nestedTypeParser) expect(c byte) error {
	if !p.accept(c) {
		return errors.New("want " + string(c))
	}
	return nil
}

func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
