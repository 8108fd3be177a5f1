package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// Chapter 9: Using UPDATE and DELETE.
var changing = []section{
	{"update", update},
	{"correlated updates", correlatedUpdate},
	{"update … from", updateFrom},
	{"delete", deleteRows},
	{"deleting by another table", deleteUsing},
	{"affected rows and returning", affected},
}

// update: rows can be changed in transactional tables. Each statement is a job that writes what has changed beside the
// files that are there.
func update(ctx context.Context, e *engine.Engine, out io.Writer) error {
	stmt := expr.Update(User).Where(User.Name.Eq("patrick")).Set(User.Fullname.To("Patrick the Star"))
	if _, err := e.Exec(ctx, stmt); err != nil {
		return err
	}
	stmt = expr.Update(User).Set(expr.To(User.Fullname, expr.Concat(expr.Lit[expr.String]("Username: "), User.Name))).
		Where(User.ID.Eq(4))
	if _, err := e.Exec(ctx, stmt); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(User.Name, User.Fullname).Where(User.ID.Gt(2)).OrderBy(User.Name))
	// Output:
	// UPDATE user_account SET fullname = 'Patrick the Star'
	// WHERE name = 'patrick'
	//
	// UPDATE user_account SET fullname = concat('Username: ', name)
	// WHERE id = 4
	//
	// SELECT user_account.name, user_account.fullname
	// FROM user_account
	// WHERE user_account.id > 2
	// ORDER BY user_account.name
	//
	// name       fullname
	// ---------  -------------------
	// patrick    Patrick the Star
	// squidward  Username: squidward
}

// correlatedUpdate: Hive takes no query as a value in SET.
func correlatedUpdate(ctx context.Context, e *engine.Engine, out io.Writer) error {
	first := expr.Scalar[expr.String](expr.Select(Address.EmailAddress).
		Where(expr.Eq(Address.UserID, User.ID)).OrderBy(Address.ID).Limit(1))
	_, err := e.Exec(ctx, expr.Update(User).Set(expr.To(User.Fullname, first)))
	fmt.Fprintln(out, errors.Is(err, compile.ErrUnsupported), err)
	return nil
	// Output:
	// true hive: update.set[0]: hive does not have a query in an assignment; use From with the query's Subquery
}

// updateFrom: an UPDATE by the rows of another table is written as a MERGE, which is what Hive has for it.
func updateFrom(ctx context.Context, e *engine.Engine, out io.Writer) error {
	org := expr.Select(Address.UserID, Address.EmailAddress).Where(Address.EmailAddress.EndsWith(".org")).Subquery("org")
	stmt := expr.Update(User).From(org).
		Set(expr.To(User.Fullname, expr.ColOf(org, Address.EmailAddress))).
		Where(expr.Eq(User.ID, expr.ColOf(org, Address.UserID)))
	if _, err := e.Exec(ctx, stmt); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(User.Name, User.Fullname).Where(User.ID.Eq(2)))
	// Output:
	// MERGE INTO user_account
	// USING (SELECT address.user_id, address.email_address
	// FROM address
	// WHERE instr(reverse(address.email_address), reverse('.org')) = 1) AS org ON user_account.id = org.user_id
	// WHEN MATCHED THEN UPDATE SET fullname = org.email_address
	//
	// SELECT user_account.name, user_account.fullname
	// FROM user_account
	// WHERE user_account.id = 2
	//
	// name   fullname
	// -----  -----------------------
	// sandy  sandy@squirrelpower.org
}

// deleteRows: likewise.
func deleteRows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if _, err := e.Exec(ctx, expr.Delete(User).Where(User.Name.Eq("patrick"))); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(User.Name).OrderBy(User.Name))
	// Output:
	// DELETE FROM user_account
	// WHERE name = 'patrick'
	//
	// SELECT user_account.name
	// FROM user_account
	// ORDER BY user_account.name
	//
	// name
	// ---------
	// sandy
	// spongebob
	// squidward
}

// deleteUsing: rows for which there is one of another source, again as a MERGE.
func deleteUsing(ctx context.Context, e *engine.Engine, out io.Writer) error {
	gone := expr.Select(Address.UserID).Where(Address.EmailAddress.StartsWith("squidward")).Subquery("gone")
	stmt := expr.Delete(User).Using(gone).Where(expr.Eq(User.ID, expr.ColOf(gone, Address.UserID)))
	if _, err := e.Exec(ctx, stmt); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(User.Name).OrderBy(User.Name))
	// Output:
	// MERGE INTO user_account
	// USING (SELECT address.user_id
	// FROM address
	// WHERE instr(address.email_address, 'squidward') = 1) AS gone ON user_account.id = gone.user_id
	// WHEN MATCHED THEN DELETE
	//
	// SELECT user_account.name
	// FROM user_account
	// ORDER BY user_account.name
	//
	// name
	// ---------
	// sandy
	// spongebob
}

// affected: how many rows were changed is known from Hive 4 on. There is no RETURNING.
func affected(ctx context.Context, e *engine.Engine, out io.Writer) error {
	res, err := e.Exec(ctx, expr.Update(User).Set(User.Fullname.To("Sandy Cheeks")).Where(User.Name.Eq("sandy")))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, res.RowsAffected(), "row")
	_, err = e.Query(ctx, expr.Delete(User).Returning(User.Name))
	fmt.Fprintln(out, err)
	return nil
	// Output:
	// UPDATE user_account SET fullname = 'Sandy Cheeks'
	// WHERE name = 'sandy'
	//
	// 1 row
	// hive: delete: hive does not have RETURNING; read the rows back
}
