package compile_test

import (
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

func TestSelect(t *testing.T) {
	a, b, s := things.A, things.B, things.S
	n := a.Add(1).As("n")
	q := expr.Select(a)
	checkTexts(t, []textCase{
		{"without a table", expr.Select(lit(1).As("x")), "SELECT 1 AS x"},
		{"all columns", expr.Select(items), "SELECT items.id, items.thing, items.name FROM items"},
		{"columns that are not known", expr.Select(expr.Name("db", "t")), "SELECT * FROM db.t"},
		{
			"columns of two that are not known", expr.Select(expr.Name("t"), expr.Name("u")),
			"SELECT t.*, u.* FROM t, u",
		},
		{"a schema", expr.Select(expr.Col[expr.Int](expr.T(copyOf(items.Source.Table(), schema.In("db"))), "id")), "SELECT items.id FROM db.items"},
		{"distinct", q.Distinct(), "SELECT DISTINCT things.a FROM things"},
		{"only", q.Where(b.Eq(1)).Only(fn.Count()), "SELECT count(*) FROM things WHERE things.b = 1"},
		{"more columns", q.Columns(b), "SELECT things.a, things.b FROM things"},
		{"where twice", q.Where(a.Eq(1)).Where(b.Eq(2), s.Eq("x")), "SELECT things.a FROM things WHERE things.a = 1 AND things.b = 2 AND things.s = 'x'"},
		{
			"where or", q.Where(expr.Or(a.Eq(1), b.Eq(2)), s.Eq("x")),
			"SELECT things.a FROM things WHERE (things.a = 1 OR things.b = 2) AND things.s = 'x'",
		},
		{"where true", q.Where(expr.And(), a.Eq(1)), "SELECT things.a FROM things WHERE things.a = 1"},
		{
			"group", expr.Select(b, fn.Count()).GroupBy(b).Having(fn.Count().Gt(1), b.Ne(0)),
			"SELECT things.b, count(*) FROM things GROUP BY things.b HAVING count(*) > 1 AND things.b <> 0",
		},
		{"rollup", expr.Select(a, b).GroupBy(a, b).Rollup(), "SELECT things.a, things.b FROM things GROUP BY ROLLUP (things.a, things.b)"},
		{"cube", expr.Select(a).GroupBy(a).Cube(), "SELECT things.a FROM things GROUP BY CUBE (things.a)"},
		{
			"grouping sets", expr.Select(a, b).GroupBy(a, b).GroupingSets(expr.Set(a, b), expr.Set(a), expr.Set()),
			"SELECT things.a, things.b FROM things GROUP BY GROUPING SETS ((things.a, things.b), (things.a), ())",
		},
		{
			"named window", expr.Select(expr.Over(fn.Sum(a), expr.NamedWindow("w"))).Window("w", expr.PartitionBy(b)),
			"SELECT sum(things.a) OVER w FROM things WINDOW w AS (PARTITION BY things.b)",
		},
		{
			"named window with more", expr.Select(expr.Over(fn.Sum(a), expr.NamedWindow("w").OrderBy(a))).Window("w", expr.PartitionBy(b)),
			"SELECT sum(things.a) OVER (w ORDER BY things.a) FROM things WINDOW w AS (PARTITION BY things.b)",
		},
		{
			"named window with no more", expr.Select(expr.Over(fn.Sum(a), expr.NamedWindow("w").OrderBy())).Window("w", expr.PartitionBy(b)),
			"SELECT sum(things.a) OVER w FROM things WINDOW w AS (PARTITION BY things.b)",
		},
		{
			"order", q.OrderBy(a.Desc().NullsLast(), b).OrderBy(s.Asc().NullsFirst()),
			"SELECT things.a FROM things ORDER BY things.a DESC NULLS LAST, things.b, things.s NULLS FIRST",
		},
		{"no order", q.OrderBy(a).OrderBy(), "SELECT things.a FROM things"},
		{"order by a label", expr.Select(n).OrderBy(expr.Desc("n")), "SELECT things.a + 1 AS n FROM things ORDER BY n DESC"},
		{"order by what is labelled", expr.Select(n).OrderBy(n.Desc()), "SELECT things.a + 1 AS n FROM things ORDER BY n DESC"},
		{"group by what is labelled", expr.Select(n).GroupBy(n), "SELECT things.a + 1 AS n FROM things GROUP BY things.a + 1"},
		{"limit", q.Limit(5).Offset(10), "SELECT things.a FROM things LIMIT 5 OFFSET 10"},
		{"offset", q.Offset(10), "SELECT things.a FROM things OFFSET 10"},

		{"alias", expr.Select(expr.Alias(things, "t").A), "SELECT t.a FROM things AS t"},
		{"odd names", expr.Select(expr.Alias(things, `a "b"`).A.As("order")), `SELECT "a ""b""".a AS "order" FROM things AS "a ""b"""`},
		{"subquery", expr.Select(expr.ColOf(q.Subquery("q"), a)), "SELECT q.a FROM (SELECT things.a FROM things) AS q"},
		{"subquery without a name", expr.Select(q.Subquery("")), "SELECT anon_1.a FROM (SELECT things.a FROM things) AS anon_1"},
		{
			"subquery with a column twice", expr.Select(expr.Select(a, b.As("a")).Subquery("q")),
			"SELECT q.a, q.a_1 FROM (SELECT things.a, things.b AS a_1 FROM things) AS q",
		},
		{
			"union with a column twice", expr.Select(expr.UnionAll(expr.Select(a, b.As("a")), expr.Select(b, a)).Subquery("q")),
			"SELECT q.a, q.a_1 FROM (SELECT things.a, things.b AS a_1 FROM things UNION ALL SELECT things.b, things.a FROM things) AS q",
		},
		{"an alias of a subquery", expr.Select(expr.Alias(q.Subquery("q"), "r").C("a")), "SELECT r.a FROM (SELECT things.a FROM things) AS r"},
		{
			"values", expr.Select(expr.Rows("v", []string{"id", "name"}, expr.Values(1, "a"), expr.Values(2, "b"))),
			"SELECT v.id, v.name FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, name)",
		},
		{"cte", expr.Select(q.CTE("c")), "WITH c AS (SELECT things.a FROM things) SELECT c.a FROM c"},
		{
			"cte of a cte", expr.Select(expr.Select(q.CTE("c")).CTE("d")),
			"WITH c AS (SELECT things.a FROM things), d AS (SELECT c.a FROM c) SELECT d.a FROM d",
		},
		{
			"cte in a subquery", expr.Select(lit(1)).Where(expr.Exists(expr.Select(q.CTE("c")))),
			"WITH c AS (SELECT things.a FROM things) SELECT 1 WHERE EXISTS (SELECT c.a FROM c)",
		},
		{"recursive cte", counting(), "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT n.i + 1 FROM n WHERE n.i < 5) SELECT n.i FROM n"},
		{"scalar", expr.Select(expr.Scalar[expr.Int](expr.Select(fn.Max(a)))), "SELECT (SELECT max(things.a) FROM things)"},
		{
			"in a query", q.Where(b.InQuery(expr.Select(items.ID))),
			"SELECT things.a FROM things WHERE things.b IN (SELECT items.id FROM items)",
		},
		{
			"not in a query", q.Where(expr.Not(b.InQuery(expr.Select(items.ID)))),
			"SELECT things.a FROM things WHERE things.b NOT IN (SELECT items.id FROM items)",
		},
		{
			"exists, correlated", q.Where(expr.Exists(expr.Select(lit(1)).From(items).Where(expr.Eq(items.Thing, a)))),
			"SELECT things.a FROM things WHERE EXISTS (SELECT 1 FROM items WHERE items.thing = things.a)",
		},
		{
			"not exists, correlated", q.Where(expr.Not(expr.Exists(expr.Select(items.ID).Where(expr.Eq(items.Thing, a))))),
			"SELECT things.a FROM things WHERE NOT EXISTS (SELECT items.id FROM items WHERE items.thing = things.a)",
		},
		{
			"scalar, correlated", expr.Select(a, expr.Scalar[expr.Int](expr.Select(fn.Count()).From(items).Where(expr.Eq(items.Thing, a))).As("n")),
			"SELECT things.a, (SELECT count(*) FROM items WHERE items.thing = things.a) AS n FROM things",
		},
		{
			"the same table inside, not named", q.Where(b.InQuery(expr.Select(fn.Max(b)))),
			"SELECT things.a FROM things WHERE things.b IN (SELECT max(things.b) FROM things)",
		},
		{
			"the same table inside", q.Where(b.InQuery(expr.Select(fn.Max(b)).From(things))),
			"SELECT things.a FROM things WHERE things.b IN (SELECT max(things.b) FROM things)",
		},
		{
			"from is inferred", expr.Select(a).Where(expr.Eq(a, items.Thing)),
			"SELECT things.a FROM things, items WHERE things.a = items.thing",
		},
		{"from is said", expr.Select(fn.Count()).From(items, things), "SELECT count(*) FROM items, things"},

		{"union", expr.Union(q, expr.Select(b)), "SELECT things.a FROM things UNION SELECT things.b FROM things"},
		{
			"union, ordered", expr.UnionAll(q, expr.Select(b)).OrderBy(expr.Desc("a")).Limit(3).Offset(1),
			"SELECT things.a FROM things UNION ALL SELECT things.b FROM things ORDER BY a DESC LIMIT 3 OFFSET 1",
		},
		{
			"union of what is ordered", expr.UnionAll(q.OrderBy(a).Limit(1), expr.Select(b)),
			"(SELECT things.a FROM things ORDER BY things.a LIMIT 1) UNION ALL SELECT things.b FROM things",
		},
		{
			"nested", expr.Except(expr.Union(q, expr.Select(b)), expr.Intersect(q, expr.Select(b))),
			"(SELECT things.a FROM things UNION SELECT things.b FROM things) EXCEPT (SELECT things.a FROM things INTERSECT SELECT things.b FROM things)",
		},
		{"all", expr.ExceptAll(q, expr.Select(b)), "SELECT things.a FROM things EXCEPT ALL SELECT things.b FROM things"},
		{"intersect all", expr.IntersectAll(q, expr.Select(b)), "SELECT things.a FROM things INTERSECT ALL SELECT things.b FROM things"},
		{
			"union, read from", expr.Select(expr.Union(q, expr.Select(b)).Subquery("u").C("a")),
			"SELECT u.a FROM (SELECT things.a FROM things UNION SELECT things.b FROM things) AS u",
		},
	})
}

// counting are the numbers from 1 to 5.
func counting() expr.SelectStmt {
	return expr.Select(expr.RecursiveCTE("n", expr.Select(lit(1).As("i")), func(self *expr.Source) expr.Query {
		i := expr.Col[expr.Int](self, "i")
		return expr.Select(i.Add(1)).Where(i.Lt(5))
	}))
}

func TestParameters(t *testing.T) {
	q := expr.Select(things.A).Where(things.S.Eq("x"), expr.Eq(things.S, expr.Param[expr.String]("s")), things.A.In(1, 2)).LimitParam("n")
	st, err := compile.Compile(compile.ANSI{}, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		params []compile.Params
		want   string
	}{
		{[]compile.Params{{"s": "it's", "n": 3}}, "SELECT things.a FROM things WHERE things.s = 'x' AND things.s = 'it''s' AND things.a IN (1, 2) LIMIT 3"},
		{[]compile.Params{{"s": "a"}, {"n": int64(0), "s": "b"}}, "SELECT things.a FROM things WHERE things.s = 'x' AND things.s = 'b' AND things.a IN (1, 2) LIMIT 0"},
		{nil, `parameter "s" has no value`},
		{[]compile.Params{{"s": "a", "n": 1, "x": 2}}, `parameter "x": the statement has only s, n`},
		{[]compile.Params{{"s": "a", "n": -1}}, "a number of rows is negative"},
		{[]compile.Params{{"s": "a", "n": "1"}}, "a number of rows must be an int or an int64"},
	} {
		got, err := st.SQL(c.params...)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v\n got %s\nwant %s", c.params, got, c.want)
		}
	}
	if got, want := st.Template(), "SELECT things.a FROM things WHERE things.s = ? AND things.s = ? AND things.a IN (?) LIMIT ?"; got != want {
		t.Errorf("template\n got %s\nwant %s", got, want)
	}
}

// TestLimitParams: numbers of rows that are given when the query is executed.
func TestLimitParams(t *testing.T) {
	q, params := expr.Select(things.A), compile.Params{"n": 2, "m": int64(4)}
	for want, n := range map[string]expr.Node{
		"SELECT things.a FROM things LIMIT 2 OFFSET 4":                                       q.LimitParam("n").OffsetParam("m"),
		"SELECT things.a FROM things UNION ALL SELECT things.a FROM things LIMIT 2 OFFSET 4": expr.UnionAll(q, q).LimitParam("n").OffsetParam("m"),
	} {
		st, err := compile.Compile(compile.ANSI{}, n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := st.SQL(params); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}
