package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Flights of another time, in one schema for each stage.
func ExampleMock() {
	flights := schema.NewTable(nil, "flights", schema.In("stage"),
		schema.Col("carrier", schema.String), schema.Col("distance", schema.Integer))
	carrier := expr.Col[expr.String](expr.T(flights), "carrier")

	e := engine.Mock(compile.ANSI{}, os.Stdout)
	prod := e.With(engine.Options{Schemas: map[string]string{"stage": "prod"}})
	ctx := context.Background()
	for _, n := range []expr.Node{
		ddl.CreateTable(flights),
		expr.Insert(expr.T(flights)).Set(carrier.To("UA")),
	} {
		if _, err := prod.Exec(ctx, n); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// CREATE TABLE prod.flights (carrier CHARACTER VARYING, distance INT);
	// INSERT INTO prod.flights (carrier) VALUES ('UA');
}

// A query that has every row of one table with each of the other is refused before it is sent.
func ExampleOptions_lint() {
	a, b := expr.Name("flights"), expr.Name("airports")
	q := expr.Select(expr.Col[expr.String](a, "origin"), expr.Col[expr.String](b, "name"))

	e := engine.Mock(compile.ANSI{}, os.Stdout).With(engine.Options{CartesianLint: engine.Refuse})
	_, err := e.Query(context.Background(), q)
	fmt.Println(errors.As(err, new(*engine.LintError)))
	fmt.Println(err)
	// Output:
	// true
	// engine: no condition connects flights, airports in select: the result has each row of one with each of the others; add the condition, or say CrossJoin if that is meant
}
