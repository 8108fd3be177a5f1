package main

import (
	"context"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

var joinRecipes = []recipe{
	{"joins", joins},
	{"outer joins", outerJoins},
	{"self-join by an alias", selfJoin},
}

// joins joins tables by their foreign key, or by any condition.
func joins(ctx context.Context, e *engine.Engine, out io.Writer) error {
	byKey := expr.Select(Departments.Name.As("department"), Employees.Name).
		From(Employees).Join(Departments).
		OrderBy(Employees.Name)
	if err := show(ctx, e, out, byKey); err != nil {
		return err
	}
	return show(ctx, e, out, expr.Select(Departments.City, fn.Count().As("people")).
		From(Employees).Join(Departments, expr.Eq(Employees.DepartmentID, Departments.ID), Departments.City.Ne("Lyon")).
		GroupBy(Departments.City))
	// Output:
	// department  name
	// ----------  ----
	// research    Ada
	// research    Ben
	// research    Cleo
	// sales       Dora
	// sales       Emil
	// city   people
	// -----  ------
	// Basel       3
}

// outerJoins keep rows that have no partner, of one side or of both.
func outerJoins(ctx context.Context, e *engine.Engine, out io.Writer) error {
	q := expr.Select(Departments.Name.As("department"), Employees.Name).From(Departments)
	empty := q.LeftJoin(Employees).Where(Employees.ID.IsNull())
	if err := show(ctx, e, out, empty); err != nil {
		return err
	}
	return show(ctx, e, out, q.FullJoin(Employees).OrderBy(expr.Asc("department").NullsLast(), Employees.Name))
	// Output:
	// department  name
	// ----------  ----
	// legal       NULL
	// department  name
	// ----------  ----
	// legal       NULL
	// research    Ada
	// research    Ben
	// research    Cleo
	// sales       Dora
	// sales       Emil
	// NULL        Finn
}

// selfJoin joins a table with itself, under another name.
func selfJoin(ctx context.Context, e *engine.Engine, out io.Writer) error {
	Managers := expr.Alias(Employees, "managers")
	return show(ctx, e, out, expr.Select(Employees.Name, Managers.Name.As("manager")).
		From(Employees).LeftJoin(Managers, expr.Eq(Employees.ManagerID, Managers.ID)).
		OrderBy(Employees.Name))
	// Output:
	// name  manager
	// ----  -------
	// Ada   NULL
	// Ben   Ada
	// Cleo  Ben
	// Dora  Ada
	// Emil  Dora
	// Finn  Dora
}
