package hiveql

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

type (
	named    string
	flag     bool
	level    uint8
	raw      []byte
	loop     *loop
	date     struct{ y, m, d int }
	byValue  struct{ v any }
	failing  struct{ err error }
	endless  struct{}
	stringer struct{}
)

func (d date) HiveLiteral() (string, error) {
	return fmt.Sprintf("date '%04d-%02d-%02d'", d.y, d.m, d.d), nil
}
func (d date) Value() (driver.Value, error)    { panic("a Literaler renders itself") }
func (v byValue) Value() (driver.Value, error) { return v.v, nil }
func (f failing) Value() (driver.Value, error) { return nil, f.err }
func (e endless) Value() (driver.Value, error) { return e, nil }
func (stringer) String() string                { return "text" }

type failingLiteral struct{ err error }

func (f failingLiteral) HiveLiteral() (string, error) { return "", f.err }

func ptr[T any](v T) *T { return &v }

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func TestAppendLiteral(t *testing.T) {
	paris := time.FixedZone("", 3600)
	instant := time.Date(2020, 1, 2, 23, 4, 5, 6000, time.UTC)
	for _, tc := range []struct {
		v    any
		loc  *time.Location
		want string
	}{
		{v: nil, want: "NULL"},
		{v: true, want: "true"},
		{v: flag(false), want: "false"},
		{v: 0, want: "0"},
		{v: int8(-128), want: "-128"},
		{v: int16(-1), want: "-1"},
		{v: rune(7), want: "7"},
		{v: int64(math.MaxInt64), want: "9223372036854775807"},
		{v: int64(math.MinInt64 + 1), want: "-9223372036854775807"},
		{v: int64(math.MinInt64), want: "(-9223372036854775807L - 1L)"},
		{v: uint8(255), want: "255"},
		{v: level(3), want: "3"},
		{v: uint64(math.MaxInt64), want: "9223372036854775807"},
		{v: uint64(math.MaxInt64 + 1), want: "9223372036854775808BD"},
		{v: big.NewInt(-5), want: "-5BD"},
		{v: bigInt(strings.Repeat("9", 38)), want: strings.Repeat("9", 38) + "BD"},
		{v: bigInt("-" + strings.Repeat("9", 38)), want: "-" + strings.Repeat("9", 38) + "BD"},
		{v: (*big.Int)(nil), want: "NULL"},

		{v: 0.0, want: "0E0"},
		{v: 1.5, want: "1.5E0"},
		{v: -1e-7, want: "-1E-7"},
		{v: 1e300, want: "1E300"},
		{v: math.SmallestNonzeroFloat64, want: "5E-324"},
		{v: math.MaxFloat64, want: "1.7976931348623157E308"},
		{v: float32(0.1), want: "1E-1"},
		{v: float32(16777216), want: "1.6777216E7"},
		{v: math.Copysign(0, -1), want: "cast('-0.0' as double)"},
		{v: math.NaN(), want: "cast('NaN' as double)"},
		{v: math.Inf(1), want: "cast('Infinity' as double)"},
		{v: float32(math.Inf(-1)), want: "cast('-Infinity' as double)"},

		{v: "", want: `''`},
		{v: "it's", want: `'it\'s'`},
		{v: `x\`, want: `'x\\'`},
		{v: `a\%b\u0041\101`, want: `'a\\%b\\u0041\\101'`},
		{v: `${env:PATH}"?:a`, want: `'\u0024{env:PATH}"?:a'`},
		{v: "\n\t\x01\x1a\x7f\u0080\u009f\u2028\u2029\ufffe\uffff", want: `'\u000a\u0009\u0001\u001a\u007f\u0080\u009f\u2028\u2029\ufffe\uffff'`},
		{v: "é測🐍\ufffd\u00a0", want: "'é測🐍\ufffd\u00a0'"},
		{v: named("a'b"), want: `'a\'b'`},

		{v: []byte{}, want: "unhex('')"},
		{v: []byte{0, 0xff, 'A'}, want: "unhex('00ff41')"},
		{v: []byte(nil), want: "NULL"},
		{v: raw("a"), want: "unhex('61')"},
		{v: sql.RawBytes(nil), want: "NULL"},
		{v: [1]byte{0xab}, want: "unhex('ab')"},
		{v: &[2]byte{1, 2}, want: "unhex('0102')"},

		{v: instant, want: "cast('2020-01-02 23:04:05.000006' as timestamp)"},
		{v: instant.In(paris), want: "cast('2020-01-02 23:04:05.000006' as timestamp)"},
		{v: instant, loc: paris, want: "cast('2020-01-03 00:04:05.000006' as timestamp)"},
		{v: time.Date(2020, 1, 2, 3, 4, 5, 123456789, time.UTC), want: "cast('2020-01-02 03:04:05.123456789' as timestamp)"},
		{v: time.Date(2020, 1, 2, 3, 4, 5, 123000000, time.UTC), want: "timestamp '2020-01-02 03:04:05.123'"},
		{v: time.Time{}, want: "timestamp '0001-01-01 00:00:00'"},
		{v: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), want: "timestamp '9999-12-31 23:59:59'"},
		{v: &instant, want: "cast('2020-01-02 23:04:05.000006' as timestamp)"},

		{v: ptr(5), want: "5"},
		{v: ptr(ptr("x")), want: "'x'"},
		{v: (*string)(nil), want: "NULL"},
		{v: (*time.Time)(nil), want: "NULL"},
		{v: date{2020, 1, 2}, want: "date '2020-01-02'"},
		{v: &date{2020, 1, 2}, want: "date '2020-01-02'"},
		{v: (*date)(nil), want: "NULL"},
		{v: ptr(&date{2020, 1, 2}), want: "date '2020-01-02'"},
		{v: byValue{int64(1)}, want: "1"},
		{v: byValue{date{2020, 1, 2}}, want: "date '2020-01-02'"},
		{v: (*byValue)(nil), want: "NULL"},
		{v: sql.NullString{}, want: "NULL"},
		{v: sql.Null[int]{V: 3, Valid: true}, want: "3"},

		{v: []int{1, -2, 3}, want: "1, -2, 3"},
		{v: [2]string{"a", "b'"}, want: `'a', 'b\''`},
		{v: []any{1, nil, "x", byValue{true}, ptr(2)}, want: "1, NULL, 'x', true, 2"},
		{v: [][]byte{{1}, nil}, want: "unhex('01'), NULL"},
		{v: []level{1, 2}, want: "1, 2"},
		{v: byValue{[]string{"a"}}, want: "'a'"},
	} {
		got, err := AppendLiteral([]byte("x="), tc.v, tc.loc)
		if err != nil || string(got) != "x="+tc.want {
			t.Errorf("literal of %T %v\n got %s, error %v\nwant x=%s", tc.v, tc.v, got, err, tc.want)
		}
	}
}

func TestAppendLiteralRefuses(t *testing.T) {
	cause := errors.New("cause")
	var self loop
	self = &self
	for _, tc := range []struct {
		v          any
		typ, about string
		cause      error
	}{
		{v: "a\x00b", typ: "string", about: "NUL"},
		{v: "a\xffb", typ: "string", about: "UTF-8"},
		{v: "\xed\xa0\x80", typ: "string", about: "UTF-8"},
		{v: []string{"a", "\x00"}, typ: "string", about: "NUL"},
		{v: []int{}, typ: "[]int", about: "empty"},
		{v: []int(nil), typ: "[]int", about: "empty"},
		{v: [0]string{}, typ: "[0]string", about: "empty"},
		{v: [][]int{{1}}, typ: "[]int", about: "list"},
		{v: []any{[]any{1}}, typ: "[]interface {}", about: "list"},
		{v: []any{byValue{[]int{1}}}, typ: "[]int", about: "list"},
		{v: bigInt("1" + strings.Repeat("0", 38)), typ: "*big.Int", about: "38"},
		{v: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), typ: "time.Time", about: "9999"},
		{v: time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), typ: "time.Time", about: "0001"},
		{v: json.Number("1"), typ: "json.Number", about: "decimal"},
		{v: ptr(json.Number("1")), typ: "json.Number", about: "decimal"},
		{v: map[string]int{}, typ: "map[string]int", about: "driver.Valuer"},
		{v: stringer{}, typ: "hiveql.stringer", about: "driver.Valuer"},
		{v: big.Rat{}, typ: "big.Rat", about: "driver.Valuer"},
		{v: 1i, typ: "complex128", about: "no Hive type"},
		{v: func() {}, typ: "func()", about: "no Hive type"},
		{v: make(chan int), typ: "chan int", about: "no Hive type"},
		{v: uintptr(1), typ: "uintptr", about: "no Hive type"},
		{v: failing{cause}, typ: "hiveql.failing", about: "Value failed: cause", cause: cause},
		{v: failingLiteral{cause}, typ: "hiveql.failingLiteral", about: "HiveLiteral failed: cause", cause: cause},
		{v: endless{}, typ: "hiveql.endless", about: "more than 16"},
		{v: self, typ: "hiveql.loop", about: "more than 16"},
	} {
		dst := []byte("x=")
		got, err := AppendLiteral(dst, tc.v, nil)
		var lit *LiteralError
		if !errors.As(err, &lit) || lit.Type != tc.typ || !strings.Contains(lit.Reason, tc.about) || !errors.Is(lit.Err, tc.cause) {
			t.Errorf("literal of %T: got error %#v, want type %s, a reason with %q, cause %v", tc.v, err, tc.typ, tc.about, tc.cause)
		}
		if string(got) != "x=" {
			t.Errorf("literal of %T: got %q beside the error, want what was there", tc.v, got)
		}
	}
}

func TestLiteralErrorHidesTheValue(t *testing.T) {
	_, err := AppendLiteral(nil, "secret\x00", nil)
	want := "hiveql: no literal for a value of type string: Hive corrupts a NUL character in a string; pass []byte"
	if err == nil || err.Error() != want {
		t.Errorf("got error %q, want %q", err, want)
	}
}
