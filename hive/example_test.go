package hive_test

import (
	"context"
	"fmt"
	"log"

	"github.com/skep-go/skep/hive"
)

func Example() {
	ctx := context.Background()
	session, err := hive.Connect(ctx, &hive.Config{Host: "localhost", User: "ana", Database: "flights"})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close(ctx)

	op, err := session.Execute(ctx, "select carrier, delay from flights", hive.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer op.Close(ctx)
	if err := op.Wait(ctx); err != nil { // meanwhile op.Cancel, from another goroutine, would stop it
		log.Fatal(err)
	}
	rows, err := op.Rows(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for batch, err := range rows.Batches(ctx) {
		if err != nil { // without one, the result was complete
			log.Fatal(err)
		}
		carriers, err := hive.Values[string](batch, 0)
		if err != nil {
			log.Fatal(err)
		}
		delays, err := hive.Values[float64](batch, 1)
		if err != nil {
			log.Fatal(err)
		}
		nulls, err := batch.Nulls(1)
		if err != nil {
			log.Fatal(err)
		}
		for row, carrier := range carriers {
			if !nulls.IsNull(row) {
				fmt.Println(carrier, delays[row])
			}
		}
	}
}
