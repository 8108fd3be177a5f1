package integration

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// nested is a nested value as a server sends it, and what it means.
type nested struct {
	typ    string // as DESCRIBE shows it
	kind   hive.Kind
	text   string // HiveQL
	raw    string // what the server sends
	want   any    // what Decode makes of it if it knows the type
	stored bool   // TestTypesOfATable writes it, too
	kinds  []hivetest.Kind
}

type list = []any

func entries(keysAndValues ...any) hive.Map {
	m := hive.Map{}
	for i := 0; i < len(keysAndValues); i += 2 {
		m = append(m, hive.Entry{Key: keysAndValues[i], Value: keysAndValues[i+1]})
	}
	return m
}

// hard is a string in which every mark of the text form occurs.
const hard = "a\"b\\c/d,e\n\tf\u0001{g}[h]:é中😀"

const hardLiteral = `'a"b\\c/d,e\n\tf\u0001{g}[h]:é\u4e2d\ud83d\ude00'`

var nestedValues = []nested{
	{"array<int>", hive.KindArray, "array(1, null, 3)", "[1,null,3]", list{int32(1), nil, int32(3)}, true, live.Kinds},
	{"map<string,decimal(5,2)>", hive.KindMap, "map('k', cast(1.50 as decimal(5,2)))", `{"k":1.5}`, entries("k", samples.Decimal("1.50")), true, live.Hives},
	{"map<string,decimal(5,2)>", hive.KindMap, "map('k', cast(1.50 as decimal(5,2)))", `{"k":1.50}`, entries("k", samples.Decimal("1.50")), true, live.Spark},
	{
		"struct<a:int,b:string,c:date>", hive.KindStruct, "named_struct('a', 1, 'b', 'x', 'c', date '2020-01-02')", `{"a":1,"b":"x","c":"2020-01-02"}`,
		entries("a", int32(1), "b", "x", "c", samples.Day(2020, 1, 2)), true, live.Hives,
	},
	{
		"struct<a:int,b:string,c:date>", hive.KindStruct, "named_struct('a', 1, 'b', 'x', 'c', date '2020-01-02')", `{"a":1,"b":"x","c":2020-01-02}`,
		entries("a", int32(1), "b", "x", "c", samples.Day(2020, 1, 2)), true, live.Spark,
	},
	{"uniontype<int,string,array<decimal(3,1)>>", hive.KindUnion, "create_union(1, 1, 'q\"q', array(1.5BD))", `{1:"q\"q"}`, hive.Union{Tag: 1, Value: `q"q`}, false, live.Hives},
	{"uniontype<int,string>", hive.KindUnion, "create_union(0, 7, 'x')", `{0:7}`, hive.Union{Tag: 0, Value: int32(7)}, true, live.Hive4},
	{"uniontype<int,string>", hive.KindUnion, "create_union(0, 7, 'x')", `{0:7}`, hive.Union{Tag: 0, Value: int32(7)}, false, live.Hive2},
	{"array<uniontype<int,string>>", hive.KindArray, "array(create_union(1, 1, 'x'))", `[{1:"x"}]`, list{hive.Union{Tag: 1, Value: "x"}}, false, live.Hive4},

	{"array<string>", hive.KindArray, "array()", "[]", list{}, false, live.Kinds},
	{"map<string,int>", hive.KindMap, "map()", "{}", hive.Map{}, false, live.Kinds},
	{"array<string>", hive.KindArray, "array('', 'null', cast(null as string), ' ')", `["","null",null," "]`, list{"", "null", nil, " "}, true, live.Kinds},
	{"array<string>", hive.KindArray, "array(" + hardLiteral + ", 'x')", `["a\"b\\c/d,e\n\tf\u0001{g}[h]:é中😀","x"]`, list{hard, "x"}, true, live.Hives},
	{"array<string>", hive.KindArray, "array(" + hardLiteral + ", 'x')", `["` + hard + `","x"]`, list{hard, "x"}, true, live.Spark},
	{"map<string,string>", hive.KindMap, "map(" + hardLiteral + ", 'x')", `{"a\"b\\c/d,e\n\tf\u0001{g}[h]:é中😀":"x"}`, entries(hard, "x"), true, live.Hives},
	{"map<string,string>", hive.KindMap, "map('a\"b\\\\c', '\"')", "{\"a\"b\\c\":\"\"\"}", entries(`a"b\c`, `"`), true, live.Spark},
	{
		"struct<a:string,b:array<int>>", hive.KindStruct, "named_struct('a', cast(null as string), 'b', if(rand() > 2, array(1), null))", `{"a":null,"b":null}`,
		entries("a", nil, "b", nil), true, live.Kinds,
	},

	{"map<int,string>", hive.KindMap, "map(1, 'a')", `{1:"a"}`, entries(int32(1), "a"), false, live.Kinds},
	{"map<date,int>", hive.KindMap, "map(date '2020-01-02', 1)", `{"2020-01-02":1}`, entries(samples.Day(2020, 1, 2), int32(1)), false, live.Hives},
	{"map<date,int>", hive.KindMap, "map(date '2020-01-02', 1)", `{2020-01-02:1}`, entries(samples.Day(2020, 1, 2), int32(1)), false, live.Spark},
	{"map<boolean,double>", hive.KindMap, "map(true, 1.5E0)", `{true:1.5}`, entries(true, 1.5), false, live.Kinds},
	{
		"array<double>", hive.KindArray, "array(cast('NaN' as double), cast('-Infinity' as double), 1E30, 1E-7)", `[NaN,-Infinity,1.0E30,1.0E-7]`,
		list{math.NaN(), math.Inf(-1), 1e30, 1e-7},
		false, live.Kinds,
	},
	{"array<float>", hive.KindArray, "array(cast('1.1' as float))", `[1.1]`, list{float32(1.1)}, true, live.Kinds},
	{"array<boolean>", hive.KindArray, "array(true, null)", `[true,null]`, list{true, nil}, false, live.Kinds},
	{"array<timestamp>", hive.KindArray, "array(timestamp '2020-01-02 03:04:05.5')", `["2020-01-02 03:04:05.5"]`, list{samples.UTC(2020, 1, 2, 3, 4, 5, 500_000_000)}, true, live.Hives},
	{"array<timestamp>", hive.KindArray, "array(timestamp '2020-01-02 03:04:05.5')", `[2020-01-02 03:04:05.5]`, list{samples.UTC(2020, 1, 2, 3, 4, 5, 500_000_000)}, true, live.Spark},
	{
		"array<timestamp with local time zone>", hive.KindArray, "array(cast('2020-01-02 03:04:05.5 UTC' as timestamp with local time zone))",
		`["2020-01-02 03:04:05.5 Etc/UTC"]`,
		list{samples.UTC(2020, 1, 2, 3, 4, 5, 500_000_000)},
		false, live.Since3,
	},
	{"array<interval_year_month>", hive.KindArray, "array(interval '1-2' year to month)", `[1-2]`, list{hive.IntervalYearMonth(14)}, false, live.Kinds},
	{
		"array<interval_day_time>", hive.KindArray, "array(interval '-1 02:03:04.5' day to second)", `[-1 02:03:04.500000000]`,
		list{hive.IntervalOf(-26*time.Hour - 3*time.Minute - 4500*time.Millisecond)},
		false, live.Kinds,
	},
	{"array<char(3)>", hive.KindArray, "array(cast('x' as char(3)))", `["x  "]`, list{"x  "}, false, live.Hives},
	// A BINARY stands bare in the text, and what is no UTF-8 in it is lost.
	{"array<binary>", hive.KindArray, "array(unhex('4100ff'))", "[A\x00\ufffd]", list{[]byte("A\x00\ufffd")}, false, live.Kinds},
	{
		"array<array<map<string,struct<a:array<int>>>>>", hive.KindArray, "array(array(map('k', named_struct('a', array(1, 2)))))", `[[{"k":{"a":[1,2]}}]]`,
		list{list{entries("k", entries("a", list{int32(1), int32(2)}))}},
		true, live.Kinds,
	},
}

func nestedOn(srv *hivetest.Server) []nested {
	return slices.DeleteFunc(slices.Clone(nestedValues), func(n nested) bool { return !live.On(n.kinds, srv) })
}

// TestNested decodes nested values of real servers.
func TestNested(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		cases := nestedOn(srv)
		texts := make([]string, len(cases))
		for i, c := range cases {
			texts[i] = fmt.Sprintf("%s as c%d", c.text, i)
		}
		b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), "select "+strings.Join(texts, ",\n"))
		for i, c := range cases {
			if got := b.Columns()[i].Type; got != samples.Kind(c.kind) {
				t.Errorf("%s is of type %v, want %v", c.text, got, c.kind)
			}
			v, err := b.Value(0, i)
			n, ok := v.(hive.Nested)
			if err != nil || !ok || n.Raw != c.raw {
				t.Errorf("%s\n got %#v, %v\nwant %q", c.text, v, err, c.raw)
			}
			if got, err := n.Decode(); err != nil {
				t.Errorf("%s, as %s: %v, %v", n.Raw, n.Type, got, err)
			}
			n.Type = c.typ
			if got, err := n.Decode(); err != nil || !sameNested(got, c.want) {
				t.Errorf("%s, as %s\n got %#v, %v\nwant %#v", n.Raw, n.Type, got, err, c.want)
			}
		}
	})
}

// sameNested compares as same does, in depth.
func sameNested(got, want any) bool {
	switch want := want.(type) {
	case list:
		g, ok := got.(list)
		return ok && slices.EqualFunc(g, want, sameNested)
	case hive.Map:
		g, ok := got.(hive.Map)
		return ok && slices.EqualFunc(g, want, func(g, w hive.Entry) bool {
			return sameNested(g.Key, w.Key) && sameNested(g.Value, w.Value)
		})
	case hive.Union:
		g, ok := got.(hive.Union)
		return ok && g.Tag == want.Tag && sameNested(g.Value, want.Value)
	}
	return samples.Same(got, want)
}

// TestNestedUnmarshal scans a column of orders and reads it into the program's own types.
func TestNestedUnmarshal(t *testing.T) {
	type order struct {
		ID    int64 `hive:"id"`
		Day   hive.Date
		At    time.Time
		Price *hive.Decimal
		Tags  []string
		Stock map[string]int
		Note  *string
	}
	const query = `select named_struct('id', 7L, 'day', date '2020-01-02', 'at', timestamp '2020-01-02 03:04:05.25',
		'price', cast(12.50 as decimal(10,2)), 'tags', array('new', 'hot, "really"'), 'stock', map('here', 3, 'there', 0), 'note', cast(null as string))`
	price := samples.Decimal("12.50")
	want := order{7, samples.Day(2020, 1, 2), samples.UTC(2020, 1, 2, 3, 4, 5, 250_000_000), &price, []string{"new", `hot, "really"`}, map[string]int{"here": 3, "there": 0}, nil}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		n := hive.Nested{Type: "struct<id:bigint,day:date,at:timestamp,price:decimal(10,2),tags:array<string>,stock:map<string,int>,note:string>"}
		if err := live.Open(t, srv).QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		var got order
		if err := n.Unmarshal(&got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", n.Raw, got, want)
		}
	})
}
