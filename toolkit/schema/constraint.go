package schema

import (
	"slices"
	"strings"
)

// Constraint is a [*PrimaryKey], [*Unique], [*ForeignKey] or [*Check] of a table. They are declared as values, without
// the star, among the items of [NewTable] or the options of [Col].
//
// Their columns are declared by key or name; those of a table's constraints are the columns' names.
type Constraint interface {
	// ConstraintName is the name of the constraint, or "" if it has none.
	ConstraintName() string
	// Table is the table that has the constraint.
	Table() *Table

	constraint()
}

var (
	_ Constraint = (*PrimaryKey)(nil)
	_ Constraint = (*Unique)(nil)
	_ Constraint = (*ForeignKey)(nil)
	_ Constraint = (*Check)(nil)
)

// PrimaryKey is the primary key of a table. One whose columns are marked [PK] has no need of it, but for a name.
type PrimaryKey struct {
	Name    string
	Columns []string
	// NotEnforced: the database does not check it. Rely: it may trust it all the same, to find better plans.
	NotEnforced, Rely bool

	owner
}

// Unique is columns whose values no two rows share.
type Unique struct {
	Name    string
	Columns []string
	// NotEnforced: the database does not check it. Rely: it may trust it all the same, to find better plans.
	NotEnforced, Rely bool

	owner
}

// Check is a condition that every row meets.
type Check struct {
	Name string
	// Condition is an expression of package expr, or [SQL]. A string becomes SQL.
	Condition any
	// NotEnforced: the database does not check it. Rely: it may trust it all the same, to find better plans.
	NotEnforced, Rely bool

	owner
}

// ForeignKey is columns that name a row of another table, its parent.
type ForeignKey struct {
	Name    string
	Columns []string
	// RefSchema, RefTable and RefColumns are the parent. No schema is the default one of the [MetaData]; no columns are
	// the parent's primary key. The parent may be declared later: [ForeignKey.Target] finds it when it is asked.
	RefSchema, RefTable string
	RefColumns          []string
	// OnDelete and OnUpdate are what becomes of the row when its parent goes or changes.
	OnDelete, OnUpdate Action
	// Deferrable: the check may wait for the end of the transaction. Initially is whether it does, if not told otherwise.
	Deferrable bool
	Initially  Timing
	Match      Match
	// UseAlter: the constraint is added once both tables are there. So tables can be parents of each other.
	UseAlter bool
	// NotEnforced: the database does not check it. Rely: it may trust it all the same, to find better plans.
	NotEnforced, Rely bool

	owner
}

// Action is what a [ForeignKey] does about a row whose parent goes or changes. None is left to the database.
type Action string

// The actions of SQL.
const (
	Cascade    Action = "CASCADE"
	SetNull    Action = "SET NULL"
	SetDefault Action = "SET DEFAULT"
	Restrict   Action = "RESTRICT"
	NoAction   Action = "NO ACTION"
)

// Timing is when a [ForeignKey] is checked. None is left to the database.
type Timing string

// The times of SQL.
const (
	Immediate Timing = "IMMEDIATE"
	Deferred  Timing = "DEFERRED"
)

// Match is how a [ForeignKey] of several columns compares those that are NULL. None is left to the database.
type Match string

// The ways of SQL.
const (
	MatchFull    Match = "FULL"
	MatchPartial Match = "PARTIAL"
	MatchSimple  Match = "SIMPLE"
)

// Index is an index of a table, over columns or expressions or both, in this order.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
	// Exprs are expressions of package expr, or [SQL]. Strings become SQL.
	Exprs []any

	owner
}

// owner is the table that a constraint or an index belongs to.
type owner struct{ table *Table }

// Table returns the table that has it, or nil if it is not declared yet.
func (o owner) Table() *Table { return o.table }

// ConstraintName implements [Constraint].
func (k *PrimaryKey) ConstraintName() string { return k.Name }

// ConstraintName implements [Constraint].
func (k *Unique) ConstraintName() string { return k.Name }

// ConstraintName implements [Constraint].
func (k *ForeignKey) ConstraintName() string { return k.Name }

// ConstraintName implements [Constraint].
func (k *Check) ConstraintName() string { return k.Name }

func (*PrimaryKey) constraint() {}
func (*Unique) constraint()     {}
func (*ForeignKey) constraint() {}
func (*Check) constraint()      {}

func (k PrimaryKey) declare(d *declaration) { d.items = append(d.items, copied(k)) }
func (k Unique) declare(d *declaration)     { d.items = append(d.items, copied(k)) }
func (k ForeignKey) declare(d *declaration) { d.items = append(d.items, copied(k)) }
func (k Check) declare(d *declaration)      { d.items = append(d.items, copied(k)) }
func (x Index) declare(d *declaration)      { d.items = append(d.items, copied(x)) }

func (k PrimaryKey) option(c *Column) { c.items = append(c.items, copied(k)) }
func (k Unique) option(c *Column)     { c.items = append(c.items, copied(k)) }
func (k ForeignKey) option(c *Column) { c.items = append(c.items, copied(k)) }
func (k Check) option(c *Column)      { c.items = append(c.items, copied(k)) }
func (x Index) option(c *Column)      { c.items = append(c.items, copied(x)) }

// copied returns a constraint or an index that shares nothing with the caller's: tables and their copies are made of it
// later, too.
func copied(item Item) Item {
	switch k := item.(type) {
	case PrimaryKey:
		k.Columns = slices.Clone(k.Columns)
		return k
	case Unique:
		k.Columns = slices.Clone(k.Columns)
		return k
	case ForeignKey:
		k.Columns, k.RefColumns = slices.Clone(k.Columns), slices.Clone(k.RefColumns)
		return k
	case Index:
		k.Columns, k.Exprs = slices.Clone(k.Columns), slices.Clone(k.Exprs)
		return k
	}
	return item
}

// referenceTo is what References does about a column.
func referenceTo(parent *Column) ColumnOption {
	return optionFunc(func(c *Column) {
		if parent == nil || parent.table == nil {
			c.wrong = append(c.wrong, "references a column that is in no table")
			return
		}
		ForeignKey{RefSchema: parent.table.Schema, RefTable: parent.table.Name, RefColumns: []string{parent.Key}}.option(c)
	})
}

// reference is what References does about a name.
func reference(name string) ColumnOption {
	return optionFunc(func(c *Column) {
		path := strings.Split(name, ".")
		if len(path) < 2 || len(path) > 3 || slices.Contains(path, "") {
			c.wrong = append(c.wrong, "references "+name+`: want "table.column" or "schema.table.column"`)
			return
		}
		k := ForeignKey{RefTable: path[len(path)-2], RefColumns: path[len(path)-1:]}
		if len(path) == 3 {
			k.RefSchema = path[0]
		}
		k.option(c)
	})
}
