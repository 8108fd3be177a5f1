package hive_test

import (
	"context"
	"fmt"
	"io"
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
	for {
		batch, err := rows.NextBatch(ctx)
		if err == io.EOF { // the result was complete
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		for row := range batch.Len() {
			delay, err := batch.Value(row, 1)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(delay)
		}
	}
}
