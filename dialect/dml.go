package dialect

import (
	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// dml writes the statements that change data.
func (d *Hive) dml(c *compile.Compiler, n expr.Node) bool {
	switch n := n.(type) {
	case *expr.InsertStmt:
		d.insert(c, Insert(*n))
	case Insertion:
		d.insert(c, n)
	case Inserts:
		d.inserts(c, n)
	case Directory:
		d.directory(c, n)
	case *expr.UpdateStmt:
		d.update(c, n)
	case *expr.DeleteStmt:
		d.checkRows(c, "delete", n.Target)
		return false
	case *expr.MergeStmt:
		d.merge(c, n)
	case *typedNull:
		n.compile(c, d)
	default:
		return false
	}
	return true
}

// QuotedLen implements [compile.TextLexer].
func (d *Hive) QuotedLen(sql string) (int, error) {
	tok, err := hiveql.NewLexer(sql).Next()
	if err != nil {
		return 0, err
	}
	switch tok.Kind {
	case hiveql.String, hiveql.Quoted, hiveql.Comment:
		return tok.End, nil
	}
	return 0, nil
}

var _ compile.TextLexer = (*Hive)(nil)
