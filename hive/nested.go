package hive

import (
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Nested is the value of an ARRAY, MAP, STRUCT or UNIONTYPE column. HiveServer2 sends such a
// value as text that is nearly JSON, without the types of the parts; Raw keeps that text.
//
// Only Raw is needed to read it, and Scan sets no other field. The other fields settle what
// the text leaves open; set them before reading, or before scanning a row.
//
//	tags := hive.Nested{Type: "map<string,decimal(10,2)>"}
//	err := row.Scan(&tags)
//	v, err := tags.Decode()
//
// How the text differs from JSON: keys of a map may be numbers ({1:"a"}); a union is its tag
// and its value ({0:"a"}); NaN and Infinity occur; and a BINARY stands in it bare: bytes that
// are no UTF-8 are lost on the server, and a comma or bracket in it may be taken for the end
// of the value, less often so if Type says where BINARYs are.
//
// Spark moreover writes strings without any escape, and dates without quotes. A text is read
// by Hive's rules, and by Spark's if it breaks those; but some of Spark's texts break no rule
// of Hive and then read wrong, unless Unescaped is set.
type Nested struct {
	// Raw is the text as the server sent it.
	Raw string

	// Type is the Hive type, such as "array<struct<day:date,price:decimal(5,2)>>", as far as
	// it is known: parts may be left out ("uniontype", "array<map>"). Empty means that the
	// text alone tells; a union then reads as a map with one entry.
	Type string

	// Location is where the TIMESTAMPs inside are; nil means UTC.
	Location *time.Location

	// Unescaped says that strings are written without escapes, as Spark does: a backslash is
	// a backslash.
	Unescaped bool
}

// Map holds the entries of a MAP or the fields of a STRUCT, in the server's order.
type Map []Entry

// Entry is one entry of a [Map].
type Entry struct{ Key, Value any }

// Get returns the value of the first entry whose key is the string key: a field of a struct,
// or an entry of a map with string keys.
func (m Map) Get(key string) (any, bool) {
	for _, e := range m {
		if e.Key == any(key) {
			return e.Value, true
		}
	}
	return nil, false
}

// Union is a value of a UNIONTYPE: Value has the type numbered Tag, from 0.
type Union struct {
	Tag   int
	Value any
}

// Decode returns the value as Go values.
//
// What Type tells decides: BOOLEAN gives bool, the integers int8 to int64, FLOAT float32,
// DOUBLE float64, the strings string, BINARY []byte, DECIMAL [Decimal] with the type's scale
// (which Hive cuts inside nested values), DATE [Date], the timestamps [time.Time], the
// intervals [IntervalYearMonth] and [IntervalDayTime], ARRAY []any, MAP and STRUCT [Map],
// UNIONTYPE [Union], and NULL nil.
//
// Where the type is not known the text decides: [] gives []any and {} a [Map]; numbers give
// int64 if they fit, else [Decimal], and float64 with an exponent; true, false, NaN, Infinity
// and null give what they say; all else is a string, as are dates.
//
// The error is a [*TextError]; its Offset counts in Raw, or in Type if that is at fault.
func (n Nested) Decode() (any, error) {
	r, t, err := newNestedReader(n)
	if err != nil {
		return nil, err
	}
	v, err := r.decode(t, nestedEnd{})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Unmarshal stores the value in what dst points to, as [encoding/json.Unmarshal] would:
//
//   - arrays into slices; maps into Go maps; structs, and maps with string keys, into structs,
//     by the tag `hive:"name"` or the field's name, upper and lower case being one; a name
//     without a field is passed over, and so is a field with the tag `hive:"-"`;
//   - any scalar into string and []byte; numbers into numbers, if they fit; dates and
//     timestamps into time.Time, in Location;
//   - any part into any, as [Nested.Decode] gives it, or into a Nested;
//   - any part into a [database/sql.Scanner], which is given a string, and any scalar into an
//     [encoding.TextUnmarshaler].
//
// NULL sets pointers, slices, maps and any to nil and is passed to a Scanner; elsewhere it is
// an error: use a pointer or sql.Null. The error is a [*TextError], after which dst may be
// filled in part.
func (n Nested) Unmarshal(dst any) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("hive: cannot unmarshal into %T: want a pointer that is not nil", dst)
	}
	r, t, err := newNestedReader(n)
	if err != nil {
		return err
	}
	return r.store(v.Elem(), t, nestedEnd{})
}

// String returns the raw text.
func (n Nested) String() string { return n.Raw }

// Scan implements [database/sql.Scanner]: it sets Raw. NULL is an error: use sql.Null[hive.Nested].
func (n *Nested) Scan(src any) error {
	switch src := src.(type) {
	case string:
		n.Raw = src
	case []byte:
		n.Raw = string(src)
	case Nested:
		*n = src
	case nil:
		return errors.New("hive: cannot scan NULL into *hive.Nested: use sql.Null[hive.Nested]")
	default:
		return fmt.Errorf("hive: cannot scan %T into *hive.Nested: want string, []byte or hive.Nested", src)
	}
	return nil
}

// decode reads a value as Go values.
func (r *nestedReader) decode(t *nestedType, end nestedEnd) (any, error) {
	switch r.bracket(t) {
	case '[':
		list := []any{}
		err := r.array(t, func(t *nestedType, end nestedEnd) error {
			v, err := r.decode(t, end)
			list = append(list, v)
			return err
		})
		return list, err
	case '{':
		if t.is(KindUnion) {
			return r.decodeUnion(t)
		}
		return r.decodeMap(t)
	}
	s, err := r.scalar(t, end)
	if err != nil {
		return nil, err
	}
	v, err := r.goValue(t, s)
	if err != nil {
		return nil, r.fail(s.pos, err)
	}
	return v, nil
}

func (r *nestedReader) decodeMap(t *nestedType) (Map, error) {
	m := Map{}
	err := r.object(t, func(t *nestedType, end nestedEnd) error {
		key, err := r.decode(t, end)
		m = append(m, Entry{Key: key})
		return err
	}, func(t *nestedType, end nestedEnd) (err error) {
		m[len(m)-1].Value, err = r.decode(t, end)
		return err
	})
	return m, err
}

// decodeUnion reads what looks like a map with one entry.
func (r *nestedReader) decodeUnion(t *nestedType) (Union, error) {
	pos := skipBlanks(r.s, r.i)
	m, err := r.decodeMap(t)
	if err != nil {
		return Union{}, err
	}
	if len(m) == 1 {
		if tag, ok := m[0].Key.(int32); ok {
			return Union{int(tag), m[0].Value}, nil
		}
	}
	return Union{}, r.fail(pos, errors.New("want one value after the number of its type"))
}
