package schema_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

func TestReflect(t *testing.T) {
	notDay := schema.ExcludeColumns("DAY")
	for _, tt := range []struct {
		name  string
		md    *schema.MetaData
		items []schema.Item
		want  string // what is returned
		all   string // what there is, if it is more
		asked string
		err   string
	}{
		{
			name: "tables of the default schema, and parents elsewhere", want: "a_b airlines flights temporary",
			all:   "a_b airlines flights temporary fleet.planes fleet.makers",
			asked: "default; relations of default; default: a_b airlines flights temporary; fleet: planes; fleet: makers",
		},
		{
			name: "no parents", items: []schema.Item{schema.NoParents, schema.Only("flights")}, want: "flights",
			asked: "default; default: flights",
		},
		{name: "views", items: []schema.Item{schema.Views, schema.NoParents}, want: "a_b airlines flights late temporary"},
		{name: "a view by its name", items: []schema.Item{schema.Only("late")}, want: "late"},
		{
			name: "a parent that was asked for is asked about once", items: []schema.Item{schema.Only("flights", "airlines", "flights"), schema.NoParents},
			want: "airlines flights", asked: "default; default: airlines flights",
		},
		{
			name: "some by a function", want: "airlines",
			items: []schema.Item{schema.OnlyFunc(func(r schema.Relation) bool { return strings.HasPrefix(r.Name, "air") })},
		},
		{
			name: "some of those that are named, by a function", want: "late",
			items: []schema.Item{schema.Only("late", "flights"), schema.OnlyFunc(func(r schema.Relation) bool { return r.Kind == schema.View })},
		},
		{name: "none", items: []schema.Item{schema.Only()}, asked: "default"},
		{name: "names are no patterns", items: []schema.Item{schema.Only("a%b")}, err: `there is no table "a%b" in schema "default"`},
		{
			name: "missing tables are one error", items: []schema.Item{schema.Only("x", "airlines", "y")}, want: "airlines",
			err: `schema: there are no tables x, y in schema "default"`,
		},
		{name: "missing schema", items: []schema.Item{schema.In("nowhere")}, err: `there is no schema "nowhere"`},
		{name: "another schema", items: []schema.Item{schema.In("fleet")}, want: "fleet.makers fleet.planes"},
		{
			name: "the default schema of the program", md: schema.NewMetaData(schema.DefaultSchema("fleet")),
			want: "fleet.makers fleet.planes",
		},
		{
			name: "the default schema of the database, by name", items: []schema.Item{schema.In("DEFAULT"), schema.Only("airlines")},
			want: "airlines", err: "-",
		},
		{
			name: "one that is wrong does not lose the others", items: []schema.Item{schema.In("odd"), schema.Only("bad", "good")},
			want: "odd.good", err: "schema: reflecting odd.bad: schema: table odd.bad: column x: type \"varchar(0)\"",
		},
		{
			name: "a parent that is not there", items: []schema.Item{schema.In("odd"), schema.Only("orphan")},
			want: "odd.orphan", err: `schema: reflecting odd.gone, a parent of odd.orphan: schema: there is no table "gone"`,
		},
		{
			name: "an error ends the work", items: []schema.Item{schema.In("odd"), schema.Only("bad", "broken", "good")},
			err: "the server has gone",
		},
		{
			name: "a column to include that is not there", items: []schema.Item{schema.Only("airlines"), schema.IncludeColumns("name", "nam")},
			err: "there is no column nam to include",
		},
		{name: "columns left out", items: []schema.Item{schema.Only("flights"), schema.NoParents, notDay}, want: "flights"},
		{name: "MustExist", items: []schema.Item{schema.Only("flights"), schema.MustExist}, err: "there is no such table"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := nyc()
			d.failWith = errors.New("the server has gone")
			if tt.err == "-" { // a database whose schemas are told in lower case
				tt.err, d.tables["DEFAULT"] = "", d.tables["default"]
			}
			md := tt.md
			if md == nil {
				md = schema.NewMetaData()
			}
			tables, err := md.Reflect(t.Context(), d, tt.items...)
			if got := tableNames(tables); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got the error %v, want %q", err, tt.err)
			}
			if got := tableNames(md.Tables()); tt.all != "" && got != tt.all {
				t.Errorf("got %s, want %s", got, tt.all)
			}
			if got := d.questions(); tt.asked != "" && got != tt.asked {
				t.Errorf("asked %s, want %s", got, tt.asked)
			}
			if err := md.Err(); err != nil {
				t.Errorf("tables with faults are kept: %v", err)
			}
		})
	}
}

// describe is a table as text.
func describe(t *schema.Table) string {
	var b strings.Builder
	for _, c := range t.Columns() {
		fmt.Fprintf(&b, "%s:%s:%s", c.Key, c.Name, c.Type)
		if c.PrimaryKey {
			b.WriteString(" pk")
		}
		b.WriteString(", ")
	}
	for _, k := range t.Constraints() {
		fmt.Fprintf(&b, "%s", strings.TrimPrefix(fmt.Sprintf("%T ", k), "*schema."))
	}
	fmt.Fprintf(&b, "%d indexes, %d attributes", len(t.Indexes()), len(t.Attrs()))
	return b.String()
}

// What a program says of a table wins over what was found.
func TestReflectTable(t *testing.T) {
	key := func(_ *schema.TableInfo, c *schema.Column) { c.Key = strings.ToUpper(c.Name) }
	stringly := func(info *schema.TableInfo, c *schema.Column) {
		if info.Name == "flights" {
			c.Type = schema.String
		}
	}
	for _, tt := range []struct {
		name  string
		items []schema.Item
		want  string
	}{
		{"as it is", nil, "carrier:carrier:varchar(2), tail:tail:string, day:day:date, ForeignKey ForeignKey Unique 1 indexes, 1 attributes"},
		{
			"a key",
			[]schema.Item{schema.Col("DAY", schema.Timestamp, schema.Key("at"), schema.PK)},
			"carrier:carrier:varchar(2), tail:tail:string, at:DAY:timestamp pk, PrimaryKey ForeignKey ForeignKey Unique 1 indexes, 1 attributes",
		},
		{
			"a column that is not there",
			[]schema.Item{schema.Col("more", schema.Integer), storage{format: "rows"}},
			"carrier:carrier:varchar(2), tail:tail:string, day:day:date, more:more:int, ForeignKey ForeignKey Unique 1 indexes, 1 attributes",
		},
		{
			"a foreign key in the place of one",
			[]schema.Item{schema.ForeignKey{Columns: []string{"carrier"}, RefTable: "airlines"}},
			"carrier:carrier:varchar(2), tail:tail:string, day:day:date, ForeignKey Unique ForeignKey 1 indexes, 1 attributes",
		},
		{"some columns", []schema.Item{schema.IncludeColumns("Tail", "carrier")}, "carrier:carrier:varchar(2), tail:tail:string, ForeignKey ForeignKey 0 indexes, 1 attributes"},
		{"no columns of a key", []schema.Item{schema.ExcludeColumns("carrier")}, "tail:tail:string, day:day:date, ForeignKey Unique 1 indexes, 1 attributes"},
		{"keys by a hook", []schema.Item{schema.OnColumn(key), schema.IncludeColumns("day")}, "DAY:day:date, 1 indexes, 1 attributes"},
		{"types by a hook", []schema.Item{schema.OnColumn(stringly)}, "carrier:carrier:string, tail:tail:string, day:day:string, ForeignKey ForeignKey Unique 1 indexes, 1 attributes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := schema.ReflectTable(t.Context(), nil, nyc(), "flights", tt.items...)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(table); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			for _, k := range table.ForeignKeys() {
				if _, _, err := k.Target(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	override := schema.Col("carrier", schema.String, schema.PK)
	table, err := schema.ReflectTable(t.Context(), nil, nyc(), "airlines", override)
	if err != nil || names(table.PrimaryKey()) != "carrier" || table.PrimaryKey()[0].Type != schema.String {
		t.Errorf("got %v, %v, want the program's own key in the place of the database's", table, err)
	}
}

// Items are those of every table that was asked for.
func TestReflectItemsOfMany(t *testing.T) {
	md := schema.NewMetaData()
	_, err := md.Reflect(t.Context(), nyc(), schema.In("fleet"), schema.Col("loaded", schema.Timestamp))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range md.Tables() {
		if c, ok := table.Column("loaded"); !ok || c.Table() != table {
			t.Errorf("%s has no column of its own", table.FullName())
		}
	}
}

// "default.t" and "t" are one table.
func TestReflectDefaultSchema(t *testing.T) {
	md, d := schema.NewMetaData(), nyc()
	declared := schema.NewTable(md, "airlines", schema.In("default"), schema.Col("carrier", schema.VarChar(2), schema.PK))
	for _, in := range []string{"", "default", "Default"} {
		d.tables["Default"] = d.tables["default"]
		table, err := schema.ReflectTable(t.Context(), md, d, "airlines", schema.In(in))
		if err != nil || table != declared {
			t.Errorf("in %q: got %v, %v, want the table that is declared", in, table, err)
		}
	}
	flights, err := schema.ReflectTable(t.Context(), md, d, "flights")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"", "default", "DEFAULT"} {
		if table, ok := md.Table(in, "flights"); !ok || table != flights {
			t.Errorf("in %q: got %v, want the table that was reflected", in, table)
		}
	}
	if parent, err := flights.ForeignKeys()[0].Parent(); err != nil || parent != declared {
		t.Errorf("got the parent %v, %v, want the table that is declared", parent, err)
	}
	again := schema.NewTable(md, "flights", schema.In("default"))
	if again.Err() == nil {
		t.Error("default.flights is declared beside flights")
	}
}

func TestReflectExisting(t *testing.T) {
	d := nyc()
	declare := func() *schema.MetaData {
		md := schema.NewMetaData()
		schema.NewTable(md, "airlines", schema.Col("carrier", schema.Char(2), schema.Key("code")), schema.Col("alliance", schema.String))
		return md
	}
	for _, tt := range []struct {
		items []schema.Item
		want  string
	}{
		{nil, "code:carrier:char(2), alliance:alliance:string, 0 indexes, 0 attributes"},
		{
			[]schema.Item{schema.ExtendExisting},
			"carrier:carrier:varchar(2) pk, alliance:alliance:string, name:name:string, PrimaryKey 0 indexes, 0 attributes",
		},
		{
			[]schema.Item{schema.ExtendExisting, schema.KeepColumns},
			"code:carrier:char(2) pk, alliance:alliance:string, name:name:string, PrimaryKey 0 indexes, 0 attributes",
		},
	} {
		table, err := schema.ReflectTable(t.Context(), declare(), d, "airlines", tt.items...)
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(table); got != tt.want {
			t.Errorf("%v:\n got %s\nwant %s", tt.items, got, tt.want)
		}
	}
	md := schema.NewMetaData()
	for range 3 { // nothing is there twice
		table, err := schema.ReflectTable(t.Context(), md, d, "flights", schema.ExtendExisting)
		if want := "carrier:carrier:varchar(2), tail:tail:string, day:day:date, ForeignKey ForeignKey Unique 1 indexes, 1 attributes"; err != nil || describe(table) != want {
			t.Errorf("got %v, %v\nwant %s", table, err, want)
		}
	}
}

func TestReflectProgress(t *testing.T) {
	var steps []string
	_, err := schema.ReflectTable(t.Context(), nil, nyc(), "flights", schema.OnProgress(func(done, all int) {
		steps = append(steps, fmt.Sprintf("%d/%d", done, all))
	}))
	if got, want := strings.Join(steps, " "), "1/1 2/2 3/3 4/4"; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestReflectErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := schema.NewMetaData().Reflect(ctx, nyc()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var none *schema.NoTableError
	var missing *schema.MissingError
	if _, err := schema.ReflectTable(t.Context(), nil, nyc(), "x"); !errors.As(err, &none) || none.Name != "x" || errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	_, err := schema.NewMetaData().Reflect(t.Context(), nyc(), schema.Only("x", "y"))
	if !errors.As(err, &missing) || len(missing.Names) != 2 || !errors.As(err, &none) {
		t.Errorf("got %v", err)
	}
	var nowhere *schema.NoSchemaError
	if _, err := schema.ReflectTable(t.Context(), nil, nyc(), "x", schema.In("nowhere")); !errors.As(err, &nowhere) || nowhere.Schema != "nowhere" {
		t.Errorf("got %v", err)
	}
	var failed *schema.ReflectError
	var wrong *schema.DeclarationError
	_, err = schema.ReflectTable(t.Context(), nil, nyc(), "bad", schema.In("odd"))
	if !errors.As(err, &failed) || failed.Table != "odd.bad" || !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
	if err := schema.NewTable(nil, "t", schema.Views, schema.Only("x")).Err(); err == nil || !strings.Contains(err.Error(), "reflected") {
		t.Errorf("got %v, want that these items are for tables that are reflected", err)
	}
}

// An error about one table loses no other, wherever the table is among them; one that ends the answers is the error.
func TestReflectWhatMayNotBeSeen(t *testing.T) {
	denied := errors.New("denied")
	for _, test := range []struct {
		only   []string
		goOn   bool
		want   string
		failed bool // of one table
	}{
		{[]string{"broken", "good"}, true, "good", true},
		{[]string{"a_good", "broken"}, true, "a_good", true},
		{[]string{"a_good", "broken", "good"}, true, "a_good good", true},
		{[]string{"a_good", "broken", "good"}, false, "a_good", false},
		{[]string{"broken"}, true, "", false},
		{[]string{"absent", "broken", "good"}, true, "good", true},
	} {
		db := nyc()
		db.failWith, db.goOn = denied, test.goOn
		db.tables["odd"]["a_good"] = db.tables["odd"]["good"]
		tables, err := schema.NewMetaData().Reflect(t.Context(), db, schema.In("odd"), schema.Only(test.only...))
		var names []string
		for _, table := range tables {
			names = append(names, table.Name)
		}
		var failed *schema.ReflectError
		if got := strings.Join(names, " "); got != test.want || !errors.Is(err, denied) || errors.As(err, &failed) != test.failed {
			t.Errorf("%q: got %q, %v, want %q", test.only, got, err, test.want)
		}
		if failed != nil && failed.Table != "odd.broken" {
			t.Errorf("%q: got the error of %s", test.only, failed.Table)
		}
	}
}

// A parent that may not be seen costs no other parent, nor what is known of whose parent it is.
func TestReflectParentDenied(t *testing.T) {
	denied := errors.New("denied")
	db := nyc()
	key := func(schemaName, table, column string) schema.ForeignKey {
		return schema.ForeignKey{Columns: []string{column}, RefSchema: schemaName, RefTable: table, RefColumns: []string{"x"}}
	}
	db.tables["odd"]["child"] = found(schema.Col("a", schema.Integer), schema.Col("b", schema.Integer), schema.Col("c", schema.Integer),
		key("odd", "broken", "a"), key("default", "a_b", "b"), key("nowhere", "x", "c"))
	db.tables["odd"]["twin"] = found(schema.Col("d", schema.Integer), schema.Col("e", schema.Integer), key("odd", "good", "d"), key("default", "late", "e"))
	db.failWith, db.goOn = denied, true
	md := schema.NewMetaData()
	tables, err := md.Reflect(t.Context(), db, schema.In("odd"), schema.Only("child", "twin"))
	var names []string
	for _, table := range md.Tables() {
		names = append(names, table.FullName())
	}
	slices.Sort(names)
	if got, want := strings.Join(names, " "), "a_b late odd.child odd.good odd.twin"; len(tables) != 2 || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, want := range []string{"schema: reflecting odd.broken, a parent of odd.child: denied", `reflecting nowhere.x, a parent of odd.child: schema: there is no schema "nowhere"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
	}
}
