package ddl

import "github.com/skep-go/skep/toolkit/schema"

// AddConstraintStmt adds a constraint to a table that is there. See [AddConstraint].
type AddConstraintStmt struct {
	Base
	Constraint schema.Constraint
}

// AddConstraint adds a constraint of a table's declaration to the table of the server, such as a foreign key with
// UseAlter.
func AddConstraint(k schema.Constraint) AddConstraintStmt { return AddConstraintStmt{Constraint: k} }

// DropConstraintStmt drops a constraint. See [DropConstraint].
type DropConstraintStmt struct {
	Base
	Constraint  schema.Constraint
	Conditional bool // of IfExists
}

// DropConstraint drops a constraint, which must have a name.
func DropConstraint(k schema.Constraint) DropConstraintStmt { return DropConstraintStmt{Constraint: k} }

// IfExists does nothing if there is no such constraint.
func (s DropConstraintStmt) IfExists() DropConstraintStmt { s.Conditional = true; return s }

// CreateIndexStmt makes an index. See [CreateIndex].
type CreateIndexStmt struct {
	Base
	Index       *schema.Index
	Conditional bool // of IfNotExists
}

// CreateIndex makes an index of a table's declaration.
func CreateIndex(x *schema.Index) CreateIndexStmt { return CreateIndexStmt{Index: x} }

// IfNotExists does nothing if there is such an index.
func (s CreateIndexStmt) IfNotExists() CreateIndexStmt { s.Conditional = true; return s }

// DropIndexStmt drops an index. See [DropIndex].
type DropIndexStmt struct {
	Base
	Index       *schema.Index
	Conditional bool // of IfExists
}

// DropIndex drops an index.
func DropIndex(x *schema.Index) DropIndexStmt { return DropIndexStmt{Index: x} }

// IfExists does nothing if there is no such index.
func (s DropIndexStmt) IfExists() DropIndexStmt { s.Conditional = true; return s }
