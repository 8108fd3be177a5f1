package main

import (
	"context"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

var subqueryRecipes = []recipe{
	{"subqueries", subqueries},
	{"cte", commonTable},
	{"exists and correlated", exists},
	{"union", union},
}

// payroll is what each department pays.
func payroll() expr.SelectStmt {
	return expr.Select(Employees.DepartmentID, fn.Sum(Employees.Salary).As("total")).GroupBy(Employees.DepartmentID)
}

// subqueries has queries stand for a table, for a list and for a value.
func subqueries(ctx context.Context, e *engine.Engine, out io.Writer) error {
	pay := payroll().Subquery("pay")
	table := expr.Select(Departments.Name, pay.C("total")).
		From(Departments).Join(pay, expr.Eq(Departments.ID, expr.ColOf(pay, Employees.DepartmentID))).
		OrderBy(Departments.Name)

	managers := expr.Select(Employees.ManagerID).Where(Employees.ManagerID.IsNotNull())
	list := expr.Select(Employees.Name.As("manager")).Where(Employees.ID.InQuery(managers)).OrderBy(expr.Asc("manager"))

	mean := expr.Scalar[expr.Float](expr.Select(fn.Avg(Employees.Salary)))
	value := expr.Select(Employees.Name.As("above_mean")).
		Where(expr.Gt(expr.Of[expr.Float](Employees.Salary), mean)).
		OrderBy(expr.Asc("above_mean"))

	for _, q := range []expr.SelectStmt{table, list, value} {
		if err := show(ctx, e, out, q); err != nil {
			return err
		}
	}
	return nil
	// Output:
	// name         total
	// --------  --------
	// research  20700.50
	// sales     11100.00
	// manager
	// -------
	// Ada
	// Ben
	// Dora
	// above_mean
	// ----------
	// Ada
	// Ben
	// Dora
}

// commonTable gives a query a name, by which it can be read from more than once.
func commonTable(ctx context.Context, e *engine.Engine, out io.Writer) error {
	pay := payroll().CTE("pay")
	total := expr.Col[expr.Decimal](pay, "total")
	most := expr.Select(fn.Max(total).As("total")).Subquery("most")
	return show(ctx, e, out, expr.Select(Departments.Name, total).
		From(Departments).
		Join(pay, expr.Eq(Departments.ID, expr.ColOf(pay, Employees.DepartmentID))).
		Join(most, expr.Eq(total, expr.ColOf(most, total))))
	// Output:
	// name         total
	// --------  --------
	// research  20700.50
}

// exists asks whether a query gives any row. It is correlated: Departments is that of the query around it.
func exists(ctx context.Context, e *engine.Engine, out io.Writer) error {
	staffed := expr.Exists(expr.Select(Employees.ID).Where(expr.Eq(Employees.DepartmentID, Departments.ID)))
	for _, condition := range []expr.Bool{staffed, expr.Not(staffed)} {
		if err := show(ctx, e, out, expr.Select(Departments.Name).Where(condition).OrderBy(Departments.Name)); err != nil {
			return err
		}
	}
	return nil
	// Output:
	// name
	// --------
	// research
	// sales
	// name
	// -----
	// legal
}

// union puts the rows of queries together, each once or, by UnionAll, as they are.
func union(ctx context.Context, e *engine.Engine, out io.Writer) error {
	people := expr.Select(Employees.Name.As("name"), expr.Lit[expr.String]("person").As("what")).Where(Employees.ID.Le(2))
	places := expr.Select(Departments.City, expr.Lit[expr.String]("city"))
	return show(ctx, e, out, expr.Union(people, places).OrderBy(expr.Asc("name")))
	// Output:
	// name   what
	// -----  ------
	// Ada    person
	// Basel  city
	// Ben    person
	// Lyon   city
}
