package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var queryRecipes = []recipe{
	{"select", selectRows},
	{"order by", orderBy},
	{"limit and offset", limit},
	{"expression language", expressions},
	{"case", caseWhen},
	{"distinct", distinct},
	{"aggregates, group by, having", group},
}

// selectRows selects rows, as values of Go.
func selectRows(ctx context.Context, e *engine.Engine, out io.Writer) error {
	q := expr.Select(Employees.Name, Employees.Salary, Employees.Hired).
		Where(Employees.Salary.Gt("4000"), Employees.Hired.Lt(day(2020, time.January, 1))).
		OrderBy(Employees.Salary.Desc()).
		Limit(3)
	res, err := e.Query(ctx, q)
	if err != nil {
		return err
	}
	type row struct {
		Name   string
		Salary schema.Decimal
		Hired  schema.CivilDate
	}
	rows, err := engine.All[row](ctx, res)
	if err != nil {
		return err
	}
	for _, r := range rows {
		fmt.Fprintln(out, r.Name, r.Salary, r.Hired)
	}
	return nil
	// Output:
	// Ada 9000.00 2015-03-01
	// Dora 7000.00 2016-05-02
	// Ben 6500.50 2018-07-15
}

// orderBy orders rows by columns, by expressions, by labels of the result, and says where NULLs stand.
func orderBy(ctx context.Context, e *engine.Engine, out io.Writer) error {
	yearly := Employees.Salary.Mul("12").As("yearly")
	return show(ctx, e, out, expr.Select(Employees.Name, Employees.DepartmentID, yearly).
		OrderBy(Employees.DepartmentID.Asc().NullsLast(), expr.Desc("yearly")))
	// Output:
	// name  department_id     yearly
	// ----  -------------  ---------
	// Ada               1  108000.00
	// Ben               1   78006.00
	// Cleo              1   62400.00
	// Dora              2   84000.00
	// Emil              2   49200.00
	// Finn           NULL   46800.00
}

// limit reads page by page. The numbers are no part of what is compiled, so that each page uses the same text.
func limit(ctx context.Context, e *engine.Engine, out io.Writer) error {
	page := expr.Select(Employees.Name).OrderBy(Employees.Name)
	for i := range int64(2) {
		res, err := e.Query(ctx, page.Limit(2).Offset(2*i))
		if err != nil {
			return err
		}
		names, err := engine.Scalars[string](res, 0).All(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, names)
	}
	return nil
	// Output:
	// [Ada Ben]
	// [Cleo Dora]
}

// expressions has the operators of conditions. A method takes a value of Go, the function of the same name expressions:
// Salary.Gt("9"), but Gt(Salary, Bonus). A value that is not known yet is a Param.
func expressions(ctx context.Context, e *engine.Engine, out io.Writer) error {
	for _, condition := range []expr.Bool{
		expr.And(Employees.Salary.Ge("5000"), Employees.Salary.Lt("7000")),
		expr.Or(Employees.ManagerID.IsNull(), Employees.Name.Eq("Finn")),
		expr.Not(Employees.Name.In("Ada", "Ben", "Cleo", "Dora")),
		Employees.Name.Like("%e%"),
		Employees.Name.ILike("d%"),
		Employees.Name.StartsWith("A"),
		Employees.Salary.Between("3900", "4100"),
		expr.Gt(Employees.ID, Employees.ManagerID.Mul(3)),
	} {
		res, err := e.Query(ctx, expr.Select(Employees.Name).Where(condition).OrderBy(Employees.Name))
		if err != nil {
			return err
		}
		names, err := engine.Scalars[string](res, Employees.Name).All(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, names)
	}
	later := expr.Select(Employees.ID).Where(expr.Eq(Employees.Name, expr.Param[expr.String]("name")))
	res, err := e.Query(ctx, later, compile.Params{"name": "Emil"})
	if err != nil {
		return err
	}
	id, err := engine.Scalar[int](ctx, res)
	fmt.Fprintln(out, id)
	return err
	// Output:
	// [Ben Cleo]
	// [Ada Finn]
	// [Emil Finn]
	// [Ben Cleo]
	// [Dora]
	// [Ada]
	// [Emil Finn]
	// [Dora]
	// 5
}

// caseWhen has one value or another by conditions.
func caseWhen(ctx context.Context, e *engine.Engine, out io.Writer) error {
	band := expr.When(Employees.Salary.Lt("4000"), expr.Lit[expr.String]("low")).
		When(Employees.Salary.Lt("7000"), expr.Lit[expr.String]("middle")).
		Else(expr.Lit[expr.String]("high"))
	return show(ctx, e, out, expr.Select(Employees.Name, band.As("band")).OrderBy(Employees.Name))
	// Output:
	// name  band
	// ----  ------
	// Ada   high
	// Ben   middle
	// Cleo  middle
	// Dora  high
	// Emil  middle
	// Finn  low
}

// distinct leaves out repetitions, and counts without them.
func distinct(ctx context.Context, e *engine.Engine, out io.Writer) error {
	if err := show(ctx, e, out, expr.Select(Departments.City).Distinct().OrderBy(Departments.City)); err != nil {
		return err
	}
	res, err := e.Query(ctx, expr.Select(fn.CountDistinct(Departments.City)))
	if err != nil {
		return err
	}
	cities, err := engine.Scalar[int](ctx, res)
	fmt.Fprintln(out, cities, "cities")
	return err
	// Output:
	// city
	// -----
	// Basel
	// Lyon
	// 2 cities
}

// group makes one row of many: counts, sums and means for each value of what is grouped by, of groups that Having keeps.
func group(ctx context.Context, e *engine.Engine, out io.Writer) error {
	return show(ctx, e, out, expr.Select(
		Employees.DepartmentID,
		fn.Count().As("people"), fn.Sum(Employees.Salary).As("sum"), fn.Avg(Employees.Salary).As("mean"),
		fn.Min(Employees.Hired).As("first"), fn.Max(Employees.Hired).As("last"),
	).
		GroupBy(Employees.DepartmentID).
		Having(fn.Count().Gt(1)).
		OrderBy(expr.Desc("people")))
	// Output:
	// department_id  people       sum         mean  first       last
	// -------------  ------  --------  -----------  ----------  ----------
	//             1       3  20700.50  6900.166667  2015-03-01  2021-01-04
	//             2       2  11100.00         5550  2016-05-02  2021-10-01
}
