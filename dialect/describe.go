package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// DescribeStmt asks what a table is. See [Describe].
type DescribeStmt struct {
	ddl.Base
	table  *schema.Table
	format string
	parts  []PartitionValue
	column string
}

// Describe asks for the columns of a table or a view.
func Describe(t *schema.Table) DescribeStmt { return DescribeStmt{table: t} }

// Extended asks for all that the catalog knows, in one text.
func (s DescribeStmt) Extended() DescribeStmt { s.format = " EXTENDED"; return s }

// Formatted asks for all that the catalog knows, row by row.
func (s DescribeStmt) Formatted() DescribeStmt { s.format = " FORMATTED"; return s }

// Partition asks about a partition.
func (s DescribeStmt) Partition(values ...PartitionValue) DescribeStmt {
	s.parts = slices.Clone(values)
	return s
}

// Column asks about a column, by key or name: with Formatted, for its statistics.
func (s DescribeStmt) Column(column string) DescribeStmt { s.column = column; return s }

// Reads is true. See expr.Reads.
func (DescribeStmt) Reads() bool { return true }

func (s DescribeStmt) write(w *definition) {
	if !w.has(s.table) {
		return
	}
	w.Text("DESCRIBE" + s.format + " ")
	w.Table(s.table)
	w.optionalPartition(s.table, s.parts)
	if s.column == "" {
		return
	}
	if len(s.parts) > 0 && w.version == Spark35 {
		w.refuse("DESCRIBE of a column of a partition", "describe that of the table")
	}
	w.Text(" ")
	w.Idents(namesOf(s.table, []string{s.column}))
}

// DescribeDatabase asks for the comment, the location and the owner of a database, and for its properties.
func DescribeDatabase(name string) ddl.Statement {
	return question(func(w *definition) {
		w.Text("DESCRIBE DATABASE EXTENDED ")
		w.Ident(name)
	})
}

// DescribeFunction asks what a function does.
func DescribeFunction(name string) ddl.Statement {
	return question(func(w *definition) {
		w.Text("DESCRIBE FUNCTION EXTENDED ")
		w.functionName(name)
	})
}

// Explanation is what EXPLAIN tells about a statement.
type Explanation string

// The explanations. ddl.Explain is that of the plan.
const (
	Extended      Explanation = "EXTENDED"      // the plan with all details
	Formatted     Explanation = "FORMATTED"     // the plan as JSON on Hive
	CBO           Explanation = "CBO"           // the plan of the optimizer
	Cost          Explanation = "COST"          // the plan of the optimizer, with its costs
	Dependency    Explanation = "DEPENDENCY"    // tables and partitions that are read
	Authorization Explanation = "AUTHORIZATION" // what must be permitted
	Locks         Explanation = "LOCKS"         // what is locked
	Vectorization Explanation = "VECTORIZATION" // what runs on vectors, and why the rest does not
	Analysis      Explanation = "ANALYZE"       // the plan with the rows of each step: the statement is executed
	AST           Explanation = "AST"           // the tree of the parser
)

// explanations says which versions have an explanation.
var explanations = map[Explanation][]Version{
	Extended:      {Hive23, Hive31, Hive40, Spark35},
	Formatted:     {Hive23, Hive31, Hive40, Spark35},
	CBO:           {Hive40},
	Cost:          {Hive40, Spark35},
	Dependency:    {Hive23, Hive31, Hive40},
	Authorization: {Hive23, Hive31, Hive40},
	Locks:         {Hive40},
	Vectorization: {Hive23, Hive31, Hive40},
	Analysis:      {Hive23, Hive31, Hive40},
	AST:           {Hive40},
}

// ExplainStmt asks about a statement. See [Explain].
type ExplainStmt struct {
	ddl.Base
	what      Explanation
	statement expr.Node
}

// Explain asks the server about a statement. See ddl.Explain for its plan.
func Explain(what Explanation, statement expr.Node) ExplainStmt {
	return ExplainStmt{what: what, statement: statement}
}

// Reads is true unless the statement is executed. See expr.Reads.
func (s ExplainStmt) Reads() bool { return s.what != Analysis || expr.Reads(s.statement) }

// Shape implements [expr.Node].
func (s ExplainStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Node(s.statement)
}

func (s ExplainStmt) write(w *definition) {
	if !slices.Contains(explanations[s.what], w.version) {
		w.refuse("EXPLAIN "+string(s.what), "use ddl.Explain")
		return
	}
	what := string(s.what)
	if s.what == Cost && w.version == Hive40 {
		what = "CBO COST"
	}
	w.Text("EXPLAIN " + what + " ")
	w.Within("explain", -1, func() { w.Part(s.statement) })
}
