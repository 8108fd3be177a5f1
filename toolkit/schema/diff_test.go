package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

// layout is an attribute with fields, and made one that is no part of the definition.
type (
	layout struct {
		schema.AttrBase
		Format string
		Props  map[string]string
	}
	made struct {
		schema.FactBase
		By string
	}
)

func TestDiff(t *testing.T) {
	id := func(opts ...schema.ColumnOption) *schema.Column { return schema.Col("id", schema.BigInt, opts...) }
	name := func(opts ...schema.ColumnOption) *schema.Column { return schema.Col("name", schema.String, opts...) }
	items := func(items ...schema.Item) []schema.Item { return items }
	fk := schema.ForeignKey{Columns: []string{"id"}, RefTable: "p", RefColumns: []string{"id"}}
	for _, tt := range []struct {
		name      string
		want, got []schema.Item
		diff      string
	}{
		{"equal", items(id(), name()), items(id(), name()), ""},
		{"equal but for case, keys and schema", items(id(schema.Key("k"))), items(schema.Col("ID", schema.BigInt), schema.In("db")), ""},
		{"a column is missing", items(id(), name()), items(id()), "column name: string is missing"},
		{"a column is not wanted", items(id()), items(id(), name()), "column name: string is not wanted"},
		{"order", items(id(), name()), items(name(), id()), "order of columns: name, id, want id, name"},
		{"type", items(id()), items(schema.Col("id", schema.Integer)), "column id: type: int, want bigint"},
		{"comments", items(id(schema.Comment("a")), schema.Comment("t")), items(id()), `comment: "", want "t"; column id: comment: "", want "a"`},
		{"null", items(id(schema.NotNull)), items(id()), "column id: not null: false, want true"},
		{"default", items(id(schema.ServerDefault(7))), items(id(schema.ServerDefault(schema.SQL("8")))), "column id: default: 8, want 7"},
		{"the same default", items(id(schema.ServerDefault(7))), items(id(schema.ServerDefault(schema.SQL("7")))), ""},
		{"computed", items(id(schema.Computed{Expr: "a"})), items(id()), "column id: computed: none, want a, stored: false"},
		{"primary key", items(id(schema.PK)), items(id(), name()), "column name: string is not wanted; primary key: (id) is missing"},
		{"other key", items(id(schema.PK), name()), items(id(), name(schema.PK)), "primary key: (name), want (id)"},
		{"name of a key", items(id(), schema.PrimaryKey{Name: "a", Columns: []string{"id"}}), items(id(), schema.PrimaryKey{Name: "b", Columns: []string{"id"}}), "primary key: name: b, want a"},
		{"name of a key that is not said", items(id(schema.PK)), items(id(), schema.PrimaryKey{Name: "b", Columns: []string{"id"}}), ""},
		{"parents", items(id(), fk), items(id(), schema.In("db"), schema.ForeignKey{Columns: fk.Columns, RefSchema: "db", RefTable: "P", RefColumns: fk.RefColumns}), ""},
		{"foreign key", items(id(), fk), items(id(), schema.ForeignKey{Columns: fk.Columns, RefTable: "q", RefColumns: fk.RefColumns, NotEnforced: true}), "foreign key (id): to q (id) not enforced, want to p (id)"},
		{"checks", items(id(), schema.Check{Condition: "id > 0"}), items(id(), schema.Check{Condition: "id > 1"}), "check id > 0: check is missing; check id > 1: check is not wanted"},
		{"unique", items(id(schema.Unique{})), items(id(), schema.Unique{Columns: []string{"id"}, Rely: true}), "unique (id): unique rely, want unique"},
		{"index", items(id(schema.Index{Name: "i", Unique: true})), items(id(schema.Index{Name: "j"})), "index on (id): index, want unique index; index on (id): name: j, want i"},
		{"attributes", items(id(), layout{Format: "rows"}), items(id(), layout{Format: "columns"}), `schema_test.layout: {Format: "columns"}, want {Format: "rows"}`},
		{"an attribute is missing", items(id(), layout{Format: "rows"}), items(id()), `schema_test.layout: {Format: "rows"} is missing`},
		{"an attribute that is not said", items(id()), items(id(), layout{Format: "rows"}), ""},
		{"no properties", items(id(), layout{}), items(id(), layout{Props: map[string]string{}}), ""},
		{"facts", items(id(), made{By: "ann"}), items(id(), made{By: "bob"}), ""},
	} {
		want, got := schema.NewTable(nil, "t", tt.want...), schema.NewTable(nil, "t", tt.got...)
		var diff []string
		for _, d := range schema.Diff(want, got) {
			diff = append(diff, d.String())
		}
		if text := strings.Join(diff, "; "); text != tt.diff {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, text, tt.diff)
		}
	}
}

func ExampleDiff() {
	declared := schema.NewTable(nil, "airlines", schema.Col("carrier", schema.VarChar(2), schema.NotNull))
	found := schema.NewTable(nil, "airlines", schema.Col("carrier", schema.VarChar(3)), schema.Col("name", schema.String))
	for _, d := range schema.Diff(declared, found) {
		fmt.Println(d)
	}
	// Output:
	// column carrier: type: varchar(3), want varchar(2)
	// column carrier: not null: false, want true
	// column name: string is not wanted
}
