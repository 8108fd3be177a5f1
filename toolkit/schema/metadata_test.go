package schema_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

// references declares tables of one word each: "b: a c" is the table b with foreign keys to a and c.
func references(md *schema.MetaData, lines ...string) {
	for _, line := range lines {
		name, parents, _ := strings.Cut(line, ":")
		items := []schema.Item{schema.Col("id", schema.Integer, schema.PK)}
		for _, parent := range strings.Fields(parents) {
			parent, later := strings.CutSuffix(parent, "*")
			items = append(items, schema.Col("to_"+parent, schema.Integer, schema.ForeignKey{RefTable: parent, UseAlter: later}))
		}
		schema.NewTable(md, name, items...)
	}
}

func TestSorted(t *testing.T) {
	tests := []struct {
		tables string
		want   string
		cycle  string
	}{
		{tables: "c; b; a", want: "c b a"},
		{tables: "c: b; b: a; a", want: "a b c"},
		{tables: "d: b c; c: a; b: a; a", want: "a b c d"},
		{tables: "a: a", want: "a"},
		{tables: "b: absent; a", want: "b a"},
		{tables: "c: A; a", want: "a c"},
		{tables: "a: b*; b: a", want: "a b"},
		{tables: "a: b; b: a", cycle: "a b"},
		{tables: "x: b; a: c; b: a; c: b; d", cycle: "b a c"},
	}
	for _, tt := range tests {
		md := schema.NewMetaData()
		references(md, strings.Split(tt.tables, "; ")...)
		if err := md.Err(); err != nil {
			t.Fatal(err)
		}
		sorted, err := md.Sorted()
		var cycle *schema.CycleError
		if errors.As(err, &cycle) {
			if got := strings.Join(cycle.Tables, " "); got != tt.cycle {
				t.Errorf("%s: got the cycle %q, want %q", tt.tables, got, tt.cycle)
			}
			continue
		}
		if got := tableNames(sorted); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.tables, got, err, tt.want)
		}
	}
}

func TestCycleError(t *testing.T) {
	md := schema.NewMetaData(schema.DefaultSchema("s"))
	references(md, "a:b", "b:a")
	_, err := md.Sorted()
	if want := "schema: foreign keys in a cycle: s.a -> s.b -> s.a"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTarget(t *testing.T) {
	md := schema.NewMetaData(schema.DefaultSchema("s"))
	parent := schema.NewTable(md, "parent",
		schema.Col("X", schema.Integer, schema.Key("x"), schema.PK), schema.Col("y", schema.Integer, schema.PK))
	schema.NewTable(md, "elsewhere", schema.In("o"), schema.Col("z", schema.Integer))

	tests := []struct {
		key  schema.ForeignKey
		want string // the parent and its columns
		err  string
	}{
		{key: schema.ForeignKey{Columns: []string{"a", "b"}, RefTable: "PARENT"}, want: "s.parent X y"},
		{key: schema.ForeignKey{Columns: []string{"a"}, RefTable: "parent", RefColumns: []string{"x"}}, want: "s.parent X"},
		{key: schema.ForeignKey{Columns: []string{"b"}, RefSchema: "o", RefTable: "elsewhere", RefColumns: []string{"z"}}, want: "o.elsewhere z"},
		{key: schema.ForeignKey{Columns: []string{"a"}, RefTable: "child", RefColumns: []string{"b"}}, want: "s.child b"},
		{
			key: schema.ForeignKey{Columns: []string{"a"}, RefTable: "elsewhere"},
			err: "schema: table s.child: foreign key (a) to s.elsewhere: there is no such table",
		},
		{
			key: schema.ForeignKey{Columns: []string{"a"}, RefTable: "parent"},
			err: "schema: table s.child: foreign key (a) to s.parent: 1 columns reference the 2 of its primary key",
		},
		{
			key: schema.ForeignKey{Columns: []string{"a"}, RefTable: "parent", RefColumns: []string{"q"}},
			err: "schema: table s.child: foreign key (a) to s.parent: the table has no column q",
		},
	}
	for _, tt := range tests {
		child := schema.NewTable(md, "child", schema.Col("a", schema.Integer), schema.Col("b", schema.Integer), tt.key)
		if err := child.Err(); err != nil {
			t.Fatal(err)
		}
		table, columns, err := child.ForeignKeys()[0].Target()
		got := ""
		var refErr *schema.ReferenceError
		if errors.As(err, &refErr) {
			if err.Error() != tt.err {
				t.Errorf("got error %v\nwant %s", err, tt.err)
			}
		} else {
			got = table.FullName() + " " + names(columns)
		}
		if got != tt.want {
			t.Errorf("%+v: got %q, %v, want %q", tt.key, got, err, tt.want)
		}
		md.Remove(child)
	}
	if _, _, err := (&schema.ForeignKey{RefTable: "parent"}).Target(); err == nil {
		t.Errorf("a key of no table has the parent %s", parent.FullName())
	}
}

func TestNaming(t *testing.T) {
	md := schema.NewMetaData(schema.Naming{
		PK: "pk_%t", FK: "fk_%t_%c_%r", UQ: "uq_%t_%c", CK: "ck_%t_%n", IX: "%%_%c",
	})
	schema.NewTable(md, "p", schema.Col("id", schema.Integer, schema.PK))
	table := schema.NewTable(md, "t",
		schema.Col("id", schema.Integer, schema.PK),
		schema.Col("a", schema.Integer, schema.References("p.id"), schema.Index{}),
		schema.Col("b", schema.Integer, schema.Key("bee")),
		schema.Unique{Columns: []string{"a", "bee"}},
		schema.Unique{Name: "mine", Columns: []string{"a"}},
		schema.Check{Name: "positive", Condition: "a > 0"},
	)
	if err := md.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range table.Constraints() {
		got = append(got, k.ConstraintName())
	}
	for _, x := range table.Indexes() {
		got = append(got, x.Name)
	}
	want := []string{"pk_t", "fk_t_a_p", "uq_t_a_b", "mine", "ck_t_positive", "%_a"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	other := schema.NewMetaData(schema.Naming{PK: "%t_key"})
	if got, want := table.CopyTo(other).Constraints()[0].ConstraintName(), "t_key"; got != want {
		t.Errorf("a copy's primary key: got %s, want %s: as its own MetaData names it", got, want)
	}
}

func TestNamingErrors(t *testing.T) {
	for template, want := range map[string]string{
		"%x":    `primary key: naming convention "%x": want %t, %c, %r, %n or %% in place of %x`,
		"pk_%":  `primary key: naming convention "pk_%": want %t, %c, %r, %n or %% in place of %`,
		"pk_%n": `primary key: naming convention "pk_%n": there is nothing for %n`,
	} {
		md := schema.NewMetaData(schema.Naming{PK: template})
		schema.NewTable(md, "t", schema.Col("id", schema.Integer, schema.PK))
		if want = "schema: table t: " + want; md.Err() == nil || md.Err().Error() != want {
			t.Errorf("got  %v\nwant %s", md.Err(), want)
		}
	}
}

func TestCopyTo(t *testing.T) {
	md := schema.NewMetaData(schema.DefaultSchema("s"))
	references(md, "p")
	table := schema.NewTable(md, "t",
		storage{format: "columns"},
		schema.Comment("words"),
		schema.Col("id", schema.Integer, schema.Key("k"), schema.PK, schema.NotNull, schema.Comment("more")),
		schema.Col("p", schema.Integer, schema.References("p.id")),
		schema.Col("self", schema.Integer, schema.References("t.id")),
		schema.Col("o", schema.Integer, schema.References("other.q.id")),
		schema.Unique{Columns: []string{"p", "o"}},
	)
	tests := []struct {
		md      *schema.MetaData
		opts    []schema.CopyOption
		name    string
		parents string
	}{
		{schema.NewMetaData(), nil, "s.t", "s.p s.t other.q"},
		{schema.NewMetaData(schema.DefaultSchema("d")), nil, "s.t", "s.p s.t other.q"},
		{md, []schema.CopyOption{schema.In("s2")}, "s2.t", "s2.p s2.t other.q"},
		{md, []schema.CopyOption{schema.As("t2")}, "s.t2", "s.p s.t2 other.q"},
		{nil, []schema.CopyOption{schema.In("s2"), schema.As("t2")}, "s2.t2", "s2.p s2.t2 other.q"},
	}
	for _, tt := range tests {
		c := table.CopyTo(tt.md, tt.opts...)
		if err := c.Err(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var parents []string
		for _, k := range c.ForeignKeys() {
			parents = append(parents, k.RefSchema+"."+k.RefTable)
		}
		if got := strings.Join(parents, " "); c.FullName() != tt.name || got != tt.parents {
			t.Errorf("got %s with parents %s\nwant %s with %s", c.FullName(), got, tt.name, tt.parents)
		}
		id, _ := c.Column("k")
		if id.Table() != c || !id.PrimaryKey || !id.NotNull || id.Comment != "more" || id.Type != schema.Integer {
			t.Errorf("%s: got the column %+v", tt.name, id)
		}
		if c.ID() == table.ID() || c.Comment != table.Comment || len(c.Constraints()) != 5 || c.Attrs()[0] != table.Attrs()[0] {
			t.Errorf("%s: got %+v", tt.name, c)
		}
	}
	if id := table.Columns()[0]; id.Table() != table || table.ForeignKeys()[0].RefSchema != "s" {
		t.Error("the table has changed that was copied")
	}
	if again := table.CopyTo(md); again.Err() == nil {
		t.Error("a copy over the table itself is no error")
	}
	bare := schema.NewTable(nil, "t", schema.Col("p", schema.Integer, schema.References("p.id")))
	moved := bare.CopyTo(schema.NewMetaData(schema.DefaultSchema("d")))
	if k := moved.ForeignKeys()[0]; moved.Schema != "d" || k.RefSchema != "d" {
		t.Errorf("a copy of a table in no schema is %s, with the parent in %s", moved.FullName(), k.RefSchema)
	}
}
