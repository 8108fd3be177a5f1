package dialecttest

import (
	"errors"
	"fmt"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// featureTests hold the answers of Supports against what happens.
func featureTests() []test {
	var list []test
	for _, f := range compile.Features() {
		if run, ok := asks(f); ok {
			list = append(list, test{"feature/" + f.String(), run})
		}
	}
	return list
}

// asks finds what asks about a feature.
func asks(f compile.Feature) (run func(s *suite) error, ok bool) {
	if questions, ok := features[f]; ok {
		return func(s *suite) error { return s.feature(f, questions(s)) }, true
	}
	for _, of := range []map[compile.Feature]func(s *suite) change{changes, definitions} {
		if x, ok := of[f]; ok {
			return func(s *suite) error { return s.change(f, x(s)) }, true
		}
	}
	return nil, false
}

// feature: what is supported works, and what is not is refused.
func (s *suite) feature(f compile.Feature, questions []question) error {
	var errs []error
	supported, _ := s.dialect.Supports(f)
	for _, q := range questions {
		if supported {
			errs = append(errs, s.ask(q))
		} else {
			errs = append(errs, s.refused(f, q.query))
		}
	}
	return errors.Join(errs...)
}

// refused: the statement does not compile, and the error tells why.
func (s *suite) refused(f compile.Feature, n expr.Node) error {
	st, err := compile.Compile(s.dialect, n)
	if err == nil {
		return fmt.Errorf("%s is said not to be supported, and compiles: %s", f, st.Template())
	}
	var unsupported *compile.UnsupportedError
	if !errors.As(err, &unsupported) || !errors.Is(err, compile.ErrUnsupported) {
		return fmt.Errorf("%s is refused with %q, which is no *compile.UnsupportedError", f, err)
	}
	if unsupported.Dialect != s.dialect.Name() || unsupported.Construct == "" {
		return fmt.Errorf("%s is refused by dialect %q for construct %q", f, unsupported.Dialect, unsupported.Construct)
	}
	return nil
}

func row(v ...any) []any { return v }

func rows(v ...[]any) [][]any { return v }

// column are rows of one value each.
func column(values ...any) [][]any {
	list := make([][]any, len(values))
	for i, v := range values {
		list[i] = []any{v}
	}
	return list
}

func n(v int64) any { return v }

func lit(v int64) expr.Int { return expr.Lit[expr.Int](v) }

func text(v string) expr.String { return expr.Lit[expr.String](v) }

// one asks for the value of an expression.
func one(e expr.Expr, want any) []question {
	return []question{{query: expr.Select(expr.TermOf(e).As("x")), rows: column(want)}}
}

// features are questions that use a feature of queries each.
var features = map[compile.Feature]func(s *suite) []question{
	compile.RightJoins: func(s *suite) []question {
		return []question{{
			query: expr.Select(s.people.Name, s.visits.Person).From(s.people).RightJoin(s.visits),
			rows:  rows(row("ann", n(1)), row("ann", n(1)), row("bob", n(2)), row(nil, n(9))),
		}}
	},
	compile.FullJoins: func(s *suite) []question {
		return []question{{
			query: expr.Select(s.people.Name, s.visits.Day).From(s.people).FullJoin(s.visits),
			rows:  rows(row("ann", n(1)), row("ann", n(2)), row("bob", n(1)), row("cid", nil), row("dee", nil), row(nil, n(3))),
		}}
	},
	compile.SemiJoins: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.Name).SemiJoin(s.visits), rows: column("ann", "bob")}}
	},
	compile.AntiJoins: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.Name).AntiJoin(s.visits), rows: column("cid", "dee")}}
	},
	compile.UsingJoins: func(s *suite) []question {
		v := expr.Select(s.visits.Person.As("id"), s.visits.Day).Subquery("v")
		return []question{{
			query: expr.Select(s.people.Name, v.C("day")).From(s.people).JoinUsing(v, "id"),
			rows:  rows(row("ann", n(1)), row("ann", n(2)), row("bob", n(1))),
		}}
	},
	compile.NullsOrder: func(s *suite) []question {
		q := expr.Select(s.people.Age)
		return []question{
			{query: q.OrderBy(s.people.Age.Asc().NullsFirst()), rows: column(nil, n(25), n(30), n(41)), ordered: true},
			{query: q.OrderBy(s.people.Age.Asc().NullsLast()), rows: column(n(25), n(30), n(41), nil), ordered: true},
			{query: q.OrderBy(s.people.Age.Desc().NullsFirst()), rows: column(nil, n(41), n(30), n(25)), ordered: true},
			{query: q.OrderBy(s.people.Age.Desc().NullsLast()), rows: column(n(41), n(30), n(25), nil), ordered: true},
		}
	},
	compile.Offsets: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.ID).OrderBy(s.people.ID).Limit(2).Offset(1), rows: column(n(2), n(3)), ordered: true}}
	},
	compile.OffsetsWithoutLimit: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.ID).OrderBy(s.people.ID).Offset(3), rows: column(n(4))}}
	},
	compile.DistinctOns: func(s *suite) []question {
		return []question{{
			query:   expr.Select(s.visits.Person, s.visits.Cost).DistinctOn(s.visits.Person).OrderBy(s.visits.Person, s.visits.Cost.Desc()),
			rows:    rows(row(n(1), 20.0), row(n(2), 5.0), row(n(9), 7.25)),
			ordered: true,
		}}
	},
	compile.Intersects: func(s *suite) []question {
		ids, persons := expr.Select(s.people.ID), expr.Select(s.visits.Person)
		return []question{
			{query: expr.Intersect(ids, persons), rows: column(n(1), n(2))},
			{query: expr.Except(ids, persons), rows: column(n(3), n(4))},
		}
	},
	compile.SetAlls: func(s *suite) []question {
		persons := expr.Select(s.visits.Person)
		return []question{
			{query: expr.IntersectAll(persons, persons), rows: column(n(1), n(1), n(2), n(9))},
			{query: expr.ExceptAll(persons, expr.Select(s.people.ID)), rows: column(n(1), n(9))},
		}
	},
	compile.RecursiveCTEs: func(*suite) []question {
		numbers := expr.RecursiveCTE("numbers", expr.Select(lit(1).As("i")), func(self *expr.Source) expr.Query {
			i := expr.Col[expr.Int](self, "i")
			return expr.Select(i.Add(1)).Where(i.Lt(4))
		})
		return []question{{query: expr.Select(numbers), rows: column(n(1), n(2), n(3), n(4))}}
	},
	compile.GroupingSets: func(s *suite) []question {
		q := expr.Select(s.visits.Person, s.visits.Day, fn.Count()).GroupBy(s.visits.Person, s.visits.Day).Where(s.visits.Person.Lt(2))
		return []question{
			{query: q.Rollup(), rows: rows(row(n(1), n(1), n(1)), row(n(1), n(2), n(1)), row(n(1), nil, n(2)), row(nil, nil, n(2)))},
			{query: q.Cube(), rows: rows(row(n(1), n(1), n(1)), row(n(1), n(2), n(1)), row(n(1), nil, n(2)), row(nil, nil, n(2)),
				row(nil, n(1), n(1)), row(nil, n(2), n(1)))},
			{
				query: q.GroupingSets(expr.Set(s.visits.Person), expr.Set(s.visits.Day)),
				rows:  rows(row(n(1), nil, n(2)), row(nil, n(1), n(1)), row(nil, n(2), n(1))),
			},
		}
	},
	compile.Qualifies: func(s *suite) []question {
		number := expr.Over(fn.RowNumber(), expr.PartitionBy(s.visits.Person).OrderBy(s.visits.Cost.Desc()))
		return []question{{
			query: expr.Select(s.visits.Person, s.visits.Cost).Qualify(number.Eq(1)),
			rows:  rows(row(n(1), 20.0), row(n(2), 5.0), row(n(9), 7.25)),
		}}
	},
	compile.NamedWindows: func(s *suite) []question {
		return []question{{
			query: expr.Select(s.visits.Day, expr.Over(fn.Sum(s.visits.Cost), expr.NamedWindow("w")).As("x")).Window("w", expr.PartitionBy(s.visits.Day)),
			rows:  rows(row(n(1), 15.5), row(n(1), 15.5), row(n(2), 20.0), row(n(3), 7.25)),
		}}
	},
	compile.Locks: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.ID).Where(s.people.ID.Eq(1)).ForUpdate(), rows: column(n(1))}}
	},
	compile.Hints: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.ID).Where(s.people.ID.Eq(1)).Hint(s.server.Hint), rows: column(n(1))}}
	},
	compile.TupleComparisons: func(s *suite) []question {
		pair := expr.Row(s.visits.Person, s.visits.Day)
		return []question{
			{query: expr.Select(s.visits.Cost).Where(pair.In(expr.Values(int64(1), int64(2)), expr.Values(int64(9), int64(3)))), rows: column(20.0, 7.25)},
			{query: expr.Select(s.visits.Cost).Where(pair.NotIn(expr.Values(int64(1), int64(2)), expr.Values(int64(9), int64(3)))), rows: column(10.5, 5.0)},
		}
	},
	compile.DistinctFroms: func(s *suite) []question {
		null := expr.Cast[expr.Int](expr.Null[expr.Int](), schema.BigInt)
		return []question{
			{query: expr.Select(s.people.ID).Where(s.people.Age.IsDistinctFrom(30)), rows: column(n(2), n(3), n(4))},
			{query: expr.Select(s.people.ID).Where(expr.IsNotDistinctFrom(s.people.Age, null)), rows: column(n(3))},
			{query: expr.Select(s.people.ID).Where(expr.Not(s.people.Age.IsNotDistinctFrom(30))), rows: column(n(2), n(3), n(4))},
		}
	},
	compile.TruthTests: func(s *suite) []question {
		old := s.people.Age.Gt(28)
		return []question{
			{query: expr.Select(s.people.ID).Where(old.IsTrue()), rows: column(n(1), n(4))},
			{query: expr.Select(s.people.ID).Where(old.IsFalse()), rows: column(n(2))},
			{query: expr.Select(s.people.ID).Where(expr.Not(old.IsTrue())), rows: column(n(2), n(3))},
		}
	},
	compile.LikeEscapes: func(*suite) []question {
		s := text("50%_a")
		return []question{
			{query: expr.Select(expr.And(s.LikeEscape("50!%!_a", '!')).As("x"), text("50xya").LikeEscape("50!%!_a", '!').As("y")), rows: rows(row(true, false))},
		}
	},
	compile.Filters: func(s *suite) []question {
		return []question{{
			query: expr.Select(expr.Filter(fn.Sum(s.visits.Cost), s.visits.Person.Eq(1)).As("x"), expr.Filter(fn.Count(), s.visits.Cost.Lt(8)).As("y")),
			rows:  rows(row(30.5, n(2))),
		}}
	},
	compile.AggregateOrders: func(s *suite) []question {
		sum := expr.New[expr.Float](&expr.Function{
			Name: "sum", Args: []*expr.Term{s.visits.Cost.Term}, Order: []expr.Order{s.visits.Day.Desc()},
		}, schema.Double)
		return []question{{query: expr.Select(sum.As("x")), rows: column(42.75)}}
	},
	compile.BitOperators: func(*suite) []question {
		q := expr.Select(lit(12).BitAnd(10).As("a"), lit(12).BitOr(10).As("b"), lit(12).BitXor(10).As("c"), lit(12).BitNot().As("d"),
			expr.BitOr(lit(1), expr.BitAnd(lit(6), lit(3))).As("e"), expr.BitAnd(expr.BitOr(lit(1), lit(6)), lit(3)).As("f"),
			lit(1).BitOr(2).Add(4).As("g"), lit(4).Add(1).BitXor(7).As("h"))
		return []question{{query: q, rows: rows(row(n(8), n(14), n(6), n(-13), n(3), n(3), n(7), n(2)))}}
	},
	compile.Shifts: func(*suite) []question {
		q := expr.Select(lit(3).Shl(4).As("a"), lit(-16).Shr(2).As("b"), lit(1).Add(2).Shl(1).As("c"), lit(1).Shl(2).Add(1).As("d"))
		return []question{{query: q, rows: rows(row(n(48), n(-4), n(6), n(5)))}}
	},
	compile.Quotients: func(*suite) []question {
		q := expr.Select(lit(7).IntDiv(2).As("a"), lit(-7).IntDiv(2).As("b"), expr.IntDiv(lit(7), lit(-2)).As("c"), lit(7).IntDiv(2).Mul(2).As("d"))
		return []question{{query: q, rows: rows(row(n(3), n(-3), n(-3), n(6)))}}
	},
	compile.Regexps: func(s *suite) []question {
		return []question{{query: expr.Select(s.people.ID).Where(s.people.Name.RegexpMatch("^[ab].*[bn]$")), rows: column(n(1), n(2))}}
	},
	compile.Collations: func(s *suite) []question {
		name := s.server.Collation
		if name == "" {
			name = "C"
		}
		return []question{{query: expr.Select(s.people.ID).Where(s.people.Name.Collate(name).Eq("ann")), rows: column(n(1))}}
	},
	compile.Intervals: func(*suite) []question {
		day := expr.Lit[expr.Date](schema.CivilDate{Year: 2012, Month: time.February, Day: 28})
		at := expr.Lit[expr.Timestamp](time.Date(2013, 7, 4, 23, 30, 0, 0, time.UTC))
		q := expr.Select(day.Add(expr.Interval{N: 2, Unit: expr.Day}).As("a"), day.Sub(expr.Interval{N: 1, Unit: expr.Month}).As("b"),
			at.Add(expr.Interval{N: 45, Unit: expr.Minute}).As("c"))
		return []question{{query: q, rows: rows(row(schema.CivilDate{Year: 2012, Month: time.March, Day: 1},
			schema.CivilDate{Year: 2012, Month: time.January, Day: 28}, time.Date(2013, 7, 5, 0, 15, 0, 0, time.UTC)))}}
	},
	compile.Arrays: func(s *suite) []question {
		array := s.server.Array
		if array.Term == nil {
			array = expr.Call[expr.Array[expr.Int]]("array", lit(10), lit(20), lit(30))
		}
		return one(array.At(1), n(20))
	},
	compile.Structs: func(s *suite) []question {
		x := s.server.Struct
		if x.Term == nil {
			x = expr.Call[expr.Struct]("row", lit(1), text("x"))
		}
		return one(expr.FieldOf[expr.String](x, "b"), "x")
	},
	compile.ScalarQueries: func(s *suite) []question {
		count := expr.Scalar[expr.Int](expr.Select(fn.Count()).From(s.visits).Where(expr.Eq(s.visits.Person, s.people.ID)))
		return []question{
			{query: expr.Select(s.people.ID).Where(expr.Eq(s.people.Age, expr.Scalar[expr.Int](expr.Select(fn.Max(expr.Alias(s.people, "p").Age))))), rows: column(n(4))},
			{query: expr.Select(s.people.ID, count.As("x")), rows: rows(row(n(1), n(2)), row(n(2), n(1)), row(n(3), n(0)), row(n(4), n(0)))},
		}
	},
	compile.Quantifiers: func(s *suite) []question {
		ages := expr.Alias(s.people, "p")
		return []question{
			{query: expr.Select(s.people.ID).Where(s.people.ID.CompareAny(expr.OpGt, expr.Select(ages.ID))), rows: column(n(2), n(3), n(4))},
			{query: expr.Select(s.people.ID).Where(s.people.ID.CompareAll(expr.OpGe, expr.Select(ages.ID))), rows: column(n(4))},
			{query: expr.Select(s.people.ID).Where(s.people.ID.CompareAll(expr.OpGt, expr.Select(ages.ID).Where(ages.ID.Lt(0)))), rows: column(n(1), n(2), n(3), n(4))},
		}
	},
	compile.ValuesTables: func(*suite) []question {
		v := expr.Rows("v", []string{"id", "name"}, expr.Values(int64(1), "a"), expr.Values(int64(2), "it's"))
		return []question{{query: expr.Select(v).Where(expr.Col[expr.Int](v, "id").Gt(1)), rows: rows(row(n(2), "it's"))}}
	},
}
