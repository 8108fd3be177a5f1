package compile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestSchemas: schemas of tables have other names, and nothing else has.
func TestSchemas(t *testing.T) {
	declared := schema.NewTable(nil, "t", schema.In("dev"), schema.Col("dev", schema.String))
	plain := schema.NewTable(nil, "u", schema.Col("dev", schema.String))
	dev, u := expr.Col[expr.String](expr.T(declared), "dev"), expr.Col[expr.String](expr.T(plain), "dev")
	same := expr.Select(dev.As("dev")).Where(expr.Eq(dev, expr.Lit[expr.String]("dev")))
	cache := compile.NewCache(compile.ANSI{}, 0)
	for _, tc := range []struct {
		n       expr.Node
		schemas map[string]string
		want    string
	}{
		{same, nil, "SELECT t.dev AS dev FROM dev.t WHERE t.dev = 'dev'"},
		{same, map[string]string{"dev": "prod"}, "SELECT t.dev AS dev FROM prod.t WHERE t.dev = 'dev'"},
		{same, map[string]string{"dev": "test"}, "SELECT t.dev AS dev FROM test.t WHERE t.dev = 'dev'"},
		{same, map[string]string{"dev": ""}, "SELECT t.dev AS dev FROM t WHERE t.dev = 'dev'"},
		{same, map[string]string{"": "prod"}, "SELECT t.dev AS dev FROM dev.t WHERE t.dev = 'dev'"},
		{same, map[string]string{"dev": "a b"}, `SELECT t.dev AS dev FROM "a b".t WHERE t.dev = 'dev'`},
		{expr.Select(u), map[string]string{"": "prod"}, "SELECT u.dev FROM prod.u"},
		{expr.Select(u).Where(u.InQuery(expr.Select(dev))), map[string]string{"dev": "prod"}, "SELECT u.dev FROM u WHERE u.dev IN (SELECT t.dev FROM prod.t)"},
		{expr.Insert(expr.T(declared)).Set(dev.To("dev")), map[string]string{"dev": "prod"}, "INSERT INTO prod.t (dev) VALUES ('dev')"},
		{ddl.DropTable(declared), map[string]string{"dev": "prod"}, "DROP TABLE prod.t"},
		{expr.Text("select dev from dev.t"), map[string]string{"dev": "prod"}, "select dev from dev.t"},
		{expr.Select(expr.Name("dev", "t").C("dev")), map[string]string{"dev": "prod"}, "SELECT t.dev FROM dev.t"},
	} {
		for range 2 { // the second comes from the cache
			st, err := cache.CompileWith(compile.Options{Schemas: tc.schemas}, tc.n)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := st.SQL(); err != nil || got != tc.want {
				t.Errorf("%v\n got %s %v\nwant %s", tc.schemas, got, err, tc.want)
			}
		}
	}
}

// monthly is a dialect whose tables are partitioned by month, if they have one.
type monthly struct{ compile.ANSI }

func (monthly) PartitionColumns(t *schema.Table) []*schema.Column {
	if c, ok := t.Column("month"); ok {
		return []*schema.Column{c}
	}
	return nil
}

func TestLints(t *testing.T) {
	other := expr.Alias(items, "other")
	sales := expr.T(schema.NewTable(nil, "sales", schema.Col("month", schema.Integer), schema.Col("n", schema.BigInt)))
	month, n := expr.Col[expr.Int](sales, "month"), expr.Col[expr.Int](sales, "n")
	both := expr.Select(things.A, items.ID)
	meet := expr.Eq(items.Thing, things.A)
	for _, tc := range []struct {
		name string
		q    expr.Node
		want string
	}{
		{"one source", expr.Select(things.A), ""},
		{"no condition", both, "select: things, items"},
		{"a condition on each", both.Where(things.A.Gt(1), items.ID.Gt(2)), "select: things, items"},
		{"either of them", both.Where(expr.Or(things.A.Gt(1), items.ID.Gt(2))), "select: things, items"},
		{"a condition on both", both.Where(meet), ""},
		{"not equal", both.Where(expr.Not(meet)), ""},
		{"either, on both", both.Where(expr.Or(meet, things.B.Gt(1))), ""},
		{"a sum", both.Where(expr.Add(things.A, items.ID).Gt(3)), ""},
		{"a join", expr.Select(things.A).Join(items), ""},
		{"a join by a condition on one", expr.Select(things.A).Join(items, items.ID.Eq(1)), "select: things, items"},
		{"a left join by a condition on one", expr.Select(things.A).LeftJoin(items, items.ID.Eq(1)), ""},
		{"CROSS JOIN", expr.Select(things.A).CrossJoin(items), ""},
		{"two of three", expr.Select(things.A, items.ID, other.ID).Where(meet), "select: things, other"},
		{"all three", expr.Select(things.A, items.ID, other.ID).Where(meet, expr.Eq(other.ID, items.ID)), ""},
		{"in a query", expr.Select(expr.Subquery(both, "q").C("a")), "q.select: things, items"},
		{
			"by the row around", expr.Select(things.A).Where(expr.Exists(expr.Select(items.ID, other.ID).
				Where(meet, expr.Eq(other.Thing, things.A)))), "",
		},
		{
			"by a query within", expr.Select(items.ID, other.ID).Where(expr.Exists(expr.Select(things.A).
				Where(meet, expr.Eq(other.Thing, things.A)))), "",
		},
		{"in what is inserted", expr.Insert(items).Columns(items.ID, items.Thing).FromSelect(expr.Select(other.ID, things.A)), "select: other, things"},
		{"all partitions", expr.Select(n).Where(n.Gt(1)), "select: sales"},
		{"some partitions", expr.Select(n).Where(expr.Or(month.Eq(6), n.Gt(1))), ""},
		{"partitions by a join", expr.Select(n).Join(things, expr.Eq(month, things.A)), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cache := compile.NewCache(monthly{}, 0)
			for range 2 { // the second comes from the cache
				st, err := cache.CompileWith(compile.Options{Lint: true}, tc.q)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, l := range st.Lints() {
					got = append(got, l.Path+": "+strings.Join(l.Sources, ", "))
				}
				if len(got) > 1 || !strings.HasSuffix(strings.Join(got, ""), tc.want) || (tc.want == "") != (got == nil) {
					t.Errorf("got %q, want %q", got, tc.want)
				}
			}
		})
	}
}

// TestTemplateHides: no value is in the template, not even one that becomes part of a definition.
func TestTemplateHides(t *testing.T) {
	secret := expr.Select(things.A).Where(things.S.Eq("s3cret"), things.A.In(77, 78))
	view := schema.NewTable(nil, "v", schema.Col("a", schema.BigInt))
	for _, n := range []expr.Node{secret, ddl.Explain(secret), ddl.CreateView(view, secret), ddl.CreateTable(copyOf(view)).As(secret)} {
		st, err := compile.Compile(everything{}, n)
		if err != nil {
			t.Fatal(err)
		}
		text, err := st.SQL()
		if err != nil || !strings.Contains(text, "s3cret") {
			t.Errorf("%s %v", text, err)
		}
		shown := st.Template()
		if hidden := []string{"s3cret", "77", "78"}; slices.ContainsFunc(hidden, func(v string) bool { return strings.Contains(shown, v) }) {
			t.Errorf("a value is shown: %s", shown)
		}
	}
}
