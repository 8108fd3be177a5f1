package compile

import (
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var md = schema.NewMetaData()

var Airlines = expr.Declare(md, "airlines", struct {
	expr.Table
	Carrier expr.String `type:"varchar(2)" col:",pk"`
	Name    expr.String
}{})

var Flights = expr.Declare(md, "flights", struct {
	expr.Table
	Month    expr.Int
	Carrier  expr.String `type:"varchar(2)" references:"airlines.carrier"`
	Origin   expr.String
	Dest     expr.String
	DepDelay expr.Float `comment:"minutes"`
}{})

func busy() expr.SelectStmt {
	return expr.Select(Flights.Carrier, fn.Count().As("n"), fn.Avg(Flights.DepDelay).As("delay")).
		Join(Airlines). // ON inferred
		Where(Flights.Month.Between(6, 8), expr.Or(Flights.Origin.In("JFK", "LGA"), Flights.Dest.IsNull())).
		GroupBy(Flights.Carrier).Having(fn.Count().Gt(1000)).OrderBy(expr.Desc("delay")).Limit(10)
}

func TestFlights(t *testing.T) {
	st, err := Compile(ANSI{}, busy())
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
			st, _ := Compile(ANSI{}, busy())
			st.SQL()
		}
	})
	c := NewCache(ANSI{}, 0)
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
