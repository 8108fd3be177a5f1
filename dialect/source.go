package dialect

import (
	"slices"

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
	return d.joinUsing(c, j)
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
	case *expr.Derived:
		plain := d.beginningPlain(n.Query)
		if plain == n.Query {
			return false
		}
		c.Within(name, -1, func() { c.Derived(plain) })
	default:
		return false
	}
	c.Text(" AS ")
	c.Ident(name)
	return true
}

// beginningPlain is a query for FROM that does not begin with a parenthesis, behind which Hive before 4 takes no UNION
// there.
func (d *Hive) beginningPlain(q expr.Node) expr.Node {
	var union expr.Compound
	switch n := q.(type) {
	case expr.Compound:
		union = n
	case *expr.Compound:
		union = *n
	}
	if d.version > Hive31 || len(union.Queries) == 0 || compile.Plain(union.Queries[0]) {
		return q
	}
	first, ok := union.Queries[0].(expr.Query)
	if !ok {
		return q
	}
	union.Queries = slices.Clone(union.Queries)
	union.Queries[0] = new(expr.SelectStmt)
	*union.Queries[0].(*expr.SelectStmt) = expr.Select(expr.Subquery(first, ""))
	return &union
}

// joinUsing writes JOIN … USING as a condition, where Hive before 4 takes USING for a function: in all joins of several.
func (d *Hive) joinUsing(c *compile.Compiler, j expr.Join) bool {
	sources := c.Sources()
	if len(j.Using) == 0 || len(sources) < 3 || d.version > Hive31 {
		return false
	}
	var on []expr.Bool
	for _, name := range j.Using {
		left := slices.IndexFunc(sources, func(s *expr.Source) bool {
			return s.Same(j.Right) || s.Columns == nil || named(s.Columns, name)
		})
		on = append(on, expr.Eq(expr.Col[expr.Any](sources[left], name), expr.Col[expr.Any](j.Right, name)))
	}
	j.On, j.Using = expr.And(on...).Term, nil
	c.Join(j)
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
