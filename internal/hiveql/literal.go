package hiveql

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"time"
)

// Literaler is implemented by types that know their own HiveQL literal. The text
// is taken as it is: the method answers for its quoting (see [AppendString]).
type Literaler interface {
	HiveLiteral() (string, error)
}

// LiteralError reports a value that has no HiveQL literal. It never shows the
// value.
type LiteralError struct {
	Type   string // the Go type of the value
	Reason string // why, and what to pass instead
	Err    error  // the error of the value's own method, if that is the cause
}

func (e *LiteralError) Error() string {
	return fmt.Sprintf("hiveql: no literal for a value of type %s: %s", e.Type, e.Reason)
}

func (e *LiteralError) Unwrap() error { return e.Err }

func refuse(v any, reason string) error {
	return &LiteralError{Type: fmt.Sprintf("%T", v), Reason: reason}
}

// AppendLiteral appends v as HiveQL to dst. A [Literaler] renders itself, a
// [driver.Valuer] what its Value returns. Otherwise:
//
//	nil, a nil pointer, a nil []byte   NULL
//	bool, all integers                 true, 42; beyond 64 bits, as *[big.Int], DECIMAL 42BD
//	float32, float64                   DOUBLE 1.5E0, of the shortest text that is the number
//	string                             'it\'s'; valid UTF-8 without NUL
//	[]byte, [N]byte                    unhex('00ff')
//	time.Time                          timestamp '2006-01-02 15:04:05.999', in loc (nil: UTC); if it has more digits,
//	                                   cast('2006-01-02 15:04:05.999999999' as timestamp)
//	any other slice or array           its elements, separated by commas, for IN (?)
//
// Pointers mean what they point to; other named types mean what their
// underlying type does. On an error, a *[LiteralError], dst comes back as it was.
func AppendLiteral(dst []byte, v any, loc *time.Location) ([]byte, error) {
	if loc == nil {
		loc = time.UTC
	}
	out, err := renderer{loc: loc}.append(dst, v)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// renderer renders one value; its fields tell where in the value it is.
type renderer struct {
	loc   *time.Location
	list  bool // within a list
	depth int  // pointers, Valuers and lists around
}

// maxDepth ends a value that contains itself.
const maxDepth = 16

func (r renderer) append(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "NULL"...), nil
	case string:
		return AppendString(dst, v)
	case int64:
		return appendInt(dst, v), nil
	case float64:
		return appendFloat(dst, v, 64), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case []byte:
		return appendBytes(dst, v), nil
	case time.Time:
		return r.appendTime(dst, v)
	case *big.Int:
		return appendBig(dst, v)
	case Literaler:
		return appendLiteraler(dst, v)
	case driver.Valuer:
		return r.appendValuer(dst, v)
	case json.Number:
		return dst, refuse(v, "it can be an integer, a decimal or a double; pass the one that is meant")
	}
	return r.appendKind(dst, v)
}

// appendKind renders a value by the kind of its type.
func (r renderer) appendKind(dst []byte, v any) ([]byte, error) {
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(dst, rv.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt(dst, rv.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return appendUint(dst, rv.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, rv.Float(), rv.Type().Bits()), nil
	case reflect.String:
		return AppendString(dst, rv.String())
	case reflect.Pointer:
		if rv.IsNil() {
			return append(dst, "NULL"...), nil
		}
		return r.inner(dst, rv.Elem().Interface())
	case reflect.Slice, reflect.Array:
		if rv.Type().Elem() == reflect.TypeFor[byte]() {
			return appendBytes(dst, byteSlice(rv)), nil
		}
		return r.appendList(dst, rv)
	case reflect.Map, reflect.Struct:
		return dst, refuse(v, "Hive has no literal for it; call map(…) or named_struct(…) in the statement "+
			"and pass the parts, or implement driver.Valuer")
	}
	return dst, refuse(v, "no Hive type corresponds to it")
}

// inner renders a value that v wraps.
func (r renderer) inner(dst []byte, v any) ([]byte, error) {
	if r.depth++; r.depth > maxDepth {
		return dst, refuse(v, "it is wrapped in more than "+strconv.Itoa(maxDepth)+" pointers or Valuers")
	}
	return r.append(dst, v)
}

func (r renderer) appendList(dst []byte, rv reflect.Value) ([]byte, error) {
	if r.list {
		return dst, refuse(rv.Interface(), "a list cannot hold lists")
	}
	if rv.Len() == 0 {
		return dst, refuse(rv.Interface(), "it is empty, and Hive refuses IN (); leave the condition out")
	}
	r.list = true
	var err error
	for i := range rv.Len() {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = r.inner(dst, rv.Index(i).Interface()); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func appendLiteraler(dst []byte, v Literaler) ([]byte, error) {
	if nilReceiver[Literaler](v) {
		return append(dst, "NULL"...), nil
	}
	text, err := v.HiveLiteral()
	if err != nil {
		return dst, failed(v, "HiveLiteral", err)
	}
	return append(dst, text...), nil
}

func (r renderer) appendValuer(dst []byte, v driver.Valuer) ([]byte, error) {
	if nilReceiver[driver.Valuer](v) {
		return append(dst, "NULL"...), nil
	}
	value, err := v.Value()
	if err != nil {
		return dst, failed(v, "Value", err)
	}
	return r.inner(dst, value)
}

func failed(v any, method string, err error) error {
	return &LiteralError{Type: fmt.Sprintf("%T", v), Reason: method + " failed: " + err.Error(), Err: err}
}

// nilReceiver reports whether v is a nil pointer to a type that has the methods
// of I on its value: calling one would panic. Such a pointer is NULL, as in
// database/sql.
func nilReceiver[I any](v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil() && rv.Type().Elem().Implements(reflect.TypeFor[I]())
}

func appendInt(dst []byte, n int64) []byte {
	if n == math.MinInt64 {
		// The digits are read before the sign and would be a DECIMAL.
		return append(dst, "(-9223372036854775807L - 1L)"...)
	}
	return strconv.AppendInt(dst, n, 10)
}

func appendUint(dst []byte, n uint64) []byte {
	dst = strconv.AppendUint(dst, n, 10)
	if n > math.MaxInt64 {
		dst = append(dst, "BD"...)
	}
	return dst
}

func appendBig(dst []byte, n *big.Int) ([]byte, error) {
	if n == nil {
		return append(dst, "NULL"...), nil
	}
	start := len(dst)
	dst = n.Append(dst, 10)
	digits := len(dst) - start
	if n.Sign() < 0 {
		digits--
	}
	if digits > 38 {
		return dst, refuse(n, "it has more than the 38 digits of a DECIMAL; pass a string")
	}
	return append(dst, "BD"...), nil
}

// appendFloat writes a DOUBLE; only the exponent makes the literal one, for
// Hive 4 reads 1.5 as a DECIMAL.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "cast('NaN' as double)"...)
	case math.IsInf(f, 1):
		return append(dst, "cast('Infinity' as double)"...)
	case math.IsInf(f, -1):
		return append(dst, "cast('-Infinity' as double)"...)
	case f == 0 && math.Signbit(f):
		return append(dst, "cast('-0.0' as double)"...)
	}
	dst = strconv.AppendFloat(dst, f, 'E', -1, bits)
	mark := bytes.LastIndexByte(dst, 'E') + 1
	exponent, _ := strconv.Atoi(string(dst[mark:])) // "+00", "-07": always digits
	return strconv.AppendInt(dst[:mark], int64(exponent), 10)
}

func appendBytes(dst, b []byte) []byte {
	if b == nil {
		return append(dst, "NULL"...)
	}
	dst = append(dst, "unhex('"...)
	dst = hex.AppendEncode(dst, b)
	return append(dst, "')"...)
}

// byteSlice returns the bytes of a slice or an array of byte.
func byteSlice(rv reflect.Value) []byte {
	if rv.Kind() == reflect.Slice {
		return rv.Bytes()
	}
	b := make([]byte, rv.Len())
	reflect.Copy(reflect.ValueOf(b), rv)
	return b
}

// appendTime appends a TIMESTAMP. Of a literal, Hive 2 keeps no more than milliseconds in a query that reads a table, and
// finds no row that has more; a text that is cast it takes as it is.
func (r renderer) appendTime(dst []byte, t time.Time) ([]byte, error) {
	if t.Nanosecond()%int(time.Millisecond) == 0 {
		return AppendTimestamp(dst, t, r.loc)
	}
	out, err := appendClock(append(dst, "cast("...), t, r.loc)
	if err != nil {
		return dst, err
	}
	return append(out, " as timestamp)"...), nil
}

// AppendTimestamp appends a time as a TIMESTAMP literal to dst, in loc, for servers that keep all digits of one. On an
// error, a *[LiteralError], dst comes back as it was.
func AppendTimestamp(dst []byte, t time.Time, loc *time.Location) ([]byte, error) {
	out, err := appendClock(append(dst, "timestamp "...), t, loc)
	if err != nil {
		return dst, err
	}
	return out, nil
}

func appendClock(dst []byte, t time.Time, loc *time.Location) ([]byte, error) {
	t = t.In(loc)
	if year := t.Year(); year < 1 || year > 9999 {
		return dst, refuse(t, "its year is not within 0001 and 9999")
	}
	return t.AppendFormat(dst, "'2006-01-02 15:04:05.999999999'"), nil
}
