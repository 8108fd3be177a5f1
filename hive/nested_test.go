package hive

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// testDay is a date that several tests use.
var testDay = Date{2020, 1, 2}

func testClock(nanos int) time.Time { return time.Date(2020, 1, 2, 3, 4, 5, nanos, time.UTC) }

// TestDecodeShapes reads texts without a type. Those of Hive 4.0.1, 2.3.10 and Spark 3.5.3
// came from running servers.
func TestDecodeShapes(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want any
	}{
		// Hive
		{`[]`, []any{}},
		{`{}`, Map{}},
		{`null`, nil},
		{`NULL`, nil},
		{`[1,null,3]`, []any{int64(1), nil, int64(3)}},
		{`{"a":1,"b":"q\"\n"}`, Map{{"a", int64(1)}, {"b", "q\"\n"}}},
		{`{1:"a"}`, Map{{int64(1), "a"}}},
		{`{0:1}`, Map{{int64(0), int64(1)}}},
		{`{true:1}`, Map{{true, int64(1)}}},
		{`{1.5:1}`, Map{{Decimal{"1.5"}, int64(1)}}},
		{`{"2020-01-02 03:04:05.12":1}`, Map{{"2020-01-02 03:04:05.12", int64(1)}}},
		{`{[1,2]:"a"}`, Map{{[]any{int64(1), int64(2)}, "a"}}},
		{`{"b":1,"a":2,"b":3}`, Map{{"b", int64(1)}, {"a", int64(2)}, {"b", int64(3)}}},
		{`["a\"b\\c\b\f\n\r\t\u0001é😀/'",null,""]`, []any{"a\"b\\c\b\f\n\r\t\x01é😀/'", nil, ""}},
		{`["\u00e9\ud83d\ude00\/"]`, []any{"é😀/"}},
		{`["\ud83dx","\ud83d\u0041","\ude00"]`, []any{"\ufffdx", "\ufffdA", "\ufffd"}},
		{`[1.1,0.0000001,0,-100]`, []any{Decimal{"1.1"}, Decimal{"0.0000001"}, int64(0), int64(-100)}},
		{`[9223372036854775807,-9223372036854775808,9223372036854775808]`, []any{int64(math.MaxInt64), int64(math.MinInt64), Decimal{"9223372036854775808"}}},
		{`[1.0,1.0E-7,Infinity,-Infinity,1.0E300]`, []any{Decimal{"1.0"}, 1e-7, math.Inf(1), math.Inf(-1), 1e300}},
		{`["ab   "]`, []any{"ab   "}},
		{`[true,false]`, []any{true, false}},
		{`{"a":"2020-01-02","b":x,"c":1 00:00:00.000000000}`, Map{{"a", "2020-01-02"}, {"b", "x"}, {"c", "1 00:00:00.000000000"}}},
		{`{"a":x,y,"b":1}`, Map{{"a", "x,y"}, {"b", int64(1)}}},
		{`[-1-2,1-2]`, []any{"-1-2", "1-2"}},
		{`[,007,-,1e999,0x1e5]`, []any{"", "007", "-", "1e999", "0x1e5"}}, // BINARY that could be mistaken
		{`{"a":{"b":[{"c":null}]}}`, Map{{"a", Map{{"b", []any{Map{{"c", nil}}}}}}}},
		// Spark
		{`{"a"b":1}`, Map{{`a"b`, int64(1)}}},
		{"[\"a\\b\",\"c\"d\",\"e\nf\"]", []any{`a\b`, `c"d`, "e\nf"}},
		{`["a\d","\u12"]`, []any{`a\d`, `\u12`}},
		{"[\"e\nf\"]", []any{"e\nf"}},
		{`["say "hi", ok","C:\"]`, []any{`say "hi", ok`, `C:\`}},
		{`{"a":"say "hi", ok","b":"\d"}`, Map{{"a", `say "hi", ok`}, {"b", `\d`}}},
		{`{1:"a, "b"",2:null}`, Map{{int64(1), `a, "b"`}, {int64(2), nil}}},
		{`{"a":2020-01-02,"b":x,"c":1 00:00:00.000000000}`, Map{{"a", "2020-01-02"}, {"b", "x"}, {"c", "1 00:00:00.000000000"}}},
		{`{2020-01-02:1}`, Map{{"2020-01-02", int64(1)}}},
		{`{2020-01-02 03:04:05:1}`, Map{{"2020-01-02 03:04:05", int64(1)}}},
		{`{2020-01-02 03:04:05.123:2020-01-02 03:04:05}`, Map{{"2020-01-02 03:04:05.123", "2020-01-02 03:04:05"}}},
		{`[1.10]`, []any{Decimal{"1.10"}}},
		// blanks, which no server writes
		{" { \"a\" : [ 1 , null , \"x\" ] , \"b\" : { } } ", Map{{"a", []any{int64(1), nil, "x"}}, {"b", Map{}}}},
	} {
		got, err := Nested{Raw: c.raw}.Decode()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s\ngot  %#v, %v\nwant %#v", c.raw, got, err, c.want)
		}
	}
	got, err := Nested{Raw: `[NaN]`}.Decode()
	if list, ok := got.([]any); err != nil || !ok || len(list) != 1 || !math.IsNaN(list[0].(float64)) {
		t.Errorf("[NaN]: got %v, %v", got, err)
	}
}

func TestDecodeTyped(t *testing.T) {
	paris := mustZone(t, "Europe/Paris")
	for _, c := range []struct {
		typ, raw string
		want     any
	}{
		{"array<boolean>", `[true,false,null]`, []any{true, false, nil}},
		{"array<tinyint>", `[-128]`, []any{int8(-128)}},
		{"array<smallint>", `[300]`, []any{int16(300)}},
		{"array<int>", `[70000]`, []any{int32(70000)}},
		{"array<bigint>", `[1]`, []any{int64(1)}},
		{"array<float>", `[1.1,1.100000023841858,1.0E10]`, []any{float32(1.1), float32(1.1), float32(1e10)}},
		{"array<double>", `[1.0,-Infinity,1.0E-7]`, []any{1.0, math.Inf(-1), 1e-7}},
		{"array<decimal(38,18)>", `[1.1,0]`, []any{Decimal{"1.100000000000000000"}, Decimal{"0.000000000000000000"}}},
		{"array<decimal(5)>", `[1]`, []any{Decimal{"1"}}},
		{"array<decimal>", `[1]`, []any{Decimal{"1"}}},
		{"array<string>", `["1","null",null]`, []any{"1", "null", nil}},
		{"array<varchar(3)>", `["abc"]`, []any{"abc"}},
		{"array<char(5)>", `["ab   "]`, []any{"ab   "}},
		{"array<binary>", "[\xef\xbf\xbdA\x00,x,\" {,null]", []any{[]byte("\xef\xbf\xbdA\x00"), []byte("x"), []byte("\" {"), nil}},
		{"array<date>", `["2020-01-02",2020-01-02]`, []any{testDay, testDay}},
		{"array<timestamp>", `["2020-01-02 03:04:05.12",2020-01-02 03:04:05]`, []any{testClock(120_000_000), testClock(0)}},
		{"array<timestamp_ntz>", `[2020-01-02 03:04:05]`, []any{testClock(0)}},
		{"array<timestamp with local time zone>", `["2020-01-02 03:04:05.0 Europe/Paris"]`, []any{time.Date(2020, 1, 2, 3, 4, 5, 0, paris)}},
		{"array<interval_year_month>", `[-1-2]`, []any{IntervalYearMonth(-14)}},
		{"array<interval_day_time>", `[1 02:03:04.500000000]`, []any{IntervalDayTime{93784, 500_000_000}}},
		{"array<void>", `[null]`, []any{nil}},
		{"array<array<int>>", `[[1],null,[]]`, []any{[]any{int32(1)}, nil, []any{}}},
		{"map<int,string>", `{1:"a"}`, Map{{int32(1), "a"}}},
		{"map<timestamp,int>", `{2020-01-02 03:04:05:1}`, Map{{testClock(0), int32(1)}}},
		{"map<binary,int>", `{"a":1}`, Map{{[]byte(`"a"`), int32(1)}}},
		{"map<array<int>,struct<a:int>>", `{[1]:{"a":2}}`, Map{{[]any{int32(1)}, Map{{"a", int32(2)}}}}},
		{"struct<a:int,b:string>", `{"a":1,"b":"x"}`, Map{{"a", int32(1)}, {"b", "x"}}},
		{"STRUCT< A : INT , `b c` : STRING >", `{"a":1,"b c":"x"}`, Map{{"a", int32(1)}, {"b c", "x"}}},
		{"struct<>", `{}`, Map{}},
		{"struct<a:binary,b:binary>", `{"a":x,"c"}],y,"b":"z" }`, Map{{"a", []byte(`x,"c"}],y`)}, {"b", []byte(`"z" `)}}},
		{"struct<a:string,b:int>", `{"a":"x","c":"y","b":1}`, Map{{"a", `x","c":"y`}, {"b", int32(1)}}}, // Spark
		{"uniontype<int,string>", `{1:"x"}`, Union{1, "x"}},
		{"uniontype<int,array<uniontype<date>>>", `{1:[{0:"2020-01-02"}]}`, Union{1, []any{Union{0, testDay}}}},
		{"array<uniontype<int>>", `[{0:null},null]`, []any{Union{0, nil}, nil}},
		// as far as it is known
		{"array", `[1]`, []any{int64(1)}},
		{"map", `{1:"a"}`, Map{{int64(1), "a"}}},
		{"struct", `{"a":1}`, Map{{"a", int64(1)}}},
		{"uniontype", `{7:[1]}`, Union{7, []any{int64(1)}}},
		{"array<uniontype>", `[{0:"a"}]`, []any{Union{0, "a"}}},
		{"array<int>", `null`, nil},
		{"int", `5`, int32(5)},
		{"string", `"a"b"`, `a"b`},
	} {
		got, err := Nested{Raw: c.raw, Type: c.typ}.Decode()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s as %s\ngot  %#v, %v\nwant %#v", c.raw, c.typ, got, err, c.want)
		}
	}
}

func TestDecodeOptions(t *testing.T) {
	paris := mustZone(t, "Europe/Paris")
	for _, c := range []struct {
		n    Nested
		want any
	}{
		{Nested{Raw: `["C:\new"]`}, []any{"C:\new"}}, // read by Hive's rules
		{Nested{Raw: `["C:\new"]`, Unescaped: true}, []any{`C:\new`}},
		{Nested{Raw: `["2020-01-02 03:04:05"]`, Type: "array<timestamp>", Location: paris}, []any{time.Date(2020, 1, 2, 3, 4, 5, 0, paris)}},
	} {
		got, err := c.n.Decode()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v\ngot  %#v, %v\nwant %#v", c.n, got, err, c.want)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		typ, raw string
		offset   int
		reason   string
	}{
		{"", ``, 0, "want [ or {"},
		{"", `1`, 0, "want [ or {"},
		{"", `"a"`, 0, "want [ or {"},
		{"", `[`, 1, "want an end of the value"},
		{"", `[1`, 1, "want an end of the value"},
		{"", `["a`, 1, "want a string that ends"},
		{"", `["\d`, 2, "want an escape that JSON has"},
		{"", "[\"\n", 2, "want control characters escaped"},
		{"", `["a"`, 4, "want an end of the string's part"},
		{"", `[1]]`, 3, "want nothing more"},
		{"", `[1] x`, 4, "want nothing more"},
		{"", `[[1}]`, 5, "want , or ]"},
		{"", `[[1]1]`, 4, "want , or ]"},
		{"", `{"a"}`, 4, "want an end of the string's part"},
		{"", `{[1]}`, 4, "want a colon"},
		{"", `{"a":1`, 5, "want an end of the value"},
		{"", `{"a":[1]x}`, 8, "want , or }"},
		{"", deep(maxNesting + 1), maxNesting, "nested deeper than 100 levels"},
		{"array<int>", `[1,x]`, 3, "want a whole number of 32 bits"},
		{"array<tinyint>", `[128]`, 1, "want a whole number of 8 bits"},
		{"array<boolean>", `[1]`, 1, "want true or false"},
		{"array<double>", `[x]`, 1, "want a float of 64 bits"},
		{"array<decimal(5,2)>", `[1.x]`, 1, "decimal: want a digit"},
		{"array<date>", `["2020-13-01"]`, 1, "date: want - and a month from 01 to 12"},
		{"array<void>", `[1]`, 1, "want void"},
		{"array<int>", `{"a":1}`, 0, "want [, array"},
		{"map<string,int>", `[1]`, 0, "want {, map"},
		{"array<array<int>>", `[1]`, 1, "want [, array"},
		{"struct<a:int,b:int>", `{"b":1,"a":2}`, 1, `want "a":`},
		{"struct<a:int,b:int>", `{"a":1}`, 5, "want an end of the value"},
		{"struct<a:int,b:int>", `{}`, 2, `want "a":`},
		{"struct<a:array<int>,b:int>", `{"a":[1]}`, 9, `want "b":`},
		{"struct<a:array<int>>", `{"a":[1],"b":2}`, 9, "want }"},
		{"uniontype<int>", `{1:2}`, 1, "want the number of one of the union's types"},
		{"uniontype<int>", `{"a":2}`, 1, "want the number of one of the union's types"},
		{"uniontype", `{}`, 0, "want one value after the number of its type"},
		{"uniontype", `{0:[],1:[]}`, 0, "want one value after the number of its type"},
	} {
		got, err := Nested{Raw: c.raw, Type: c.typ}.Decode()
		if got != nil {
			t.Errorf("%s as %q returned %#v", c.raw, c.typ, got)
		}
		checkTextError(t, c.raw, err, c.offset, c.reason)
	}
	if _, err := (Nested{Raw: deep(maxNesting)}).Decode(); err != nil {
		t.Errorf("%d levels: %v", maxNesting, err)
	}
	_, err := Nested{Raw: `["2020-01-02 03:04:05 Mars/Olympus"]`, Type: "array<timestamp with local time zone>"}.Decode()
	var zone *ZoneError
	if !errors.As(err, &zone) || zone.Zone != "Mars/Olympus" {
		t.Errorf("got %v, want a ZoneError", err)
	}
}

func TestMapGet(t *testing.T) {
	m := Map{{int64(1), "n"}, {[]any{}, "l"}, {"a", 1}, {"a", 2}}
	if v, ok := m.Get("a"); v != 1 || !ok {
		t.Errorf("got %v, %t, want 1, true", v, ok)
	}
	if v, ok := m.Get("1"); v != nil || ok {
		t.Errorf("got %v, %t, want nil, false", v, ok)
	}
}
