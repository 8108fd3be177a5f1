package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// tupleQuery is (a, b) IN (SELECT …), which Hive has not, as EXISTS. That is false where IN is NULL, so it stands only
// where both do the same: for a condition that a row must satisfy.
type tupleQuery struct{ in *expr.Membership }

const useExists = "use Exists with a condition for each column"

// tupleQueries are conditions in which each tuple in a query is a tupleQuery; nil if there is none.
func tupleQueries(conditions []*expr.Term) []*expr.Term {
	var changed []*expr.Term
	for i, t := range conditions {
		var by expr.Node
		switch n := t.Node.(type) {
		case *expr.Membership:
			if _, tuple := n.X.Node.(*expr.RowNode); tuple && n.Query != nil && !n.Not {
				by = &tupleQuery{n}
			}
		case *expr.Chain:
			if parts := tupleQueries(n.Terms); parts != nil && n.Op == expr.OpAnd {
				by = &expr.Chain{Op: n.Op, Terms: parts}
			}
		}
		if by == nil {
			continue
		}
		if changed == nil {
			changed = slices.Clone(conditions)
		}
		changed[i] = expr.New[expr.Bool](by, schema.Boolean).Term
	}
	return changed
}

// Shape implements [expr.Node]. What the tuple is of is read from, as that of the IN is.
func (t *tupleQuery) Shape(s *expr.Shape) {
	s.Kind("dialect.tuplequery")
	s.Node(t.in)
}

func (t *tupleQuery) compile(c *compile.Compiler) {
	left := t.in.X.Node.(*expr.RowNode).Terms
	query, _ := t.in.Query.(expr.Query)
	from := expr.Subquery(query, "")
	if len(from.Columns) != len(left) || named(from.Columns, "") {
		c.Refuse("a tuple is in a query of as many columns only, which must be known and have names")
		return
	}
	from.Node = &tupleSource{t.in.Query}
	exists := &expr.SelectStmt{Items: []*expr.Term{number(1)}, Sources: []*expr.Source{from}}
	for i, column := range from.Columns {
		exists.Filters = append(exists.Filters, expr.Eq(expr.Of[expr.Any](column), expr.Of[expr.Any](left[i])).Term)
	}
	c.Node(expr.Exists(exists).Node)
}

// tupleSource is the query of a tupleQuery in FROM. Of the query around it, which IN lets it see, Hive's FROM lets it see
// nothing.
type tupleSource struct{ query expr.Node }

// Shape implements [expr.Node].
func (s *tupleSource) Shape(shape *expr.Shape) {
	shape.Kind("dialect.tuplesource")
	shape.Node(s.query)
}
