package compile_test

import (
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var md = schema.NewMetaData()

var airlines = expr.Declare(md, "airlines", struct {
	expr.Table
	Carrier expr.String `type:"varchar(2)" col:",pk"`
	Name    expr.String
}{})

var flights = expr.Declare(md, "flights", struct {
	expr.Table
	Month    expr.Int
	Carrier  expr.String `type:"varchar(2)" references:"airlines.carrier"`
	Origin   expr.String
	Dest     expr.String
	DepDelay expr.Float `comment:"minutes"`
}{})

func busy() expr.SelectStmt {
	return expr.Select(flights.Carrier, fn.Count().As("n"), fn.Avg(flights.DepDelay).As("delay")).
		Join(airlines). // ON inferred
		Where(flights.Month.Between(6, 8), expr.Or(flights.Origin.In("JFK", "LGA"), flights.Dest.IsNull())).
		GroupBy(flights.Carrier).Having(fn.Count().Gt(1000)).OrderBy(expr.Desc("delay")).Limit(10)
}

func TestFlights(t *testing.T) {
	st, err := compile.Compile(compile.ANSI{}, busy())
	if err != nil {
		t.Fatal(err)
	}
	got, err := st.SQL()
	if err != nil {
		t.Fatal(err)
	}
	want := "SELECT flights.carrier, count(*) AS n, avg(flights.dep_delay) AS delay " +
		"FROM flights JOIN airlines ON flights.carrier = airlines.carrier " +
		`WHERE flights."month" BETWEEN 6 AND 8 AND (flights.origin IN ('JFK', 'LGA') OR flights.dest IS NULL) ` +
		"GROUP BY flights.carrier HAVING count(*) > 1000 ORDER BY delay DESC LIMIT 10"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func BenchmarkBusy(b *testing.B) {
	q := busy()
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			busy()
		}
	})
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			st, _ := compile.Compile(compile.ANSI{}, busy())
			st.SQL()
		}
	})
	c := compile.NewCache(compile.ANSI{}, 0)
	b.Run("cached", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			st, _ := c.Compile(busy())
			st.SQL()
		}
	})
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			st, _ := c.Compile(q)
			st.SQL()
		}
	})
}
