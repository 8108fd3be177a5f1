package hivearrow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
)

func column(name string, kind hive.Kind) hive.Column {
	return hive.Column{Name: name, Type: hive.Type{Kind: kind}}
}

func TestSchema(t *testing.T) {
	micro := hivearrow.Options{Microseconds: true}
	decimal := func(precision, scale int) hive.Type {
		return hive.Type{Kind: hive.KindDecimal, Precision: precision, Scale: scale}
	}
	only := func(k hive.Kind) hive.Type { return hive.Type{Kind: k} }
	typed := func(text string) hivearrow.Options { return hivearrow.Options{Types: map[string]string{"c": text}} }
	tests := []struct {
		typ     hive.Type
		options hivearrow.Options
		want    string
		hive    string // the metadata
	}{
		{only(hive.KindBoolean), hivearrow.Options{}, "bool", "boolean"},
		{only(hive.KindTinyInt), hivearrow.Options{}, "int8", "tinyint"},
		{only(hive.KindSmallInt), hivearrow.Options{}, "int16", "smallint"},
		{only(hive.KindInt), hivearrow.Options{}, "int32", "int"},
		{only(hive.KindBigInt), hivearrow.Options{}, "int64", "bigint"},
		{only(hive.KindFloat), hivearrow.Options{}, "float32", "float"},
		{only(hive.KindDouble), hivearrow.Options{}, "float64", "double"},
		{decimal(10, 2), hivearrow.Options{}, "decimal(10, 2)", "decimal(10,2)"},
		{decimal(38, 38), hivearrow.Options{}, "decimal(38, 38)", "decimal(38,38)"},
		{decimal(76, 1), hivearrow.Options{}, "decimal256(76, 1)", "decimal(76,1)"},
		{decimal(0, 0), hivearrow.Options{}, "decimal(10, 0)", "decimal"},
		{only(hive.KindString), hivearrow.Options{}, "utf8", "string"},
		{hive.Type{Kind: hive.KindVarchar, Length: 5}, hivearrow.Options{}, "utf8", "varchar(5)"},
		{hive.Type{Kind: hive.KindChar, Length: 5}, hivearrow.Options{}, "utf8", "char(5)"},
		{only(hive.KindBinary), hivearrow.Options{}, "binary", "binary"},
		{only(hive.KindDate), hivearrow.Options{}, "date32", "date"},
		{only(hive.KindTimestamp), hivearrow.Options{}, "timestamp[ns]", "timestamp"},
		{only(hive.KindTimestamp), micro, "timestamp[us]", "timestamp"},
		{only(hive.KindTimestampLocalTZ), hivearrow.Options{}, "timestamp[ns, tz=UTC]", "timestamp with local time zone"},
		{only(hive.KindIntervalYearMonth), hivearrow.Options{}, "month_interval", "interval_year_month"},
		{only(hive.KindIntervalDayTime), hivearrow.Options{}, "month_day_nano_interval", "interval_day_time"},
		{only(hive.KindNull), hivearrow.Options{}, "null", "void"},
		{only(hive.KindUserDefined), hivearrow.Options{}, "utf8", "user_defined"},
		{only(hive.KindArray), hivearrow.Options{}, "utf8", "array"},
		{only(hive.KindArray), typed("array"), "utf8", "array"},
		{only(hive.KindArray), typed("Array<Decimal(5,2)>"), "list<item: decimal(5, 2), nullable>", "array<decimal(5,2)>"},
		{only(hive.KindMap), typed("map<string,int>"), "map<utf8, int32, items_nullable>", "map<string,int>"},
		{
			only(hive.KindStruct), typed("struct<Day:date,at:array<timestamp>>"),
			"struct<Day: date32 nullable, at: list<item: timestamp[ns], nullable> nullable>", "struct<Day:date,at:array<timestamp>>",
		},
		{only(hive.KindStruct), typed("struct<>"), "struct<>", "struct<>"},
		{
			only(hive.KindUnion), typed("uniontype<int,string>"),
			"dense_union<0: type=int32, nullable=0, 1: type=utf8, nullable=1>", "uniontype<int,string>",
		},
		{only(hive.KindInt), typed("INT"), "int32", "int"},
	}
	for _, tt := range tests {
		s, err := hivearrow.Schema([]hive.Column{{Name: "c", Type: tt.typ}}, tt.options)
		if err != nil {
			t.Errorf("%s %v: %v", tt.typ, tt.options.Types, err)
			continue
		}
		f := s.Field(0)
		text, _ := f.Metadata.GetValue(hivearrow.TypeKey)
		if f.Name != "c" || !f.Nullable || f.Type.String() != tt.want || text != tt.hive {
			t.Errorf("%s %v\n got %s, %q\nwant %s, %q", tt.typ, tt.options.Types, f, text, tt.want, tt.hive)
		}
	}
}

func TestTypeErrors(t *testing.T) {
	columns := []hive.Column{column("id", hive.KindInt), column("tags", hive.KindArray), column("any", hive.KindUnion)}
	tests := []struct {
		name, typ, text string
	}{
		{"tagz", "array<int>", `no such column, but ["id" "tags" "any"]`},
		{"tags", "array<integer>", "want the name of a Hive type"},
		{"tags", "", "want the name of a Hive type"},
		{"tags", "map<string,int>", "the server says array"},
		{"id", "bigint", "the server says int"},
		{"tags", "array<map>", "what the map in it is made of is not said"},
		{"any", "uniontype<int" + strings.Repeat(",int", 128) + ">", "a union of 129 types"},
	}
	for _, tt := range tests {
		_, err := hivearrow.Schema(columns, hivearrow.Options{Types: map[string]string{tt.name: tt.typ}})
		var typ *hivearrow.TypeError
		if !errors.As(err, &typ) || typ.Column != tt.name || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s as %.40s: %v; want column %s, %q", tt.name, tt.typ, err, tt.name, tt.text)
		}
	}
	for _, typ := range []hive.Type{
		{},
		{Kind: hive.KindDecimal, Precision: 77},
		{Kind: hive.KindDecimal, Precision: 2, Scale: 3},
		{Kind: hive.KindDecimal, Scale: 2},
		{Kind: hive.KindDecimal, Precision: 5, Scale: -1},
		{Kind: hive.KindDecimal, Precision: -1},
	} {
		s, err := hivearrow.Schema([]hive.Column{{Name: "c", Type: typ}}, hivearrow.Options{})
		if typeErr := new(hivearrow.TypeError); !errors.As(err, &typeErr) {
			t.Errorf("%#v = %s, %v; want a *TypeError", typ, s, err)
		}
	}
}
