package schema

import (
	"errors"
	"fmt"
	"strings"
)

// reflectOption is an Item that says how tables are reflected.
type reflectOption interface {
	Item
	reflect(*reflection)
}

var errReflectOnly = errors.New("an item is for tables that are reflected")

type reflectFunc func(*reflection)

func (f reflectFunc) reflect(r *reflection)  { f(r) }
func (reflectFunc) declare(d *declaration)   { d.wrong = append(d.wrong, errReflectOnly) }
func (f ReflectFlag) declare(d *declaration) { d.wrong = append(d.wrong, errReflectOnly) }

// ReflectFlag is an item for [MetaData.Reflect] without a parameter.
type ReflectFlag uint8

// The flags of [MetaData.Reflect].
const (
	// Views has views and materialized views reflected, too. Those that [Only] names are, whether it is there or not.
	Views ReflectFlag = iota
	// NoParents leaves it at the tables that were asked for: the parents of their foreign keys are not reflected.
	NoParents
	// KeepColumns, with [ExtendExisting], keeps the columns of existing tables as they are, and adds those that they lack.
	KeepColumns
)

func (f ReflectFlag) reflect(r *reflection) {
	switch f {
	case Views:
		r.views = true
	case NoParents:
		r.noParents = true
	case KeepColumns:
		r.keepColumns = true
	}
}

// Only names the tables and views to reflect. Those that are not there are one [*MissingError], or the [*NoTableError] of
// the only one. Without names there are none to reflect.
func Only(names ...string) Item {
	return reflectFunc(func(r *reflection) { r.only = also(r.only, names) })
}

// also adds names to a list, which is not nil then.
func also(list, names []string) []string { return append(append([]string{}, list...), names...) }

// OnlyFunc says which tables to reflect. It is asked about views only if [Views] is there, too, or [Only] names them.
func OnlyFunc(match func(Relation) bool) Item {
	return reflectFunc(func(r *reflection) { r.match = match })
}

// IncludeColumns names the columns to reflect, of tables that were asked for. Constraints and indexes on others are left
// out. A column that a table does not have is an error.
func IncludeColumns(names ...string) Item {
	return reflectFunc(func(r *reflection) { r.include = also(r.include, names) })
}

// ExcludeColumns names columns not to reflect, of tables that were asked for. Constraints and indexes on them are left
// out.
func ExcludeColumns(names ...string) Item {
	return reflectFunc(func(r *reflection) { r.exclude = also(r.exclude, names) })
}

// OnColumn has a function called with each column that was found, which may change it before it is declared: its Key, its
// Type, its Default. Its Name is the database's.
func OnColumn(f func(*TableInfo, *Column)) Item {
	return reflectFunc(func(r *reflection) { r.onColumn = f })
}

// OnProgress has a function called after each table, with how many are done and how many there are, as far as it is
// known: parents are found on the way.
func OnProgress(f func(done, all int)) Item {
	return reflectFunc(func(r *reflection) { r.onProgress = f })
}

// ReflectError tells that a table could not be reflected.
type ReflectError struct {
	Table string // with its schema
	Child string // the table whose parent it is, or "" if it was asked for
	Err   error  // such as a [*DeclarationError]
}

func (e *ReflectError) Error() string {
	what := "schema: reflecting " + e.Table
	if e.Child != "" {
		what += ", a parent of " + e.Child
	}
	return because(what, e.Err)
}

// Unwrap gives the reason.
func (e *ReflectError) Unwrap() error { return e.Err }

// MissingError tells which of several tables are not there. errors.As finds a [*NoTableError] in it, too.
type MissingError struct {
	Schema string
	Names  []string

	errs []error
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("schema: there are no tables %s in schema %q", strings.Join(e.Names, ", "), e.Schema)
}

// Unwrap gives the errors of the tables.
func (e *MissingError) Unwrap() []error { return e.errs }
