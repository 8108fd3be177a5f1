package compile_test

import (
	"math"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

func lit(n int64) expr.Int { return expr.Lit[expr.Int](n) }

func TestExpressions(t *testing.T) {
	a, b, s, x, p, ok := things.A, things.B, things.S, things.X, things.P, things.Ok
	day := schema.CivilDate{Year: 2013, Month: time.July, Day: 4}
	for _, c := range []struct {
		name string
		e    expr.Item
		want string
	}{
		{"eq", a.Eq(1), "a = 1"},
		{"ne", a.Ne(1), "a <> 1"},
		{"lt", a.Lt(1), "a < 1"},
		{"le", a.Le(1), "a <= 1"},
		{"gt", a.Gt(1), "a > 1"},
		{"ge", a.Ge(1), "a >= 1"},
		{"eq of expressions", expr.Eq(a, b), "a = b"},
		{"ne of expressions", expr.Ne(a, b), "a <> b"},
		{"lt of expressions", expr.Lt(a, b), "a < b"},
		{"le of expressions", expr.Le(a, b), "a <= b"},
		{"gt of expressions", expr.Gt(a, b), "a > b"},
		{"ge of expressions", expr.Ge(a, b), "a >= b"},
		{"eq of a pointer", a.EqPtr(new(int64)), "a = 0"},
		{"eq of no pointer", a.EqPtr(nil), "a IS NULL"},
		{"eq of nil", expr.Of[expr.Any](a).Eq(nil), "a IS NULL"},
		{"eq of a nil pointer", expr.Of[expr.Any](a).Eq((*int64)(nil)), "a IS NULL"},
		{"eq of no bytes", things.Bs.Eq(nil), "bs IS NULL"},
		{"eq of empty bytes", things.Bs.Eq([]byte{}), "bs = X''"},
		{"ne of nil", expr.Of[expr.Any](a).Ne(nil), "a IS NOT NULL"},
		{"not distinct from nil", expr.Of[expr.Any](a).IsNotDistinctFrom(nil), "a IS NOT DISTINCT FROM NULL"},
		{"distinct", a.IsDistinctFrom(1), "a IS DISTINCT FROM 1"},
		{"not distinct", a.IsNotDistinctFrom(1), "a IS NOT DISTINCT FROM 1"},
		{"distinct of expressions", expr.IsDistinctFrom(a, b), "a IS DISTINCT FROM b"},
		{"not distinct of expressions", expr.IsNotDistinctFrom(a, b), "a IS NOT DISTINCT FROM b"},
		{"is null", a.IsNull(), "a IS NULL"},
		{"is not null", a.IsNotNull(), "a IS NOT NULL"},
		{"is true", ok.IsTrue(), "ok IS TRUE"},
		{"is false", ok.IsFalse(), "ok IS FALSE"},
		{"comparison of comparisons", expr.Eq(a.Eq(1), b.Eq(2)), "(a = 1) = (b = 2)"},
		{"is null of a comparison", a.Eq(1).IsNull(), "(a = 1) IS NULL"},

		{"in", a.In(1, 2), "a IN (1, 2)"},
		{"in nothing", a.In(), "1 = 0"},
		{"not in", a.NotIn(1, 2), "a NOT IN (1, 2)"},
		{"not in nothing", a.NotIn(), "1 = 1"},
		{"in of expressions", expr.In(a, b, b.Add(1)), "a IN (b, b + 1)"},
		{"in of no expressions", expr.In(a), "1 = 0"},
		{"tuples", expr.Row(a, s).In(expr.Values(1, "x"), expr.Values(2, b)), "(a, s) IN ((1, 'x'), (2, b))"},
		{"no tuples", expr.Row(a, s).In(), "1 = 0"},
		{"not in tuples", expr.Row(a, s).NotIn(expr.Values(1, "x")), "(a, s) NOT IN ((1, 'x'))"},
		{"not in no tuples", expr.Row(a, s).NotIn(), "1 = 1"},
		{"between", a.Between(1, 2), "a BETWEEN 1 AND 2"},
		{"not between", a.NotBetween(1, 2), "a NOT BETWEEN 1 AND 2"},
		{"between of expressions", expr.Between(a, b, b.Add(1)), "a BETWEEN b AND b + 1"},

		{"add", a.Add(1), "a + 1"},
		{"sub", a.Sub(1), "a - 1"},
		{"mul", a.Mul(2), "a * 2"},
		{"div", a.Div(2), "CAST(a AS DOUBLE PRECISION) / 2"},
		{"div of a float", x.Div(2), "x / 2E+00"},
		{"div of a decimal", p.Div("2.5"), "p / 2.5"},
		{"div of expressions", expr.Div(a, b), "CAST(a AS DOUBLE PRECISION) / b"},
		{"quotient", a.IntDiv(2), "a DIV 2"},
		{"quotient of expressions", expr.IntDiv(a, b), "a DIV b"},
		{"mod", a.Mod(2), "a % 2"},
		{"neg", a.Neg(), "-a"},
		{"neg of neg", a.Neg().Neg(), "-(-a)"},
		{"add of expressions", expr.Add(a, b), "a + b"},
		{"sub of expressions", expr.Sub(a, b), "a - b"},
		{"mul of expressions", expr.Mul(a, b), "a * b"},
		{"mod of expressions", expr.Mod(a, b), "a % b"},
		{"left associative", expr.Sub(a, expr.Sub(b, a)), "a - (b - a)"},
		{"and left again", expr.Sub(expr.Sub(a, b), a), "a - b - a"},
		{"precedence", expr.Mul(expr.Add(a, b), a), "(a + b) * a"},
		{"neg of a sum", expr.Add(a, b).Neg(), "-(a + b)"},
		{"bits", expr.BitOr(expr.BitAnd(a, b), expr.BitXor(a, b)), "a & b | a ^ b"},
		{"bits of values", a.BitAnd(1).BitOr(2).BitXor(4), "(a & 1 | 2) ^ 4"},
		{"bit not", a.BitNot(), "~a"},
		{"shifts", a.Shl(1).Shr(2), "a << 1 >> 2"},

		{"and", expr.And(a.Eq(1), b.Eq(2), ok), "a = 1 AND b = 2 AND ok"},
		{"and of nothing", expr.And(), "TRUE"},
		{"or", expr.Or(a.Eq(1), b.Eq(2)), "a = 1 OR b = 2"},
		{"or of nothing", expr.Or(), "FALSE"},
		{"or in and", expr.And(ok, expr.Or(a.Eq(1), b.Eq(2))), "ok AND (a = 1 OR b = 2)"},
		{"and in or", expr.Or(ok, expr.And(a.Eq(1), b.Eq(2))), "ok OR a = 1 AND b = 2"},
		{"and with true", expr.And(ok, expr.True()), "ok"},
		{"and with false", expr.And(ok, expr.False()), "FALSE"},
		{"or with false", expr.Or(ok, expr.False()), "ok"},
		{"or with true", expr.Or(ok, expr.True()), "TRUE"},
		{"and of trues", expr.And(expr.True(), expr.True()), "TRUE"},
		{"not", expr.Not(ok), "NOT ok"},
		{"not and", expr.Not(expr.And(ok, a.Eq(1))), "NOT (ok AND a = 1)"},
		{"not eq", expr.Not(a.Eq(1)), "a <> 1"},
		{"not lt", expr.Not(a.Lt(1)), "a >= 1"},
		{"not not", expr.Not(expr.Not(ok)), "ok"},
		{"not is null", expr.Not(a.IsNull()), "a IS NOT NULL"},
		{"not distinct from", expr.Not(a.IsDistinctFrom(1)), "a IS NOT DISTINCT FROM 1"},
		{"not in", expr.Not(a.In(1)), "a NOT IN (1)"},
		{"not in nothing", expr.Not(a.In()), "1 = 1"},
		{"not like", expr.Not(s.Like("x")), "s NOT LIKE 'x'"},
		{"not between", expr.Not(a.Between(1, 2)), "a NOT BETWEEN 1 AND 2"},
		{"is null of not", expr.Not(ok).IsNull(), "(NOT ok) IS NULL"},

		{"like", s.Like("a%_"), "s LIKE 'a%_'"},
		{"not like", s.NotLike("a%"), "s NOT LIKE 'a%'"},
		{"like escape", s.LikeEscape("a!%", '!'), "s LIKE 'a!%' ESCAPE '!'"},
		{"ilike", s.ILike("A%"), "lower(s) LIKE lower('A%')"},
		{"not ilike", s.NotILike("A%"), "lower(s) NOT LIKE lower('A%')"},
		{"starts", s.StartsWith("50%_/"), "s LIKE '50/%/_//%' ESCAPE '/'"},
		{"ends", s.EndsWith("%"), "s LIKE '%/%' ESCAPE '/'"},
		{"contains", s.Contains("_"), "s LIKE '%/_%' ESCAPE '/'"},
		{"like of expressions", expr.Like(s, s.Concat("%")), "s LIKE s || '%'"},
		{"starts of expressions", expr.StartsWith(s, s), "s LIKE s || '%'"},
		{"ends of expressions", expr.EndsWith(s, s), "s LIKE '%' || s"},
		{"contains of expressions", expr.Contains(s, s), "s LIKE '%' || s || '%'"},
		{"regexp", s.RegexpMatch("^a"), "s REGEXP '^a'"},
		{"concat", s.Concat("a", "b"), "s || 'a' || 'b'"},
		{"concat of expressions", expr.Concat(s, fn.Upper(s)), "s || upper(s)"},
		{"collate", s.Collate("C").Eq("x"), `s COLLATE "C" = 'x'`},

		{"case", expr.When(ok, lit(1)).When(a.Eq(2), b).Else(lit(0)), "CASE WHEN ok THEN 1 WHEN a = 2 THEN b ELSE 0 END"},
		{"case without else", expr.When(ok, a).End(), "CASE WHEN ok THEN a END"},
		{"cast", expr.Cast[expr.String](a, schema.VarChar(5)), "CAST(a AS VARCHAR(5))"},
		{"extract", expr.Extract(expr.Year, things.D), "EXTRACT(YEAR FROM d)"},
		{"interval", things.D.Add(expr.Interval{N: 3, Unit: expr.Day}), "d + INTERVAL '3' DAY"},
		{"interval of a time", things.At.Sub(expr.Interval{N: 1, Unit: expr.Month}), `"at" - INTERVAL '1' MONTH`},
		{"element", things.L.At(0), "l[0]"},
		{"key", things.M.Key(expr.Lit[expr.String]("k")), "m['k']"},
		{"field", expr.FieldOf[expr.Int](things.R, "f"), "r.f"},
		{"custom operator", expr.CustomOp[expr.Bool](a, "@>", b.Add(1)), "(a @> (b + 1))"},
		{"null", expr.Null[expr.Int](), "NULL"},

		{"call", expr.Call[expr.Int]("f", a, s), "f(a, s)"},
		{"call of an odd name", expr.Call[expr.Int]("f; drop", a), `"f; drop"(a)`},
		{"call of a function of a schema", expr.Call[expr.Int]("sch.f", a), "sch.f(a)"},
		{"call of odd names", expr.Call[expr.Int]("a b.f(", a), `"a b"."f("(a)`},
		{"distinct aggregate", fn.CountDistinct(a, b), "count(DISTINCT a, b)"},
		{"filter", expr.Filter(fn.Sum(a), ok), "sum(a) FILTER (WHERE ok)"},
		{"two filters", expr.Filter(expr.Filter(fn.Sum(a), ok), a.Gt(1)), "sum(a) FILTER (WHERE ok AND a > 1)"},

		{"window of all", expr.Over(fn.Count(), expr.Window{}), "count(*) OVER ()"},
		{"window", expr.Over(fn.Sum(a), expr.PartitionBy(b, s).OrderBy(a.Desc())), "sum(a) OVER (PARTITION BY b, s ORDER BY a DESC)"},
		{
			"rows", expr.Over(fn.Sum(a), expr.OrderedBy(b).Rows(expr.Preceding(2), expr.CurrentRow)),
			"sum(a) OVER (ORDER BY b ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
		},
		{
			"range", expr.Over(fn.Sum(a), expr.OrderedBy(b).Range(expr.UnboundedPreceding, expr.Following(3))),
			"sum(a) OVER (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND 3 FOLLOWING)",
		},
		{
			"rows to the end", expr.Over(fn.Sum(a), expr.OrderedBy(b).Rows(expr.CurrentRow, expr.UnboundedFollowing)),
			"sum(a) OVER (ORDER BY b ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)",
		},
		{
			"nulls", expr.Over(fn.RowNumber(), expr.OrderedBy(a.Asc().NullsFirst(), b.Desc().NullsLast())),
			"row_number() OVER (ORDER BY a NULLS FIRST, b DESC NULLS LAST)",
		},

		{"string", s.Eq("it's \\ ${x}\n"), "s = 'it''s \\ ${x}\n'"},
		{"bytes", things.Bs.Eq([]byte{0, 0xff}), "bs = X'00ff'"},
		{"bool", ok.Eq(true), "ok = TRUE"},
		{"date", things.D.Eq(day), "d = DATE '2013-07-04'"},
		{"timestamp", things.At.Eq(time.Date(2013, 7, 4, 1, 2, 3, 5e8, time.UTC)), `"at" = TIMESTAMP '2013-07-04 01:02:03.5'`},
		{"lowest int", a.Eq(math.MinInt64), "a = -9223372036854775808"},
		{"negative value after minus", a.Sub(-1), "a - -1"},
		{"neg of a negative value", lit(-1).Neg(), "-(-1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := inList(t, everything{}, c.e); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTypeNames(t *testing.T) {
	for _, c := range []struct {
		t    schema.Type
		want string // "": there is none
	}{
		{schema.BigInt, "BIGINT"},
		{schema.TinyInt, "SMALLINT"},
		{schema.Double, "DOUBLE PRECISION"},
		{schema.String, "CHARACTER VARYING"},
		{schema.Numeric(10, 2), "DECIMAL(10,2)"},
		{schema.TimestampTZ, "TIMESTAMP WITH TIME ZONE"},
		{schema.Array(schema.BigInt), ""},
		{schema.VarChar(0), ""},
	} {
		got, err := compile.ANSI{}.TypeName(c.t)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v: got %q, %v, want %q", c.t, got, err, c.want)
		}
	}
}
