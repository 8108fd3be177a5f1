package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var changeRecipes = []recipe{
	{"insert one row", insertOne},
	{"insert many rows", insertMany},
	{"update", update},
	{"delete", deleteRows},
	{"bulk operations", bulk},
}

// insertOne inserts a row. Hive makes no keys: the program brings them.
func insertOne(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	insert := expr.Insert(Accounts).Set(Accounts.ID.To(4), Accounts.Owner.To("Dora"), Accounts.Balance.To("12.50"))
	res, err := e.Exec(ctx, insert)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, res.RowsAffected(), "row")
	return show(ctx, e, out, expr.Select(Accounts).OrderBy(Accounts.ID))
	// Output:
	// 1 row
	// id  owner  balance
	// --  -----  -------
	//  1  Ada     100.00
	//  2  Ben      20.50
	//  3  Cleo      0.00
	//  4  Dora     12.50
}

// insertMany inserts structs. Every statement is a job of the server, so rows go many at a time.
func insertMany(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	accounts := []Account{{4, "Dora", "12.50"}, {5, "Emil", "300.00"}}
	if _, err := e.Exec(ctx, expr.InsertStructs(Accounts, accounts...)); err != nil {
		return err
	}
	insert := expr.Insert(Accounts).Columns(Accounts.ID, Accounts.Owner).Values(6, "Finn").Values(7, nil)
	if _, err := e.Exec(ctx, insert); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(Accounts).Where(Accounts.ID.Gt(3)).OrderBy(Accounts.ID))
	// Output:
	// id  owner  balance
	// --  -----  -------
	//  4  Dora     12.50
	//  5  Emil    300.00
	//  6  Finn      NULL
	//  7  NULL      NULL
}

// update changes rows, in tables that are transactional.
func update(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	raise := expr.Update(Accounts).
		Set(expr.To(Accounts.Balance, Accounts.Balance.Add("50.00")), Accounts.Owner.To("Benjamin")).
		Where(Accounts.ID.Eq(2))
	if _, err := e.Exec(ctx, raise); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(Accounts).OrderBy(Accounts.ID))
	// Output:
	// id  owner     balance
	// --  --------  -------
	//  1  Ada        100.00
	//  2  Benjamin    70.50
	//  3  Cleo         0.00
}

// deleteRows deletes rows, in tables that are transactional.
func deleteRows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	if _, err := e.Exec(ctx, expr.Delete(Accounts).Where(Accounts.Balance.Lt("1.00"))); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(Accounts).OrderBy(Accounts.ID))
	// Output:
	// id  owner  balance
	// --  -----  -------
	//  1  Ada     100.00
	//  2  Ben      20.50
}

// bulk inserts rows as they come, in as few statements as BatchOptions allow, and changes many at once by a MERGE. An
// UPDATE for each row would be a job for each row, and is refused.
func bulk(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := refill(ctx, e); err != nil {
		return err
	}
	names := map[int]string{10: "Gina", 11: "Hugo", 12: "Ines", 13: "Jan", 14: "Kim"}
	rows := iter.Seq[Account](func(yield func(Account) bool) {
		for _, id := range slices.Sorted(maps.Keys(names)) {
			if !yield(Account{id, names[id], "1.00"}) {
				return
			}
		}
	})
	_, err := engine.InsertMany[Account](ctx, e, expr.Insert(Accounts), rows, engine.BatchOptions{
		Rows:       3,
		OnProgress: func(d engine.Done) { fmt.Fprintln(out, d.Rows, "rows in", d.Batches, "statements") },
	})
	if err != nil {
		return err
	}

	one := expr.Update(Accounts).Set(expr.To(Accounts.Balance, expr.Param[expr.Decimal]("balance"))).
		Where(expr.Eq(Accounts.ID, expr.Param[expr.Int]("id")))
	params := slices.Values([]compile.Params{{"id": 10, "balance": "7.00"}, {"id": 15, "balance": "8.00"}})
	_, err = engine.ExecMany(ctx, e, one, params, engine.BatchOptions{})
	fmt.Fprintln(out, errors.As(err, new(*engine.RowByRowError)))
	return merge(ctx, e, out)
	// Output:
	// 3 rows in 1 statements
	// 5 rows in 2 statements
	// true
	// id  owner  balance
	// --  -----  -------
	// 10  Gina      7.00
	// 11  Hugo      1.00
	// 12  Ines      1.00
	// 13  Jan       1.00
	// 14  Kim       1.00
	// 15  NULL      8.00
}

// merge changes the rows that are there and inserts the others, in one statement.
func merge(ctx context.Context, e *engine.Engine, out io.Writer) error {
	news := expr.Rows("news", []string{"id", "balance"},
		expr.Values(10, schema.Decimal("7.00")), expr.Values(15, schema.Decimal("8.00")))
	id, balance := expr.ColOf(news, Accounts.ID), expr.ColOf(news, Accounts.Balance)
	_, err := e.Exec(ctx, expr.Merge(Accounts, news, expr.Eq(Accounts.ID, id)).
		WhenMatched().Update(expr.To(Accounts.Balance, balance)).
		WhenNotMatched().Insert(expr.To(Accounts.ID, id), expr.To(Accounts.Balance, balance)))
	if err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(Accounts).Where(Accounts.ID.Ge(10)).OrderBy(Accounts.ID))
}
