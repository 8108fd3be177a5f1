package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

func TestQueries(t *testing.T) {
	one := func() expr.SelectStmt { return expr.Select(expr.Lit[expr.Int](1).As("x")) }
	x, all := T.A.Add(1), expr.Name("t")
	other := expr.Alias(U, "other")
	self := expr.Alias(T, "self")
	both := expr.Select(T.A, U.A).Join(U)
	sub := both.Subquery("s")
	anon := expr.Select(T.A).Where(T.A.Gt(1)).Subquery("")
	cte := expr.Select(T.A, T.B).Where(T.A.Lt(4)).CTE("small")
	cte2 := expr.Select(cte.C("a")).From(cte).CTE("smaller")
	values := expr.Rows("v", []string{"id", "name"}, expr.Values(1, "a"), expr.Values(2, "b"))
	members := expr.Select(U.A).Where(U.C.Gt("a")).OrderBy(U.A.Desc()).Limit(1)
	uByA := U.A
	in := expr.Select(uByA)
	correlated := expr.Select(U.C).Where(expr.Eq(U.A, T.A))
	w := expr.PartitionBy(T.B).OrderBy(T.A)
	known := expr.Scalar[expr.Int](expr.Select(fn.Count()).From(U).Where(expr.Eq(U.A, T.A)))
	last := expr.Over(fn.RowNumber(), expr.OrderedBy(T.A.Desc()))
	hiding := expr.Select(T.A).CTE("t")
	compileAll(t, "queries", []goldenCase{
		{"C-25 tables of one name", expr.Select(T.A, expr.Name("golden_other", "t").C("a"))},
		{"C-30 by a label", expr.Select(x.As("lx")).OrderBy(expr.Desc("lx"))},
		{"C-30 by an expression with the label", func() expr.Node { lx := x.As("lx"); return expr.Select(lx).OrderBy(lx.Desc()) }()},
		{"C-30 by an expression with a value", expr.Select(x.As("lx")).OrderBy(x.Desc())},
		{"C-31 by a column that has a label", expr.Select(T.A.As("b")).OrderBy(T.A)},
		{"C-32 by an aggregate that has a label", expr.Select(T.B, fn.Count().As("n")).GroupBy(T.B).OrderBy(fn.Count().Desc(), T.B)},
		{"C-32 by an aggregate without a label", expr.Select(T.B, fn.Count()).GroupBy(T.B).OrderBy(fn.Count().Desc(), T.B)},
		{"C-33 groups by a label", func() expr.Node {
			lx := expr.Mod(T.A, T.A).As("lx")
			return expr.Select(lx, fn.Count().As("n")).GroupBy(lx)
		}()},
		{"C-32 by an aggregate whose label another has", expr.Select(T.B.As("_c1"), fn.Count()).GroupBy(T.B).OrderBy(fn.Count().Desc())},
		{"C-34 by what is not selected", expr.Select(T.A).OrderBy(T.B.Desc())},
		{"C-34 two columns of one name", expr.Select(T.A, U.A).Join(U).OrderBy(U.C)},
		{"C-34 by an aggregate that is not selected", expr.Select(T.B).GroupBy(T.B).OrderBy(fn.Max(T.A).Desc()).Limit(2)},
		{"C-34 all columns", expr.Select(all).From(all).OrderBy(all.C("a"))},
		{"C-34 DISTINCT", expr.Select(T.A).Distinct().OrderBy(T.B)},
		{"C-34 DISTINCT by its column", expr.Select(T.A).Distinct().OrderBy(T.A.Desc())},
		{"by a query", expr.Select(T.A).OrderBy(known.Desc(), T.A.Desc()).Limit(3).Offset(1)},
		{"by a query with a label", expr.Select(T.A.As("x"), known.As("n")).OrderBy(expr.Desc("n"), expr.Asc("x")).Limit(2)},
		{"by a query without a label", expr.Select(T.A, known).OrderBy(known.Desc(), T.A).Limit(2)},
		{"by a query, of all columns", expr.Select(all).From(all).OrderBy(known)},
		{"by a function of a window", expr.Select(T.A).OrderBy(last)},
		{"by a function of a window without a label", expr.Select(T.A, last).OrderBy(last)},
		{"by a function of a window with a label", expr.Select(T.A, last.As("n")).OrderBy(last.Desc())},
		{"groups by a query", expr.Select(fn.Count().As("n")).From(T).GroupBy(expr.Scalar[expr.Int](expr.Select(fn.Max(U.A))))},
		{"a join by a query", expr.Select(T.A).Join(U, expr.Eq(T.A, U.A), U.A.InQuery(expr.Select(other.A)))},
		{"NULLS", expr.Select(T.B).OrderBy(T.B.Desc().NullsFirst()).Limit(1)},
		{"C-35 LIMIT", expr.Select(T.A).OrderBy(T.A).Limit(2)},
		{"C-35 LIMIT and OFFSET", expr.Select(T.A).OrderBy(T.A).Limit(2).Offset(1)},
		{"C-35 OFFSET", expr.Select(T.A).OrderBy(T.A).Offset(3)},
		{"C-35 OFFSET of a union", expr.UnionAll(expr.Select(T.A), expr.Select(U.A)).OrderBy(expr.Asc("a")).Offset(6)},
		{"C-36 a query without a name", expr.Select(anon.C("a")).From(anon).OrderBy(anon.C("a").Desc()).Limit(1)},
		{"C-37 columns of one name", expr.Select(sub.C("a"), sub.C("a_1")).From(sub).OrderBy(expr.Asc("a")).Limit(1)},
		{"C-38 a union with an intersection", expr.Union(expr.Select(T.A), expr.Intersect(expr.Select(U.A), expr.Select(T.A))).OrderBy(expr.Asc("a"))},
		{"C-38 an intersection of constants", expr.Union(one(), expr.Intersect(one(), one()))},
		{"C-38 differences", expr.Except(expr.Select(T.A), expr.Select(U.A)).OrderBy(expr.Asc("a"))},
		{"C-38 INTERSECT ALL", expr.IntersectAll(expr.Select(T.A), expr.Select(U.A))},
		{"C-39 a member with a limit", expr.UnionAll(members, expr.Select(T.A).Where(T.A.Eq(5))).OrderBy(expr.Asc("a"))},
		{"C-39 a member in the middle", expr.UnionAll(expr.Select(T.A).Where(T.A.Eq(5)), members, one())},
		{"C-39 a first member with a limit, in FROM", expr.Select(fn.Count().As("n")).From(expr.UnionAll(members, expr.Select(U.A)).Subquery("s"))},
		{"C-38 a union of a union, in FROM", expr.Select(fn.Count().As("n")).From(expr.UnionAll(expr.Union(expr.Select(T.A), expr.Select(U.A)), expr.Select(U.A)).Subquery("s"))},
		{"C-40 other names", expr.UnionAll(expr.Select(T.A.As("x")), expr.Select(U.A.As("y"))).OrderBy(expr.Desc("x")).Limit(1)},
		{"C-42 a WITH", expr.Select(cte.C("a")).From(cte).OrderBy(cte.C("a"))},
		{"C-42 a WITH of another, within a query", func() expr.Node {
			s := expr.Select(cte2.C("a")).From(cte2).Subquery("s")
			return expr.Select(s.C("a")).From(s).OrderBy(s.C("a").Desc())
		}()},
		{"C-42 two of one name", expr.Select(cte.C("a"), expr.Select(T.A).CTE("small").C("a"))},
		{"C-42 a WITH of the name of a table", expr.Select(hiding.C("a"), T.A).From(hiding)},
		{"C-43 recursion", func() expr.Node {
			r := expr.RecursiveCTE("r", one(), func(self *expr.Source) expr.Query {
				return expr.Select(expr.Col[expr.Int](self, "x").Add(1))
			})
			return expr.Select(r.C("x")).From(r)
		}()},
		{"C-55 grouping sets", expr.Select(T.A, T.B, fn.Count().As("n"), dialect.GroupingID().As("id")).Where(T.A.Lt(3)).
			GroupBy(T.A, T.B).GroupingSets(expr.Set(T.A, T.B), expr.Set(T.A), expr.Set()).Having(fn.Count().Gt(0)).
			OrderBy(expr.Asc("n"), expr.Asc("a"), expr.Asc("id"))},
		{"C-55 ROLLUP", expr.Select(T.A, fn.Count().As("n")).GroupBy(T.A).Rollup()},
		{"C-55 CUBE", expr.Select(T.A, T.B, fn.Count().As("n")).GroupBy(T.A, T.B).Cube()},
		{"C-55 GROUPING", expr.Select(T.B, fn.Grouping(T.B).As("g"), fn.Count().As("n")).Where(T.A.Lt(3)).GroupBy(T.B).Rollup().OrderBy(expr.Asc("g"), expr.Asc("b"))},
		{"C-58 values", expr.Select(values.C("id"), values.C("name")).From(values).OrderBy(values.C("id"))},
		{"C-63 a semi join", expr.Select(T.A).SemiJoin(U).OrderBy(T.A)},
		{"C-63 a semi join whose right is seen", expr.Select(T.A, U.C).SemiJoin(U)},
		{"an anti join", expr.Select(T.A).AntiJoin(U, expr.Eq(U.A, T.A)).Where(T.A.Lt(5)).OrderBy(T.A)},
		{"an anti join behind an outer one", expr.Select(T.A, U.C).From(T).RightJoin(U).AntiJoin(Kinds, expr.Eq(Kinds.S, U.C))},
		{"an anti join before an outer one", expr.Select(T.A, U.C).From(T).AntiJoin(Kinds, expr.Eq(Kinds.S, T.B)).RightJoin(U)},
		{"an anti join without a condition", expr.Select(T.A).AntiJoin(U)},
		{"joins", expr.Select(T.A, U.C, other.C.As("d")).Join(U).LeftJoin(other, expr.Eq(other.A, T.A)).Where(T.A.Eq(1))},
		{"outer joins", expr.Select(T.A, U.C, self.A).From(T).FullJoin(U).RightJoin(self, expr.Eq(self.A, T.A))},
		{"a cross join", expr.Select(fn.Count().As("n")).From(T).CrossJoin(U)},
		{"a join USING", expr.Select(T.A, U.C).From(T).JoinUsing(U, "a").OrderBy(U.C).Limit(1)},
		{"joins USING", expr.Select(T.A, U.C, other.C.As("d")).From(T).JoinUsing(U, "a").JoinUsing(other, "a").Where(T.A.Eq(1))},
		{"IN a query", rowsOf(T.A.InQuery(in))},
		{"NOT IN a query", rowsOf(T.A.NotInQuery(in))},
		{"EXISTS", rowsOf(expr.Exists(correlated))},
		{"NOT EXISTS", rowsOf(expr.Not(expr.Exists(correlated)))},
		{"a query as a value in WHERE", rowsOf(expr.Gt(T.A, expr.Scalar[expr.Int](expr.Select(fn.Min(U.A)))))},
		{"a query as a value among the columns", expr.Select(T.A, expr.Scalar[expr.Int](expr.Select(fn.Max(U.A))).As("m")).OrderBy(T.A).Limit(1)},
		{"C-64 windows", expr.Select(T.A, expr.Over(fn.Sum(T.A), expr.OrderedBy(T.A).Rows(expr.Preceding(1), expr.CurrentRow)).As("s"),
			expr.Over(fn.Lag(T.A, 1), expr.OrderedBy(T.A)).As("l"), expr.Over(fn.Rank(), w).As("r")).OrderBy(T.A)},
		{"C-64 a frame of lag", expr.Select(expr.Over(fn.Lag(T.A, 1), expr.OrderedBy(T.A).Rows(expr.Preceding(1), expr.CurrentRow)))},
		{"C-64 a named window", expr.Select(expr.Over(fn.Sum(T.A), expr.NamedWindow("w")).As("s")).From(T).Window("w", w)},
		{"C-64 a named window with additions", expr.Select(expr.Over(fn.Sum(T.A), expr.NamedWindow("w").OrderBy(T.A)).As("s")).From(T).Window("w", expr.PartitionBy(T.B))},
		{"C-65 FILTER of a window", expr.Select(T.A, expr.Over(expr.Filter(fn.Count(), T.A.Gt(2)), expr.Window{}).As("n")).OrderBy(T.A)},
		{"DISTINCT of a window", expr.Select(T.A, expr.Over(fn.CountDistinct(T.B), expr.Window{}).As("n")).OrderBy(T.A)},
		{"QUALIFY", expr.Select(T.A).Qualify(expr.Over(fn.RowNumber(), expr.OrderedBy(T.A.Desc())).Eq(1)).OrderBy(T.A)},
		{"QUALIFY and a named window", expr.Select(T.A, expr.Over(fn.Sum(T.A), expr.NamedWindow("w")).As("s")).Window("w", w).
			Qualify(expr.Over(fn.RowNumber(), expr.OrderedBy(T.A)).Eq(1))},
		{"DISTINCT ON", expr.Select(T.A).DistinctOn(T.B)},
		{"FOR UPDATE", expr.Select(T.A).ForUpdate()},
	})
}

func TestClauses(t *testing.T) {
	tag := dialect.Explode(Nested.Tags, "e", "tag")
	pos := dialect.PosExplode(Nested.Tags, "p", "pos", "tag")
	entry := dialect.ExplodeMap(Nested.Props, "m", "k", "v")
	many := dialect.Inline(Nested.Many, "i")
	stack := dialect.Stack("s", []string{"n", "c"}, expr.Lit[expr.Int](1), str("a"), expr.Lit[expr.Int](2), str("b"))
	json := dialect.JSONTuple(str(`{"p": "1", "q": "2"}`), "j", "p", "q")
	url := dialect.ParseURLTuple(str("http://host/x?page=7"), "u", []string{"host", "page"}, "HOST", "QUERY:page")
	any := dialect.UDTF("explode", "d", []string{"d"}, dialect.ArrayOf(expr.Lit[expr.Int](1)))
	viewed := dialect.LateralView(expr.Select(Nested.ID, tag.C("tag")).From(Nested), tag)
	through := dialect.Transform(expr.Select(T.A, T.B).Where(T.A.Lt(3)), "cat", "c", dialect.Output{Name: "x", Type: T.A.Type}, dialect.Output{Name: "y", Type: T.B.Type})
	sample := func(by dialect.Sampling) expr.Node {
		s := dialect.Sample(T, by, "s")
		return expr.Select(fn.Count(s.C("a")).As("n")).From(s)
	}
	compileAll(t, "clauses", []goldenCase{
		{"C-56 explode", viewed.OrderBy(expr.Asc("tag"))},
		{"C-56 outer, of a map", dialect.LateralViewOuter(expr.Select(Nested.ID, entry.C("k"), entry.C("v")).From(Nested), entry).OrderBy(Nested.ID)},
		{"C-56 two views", dialect.LateralView(dialect.LateralView(expr.Select(pos.C("pos"), many.C("y")).From(Nested), pos), many).
			OrderBy(expr.Asc("pos"), expr.Asc("y"))},
		{"C-56 stack", dialect.LateralView(expr.Select(stack.C("n"), stack.C("c")).From(T).Where(T.A.Eq(1)), stack).OrderBy(expr.Asc("n"))},
		{"C-56 json_tuple", dialect.LateralView(expr.Select(json.C("p"), json.C("q")).From(T).Where(T.A.Eq(1)), json)},
		{"C-56 parse_url_tuple", dialect.LateralView(expr.Select(url.C("host"), url.C("page")).From(T).Where(T.A.Eq(1)), url)},
		{"C-56 any table function", dialect.LateralView(expr.Select(any.C("d")).From(T).Where(T.A.Eq(1)), any)},
		{"C-56 a join beside it", dialect.LateralView(expr.Select(T.A, tag.C("tag")).From(Nested).Join(T, expr.Eq(T.A, Nested.ID)), tag)},
		{"C-56 another table beside it", dialect.LateralView(expr.Select(T.A, tag.C("tag")).From(Nested, T), tag)},
		{"C-56 a join with it as a query", func() expr.Node {
			v := viewed.Subquery("v")
			return expr.Select(T.B, v.C("tag")).From(T).Join(v, expr.Eq(expr.Col[expr.Int](v, "id"), T.A)).OrderBy(expr.Asc("tag"))
		}()},
		{"C-56 a table function in FROM", expr.Select(tag.C("tag")).From(tag)},
		{"C-57 percent", sample(dialect.Percent(100))},
		{"C-57 rows", sample(dialect.Rows(2))},
		{"C-57 bytes", sample(dialect.Bytes(100))},
		{"C-57 a bucket", sample(dialect.Bucket(1, 2, "a"))},
		{"C-57 no percentage", sample(dialect.Percent(101))},
		{"C-59 hints", expr.Select(T.A).Join(U).Hint(dialect.MapJoin("u")).Hint(dialect.StreamTable("t")).Distinct().OrderBy(T.A)},
		{"C-59 the end of a hint", expr.Select(T.A).Hint("MAPJOIN(t) */ ")},
		{"C-59 a variable in a hint", expr.Select(T.A).Hint("${env:PATH}")},
		{"C-60 CLUSTER BY", expr.Select(T.A).With(dialect.ClusterBy(T.A)).Limit(2)},
		{"C-60 DISTRIBUTE BY and SORT BY", expr.Select(T.A, T.B).With(dialect.SortBy(T.A.Desc()), dialect.DistributeBy(T.B))},
		{"C-60 by a label", expr.Select(T.A.As("z")).With(dialect.DistributeBy(T.A), dialect.SortBy(expr.Desc("z")))},
		{"C-60 by what is not selected", expr.Select(T.A.As("z")).With(dialect.DistributeBy(T.B))},
		{"C-60 SORT BY with ORDER BY", expr.Select(T.A).OrderBy(T.A).With(dialect.SortBy(T.A))},
		{"C-60 CLUSTER BY with SORT BY", expr.Select(T.A).With(dialect.ClusterBy(T.A), dialect.SortBy(T.A))},
		{"TRANSFORM", expr.Select(through.C("x"), through.C("y")).From(through).OrderBy(expr.Asc("x"))},
		{"virtual columns", expr.Select(dialect.InputFileName(T).Contains("/t/").As("v")).Limit(1)},
		{"an offset in a file", expr.Select(fn.Min(dialect.BlockOffsetInsideFile(T)).As("n")).From(T)},
	})
}
