package dialect_test

import (
	"math"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// of is the only row of the table kinds with these columns.
func of(items ...expr.Item) expr.SelectStmt { return expr.Select(items...).From(Kinds) }

// rowsOf are the ids of the rows of t that satisfy a condition.
func rowsOf(condition ...expr.Bool) expr.SelectStmt {
	return expr.Select(T.A).Where(condition...).OrderBy(T.A)
}

func str(s string) expr.String { return expr.Lit[expr.String](s) }

func TestLiterals(t *testing.T) {
	at := time.Date(2012, 10, 15, 12, 57, 18, 396_000, time.UTC)
	n := func(n int64) expr.Int { return expr.Lit[expr.Int](n) }
	x := func(x float64) expr.Float { return expr.Lit[expr.Float](x) }
	row := func(v any, t schema.Type) expr.Any {
		return expr.New[expr.Any](&expr.Value{V: v, Term: expr.Term{Type: t}}, t)
	}
	compileAll(t, "literals", []goldenCase{
		{"C-01 a quote", of(Kinds.S.Eq("it's"), str("it's").As("v"))},
		{"C-02 a backslash", of(str(`back\slash`).As("v"))},
		{"C-03 a backslash at the end", of(str(`x\`).As("v"), str("next").As("w"))},
		{"C-04 controls and others", of(expr.Call[expr.String]("hex", str("a\r\n\t\x1a\u2028🐍")).As("v"), fn.Length(str("\r\n\t\x1a")).As("n"))},
		{"C-04 NUL", of(str("a\x00b").As("v"))},
		{"C-05 a backslash before a wildcard", of(fn.Length(str(`a\%b`)).As("n"), str(`a\%b`).Eq(`a\%b`).As("same"))},
		{"C-06 an escape that is text", of(str(`\u0041`).As("v"))},
		{"C-07 an octal escape that is text", of(str(`\101`).As("v"))},
		{"C-08 no literal beside another", of(str("it").Concat("", "s").As("v"))},
		{"C-09 booleans", of(Kinds.Yes.Eq(true).As("v"), expr.True(), expr.Lit[expr.Bool](false).As("w"))},
		{"C-10 nil", of(Kinds.S.EqPtr(nil).As("v"), expr.Null[expr.Int]().As("n"))},
		{"C-11 the least integer", of(n(math.MinInt64).As("v"), n(math.MaxInt64).As("w"))},
		{"C-11 beyond 64 bits", of(row(uint64(math.MaxUint64), nil).As("v"))},
		{"C-12 a decimal", of(Kinds.D.Eq("31943874831932418390.01").As("v"), Kinds.D.Lt("-.5").As("w"), Kinds.D.Gt("+7.").As("x"))},
		{"C-12 a decimal of 39 digits", of(Kinds.D.Eq("123456789012345678901234567890123456789").As("v"))},
		{"C-12 no decimal", of(Kinds.D.Eq("1e3").As("v"))},
		{"C-13 doubles", of(Kinds.X.Eq(1e-7).As("v"), x(math.Inf(1)).As("w"), x(math.NaN()).As("x"), x(1e6).As("y"))},
		{"C-13 a FLOAT column", of(Kinds.F.Eq(1.1).As("v"), Kinds.F.In(1.1, 2).As("w"))},
		{"C-14 a date and a timestamp", of(Kinds.Day.Eq(schema.CivilDate{Year: 2012, Month: 10, Day: 15}).As("v"), Kinds.At.Eq(at).As("w"))},
		{"C-14 in a zone", of(Kinds.At.Eq(at.In(time.FixedZone("", 7200))).As("v"))},
		{"C-14 no such day", of(Kinds.Day.Eq(schema.CivilDate{Year: 2011, Month: 2, Day: 29}).As("v"))},
		{"C-14 an instant", of(row(at, schema.TimestampTZ).As("v"))},
		{"C-15 bytes", of(Kinds.Raw.Eq([]byte{0, 0xff, 'A'}).As("v"))},
		{"C-16 an array", of(row([]string{"a", "it's"}, schema.Array(schema.String)).As("v"))},
		{"C-16 a map", of(row(map[string]int{"k": 1, "j": 2}, schema.Map(schema.String, schema.BigInt)).As("v"))},
		{"C-16 a struct", of(row(map[string]any{"x": 1, "y": "z"}, Nested.Point.Type).As("v"))},
		{"C-16 a part that is NULL", of(row([]any{1, nil}, schema.Array(schema.BigInt)).As("v"))},
		{"C-16 a struct of Go", of(row(struct {
			X int
			Y string
		}{1, "z"}, Nested.Point.Type).As("v"))},
		{"C-16 a union", of(row(1, schema.Union(schema.Integer, schema.String)).As("v"))},
		{"C-16 a pointer to a list", of(row(&[]string{"a", "b"}, schema.String).As("v"))},
		{"C-16 a list that is no array", of(row([]string{"a"}, schema.String).As("v"))},
		{"C-17 lists", rowsOf(T.A.In(1, 2, 3), T.B.In("x", "y"))},
		{"C-18 marks of parameters", of(str(":name ? %s %% ${env:PATH}").As("v"))},
		{"constructors", of(
			dialect.ArrayOf(Kinds.N, n(8)).As("a"), dialect.MapOf(dialect.Entry[expr.String, expr.Int]{Key: str("k"), Value: Kinds.N}).As("m"),
			dialect.NamedStruct(Kinds.N.As("x"), Kinds.S.As("y")).As("st"))},
	})
}

func TestIdentifiers(t *testing.T) {
	odd := expr.Name("select")
	compileAll(t, "identifiers", []goldenCase{
		{"C-20 reserved words", expr.Select(odd.C("map")).From(odd)},
		{"C-21 a backtick", of(Kinds.N.As("a`b"))},
		{"C-22 other characters", expr.Select(odd.C("_data"), odd.C("42numbers"), odd.C("has spaces"), odd.C("percent%")).From(odd)},
		{"C-22 other scripts", of(Kinds.N.As("méil"), Kinds.N.As("測試"))},
		{"C-24 words that some versions reserve", of(Kinds.N.As("date"), Kinds.N.As("sync"), Kinds.N.As("some"), Kinds.N.As("partialscan"), Kinds.N.As("key"))},
		{"C-25 a table of a database", expr.Select(expr.Name("golden_other", "t").C("a"))},
		{"C-28 a label with a dot", of(Kinds.N.As("x.y"))},
		{"C-66 a percent sign", of(Kinds.N.Mod(4).As("n % 4"))},
		{"a variable of the server", of(Kinds.N.As("${env:PATH}"))},
	})
}

func TestExpressions(t *testing.T) {
	others := expr.Alias(T, "v")
	n, x, s, yes := Kinds.N, Kinds.X, Kinds.S, Kinds.Yes
	two := expr.Lit[expr.Int](2)
	compileAll(t, "expressions", []goldenCase{
		{"C-44 IN of nothing", rowsOf(T.A.In())},
		{"C-44 NOT IN of nothing", rowsOf(T.B.NotIn())},
		{"C-45 contains", rowsOf(T.B.Contains("%"))},
		{"C-45 wildcards and others", of(s.Contains("b%c_de").As("v"), s.StartsWith("it").As("w"), s.EndsWith("_s").As("x"))},
		{"C-46 another escape", rowsOf(T.B.LikeEscape("a#%b", '#'))},
		{"C-46 an escape that is doubled", of(str("ab#c").LikeEscape("ab##c%", '#').As("v"))},
		{"C-46 an escape before another", of(s.LikeEscape("a#b", '#').As("v"))},
		{"C-46b a backslash before a wildcard", rowsOf(T.B.StartsWith(`a\`))},
		{"C-46b a backslash", of(str(`a\`).Contains(`\`).As("v"), str(`a\`).EndsWith(`\`).As("w"), expr.Not(str(`a\`).Contains(`\`)).As("x"))},
		{"C-46b a pattern with a backslash", rowsOf(T.B.Like(`_\%`))},
		{"C-46b its opposites", of(s.NotLike(`a.\b`).As("v"), s.ILike(`IT'%`).As("w"), s.ILike(`IT\%`).As("x"), s.NotILike("x").As("y"))},
		{"C-46b a backslash as the escape", of(str("a%").LikeEscape(`a\%`, '\\').As("v"))},
		{"C-47 another column", of(expr.StartsWith(s, s).As("v"), expr.EndsWith(s, fn.Lower(s)).As("w"), expr.Contains(s, s).As("x"), expr.Like(s, s).As("y"))},
		{"C-48 opposites", of(expr.Not(n.Eq(1)).As("v"), expr.Not(n.In(1, 2)).As("w"), expr.Not(yes).As("x"), expr.Not(n.IsDistinctFrom(1)).As("y"))},
		{"C-49 comparisons that are compared", of(expr.Eq(n.Lt(8), yes).As("v"), expr.Lt(n.Eq(7), yes).As("w"), expr.Eq(yes, n.Between(1, 9)).As("x"))},
		{"C-49 bits", of(expr.BitXor(n, expr.Mul(n, two)).As("v"), expr.Mul(n, n.BitXor(2)).As("w"), n.BitOr(8).BitAnd(12).As("x"), expr.BitOr(n, n.BitAnd(12)).As("y"), n.BitXor(1).BitAnd(6).BitOr(1).As("z"))},
		{"C-49 bits and sums", of(n.BitAnd(3).Add(1).As("v"), n.Add(1).BitAnd(3).As("w"), n.Add(1).BitXor(3).As("x"))},
		{"C-49 signs", of(n.Neg().Neg().As("v"), expr.Lit[expr.Int](-1).Neg().As("w"), n.Sub(-1).As("x"), expr.Lit[expr.Int](-1).BitNot().As("y"), n.Neg().BitXor(2).As("z"))},
		{"C-49 IS", of(n.Eq(7).IsNull().As("v"), n.Add(1).IsNull().As("w"), n.Neg().IsNotNull().As("x"), expr.Eq(n.IsNull(), yes).As("y"))},
		{"C-49 associativity", of(expr.Sub(n, n.Sub(2)).As("v"), n.Sub(2).Sub(1).As("w"), expr.IntDiv(n, n.IntDiv(2)).As("x"))},
		{"C-49 NOT of AND", of(expr.Not(expr.And(yes, n.Gt(7))).As("v"), expr.And(expr.Or(yes, n.Gt(7)), yes).As("w"))},
		{"C-49 NOT of AND and EXISTS", rowsOf(expr.Not(expr.And(expr.Exists(expr.Select(U.A).Where(expr.Eq(U.A, T.A))), T.A.Eq(1))))},
		{"C-49 NOT of OR and IN", rowsOf(expr.Not(expr.Or(expr.And(T.A.InQuery(expr.Select(U.A)), T.A.Ne(2)), T.A.Eq(5))))},
		{"C-50 shifts", of(n.Shl(2).As("v"), n.Shr(1).As("w"))},
		{"C-50 a shift of a literal", of(expr.Lit[expr.Int](1).Shl(40).As("v"))},
		{"BIGINT of literals", of(expr.Lit[expr.Int](100000).Mul(100000).As("v"), expr.Add(fn.Abs(expr.Lit[expr.Int](2000000000)), expr.Lit[expr.Int](2000000000)).As("w"),
			expr.When(yes, expr.Lit[expr.Int](-2000000000)).Else(two).Sub(2000000000).As("x"), n.Mul(2).As("y"))},
		{"C-51 division", of(n.Div(2).As("v"), n.IntDiv(2).As("w"), n.Mod(4).As("x"), x.Div(2).As("y"))},
		{"C-52 distinct", rowsOf(T.B.IsDistinctFrom("x"))},
		{"C-52 not distinct", rowsOf(expr.IsNotDistinctFrom(T.B, expr.Null[expr.String]()))},
		{"C-53 texts", of(s.Concat("-", "b").As("v"))},
		{"C-54 length", of(fn.Length(s).As("v"))},
		{"C-65 FILTER of one of several arguments", expr.Select(expr.Filter(expr.Call[expr.Float]("percentile", T.A, expr.Lit[expr.Float](0.5)), T.A.Gt(1)).As("v"))},
		{"C-65 FILTER", expr.Select(expr.Filter(fn.Sum(T.A), T.B.IsNotNull()).As("v"), expr.Filter(fn.Count(), T.A.Gt(1)).As("w"), expr.Filter(fn.CountDistinct(T.A), T.A.Gt(2)).As("x"))},
		{"IS TRUE", of(yes.IsTrue().As("v"), expr.Not(yes.IsFalse()).As("w"), expr.Not(yes.IsTrue()).As("x"))},
		{"the greatest and the least, NULL among them", of(fn.Greatest(n, expr.Null[expr.Int]()).As("v"), fn.Least(n, two).As("w"))},
		{"parts of texts replaced", of(fn.RegexpReplace(s, "[a-z]+", "$0-").As("v"))},
		{"C-10 nil of any kind", of(expr.Of[expr.Any](n).Eq(nil).As("v"), expr.Of[expr.Any](n).Ne(nil).As("w"), Kinds.Raw.Ne(nil).As("x"))},
		{"regular expressions", of(s.RegexpMatch("^it.s$").As("v"), expr.Not(s.RegexpMatch("^b")).As("w"))},
		{"tuples", rowsOf(expr.Row(T.A, T.B).In(expr.Values(1, "x"), expr.Values(2, "z")))},
		{"tuples and a query", rowsOf(expr.Row(T.A, T.B).InQuery(expr.Select(U.A, U.C)))},
		{"tuples and a query with NULL", rowsOf(expr.Row(T.A, T.B).InQuery(expr.Select(others.A, others.B).Where(others.A.Gt(1))), T.A.Ne(3))},
		{"tuples and a query that reads from around it", rowsOf(expr.Row(T.A, T.B).InQuery(expr.Select(U.A, U.C).Where(expr.Eq(U.A, T.A))))},
		{"no tuples and a query", rowsOf(expr.Not(expr.Row(T.A, T.B).InQuery(expr.Select(U.A, U.C))))},
		{"BETWEEN SYMMETRIC", rowsOf(T.A.BetweenSymmetric(4, 2), expr.BetweenSymmetric(T.A, T.A.Add(1), T.A))},
		{"ANY", rowsOf(T.A.CompareAny(expr.OpGt, expr.Select(U.A)), T.A.CompareAny(expr.OpEq, expr.Select(U.A)))},
		{"ALL", rowsOf(T.A.CompareAll(expr.OpGt, expr.Select(U.A)))},
		{"intervals", of(Kinds.Day.Add(expr.Interval{N: 1, Unit: expr.Month}).As("v"), Kinds.At.Sub(expr.Interval{N: 3, Unit: expr.Hour}).As("w"),
			Kinds.Day.Add(expr.Interval{N: 1, Unit: expr.Quarter}).As("x"), Kinds.Day.Sub(expr.Interval{N: 2, Unit: expr.Week}).As("y"))},
		{"days behind a date are a date", of(expr.Cast[expr.String](Kinds.Day.Add(expr.Interval{N: 1, Unit: expr.Day}), schema.String).As("v"))},
		{"an interval beyond all", of(Kinds.Day.Add(expr.Interval{N: math.MaxInt64, Unit: expr.Quarter}).As("v"))},
		{"parts of dates", of(expr.Extract(expr.Year, Kinds.Day).As("v"), expr.Extract(expr.Quarter, Kinds.At).As("w"))},
		{"seconds without their fraction", of(expr.Extract(expr.Second, Kinds.At).As("v"), expr.Extract(expr.Second, Kinds.At).Eq(18).As("w"))},
		{"CASE", of(expr.When(n.Gt(5), str("many")).When(n.Gt(1), str("some")).Else(str("few")).As("v"))},
		{"CASE of values", of(expr.Switch(n, expr.Lit[expr.Int](1), str("one")).When(expr.Lit[expr.Int](7), str("seven")).Else(str("many")).As("v"))},
		{"CAST", of(expr.Cast[expr.String](n, schema.VarChar(3)).As("v"), expr.Cast[expr.Decimal](n, schema.Numeric(10, 2)).As("w"))},
		{"CAST of an array", of(expr.Cast[expr.Array[expr.String]](dialect.ArrayOf(n), schema.Array(schema.String)).As("v"))},
		{"CAST to an instant", of(expr.Cast[expr.Timestamp](Kinds.At, schema.TimestampTZ).As("v"))},
		{"COLLATE", of(s.Collate("de").As("v"))},
		{"parts of nested values", expr.Select(Nested.Tags.At(0).As("v"), Nested.Props.Key(str("k")).As("w"), Nested.Point.Field("y").As("x"), Nested.Many.At(1).As("y")).From(Nested).Where(Nested.ID.Eq(1))},
		{"a custom operator", of(expr.CustomOp[expr.Bool](n, "<=>", n).As("v"))},
	})
}
