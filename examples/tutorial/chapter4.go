package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// Chapter 4: Using INSERT.
var inserting = []section{
	{"insert", insert},
	{"insert many", insertMany},
	{"insert … returning", insertReturning},
	{"insert … from select", insertFromSelect},
}

// insert: a statement is a value, made of typed parts. It knows no dialect; the engine compiles it, and keeps what it has
// compiled. There are no keys that the server makes: the program brings them, as ids from elsewhere or UUIDs.
func insert(ctx context.Context, e *engine.Engine, out io.Writer) error {
	stmt := expr.Insert(User).Set(User.ID.To(1), User.Name.To("spongebob"), User.Fullname.To("Spongebob Squarepants"))
	res, err := e.Exec(ctx, stmt)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, res.RowsAffected(), "row")
	return nil
	// Output:
	// INSERT INTO TABLE user_account (id, name, fullname)
	// VALUES (1, 'spongebob', 'Spongebob Squarepants')
	//
	// 1 row
}

// insertMany: rows may be structs, whose fields are named as the columns are, and come from a slice or from an iterator.
// There are as many in a statement as fit.
func insertMany(ctx context.Context, e *engine.Engine, out io.Writer) error {
	type user struct {
		ID             int
		Name, Fullname string
	}
	users := []user{{2, "sandy", "Sandy Cheeks"}, {3, "patrick", "Patrick Star"}, {4, "squidward", "Squidward Tentacles"}}
	done, err := engine.InsertMany[user](ctx, e, expr.Insert(User), users, engine.BatchOptions{})
	fmt.Fprintln(out, done.Rows, "rows in", done.Batches, "statement")
	return err
	// Output:
	// INSERT INTO TABLE user_account (id, name, fullname)
	// VALUES (2, 'sandy', 'Sandy Cheeks'), (3, 'patrick', 'Patrick Star'), (4, 'squidward', 'Squidward Tentacles')
	//
	// 3 rows in 1 statement
}

// insertReturning: what Hive does not have is refused before anything is sent, with what to write instead.
func insertReturning(ctx context.Context, e *engine.Engine, out io.Writer) error {
	_, err := e.Query(ctx, expr.Insert(User).Set(User.ID.To(5)).Returning(User.ID))
	fmt.Fprintln(out, err)
	return nil
	// Output:
	// hive: insert: hive does not have RETURNING; read the rows back
}

// insertFromSelect: the rows of a query need not leave the server. There, too, values of other tables are looked up, for
// VALUES of Hive has no queries in it.
func insertFromSelect(ctx context.Context, e *engine.Engine, _ io.Writer) error {
	addresses := expr.UnionAll(
		expr.Select(User.ID, User.ID.As("user_id"), User.Name.Concat("@aol.com").As("email_address")),
		expr.Select(User.ID.Add(10), User.ID, User.Name.Concat("@squirrelpower.org")).Where(User.Name.Eq("sandy")),
	)
	_, err := e.Exec(ctx, expr.Insert(Address).Columns(Address.ID, Address.UserID, Address.EmailAddress).FromSelect(addresses))
	return err
	// Output:
	// INSERT INTO TABLE address (id, user_id, email_address)
	// SELECT user_account.id, user_account.id AS user_id, concat(user_account.name, '@aol.com') AS email_address
	// FROM user_account
	// UNION ALL
	// SELECT user_account.id + 10, user_account.id, concat(user_account.name, '@squirrelpower.org')
	// FROM user_account
	// WHERE user_account.name = 'sandy'
}
