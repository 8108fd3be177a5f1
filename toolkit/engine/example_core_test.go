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

// Parents are made before the tables that reference them, and dropped behind them.
func ExampleCreateAll() {
	md := schema.NewMetaData()
	schema.NewTable(md, "flights", schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")))
	schema.NewTable(md, "airlines", schema.Col("carrier", schema.VarChar(2), schema.PK))

	ctx, e := context.Background(), engine.Mock(compile.ANSI{}, os.Stdout)
	if err := engine.CreateAll(ctx, e, md); err != nil {
		log.Fatal(err)
	}
	if err := engine.DropAll(ctx, e, md, ddl.Conditional); err != nil {
		log.Fatal(err)
	}
	// Output:
	// CREATE TABLE airlines (carrier VARCHAR(2), PRIMARY KEY (carrier));
	// CREATE TABLE flights (carrier VARCHAR(2), FOREIGN KEY (carrier) REFERENCES airlines (carrier));
	// DROP TABLE IF EXISTS flights;
	// DROP TABLE IF EXISTS airlines;
}

// What a statement looks like is asked of the engine, for it knows the dialect of its server.
func ExampleEngine_SQL() {
	flights := expr.Name("flights")
	carrier := expr.Col[expr.String](flights, "carrier")
	q := expr.Select(carrier).Where(expr.Eq(carrier, expr.Param[expr.String]("carrier")))

	e := engine.New(nil, compile.ANSI{}, engine.Options{})
	fmt.Println(e.SQL(context.Background(), q, compile.Params{"carrier": "UA"}))
	// Output: SELECT flights.carrier FROM flights WHERE flights.carrier = 'UA' <nil>
}
