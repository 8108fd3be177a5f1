package ddl

// CreateSchemaStmt makes a schema. See [CreateSchema].
type CreateSchemaStmt struct {
	Base
	Name        string
	Conditional bool // of IfNotExists
}

// CreateSchema makes a schema, for tables to be in.
func CreateSchema(name string) CreateSchemaStmt { return CreateSchemaStmt{Name: name} }

// IfNotExists does nothing if there is such a schema.
func (s CreateSchemaStmt) IfNotExists() CreateSchemaStmt { s.Conditional = true; return s }

// DropSchemaStmt drops a schema. See [DropSchema].
type DropSchemaStmt struct {
	Base
	Name        string
	Conditional bool // of IfExists
	All         bool // of Cascade
}

// DropSchema drops a schema, which must be empty.
func DropSchema(name string) DropSchemaStmt { return DropSchemaStmt{Name: name} }

// IfExists does nothing if there is no such schema.
func (s DropSchemaStmt) IfExists() DropSchemaStmt { s.Conditional = true; return s }

// Cascade drops what is in the schema, too.
func (s DropSchemaStmt) Cascade() DropSchemaStmt { s.All = true; return s }
