package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// dml writes the statements that change data.
func (d *Hive) dml(_ *compile.Compiler, _ expr.Node) bool { return false }
