// Package dialect compiles trees of the toolkit to HiveQL, for each version of Hive and for Spark, and has the clauses
// and statements that only they know.
package dialect

import (
	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Version is a server whose language differs from that of the others.
type Version uint8

// The versions. Those between two speak as the older one does.
const (
	Hive23  Version = iota // Hive 2.3
	Hive31                 // Hive 3.0 and 3.1
	Hive40                 // Hive 4.0 and later
	Spark35                // Spark's Thrift server, 3.x
)

// Hive is the dialect of one version of Hive, or of Spark.
type Hive struct {
	compile.ANSI // what is not said otherwise is as in the standard
	version      Version
}

// New makes the dialect of a version.
func New(v Version) *Hive { return &Hive{version: v} }

var names = map[Version]string{Hive23: "hive2.3", Hive31: "hive3.1", Hive40: "hive", Spark35: "spark"}

func init() {
	for v := range names {
		_ = compile.Register(New(v)) // a name that is taken stays with who was first
	}
}

// Name implements [compile.Dialect]: "hive" is the newest.
func (d *Hive) Name() string { return names[d.version] }

// Version is the version that d compiles for.
func (d *Hive) Version() Version { return d.version }

// AppendIdent implements [compile.Dialect].
func (d *Hive) AppendIdent(dst []byte, name string) ([]byte, error) {
	if compile.PlainIdent(name) && !reserved(d.version, name) {
		return append(dst, name...), nil
	}
	quoted, err := hiveql.QuoteIdent(name)
	return append(dst, quoted...), err
}

// CompileNode implements [compile.NodeCompiler].
func (d *Hive) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	if level, ok, known := d.expression(c, n); known {
		return level, ok
	}
	if d.query(c, n) || d.dml(c, n) || d.ddl(c, n) {
		return compile.LevelLowest, true
	}
	return 0, false
}

// PartitionColumns implements [compile.Partitioner].
func (d *Hive) PartitionColumns(t *schema.Table) []*schema.Column { return partitionColumns(t) }

// Writes implements [compile.TextReader].
func (d *Hive) Writes(sql string) bool { return hiveql.IsWrite(sql) }

// Set implements [compile.Setter]. Spark ignores what stands beside a statement.
func (d *Hive) Set(name, value string) (n expr.Node, only bool) {
	return SetConf(name, value), d.version == Spark35
}

var (
	_ compile.Dialect        = (*Hive)(nil)
	_ compile.NodeCompiler   = (*Hive)(nil)
	_ compile.Speller        = (*Hive)(nil)
	_ compile.JoinCompiler   = (*Hive)(nil)
	_ compile.SourceCompiler = (*Hive)(nil)
	_ compile.Partitioner    = (*Hive)(nil)
	_ compile.TextReader     = (*Hive)(nil)
	_ compile.Setter         = (*Hive)(nil)
)
