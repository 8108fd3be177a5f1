package hivearrow

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/skep-go/skep/hive"
)

// Values with parts, as Hive writes them, in an array with a NULL before and behind.
func TestNestedValues(t *testing.T) {
	tests := []struct{ typ, text, want string }{
		{"array<int>", "[1,null,3]", "[1,null,3]"},
		{"array<boolean>", "[true,null]", "[true,null]"},
		{"array<struct<a:tinyint,b:smallint,c:bigint>>", `[{"a":-1,"b":-2,"c":-3}]`, `[{"a":-1,"b":-2,"c":-3}]`},
		{"array<float>", "[1.5,-0.25]", "[1.5,-0.25]"},
		{"array<double>", "[1.0E30]", "[1e+30]"},
		{"array<varchar(3)>", `["a\"b","null",null]`, `["a\"b","null",null]`},
		{"array<binary>", "[AB]", `["QUI="]`},
		{"array<decimal(5,2)>", "[1.5,-999.99]", `["1.5","-999.99"]`},
		{"array<date>", `["1969-12-31"]`, `["1969-12-31"]`},
		{"array<timestamp>", `["2020-01-02 03:04:05.123456789"]`, `["2020-01-02T03:04:05.123456789Z"]`},
		{"array<timestamp with local time zone>", `["2020-01-02 03:04:05 Europe/Paris"]`, `["2020-01-02T02:04:05Z"]`},
		{"array<interval_year_month>", "[-1-2]", `[{"months":-14}]`},
		{"array<interval_day_time>", "[-1 02:03:04.500000000]", `[{"months":0,"days":-1,"nanoseconds":-7384500000000}]`},
		{"array<void>", "[null,null]", "[null,null]"},
		{"array<array<int>>", "[[],null,[1]]", "[[],null,[1]]"},
		{"map<string,array<int>>", `{"k":[1],"l":null}`, `[{"key":"k","value":[1]},{"key":"l","value":null}]`},
		{"map<int,map<string,int>>", `{1:{"a":2},3:{}}`, `[{"key":1,"value":[{"key":"a","value":2}]},{"key":3,"value":[]}]`},
		{"struct<A:int,b:struct<c:string>>", `{"a":1,"b":{"c":"x"}}`, `{"A":1,"b":{"c":"x"}}`},
		{"struct<a:int,b:map<string,int>>", `{"a":null,"b":null}`, `{"a":null,"b":null}`},
		{"uniontype<int,string>", `{1:"x"}`, `[1,"x"]`},
		{"array<uniontype<int,array<string>>>", `[{1:["x"]},{0:7},{1:null}]`, `[[1,["x"]],[0,7],null]`},
	}
	for _, tt := range tests {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		full, err := hive.ParseType(tt.typ)
		if err != nil {
			t.Fatal(err)
		}
		typ, err := Options{}.arrowType(full)
		if err != nil {
			t.Fatal(err)
		}
		b := array.NewBuilder(mem, typ)
		v, err := hive.Nested{Raw: tt.text, Type: tt.typ}.Decode()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []any{nil, v, nil} {
			if err := (Options{}).append(b, v); err != nil {
				t.Errorf("%s as %s: %v", tt.text, tt.typ, err)
			}
		}
		a := b.NewArray()
		text, err := a.MarshalJSON()
		got := strings.ReplaceAll(string(text), "\n", "")
		if want := "[null," + tt.want + ",null]"; err != nil || got != want {
			t.Errorf("%s as %s\n got %s, %v\nwant %s", tt.text, tt.typ, got, err, want)
		}
		a.Release()
		b.Release()
		mem.AssertSize(t, 0)
	}
}

// What a type does not have is an error and never a panic, whatever comes.
func TestNestedMismatch(t *testing.T) {
	values := []any{
		true, int8(1), int16(1), int32(1), int64(1), float32(1), 1.0, "x", []byte("x"),
		hive.Decimal{},
		hive.Date{},
		hive.IntervalYearMonth(1), hive.IntervalOf(1),
		[]any{},
		hive.Map{},
		hive.Map{{Key: "a", Value: "b"}},
		hive.Union{Tag: 2},
		struct{}{},
	}
	for _, typ := range []string{
		"array<int>", "map<int,int>", "struct<a:int,b:int>", "uniontype<int,int>", "array<timestamp>", "array<void>",
		"array<decimal(1,0)>", "array<date>", "array<string>", "array<interval_day_time>", "array<interval_year_month>",
	} {
		full, err := hive.ParseType(typ)
		if err != nil {
			t.Fatal(err)
		}
		at, err := Options{}.arrowType(full)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, v := range values {
			b := array.NewBuilder(memory.NewGoAllocator(), at)
			if err := (Options{}).append(b, v); err != nil {
				failed++
			}
			if err := (Options{}).append(b, []any{v}); err != nil {
				failed++
			}
			b.Release()
		}
		if failed < len(values) {
			t.Errorf("%s: %d errors; want %d or more", typ, failed, len(values))
		}
	}
}
