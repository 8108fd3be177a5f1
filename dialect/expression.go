package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// expression writes the expressions that HiveQL has otherwise than the standard.
func (d *Hive) expression(_ *compile.Compiler, _ expr.Node) (compile.Level, bool) { return 0, false }
