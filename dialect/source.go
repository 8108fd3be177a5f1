package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// CompileJoin implements [compile.JoinCompiler].
func (d *Hive) CompileJoin(c *compile.Compiler, j expr.Join) bool {
	switch j.Kind {
	case lateralView, lateralViewOuter:
		d.view(c, j)
		return true
	case expr.SemiJoin, expr.AntiJoin:
		c.Text(" LEFT " + string(j.Kind) + " ")
		c.Source(j.Right)
		c.Text(" ON ")
		c.Term(j.On)
		return true
	}
	return false
}

// CompileSource implements [compile.SourceCompiler].
func (d *Hive) CompileSource(c *compile.Compiler, src *expr.Source, name string, _ bool) bool {
	switch n := src.Node.(type) {
	case *expr.ValuesTable:
		return d.values(c, n, name)
	case *sampled:
		n.compile(c, d)
	case *transformed:
		c.Derived(n.query())
	case *TableFunction:
		c.Fail(d.unsupported("a table function in FROM", "join it by LateralView"))
	default:
		return false
	}
	c.Text(" AS ")
	c.Ident(name)
	return true
}

// values writes VALUES in FROM, for which Hive has a word of its own and Hive 2 has nothing.
func (d *Hive) values(c *compile.Compiler, n *expr.ValuesTable, name string) bool {
	switch d.version {
	case Spark35:
		return false
	case Hive23:
		c.Derived(selects(n))
		c.Text(" AS ")
		c.Ident(name)
	default:
		c.Text("TABLE(")
		c.Rows(n)
		c.Text(") AS ")
		c.Ident(name)
		c.Text(" (")
		c.Idents(n.Columns)
		c.Text(")")
	}
	return true
}

// selects are rows of values as a query: SELECT 1 AS id UNION ALL SELECT 2 AS id.
func selects(n *expr.ValuesTable) expr.Node {
	var rows []expr.Query
	for _, t := range n.Rows {
		row, ok := t.Node.(*expr.RowNode)
		if !ok || len(row.Terms) != len(n.Columns) {
			return n // the compiler tells what is wrong
		}
		q := expr.SelectStmt{}
		for i, value := range row.Terms {
			q.Items = append(q.Items, labeled(value, n.Columns[i]))
		}
		rows = append(rows, q)
	}
	if len(rows) == 1 {
		return rows[0]
	}
	return expr.UnionAll(rows...)
}
