package compile

import (
	"slices"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Lint is something about a query that is allowed, and likely not what was meant.
type Lint struct {
	Kind LintKind
	Path string // of the query in the tree, as in [Error]
	// Sources are what it is about: for Cartesian one of each part of FROM, for WholeTable the table.
	Sources []string
}

// LintKind says what a [Lint] is about.
type LintKind uint8

// The kinds of lints.
const (
	Cartesian  LintKind = iota // sources that no condition connects, and no CROSS JOIN
	WholeTable                 // a partitioned table without a condition on its partitions
)

// Partitioner is a [Dialect] whose tables may be partitioned.
type Partitioner interface {
	// PartitionColumns are those by which a table is partitioned, none if it is not.
	PartitionColumns(t *schema.Table) []*schema.Column
}

// lint looks at a query whose sources are in scope. The first of them are not joined.
func (c *Compiler) lint(q *expr.SelectStmt, firsts int) {
	if p, ok := c.dialect.(Partitioner); ok {
		c.lintPartitions(q, p)
	}
	if len(c.scope.entries) < 2 {
		return
	}
	parts := newParts(c.scope)
	for i, j := range q.Joins {
		// CROSS JOIN says that it is meant, JOIN without a condition has one that follows from what both sides have, and
		// that of the other joins cannot be said elsewhere.
		if j.On == nil || j.Kind != expr.InnerJoin {
			parts.connect(0, firsts+i)
		}
		parts.condition(j.On)
	}
	for _, t := range q.Filters {
		parts.condition(t)
	}
	if names := parts.names(); len(names) > 1 {
		c.lints = append(c.lints, Lint{Kind: Cartesian, Path: c.where(), Sources: names})
	}
}

func (c *Compiler) lintPartitions(q *expr.SelectStmt, p Partitioner) {
	for _, e := range c.scope.entries {
		t := e.source.Table()
		if t == nil {
			continue
		}
		if columns := p.PartitionColumns(t); len(columns) > 0 && !filtered(q, e.source, columns) {
			c.lints = append(c.lints, Lint{Kind: WholeTable, Path: c.where(), Sources: []string{e.source.String()}})
		}
	}
}

// filtered reports whether some condition of the query is about one of the columns.
func filtered(q *expr.SelectStmt, src *expr.Source, columns []*schema.Column) (found bool) {
	look := func(t *expr.Term) {
		if t == nil || found {
			return
		}
		expr.Walk(t.Node, func(n expr.Node) bool {
			if column, ok := n.(*expr.Column); ok && column.Source.Same(src) {
				found = found || slices.ContainsFunc(columns, func(c *schema.Column) bool { return c.Name == column.Name })
			}
			return !found
		})
	}
	for _, t := range q.Filters {
		look(t)
	}
	for _, j := range q.Joins {
		look(j.On)
	}
	return found
}

// parts are the sources of a query as far as conditions connect them. One more part is the row around the query.
type parts struct {
	scope *scope
	of    []int // the part of each source
}

func newParts(s *scope) *parts {
	p := &parts{scope: s, of: make([]int, len(s.entries)+1)}
	for i := range p.of {
		p.of[i] = i
	}
	return p
}

func (p *parts) connect(a, b int) {
	from, to := p.of[b], p.of[a]
	for i, part := range p.of {
		if part == from {
			p.of[i] = to
		}
	}
}

// condition connects what one condition is about; those that AND, OR and NOT join are conditions of their own.
func (p *parts) condition(t *expr.Term) {
	if t == nil {
		return
	}
	switch n := t.Node.(type) {
	case *expr.Chain:
		if n.Op == expr.OpAnd || n.Op == expr.OpOr {
			for _, t := range n.Terms {
				p.condition(t)
			}
			return
		}
	case *expr.Unary:
		if n.Op == expr.OpNot {
			p.condition(n.X)
			return
		}
	case nil:
		return
	}
	first := -1
	expr.Walk(t.Node, func(n expr.Node) bool {
		column, ok := n.(*expr.Column)
		if !ok {
			return true
		}
		if i := p.index(column.Source); i >= 0 && first >= 0 {
			p.connect(first, i)
		} else if i >= 0 {
			first = i
		}
		return true
	})
}

// index is the place of a source, -1 if it is of a query within the condition.
func (p *parts) index(src *expr.Source) int {
	i := slices.IndexFunc(p.scope.entries, func(e entry) bool { return e.source.Same(src) })
	if i < 0 && p.scope.outer.reads(src) {
		return len(p.scope.entries)
	}
	return i
}

// names are one source of each part.
func (p *parts) names() []string {
	var names []string
	var seen []int
	for i, e := range p.scope.entries {
		if part := p.of[i]; !slices.Contains(seen, part) {
			seen, names = append(seen, part), append(names, e.name)
		}
	}
	return names
}
