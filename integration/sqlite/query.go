package sqlite

import (
	"math"
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// selection: OFFSET needs a LIMIT.
func (d Dialect) selection(c *compile.Compiler, q *expr.SelectStmt) (compile.Level, bool) {
	if q.Skip == nil || q.Count != nil {
		return 0, false
	}
	changed := *q
	changed.Count = noLimit
	c.Select(&changed)
	return compile.LevelLowest, true
}

var noLimit = expr.Lit[expr.Int](math.MaxInt64).Term

// compound: the parts of a union have no parentheses, so what needs some stands in FROM.
func (d Dialect) compound(c *compile.Compiler, q *expr.Compound) (compile.Level, bool) {
	changed := *q
	if q.Skip != nil && q.Count == nil {
		changed.Count = noLimit
	}
	changed.Queries = slices.Clone(q.Queries)
	for i, part := range q.Queries {
		if !compile.Plain(part) {
			all := expr.Select(expr.NewSource(&expr.Derived{Query: part}, "", nil))
			changed.Queries[i] = &all
		}
	}
	return c.Standard(&changed), true
}

// CompileSource implements [compile.SourceCompiler]: the columns of VALUES are column1, column2 and so on.
func (d Dialect) CompileSource(c *compile.Compiler, src *expr.Source, name string, _ bool) bool {
	v, ok := src.Node.(*expr.ValuesTable)
	if !ok {
		return false
	}
	c.Text("(SELECT ")
	for i, column := range v.Columns {
		if i > 0 {
			c.Text(", ")
		}
		c.Text("column" + strconv.Itoa(i+1) + " AS ")
		c.Ident(column)
	}
	c.Text(" FROM (")
	c.Rows(v)
	c.Text(")) AS ")
	c.Ident(name)
	return true
}

var _ compile.SourceCompiler = Dialect{}
