package ddl

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// CreateTableStmt makes a table. See [CreateTable].
type CreateTableStmt struct {
	Base
	Table       *schema.Table
	Conditional bool          // of IfNotExists
	Query       expr.Node     // of As, or nil
	Model       *schema.Table // of Like, or nil
	Silent      bool          // of WithoutComments
}

// Tables are those of the statement; see [expr.Tables].
func (s CreateTableStmt) Tables() []*schema.Table { return []*schema.Table{s.Table, s.Model} }

// CreateTable makes a table with all that its declaration says, but for what needs a statement of its own: indexes, and
// foreign keys with UseAlter. [CreateAll] makes those, too.
func CreateTable(t *schema.Table) CreateTableStmt { return CreateTableStmt{Table: t} }

// IfNotExists does nothing if there is such a table.
func (s CreateTableStmt) IfNotExists() CreateTableStmt { s.Conditional = true; return s }

// As fills the table with the rows of a query, which also says what columns the table has if its declaration has none.
func (s CreateTableStmt) As(q expr.Query) CreateTableStmt { s.Query = q; return s }

// Like makes the table with the columns of another one. Its declaration has none.
func (s CreateTableStmt) Like(model *schema.Table) CreateTableStmt { s.Model = model; return s }

// WithoutComments leaves out the comments, for servers that take them by [SetTableComment] and [SetColumnComment].
func (s CreateTableStmt) WithoutComments() CreateTableStmt { s.Silent = true; return s }

// Shape implements [expr.Node].
func (s CreateTableStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Node(s.Query)
}

// DropTableStmt drops a table. See [DropTable].
type DropTableStmt struct {
	Base
	Table       *schema.Table
	Conditional bool // of IfExists
	All         bool // of Cascade
}

// Tables are those of the statement; see [expr.Tables].
func (s DropTableStmt) Tables() []*schema.Table { return []*schema.Table{s.Table} }

// DropTable drops a table.
func DropTable(t *schema.Table) DropTableStmt { return DropTableStmt{Table: t} }

// IfExists does nothing if there is no such table.
func (s DropTableStmt) IfExists() DropTableStmt { s.Conditional = true; return s }

// Cascade drops what depends on the table, too.
func (s DropTableStmt) Cascade() DropTableStmt { s.All = true; return s }

// SetTableCommentStmt gives a table its comment. See [SetTableComment].
type SetTableCommentStmt struct {
	Base
	Table *schema.Table
}

// Tables are those of the statement; see [expr.Tables].
func (s SetTableCommentStmt) Tables() []*schema.Table { return []*schema.Table{s.Table} }

// SetTableComment gives a table of the server the comment that its declaration has.
func SetTableComment(t *schema.Table) SetTableCommentStmt { return SetTableCommentStmt{Table: t} }

// SetColumnCommentStmt gives a column its comment. See [SetColumnComment].
type SetColumnCommentStmt struct {
	Base
	Column *schema.Column
}

// SetColumnComment gives a column of the server the comment that its declaration has.
func SetColumnComment(c *schema.Column) SetColumnCommentStmt { return SetColumnCommentStmt{Column: c} }
