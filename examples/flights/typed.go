package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/examples/flights/nyc"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

// askTyped asks without SQL: the columns are fields, which were generated from the tables that Hive has.
func askTyped(ctx context.Context, out *screen, db *sql.DB) error {
	out.section("Ask without SQL")
	e := engine.New(db, dialect.New(dialect.Hive40), engine.Options{})
	f, p := nyc.Flights, nyc.Planes

	res, err := e.Query(ctx, expr.Select(p.Manufacturer, fn.Count().As("flights"), fn.Avg(p.Seats).As("mean_seats")).
		From(f).Join(p, expr.Eq(f.Tailnum, p.Tailnum)).
		Where(f.DepTime.IsNotNull()).
		GroupBy(p.Manufacturer).
		Having(fn.Count().Gt(500)).
		OrderBy(expr.Desc("flights")).
		Limit(5))
	if err != nil {
		return err
	}
	if err := res.WriteTable(ctx, out); err != nil {
		return err
	}

	if res, err = e.Query(ctx, expr.Select(nyc.Airlines).OrderBy(nyc.Airlines.Carrier)); err != nil {
		return err
	}
	airlines, err := engine.All[nyc.AirlinesRow](ctx, res)
	if err != nil {
		return err
	}
	for _, a := range airlines[:min(len(airlines), 3)] {
		if a.Carrier != nil && a.Name != nil { // Hive promises neither
			fmt.Fprintf(out, "%s is %s\n", *a.Carrier, *a.Name)
		}
	}
	return nil
}
