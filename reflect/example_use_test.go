package hivereflect_test

import (
	"context"
	"fmt"
	"log"

	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

func Example() {
	ctx := context.Background()
	declared := schema.NewTable(nil, "airlines", schema.Col("carrier", schema.VarChar(2)), schema.Col("name", schema.String))

	m, err := hivereflect.OpenMetastore(hivereflect.MetastoreConfig{URIs: []string{"thrift://metastore:9083"}})
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	from := schema.Cached(m)

	md := schema.NewMetaData(schema.DefaultSchema("nyc"))
	flights, err := schema.ReflectTable(ctx, md, from, "flights", // and the parents of its foreign keys
		schema.PrimaryKey{Columns: []string{"id"}}) // Hive knows of none: what the program says wins
	if err != nil {
		log.Fatal(err)
	}
	f := expr.Bind[struct {
		expr.Table
		Carrier  expr.String
		DepDelay expr.Float
	}](flights)
	late := expr.Select(f.Carrier).Where(f.DepDelay.Gt(60))

	if _, err := md.Reflect(ctx, from, schema.Views); err != nil { // whatever else there is
		log.Fatal(err)
	}
	if airlines, ok := md.Table("", "airlines"); ok {
		for _, d := range schema.Diff(declared, airlines) {
			fmt.Println(d) // column name: type: varchar(40), want string
		}
	}
	_ = late
}
