package schema

import (
	"context"
	"maps"
	"slices"
)

// Column is a column of a table. It is made by [Col], and is read-only once [NewTable] has taken it.
type Column struct {
	Name string
	// Key is the name by which the program speaks of the column, unless it is Name: see the option [Key].
	Key  string
	Type Type
	// NotNull: the column is declared NOT NULL. A column of the primary key need not be.
	NotNull bool
	// PrimaryKey: the column is one of the primary key, however that was declared.
	PrimaryKey bool
	// Unique: a [Unique] constraint is on the column alone.
	Unique bool
	// AutoIncrement: the database counts the values. See the option [AutoIncrement].
	AutoIncrement bool
	Comment       string
	// Default gives the value of an INSERT that says none, OnUpdate that of an UPDATE. They are nil without one.
	Default, OnUpdate *ColumnDefault
	// ServerDefault is the DEFAULT that the database knows: a value, [SQL], or an expression of package expr. It is nil
	// without one.
	ServerDefault any
	// Computed and Identity are how the database makes the values, or nil.
	Computed *Computed
	Identity *Identity
	Info     Info

	table *Table
	items []Item // constraints and indexes that were given as options
	wrong []string
}

// Col declares a column. Constraints among the options are constraints of the table on this one column, which they need
// not name: Col("email", String, Unique{}).
func Col(name string, t Type, opts ...ColumnOption) *Column {
	c := &Column{Name: name, Key: name, Type: t}
	for _, o := range opts {
		if isNil(o) {
			c.wrong = append(c.wrong, "an option is nil")
			continue
		}
		o.option(c)
	}
	return c
}

// Table returns the table that has the column, or nil if none has it yet.
func (c *Column) Table() *Table { return c.table }

// clone returns the column as it was declared, to be another table's.
func (c *Column) clone() *Column {
	clone := *c
	clone.table, clone.Unique = nil, false // as its constraints will tell
	clone.Info = maps.Clone(c.Info)
	clone.items = slices.Clone(c.items)
	return &clone
}

// ColumnOption says something about a column: [PK], [NotNull], [AutoIncrement], a [Key], a [Comment], [Info], a default,
// [ServerDefault], [Computed], [Identity], or a constraint.
type ColumnOption interface{ option(*Column) }

// ColumnFlag is an option without a parameter.
type ColumnFlag uint8

// The options without a parameter.
const (
	// PK makes the column one of the primary key.
	PK ColumnFlag = iota
	// NotNull declares the column NOT NULL.
	NotNull
	// AutoIncrement has the database count the values of the column.
	AutoIncrement
)

func (f ColumnFlag) option(c *Column) {
	switch f {
	case PK:
		c.PrimaryKey = true
	case NotNull:
		c.NotNull = true
	case AutoIncrement:
		c.AutoIncrement = true
	default:
		c.wrong = append(c.wrong, "no such option")
	}
}

// Key is the name by which the program speaks of a column, in place of the one that the database has for it.
type Key string

func (k Key) option(c *Column) { c.Key = string(k) }

// Comment is the comment of a table or of a column.
type Comment string

func (s Comment) option(c *Column) { c.Comment = string(s) }

// Info is what a program wants to find with a [MetaData], a table or a column. Nothing here reads it.
type Info map[string]any

func (i Info) option(c *Column) { c.Info = i }

// ColumnDefault is how the program makes the value of a column for which a statement says none: one of its fields.
type ColumnDefault struct {
	// Func, unless nil, makes the value, for each row anew.
	Func func(context.Context) (any, error)
	// Expr, unless nil, is an expression of package expr, or [SQL], that stands in the statement.
	Expr any
	// Value is the value if the other two are nil.
	Value any
}

func (d ColumnDefault) option(c *Column) { c.Default = &d }

// Default is the value of the column in an INSERT that says none.
func Default(value any) ColumnDefault { return ColumnDefault{Value: value} }

// DefaultFunc makes the value of the column in an INSERT that says none, for each row anew.
func DefaultFunc(f func(context.Context) (any, error)) ColumnDefault { return ColumnDefault{Func: f} }

// DefaultExpr is the expression that stands for the column in an INSERT that says none: one of package expr, or [SQL]. A
// string becomes SQL.
func DefaultExpr(e any) ColumnDefault { return ColumnDefault{Expr: asSQL(e)} }

// OnUpdate is for an UPDATE what the default is for an INSERT: OnUpdate(DefaultFunc(now)).
func OnUpdate(d ColumnDefault) ColumnOption {
	return optionFunc(func(c *Column) { c.OnUpdate = &d })
}

type optionFunc func(*Column)

func (f optionFunc) option(c *Column) { f(c) }

// SQL is text that is put into a statement as it is. It must not come from the program's users.
type SQL string

// asSQL returns an expression, of which a string is the text.
func asSQL(e any) any {
	if s, ok := e.(string); ok {
		return SQL(s)
	}
	return e
}

// ServerDefault is the DEFAULT that the database knows: a value, [SQL], or an expression of package expr.
func ServerDefault(v any) ColumnOption {
	return optionFunc(func(c *Column) { c.ServerDefault = v })
}

// Computed is a column that the database computes from the others: GENERATED ALWAYS AS.
type Computed struct {
	// Expr is an expression of package expr, or [SQL]. A string becomes SQL.
	Expr any
	// Stored: the values are kept, and not computed anew when they are read.
	Stored bool
}

func (g Computed) option(c *Column) {
	if g.Expr == nil {
		c.wrong = append(c.wrong, "computed from no expression")
	}
	g.Expr = asSQL(g.Expr)
	c.Computed = &g
}

// Identity is a column whose values the database counts: GENERATED AS IDENTITY. Numbers that are 0 are left to the
// database.
type Identity struct {
	// Always: a statement cannot give a value of its own.
	Always                     bool
	Start, Increment, Min, Max int64
	Cycle                      bool
}

func (i Identity) option(c *Column) { c.Identity = &i }

// References is a foreign key of one column: to "table.column", to "schema.table.column", or to a column of a table of
// the same [MetaData]. For more than that there is [ForeignKey], as an option of the column too.
func References[C string | *Column](column C) ColumnOption {
	if c, ok := any(column).(*Column); ok {
		return referenceTo(c)
	}
	name, _ := any(column).(string)
	return reference(name)
}
