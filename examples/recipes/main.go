// Command recipes is a collection of answers to "how do I …?": each recipe is one function, to be read and copied, with
// what it prints behind it. They work on departments and employees (tables.go).
//
//	go run ./examples/recipes -list
//	go run ./examples/recipes                                           # all, on a real Hive that it starts
//	go run ./examples/recipes -dsn hive://user@host:10000/default joins # or one, on yours
//
// It works in a database named skep_recipes, which it drops first.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	_ "github.com/skep-go/skep" // engines on URLs of Hive
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// recipe is one of the collection.
type recipe struct {
	name string
	run  func(ctx context.Context, e *engine.Engine, out io.Writer) error
}

var recipes = slices.Concat(engineRecipes, tableRecipes, changeRecipes, queryRecipes, joinRecipes, subqueryRecipes, reflectRecipes)

func main() {
	dsn := flag.String("dsn", os.Getenv("SKEP_HIVE_DSN"), "data source name of the `server`; empty starts one")
	list := flag.Bool("list", false, "list the recipes")
	flag.Parse()
	if *list {
		for _, r := range recipes {
			fmt.Println(r.name)
		}
		return
	}
	if err := start(context.Background(), *dsn, strings.Join(flag.Args(), " ")); err != nil {
		fmt.Fprintln(os.Stderr, "recipes:", err)
		os.Exit(1)
	}
}

// start runs the recipe of a name, or all if there is none.
func start(ctx context.Context, dsn, name string) error {
	chosen := recipes
	if name != "" {
		i := slices.IndexFunc(recipes, func(r recipe) bool { return r.name == name })
		if i < 0 {
			return fmt.Errorf("there is no recipe %q; see -list", name)
		}
		chosen = recipes[i : i+1]
	}
	return server.With(ctx, dsn, "skep_recipes", func(dsn string) error {
		e, err := engine.Open(dsn, engine.Config{})
		if err != nil {
			return err
		}
		defer e.Close()
		if err := setUp(ctx, e); err != nil {
			return err
		}
		for _, r := range chosen {
			fmt.Printf("\n== %s\n", r.name)
			if err := r.run(ctx, e, os.Stdout); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		return nil
	})
}

// show prints the rows of a query.
func show(ctx context.Context, e engine.Executor, out io.Writer, q expr.Node) error {
	res, err := e.Query(ctx, q)
	if err != nil {
		return err
	}
	return res.WriteTable(ctx, out)
}
