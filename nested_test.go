package skep_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestDecoders: what a text becomes, with and without the types of its parts. Whether servers write such texts is seen
// in package integration.
func TestDecoders(t *testing.T) {
	inner := schema.Struct(schema.Field{Name: "day", Type: schema.Date}, schema.Field{Name: "price", Type: schema.Numeric(5, 2)})
	plus2 := time.FixedZone("", 2*60*60)
	for _, tc := range []struct {
		version dialect.Version
		column  engine.Column
		text    any
		want    any
	}{
		{dialect.Hive40, engine.Column{DatabaseType: "ARRAY"}, `[1,null,2.5]`, []any{int64(1), nil, schema.Decimal("2.5")}},
		{dialect.Hive40, engine.Column{DatabaseType: "STRUCT"}, `{"a":1,"b":[true]}`, map[string]any{"a": int64(1), "b": []any{true}}},
		{dialect.Hive40, engine.Column{DatabaseType: "MAP"}, `{}`, map[string]any{}},
		{dialect.Hive40, engine.Column{DatabaseType: "MAP"}, `{1:"x"}`, map[any]any{int64(1): "x"}},
		{dialect.Hive40, engine.Column{DatabaseType: "UNIONTYPE"}, `{1:"x"}`, map[any]any{int64(1): "x"}},
		{dialect.Hive40, engine.Column{DatabaseType: "ARRAY", Type: schema.Array(schema.Float)}, `[0.1,NaN]`, []any{0.1, math.NaN()}},
		{
			dialect.Hive40,
			engine.Column{DatabaseType: "ARRAY", Type: schema.Array(inner)},
			`[{"day":"2020-01-02","price":1.5}]`,
			[]any{map[string]any{"day": schema.CivilDate{Year: 2020, Month: 1, Day: 2}, "price": schema.Decimal("1.50")}},
		},
		{
			dialect.Spark35,
			engine.Column{DatabaseType: "ARRAY", Type: schema.Array(inner)},
			`[{"day":2020-01-02,"price":1.50}]`,
			[]any{map[string]any{"day": schema.CivilDate{Year: 2020, Month: 1, Day: 2}, "price": schema.Decimal("1.50")}},
		},
		{
			dialect.Hive40,
			engine.Column{Type: schema.Map(schema.TinyInt, schema.Timestamp)},
			`{1:"2020-01-02 03:04:05"}`,
			map[any]any{int64(1): time.Date(2020, 1, 2, 3, 4, 5, 0, plus2)},
		},
		{dialect.Hive40, engine.Column{Type: schema.Map(schema.Binary, schema.SmallInt)}, `{k:1}`, map[string]any{"k": int64(1)}},
		{dialect.Hive40, engine.Column{Type: schema.Union(schema.Integer, schema.String)}, `{1:"x"}`, map[any]any{int64(1): "x"}},
		{dialect.Hive40, engine.Column{DatabaseType: "ARRAY"}, `["a\\b"]`, []any{`a\b`}},
		{dialect.Spark35, engine.Column{DatabaseType: "ARRAY"}, `["a\\b"]`, []any{`a\\b`}},
		{dialect.Hive40, engine.Column{DatabaseType: "ARRAY"}, []any{"decoded"}, []any{"decoded"}},
	} {
		decode := skep.Decoders(dialect.New(tc.version), plus2)(tc.column)
		got, err := decode(tc.text)
		if list, ok := got.([]any); ok && len(list) == 2 && list[1] != list[1] {
			got = []any{list[0], nil} // NaN is not equal
			tc.want = []any{tc.want.([]any)[0], nil}
		}
		if err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%v %v\n got %#v, %v\nwant %#v", tc.column, tc.text, got, err, tc.want)
		}
	}
	for _, c := range []engine.Column{{DatabaseType: "STRING"}, {DatabaseType: "INT", Type: schema.Integer}, {}} {
		if skep.Decoders(dialect.New(dialect.Hive40), nil)(c) != nil {
			t.Errorf("%v has no parts, and is decoded", c)
		}
	}
	for _, text := range []string{`[1`, `{[1]:2}`} {
		if v, err := skep.Decoders(dialect.New(dialect.Spark35), nil)(engine.Column{DatabaseType: "MAP"})(text); err == nil {
			t.Errorf("%s became %v", text, v)
		}
	}
}
