package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// ddl writes the statements that change the schema.
func (d *Hive) ddl(_ *compile.Compiler, _ expr.Node) bool { return false }
