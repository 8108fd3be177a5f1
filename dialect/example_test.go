package dialect_test

import (
	"fmt"
	"log"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var nyc = schema.NewMetaData()

var Airlines = expr.Declare(nyc, "airlines", struct {
	expr.Table
	Carrier expr.String `col:",pk"`
	Name    expr.String
}{})

var Flights = expr.Declare(nyc, "flights", struct {
	expr.Table
	Month    expr.Int    `type:"int"`
	Carrier  expr.String `references:"airlines.carrier"`
	Origin   expr.String
	Dest     expr.String
	DepDelay expr.Float
}{})

func Example() {
	q := expr.Select(Airlines.Name, fn.Count().As("flights"), fn.Avg(Flights.DepDelay).As("delay")).
		From(Flights).Join(Airlines). // by the foreign key
		Where(Flights.Month.Between(6, 8), expr.Or(Flights.Origin.In("JFK", "LGA"), Flights.Dest.IsNull())).
		GroupBy(Airlines.Name).
		Having(fn.Count().Gt(1000)).
		OrderBy(expr.Desc("delay")).
		Limit(10)

	st, err := compile.Compile(dialect.New(dialect.Hive40), q)
	if err != nil {
		log.Fatal(err)
	}
	query, err := st.SQL()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(query)
	// Output:
	// SELECT airlines.name, count(*) AS flights, avg(flights.dep_delay) AS delay FROM flights JOIN airlines ON flights.carrier = airlines.carrier WHERE flights.month BETWEEN 6 AND 8 AND (flights.origin IN ('JFK', 'LGA') OR flights.dest IS NULL) GROUP BY airlines.name HAVING count(*) > 1000 ORDER BY delay DESC LIMIT 10
}
