package dialect

import (
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/schema"
)

// DropTableStmt drops a table for good. See [DropTablePurge].
type DropTableStmt struct {
	ddl.Base
	table   *schema.Table
	lenient bool
}

// DropTablePurge is ddl.DropTable that removes the files for good, without a trash.
func DropTablePurge(t *schema.Table) DropTableStmt { return DropTableStmt{table: t} }

// IfExists does nothing if there is no such table.
func (s DropTableStmt) IfExists() DropTableStmt { s.lenient = true; return s }

func (s DropTableStmt) write(w *definition) { w.dropTable(s.table, s.lenient, false, true) }

// MsckStmt compares the partitions of a table with the folders that are there. See [Msck].
type MsckStmt struct {
	ddl.Base
	table  *schema.Table
	action string
}

// Msck adds the partitions of a table whose folders are there and that the catalog does not know.
func Msck(t *schema.Table) MsckStmt { return MsckStmt{table: t} }

// Drop drops instead the partitions whose folders are gone.
func (s MsckStmt) Drop() MsckStmt { s.action = " DROP PARTITIONS"; return s }

// Sync also drops the partitions whose folders are gone.
func (s MsckStmt) Sync() MsckStmt { s.action = " SYNC PARTITIONS"; return s }

func (s MsckStmt) write(w *definition) {
	switch {
	case s.action == "":
	case w.version == Hive23:
		w.refuse("MSCK"+s.action, "use DropPartition")
	case w.version == Hive31 && slices.ContainsFunc(partitionColumns(s.table), unfolded):
		w.refuse("MSCK"+s.action+" of partitions by other types than STRING, VARCHAR and INT", "use DropPartition")
	}
	w.Text("MSCK REPAIR TABLE ")
	w.Table(s.table)
	w.Text(s.action)
}

// unfolded reports whether Hive 3.1 fails to drop partitions by a column: it does not make values of most types of what
// the names of folders say.
func unfolded(c *schema.Column) bool {
	_, varchar := c.Type.(schema.VarCharType)
	return !varchar && c.Type != schema.String && c.Type != schema.Integer
}

// TruncateStmt deletes all rows. See [Truncate].
type TruncateStmt struct {
	ddl.Base
	table *schema.Table
	parts []PartitionValue
	force bool
}

// Truncate deletes all rows of a table, or of the partitions with the values.
func Truncate(t *schema.Table, parts ...PartitionValue) TruncateStmt {
	return TruncateStmt{table: t, parts: slices.Clone(parts)}
}

// Force truncates external tables, too.
func (s TruncateStmt) Force() TruncateStmt { s.force = true; return s }

func (s TruncateStmt) write(w *definition) {
	w.Text("TRUNCATE TABLE ")
	w.Table(s.table)
	w.optionalPartition(s.table, s.parts)
	if s.force && w.hiveOnly(Hive40, "TRUNCATE … FORCE", "leave it out") {
		w.Text(" FORCE")
	}
}

// AnalyzeStmt gathers statistics. See [Analyze].
type AnalyzeStmt struct {
	ddl.Base
	table   *schema.Table
	parts   []PartitionValue
	columns []string
	of      bool
	noScan  bool
}

// Analyze gathers statistics of a table, or of partitions: Analyze(t, Part("day", day), AnyPart("hour")).
func Analyze(t *schema.Table, parts ...PartitionValue) AnalyzeStmt {
	return AnalyzeStmt{table: t, parts: slices.Clone(parts)}
}

// ForColumns gathers statistics of columns, by key or name; of all if none is given.
func (s AnalyzeStmt) ForColumns(columns ...string) AnalyzeStmt {
	s.of, s.columns = true, slices.Clone(columns)
	return s
}

// NoScan gathers only what can be told without reading the files: their number and sizes.
func (s AnalyzeStmt) NoScan() AnalyzeStmt { s.noScan = true; return s }

func (s AnalyzeStmt) write(w *definition) {
	if !w.has(s.table) {
		return
	}
	if s.of && s.noScan {
		w.Refuse("statistics of columns want a scan")
	}
	w.Text("ANALYZE TABLE ")
	w.Table(s.table)
	w.optionalPartition(s.table, s.parts)
	w.Text(" COMPUTE STATISTICS" + when(s.noScan, " NOSCAN"))
	switch {
	case !s.of:
	case len(s.columns) > 0:
		w.Text(" FOR COLUMNS ")
		w.Idents(namesOf(s.table, s.columns))
	case w.version == Spark35:
		w.Text(" FOR ALL COLUMNS")
	default:
		w.Text(" FOR COLUMNS")
	}
}

// LoadStmt moves files into a table. See [Load].
type LoadStmt struct {
	ddl.Base
	path             string
	table            *schema.Table
	parts            []PartitionValue
	local, overwrite bool
}

// Load moves files into a table, or a partition of it, as they are.
func Load(path string, into *schema.Table, parts ...PartitionValue) LoadStmt {
	return LoadStmt{path: path, table: into, parts: slices.Clone(parts)}
}

// Local takes the files from the machine of the server, and copies them.
func (s LoadStmt) Local() LoadStmt { s.local = true; return s }

// Overwrite takes the place of the files that are there.
func (s LoadStmt) Overwrite() LoadStmt { s.overwrite = true; return s }

func (s LoadStmt) write(w *definition) {
	w.words("LOAD DATA", when(s.local, "LOCAL"), "INPATH")
	w.constant(s.path)
	w.Text(when(s.overwrite, " OVERWRITE") + " INTO TABLE ")
	w.Table(s.table)
	w.optionalPartition(s.table, s.parts)
}

// FunctionStmt makes a function of a class. See [CreateFunction] and [CreateTemporaryFunction].
type FunctionStmt struct {
	ddl.Base
	name      string
	class     string
	temporary bool
	resources [][2]string
}

// CreateFunction makes a function of a Java class. The name may have that of a database before it, as db.name.
func CreateFunction(name, class string) FunctionStmt {
	return FunctionStmt{name: name, class: class}
}

// CreateTemporaryFunction makes a function of a Java class that goes with the session.
func CreateTemporaryFunction(name, class string) FunctionStmt {
	return FunctionStmt{name: name, class: class, temporary: true}
}

// Using names a resource that the function needs: a JAR, a FILE or an ARCHIVE, and where it is.
func (s FunctionStmt) Using(kind, uri string) FunctionStmt {
	s.resources = append(slices.Clip(s.resources), [2]string{kind, uri})
	return s
}

func (s FunctionStmt) write(w *definition) {
	w.words("CREATE", when(s.temporary, "TEMPORARY"), "FUNCTION")
	w.functionName(s.name)
	w.Text(" AS ")
	w.constant(s.class)
	if s.temporary && len(s.resources) > 0 && w.version != Spark35 {
		w.refuse("resources of a temporary function", "add them by ADD JAR")
	}
	for i, r := range s.resources {
		w.Text([]string{" USING ", ", "}[min(i, 1)])
		kind := strings.ToUpper(r[0])
		if kind != "JAR" && kind != "FILE" && kind != "ARCHIVE" {
			w.Refuse("a resource is a JAR, a FILE or an ARCHIVE")
		}
		w.Text(kind + " ")
		w.constant(r[1])
	}
}

// functionName writes a name, perhaps with that of a database before it.
func (w *definition) functionName(name string) {
	if database, rest, ok := strings.Cut(name, "."); ok {
		w.Ident(database)
		w.Text(".")
		name = rest
	}
	w.Ident(name)
}

// DropFunctionStmt drops a function or a macro. See [DropFunction], [DropTemporaryFunction] and [DropMacro].
type DropFunctionStmt struct {
	ddl.Base
	kind, name string
	lenient    bool
}

// DropFunction drops a function. The name may have that of a database before it.
func DropFunction(name string) DropFunctionStmt {
	return DropFunctionStmt{kind: "FUNCTION", name: name}
}

// DropTemporaryFunction drops a function of the session.
func DropTemporaryFunction(name string) DropFunctionStmt {
	return DropFunctionStmt{kind: "TEMPORARY FUNCTION", name: name}
}

// IfExists does nothing if there is no such function.
func (s DropFunctionStmt) IfExists() DropFunctionStmt { s.lenient = true; return s }

func (s DropFunctionStmt) write(w *definition) {
	if s.kind == macro && !w.hiveOnly(Hive23, "macros", "call the expression") {
		return
	}
	w.words("DROP", s.kind, when(s.lenient, "IF EXISTS"))
	w.functionName(s.name)
}

// ReloadFunctions makes the server look anew which functions there are.
func ReloadFunctions() ddl.Statement {
	return phrase{text: func(w *definition) {
		w.hiveOnly(Hive23, "RELOAD FUNCTIONS", "")
		w.Text("RELOAD FUNCTIONS")
	}}
}
