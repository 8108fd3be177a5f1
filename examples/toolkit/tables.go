package main

import (
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// database is made anew by each run.
const database = "flights_toolkit"

var tables = schema.NewMetaData(schema.DefaultSchema(database))

// Airlines are the carriers.
var Airlines = expr.Declare(tables, "airlines", struct {
	expr.Table
	Carrier expr.String `col:",pk" comment:"two letters"`
	Name    expr.String
}{}, dialect.StoredAs("ORC"))

// Flights has a partition for each airport of departure.
var Flights = expr.Declare(tables, "flights", struct {
	expr.Table
	Day      expr.Date
	Carrier  expr.String `references:"airlines.carrier"`
	Flight   expr.Int    `type:"int"`
	Dest     expr.String
	DepDelay expr.Float `comment:"minutes; NULL if it was cancelled"`
	Origin   expr.String
}{}, dialect.PartitionedBy("origin"), dialect.StoredAs("ORC"), schema.Comment("departures from New York City"))
