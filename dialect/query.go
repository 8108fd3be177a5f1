package dialect

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// query writes the queries and clauses that HiveQL has otherwise than the standard.
func (d *Hive) query(c *compile.Compiler, n expr.Node) bool {
	switch n := n.(type) {
	case *expr.SelectStmt:
		d.selectStmt(c, n)
	case *expr.Compound:
		if n.Skip == nil || n.Count != nil || d.version == Spark35 {
			return false
		}
		changed := *n
		changed.Skip = nil
		c.Standard(&changed)
		c.Text(" ")
		(&offset{n.Skip}).compile(c)
	case *groupingSets:
		n.compile(c)
	case *qualify:
		n.compile(c)
	case *offset:
		n.compile(c)
	case *Distribution:
		n.compile(c)
	case *transform:
		n.compile(c)
	default:
		return false
	}
	return true
}

// selectStmt changes a SELECT into one that the server reads in the sense of the standard.
func (d *Hive) selectStmt(c *compile.Compiler, q *expr.SelectStmt) {
	changed := q
	edit := func() *expr.SelectStmt {
		if changed == q {
			own := *q
			changed = &own
		}
		return changed
	}
	c.Within("select", -1, func() {
		d.check(c, q)
		if len(q.Clauses) > 0 {
			d.distribution(c, edit())
		}
		if hasAnti(q.Joins) && d.version != Spark35 {
			d.antiJoins(c, edit())
		}
		if d.version != Spark35 {
			if filters := tupleQueries(changed.Filters); filters != nil {
				edit().Filters = filters
			}
		}
		changed = d.order(c, changed)
	})
	if changed.Skip != nil && changed.Count == nil && d.version != Spark35 {
		edit().Clauses = append(slices.Clip(changed.Clauses), &offset{changed.Skip})
		changed.Skip = nil
	}
	if changed.Sets != nil && changed.Sets.Kind == expr.Sets && len(changed.Groups) > 0 {
		edit().Clauses = append(slices.Clip(changed.Clauses), &groupingSets{changed.Groups, changed.Sets.Sets})
		changed.Sets, changed.Groups = nil, nil
	}
	if len(changed.Windows) > 0 && len(changed.Qualifiers) > 0 && d.version == Hive40 {
		edit().Clauses = append(slices.Clip(changed.Clauses), &qualify{changed.Qualifiers}) // Hive wants WINDOW before it
		changed.Qualifiers = nil
	}
	c.Select(changed)
}

// check refuses what would be an error of the server, or another query there.
func (d *Hive) check(c *compile.Compiler, q *expr.SelectStmt) {
	for _, h := range q.Hints {
		if strings.Contains(h, "${") {
			c.Refuse("the server would substitute a variable for ${…} in a hint")
		}
	}
	for _, j := range q.Joins {
		if (j.Kind == expr.SemiJoin || j.Kind == expr.AntiJoin) && seen(q, j.Right) {
			c.Refuse(j.Right.String() + " is on the right of a " + string(j.Kind) + ": its columns can stand in the condition of the join only")
		}
	}
	if d.version != Spark35 {
		d.checkQueries(c, q)
	}
	if d.version == Hive23 && slices.ContainsFunc(q.Items, hasQuery) {
		c.Fail(d.unsupported("a query among the columns of another one", "join it as a Subquery"))
	}
}

// seen reports whether a query uses columns of a source, conditions of its joins aside.
func seen(q *expr.SelectStmt, src *expr.Source) bool {
	lists := [][]*expr.Term{q.Items, q.Filters, q.Groups, q.Havings, q.Qualifiers}
	for _, o := range q.Orders {
		lists = append(lists, []*expr.Term{o.X})
	}
	found := false
	for _, t := range slices.Concat(lists...) {
		expr.Walk(t.Node, func(n expr.Node) bool {
			switch n := n.(type) {
			case *expr.Column:
				found = found || n.Source.Same(src)
			case *expr.Star:
				found = found || n.Source.Same(src)
			}
			return !found
		})
	}
	return found
}

// checkQueries refuses queries where Hive takes none.
func (d *Hive) checkQueries(c *compile.Compiler, q *expr.SelectStmt) {
	if slices.ContainsFunc(q.Groups, hasQuery) {
		c.Fail(d.unsupported("a query in GROUP BY", "group a Subquery that selects it"))
	}
	for _, j := range q.Joins {
		if j.On != nil && j.Kind != expr.AntiJoin && hasQuery(j.On) {
			c.Fail(d.unsupported("a query in the condition of a join", "put it into Where, or join its Subquery"))
		}
	}
}

func hasQuery(t *expr.Term) bool {
	return contains(t, func(n expr.Node) bool {
		switch n := n.(type) {
		case *expr.ScalarQuery, *expr.Existence, *expr.Quantified:
			return true
		case *expr.Membership:
			return n.Query != nil
		}
		return false
	})
}

// contains reports whether some node of an expression is such a one.
func contains(t *expr.Term, such func(expr.Node) bool) bool {
	switch t.Node.(type) {
	case *expr.Column, *expr.LabelRef, *expr.Value, *expr.Constant: // most, without a walk
		return such(t.Node)
	}
	found := false
	expr.Walk(t.Node, func(n expr.Node) bool {
		found = found || such(n)
		return !found
	})
	return found
}

// antiJoins makes anti joins, which Hive has not, conditions: NOT EXISTS (SELECT 1 FROM right WHERE on).
func (d *Hive) antiJoins(c *compile.Compiler, q *expr.SelectStmt) {
	var joins []expr.Join
	for i, j := range q.Joins {
		switch {
		case j.Kind == expr.AntiJoin && j.On == nil:
			c.Fail(d.unsupported("ANTI JOIN without a condition", "give the condition, or use WHERE with Not(Exists)"))
		case j.Kind == expr.AntiJoin:
			inner := &expr.SelectStmt{Items: []*expr.Term{number(1)}, Sources: []*expr.Source{j.Right}, Filters: []*expr.Term{j.On}}
			q.Filters = append(slices.Clip(q.Filters), expr.Not(expr.Exists(inner)).Term)
		default:
			if len(joins) < i && (j.Kind == expr.RightJoin || j.Kind == expr.FullJoin) { // it would keep rows that the condition takes away
				c.Fail(d.unsupported("ANTI JOIN before "+string(j.Kind), "use WHERE with Not(Exists)"))
			}
			joins = append(joins, j)
		}
	}
	q.Joins = joins
}

func hasAnti(joins []expr.Join) bool {
	return slices.ContainsFunc(joins, func(j expr.Join) bool { return j.Kind == expr.AntiJoin })
}

// number is a number that is part of the text.
func number(n int64) *expr.Term {
	c := &expr.Constant{Text: strconv.FormatInt(n, 10)}
	c.Term = expr.Term{Node: c, Type: schema.Integer}
	return &c.Term
}

// groupingSets are the groups of a query in Hive's form, which names all of them before the sets.
type groupingSets struct {
	groups []*expr.Term
	sets   [][]*expr.Term
}

// Place implements [expr.Clause].
func (g *groupingSets) Place() expr.Place { return expr.AfterWhere }

// Shape implements [expr.Node].
func (g *groupingSets) Shape(s *expr.Shape) {
	s.Kind("dialect.groupingsets")
	s.Terms(g.groups)
	for _, set := range g.sets {
		s.Terms(set)
	}
}

func (g *groupingSets) compile(c *compile.Compiler) {
	c.Text("GROUP BY ")
	c.Terms(g.groups)
	c.Text(" GROUPING SETS (")
	for i, set := range g.sets {
		if i > 0 {
			c.Text(", ")
		}
		c.Text("(")
		c.Terms(set)
		c.Text(")")
	}
	c.Text(")")
}

// qualify is QUALIFY behind WINDOW.
type qualify struct{ conditions []*expr.Term }

// Place implements [expr.Clause].
func (q *qualify) Place() expr.Place { return expr.AfterGroupBy }

// Shape implements [expr.Node].
func (q *qualify) Shape(s *expr.Shape) {
	s.Kind("dialect.qualify")
	s.Terms(q.conditions)
}

func (q *qualify) compile(c *compile.Compiler) {
	c.Text("QUALIFY ")
	for i, t := range q.conditions {
		if i > 0 {
			c.Text(" AND ")
		}
		c.Operand(t, compile.LevelAnd+1)
	}
}

// offset is OFFSET without LIMIT, which Hive has not. The limit is as high as the server can count: to it, it adds the
// offset, and reads nothing if the sum is no INT.
type offset struct{ skip *expr.Term }

// Place implements [expr.Clause].
func (o *offset) Place() expr.Place { return expr.AfterOrderBy }

// Shape implements [expr.Node].
func (o *offset) Shape(s *expr.Shape) {
	s.Kind("dialect.offset")
	s.Term(o.skip)
}

func (o *offset) compile(c *compile.Compiler) {
	skip, ok := o.skip.Node.(*expr.Value)
	if !ok {
		c.Fail(&compile.UnsupportedError{Construct: "OFFSET without LIMIT by a parameter", Dialect: c.Dialect().Name(), Instead: "give a limit"})
		return
	}
	c.Text("LIMIT ")
	c.ValueAs(skip, func(v any) (any, error) {
		n, ok := v.(int64)
		if !ok || n < 0 || n > math.MaxInt32 {
			return nil, &compile.ArgumentError{Reason: "an offset is from 0 to 2147483647"}
		}
		return math.MaxInt32 - n, nil
	})
	c.Text(" OFFSET ")
	c.Count(o.skip)
}
