package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// decoder makes the value of a type of what a driver gave. What it does not understand it leaves.
type decoder func(v any) (any, error)

// decoding is how the values of a column are decoded.
type decoding struct {
	by    decoder // nil if they stay as they are
	other bool    // by is not that of the column's type, or not that alone
}

// decodings are those of the columns, nil if none is needed.
func decodings(columns []Column, find Decoders) []decoding {
	list, needed := make([]decoding, len(columns)), false
	for i, c := range columns {
		list[i].by = decoderOf(c.Type)
		if (c.Type == schema.Double || c.Type == schema.Float) && isDecimal(c.DatabaseType) { // as the mean of decimals may be
			list[i] = decoding{decodeAs(toFloat), true}
		}
		if find != nil {
			if custom, ok := c.Type.(schema.Custom); ok {
				c.Type = custom.Impl()
			}
			if first := find(c); first != nil {
				list[i] = decoding{inTurn(first, list[i].by), true}
			}
		}
		needed = needed || list[i].by != nil
	}
	if !needed {
		return nil
	}
	return list
}

// inTurn is one decoder behind another, which is not asked about NULL. Each may be nil.
func inTurn(first, then decoder) decoder {
	if first == nil {
		return then
	}
	return func(v any) (_ any, err error) {
		if v != nil {
			if v, err = first(v); err != nil {
				return nil, err
			}
		}
		if then == nil {
			return v, nil
		}
		return then(v)
	}
}

func decoderOf(t schema.Type) decoder {
	switch t := t.(type) {
	case schema.Custom:
		return inTurn(decoderOf(t.Impl()), t.FromDB)
	case schema.ArrayType, schema.MapType, schema.StructType:
		return decodeParts(t)
	case schema.NumericType:
		return decodeAs(toDecimal)
	case schema.VarCharType, schema.CharType:
		return decodeText
	case schema.Basic:
		switch t {
		case schema.Boolean:
			return decodeAs(toBool)
		case schema.Date:
			return decodeAs(toDate)
		case schema.Timestamp, schema.TimestampTZ:
			return decodeAs(toTime)
		case schema.String:
			return decodeText
		}
	}
	return nil
}

// decodeAs has values be of T, if they can be.
func decodeAs[T any](convert func(any) (T, error)) decoder {
	return func(v any) (any, error) {
		switch v.(type) {
		case nil, T:
			return v, nil
		}
		if t, err := convert(v); err == nil {
			return t, nil
		}
		return v, nil
	}
}

func decodeText(v any) (any, error) {
	if b, ok := v.([]byte); ok {
		return string(b), nil
	}
	return v, nil
}

// errKind reports a value that is none of the kind that is wanted.
var errKind = errors.New("it is no value of that kind")

func toInt(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case float64:
		if n := int64(v); float64(n) == v && v < math.MaxInt64 {
			return n, nil
		}
		return 0, strconv.ErrRange
	case bool:
		return 0, errKind
	}
	if u, ok := v.(uint64); ok && u <= math.MaxInt64 {
		return int64(u), nil
	}
	text, err := toNumeral(v)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func toUint(v any) (uint64, error) {
	switch v := v.(type) {
	case uint64:
		return v, nil
	case string, []byte, schema.Decimal:
		text, err := toNumeral(v)
		if err != nil {
			return 0, err
		}
		return strconv.ParseUint(text, 10, 64)
	}
	n, err := toInt(v)
	if err == nil && n < 0 {
		err = strconv.ErrRange
	}
	return uint64(n), err
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case float32:
		return float64(v), nil
	case int64:
		if f := float64(v); int64(f) == v && f < math.MaxInt64 {
			return f, nil
		}
		return 0, errors.New("a float64 does not have all its digits; take an int64")
	}
	text, err := toNumeral(v)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// toNumeral is the text that a number came as.
func toNumeral(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case schema.Decimal:
		return string(v), nil
	case int8, int16, int32, int, uint8, uint16, uint32, uint, uint64:
		return fmt.Sprint(v), nil
	}
	return "", errKind
}

func toBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case int64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case string:
		return strconv.ParseBool(v)
	}
	return false, errKind
}

func toDecimal(v any) (d schema.Decimal, err error) {
	switch v := v.(type) {
	case schema.Decimal:
		return v, nil
	case int64:
		return schema.Decimal(strconv.FormatInt(v, 10)), nil
	case float64:
		d = schema.Decimal(strconv.FormatFloat(v, 'f', -1, 64))
	default:
		text, err := toNumeral(v)
		if err != nil {
			return "", err
		}
		d = schema.Decimal(text)
	}
	return d, d.Valid()
}

func toDate(v any) (schema.CivilDate, error) {
	switch v := v.(type) {
	case schema.CivilDate:
		return v, nil
	case time.Time:
		if v.Hour()|v.Minute()|v.Second()|v.Nanosecond() != 0 {
			return schema.CivilDate{}, errors.New("it has a time of day; take a time.Time")
		}
		return schema.DateOf(v), nil
	case string:
		return schema.ParseDate(v)
	}
	return schema.CivilDate{}, errKind
}

// timeForms are how servers write a time as text.
var timeForms = []string{"2006-01-02 15:04:05.999999999", time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02"}

func toTime(v any) (t time.Time, err error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case schema.CivilDate:
		return time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC), nil
	case string:
		for _, form := range timeForms {
			if t, err = time.Parse(form, v); err == nil {
				return t, nil
			}
		}
		return t, fmt.Errorf("want a time such as %q", timeForms[0])
	}
	return t, errKind
}

func toBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return slices.Clone(v), nil
	case string:
		return []byte(v), nil
	}
	if isNested(v) {
		text, err := nestedText(v, nil)
		return []byte(text), err
	}
	return nil, errKind
}

// toText is every value as text: numbers are exact, bytes are taken for a text, and what has parts is JSON.
func toText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case schema.Decimal:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	}
	if isNested(v) {
		return nestedText(v, nil)
	}
	return fmt.Sprint(v), nil
}

// valuesKey is a text that is the same for rows of the same values only.
func valuesKey(values []any) string {
	var key []byte
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			key = append(key, 0)
		case float64:
			if v == 0 {
				v = 0 // -0 is the same
			}
			key = binary.BigEndian.AppendUint64(append(key, 1), math.Float64bits(v))
		case time.Time:
			key = append(key, 2)
			key = binary.BigEndian.AppendUint64(key, uint64(v.Unix()))
			key = binary.BigEndian.AppendUint32(key, uint32(v.Nanosecond()))
		case []byte, string, schema.Decimal, int64, bool, schema.CivilDate:
			text, _ := toText(v) // it has no error for these
			key = fmt.Appendf(key, "\x03%T %d %s", v, len(text), text)
		default:
			text := fmt.Sprintf("%#v", v)
			key = fmt.Appendf(key, "\x03%T %d %s", v, len(text), text)
		}
	}
	return string(key)
}

// NullError reports a NULL for which a value of Go has no place.
type NullError struct {
	Column string
	Row    int64  // from 1
	Type   string // that has no NULL
}

func (e *NullError) Error() string {
	return fmt.Sprintf("engine: column %q of row %d is NULL, which %s cannot be; take a *%[3]s or an sql.Null[%[3]s]", e.Column, e.Row, e.Type)
}

// ValueError reports a value that does not become what is wanted.
type ValueError struct {
	Column string
	Row    int64  // from 1
	From   string // the type of Go that the value has; "" if Err is that of a type of the program
	To     string
	Err    error
}

func (e *ValueError) Error() string {
	if e.From == "" {
		return fmt.Sprintf("engine: column %q of row %d: %v", e.Column, e.Row, e.Err)
	}
	return fmt.Sprintf("engine: column %q of row %d: a value of type %s does not become a %s: %v", e.Column, e.Row, e.From, e.To, e.Err)
}

func (e *ValueError) Unwrap() error { return e.Err }
