package route_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
)

// script writes what a server would be sent, with the server's name before it.
type script string

func (s script) Write(sql []byte) (int, error) {
	return fmt.Fprintf(os.Stdout, "%-6s  %s", s, sql)
}

func Example() {
	var d compile.ANSI
	e, err := route.New(engine.Mock(d, script("leader")), route.Options{
		Followers: []route.Follower{{Name: "a", Engine: engine.Mock(d, script("a"))}, {Name: "b", Engine: engine.Mock(d, script("b"))}},
		Sticky:    time.Minute,
	})
	if err != nil {
		log.Fatal(err)
	}
	flights := expr.Name("flights")
	carrier := expr.Col[expr.String](flights, "carrier")
	query := expr.Select(carrier)

	ctx := context.Background()
	run := func(ctx context.Context, n expr.Node) {
		if _, err := e.Query(ctx, n); err != nil {
			log.Fatal(err)
		}
	}
	run(ctx, query)
	run(ctx, query)
	run(route.Use(ctx, "b"), query)
	run(ctx, expr.Insert(flights).Set(carrier.To("UA")))
	run(ctx, query) // must see what was inserted
	e.Refresh()
	run(ctx, query)
	run(ctx, expr.Text("SELECT 1").ReadOnly())
	run(ctx, expr.Text("SELECT 2")) // which says nothing of itself
	// Output:
	// a       SELECT flights.carrier FROM flights;
	// b       SELECT flights.carrier FROM flights;
	// b       SELECT flights.carrier FROM flights;
	// leader  INSERT INTO flights (carrier) VALUES ('UA');
	// leader  SELECT flights.carrier FROM flights;
	// a       SELECT flights.carrier FROM flights;
	// b       SELECT 1;
	// leader  SELECT 2;
}
