package compile_test

import (
	"context"
	"iter"
	"log"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// A table that was reflected is asked by the names of its columns, or by a struct for those that matter.
func Example_reflected() {
	table, err := schema.ReflectTable(context.Background(), nil, inspector{}, "flights")
	if err != nil {
		log.Fatal(err)
	}

	flights := expr.T(table)
	show(expr.Select(flights.C("carrier")).Where(expr.Col[expr.Int](flights, "dep_delay").Gt(60)))

	f := expr.Bind[struct {
		expr.Table
		Carrier  expr.String
		DepDelay expr.Int
	}](table)
	show(expr.Select(f.Carrier).Where(f.DepDelay.Gt(60)))
	show(expr.Select(flights.C("departure_delay")))
	// Output:
	// SELECT flights.carrier FROM flights WHERE flights.dep_delay > 60
	// SELECT flights.carrier FROM flights WHERE flights.dep_delay > 60
	// ansi: select.columns[0]: flights has no column "departure_delay"; it has carrier, dep_delay
}

// inspector stands for that of a server.
type inspector struct{ schema.Inspector }

func (inspector) DefaultSchema(context.Context) (string, error) { return "nyc", nil }

func (inspector) Describe(_ context.Context, in string, names ...string) iter.Seq2[*schema.TableInfo, error] {
	return func(yield func(*schema.TableInfo, error) bool) {
		yield(&schema.TableInfo{
			Relation: schema.Relation{Schema: in, Name: names[0]},
			Columns:  []*schema.Column{schema.Col("carrier", schema.VarChar(2)), schema.Col("dep_delay", schema.Integer)},
		}, nil)
	}
}
