package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var engineRecipes = []recipe{
	{"create engine", createEngine},
	{"url format", urlFormat},
	{"connect and raw sql", connect},
	{"raw text sql", rawText},
	{"transaction block", transaction},
}

// createEngine makes an engine: a pool and a dialect, made once for the program. It connects when it is first asked.
func createEngine(_ context.Context, _ *engine.Engine, out io.Writer) error {
	e, err := engine.Open("hive://ana:secret@hive.example.com:10000/sales", engine.Config{
		PoolSize: 5, MaxOverflow: 10, PoolTimeout: 30 * time.Second,
		Options: engine.Options{Timeout: time.Hour, Tag: "nightly"},
	})
	if err != nil {
		return err
	}
	defer e.Close()
	fmt.Fprintf(out, "dialect %s, %d sessions open\n", e.Dialect().Name(), e.DB().Stats().OpenConnections)
	return nil
	// Output:
	// dialect hive, 0 sessions open
}

// urlFormat takes a URL apart and puts one together: hive://user:password@host:port/database?key=value, where
// hiveconf:name is a setting of each session. The URLs of Hive's JDBC driver are read, too.
func urlFormat(_ context.Context, _ *engine.Engine, out io.Writer) error {
	cfg, err := hive.ParseDSN("hive://ana:s%40cret@hive.example.com:10000/sales?fetchSize=5000&hiveconf:hive.execution.engine=tez")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, cfg.User, cfg.Password, cfg.Host, cfg.Port, cfg.Database, cfg.FetchSize, cfg.SessionConf)
	fmt.Fprintln(out, cfg.Redacted())

	made := &hive.Config{Host: "hive.example.com", User: "ana", Database: "sales"}
	fmt.Fprintln(out, made.FormatDSN())
	return nil
	// Output:
	// ana s@cret hive.example.com 10000 sales 5000 map[hive.execution.engine:tez]
	// hive://ana:xxxxx@hive.example.com:10000/sales?fetchSize=5000&hiveconf:hive.execution.engine=tez
	// hive://ana@hive.example.com/sales
}

// connect runs SQL as text, on a session of its own: what SET and USE change is seen by the statements behind them, and
// by nobody else.
func connect(ctx context.Context, e *engine.Engine, out io.Writer) error {
	conn, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()

	if _, err := conn.Exec(ctx, expr.Text("SET hivevar:city=Basel")); err != nil {
		return err
	}
	res, err := conn.Query(ctx, expr.Text("SELECT name FROM departments WHERE city = '${hivevar:city}' ORDER BY name"))
	if err != nil {
		return err
	}
	for row, err := range res.Rows() {
		if err != nil {
			return err
		}
		fmt.Fprintln(out, row.At(0))
	}
	return nil
	// Output:
	// legal
	// research
}

// rawText gives values to SQL by name, the ones with the statement and others with the call. They are rendered as
// literals, so that none is read as SQL. Columns tells the types of the result.
func rawText(ctx context.Context, e *engine.Engine, out io.Writer) error {
	q := expr.Text("SELECT name, hired FROM employees WHERE salary > :salary AND name NOT IN (:names) ORDER BY name",
		expr.P("names", []string{"Ben", "O'Hara; DROP TABLE employees"})).
		Columns(schema.Col("name", schema.String), schema.Col("hired", schema.Date))

	res, err := e.Query(ctx, q, compile.Params{"salary": 5000})
	if err != nil {
		return err
	}
	return res.WriteTable(ctx, out)
	// Output:
	// name  hired
	// ----  ----------
	// Ada   2015-03-01
	// Cleo  2021-01-04
	// Dora  2016-05-02
}

// transaction runs statements in a scope. Hive has no rollback: each statement takes effect at once, by itself and as a
// whole, and a scope that fails says what stays. What must be seen at once or not at all is one statement.
func transaction(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	err := e.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, expr.Insert(Accounts).Set(Accounts.ID.To(4), Accounts.Owner.To("Dora"))); err != nil {
			return err
		}
		return errors.New("something has come up")
	})
	var stays *engine.NotRolledBackError
	if !errors.As(err, &stays) {
		return err
	}
	fmt.Fprintln(out, len(stays.Statements), "statement stays in effect:", stays.Statements[0])
	return show(ctx, e, out, expr.Select(Accounts.Owner).Where(Accounts.ID.Eq(4)))
	// Output:
	// 1 statement stays in effect: INSERT INTO TABLE accounts (id, owner, balance) VALUES (4, 'Dora', NULL)
	// owner
	// -----
	// Dora
}
