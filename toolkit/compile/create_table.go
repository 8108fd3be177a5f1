package compile

import (
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

func (c *Compiler) createTable(s ddl.CreateTableStmt) {
	c.Text("CREATE TABLE ")
	c.IfNotExists(s.Conditional)
	c.Table(s.Table)
	if s.Table == nil {
		return
	}
	if !s.Silent {
		c.noComments(s.Table)
	}
	switch {
	case s.Query != nil && s.Model != nil:
		c.Refuse("a table is made of a query or like another one, not both")
	case s.Model != nil:
		if len(s.Table.Columns()) > 0 {
			c.Refuse("a table that is like another one has its columns: declare it without")
		}
		if len(s.Table.Constraints()) > 0 {
			c.Refuse("a table that is like another one has no constraints of its own; use AddConstraint")
		}
		c.Text(" (LIKE ")
		c.Table(s.Model)
		c.Text(")")
	case s.Query != nil:
		if len(s.Table.Constraints()) > 0 {
			c.Refuse("a table of a query has no constraints; use AddConstraint")
		}
		c.columnNames(s.Table)
		c.Text(" AS ")
		c.Nested(s.Query)
	default:
		c.tableElements(s.Table)
	}
}

// noComments refuses comments where they cannot stand.
func (c *Compiler) noComments(t *schema.Table) {
	has := t.Comment != ""
	for _, column := range t.Columns() {
		has = has || column.Comment != ""
	}
	if has {
		c.Require(InlineComments)
	}
}

// tableElements writes the columns and constraints of a table.
func (c *Compiler) tableElements(t *schema.Table) {
	if len(t.Columns()) == 0 {
		c.Refuse("the table has no columns")
	}
	c.Bare(expr.T(t).Source, func() {
		for i, column := range t.Columns() {
			c.Text([]string{" (", ", "}[min(i, 1)])
			c.Within(column.Name, -1, func() { c.columnDefinition(column) })
		}
		for i, k := range t.Constraints() {
			if fk, ok := k.(*schema.ForeignKey); ok && fk.UseAlter {
				continue
			}
			c.Text(", ")
			c.Within("constraint", i, func() { c.constraint(k) })
		}
	})
	c.Text(")")
}

func (c *Compiler) columnDefinition(column *schema.Column) {
	c.Ident(column.Name)
	c.Text(" ")
	c.Type(column.Type)
	if column.ServerDefault != nil {
		c.Text(" DEFAULT ")
		c.Fragment(column.ServerDefault, column.Type)
	}
	if g := column.Computed; g != nil && c.Require(ComputedColumns) {
		c.Text(" GENERATED ALWAYS AS (")
		c.Fragment(g.Expr, column.Type)
		c.Text(")")
		if g.Stored {
			c.Text(" STORED")
		}
	}
	identity := column.Identity
	if identity == nil && column.AutoIncrement {
		identity = &schema.Identity{}
	}
	if identity != nil && c.Require(Identities) {
		c.identity(identity)
	}
	if column.NotNull {
		c.Text(" NOT NULL")
	}
}

func (c *Compiler) identity(i *schema.Identity) {
	c.Text(" GENERATED ")
	if i.Always {
		c.Text("ALWAYS")
	} else {
		c.Text("BY DEFAULT")
	}
	c.Text(" AS IDENTITY")
	sep := " ("
	option := func(text string) {
		c.Text(sep + text)
		sep = " "
	}
	for _, n := range []struct {
		words string
		n     int64
	}{{"START WITH ", i.Start}, {"INCREMENT BY ", i.Increment}, {"MINVALUE ", i.Min}, {"MAXVALUE ", i.Max}} {
		if n.n != 0 {
			option(n.words + itoa(n.n))
		}
	}
	if i.Cycle {
		option("CYCLE")
	}
	if sep == " " {
		c.Text(")")
	}
}

// constraint writes a constraint as it stands in CREATE TABLE and behind ADD.
func (c *Compiler) constraint(k schema.Constraint) {
	if k.ConstraintName() != "" {
		c.Text("CONSTRAINT ")
		c.Ident(k.ConstraintName())
		c.Text(" ")
	}
	switch k := k.(type) {
	case *schema.PrimaryKey:
		c.keyColumns("PRIMARY KEY", k.Columns)
		c.enforcement(k.NotEnforced, k.Rely)
	case *schema.Unique:
		c.keyColumns("UNIQUE", k.Columns)
		c.enforcement(k.NotEnforced, k.Rely)
	case *schema.Check:
		c.Text("CHECK (")
		c.Fragment(k.Condition, schema.Boolean)
		c.Text(")")
		c.enforcement(k.NotEnforced, k.Rely)
	case *schema.ForeignKey:
		c.keyColumns("FOREIGN KEY", k.Columns)
		c.References(k)
		c.referential(k)
		c.enforcement(k.NotEnforced, k.Rely)
	}
}

func (c *Compiler) keyColumns(words string, columns []string) {
	c.Text(words + " (")
	c.Idents(columns)
	c.Text(")")
}

// References writes the parent of a foreign key and its columns, behind a space.
func (c *Compiler) References(k *schema.ForeignKey) {
	parent, columns, err := k.Target()
	if err != nil {
		c.Fail(err)
		return
	}
	c.Text(" REFERENCES ")
	c.Table(parent)
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	c.keyColumns("", names)
}

func (c *Compiler) referential(k *schema.ForeignKey) {
	if k.Match != "" {
		c.Text(" MATCH " + string(k.Match))
	}
	if k.OnUpdate != "" {
		c.Text(" ON UPDATE " + string(k.OnUpdate))
	}
	if k.OnDelete != "" {
		c.Text(" ON DELETE " + string(k.OnDelete))
	}
	if k.Deferrable {
		c.Text(" DEFERRABLE")
	}
	if k.Initially != "" {
		c.Text(" INITIALLY " + string(k.Initially))
	}
}

func (c *Compiler) enforcement(not, rely bool) {
	if rely {
		c.Fail(&UnsupportedError{Construct: "RELY", Dialect: c.dialect.Name()})
	}
	if not && c.Require(NotEnforced) {
		c.Text(" NOT ENFORCED")
	}
}

func (c *Compiler) addConstraint(s ddl.AddConstraintStmt) {
	if !c.Require(AddConstraints) || !c.owned(s.Constraint != nil && s.Constraint.Table() != nil) {
		return
	}
	t := s.Constraint.Table()
	c.Text("ALTER TABLE ")
	c.Table(t)
	c.Text(" ADD ")
	c.Bare(expr.T(t).Source, func() { c.constraint(s.Constraint) })
}

func (c *Compiler) dropConstraint(s ddl.DropConstraintStmt) {
	if !c.Require(AddConstraints) || !c.owned(s.Constraint != nil && s.Constraint.Table() != nil) {
		return
	}
	c.Text("ALTER TABLE ")
	c.Table(s.Constraint.Table())
	c.Text(" DROP CONSTRAINT ")
	c.IfExists(s.Conditional)
	if s.Constraint.ConstraintName() == "" {
		c.Refuse("the constraint has no name")
		return
	}
	c.Ident(s.Constraint.ConstraintName())
}

// Bare has f write expressions that read from one source and whose columns stand without its name, as in CHECK. Columns
// of another table of that name are taken for its own: what is declared with a table cannot have been made of it.
func (c *Compiler) Bare(src *expr.Source, f func()) {
	c.inScope(scope{entries: []entry{{source: src}}, bare: true}, f)
}

// Fragment writes what stands in a declaration: an expression, [schema.SQL], or a value of the type.
func (c *Compiler) Fragment(v any, t schema.Type) {
	switch v := v.(type) {
	case schema.SQL:
		c.Text(string(v))
	case expr.Expr:
		c.Term(expr.TermOf(v))
	default:
		c.Literal(v, t)
	}
}
