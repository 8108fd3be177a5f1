package engine_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// delays are what a query might have given.
func delays() *engine.Result {
	frozen, err := engine.NewFrozen(
		[]engine.Column{{Name: "carrier"}, {Name: "day", Type: schema.Date}, {Name: "dep_delay"}},
		[]any{"UA", schema.CivilDate{Year: 2013, Month: 1, Day: 1}, 2.0},
		[]any{"AA", schema.CivilDate{Year: 2013, Month: 1, Day: 1}, nil},
		[]any{"UA", schema.CivilDate{Year: 2013, Month: 1, Day: 2}, -3.0},
	)
	if err != nil {
		log.Fatal(err)
	}
	return frozen.Result()
}

func ExampleResult_Rows() {
	for row, err := range delays().Rows() {
		if err != nil {
			log.Fatal(err)
		}
		carrier, err := engine.Get[string](row, "carrier")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(carrier, row.At(1), row.At(2))
	}
	// Output:
	// UA 2013-01-01 2
	// AA 2013-01-01 <nil>
	// UA 2013-01-02 -3
}

func ExampleResult_Partitions() {
	for rows, err := range delays().Partitions(2) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(rows), "rows")
	}
	// Output:
	// 2 rows
	// 1 rows
}

func ExampleAll() {
	type delay struct {
		Carrier  string
		Day      schema.CivilDate
		DepDelay *float64
	}
	list, err := engine.All[delay](context.Background(), delays())
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range list {
		fmt.Println(d.Carrier, d.Day, d.DepDelay != nil)
	}
	// Output:
	// UA 2013-01-01 true
	// AA 2013-01-01 false
	// UA 2013-01-02 true
}

func ExampleScan() {
	row, err := delays().First(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	var carrier string
	var day schema.CivilDate
	var delay sql.Null[float64]
	if err := engine.Scan(row, &carrier, &day, &delay); err != nil {
		log.Fatal(err)
	}
	fmt.Println(carrier, day, delay.V)
	// Output: UA 2013-01-01 2
}

func ExampleScalars() {
	carriers, err := engine.Scalars[string](delays(), "carrier").Unique().All(context.Background())
	fmt.Println(carriers, err)
	_, err = engine.Scalars[float64](delays(), "dep_delay").All(context.Background())
	fmt.Println(err)
	// Output:
	// [UA AA] <nil>
	// engine: column "dep_delay" of row 2 is NULL, which float64 cannot be; take a *float64 or an sql.Null[float64]
}

func ExampleMerge() {
	n := 0
	for _, err := range engine.Merge(delays(), delays()).Columns("carrier", "day").Unique(nil).Rows() {
		if err != nil {
			log.Fatal(err)
		}
		n++
	}
	fmt.Println(n)
	// Output: 3
}

func ExampleResult_WriteTable() {
	if err := delays().WriteTable(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// carrier  day         dep_delay
	// -------  ----------  ---------
	// UA       2013-01-01          2
	// AA       2013-01-01       NULL
	// UA       2013-01-02         -3
}

func ExampleResult_WriteCSV() {
	if err := delays().WriteCSV(context.Background(), os.Stdout, engine.CSV{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// carrier,day,dep_delay
	// UA,2013-01-01,2
	// AA,2013-01-01,
	// UA,2013-01-02,-3
}

func ExampleResult_WriteJSON() {
	if err := delays().WriteJSON(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"carrier":"UA","day":"2013-01-01","dep_delay":2}
	// {"carrier":"AA","day":"2013-01-01","dep_delay":null}
	// {"carrier":"UA","day":"2013-01-02","dep_delay":-3}
}
