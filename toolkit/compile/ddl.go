package compile

import (
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// ddl writes a statement of package ddl as the standard has it or, where it has nothing, as most servers do.
func (c *Compiler) ddl(s ddl.Statement) bool {
	switch s := s.(type) {
	case ddl.CreateTableStmt:
		c.Within("create table", -1, func() { c.createTable(s) })
	case ddl.DropTableStmt:
		c.drop("TABLE", s.Table, s.Conditional, s.All)
	case ddl.CreateViewStmt:
		c.Within("create view", -1, func() { c.createView(s) })
	case ddl.DropViewStmt:
		c.drop("VIEW", s.View, s.Conditional, s.All)
	case ddl.CreateSchemaStmt:
		c.createSchema(s)
	case ddl.DropSchemaStmt:
		c.dropSchema(s)
	case ddl.AddConstraintStmt:
		c.Within("add constraint", -1, func() { c.addConstraint(s) })
	case ddl.DropConstraintStmt:
		c.Within("drop constraint", -1, func() { c.dropConstraint(s) })
	case ddl.CreateIndexStmt:
		c.Within("create index", -1, func() { c.createIndex(s) })
	case ddl.DropIndexStmt:
		c.Within("drop index", -1, func() { c.dropIndex(s) })
	case ddl.SetTableCommentStmt:
		c.tableComment(s)
	case ddl.SetColumnCommentStmt:
		c.columnComment(s)
	case ddl.RawStmt:
		c.Text(s.Text)
	case ddl.ExplainStmt:
		c.Text("EXPLAIN ")
		c.Within("explain", -1, func() { c.Part(s.Statement) })
	default:
		return false
	}
	return true
}

// Part is [Compiler.Nested] of a statement that must be there.
func (c *Compiler) Part(n expr.Node) {
	if n == nil {
		c.Refuse("there is no statement")
		return
	}
	c.Nested(n)
}

// IfExists writes IF EXISTS, if that is wanted, and a space.
func (c *Compiler) IfExists(wanted bool) {
	if wanted && c.Require(IfExists) {
		c.Text("IF EXISTS ")
	}
}

// IfNotExists writes IF NOT EXISTS, if that is wanted, and a space.
func (c *Compiler) IfNotExists(wanted bool) {
	if wanted && c.Require(IfExists) {
		c.Text("IF NOT EXISTS ")
	}
}

func (c *Compiler) drop(kind string, t *schema.Table, conditional, all bool) {
	c.Text("DROP " + kind + " ")
	c.IfExists(conditional)
	c.Table(t)
	if all {
		c.Text(" CASCADE")
	}
}

func (c *Compiler) createView(s ddl.CreateViewStmt) {
	c.Text("CREATE ")
	if s.Replace && c.Require(ReplacedViews) {
		c.Text("OR REPLACE ")
	}
	c.Text("VIEW ")
	c.IfNotExists(s.Conditional)
	c.Table(s.View)
	if s.View != nil {
		c.noComments(s.View)
		c.columnNames(s.View)
	}
	c.Text(" AS ")
	c.Part(s.Query)
}

// columnNames writes the names of a table's columns, if it has any, in parentheses behind a space.
func (c *Compiler) columnNames(t *schema.Table) {
	for i, column := range t.Columns() {
		c.Text([]string{" (", ", "}[min(i, 1)])
		c.Ident(column.Name)
	}
	if len(t.Columns()) > 0 {
		c.Text(")")
	}
}

func (c *Compiler) createSchema(s ddl.CreateSchemaStmt) {
	if !c.Require(Schemas) {
		return
	}
	c.Text("CREATE SCHEMA ")
	c.IfNotExists(s.Conditional)
	c.Ident(s.Name)
}

func (c *Compiler) dropSchema(s ddl.DropSchemaStmt) {
	if !c.Require(Schemas) {
		return
	}
	c.Text("DROP SCHEMA ")
	c.IfExists(s.Conditional)
	c.Ident(s.Name)
	if s.All {
		c.Text(" CASCADE")
	}
}

func (c *Compiler) createIndex(s ddl.CreateIndexStmt) {
	if !c.Require(Indexes) || !c.owned(s.Index != nil && s.Index.Table() != nil) {
		return
	}
	x := s.Index
	c.Text("CREATE ")
	if x.Unique {
		c.Text("UNIQUE ")
	}
	c.Text("INDEX ")
	c.IfNotExists(s.Conditional)
	c.Ident(x.Name)
	c.Text(" ON ")
	c.Table(x.Table())
	c.Text(" (")
	c.Idents(x.Columns)
	c.Bare(expr.T(x.Table()).Source, func() {
		for i, e := range x.Exprs {
			c.comma(len(x.Columns) + i)
			c.Text("(")
			c.Fragment(e, nil)
			c.Text(")")
		}
	})
	c.Text(")")
}

func (c *Compiler) dropIndex(s ddl.DropIndexStmt) {
	if !c.Require(Indexes) || !c.owned(s.Index != nil && s.Index.Table() != nil) {
		return
	}
	c.Text("DROP INDEX ")
	c.IfExists(s.Conditional)
	if schema := c.SchemaOf(s.Index.Table()); schema != "" {
		c.Ident(schema)
		c.Text(".")
	}
	c.Ident(s.Index.Name)
}

// owned refuses what is of no table.
func (c *Compiler) owned(ok bool) bool {
	if !ok {
		c.Refuse("it is of no table: take it from the table's declaration")
	}
	return ok
}

func (c *Compiler) tableComment(s ddl.SetTableCommentStmt) {
	if !c.Require(Comments) || !c.owned(s.Table != nil) {
		return
	}
	c.Text("COMMENT ON TABLE ")
	c.Table(s.Table)
	c.Text(" IS ")
	c.Literal(s.Table.Comment, schema.String)
}

func (c *Compiler) columnComment(s ddl.SetColumnCommentStmt) {
	if !c.Require(Comments) || !c.owned(s.Column != nil && s.Column.Table() != nil) {
		return
	}
	c.Text("COMMENT ON COLUMN ")
	c.Table(s.Column.Table())
	c.Text(".")
	c.Ident(s.Column.Name)
	c.Text(" IS ")
	c.Literal(s.Column.Comment, schema.String)
}
