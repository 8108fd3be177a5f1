package compile_test

import (
	"errors"
	"fmt"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

func show(n expr.Node) {
	st, err := compile.Compile(compile.ANSI{}, n)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := st.SQL()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(text)
}

func Example() {
	q := expr.Select(flights.Carrier, fn.Count().As("n")).
		Where(flights.DepDelay.Gt(15), expr.Or(flights.Origin.In("JFK", "LGA"), flights.Dest.IsNull())).
		GroupBy(flights.Carrier).OrderBy(expr.Desc("n")).Limit(3)
	show(q)
	// Output:
	// SELECT flights.carrier, count(*) AS n FROM flights WHERE flights.dep_delay > 1.5E+01 AND (flights.origin IN ('JFK', 'LGA') OR flights.dest IS NULL) GROUP BY flights.carrier ORDER BY n DESC LIMIT 3
}

func Example_joins() {
	show(expr.Select(flights.Dest, airlines.Name).From(flights).Join(airlines)) // by the foreign key

	back := expr.Alias(flights, "back")
	show(expr.Select(flights.Dest).LeftJoin(back, expr.Eq(back.Origin, flights.Dest)).Where(back.Origin.IsNull()))
	// Output:
	// SELECT flights.dest, airlines.name FROM flights JOIN airlines ON flights.carrier = airlines.carrier
	// SELECT flights.dest FROM flights LEFT JOIN flights AS back ON back.origin = flights.dest WHERE back.origin IS NULL
}

func Example_subqueries() {
	late := expr.Select(flights.Carrier, fn.Avg(flights.DepDelay).As("delay")).GroupBy(flights.Carrier).CTE("late")
	show(expr.Select(expr.Col[expr.String](late, "carrier")).Where(expr.Col[expr.Float](late, "delay").Gt(20)))

	show(expr.Select(airlines.Name).
		Where(expr.Not(expr.Exists(expr.Select(flights.Carrier).Where(expr.Eq(flights.Carrier, airlines.Carrier))))))
	// Output:
	// WITH late AS (SELECT flights.carrier, avg(flights.dep_delay) AS delay FROM flights GROUP BY flights.carrier) SELECT late.carrier FROM late WHERE late.delay > 2E+01
	// SELECT airlines.name FROM airlines WHERE NOT EXISTS (SELECT flights.carrier FROM flights WHERE flights.carrier = airlines.carrier)
}

func Example_setOperations() {
	from, to := expr.Select(flights.Origin.As("airport")), expr.Select(flights.Dest)
	show(expr.Union(from, to).OrderBy(expr.Asc("airport")))
	// Output:
	// SELECT flights.origin AS airport FROM flights UNION SELECT flights.dest FROM flights ORDER BY airport
}

func Example_windows() {
	rank := expr.Over(fn.Rank(), expr.PartitionBy(flights.Carrier).OrderBy(flights.DepDelay.Desc()))
	show(expr.Select(flights.Carrier, rank.As("place")))
	// Output:
	// SELECT flights.carrier, rank() OVER (PARTITION BY flights.carrier ORDER BY flights.dep_delay DESC) AS place FROM flights
}

func Example_conditions() {
	season := expr.When(flights.Month.Between(6, 8), expr.Lit[expr.String]("summer")).Else(expr.Lit[expr.String]("other"))
	show(expr.Select(season.As("season")).Where(flights.Dest.StartsWith("100%"), expr.Not(flights.Carrier.In())))
	// Output:
	// SELECT CASE WHEN flights."month" BETWEEN 6 AND 8 THEN 'summer' ELSE 'other' END AS season FROM flights WHERE flights.dest LIKE '100/%%' ESCAPE '/' AND 1 = 1
}

func ExampleCompile_unsupported() {
	_, err := compile.Compile(compile.ANSI{}, expr.Select(flights.Carrier).SemiJoin(airlines))
	fmt.Println(errors.Is(err, compile.ErrUnsupported))
	fmt.Println(err)
	// Output:
	// true
	// ansi: select.join[0]: ansi does not have SEMI JOIN; use WHERE with Exists
}

func ExampleStatement_Template() {
	st, _ := compile.Compile(compile.ANSI{}, expr.Select(flights.Dest).Where(flights.Carrier.Eq("AA")).LimitParam("n"))
	fmt.Println(st.Template())
	fmt.Println(st.SQL(compile.Params{"n": 5}))
	// Output:
	// SELECT flights.dest FROM flights WHERE flights.carrier = ? LIMIT ?
	// SELECT flights.dest FROM flights WHERE flights.carrier = 'AA' LIMIT 5 <nil>
}

func ExampleCache() {
	cache := compile.NewCache(compile.ANSI{}, 0)
	for _, carrier := range []string{"AA", "DL"} {
		st, _ := cache.Compile(expr.Select(flights.Dest).Where(flights.Carrier.Eq(carrier)))
		fmt.Println(st.SQL())
	}
	fmt.Printf("%+v\n", cache.Stats())
	// Output:
	// SELECT flights.dest FROM flights WHERE flights.carrier = 'AA' <nil>
	// SELECT flights.dest FROM flights WHERE flights.carrier = 'DL' <nil>
	// {Hits:1 Misses:1 Size:1}
}
