package main

import (
	"context"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// Chapter 6: Joins and aliases.
var joining = []section{
	{"FROM and JOIN", joinByKey},
	{"the ON clause", joinOn},
	{"OUTER and FULL joins", outerJoins},
	{"aliases", aliases},
}

// joinByKey: tables are joined by the foreign key between them. Two tables that nothing connects are a product, of which
// the engine warns, or which it refuses: engine.Options.CartesianLint.
func joinByKey(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(User.Name, Address.EmailAddress).
		From(User).Join(Address).
		OrderBy(Address.EmailAddress))
	// Output:
	// SELECT user_account.name, address.email_address
	// FROM user_account
	// JOIN address ON address.user_id = user_account.id
	// ORDER BY address.email_address
	//
	// name       email_address
	// ---------  -----------------------
	// patrick    patrick@aol.com
	// sandy      sandy@aol.com
	// sandy      sandy@squirrelpower.org
	// spongebob  spongebob@aol.com
	// squidward  squidward@aol.com
}

// joinOn: where there is no key, or more than one, the condition is said.
func joinOn(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(Address.EmailAddress).
		From(User).Join(Address, expr.Eq(User.ID, Address.UserID), Address.EmailAddress.EndsWith(".org")))
	// Output:
	// SELECT address.email_address
	// FROM user_account
	// JOIN address ON user_account.id = address.user_id AND instr(reverse(address.email_address), reverse('.org')) = 1
	//
	// email_address
	// -----------------------
	// sandy@squirrelpower.org
}

// outerJoins: LeftJoin, RightJoin and FullJoin keep rows without a partner. SemiJoin and AntiJoin keep those with and
// those without one: Hive has the first, and the second as NOT EXISTS.
func outerJoins(ctx context.Context, e *engine.Engine, out io.Writer) error {
	org := Address.EmailAddress.EndsWith(".org")
	if err := show(ctx, e, out, expr.Select(User.Name, Address.EmailAddress).
		From(User).LeftJoin(Address, expr.Eq(User.ID, Address.UserID), org).
		OrderBy(User.Name)); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(User.Name).
		From(User).SemiJoin(Address, expr.Eq(User.ID, Address.UserID), org))
	// Output:
	// SELECT user_account.name, address.email_address
	// FROM user_account
	// LEFT JOIN address ON user_account.id = address.user_id AND instr(reverse(address.email_address), reverse('.org')) = 1
	// ORDER BY user_account.name
	//
	// name       email_address
	// ---------  -----------------------
	// patrick    NULL
	// sandy      sandy@squirrelpower.org
	// spongebob  NULL
	// squidward  NULL
	//
	// SELECT user_account.name
	// FROM user_account
	// LEFT SEMI JOIN address ON user_account.id = address.user_id AND instr(reverse(address.email_address), reverse('.org')) = 1
	//
	// name
	// -----
	// sandy
}

// aliases: an alias of a table is a struct with the same columns.
func aliases(ctx context.Context, e *engine.Engine, out io.Writer) error {
	user1, user2 := expr.Alias(User, "user1"), expr.Alias(User, "user2")
	return show(ctx, e, out, expr.Select(user1.Name.As("a"), user2.Name.As("b")).
		From(user1).Join(user2, expr.Gt(user1.ID, user2.ID)).
		OrderBy(expr.Asc("a"), expr.Asc("b")).
		Limit(3))
	// Output:
	// SELECT user1.name AS a, user2.name AS b
	// FROM user_account AS user1
	// JOIN user_account AS user2 ON user1.id > user2.id
	// ORDER BY a, b
	// LIMIT 3
	//
	// a        b
	// -------  ---------
	// patrick  sandy
	// patrick  spongebob
	// sandy    spongebob
}
