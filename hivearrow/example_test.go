package hivearrow_test

import (
	"context"
	"fmt"
	"log"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
)

func Example() {
	ctx := context.Background()
	session, err := hive.Connect(ctx, &hive.Config{Host: "localhost", User: "ana", Database: "flights"})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close(ctx)

	rows, err := session.Query(ctx, "select carrier, delay, stops from flights", hive.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close(ctx)
	reader, err := hivearrow.NewReader(ctx, rows, hivearrow.Options{
		Types: map[string]string{"stops": "array<struct<airport:string,landed:timestamp>>"}, // the server says only ARRAY
	})
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Release()
	for reader.Next() {
		record := reader.RecordBatch() // retain it to keep it
		fmt.Println(record.NumRows(), record.Column(1))
	}
	if err := reader.Err(); err != nil { // nil says that the result is complete
		log.Fatal(err)
	}
}
