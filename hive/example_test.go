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

// A source of tokens is asked at each login, and again when the server has refused a token.
func ExampleTokenSource() {
	issue := func(context.Context) (string, error) { return "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", nil }
	cfg := hive.Config{
		Host:        "hs2.example.com",
		Transport:   hive.TransportHTTP,
		TLS:         hive.TLSConfig{Enabled: true, CAFile: "/etc/hive/ca.pem"},
		TokenSource: issue,
	}
	fmt.Println(cfg.Validate(), cfg)
	// Output:
	// <nil> hive://hs2.example.com?tls=true&tlsCA=/etc/hive/ca.pem&transport=http
}
