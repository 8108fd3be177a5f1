package sqlite

import (
	"testing"

	"github.com/skep-go/skep/toolkit/dialecttest"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestInspector: another server's inspector passes the suite.
func TestInspector(t *testing.T) {
	e := openEngine(t, "_pragma=busy_timeout(5000)")
	dialecttest.Inspect(t, dialecttest.Inspection{Inspector: Inspector{e.DB()}, Dialect: Dialect{}, DB: e.DB(), Declare: declare})
}

func declare(md *schema.MetaData) {
	schema.NewTable(md, "planes",
		schema.Col("maker", schema.String), schema.Col("tail", schema.String, schema.ServerDefault(schema.SQL("'it''s'"))),
		schema.Col("seats", schema.BigInt, schema.NotNull), schema.Col("speed", schema.Double), schema.Col("photo", schema.Binary),
		schema.PrimaryKey{Columns: []string{"tail", "maker"}})
	schema.NewTable(md, "flights",
		schema.Col("maker", schema.String), schema.Col("tail", schema.String), schema.Col("select", schema.BigInt),
		schema.Col(`na"m\e`, schema.String), schema.Col("airline", schema.String, schema.References("airlines.carrier"), schema.Index{Name: "by_airline"}),
		schema.ForeignKey{Columns: []string{"tail", "maker"}, RefTable: "planes", RefColumns: []string{"tail", "maker"}, OnDelete: schema.Cascade},
		schema.Unique{Columns: []string{"tail", "select"}}, schema.Index{Name: "by_place", Columns: []string{"select", "tail"}, Unique: true})
	schema.NewTable(md, "airlines", schema.Col("carrier", schema.String, schema.PK), schema.Col("name", schema.String))
	schema.NewTable(md, `odd "name"; --`, schema.Col("x", schema.BigInt))
}

// The types that programs declare for SQLite, beyond the four that it has.
func TestInspectorTypes(t *testing.T) {
	e := openEngine(t, "_pragma=busy_timeout(5000)")
	if _, err := e.DB().Exec(`create table typed (a varchar(10), b decimal(9,2), c boolean, d datetime, e bigint unsigned, f, g nvarchar(3))`); err != nil {
		t.Fatal(err)
	}
	table, err := schema.ReflectTable(t.Context(), nil, Inspector{e.DB()}, "typed")
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.Type{
		schema.VarChar(10), schema.Numeric(9, 2), schema.Boolean, schema.Numeric(38, 0), schema.BigInt, schema.Binary, schema.String,
	}
	for i, c := range table.Columns() {
		if c.Type != want[i] {
			t.Errorf("column %s: got %s, want %s", c.Name, c.Type, want[i])
		}
	}
	res, err := e.Query(t.Context(), expr.Select(expr.Col[expr.String](expr.T(table), "a")))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := res.All(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("got %v, %v", rows, err)
	}
}
