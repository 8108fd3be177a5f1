package hive_test

import (
	"context"
	"fmt"
	"log"

	"github.com/skep-go/skep/hive"
)

// A statement is begun by one program and waited for by another.
func ExampleOperation_Detach() {
	ctx := context.Background()
	cfg, err := hive.ParseDSN("hive://ana@hs2.example.com/flights?resume=true")
	if err != nil {
		log.Fatal(err)
	}
	session, err := hive.Connect(ctx, cfg)
	if err != nil {
		log.Fatal(err)
	}
	op, err := session.Execute(ctx, "insert into carriers select carrier from flights", hive.Options{})
	if err != nil {
		log.Fatal(err)
	}
	token, err := op.Detach(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)          // shows nothing
	fmt.Println(token.Reveal()) // to be kept as a password is
}

// The other program.
func ExampleAttach() {
	ctx := context.Background()
	cfg, err := hive.ParseDSN("hive://ana@hs2.example.com")
	if err != nil {
		log.Fatal(err)
	}
	token, err := hive.ParseOperationToken("skep-operation-1.…")
	if err != nil {
		log.Fatal(err)
	}
	session, op, err := hive.Attach(ctx, cfg, token)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close(ctx)
	if err := op.Wait(ctx); err != nil {
		log.Fatal(err)
	}
}
