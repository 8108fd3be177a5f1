package schema

import (
	"context"
	"fmt"
	"iter"
)

// Inspector tells what tables a database has. Dialects implement it over whatever their servers offer; what follows from
// the answers, such as a [MetaData] with tables in it, is made here.
//
// Names are taken as they are: a % or a * in one stands for itself. Implementations are safe for concurrent use.
type Inspector interface {
	// DefaultSchema is the schema of tables that are asked for without one.
	DefaultSchema(ctx context.Context) (string, error)
	// Schemas are the names of all schemas, sorted.
	Schemas(ctx context.Context) ([]string, error)
	// Relations are the tables and views that a schema has, sorted by name. "" is the default schema. A schema that does
	// not exist is a [*NoSchemaError].
	Relations(ctx context.Context, schema string) ([]Relation, error)
	// Describe tells all about tables and views of one schema, in the order in which they are named: for each name there is
	// a TableInfo or an error, such as a [*NoTableError]. An error that is not about one table alone is the last, and
	// leaves names without an answer.
	//
	// It may ask for many at once, and for the next ones while the caller is busy with the first, but not for all: its
	// memory does not grow with their number.
	Describe(ctx context.Context, schema string, names ...string) iter.Seq2[*TableInfo, error]
}

// RelationKind is what a [Relation] is.
type RelationKind uint8

// The kinds of relations.
const (
	BaseTable RelationKind = iota
	View
	MaterializedView
)

func (k RelationKind) String() string {
	switch k {
	case BaseTable:
		return "table"
	case View:
		return "view"
	case MaterializedView:
		return "materialized view"
	}
	return fmt.Sprintf("RelationKind(%d)", uint8(k))
}

// Relation is what stands under a name in a schema.
type Relation struct {
	Schema, Name string
	Kind         RelationKind
	// Temporary: it goes with the session.
	Temporary bool
	Comment   string
}

// TableInfo is all that an [Inspector] tells about a table or a view. It is the caller's: what it holds belongs to no
// table yet.
type TableInfo struct {
	Relation
	// Columns are in the table's order.
	Columns []*Column
	// Constraints are the primary key and those of Unique, ForeignKey and Check that are there, as values. The parent of
	// a foreign key has its schema with it.
	Constraints []Item
	Indexes     []Index
	// Attrs are what the dialect knows besides, such as how the files of the table are laid out.
	Attrs []Attr
	// Definition is the query of a view, as the database has it.
	Definition string
}

// NoSchemaError tells that there is no such schema.
type NoSchemaError struct {
	Schema string
	Err    error // what the server said, or nil
}

func (e *NoSchemaError) Error() string {
	return because(fmt.Sprintf("schema: there is no schema %q", e.Schema), e.Err)
}

// Unwrap gives what the server said.
func (e *NoSchemaError) Unwrap() error { return e.Err }

// NoTableError tells that there is no such table or view.
type NoTableError struct {
	Schema, Name string
	Err          error // what the server said, or nil
}

func (e *NoTableError) Error() string {
	what := fmt.Sprintf("schema: there is no table %q", e.Name)
	if e.Schema != "" {
		what += fmt.Sprintf(" in schema %q", e.Schema)
	}
	return because(what, e.Err)
}

// Unwrap gives what the server said.
func (e *NoTableError) Unwrap() error { return e.Err }

func because(what string, err error) string {
	if err == nil {
		return what
	}
	return what + ": " + err.Error()
}
