package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// Chapter 2: Working with Transactions and Connections.
var transactions = []section{
	{"getting a connection", gettingAConnection},
	{"commit as you go", commitAsYouGo},
	{"begin once", beginOnce},
	{"fetching rows", fetchingRows},
	{"sending parameters", sendingParameters},
	{"sending multiple parameters", sendingMultipleParameters},
}

// gettingAConnection: a Conn is one session of the server, from Connect to Close. What SET and USE change there, and
// temporary tables, are its own. Do takes one and gives it back:
func gettingAConnection(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return e.Do(ctx, func(conn *engine.Conn) error {
		res, err := conn.Query(ctx, expr.Text("select 'hello world' as greeting"))
		if err != nil {
			return err
		}
		row, err := res.One(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, row.Keys(), row.Values())
		return nil
	})
	// Output:
	// select 'hello world' as greeting
	//
	// [greeting] [hello world]
}

// commitAsYouGo: a transaction is begun by Begin and ended by Commit or Rollback. That is where Hive differs most. It
// has no transactions of several statements: each statement takes effect by itself, at once and as a whole. So nothing
// is sent at either end of a Tx; Commit has nothing to do, and Rollback is an error that lists what stays.
//
// What must be seen at once is written into a table beside, which one INSERT OVERWRITE or MERGE then puts in place.
func commitAsYouGo(ctx context.Context, e *engine.Engine, out io.Writer) error {
	tx, err := e.Begin(ctx, engine.TxOptions{})
	if err != nil {
		return err
	}
	defer tx.Close()
	if _, err := tx.Exec(ctx, expr.Text("create table some_table (x int, y int)")); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, expr.Text("insert into some_table values (:x, :y), (2, 4)", expr.P("x", 1), expr.P("y", 1))); err != nil {
		return err
	}
	return tx.Commit()
	// Output:
	// create table some_table (x int, y int)
	//
	// insert into some_table values (1, 1), (2, 4)
}

// beginOnce: InTx is the form to prefer: it commits when the function returns nil, and rolls back otherwise. A function
// that fails behind a write gets the truth as its error:
func beginOnce(ctx context.Context, e *engine.Engine, out io.Writer) error {
	err := e.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, expr.Text("insert into some_table values (6, 8), (9, 10)")); err != nil {
			return err
		}
		return errors.New("something else went wrong")
	})
	var stays *engine.NotRolledBackError
	if !errors.As(err, &stays) {
		return err
	}
	fmt.Fprintln(out, "not rolled back:", stays.Statements)
	return nil
	// Output:
	// insert into some_table values (6, 8), (9, 10)
	//
	// not rolled back: [insert into some_table values (6, 8), (9, 10)]
}

// fetchingRows: a Result gives its rows once: by Rows, All, FetchMany, Partitions, First, One … It keeps its session until
// the last row is read, or Close. The values of a Row are had by position, by name, by Scan, or as a map; Into has whole
// rows become structs, as All and One do in one step.
func fetchingRows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	q := expr.Text("select x, y from some_table order by x")
	res, err := e.Query(ctx, q)
	if err != nil {
		return err
	}
	for row, err := range res.Rows() {
		if err != nil {
			return err
		}
		var x, y int
		if err := engine.Scan(row, &x, &y); err != nil {
			return err
		}
		again, err := engine.Get[int](row, "x")
		if err != nil {
			return err
		}
		fmt.Fprintln(out, x, y, row.At(0), again)
	}

	if res, err = e.Query(ctx, q); err != nil {
		return err
	}
	type point struct{ X, Y int }
	points, err := engine.All[point](ctx, res)
	fmt.Fprintf(out, "%+v\n", points)
	return err
	// Output:
	// select x, y from some_table order by x
	//
	// 1 1 1 1
	// 2 4 2 2
	// 6 8 6 6
	// 9 10 9 9
	//
	// select x, y from some_table order by x
	//
	// [{X:1 Y:1} {X:2 Y:4} {X:6 Y:8} {X:9 Y:10}]
}

// sendingParameters: values are never put into SQL by the program. A name behind a colon is a parameter, which takes its
// value by P, or when the statement is executed. Hive has no bound parameters, so what is sent has literals; they are
// made where nothing can be mistaken for SQL.
func sendingParameters(ctx context.Context, e *engine.Engine, out io.Writer) error {
	res, err := e.Query(ctx, expr.Text("select x, y from some_table where y > :y order by y"), compile.Params{"y": 2})
	if err != nil {
		return err
	}
	return res.WriteTable(ctx, out)
	// Output:
	// select x, y from some_table where y > 2 order by y
	//
	// x   y
	// -  --
	// 2   4
	// 6   8
	// 9  10
}

// sendingMultipleParameters: ExecMany is executemany. An INSERT is a job of the server however many rows it has, so the
// rows are put together, thousands in a statement. An UPDATE for each of many rows would be a job each: that is refused,
// and MERGE is what to use.
func sendingMultipleParameters(ctx context.Context, e *engine.Engine, out io.Writer) error {
	points := slices.Values([]compile.Params{{"x": 11, "y": 12}, {"x": 13, "y": 14}})
	done, err := engine.ExecMany(ctx, e, expr.Insert(expr.Name("some_table")), points, engine.BatchOptions{})
	fmt.Fprintln(out, done.Rows, "rows in", done.Batches, "statement")
	return err
	// Output:
	// INSERT INTO TABLE some_table (x, y)
	// VALUES (11, 12), (13, 14)
	//
	// 2 rows in 1 statement
}
