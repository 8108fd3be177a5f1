package dialect

import (
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// command is a statement that only Hive and its like have.
type command interface {
	ddl.Statement
	write(w *definition)
}

// definition writes one statement of DDL.
type definition struct {
	*compile.Compiler
	version Version
}

// ddl writes the statements that change the schema, and those that only Hive has.
func (d *Hive) ddl(c *compile.Compiler, n expr.Node) bool {
	if _, ok := n.(ddl.Statement); !ok {
		return false // most nodes are none, and are asked about here
	}
	w := &definition{c, d.version}
	switch n := n.(type) {
	case command:
		n.write(w)
	case ddl.CreateTableStmt:
		w.Within("create table", -1, func() { w.createTable(n) })
	case ddl.DropTableStmt:
		w.dropTable(n.Table, n.Conditional, n.All, false)
	case ddl.CreateViewStmt:
		w.Within("create view", -1, func() { w.createView(n) })
	case ddl.DropViewStmt:
		w.drop("VIEW", n.View, n.Conditional, n.All)
	case ddl.AddConstraintStmt:
		w.Within("add constraint", -1, func() { w.addConstraint(n.Constraint) })
	case ddl.DropConstraintStmt:
		w.Within("drop constraint", -1, func() { w.dropConstraint(n) })
	case ddl.CreateIndexStmt, ddl.DropIndexStmt:
		w.refuse("indexes", "partition the table, bucket it, give ORC bloom filters by TblProperties, or make a materialized view")
	case ddl.SetTableCommentStmt:
		w.tableComment(n.Table)
	case ddl.SetColumnCommentStmt:
		w.columnComment(n.Column)
	default:
		return false
	}
	return true
}

func (w *definition) refuse(construct, instead string) {
	w.Fail(&compile.UnsupportedError{Construct: construct, Dialect: w.Dialect().Name(), Instead: instead})
}

// hiveOnly refuses a construct on Spark, and on versions of Hive before the one that brought it.
func (w *definition) hiveOnly(since Version, construct, instead string) bool {
	if w.version == Spark35 || w.version < since {
		w.refuse(construct, instead)
		return false
	}
	return true
}

// constant writes a text as a literal.
func (w *definition) constant(s string) { w.Literal(s, schema.String) }

// optional writes words and a text behind them, unless that is empty.
func (w *definition) optional(words, s string) {
	if s != "" {
		w.Text(words)
		w.constant(s)
	}
}

// properties writes keys and values, sorted so that equal maps have equal texts.
func (w *definition) properties(words string, m map[string]string) {
	w.Text(words + "(")
	for i, key := range slices.Sorted(maps.Keys(m)) {
		w.comma(i)
		w.constant(key)
		w.Text(" = ")
		w.constant(m[key])
	}
	w.Text(")")
}

func (w *definition) comma(i int) {
	if i > 0 {
		w.Text(", ")
	}
}

// words writes texts, each as it is, with spaces between those that are not empty.
func (w *definition) words(list ...string) {
	for _, s := range list {
		if s != "" {
			w.Text(s + " ")
		}
	}
}

func when(yes bool, words string) string {
	if yes {
		return words
	}
	return ""
}

// has reports whether there is a table, and refuses the statement if there is none.
func (w *definition) has(t *schema.Table) bool {
	if t == nil {
		w.Refuse("there is no table")
	}
	return t != nil
}

func (w *definition) drop(kind string, t *schema.Table, conditional, all bool) {
	if all {
		w.refuse("DROP "+kind+" … CASCADE", "nothing depends on a "+kind+" in the catalog")
	}
	w.words("DROP", kind, when(conditional, "IF EXISTS"))
	w.Table(t)
}

func (w *definition) dropTable(t *schema.Table, conditional, all, purge bool) {
	w.drop("TABLE", t, conditional, all)
	w.Text(when(purge, " PURGE"))
}

func (w *definition) createView(s ddl.CreateViewStmt) {
	if s.Replace && s.Conditional {
		w.Refuse("a view is replaced or left alone, not both")
	}
	w.words("CREATE", when(s.Replace, "OR REPLACE"), "VIEW", when(s.Conditional, "IF NOT EXISTS"))
	w.Table(s.View)
	if s.View != nil {
		w.attributes(s.View, "CREATE VIEW", PartitionTransforms{}, Bucketing{}, Skewing{}, Storage{}, RowFormatDelimited{}, RowSerDe{},
			FileLocation{}, ExternalTable{}, TemporaryTable{}, TransactionalTable{})
		w.viewColumns(s.View)
		w.optional(" COMMENT ", s.View.Comment)
		w.viewPartitions(s.View)
		w.tblProperties(s.View)
	}
	w.Text(" AS ")
	w.Part(s.Query)
}

// viewColumns writes the names of columns and their comments. Their types are those of the query.
func (w *definition) viewColumns(view *schema.Table) {
	for i, c := range view.Columns() {
		w.Text([]string{" (", ", "}[min(i, 1)])
		w.columnName(c)
		w.optional(" COMMENT ", c.Comment)
	}
	w.Text(when(len(view.Columns()) > 0, ")"))
}

func (w *definition) viewPartitions(view *schema.Table) {
	p, ok := attr[Partitioning](view)
	if ok && w.hiveOnly(Hive23, "CREATE VIEW … PARTITIONED ON", "leave it out") {
		w.Text(" PARTITIONED ON (")
		w.Idents(namesOf(view, p.Columns))
		w.Text(")")
	}
}

func (w *definition) tableComment(t *schema.Table) {
	if !w.has(t) {
		return
	}
	w.Text("ALTER TABLE ")
	w.Table(t)
	w.properties(" SET TBLPROPERTIES ", map[string]string{"comment": t.Comment})
}

func (w *definition) columnComment(c *schema.Column) {
	if c == nil || !w.has(c.Table()) {
		w.Refuse("there is no column")
		return
	}
	if slices.Contains(partitionColumns(c.Table()), c) {
		w.refuse("a changed comment on a partition column", "create the table with it")
		return
	}
	w.Text("ALTER TABLE ")
	w.Table(c.Table())
	w.Text(" CHANGE COLUMN ")
	w.Ident(c.Name)
	w.Text(" ")
	w.Ident(c.Name)
	w.Text(" ")
	w.Type(c.Type)
	w.Text(" COMMENT ")
	w.constant(c.Comment)
}

// namesOf are the names of columns that are given by key or name. Those that the table does not declare, as that of a
// query does none, are as they are given.
func namesOf(t *schema.Table, keys []string) []string {
	names := slices.Clone(keys)
	for i, key := range keys {
		if c, ok := t.Column(key); ok {
			names[i] = c.Name
		}
	}
	return names
}
