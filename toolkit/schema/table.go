package schema

import (
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
)

// Table is a table of a database. It is made by [NewTable]; from then on it is read-only, and safe for concurrent use.
type Table struct {
	Name string
	// Schema is the database's schema that has the table, or "": see [In].
	Schema  string
	Comment string
	Info    Info

	id          uint64
	md          *MetaData
	columns     []*Column
	byKey       map[string]*Column
	byName      map[string]*Column // by fold(Name)
	constraints []Constraint
	indexes     []*Index
	attrs       []Attr
	items       []Item // as declared, for copies
	err         error
}

// NewTable declares a table, as one of md; a nil md stands for a new one. It takes the columns: each is that of one
// table.
//
// It does not fail. What is wrong, such as a column that is there twice or a table that exists already, is what
// [Table.Err] and [MetaData.Err] return: one or several [*DeclarationError].
func NewTable(md *MetaData, name string, items ...Item) *Table {
	if md == nil {
		md = NewMetaData()
	}
	return md.declare(declare(name, items))
}

// Item is a part of a table's declaration: a [*Column], a constraint, an [Index], a [Comment], [Info], the schema [In]
// which the table is, an [Existing], an [Attr], or what [Invalid] returns. For tables that are reflected there are more:
// see [MetaData.Reflect].
type Item interface{ declare(*declaration) }

// In is the schema in which a table is, unless it is in the default one of its [MetaData].
type In string

// Existing is what [NewTable] does about a table that is declared already. Without one it is an error.
type Existing uint8

const (
	// ExtendExisting declares the table anew, as it was and with the items: a column takes the place of the one with its
	// name. The table that NewTable returns replaces the other, which whoever has it keeps as it was.
	ExtendExisting Existing = iota + 1
	// KeepExisting returns the table as it was, and leaves the items alone.
	KeepExisting
	// MustExist returns the table as it was. It is an error if there is none, or if there are other items than [In].
	MustExist
)

// Attr is what a dialect knows of a table and this package does not, such as how its files are laid out. The dialect's
// types embed [AttrBase] and are found in [Table.Attrs]. They are values: a copy of the table has the same.
type Attr interface {
	Item
	attr()
}

// AttrBase makes the type that embeds it an [Attr].
type AttrBase struct{}

func (AttrBase) declare(*declaration) {}
func (AttrBase) attr()                {}

// Fact is an [Attr] that tells what became of a table, such as who made it and when, and is no part of its definition:
// [Diff] does not look at it. The dialect's types embed [FactBase].
type Fact interface {
	Attr
	fact()
}

// FactBase makes the type that embeds it a [Fact].
type FactBase struct{ AttrBase }

func (FactBase) fact() {}

// declaration is what was said about a table.
type declaration struct {
	name     string
	schema   In
	existing Existing
	comment  Comment
	info     Info
	columns  []*Column
	items    []Item // constraints, indexes and attributes, as values
	wrong    []error
	strict   bool // the table is not kept if something is wrong with it
}

var errNilItem = errors.New("an item is nil")

func declare(name string, items []Item) *declaration {
	d := &declaration{name: name}
	for _, item := range items {
		switch attr, isAttr := item.(Attr); {
		case isNil(item):
			d.wrong = append(d.wrong, errNilItem)
		case isAttr:
			d.items = append(d.items, attr)
		default:
			item.declare(d)
		}
	}
	return d
}

// Invalid is an item that is wrong already, as whoever makes items of something else finds out: the error is one of the
// table's.
func Invalid(err error) Item {
	if err == nil {
		err = errNilItem
	}
	return invalid{err}
}

type invalid struct{ err error }

func (i invalid) declare(d *declaration) { d.wrong = append(d.wrong, i.err) }

func (c *Column) declare(d *declaration)  { d.columns = append(d.columns, c) }
func (s In) declare(d *declaration)       { d.schema = s }
func (e Existing) declare(d *declaration) { d.existing = e }
func (s Comment) declare(d *declaration)  { d.comment = s }
func (i Info) declare(d *declaration)     { d.info = i }

// isNil reports whether an interface holds nothing, or a pointer to nothing.
func isNil(v any) bool {
	return v == nil || reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil()
}

var lastID atomic.Uint64

// ID is a number that no other table of the process has had. What is cached about a table goes by it.
func (t *Table) ID() uint64 { return t.id }

// MetaData returns what the table was declared in.
func (t *Table) MetaData() *MetaData { return t.md }

// FullName is "schema.name", or the name alone without a schema: to be read, not to be put into a statement.
func (t *Table) FullName() string { return fullName(t.Schema, t.Name) }

func fullName(schema, name string) string {
	if schema == "" {
		return name
	}
	return schema + "." + name
}

// Err returns what is wrong with the declaration, or nil.
func (t *Table) Err() error { return t.err }

// Columns returns the columns in order. The slice is the caller's, as are those of the other methods.
func (t *Table) Columns() []*Column { return slices.Clone(t.columns) }

// Column finds a column by its key, or else by its name.
func (t *Table) Column(key string) (*Column, bool) {
	c, ok := t.byKey[key]
	if !ok {
		c, ok = t.byName[fold(key)]
	}
	return c, ok
}

// PrimaryKey returns the columns of the primary key, in its order, or none.
func (t *Table) PrimaryKey() []*Column {
	for _, k := range t.constraints {
		if k, ok := k.(*PrimaryKey); ok {
			return t.named(k.Columns)
		}
	}
	return nil
}

// named returns the columns with these names, which are there.
func (t *Table) named(names []string) []*Column {
	var columns []*Column
	for _, name := range names {
		columns = append(columns, t.byName[fold(name)])
	}
	return columns
}

// Constraints returns all constraints: the primary key, then those of the columns, then those of the table.
func (t *Table) Constraints() []Constraint { return slices.Clone(t.constraints) }

// ForeignKeys returns the foreign keys among the constraints.
func (t *Table) ForeignKeys() []*ForeignKey { return slices.Collect(t.EachForeignKey) }

// EachForeignKey calls f with the foreign keys, until it returns false.
func (t *Table) EachForeignKey(f func(*ForeignKey) bool) {
	for _, k := range t.constraints {
		if k, ok := k.(*ForeignKey); ok && !f(k) {
			return
		}
	}
}

// Indexes returns the indexes: those of the columns, then those of the table.
func (t *Table) Indexes() []*Index { return slices.Clone(t.indexes) }

// Attrs returns what dialects know of the table.
func (t *Table) Attrs() []Attr { return slices.Clone(t.attrs) }
