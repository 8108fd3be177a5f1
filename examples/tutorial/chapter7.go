package main

import (
	"context"
	"io"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

// Chapter 7: Queries of queries.
var composing = []section{
	{"subqueries", subqueries},
	{"common table expressions", commonTables},
	{"scalar and correlated subqueries", scalarSubqueries},
	{"LATERAL", lateral},
	{"UNION and other set operations", unions},
	{"selecting from unions", fromUnions},
	{"EXISTS", exists},
}

// addressCount is the number of addresses of each user. Queries are built on one another: each method gives a changed copy.
func addressCount() expr.SelectStmt {
	return expr.Select(fn.Count(Address.ID).As("count"), Address.UserID).GroupBy(Address.UserID)
}

// subqueries: a query is something to read from. ColOf finds in it the column of a table, with its kind; C one by name.
func subqueries(ctx context.Context, e *engine.Engine, out io.Writer) error {
	sub := addressCount().Subquery("counts")
	return show(ctx, e, out, expr.Select(User.Name, sub.C("count")).
		From(User).Join(sub, expr.Eq(User.ID, expr.ColOf(sub, Address.UserID))).
		OrderBy(User.Name))
	// Output:
	// SELECT user_account.name, counts.count
	// FROM user_account
	// JOIN (SELECT count(address.id) AS count, address.user_id
	// FROM address
	// GROUP BY address.user_id) AS counts ON user_account.id = counts.user_id
	// ORDER BY user_account.name
	//
	// name       count
	// ---------  -----
	// patrick        1
	// sandy          2
	// spongebob      1
	// squidward      1
}

// commonTables: CTE instead of Subquery has the query stand before the others, by its name. Hive has no recursive ones:
// expr.RecursiveCTE is refused.
func commonTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	counts := addressCount().CTE("counts")
	return show(ctx, e, out, expr.Select(User.Name, counts.C("count")).
		From(User).Join(counts, expr.Eq(User.ID, expr.ColOf(counts, Address.UserID))).
		Where(expr.Col[expr.Int](counts, "count").Gt(1)))
	// Output:
	// WITH counts AS (SELECT count(address.id) AS count, address.user_id
	// FROM address
	// GROUP BY address.user_id)
	// SELECT user_account.name, counts.count
	// FROM user_account
	// JOIN counts ON user_account.id = counts.user_id
	// WHERE counts.count > 1
	//
	// name   count
	// -----  -----
	// sandy      2
}

// scalarSubqueries: a query of one column and one row is a value. User is read by the query around it, so that it is that
// of the row (correlation).
func scalarSubqueries(ctx context.Context, e *engine.Engine, out io.Writer) error {
	count := expr.Scalar[expr.Int](expr.Select(fn.Count(Address.ID)).Where(expr.Eq(Address.UserID, User.ID)))
	return show(ctx, e, out, expr.Select(User.Name, count.As("address_count")).From(User).OrderBy(User.Name))
	// Output:
	// SELECT user_account.name, (SELECT count(address.id)
	// FROM address
	// WHERE address.user_id = user_account.id) AS address_count
	// FROM user_account
	// ORDER BY user_account.name
	//
	// name       address_count
	// ---------  -------------
	// patrick                1
	// sandy                  2
	// spongebob              1
	// squidward              1
}

// lateral: Hive has no LATERAL queries. It has LATERAL VIEW: functions that make rows of each row, here of an array.
func lateral(ctx context.Context, e *engine.Engine, out io.Writer) error {
	parts := expr.Call[expr.Array[expr.String]]("split", Address.EmailAddress, expr.Lit[expr.String]("@"))
	part := dialect.PosExplode(parts, "parts", "pos", "part")
	q := expr.Select(Address.EmailAddress, part.C("pos"), part.C("part")).
		Where(Address.EmailAddress.StartsWith("sandy")).
		OrderBy(Address.EmailAddress, part.C("pos"))
	return show(ctx, e, out, dialect.LateralView(q, part))
	// Output:
	// SELECT address.email_address, parts.pos, parts.part
	// FROM address
	// LATERAL VIEW posexplode(split(address.email_address, '@')) parts AS pos, part
	// WHERE instr(address.email_address, 'sandy') = 1
	// ORDER BY address.email_address, parts.pos
	//
	// email_address            pos  part
	// -----------------------  ---  -----------------
	// sandy@aol.com              0  sandy
	// sandy@aol.com              1  aol.com
	// sandy@squirrelpower.org    0  sandy
	// sandy@squirrelpower.org    1  squirrelpower.org
}

// unions: Union, Intersect and Except, with All or without, put queries together. Hive has all of them on one level, and
// orders the whole only; the dialect writes it so that each is what it says.
func unions(ctx context.Context, e *engine.Engine, out io.Writer) error {
	stmt1 := expr.Select(User.ID, User.Name).Where(User.Name.Eq("sandy"))
	stmt2 := expr.Select(User.ID, User.Name).Where(User.Name.Eq("spongebob"))
	return show(ctx, e, out, expr.UnionAll(stmt1, stmt2).OrderBy(expr.Asc("id")))
	// Output:
	// SELECT user_account.id, user_account.name
	// FROM user_account
	// WHERE user_account.name = 'sandy'
	// UNION ALL
	// SELECT user_account.id, user_account.name
	// FROM user_account
	// WHERE user_account.name = 'spongebob'
	// ORDER BY id
	//
	// id  name
	// --  ---------
	//  1  spongebob
	//  2  sandy
}

// fromUnions: a union is something to read from, as any query.
func fromUnions(ctx context.Context, e *engine.Engine, out io.Writer) error {
	u := expr.UnionAll(
		expr.Select(User.ID, User.Name).Where(User.Name.Eq("sandy")),
		expr.Select(User.ID, User.Name).Where(User.Name.Eq("spongebob")),
	).Subquery("u")
	return show(ctx, e, out, expr.Select(fn.Max(expr.ColOf(u, User.Name)).As("last"), fn.Count().As("n")).From(u))
	// Output:
	// SELECT max(u.name) AS last, count(*) AS n
	// FROM (SELECT user_account.id, user_account.name
	// FROM user_account
	// WHERE user_account.name = 'sandy'
	// UNION ALL
	// SELECT user_account.id, user_account.name
	// FROM user_account
	// WHERE user_account.name = 'spongebob') AS u
	//
	// last       n
	// ---------  -
	// spongebob  2
}

// exists: whether a query gives any row, for each row of the query around it. NOT IN is never true of a list with a NULL;
// Not(Exists) is what is meant, most of the time.
func exists(ctx context.Context, e *engine.Engine, out io.Writer) error {
	several := expr.Exists(addressCount().Where(expr.Eq(User.ID, Address.UserID)).Having(fn.Count(Address.ID).Gt(1)))
	if err := show(ctx, e, out, expr.Select(User.Name).Where(several)); err != nil {
		return err
	}
	org := expr.Select(Address.ID).Where(expr.Eq(User.ID, Address.UserID), Address.EmailAddress.EndsWith(".org"))
	return show(ctx, e, out, expr.Select(User.Name).Where(expr.Not(expr.Exists(org))).OrderBy(User.Name))
	// Output:
	// SELECT user_account.name
	// FROM user_account
	// WHERE EXISTS (SELECT count(address.id) AS count, address.user_id
	// FROM address
	// WHERE user_account.id = address.user_id
	// GROUP BY address.user_id
	// HAVING count(address.id) > 1)
	//
	// name
	// -----
	// sandy
	//
	// SELECT user_account.name
	// FROM user_account
	// WHERE NOT EXISTS (SELECT address.id
	// FROM address
	// WHERE user_account.id = address.user_id AND instr(reverse(address.email_address), reverse('.org')) = 1)
	// ORDER BY user_account.name
	//
	// name
	// ---------
	// patrick
	// spongebob
	// squidward
}
