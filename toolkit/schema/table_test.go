package schema_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

// storage is an attribute of a dialect.
type storage struct {
	schema.AttrBase
	format string
}

func names(columns []*schema.Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.Name)
	}
	return strings.Join(all, " ")
}

func tableNames(tables []*schema.Table) string {
	var all []string
	for _, t := range tables {
		all = append(all, t.FullName())
	}
	return strings.Join(all, " ")
}

func TestTable(t *testing.T) {
	md := schema.NewMetaData(schema.DefaultSchema("nyc"), schema.Info{"year": 2013})
	airlines := schema.NewTable(md, "airlines", schema.Col("carrier", schema.VarChar(2), schema.PK))
	flights := schema.NewTable(md, "flights",
		schema.Comment("of a year"),
		schema.Info{"rows": 336776},
		storage{format: "columns"},
		schema.Col("ID", schema.UUID, schema.Key("id"), schema.PK, schema.NotNull, schema.Comment("made here"),
			schema.DefaultFunc(func(context.Context) (any, error) { return "x", nil })),
		schema.Col("carrier", schema.VarChar(2), schema.References(airlines.Columns()[0]), schema.Index{}),
		schema.Col("tail", schema.String, schema.Unique{Rely: true}, schema.ServerDefault("none")),
		schema.Col("fare", schema.Numeric(9, 2), schema.Check{Name: "paid", Condition: "fare >= 0"},
			schema.OnUpdate(schema.DefaultExpr("0"))),
		schema.Col("row", schema.BigInt, schema.Identity{Always: true}),
		schema.Col("twice", schema.Numeric(10, 2), schema.Computed{Expr: "fare * 2"}),
		schema.Unique{Name: "all", Columns: []string{"id", "CARRIER"}},
	)
	if err := md.Err(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, got, want string }{
		{"FullName", flights.FullName(), "nyc.flights"},
		{"Comment", flights.Comment, "of a year"},
		{"Columns", names(flights.Columns()), "ID carrier tail fare row twice"},
		{"PrimaryKey", names(flights.PrimaryKey()), "ID"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if flights.Info["rows"] != 336776 || md.Info()["year"] != 2013 {
		t.Errorf("got infos %v and %v", flights.Info, md.Info())
	}
	if attrs := flights.Attrs(); len(attrs) != 1 || attrs[0] != (storage{format: "columns"}) {
		t.Errorf("got attributes %v", attrs)
	}
	if x := flights.Indexes(); len(x) != 1 || !slices.Equal(x[0].Columns, []string{"carrier"}) || x[0].Table() != flights {
		t.Errorf("got indexes %+v", x)
	}
	checkConstraints(t, flights)

	for key, want := range map[string]string{"id": "ID", "ID": "ID", "Id": "ID", "CARRIER": "carrier", "nothing": ""} {
		got := ""
		if c, ok := flights.Column(key); ok {
			got = c.Name
			if c.Table() != flights {
				t.Errorf("column %s is of table %v", got, c.Table())
			}
		}
		if got != want {
			t.Errorf("Column(%q): got %q, want %q", key, got, want)
		}
	}
	fare, _ := flights.Column("fare")
	tail, _ := flights.Column("tail")
	twice, _ := flights.Column("twice")
	if fare.OnUpdate.Expr != schema.SQL("0") || tail.ServerDefault != "none" || twice.Computed.Expr != schema.SQL("fare * 2") {
		t.Errorf("got %+v, %+v and %+v", fare, tail, twice)
	}
	if !tail.Unique || fare.Unique {
		t.Error("tail alone is unique")
	}
}

func checkConstraints(t *testing.T, flights *schema.Table) {
	t.Helper()
	var got []string
	for _, k := range flights.Constraints() {
		switch k := k.(type) {
		case *schema.PrimaryKey:
			got = append(got, "PK "+strings.Join(k.Columns, " "))
		case *schema.ForeignKey:
			got = append(got, "FK "+strings.Join(k.Columns, " ")+" -> "+k.RefSchema+"."+k.RefTable)
		case *schema.Unique:
			got = append(got, "UQ "+k.Name+" "+strings.Join(k.Columns, " "))
		case *schema.Check:
			got = append(got, "CK "+k.ConstraintName())
			if k.Condition != schema.SQL("fare >= 0") {
				t.Errorf("the condition is %#v", k.Condition)
			}
		}
		if k.Table() != flights {
			t.Errorf("%v is of table %v", k, k.Table())
		}
	}
	want := []string{"PK ID", "FK carrier -> nyc.airlines", "UQ  tail", "CK paid", "UQ all ID carrier"}
	if !slices.Equal(got, want) {
		t.Errorf("constraints:\ngot  %q\nwant %q", got, want)
	}
}

func TestDeclarationErrors(t *testing.T) {
	col := func(name string, opts ...schema.ColumnOption) *schema.Column {
		return schema.Col(name, schema.Integer, opts...)
	}
	taken := col("taken")
	schema.NewTable(nil, "owner", taken)
	on := func(columns ...string) []string { return columns }

	tests := []struct {
		items []schema.Item
		want  string
	}{
		{[]schema.Item{col("a"), col("A")}, "column A: it is there twice"},
		{[]schema.Item{col("a"), col("b", schema.Key("a"))}, "column b: it is there twice"},
		{[]schema.Item{col("")}, "column : want a name and a key"},
		{[]schema.Item{schema.Col("a", schema.VarChar(0))}, `column a: type "varchar(0)": want a length from 1`},
		{[]schema.Item{schema.Col("a", nil)}, `column a: type "<nil>": there is no type`},
		{[]schema.Item{taken}, "column taken: it is a column of table owner already"},
		{[]schema.Item{nil}, "an item is nil"},
		{[]schema.Item{(*schema.Column)(nil)}, "an item is nil"},
		{[]schema.Item{(*schema.Unique)(nil)}, "an item is nil"},
		{[]schema.Item{col("a", nil)}, "column a: an option is nil"},
		{[]schema.Item{col("a", schema.ColumnFlag(99))}, "column a: no such option"},
		{[]schema.Item{col("a", schema.References("b"))}, `column a: references b: want "table.column" or "schema.table.column"`},
		{[]schema.Item{col("a", schema.References(col("b")))}, "column a: references a column that is in no table"},
		{[]schema.Item{col("a", schema.Computed{})}, "column a: computed from no expression"},
		{[]schema.Item{col("a"), schema.PrimaryKey{}}, "primary key: want columns"},
		{[]schema.Item{col("a"), schema.PrimaryKey{Columns: on("b")}}, "primary key: the table has no column b"},
		{[]schema.Item{col("a"), schema.Unique{Columns: on("a", "A")}}, "unique constraint: column a is there twice"},
		{
			[]schema.Item{col("a", schema.PK), col("b"), schema.PrimaryKey{Columns: on("b")}},
			"column a: it is marked PK and is not of the primary key that is given",
		},
		{
			[]schema.Item{col("a"), schema.PrimaryKey{Columns: on("a")}, schema.PrimaryKey{Columns: on("a")}},
			"primary key: it is there twice",
		},
		{[]schema.Item{schema.Check{Name: "c"}}, "check c: want a condition"},
		{
			[]schema.Item{schema.Check{Name: "c", Condition: "1"}, schema.Check{Name: "C", Condition: "2"}},
			"constraint C: it is there twice",
		},
		{[]schema.Item{col("a"), schema.ForeignKey{Columns: on("a")}}, "foreign key to : want a table"},
		{
			[]schema.Item{col("a"), schema.ForeignKey{Columns: on("a"), RefTable: "p", RefColumns: on("b", "c")}},
			"foreign key to p: 1 columns reference 2",
		},
		{
			[]schema.Item{col("a"), schema.ForeignKey{Columns: on("a"), RefTable: "p", OnDelete: "; drop"}},
			`foreign key to p: "; drop" is not one of the words that SQL has for it`,
		},
		{[]schema.Item{schema.Index{Name: "x"}}, "index x: want columns"},
		{[]schema.Item{schema.Invalid(errors.New("made of nonsense"))}, "made of nonsense"},
		{[]schema.Item{schema.Invalid(nil)}, "an item is nil"},
		{[]schema.Item{schema.MustExist}, "there is no such table"},
	}
	for _, tt := range tests {
		md := schema.NewMetaData()
		table := schema.NewTable(md, "t", tt.items...)
		want := "schema: table t: " + tt.want
		var declErr *schema.DeclarationError
		if err := table.Err(); err == nil || err.Error() != want || !errors.As(err, &declErr) {
			t.Errorf("Table.Err:\ngot  %v\nwant %s", err, want)
		}
		if err := md.Err(); err == nil || err.Error() != want {
			t.Errorf("MetaData.Err:\ngot  %v\nwant %s", err, want)
		}
		md.Remove(table)
		if err := md.Err(); err != nil {
			t.Errorf("without the table there is still %v", err)
		}
	}
	var typeErr *schema.TypeError
	if err := schema.NewTable(nil, "t", schema.Col("a", nil)).Err(); !errors.As(err, &typeErr) {
		t.Errorf("there is no *TypeError in %v", err)
	}
	if err := schema.NewTable(nil, "").Err(); err == nil {
		t.Error("a table without a name is no error")
	}
}

// TestConstraintsOfColumns: a constraint among the options of a column is on that column, even where its key is the name
// of another.
func TestConstraintsOfColumns(t *testing.T) {
	md := schema.NewMetaData()
	table := schema.NewTable(md, "t",
		schema.Col("a", schema.Integer, schema.Key("b"), schema.PrimaryKey{Name: "pk"}, schema.AutoIncrement),
		schema.Col("b", schema.Integer, schema.Key("a"), schema.Unique{}, schema.Default(1)),
		schema.Index{Name: "sum", Exprs: []any{"a + b"}},
	)
	if err := md.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := names(table.PrimaryKey()), "a"; got != want {
		t.Errorf("primary key: got %s, want %s", got, want)
	}
	a, _ := table.Column("b")
	b, _ := table.Column("a")
	if a.Name != "a" || !a.PrimaryKey || !a.AutoIncrement || a.Unique || !b.Unique || b.PrimaryKey || b.Default.Value != 1 {
		t.Errorf("got %+v and %+v", a, b)
	}
	if x := table.Indexes()[0]; len(x.Columns) != 0 || x.Exprs[0] != schema.SQL("a + b") {
		t.Errorf("got index %+v", x)
	}
	other := schema.NewTable(md, "o", schema.Col("c", schema.Integer, schema.References(a)))
	if _, columns, err := other.ForeignKeys()[0].Target(); err != nil || columns[0] != a {
		t.Errorf("got reference to %s, %v", names(columns), err)
	}
}

// TestAsGiven: what a table is declared with is copied, and stays the caller's.
func TestAsGiven(t *testing.T) {
	key := &schema.Unique{Columns: []string{"A"}}
	exprs := []any{"a"}
	table := schema.NewTable(nil, "t", schema.Col("a", schema.Integer), key, schema.Index{Exprs: exprs})
	if key.Columns[0] != "A" || key.Table() != nil || exprs[0] != "a" {
		t.Errorf("the table has changed %+v or %v", key, exprs)
	}
	key.Columns[0], exprs[0] = "b", "b"
	k := table.Constraints()[0].(*schema.Unique)
	if k.Columns[0] != "a" || table.Indexes()[0].Exprs[0] != schema.SQL("a") {
		t.Errorf("the table has changed with what it was made of: %+v", k)
	}
	if c := table.CopyTo(nil); c.Err() != nil {
		t.Errorf("so has its declaration: %v", c.Err())
	}
}

func TestExisting(t *testing.T) {
	md := schema.NewMetaData()
	first := schema.NewTable(md, "t",
		schema.Comment("old"),
		schema.Col("a", schema.Integer),
		schema.Col("b", schema.Integer, schema.Unique{}),
		schema.Unique{Name: "both", Columns: []string{"a", "b"}},
	)
	if got := schema.NewTable(md, "T", schema.KeepExisting, schema.Col("c", schema.Date)); got != first {
		t.Errorf("KeepExisting: got another table: %v", names(got.Columns()))
	}
	if got := schema.NewTable(md, "t", schema.MustExist); got != first {
		t.Errorf("MustExist: got another table: %v", names(got.Columns()))
	}
	if err := md.Err(); err != nil {
		t.Fatal(err)
	}

	extended := schema.NewTable(md, "t", schema.ExtendExisting,
		schema.Col("B", schema.String), schema.Col("c", schema.Date, schema.PK), storage{})
	if err := md.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := names(extended.Columns()), "a B c"; got != want {
		t.Errorf("ExtendExisting: got columns %s, want %s", got, want)
	}
	if b, _ := extended.Column("b"); b.Unique || b.Type != schema.String {
		t.Errorf("ExtendExisting: column b is as it was: %+v", b)
	}
	if n := len(extended.Constraints()); n != 2 || extended.Comment != "old" || len(extended.Attrs()) != 1 {
		t.Errorf("ExtendExisting: got %d constraints, comment %q, attributes %v", n, extended.Comment, extended.Attrs())
	}
	if got, _ := md.Table("", "t"); got != extended || len(md.Tables()) != 1 {
		t.Errorf("ExtendExisting: the old table is still there")
	}
	if first.ID() == extended.ID() || names(first.Columns()) != "a b" || first.Columns()[0].Table() != first {
		t.Error("ExtendExisting: the old table has changed")
	}

	again := schema.NewTable(md, "t", schema.ExtendExisting, schema.PrimaryKey{Columns: []string{"a"}})
	if got, want := names(again.PrimaryKey()), "a"; got != want || again.Err() != nil {
		t.Errorf("ExtendExisting: got primary key %s, want %s; %v", got, want, again.Err())
	}

	second := schema.NewTable(md, "t", schema.Col("a", schema.Integer))
	if got, _ := md.Table("", "t"); got != again || second.Err() == nil || md.Err() == nil {
		t.Errorf("a second table: %v, %v", second.Err(), md.Err())
	}
	md.Remove(second)
	if twice := schema.NewTable(md, "t", schema.ExtendExisting, schema.Col("x", schema.Date), schema.Col("x", schema.Date)); twice.Err() == nil {
		t.Error("ExtendExisting: a column that is there twice is no error")
	}
}

// TestShared has goroutines declare and read; the race detector looks on.
func TestShared(t *testing.T) {
	md := schema.NewMetaData()
	parent := schema.NewTable(md, "parent", schema.Col("id", schema.Integer, schema.PK))
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			child := schema.NewTable(md, name, schema.Col("parent", schema.Integer, schema.References("parent.id")))
			if got, _, err := child.ForeignKeys()[0].Target(); got != parent || err != nil {
				t.Errorf("%s: got parent %v, %v", name, got, err)
			}
			if _, err := md.Sorted(); err != nil {
				t.Error(err)
			}
			schema.NewTable(md, name, schema.KeepExisting)
			md.Remove(child)
		})
	}
	wg.Wait()
	if got := tableNames(md.Tables()); got != "parent" {
		t.Errorf("got %s", got)
	}
}
