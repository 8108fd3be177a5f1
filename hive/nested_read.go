package hive

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// nestedReader walks over the text of a nested value, once and forwards. Decode and Unmarshal
// tell it what to do with the parts.
type nestedReader struct {
	s     string
	typ   string // for errors
	i     int    // next byte to read
	depth int
	plain bool // strings have no escapes: Spark
	loc   *time.Location

	fields map[reflect.Type]map[string]int // of Unmarshal's structs
}

// nestedEnd is what may follow a value: a closing bracket (a colon after a key), or a comma
// and then next. After the zero nestedEnd comes the end of the text.
//
// It is what makes unquoted and unescaped texts readable: a quote, comma or bracket inside
// them is seldom followed by just that.
type nestedEnd struct {
	close byte
	comma bool
	next  string
}

var errTooDeep = errors.New("nested deeper than " + strconv.Itoa(maxNesting) + " levels")

// newNestedReader returns a reader at the start of n.Raw, which it has checked: reading can
// only fail where a part is not of its type.
func newNestedReader(n Nested) (r *nestedReader, t *nestedType, err error) {
	r = &nestedReader{s: n.Raw, typ: "nested value", loc: n.Location, plain: n.Unescaped}
	if n.Type != "" {
		r.typ = n.Type
		if t, err = parseNestedType(n.Type); err != nil {
			return nil, nil, err
		}
	}
	err = r.check(t)
	if err != nil && !r.plain {
		// Hive never writes such a text (SerDeUtils.escapeString); Spark may.
		r.plain = true
		if r.check(t) == nil {
			err = nil
		}
	}
	return r, t, err
}

// check reads the whole text and goes back to its start.
func (r *nestedReader) check(t *nestedType) error {
	r.i, r.depth = 0, 0
	if t == nil && r.bracket(t) == 0 && !r.takeNull(nestedEnd{}) {
		return r.fail(0, errors.New("want [ or {"))
	}
	if err := r.skip(t, nestedEnd{}); err != nil {
		return err
	}
	if r.i = skipBlanks(r.s, r.i); r.i < len(r.s) {
		return r.fail(r.i, errors.New("want nothing more"))
	}
	r.i = 0
	return nil
}

func (r *nestedReader) skip(t *nestedType, end nestedEnd) error {
	switch r.bracket(t) {
	case '[':
		return r.array(t, r.skip)
	case '{':
		return r.object(t, r.skip, r.skip)
	}
	_, err := r.scalar(t, end)
	return err
}

func (r *nestedReader) fail(pos int, err error) error {
	var part *TextError
	if errors.As(err, &part) {
		err = fmt.Errorf("%s: %w", part.Type, part.Err)
	}
	return &TextError{Type: r.typ, Text: r.s, Offset: pos, Err: err}
}

// at returns the byte at i, or 0 at the end.
func (r *nestedReader) at(i int) byte {
	if i < len(r.s) {
		return r.s[i]
	}
	return 0
}

// bracket returns the bracket that opens the next value, or 0 before a scalar.
func (r *nestedReader) bracket(t *nestedType) byte {
	c := r.at(skipBlanks(r.s, r.i))
	if c != '[' && c != '{' || t != nil && t.Kind != KindUserDefined && t.bracket() != c {
		return 0
	}
	return c
}

// array reads an array; element has to read each element.
func (r *nestedReader) array(t *nestedType, element func(*nestedType, nestedEnd) error) error {
	done, err := r.open(']')
	for !done && err == nil {
		if err = element(t.part(0), nestedEnd{close: ']', comma: true}); err == nil {
			done, err = r.next(']')
		}
	}
	r.depth--
	return err
}

// object reads a map, struct or union; key and value have to read the keys and the values.
func (r *nestedReader) object(t *nestedType, key, value func(*nestedType, nestedEnd) error) error {
	done, err := r.open('}')
	n := 0
	for ; !done && err == nil; n++ {
		var keyType, valueType *nestedType
		var end nestedEnd
		if keyType, valueType, end, err = r.entry(t, n); err != nil {
			break
		}
		if err = key(keyType, nestedEnd{close: ':'}); err != nil {
			break
		}
		if r.i = skipBlanks(r.s, r.i); r.at(r.i) != ':' {
			err = r.fail(r.i, errors.New("want a colon"))
			break
		}
		r.i++
		if err = value(valueType, end); err == nil {
			done, err = r.next('}')
		}
	}
	if err == nil && t.is(KindStruct) && n < len(t.labels) {
		err = r.fail(r.i, errors.New("want "+t.labels[n]))
	}
	r.depth--
	return err
}

// entry returns the types of an object's n-th entry, at which the reader is, and what may
// follow its value.
func (r *nestedReader) entry(t *nestedType, n int) (key, value *nestedType, end nestedEnd, err error) {
	pos := skipBlanks(r.s, r.i)
	switch {
	case t.is(KindStruct) && t.parts != nil:
		if n == len(t.labels) || !hasPrefixFold(r.s[pos:], t.labels[n]) {
			want := "}"
			if n < len(t.labels) {
				want = t.labels[n]
			}
			return nil, nil, end, r.fail(pos, errors.New("want "+want))
		}
		if n+1 < len(t.labels) {
			return nil, t.parts[n], nestedEnd{comma: true, next: t.labels[n+1]}, nil
		}
		return nil, t.parts[n], nestedEnd{close: '}'}, nil
	case t.is(KindUnion):
		tag, err := strconv.Atoi(digitRun(r.s, pos))
		if err != nil || t.parts != nil && tag >= len(t.parts) {
			return nil, nil, end, r.fail(pos, errors.New("want the number of one of the union's types"))
		}
		return unionTagType, t.part(tag), nestedEnd{close: '}'}, nil
	}
	end = nestedEnd{close: '}', comma: true}
	if t.is(KindMap) {
		key, value = t.part(0), t.part(1)
	}
	if r.at(pos) == '"' && !key.is(KindBinary) {
		end.next = `"` // as this key, so the next
	}
	return key, value, end, nil
}

var unionTagType = &nestedType{Type: Type{Kind: KindInt}}

// open passes an opening bracket; done is true if the closing one follows at once.
func (r *nestedReader) open(closing byte) (done bool, err error) {
	pos := skipBlanks(r.s, r.i)
	if r.depth++; r.depth > maxNesting {
		return false, r.fail(pos, errTooDeep)
	}
	r.i = pos + 1
	if pos = skipBlanks(r.s, r.i); r.at(pos) == closing {
		r.i = pos + 1
		return true, nil
	}
	return false, nil
}

// next passes the comma or closing bracket after a part.
func (r *nestedReader) next(closing byte) (done bool, err error) {
	r.i = skipBlanks(r.s, r.i)
	switch c := r.at(r.i); {
	case c == closing:
		r.i++
		return true, nil
	case c == ',':
		r.i++
		return false, nil
	}
	return false, r.fail(r.i, errors.New("want , or "+string(closing)))
}

// scalar reads a value that is not nested.
func (r *nestedReader) scalar(t *nestedType, end nestedEnd) (nestedScalar, error) {
	if start := skipBlanks(r.s, r.i); r.at(start) == '"' && !t.is(KindBinary) {
		return r.quoted(start, end)
	}
	start := r.i
	for i := start; ; i++ {
		if end.close == ':' && isClock(r.s, i) {
			i += len(" hh:mm:ss") // Spark does not quote a timestamp that is a key
		}
		if r.ends(i, end) {
			r.i = i
			return nestedScalar{raw: r.s[start:i], pos: start}, nil
		}
		if i == len(r.s) {
			return nestedScalar{}, r.fail(start, errors.New("want an end of the value"))
		}
	}
}

// takeNull passes a NULL if it is the next value.
func (r *nestedReader) takeNull(end nestedEnd) bool {
	start := skipBlanks(r.s, r.i)
	stop := skipBlanks(r.s, min(start+len("null"), len(r.s)))
	if !isNull(strings.TrimSpace(r.s[start:stop])) || !r.ends(stop, end) {
		return false
	}
	r.i = stop
	return true
}

// isNull knows SerDeUtils' word and the one Hive's command line prints.
func isNull(text string) bool { return text == "null" || text == "NULL" }

func isClock(s string, i int) bool {
	_, hour := twoDigits(s, i, ' ')
	if !hour {
		return false
	}
	_, minute := twoDigits(s, i+3, ':')
	_, second := twoDigits(s, i+6, ':')
	return minute && second
}

// quoted reads a string from its opening quote.
func (r *nestedReader) quoted(start int, end nestedEnd) (nestedScalar, error) {
	escaped := false
	for i := start + 1; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"' && r.closes(i, end):
			r.i = i + 1
			return nestedScalar{raw: r.s[start+1 : i], pos: start, quoted: true, escaped: escaped}, nil
		case r.plain:
		case c == '"':
			return nestedScalar{}, r.fail(i+1, errors.New("want an end of the string's part"))
		case c < ' ':
			return nestedScalar{}, r.fail(i, errors.New("want control characters escaped"))
		case c == '\\':
			n := escapeLen(r.s[i:])
			if n == 0 {
				return nestedScalar{}, r.fail(i, errors.New("want an escape that JSON has"))
			}
			escaped = true
			i += n - 1
		}
	}
	return nestedScalar{}, r.fail(start, errors.New("want a string that ends"))
}

// closes reports whether the quote at i ends a string.
func (r *nestedReader) closes(i int, end nestedEnd) bool {
	i = skipBlanks(r.s, i+1)
	if !r.ends(i, end) {
		return false
	}
	if r.plain && end.close == ']' && r.s[i] == ',' { // as this element, so the next
		c := r.at(skipBlanks(r.s, i+1))
		return c == '"' || c == 'n' || c == 'N'
	}
	return true
}

// ends reports whether what stands at i may follow a value.
func (r *nestedReader) ends(i int, end nestedEnd) bool {
	if i >= len(r.s) {
		return end == nestedEnd{}
	}
	switch c := r.s[i]; {
	case c == ',':
		return end.comma && hasPrefixFold(r.s[skipBlanks(r.s, i+1):], end.next)
	case c == 0:
		return false
	default:
		return c == end.close
	}
}

// nestedScalar is a part of the text that has no parts.
type nestedScalar struct {
	raw     string
	pos     int
	quoted  bool
	escaped bool
}

func (s nestedScalar) trimmed() string { return strings.TrimSpace(s.text()) }

func (s nestedScalar) null() bool { return !s.quoted && isNull(s.trimmed()) }

// text returns the value without its quotes and escapes.
func (s nestedScalar) text() string {
	if !s.escaped {
		return s.raw
	}
	var b strings.Builder
	b.Grow(len(s.raw))
	for rest := s.raw; rest != ""; {
		n := strings.IndexByte(rest, '\\')
		if n < 0 {
			n = len(rest)
		}
		b.WriteString(rest[:n])
		if rest = rest[n:]; rest == "" {
			break
		}
		c, n := unescape(rest)
		b.WriteRune(c)
		rest = rest[n:]
	}
	return b.String()
}

const escapes, escapedBytes = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

// escapeLen returns the length of the escape at the start of s, or 0 if it is none.
func escapeLen(s string) int {
	switch {
	case len(s) >= 2 && strings.IndexByte(escapes, s[1]) >= 0:
		return 2
	case len(s) >= 6 && s[1] == 'u':
		if _, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
			return 6
		}
	}
	return 0
}

// unescape reads a good escape at the start of s; a surrogate pair is two escapes.
func unescape(s string) (c rune, n int) {
	if s[1] != 'u' {
		return rune(escapedBytes[strings.IndexByte(escapes, s[1])]), 2
	}
	unit, _ := strconv.ParseUint(s[2:6], 16, 16)
	if c = rune(unit); !utf16.IsSurrogate(c) {
		return c, 6
	}
	if strings.HasPrefix(s[6:], `\u`) && escapeLen(s[6:]) == 6 {
		low, _ := strconv.ParseUint(s[8:12], 16, 16)
		if c = utf16.DecodeRune(c, rune(low)); c != utf8.RuneError {
			return c, 12
		}
	}
	return utf8.RuneError, 6
}
