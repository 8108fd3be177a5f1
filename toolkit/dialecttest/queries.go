package dialecttest

import (
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// queryTests are about what every dialect has.
func queryTests() []test {
	var list []test
	for _, q := range queries {
		list = append(list, test{"query/" + q.name, func(s *suite) error { return s.ask(q.of(s)) }})
	}
	return append(list, test{"query/LIKE of any text", likes})
}

var queries = []struct {
	name string
	of   func(s *suite) question
}{
	{"all columns", func(s *suite) question {
		return question{query: expr.Select(s.people), rows: rows(row(n(1), "ann", n(30), "Oslo"), row(n(2), "bob", n(25), "Rome"), row(n(3), "cid", nil, "Oslo"), row(n(4), "dee", n(41), nil))}
	}},
	{"where", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Age.Gt(20), s.people.City.Ne("Rome")), rows: column(n(1))}
	}},
	{"in", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Name.In("ann", "dee", "it's")), rows: column(n(1), n(4))}
	}},
	{"in nothing", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Name.In()), rows: nil}
	}},
	{"not in nothing", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Age.NotIn()), rows: column(n(1), n(2), n(3), n(4))}
	}},
	{"not in", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Age.NotIn(30)), rows: column(n(2), n(4))}
	}},
	{"between of columns", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(expr.Between(s.people.Age, s.people.ID, s.people.ID.Add(28))), rows: column(n(2))}
	}},
	{"like", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.Name.Like("_n%")), rows: column(n(1))}
	}},
	{"not like", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.City.NotLike("%o")), rows: column(n(2))}
	}},
	{"ilike", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(s.people.City.ILike("oSL_")), rows: column(n(1), n(3))}
	}},
	{"like of a column", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Where(expr.Contains(expr.Lit[expr.String]("bobann"), s.people.Name)), rows: column(n(1), n(2))}
	}},
	{"concatenation", func(s *suite) question {
		return question{query: expr.Select(s.people.Name.Concat("-", "x").As("x"), expr.Concat(s.people.Name, s.people.City).As("y")).Where(s.people.ID.In(1, 4)), rows: rows(row("ann-x", "annOslo"), row("dee-x", nil))}
	}},
	{"order and limit", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).OrderBy(s.people.ID.Desc()).Limit(2), rows: column("dee", "cid"), ordered: true}
	}},
	{"order by a label", func(s *suite) question {
		return question{query: expr.Select(s.people.ID.Neg().As("x")).OrderBy(expr.Asc("x")), rows: column(n(-4), n(-3), n(-2), n(-1)), ordered: true}
	}},
	{"order by what is labelled", func(s *suite) question {
		x := s.people.ID.Mul(2).As("x")
		return question{query: expr.Select(x).OrderBy(x.Desc()).Limit(2), rows: column(n(8), n(6)), ordered: true}
	}},
	{"limit 0", func(s *suite) question {
		return question{query: expr.Select(s.people.ID).Limit(0), rows: nil}
	}},
	{"distinct", func(s *suite) question {
		return question{query: expr.Select(s.people.City).Distinct(), rows: column("Oslo", "Rome", nil)}
	}},
	{"aggregates", func(s *suite) question {
		return question{
			query: expr.Select(fn.Count().As("a"), fn.Count(s.people.Age).As("b"), fn.CountDistinct(s.people.City).As("c"), fn.Sum(s.people.Age).As("d"),
				fn.Avg(s.people.Age).As("e"), fn.Min(s.people.Name).As("f"), fn.Max(s.people.Age).As("g")),
			rows: rows(row(n(4), n(3), n(2), n(96), 32.0, "ann", n(41))),
		}
	}},
	{"aggregates of nothing", func(s *suite) question {
		return question{query: expr.Select(fn.Count().As("a"), fn.Sum(s.people.Age).As("b")).Where(s.people.ID.Gt(99)), rows: rows(row(n(0), nil))}
	}},
	{"group and having", func(s *suite) question {
		return question{
			query: expr.Select(s.people.City, fn.Count().As("x")).Where(s.people.City.IsNotNull()).GroupBy(s.people.City).Having(fn.Count().Gt(1)),
			rows:  rows(row("Oslo", n(2))),
		}
	}},
	{"group by an expression", func(s *suite) question {
		odd := s.people.ID.Mod(2)
		return question{query: expr.Select(odd.As("x"), fn.Count().As("y")).GroupBy(odd), rows: rows(row(n(0), n(2)), row(n(1), n(2)))}
	}},
	{"order by an aggregate", func(s *suite) question {
		return question{
			query: expr.Select(s.visits.Day, fn.Sum(s.visits.Cost).As("x")).GroupBy(s.visits.Day).OrderBy(fn.Sum(s.visits.Cost).Desc()),
			rows:  rows(row(n(2), 20.0), row(n(1), 15.5), row(n(3), 7.25)), ordered: true,
		}
	}},
	{"join by the foreign key", func(s *suite) question {
		return question{query: expr.Select(s.people.Name, s.visits.Cost).From(s.people).Join(s.visits), rows: rows(row("ann", 10.5), row("ann", 20.0), row("bob", 5.0))}
	}},
	{"left join", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).LeftJoin(s.visits).Where(s.visits.Person.IsNull()), rows: column("cid", "dee")}
	}},
	{"cross join", func(s *suite) question {
		return question{query: expr.Select(fn.Count().As("x")).From(s.people).CrossJoin(s.visits), rows: column(n(16))}
	}},
	{"self join", func(s *suite) question {
		p := expr.Alias(s.people, "p")
		return question{
			query: expr.Select(s.people.Name, p.Name.As("other")).Join(p, expr.Eq(s.people.City, p.City), expr.Lt(s.people.ID, p.ID)),
			rows:  rows(row("ann", "cid")),
		}
	}},
	{"tables in a condition", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).Where(expr.Eq(s.people.ID, s.visits.Person), s.visits.Day.Eq(2)), rows: column("ann")}
	}},
	{"subquery", func(s *suite) question {
		q := expr.Select(s.visits.Person, fn.Sum(s.visits.Cost).As("total")).GroupBy(s.visits.Person).Subquery("q")
		return question{query: expr.Select(s.people.Name, q.C("total")).From(s.people).Join(q, expr.Eq(s.people.ID, expr.Col[expr.Int](q, "person"))), rows: rows(row("ann", 30.5), row("bob", 5.0))}
	}},
	{"subquery with a column twice", func(s *suite) question {
		q := expr.Select(s.people.ID, s.visits.Person.As("id")).From(s.people).Join(s.visits).Subquery("q")
		return question{query: expr.Select(q.C("id"), q.C("id_1")).Where(q.C("id").Eq(int64(2))), rows: rows(row(n(2), n(2)))}
	}},
	{"common table expression", func(s *suite) question {
		c := expr.Select(s.people.ID, s.people.Name).Where(s.people.Age.Gt(28)).CTE("old")
		d := expr.Alias(c, "again")
		return question{
			query: expr.Select(c.C("name"), d.C("id").As("x")).Where(expr.Ne(expr.Col[expr.Int](c, "id"), expr.Col[expr.Int](d, "id"))),
			rows:  rows(row("ann", n(4)), row("dee", n(1))),
		}
	}},
	{"common table expression in two", func(s *suite) question {
		c := expr.Select(s.people.ID).CTE("a")
		d := expr.Select(expr.Col[expr.Int](c, "id").Add(1).As("id")).CTE("b")
		return question{query: expr.Select(fn.Sum(expr.Col[expr.Int](d, "id")).As("x")), rows: column(n(14))}
	}},
	{"in a query", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).Where(s.people.ID.InQuery(expr.Select(s.visits.Person))), rows: column("ann", "bob")}
	}},
	{"not in a query", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).Where(s.people.ID.NotInQuery(expr.Select(s.visits.Person))), rows: column("cid", "dee")}
	}},
	{"exists", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).Where(expr.Exists(expr.Select(s.visits.Day).Where(expr.Eq(s.visits.Person, s.people.ID)))), rows: column("ann", "bob")}
	}},
	{"not exists", func(s *suite) question {
		return question{query: expr.Select(s.people.Name).Where(expr.Not(expr.Exists(expr.Select(s.visits.Day).Where(expr.Eq(s.visits.Person, s.people.ID))))), rows: column("cid", "dee")}
	}},
	{"union", func(s *suite) question {
		return question{query: expr.Union(expr.Select(s.people.ID), expr.Select(s.visits.Person)), rows: column(n(1), n(2), n(3), n(4), n(9))}
	}},
	{"union all", func(s *suite) question {
		return question{query: expr.UnionAll(expr.Select(s.people.ID), expr.Select(s.visits.Person)), rows: column(n(1), n(2), n(3), n(4), n(1), n(1), n(2), n(9))}
	}},
	{"union, ordered", func(s *suite) question {
		return question{query: expr.Union(expr.Select(s.people.ID.As("x")), expr.Select(s.visits.Person)).OrderBy(expr.Desc("x")).Limit(2), rows: column(n(9), n(4)), ordered: true}
	}},
	{"union of what is limited", func(s *suite) question {
		return question{
			query: expr.UnionAll(expr.Select(s.people.ID.As("x")).OrderBy(s.people.ID.Desc()).Limit(1), expr.Select(s.visits.Person.As("x")).Where(s.visits.Day.Eq(3))),
			rows:  column(n(4), n(9)),
		}
	}},
	{"nested unions", func(s *suite) question {
		one := expr.Select(s.people.ID).Where(s.people.ID.Eq(1))
		return question{query: expr.UnionAll(expr.Union(one, one), one), rows: column(n(1), n(1))}
	}},
	{"union, read from", func(s *suite) question {
		u := expr.UnionAll(expr.Select(s.people.ID.As("x")), expr.Select(s.visits.Person.As("x"))).Subquery("u")
		return question{query: expr.Select(fn.Count().As("n"), fn.Sum(expr.Col[expr.Int](u, "x")).As("s")).From(u), rows: rows(row(n(8), n(23)))}
	}},
	{"case", func(s *suite) question {
		size := expr.When(s.people.Age.Gt(40), text("old")).When(s.people.Age.IsNull(), text("?")).Else(text("young"))
		return question{query: expr.Select(s.people.ID, size.As("x")), rows: rows(row(n(1), "young"), row(n(2), "young"), row(n(3), "?"), row(n(4), "old"))}
	}},
	{"case without else", func(s *suite) question {
		return question{query: expr.Select(expr.When(s.people.ID.Eq(1), s.people.Name).End().As("x")).Where(s.people.ID.Le(2)), rows: column("ann", nil)}
	}},
	{"cast", func(*suite) question {
		return question{
			query: expr.Select(expr.Cast[expr.Int](text("42"), schema.BigInt).As("a"), expr.Cast[expr.String](lit(7), schema.String).As("b"),
				expr.Cast[expr.Float](text("1.5"), schema.Double).As("c"), expr.Cast[expr.Int](expr.Lit[expr.Float](2.75), schema.Integer).As("d")),
			rows: rows(row(n(42), "7", 1.5, n(2))),
		}
	}},
	{"division", func(*suite) question {
		return question{
			query: expr.Select(lit(7).Div(2).As("a"), lit(-7).Mod(2).As("d"),
				expr.Div(lit(1), lit(4)).As("e"), expr.Lit[expr.Float](1).Div(8).As("f")),
			rows: rows(row(3.5, n(-1), 0.25, 0.125)),
		}
	}},
	{"functions", func(*suite) question {
		null := expr.Cast[expr.String](expr.Null[expr.String](), schema.String)
		return question{
			query: expr.Select(fn.Coalesce(null, text("x")).As("a"), fn.NullIf(lit(1), lit(1)).As("b"), fn.Abs(lit(-3)).As("c"), fn.Lower(text("AbC")).As("d"),
				fn.Upper(text("AbC")).As("e"), fn.Trim(text("  x ")).As("f"), fn.Replace(text("a-b-c"), "-", "+").As("g"), fn.Substring(text("abcdef"), 2, 3).As("h"),
				fn.Length(text("añ中")).As("i"), fn.Greatest(lit(1), lit(3), lit(2)).As("j"), fn.Least(lit(2), lit(1), lit(3)).As("k")),
			rows: rows(row("x", nil, n(3), "abc", "ABC", "x", "a+b+c", "bcd", n(3), n(3), n(1))),
		}
	}},
	{"parts of times", func(*suite) question {
		day := expr.Lit[expr.Date](schema.CivilDate{Year: 2013, Month: time.July, Day: 4})
		at := expr.Lit[expr.Timestamp](time.Date(2013, 7, 4, 21, 35, 0, 0, time.UTC))
		return question{
			query: expr.Select(expr.Extract(expr.Year, day).As("a"), expr.Extract(expr.Month, day).As("b"), expr.Extract(expr.Day, day).As("c"),
				expr.Extract(expr.Hour, at).As("d"), expr.Extract(expr.Minute, at).As("e")),
			rows: rows(row(n(2013), n(7), n(4), n(21), n(35))),
		}
	}},
	{"comparison of times", func(*suite) question {
		day := func(d int) expr.Date {
			return expr.Lit[expr.Date](schema.CivilDate{Year: 2013, Month: time.July, Day: d})
		}
		at := func(h int) expr.Timestamp {
			return expr.Lit[expr.Timestamp](time.Date(2013, 7, 4, h, 0, 0, 0, time.UTC))
		}
		return question{query: expr.Select(expr.Lt(day(4), day(5)).As("a"), expr.Eq(day(4), day(5)).As("b"), expr.Gt(at(3), at(2)).As("c")), rows: rows(row(true, false, true))}
	}},
	{"windows", func(s *suite) question {
		w := expr.PartitionBy(s.visits.Person).OrderBy(s.visits.Day)
		return question{
			query: expr.Select(s.visits.Person, s.visits.Day, expr.Over(fn.RowNumber(), w).As("a"), expr.Over(fn.Sum(s.visits.Cost), w).As("b"),
				expr.Over(fn.Lag(s.visits.Day, 1), w).As("c"), expr.Over(fn.Lead(s.visits.Day, 1), w).As("d"),
				expr.Over(fn.Count(), expr.PartitionBy(s.visits.Person)).As("e")),
			rows: rows(row(n(1), n(1), n(1), 10.5, nil, n(2), n(2)), row(n(1), n(2), n(2), 30.5, n(1), nil, n(2)),
				row(n(2), n(1), n(1), 5.0, nil, nil, n(1)), row(n(9), n(3), n(1), 7.25, nil, nil, n(1))),
		}
	}},
	{"ranks", func(s *suite) question {
		w := expr.OrderedBy(s.visits.Day)
		return question{
			query: expr.Select(s.visits.Cost, expr.Over(fn.Rank(), w).As("a"), expr.Over(fn.DenseRank(), w).As("b")),
			rows:  rows(row(10.5, n(1), n(1)), row(5.0, n(1), n(1)), row(20.0, n(3), n(2)), row(7.25, n(4), n(3))),
		}
	}},
	{"frames", func(s *suite) question {
		w := expr.OrderedBy(s.people.ID)
		x := fn.Sum(s.people.ID)
		return question{
			query: expr.Select(s.people.ID, expr.Over(x, w.Rows(expr.Preceding(1), expr.Following(1))).As("a"),
				expr.Over(x, w.Rows(expr.CurrentRow, expr.UnboundedFollowing)).As("b"), expr.Over(x, w.Range(expr.UnboundedPreceding, expr.CurrentRow)).As("c")),
			rows: rows(row(n(1), n(3), n(10), n(1)), row(n(2), n(6), n(9), n(3)), row(n(3), n(9), n(7), n(6)), row(n(4), n(7), n(4), n(10))),
		}
	}},
}

// likes: StartsWith, EndsWith and Contains take each character for itself. A dialect that has no escape in LIKE may
// write them otherwise, or refuse them.
func likes(s *suite) error {
	supported, _ := s.dialect.Supports(compile.LikeEscapes)
	q := expr.Select(text("50% off").StartsWith("50%").As("a"), text("500 off").StartsWith("50%").As("b"), text("a_b").Contains("_").As("c"),
		text("acb").Contains("_").As("d"), text(`a\b`).Contains(`\`).As("e"), text("ab").Contains(`\`).As("f"), text("a/b").EndsWith("/b").As("g"),
		text("it's").EndsWith("'s").As("h"), text(`x\`).EndsWith(`\`).As("i"))
	if _, err := compile.Compile(s.dialect, q); err != nil && !supported {
		return s.refused(compile.LikeEscapes, q)
	}
	return s.ask(question{query: q, rows: rows(row(true, false, true, false, true, false, true, true, true))})
}
