package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// ShowStmt lists what there is in the catalog. Its methods narrow the list.
type ShowStmt struct {
	ddl.Base
	what     string
	global   bool // not of a database
	database string
	like     string
}

// ShowDatabases lists the databases.
func ShowDatabases() ShowStmt { return ShowStmt{what: "DATABASES", global: true} }

// ShowTables lists the tables of the session's database, with the views. Spark answers with three columns.
func ShowTables() ShowStmt { return ShowStmt{what: "TABLES"} }

// ShowViews lists the views. Spark answers with three columns.
func ShowViews() ShowStmt { return ShowStmt{what: "VIEWS"} }

// ShowMaterializedViews lists the materialized views.
func ShowMaterializedViews() ShowStmt { return ShowStmt{what: materializedViews} }

// ShowFunctions lists the functions.
func ShowFunctions() ShowStmt { return ShowStmt{what: "FUNCTIONS", global: true} }

const materializedViews = "MATERIALIZED VIEWS"

// In lists what is in a database.
func (s ShowStmt) In(database string) ShowStmt { s.database = database; return s }

// Like lists what has a name like the pattern: * stands for any characters and | for "or", but from Hive 4 on it is %,
// as in LIKE.
func (s ShowStmt) Like(pattern string) ShowStmt { s.like = pattern; return s }

// Reads is true. See expr.Reads.
func (ShowStmt) Reads() bool { return true }

func (s ShowStmt) write(w *definition) {
	if s.what == materializedViews && !w.hiveOnly(Hive31, "SHOW "+s.what, "use ShowTables") {
		return
	}
	w.Text("SHOW " + s.what)
	if s.database != "" {
		if s.global {
			w.Refuse(s.what + " are of no database")
		}
		w.Text(" IN ")
		w.Ident(s.database)
	}
	w.optional(" LIKE ", s.like)
}

// ShowPartitions lists the partitions of a table, or those that have the values.
func ShowPartitions(t *schema.Table, parts ...PartitionValue) ddl.Statement {
	parts = slices.Clone(parts)
	return question(func(w *definition) {
		w.Text("SHOW PARTITIONS ")
		w.Table(t)
		w.optionalPartition(t, parts)
	})
}

// ShowPartitionsWhere lists the partitions of a table for which a condition is true. It is about the columns by which the
// table is partitioned. Hive has it since version 4.
func ShowPartitionsWhere(t *schema.Table, condition expr.Bool) ddl.Statement {
	return question(func(w *definition) {
		if !w.hiveOnly(Hive40, "SHOW PARTITIONS with a condition", "use ShowPartitions with values") {
			return
		}
		w.Text("SHOW PARTITIONS ")
		w.Table(t)
		w.Text(" WHERE ")
		w.Bare(expr.T(t).Source, func() { w.Term(condition.Term) })
	})
}

// ShowColumns lists the columns of a table.
func ShowColumns(t *schema.Table) ddl.Statement { return show("COLUMNS IN", t) }

// ShowCreateTable asks for the statement that would make the table, or the view.
func ShowCreateTable(t *schema.Table) ddl.Statement { return show("CREATE TABLE", t) }

func show(what string, t *schema.Table) ddl.Statement {
	return question(func(w *definition) {
		w.Text("SHOW " + what + " ")
		w.Table(t)
	})
}

// ShowTblProperties lists the properties of a table, or asks for the one that is given.
func ShowTblProperties(t *schema.Table, key ...string) ddl.Statement {
	return question(func(w *definition) {
		w.Text("SHOW TBLPROPERTIES ")
		w.Table(t)
		switch len(key) {
		case 0:
		case 1:
			w.Text(" (")
			w.constant(key[0])
			w.Text(")")
		default:
			w.Refuse("one property is asked for, or all")
		}
	})
}

// ShowTableExtended asks for the facts of a table, such as the sizes of its files.
func ShowTableExtended(t *schema.Table) ddl.Statement {
	return question(func(w *definition) {
		if !w.has(t) {
			return
		}
		w.Text("SHOW TABLE EXTENDED ")
		if schema := w.SchemaOf(t); schema != "" {
			w.Text("IN ")
			w.Ident(schema)
			w.Text(" ")
		}
		w.Text("LIKE ")
		w.constant(t.Name)
	})
}

// ShowLocks lists the locks on a table, if the server has a manager of locks.
func ShowLocks(t *schema.Table) ddl.Statement {
	return question(func(w *definition) {
		w.hiveOnly(Hive23, "SHOW LOCKS", "")
		w.Text("SHOW LOCKS ")
		w.Table(t)
	})
}

// ShowTransactions lists the transactions of the server.
func ShowTransactions() ddl.Statement { return showActivity("TRANSACTIONS") }

// ShowCompactions lists the compactions of the server.
func ShowCompactions() ddl.Statement { return showActivity("COMPACTIONS") }

func showActivity(what string) ddl.Statement {
	return question(func(w *definition) {
		w.hiveOnly(Hive23, "SHOW "+what, "")
		w.Text("SHOW " + what)
	})
}
