package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// Chapter 8: Working with SQL functions.
var functions = []section{
	{"functions", callFunctions},
	{"window functions", windows},
	{"FILTER", filter},
	{"table-valued functions", tableValued},
	{"casts", casts},
}

// callFunctions: package fn has the common functions, with the kinds of their values. Call is any other one, of which the
// caller says the kind: all of Hive's, and your own.
func callFunctions(ctx context.Context, e *engine.Engine, out io.Writer) error {
	res, err := e.Query(ctx, expr.Select(fn.Count().As("n")).From(User))
	if err != nil {
		return err
	}
	n, err := engine.Scalar[int](ctx, res)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, n, "users")
	initials := expr.Call[expr.String]("initcap", expr.Lit[expr.String]("a string with much case"))
	return show(ctx, e, out, expr.Select(fn.Upper(User.Name).As("loud"), initials.As("title"), fn.Length(User.Fullname).As("n")).
		Where(User.ID.Eq(2)))
	// Output:
	// SELECT count(*) AS n
	// FROM user_account
	//
	// 4 users
	//
	// SELECT upper(user_account.name) AS loud, initcap('a string with much case') AS title, length(user_account.fullname) AS n
	// FROM user_account
	// WHERE user_account.id = 2
	//
	// loud   title                     n
	// -----  -----------------------  --
	// SANDY  A String With Much Case  12
}

// windows: Over makes a function one over the rows around each row: those with the same values, in an order, within
// bounds.
func windows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	perUser := expr.PartitionBy(User.Name).OrderBy(Address.EmailAddress)
	running := expr.OrderedBy(Address.EmailAddress).Rows(expr.UnboundedPreceding, expr.CurrentRow)
	return show(ctx, e, out, expr.Select(
		Address.EmailAddress,
		expr.Over(fn.RowNumber(), perUser).As("place"),
		expr.Over(fn.Count(), running).As("so_far"),
	).
		From(User).Join(Address).
		OrderBy(Address.EmailAddress))
	// Output:
	// SELECT address.email_address, row_number() OVER (PARTITION BY user_account.name
	// ORDER BY address.email_address) AS place, count(*) OVER (ORDER BY address.email_address ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far
	// FROM user_account
	// JOIN address ON address.user_id = user_account.id
	// ORDER BY address.email_address
	//
	// email_address            place  so_far
	// -----------------------  -----  ------
	// patrick@aol.com              1       1
	// sandy@aol.com                1       2
	// sandy@squirrelpower.org      2       3
	// spongebob@aol.com            1       4
	// squidward@aol.com            1       5
}

// filter: Hive has no FILTER of aggregates; it is written as a CASE.
func filter(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(
		expr.Filter(fn.Count(Address.ID), User.Name.Eq("sandy")).As("of_sandy"),
		expr.Filter(fn.Count(Address.ID), User.Name.Ne("sandy")).As("of_others"),
	).From(User).Join(Address))
	// Output:
	// SELECT count(CASE WHEN user_account.name = 'sandy' THEN address.id END) AS of_sandy, count(CASE WHEN user_account.name <> 'sandy' THEN address.id END) AS of_others
	// FROM user_account
	// JOIN address ON address.user_id = user_account.id
	//
	// of_sandy  of_others
	// --------  ---------
	//        2          3
}

// tableValued: values of the program are rows to read from; rows of arrays and maps are those of LATERAL VIEW, in chapter
// 7.
func tableValued(ctx context.Context, e *engine.Engine, out io.Writer) error {
	levels := expr.Rows("levels", []string{"id", "level"}, expr.Values(1, "cook"), expr.Values(4, "cashier"))
	return show(ctx, e, out, expr.Select(User.Name, levels.C("level")).
		From(User).Join(levels, expr.Eq(User.ID, expr.ColOf(levels, User.ID))).
		OrderBy(User.Name))
	// Output:
	// SELECT user_account.name, levels.level
	// FROM user_account
	// JOIN TABLE(VALUES (1, 'cook'), (4, 'cashier')) AS levels (id, level) ON user_account.id = levels.id
	// ORDER BY user_account.name
	//
	// name       level
	// ---------  -------
	// spongebob  cook
	// squidward  cashier
}

// casts: Cast converts on the server. Of tells only Go of another kind, as type_coerce does, and writes nothing.
func casts(ctx context.Context, e *engine.Engine, out io.Writer) error {
	text := expr.Cast[expr.String](User.ID, schema.String)
	pair := dialect.ArrayOf(text, expr.Of[expr.String](User.Name))
	return show(ctx, e, out, expr.Select(text.Concat("!").As("text"), pair.As("pair")).Where(User.ID.Eq(1)))
	// Output:
	// SELECT concat(CAST(user_account.id AS STRING), '!') AS text, array(CAST(user_account.id AS STRING), user_account.name) AS pair
	// FROM user_account
	// WHERE user_account.id = 1
	//
	// text  pair
	// ----  -----------------
	// 1!    ["1","spongebob"]
}
