package dialect

import (
	"strings"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// column writes a column with its constraint and its comment.
func (w *definition) column(t *schema.Table, c *schema.Column) {
	w.columnType(c)
	w.counted(c)
	if c.NotNull && c.ServerDefault != nil && w.version != Spark35 {
		w.refuse("NOT NULL beside DEFAULT on a column", `declare one of them, and perhaps a Check that the column "IS NOT NULL"`)
		return
	}
	_, external := attr[ExternalTable](t)
	if c.NotNull && w.sinceHive3("NOT NULL") {
		w.Text(" NOT NULL" + when(external && w.version != Spark35, " DISABLE NOVALIDATE RELY"))
	}
	if c.ServerDefault != nil && w.sinceHive3("DEFAULT") {
		if external && w.version != Spark35 {
			w.refuse("DEFAULT in an external table", "use schema.Default")
		}
		w.Text(" DEFAULT ")
		w.defaultValue(c)
	}
	w.optional(" COMMENT ", c.Comment)
}

// columnType writes the name and the type of a column.
func (w *definition) columnType(c *schema.Column) {
	w.columnName(c)
	w.Text(" ")
	w.Type(c.Type)
}

// columnName writes the name of a column that is made.
func (w *definition) columnName(c *schema.Column) {
	if strings.ContainsAny(c.Name, ".:,") && w.version != Spark35 {
		w.Refuse("a column's name cannot have a dot, a comma or a colon in it")
		return
	}
	w.Ident(c.Name)
}

// sinceHive3 refuses a constraint that Hive 2 does not know.
func (w *definition) sinceHive3(constraint string) bool {
	if w.version == Hive23 {
		w.refuse(constraint, "leave it out; Hive has it since 3.0")
		return false
	}
	return true
}

// counted refuses columns whose values the server would make.
func (w *definition) counted(c *schema.Column) {
	switch {
	case c.Computed != nil:
		w.refuse("computed columns", "compute them in a view, or in the query that inserts")
	case c.Identity != nil:
		w.refuse("identity columns", "use schema.DefaultFunc, or row_number() in the query that inserts")
	case c.AutoIncrement:
		w.refuse("columns that count", "use schema.DefaultFunc, or row_number() in the query that inserts")
	}
}

// defaultValue writes a value of the very type of the column, which Hive insists on.
func (w *definition) defaultValue(c *schema.Column) {
	switch c.ServerDefault.(type) {
	case schema.SQL, expr.Expr:
		w.Fragment(c.ServerDefault, c.Type)
		return
	}
	switch c.Type {
	case schema.String, schema.Boolean, schema.Integer, schema.Date, schema.Timestamp:
		w.Literal(c.ServerDefault, c.Type)
		return
	}
	w.Text("CAST(")
	w.Literal(c.ServerDefault, c.Type)
	w.Text(" AS ")
	w.Type(c.Type)
	w.Text(")")
}

// partitionColumn writes a column by which a table is partitioned.
func (w *definition) partitionColumn(t *schema.Table, c *schema.Column) {
	if w.version == Spark35 {
		w.column(t, c)
		return
	}
	w.counted(c)
	if c.NotNull || c.ServerDefault != nil {
		w.refuse("NOT NULL and DEFAULT on a partition column", "leave them out")
	}
	w.columnType(c)
	w.optional(" COMMENT ", c.Comment)
}

// constraint writes a constraint of a table. Keys are not checked by Hive, which wants that to be said.
func (w *definition) constraint(k schema.Constraint) {
	if w.version == Spark35 {
		w.refuse("constraints other than NOT NULL", "leave them out")
		return
	}
	if name := k.ConstraintName(); name != "" {
		w.Text("CONSTRAINT ")
		w.Ident(name)
		w.Text(" ")
	}
	switch k := k.(type) {
	case *schema.PrimaryKey:
		w.key("PRIMARY KEY", k.Columns)
		w.unchecked(k.Rely)
	case *schema.Unique:
		if w.sinceHive3("UNIQUE") {
			w.key("UNIQUE", k.Columns)
			w.unchecked(k.Rely)
		}
	case *schema.Check:
		w.check(k)
	case *schema.ForeignKey:
		w.foreignKey(k)
	}
}

func (w *definition) key(words string, columns []string) {
	w.Text(words + " (")
	w.Idents(columns)
	w.Text(")")
}

func (w *definition) unchecked(rely bool) {
	w.Text(" DISABLE NOVALIDATE" + when(rely, " RELY"))
}

func (w *definition) check(k *schema.Check) {
	if !w.sinceHive3("CHECK") {
		return
	}
	if _, external := attr[ExternalTable](k.Table()); external {
		w.refuse("CHECK in an external table", "leave it out")
	}
	w.Text("CHECK (")
	w.Fragment(k.Condition, schema.Boolean)
	w.Text(")")
	switch {
	case k.NotEnforced:
		w.unchecked(k.Rely)
	case k.Rely:
		w.Refuse("a check with Rely is NotEnforced, too")
	}
}

func (w *definition) foreignKey(k *schema.ForeignKey) {
	if k.OnDelete != "" || k.OnUpdate != "" || k.Deferrable || k.Initially != "" || k.Match != "" {
		w.refuse("foreign keys that do something", "declare only what they reference: they are not checked")
	}
	w.key("FOREIGN KEY", k.Columns)
	w.References(k)
	w.unchecked(k.Rely)
}

func (w *definition) addConstraint(k schema.Constraint) {
	if !w.named(k) {
		return
	}
	w.Text("ALTER TABLE ")
	w.Table(k.Table())
	w.Text(" ADD ")
	w.Bare(expr.T(k.Table()).Source, func() { w.constraint(k) })
}

func (w *definition) dropConstraint(s ddl.DropConstraintStmt) {
	if !w.named(s.Constraint) {
		return
	}
	if w.version == Spark35 {
		w.refuse("constraints other than NOT NULL", "there are none to drop")
	}
	if s.Conditional {
		w.refuse("DROP CONSTRAINT IF EXISTS", "drop it without")
	}
	w.Text("ALTER TABLE ")
	w.Table(s.Constraint.Table())
	w.Text(" DROP CONSTRAINT ")
	w.Ident(s.Constraint.ConstraintName())
}

// named refuses constraints that ALTER TABLE cannot speak of.
func (w *definition) named(k schema.Constraint) bool {
	switch {
	case k == nil || k.Table() == nil:
		w.Refuse("it is of no table: take it from the table's declaration")
	case k.ConstraintName() == "":
		w.Refuse("the constraint has no name; see schema.Naming")
	default:
		return true
	}
	return false
}
