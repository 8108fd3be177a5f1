package main

import (
	"context"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var staff = schema.NewMetaData()

// Departments are what the firm is made of.
var Departments = expr.Declare(staff, "departments", struct {
	expr.Table
	ID   expr.Int `col:",pk" type:"int"`
	Name expr.String
	City expr.String
}{})

// Employees work in a department, or in none, and for a manager, unless they are the boss.
var Employees = expr.Declare(staff, "employees", struct {
	expr.Table
	ID           expr.Int `col:",pk" type:"int"`
	Name         expr.String
	DepartmentID expr.Int     `type:"int" references:"departments.id"`
	ManagerID    expr.Int     `type:"int"`
	Salary       expr.Decimal `type:"decimal(10,2)"`
	Hired        expr.Date
}{})

// Accounts is what recipes change: its rows can be updated and deleted.
var Accounts = expr.Declare(staff, "accounts", struct {
	expr.Table
	ID      expr.Int `col:",pk" type:"int"`
	Owner   expr.String
	Balance expr.Decimal `type:"decimal(10,2)"`
}{}, dialect.StoredAs("ORC"), dialect.Transactional())

// Department is a row of Departments.
type Department struct {
	ID   int
	Name string
	City string
}

// Employee is a row of Employees.
type Employee struct {
	ID                      int
	Name                    string
	DepartmentID, ManagerID *int
	Salary                  schema.Decimal
	Hired                   schema.CivilDate
}

// Account is a row of Accounts.
type Account struct {
	ID      int
	Owner   string
	Balance schema.Decimal
}

var departments = []Department{{1, "research", "Basel"}, {2, "sales", "Lyon"}, {3, "legal", "Basel"}}

var employees = []Employee{
	{1, "Ada", ref(1), nil, "9000.00", day(2015, time.March, 1)},
	{2, "Ben", ref(1), ref(1), "6500.50", day(2018, time.July, 15)},
	{3, "Cleo", ref(1), ref(2), "5200.00", day(2021, time.January, 4)},
	{4, "Dora", ref(2), ref(1), "7000.00", day(2016, time.May, 2)},
	{5, "Emil", ref(2), ref(4), "4100.00", day(2021, time.October, 1)},
	{6, "Finn", nil, ref(4), "3900.00", day(2023, time.February, 20)},
}

func ref(n int) *int { return &n }

func day(year int, month time.Month, day int) schema.CivilDate {
	return schema.CivilDate{Year: year, Month: month, Day: day}
}

// setUp makes and fills the tables.
func setUp(ctx context.Context, e *engine.Engine) error {
	if err := engine.CreateAll(ctx, e, staff); err != nil {
		return err
	}
	if _, err := e.Exec(ctx, expr.InsertStructs(Departments, departments...)); err != nil {
		return err
	}
	_, err := e.Exec(ctx, expr.InsertStructs(Employees, employees...))
	return err
}

// refill puts three accounts into their table and nothing else: INSERT OVERWRITE is how Hive replaces what is in one.
func refill(ctx context.Context, e engine.Executor) error {
	_, err := e.Exec(ctx, dialect.Overwrite(expr.InsertStructs(Accounts,
		Account{1, "Ada", "100.00"}, Account{2, "Ben", "20.50"}, Account{3, "Cleo", "0.00"})))
	return err
}
