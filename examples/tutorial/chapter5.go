package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

// Chapter 5: Using SELECT.
var selecting = []section{
	{"select", selectRows},
	{"columns and FROM", columns},
	{"labels", labels},
	{"text as columns", textColumns},
	{"WHERE", where},
	{"ORDER BY", orderBy},
	{"GROUP BY and HAVING", groupBy},
	{"ordering by a label", orderByLabel},
}

// selectRows: a query gives rows of its columns, with the types that were declared. Rows come as values of Go.
func selectRows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	stmt := expr.Select(User).Where(User.Name.Eq("spongebob"))
	res, err := e.Query(ctx, stmt)
	if err != nil {
		return err
	}
	type user struct {
		ID       int
		Name     string
		Fullname string
	}
	one, err := engine.One[user](ctx, res)
	fmt.Fprintf(out, "%+v\n", one)
	return err
	// Output:
	// SELECT user_account.id, user_account.name, user_account.fullname
	// FROM user_account
	// WHERE user_account.name = 'spongebob'
	//
	// {ID:1 Name:spongebob Fullname:Spongebob Squarepants}
}

// columns: what a query reads from follows from its columns. A table stands for all of its own.
func columns(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(User.Name, User.Fullname).OrderBy(User.Name))
	// Output:
	// SELECT user_account.name, user_account.fullname
	// FROM user_account
	// ORDER BY user_account.name
	//
	// name       fullname
	// ---------  ---------------------
	// patrick    Patrick Star
	// sandy      Sandy Cheeks
	// spongebob  Spongebob Squarepants
	// squidward  Squidward Tentacles
}

// labels: As gives an expression a name in the result. A result is read by expression, too, so that a name is spelled
// once.
func labels(ctx context.Context, e *engine.Engine, out io.Writer) error {
	username := expr.Concat(expr.Lit[expr.String]("Username: "), User.Name)
	res, err := e.Query(ctx, expr.Select(username.As("username")).OrderBy(User.Name))
	if err != nil {
		return err
	}
	for row, err := range res.Rows() {
		if err != nil {
			return err
		}
		name, err := engine.Get[string](row, "username")
		if err != nil {
			return err
		}
		fmt.Fprintln(out, name)
	}
	return nil
	// Output:
	// SELECT concat('Username: ', user_account.name) AS username
	// FROM user_account
	// ORDER BY user_account.name
	//
	// Username: patrick
	// Username: sandy
	// Username: spongebob
	// Username: squidward
}

// textColumns: where the toolkit lacks a word, SQL as text is an expression like any other, once somebody says its kind.
func textColumns(ctx context.Context, e *engine.Engine, out io.Writer) error {
	phrase := expr.TextOf[expr.String]("'some phrase'").As("p")
	return show(ctx, e, out, expr.Select(phrase, User.Name).OrderBy(User.Name))
	// Output:
	// SELECT 'some phrase' AS p, user_account.name
	// FROM user_account
	// ORDER BY user_account.name
	//
	// p            name
	// -----------  ---------
	// some phrase  patrick
	// some phrase  sandy
	// some phrase  spongebob
	// some phrase  squidward
}

// where: conditions given one after another must all be true; And, Or and Not combine them. A method takes a value of Go,
// and the function of the same name expressions: ID.Eq(1), but Eq(ID, UserID). In the text of StartsWith, % and _ are
// characters like others, which Hive's LIKE cannot say of every text; so the dialect asks for its place.
func where(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(Address.EmailAddress).
		Where(expr.Or(User.Name.Eq("squidward"), User.Name.StartsWith("sand")), expr.Eq(Address.UserID, User.ID)).
		OrderBy(Address.EmailAddress))
	// Output:
	// SELECT address.email_address
	// FROM address, user_account
	// WHERE (user_account.name = 'squidward' OR instr(user_account.name, 'sand') = 1) AND address.user_id = user_account.id
	// ORDER BY address.email_address
	//
	// email_address
	// -----------------------
	// sandy@aol.com
	// sandy@squirrelpower.org
	// squidward@aol.com
}

// orderBy: Hive orders NULLs first, and last when descending; NullsFirst and NullsLast say otherwise. SORT BY, which
// orders the rows of each reducer, is dialect.SortBy.
func orderBy(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(User.Name).OrderBy(User.Fullname.Desc().NullsLast()).Limit(2))
	// Output:
	// SELECT user_account.name
	// FROM user_account
	// ORDER BY user_account.fullname DESC NULLS LAST
	// LIMIT 2
	//
	// name
	// ---------
	// squidward
	// spongebob
}

// groupBy: aggregates are functions of package fn.
func groupBy(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(User.Name, fn.Count(Address.ID).As("count")).
		From(User).Join(Address).
		GroupBy(User.Name).
		Having(fn.Count(Address.ID).Gt(1)))
	// Output:
	// SELECT user_account.name, count(address.id) AS count
	// FROM user_account
	// JOIN address ON address.user_id = user_account.id
	// GROUP BY user_account.name
	// HAVING count(address.id) > 1
	//
	// name   count
	// -----  -----
	// sandy      2
}

// orderByLabel: Hive wants the label of a column that has one, and the expression in GROUP BY. Either is written here:
// the dialect puts there what Hive reads.
func orderByLabel(ctx context.Context, e *engine.Engine, out io.Writer) error {
	addresses := fn.Count(Address.ID)
	return show(ctx, e, out, expr.Select(Address.UserID.As("who"), addresses.As("num_addresses")).
		GroupBy(Address.UserID).
		OrderBy(addresses.Desc(), expr.Asc("who")))
	// Output:
	// SELECT address.user_id AS who, count(address.id) AS num_addresses
	// FROM address
	// GROUP BY address.user_id
	// ORDER BY num_addresses DESC, who
	//
	// who  num_addresses
	// ---  -------------
	//   2              2
	//   1              1
	//   3              1
	//   4              1
}
