package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// MaterializedViewStmt makes a materialized view. See [CreateMaterializedView].
type MaterializedViewStmt struct {
	ddl.Base
	view        *schema.Table
	query       expr.Node
	lenient     bool
	noRewriting bool
	distributed []string
	sorted      []string
}

// CreateMaterializedView makes a view whose rows are kept. Its declaration has no columns, but attributes such as
// [PartitionedBy] and [StoredAs]. Unless that is disabled, the server uses it for queries that it fits, which wants
// transactional tables.
func CreateMaterializedView(view *schema.Table, q expr.Query) MaterializedViewStmt {
	return MaterializedViewStmt{view: view, query: q}
}

// IfNotExists does nothing if there is such a view.
func (s MaterializedViewStmt) IfNotExists() MaterializedViewStmt { s.lenient = true; return s }

// DisableRewrite keeps the server from using the view for queries that do not name it.
func (s MaterializedViewStmt) DisableRewrite() MaterializedViewStmt { s.noRewriting = true; return s }

// DistributedOn spreads the rows over files by the values of columns.
func (s MaterializedViewStmt) DistributedOn(columns ...string) MaterializedViewStmt {
	s.distributed = slices.Clone(columns)
	return s
}

// SortedOn sorts the rows of each file.
func (s MaterializedViewStmt) SortedOn(columns ...string) MaterializedViewStmt {
	s.sorted = slices.Clone(columns)
	return s
}

// Shape implements [expr.Node].
func (s MaterializedViewStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Node(s.query)
}

func (s MaterializedViewStmt) write(w *definition) {
	w.Within("create materialized view", -1, func() {
		if !w.materialized() || !w.has(s.view) {
			return
		}
		if len(s.view.Columns()) > 0 {
			w.Refuse("a materialized view has the columns of its query: declare it without")
		}
		w.attributes(s.view, "CREATE MATERIALIZED VIEW", PartitionTransforms{}, Bucketing{}, Skewing{}, ExternalTable{}, TemporaryTable{})
		w.words("CREATE MATERIALIZED VIEW", when(s.lenient, "IF NOT EXISTS"))
		w.Table(s.view)
		w.Text(when(s.noRewriting && w.version != Hive23, " DISABLE REWRITE")) // Hive 2.3 rewrites only if told to
		w.optional(" COMMENT ", s.view.Comment)
		s.layout(w)
		w.rowFormat(s.view)
		w.stored(s.view)
		w.location(s.view)
		w.tblProperties(s.view)
		w.Text(" AS ")
		w.Part(s.query)
	})
}

func (s MaterializedViewStmt) layout(w *definition) {
	p, _ := attr[Partitioning](s.view)
	for _, part := range []struct {
		words   string
		columns []string
	}{{"PARTITIONED ON", p.Columns}, {"DISTRIBUTED ON", s.distributed}, {"SORTED ON", s.sorted}} {
		if len(part.columns) > 0 && w.hiveOnly(Hive40, part.words, "leave it out") {
			w.Text(" " + part.words + " (")
			w.Idents(part.columns)
			w.Text(")")
		}
	}
}

func (w *definition) materialized() bool {
	return w.hiveOnly(Hive23, "materialized views", "fill a table by INSERT OVERWRITE")
}

// DropMaterializedViewStmt drops a materialized view. See [DropMaterializedView].
type DropMaterializedViewStmt struct {
	ddl.Base
	view    *schema.Table
	lenient bool
}

// DropMaterializedView drops a materialized view.
func DropMaterializedView(view *schema.Table) DropMaterializedViewStmt {
	return DropMaterializedViewStmt{view: view}
}

// IfExists does nothing if there is no such view.
func (s DropMaterializedViewStmt) IfExists() DropMaterializedViewStmt { s.lenient = true; return s }

func (s DropMaterializedViewStmt) write(w *definition) {
	if w.materialized() {
		w.drop("MATERIALIZED VIEW", s.view, s.lenient, false)
	}
}

// RebuildMaterializedView fills a materialized view with what its query gives now.
func RebuildMaterializedView(view *schema.Table) ddl.Statement {
	return alterMaterialized(view, "REBUILD")
}

// EnableRewrite lets the server use a materialized view for queries that it fits.
func EnableRewrite(view *schema.Table) ddl.Statement {
	return alterMaterialized(view, "ENABLE REWRITE")
}

// DisableRewrite keeps the server from using a materialized view for queries that do not name it.
func DisableRewrite(view *schema.Table) ddl.Statement {
	return alterMaterialized(view, "DISABLE REWRITE")
}

func alterMaterialized(view *schema.Table, action string) ddl.Statement {
	return phrase{text: func(w *definition) {
		if w.hiveOnly(Hive31, "ALTER MATERIALIZED VIEW", "drop and create it anew") {
			w.Text("ALTER MATERIALIZED VIEW ")
			w.Table(view)
			w.Text(" " + action)
		}
	}}
}
