package ddl

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// CreateViewStmt makes a view. See [CreateView].
type CreateViewStmt struct {
	Base
	View        *schema.Table
	Query       expr.Node
	Conditional bool // of IfNotExists
	Replace     bool // of OrReplace
}

// CreateView makes a view of a query. The view's declaration gives names to the columns, in the order of the query; if
// it has none, the query does. Their types are the query's.
func CreateView(view *schema.Table, q expr.Query) CreateViewStmt {
	return CreateViewStmt{View: view, Query: q}
}

// IfNotExists does nothing if there is such a view.
func (s CreateViewStmt) IfNotExists() CreateViewStmt { s.Conditional = true; return s }

// OrReplace takes the place of a view of that name.
func (s CreateViewStmt) OrReplace() CreateViewStmt { s.Replace = true; return s }

// Shape implements [expr.Node].
func (s CreateViewStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Node(s.Query)
}

// DropViewStmt drops a view. See [DropView].
type DropViewStmt struct {
	Base
	View        *schema.Table
	Conditional bool // of IfExists
	All         bool // of Cascade
}

// DropView drops a view.
func DropView(view *schema.Table) DropViewStmt { return DropViewStmt{View: view} }

// IfExists does nothing if there is no such view.
func (s DropViewStmt) IfExists() DropViewStmt { s.Conditional = true; return s }

// Cascade drops what depends on the view, too.
func (s DropViewStmt) Cascade() DropViewStmt { s.All = true; return s }
