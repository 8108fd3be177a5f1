package ddl_test

import (
	"fmt"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

func Example() {
	md := schema.NewMetaData()
	schema.NewTable(md, "flights",
		schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")),
		schema.Col("dep_delay", schema.Double, schema.ServerDefault(0)),
		schema.Index{Name: "by_carrier", Columns: []string{"carrier"}},
	)
	schema.NewTable(md, "airlines",
		schema.Col("carrier", schema.VarChar(2), schema.PK),
		schema.Col("name", schema.String, schema.NotNull),
	)
	statements, err := ddl.CreateAll(md)
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range statements {
		show(s)
	}
	// Output:
	// CREATE TABLE airlines (carrier VARCHAR(2), name CHARACTER VARYING NOT NULL, PRIMARY KEY (carrier))
	// CREATE TABLE flights (carrier VARCHAR(2), dep_delay DOUBLE PRECISION DEFAULT 0, FOREIGN KEY (carrier) REFERENCES airlines (carrier))
	// CREATE INDEX by_carrier ON flights (carrier)
}

func ExampleCreateView() {
	flights := expr.Name("flights")
	late := schema.NewTable(nil, "late")
	show(ddl.CreateView(late, expr.Select(flights).Where(flights.C("dep_delay").Gt(60))).OrReplace())
	// Output:
	// CREATE OR REPLACE VIEW late AS SELECT * FROM flights WHERE flights.dep_delay > 60
}

func show(n expr.Node) {
	st, err := compile.Compile(compile.ANSI{}, n)
	if err != nil {
		fmt.Println(err)
		return
	}
	sql, err := st.SQL()
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(sql)
}
