package gen

import (
	"os"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/gen/sample"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/schema"
)

// zoo are tables with all that a declaration can have.
func zoo() []Table {
	md := schema.NewMetaData(schema.DefaultSchema("zoo"))
	typ := func(text string) schema.Type {
		t, err := schema.ParseType(text)
		if err != nil {
			return schema.Null
		}
		return t
	}
	types := []schema.Item{schema.Comment("every type\n\n// go:generate rm -rf /\n*/ package evil")}
	for _, text := range []string{
		"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(38,18)", "string", "varchar(20)", "char(3)",
		"binary", "date", "timestamp", "timestamp with local time zone", "void", "array<int>", "map<string,array<date>>",
		"map<binary,int>", "struct<a:int,`b c`:array<struct<x:double,y:map<int,boolean>>> comment 'it\\'s'>", "uniontype<int,string>",
		"array<array<struct<a:int>>>", "map<decimal(5,2),uniontype<int>>", "interval_day_time",
	} {
		types = append(types, schema.Col("c_"+strings.SplitN(text, "<", 2)[0]+"_"+string(rune('a'+len(types))), typ(text)))
	}
	names := []schema.Item{}
	for _, name := range []string{
		"table", "source", "c", "user_id", "http_url", "2013", "_c0", "__", "größe", "数量", "a b", "a_b", "a-b", "select", "type",
		"it's", `say "x"`, "back`tick", "comma, in it", "new\nline", "\u202eright", "as", "func", "ab_", "AB",
	} {
		names = append(names, schema.Col(name, schema.String, schema.Comment("the column `"+name+"`")))
	}
	schema.NewTable(md, "types", types...)
	schema.NewTable(md, "odd names", names...)
	schema.NewTable(md, "airlines", schema.Col("carrier", schema.VarChar(2), schema.PK, schema.NotNull), schema.Col("name", schema.String, schema.Unique{}))
	schema.NewTable(md, "flights",
		schema.Col("id", schema.BigInt), schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier"), schema.NotNull),
		schema.Col("fare", schema.Numeric(9, 2), schema.ServerDefault(schema.SQL("0.00"))), schema.Col("origin", schema.String, schema.Comment("an airport")),
		schema.PrimaryKey{Name: "pk", Columns: []string{"id"}, NotEnforced: true, Rely: true},
		schema.ForeignKey{Name: "fk", Columns: []string{"origin", "id"}, RefSchema: "other", RefTable: "airports", RefColumns: []string{"faa", "n"}, OnDelete: schema.Cascade},
		schema.Check{Name: "paid", Condition: "fare >= 0"}, schema.Unique{Columns: []string{"id", "carrier"}},
		schema.Index{Name: "by_lower", Exprs: []any{schema.SQL("lower(origin)")}},
		dialect.PartitionedBy("origin"), dialect.ClusteredBy("id", "carrier").SortedBy("-id", "carrier").Into(8), dialect.StoredAs("ORC"),
		dialect.SkewedBy("carrier", "id").On([]any{"UA", 1}, []any{"B6", "2"}).StoredAsDirectories(), dialect.External(),
		dialect.Location("file:/x y"), dialect.TblProperties(map[string]string{"b": "2", "a": "`"}), schema.Comment("of a year"))
	schema.NewTable(md, "flights_row", schema.Col("x", schema.Integer), dialect.Transactional().InsertOnly(),
		dialect.SerDe("org.Example", map[string]string{"k": "v"}), dialect.StoredAsClasses("a.In", "a.Out"),
		dialect.RowFormatDelimited{Fields: "\t", NullAs: `\N`})
	schema.NewTable(md, "metadata", schema.Col("x", schema.Integer), dialect.Using("PARQUET", nil))
	schema.NewTable(md, "meta_data", schema.Col("x", schema.Integer), dialect.StoredBy("ICEBERG", map[string]string{"k": "v"}),
		dialect.PartitionedBySpec(dialect.ByBucket(3, "x")), dialect.Transactional())
	var list []Table
	for _, t := range md.Tables() {
		list = append(list, Table{Table: t})
	}
	list[2].Kind = schema.View
	return list
}

const sampleFile = "sample/sample.go"

// The file that is written of the zoo is compiled with the tests, and declares what it was written of.
func TestSample(t *testing.T) {
	got, err := Generate(Source{Package: "sample", Tables: zoo()})
	if err != nil {
		t.Fatal(err)
	}
	if golden.Update() {
		if err := os.WriteFile(sampleFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := Diff(string(want), string(got)); d != "" {
		t.Errorf("%s is not what is written (-update writes it):\n%s", sampleFile, d)
	}
	if err := sample.MetaData.Err(); err != nil {
		t.Error(err)
	}
	for _, table := range zoo() {
		declared, ok := sample.MetaData.Table("zoo", table.Name)
		if !ok {
			t.Errorf("table %s is not declared", table.Name)
			continue
		}
		for _, d := range append(schema.Diff(table.Table, declared), schema.Diff(declared, table.Table)...) {
			t.Errorf("table %s: %s", table.Name, d)
		}
	}
}

// fact is an attribute that is no part of a definition; odd is one that nobody can write.
type (
	fact struct{ schema.FactBase }
	odd  struct{ schema.AttrBase }
)

func TestGenerateErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		items []schema.Item
		want  string
	}{
		{"facts are left out", []schema.Item{schema.Col("a", schema.String), fact{}}, ""},
		{"a default that is a value", []schema.Item{schema.Col("a", schema.String, schema.ServerDefault(1))}, "gen: table t: column a: the default is no text of SQL"},
		{"a column that counts", []schema.Item{schema.Col("a", schema.BigInt, schema.Identity{})}, "made by the database"},
		{"an attribute that cannot be named", []schema.Item{schema.Col("a", schema.BigInt), odd{}}, "the type is not exported"},
		{"a type without text", []schema.Item{schema.Col("a", schema.Array(nil))}, "has no text"},
	} {
		_, err := Generate(Source{Package: "p", Tables: []Table{{Table: schema.NewTable(nil, "t", tt.items...)}}})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"dep_delay": "DepDelay", "user_id": "UserID", "id": "ID", "http_url": "HTTPURL", "flights": "Flights", "2013": "X2013",
		"": "X", "__": "X", "größe": "Größe", "数量": "X数量", "ßa": "Xßa", "a.b-c": "ABC", "éa": "Éa", "depDelay": "DepDelay", "ids": "Ids",
	} {
		if got := goName(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

// What Hive calls a constraint that nobody has named depends on when its table was made.
func TestNumberedNames(t *testing.T) {
	table := schema.NewTable(nil, "t", schema.Col("a", schema.BigInt), schema.Col("b", schema.BigInt),
		schema.PrimaryKey{Name: "pk_58383930_1795431092310_0", Columns: []string{"a"}}, schema.Unique{Name: "uk_1_2_3", Columns: []string{"b"}},
		schema.ForeignKey{Name: "fk_1_2_3", Columns: []string{"b"}, RefTable: "p", RefColumns: []string{"c"}},
		schema.Check{Name: "cc_1_2_3", Condition: "a > b"})
	src, err := Generate(Source{Package: "p", Tables: []Table{{Table: table}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`col:",pk"`, `col:",unique" references:"p.c"`, `schema.Check{Condition: schema.SQL("a > b")}`} {
		if !strings.Contains(string(src), want) {
			t.Errorf("there is no %s in\n%s", want, src)
		}
	}
}
