package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var reflectRecipes = []recipe{
	{"reflect tables", reflectTables},
	{"inspect tables, columns, keys", inspectTables},
}

// reflectTables uses a table that the program has never declared. What is bound to a struct is checked once, here, and
// is typed from then on.
func reflectTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	from, err := e.Inspector()
	if err != nil {
		return err
	}
	md := schema.NewMetaData()
	table, err := schema.ReflectTable(ctx, md, from, "employees") // and departments, its parent
	if err != nil {
		return err
	}
	for _, t := range md.Tables() {
		fmt.Fprintln(out, t.Name, len(t.Columns()))
	}
	staff := expr.Bind[struct {
		expr.Table
		Name   expr.String
		Salary expr.Decimal
	}](table)
	return show(ctx, e, out, expr.Select(fn.Count().As("well_paid")).From(staff).Where(staff.Salary.Gt("6000")))
	// Output:
	// employees 6
	// departments 3
	// well_paid
	// ---------
	//         3
}

// inspectTables asks what there is.
func inspectTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	from, err := e.Inspector()
	if err != nil {
		return err
	}
	names, err := schema.TableNames(ctx, from, "") // of the database in which the session is
	if err != nil {
		return err
	}
	fmt.Fprintln(out, names)
	info, err := schema.DescribeTable(ctx, from, "", "employees")
	if err != nil {
		return err
	}
	for _, c := range info.Columns {
		fmt.Fprintln(out, c.Name, c.Type)
	}
	fmt.Fprintln(out, info.PrimaryKey().Columns)
	for _, k := range info.ForeignKeys() {
		fmt.Fprintln(out, k.Columns, k.RefTable, k.RefColumns)
	}
	var none *schema.NoTableError
	_, err = schema.DescribeTable(ctx, from, "", "no_such_table")
	if !errors.As(err, &none) {
		return fmt.Errorf("want that there is none: %w", err)
	}
	fmt.Fprintln(out, "no", none.Name)
	return nil
	// Output:
	// [accounts departments employees]
	// id int
	// name string
	// department_id int
	// manager_id int
	// salary decimal(10,2)
	// hired date
	// [id]
	// [department_id] departments [id]
	// no no_such_table
}
