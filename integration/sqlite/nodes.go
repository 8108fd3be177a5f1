package sqlite

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// CompileNode implements [compile.NodeCompiler].
func (d Dialect) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	switch n := n.(type) {
	case *expr.Binary:
		return d.binary(c, n)
	case *expr.Function:
		if name, ok := functions[n.Name]; ok {
			renamed := *n
			renamed.Name = name
			return c.Standard(&renamed), true
		}
	case *expr.Extraction:
		return d.extraction(c, n), true
	case *expr.SelectStmt:
		return d.selection(c, n)
	case *expr.Compound:
		return d.compound(c, n)
	case *expr.Membership:
		return d.membership(c, n)
	}
	return 0, false
}

// functions are those that have another name here.
var functions = map[string]string{"char_length": "length", "greatest": "max", "least": "min"}

func (d Dialect) binary(c *compile.Compiler, n *expr.Binary) (compile.Level, bool) {
	switch n.Op {
	case expr.OpDiv: // of integers would leave out the fraction
		c.Text("CAST(")
		c.Term(n.L)
		c.Text(" AS REAL) / ")
		c.Operand(n.R, compile.LevelMul+1)
		return compile.LevelMul, true
	case expr.OpQuo:
		c.Operand(n.L, compile.LevelMul)
		c.Text(" / ")
		c.Operand(n.R, compile.LevelMul+1)
		return compile.LevelMul, true
	case expr.OpBitXor: // a ^ b = (a | b) - (a & b)
		x := &expr.Binary{Op: expr.OpSub, L: of(&expr.Binary{Op: expr.OpBitOr, L: n.L, R: n.R}), R: of(&expr.Binary{Op: expr.OpBitAnd, L: n.L, R: n.R})}
		return c.Standard(x), true
	}
	return 0, false
}

func of(n expr.Node) *expr.Term { return &expr.Term{Node: n, Type: schema.BigInt} }

// fields are the units of time in the words of strftime.
var fields = map[expr.Unit]string{
	expr.Year: "%Y", expr.Month: "%m", expr.Day: "%d", expr.Hour: "%H", expr.Minute: "%M", expr.Second: "%S",
}

func (d Dialect) extraction(c *compile.Compiler, n *expr.Extraction) compile.Level {
	field, ok := fields[n.Unit]
	if !ok {
		c.Fail(&compile.UnsupportedError{Construct: "EXTRACT of " + string(n.Unit), Dialect: d.Name()})
		return compile.LevelAtom
	}
	c.Text("CAST(strftime(")
	c.Literal(field, schema.String)
	c.Text(", ")
	c.Term(n.X)
	c.Text(") AS INTEGER)")
	return compile.LevelAtom
}

// membership writes rows of values behind VALUES: a list of tuples is not one of expressions here.
func (d Dialect) membership(c *compile.Compiler, n *expr.Membership) (compile.Level, bool) {
	if _, tuple := n.X.Node.(*expr.RowNode); !tuple || n.Query != nil || n.Empty() {
		return 0, false
	}
	c.Operand(n.X, compile.LevelIs+1)
	if n.Not {
		c.Text(" NOT")
	}
	c.Text(" IN (VALUES ")
	c.Terms(n.Terms)
	c.Text(")")
	return compile.LevelIs, true
}
