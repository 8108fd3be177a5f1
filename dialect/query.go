package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// query writes the queries and clauses that HiveQL has otherwise than the standard.
func (d *Hive) query(_ *compile.Compiler, _ expr.Node) bool { return false }
