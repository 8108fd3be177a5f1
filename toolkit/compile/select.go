package compile

import (
	"strings"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// statement writes a query or another statement as the standard has it.
func (c *Compiler) statement(n expr.Node) bool {
	switch n := n.(type) {
	case expr.SelectStmt:
		c.node(&n)
	case *expr.SelectStmt:
		c.Select(n)
	case expr.Compound:
		c.node(&n)
	case *expr.Compound:
		c.compound(n)
	case ddl.Statement:
		return c.ddl(n)
	case expr.InsertStmt:
		c.node(&n)
	case *expr.InsertStmt:
		c.insert(n)
	case expr.UpdateStmt:
		c.node(&n)
	case *expr.UpdateStmt:
		c.Update(n, LevelLowest)
	case expr.DeleteStmt:
		c.node(&n)
	case *expr.DeleteStmt:
		c.Delete(n)
	case expr.MergeStmt:
		c.node(&n)
	case *expr.MergeStmt:
		c.Merge(n, MergeForm{})
	case expr.TextStmt:
		c.node(&n)
	case *expr.TextStmt:
		c.text(n)
	case *expr.TextSource:
		c.node(&n.Text)
	default:
		return false
	}
	return true
}

// Subquery writes a query in parentheses. It sees what the query around it reads from.
func (c *Compiler) Subquery(q expr.Node) {
	c.Text("(")
	c.node(q)
	c.Text(")")
}

// Select writes a SELECT as the standard has it. By it a dialect writes one that it has changed.
func (c *Compiler) Select(q *expr.SelectStmt) {
	c.inScope(scope{outer: c.scope, items: q.Items}, func() {
		c.Within("select", -1, func() { c.selectIn(q) })
	})
}

func (c *Compiler) selectIn(q *expr.SelectStmt) {
	if len(q.Items) == 0 {
		c.Refuse("the query has no columns")
	}
	for _, s := range c.collect(q) {
		c.enter(s)
	}
	firsts := len(c.scope.entries)
	for _, j := range q.Joins {
		c.enter(j.Right)
	}
	if c.linted {
		c.lint(q, firsts)
	}
	c.Text("SELECT ")
	c.hints(q.Hints)
	c.distinct(q)
	c.items(q.Items)
	c.from(q, firsts)
	c.clauses(q, expr.AfterFrom)
	c.conditions(" WHERE ", "where", q.Filters)
	c.clauses(q, expr.AfterWhere)
	c.groupBy(q)
	c.conditions(" HAVING ", "having", q.Havings)
	if len(q.Qualifiers) > 0 && c.Require(Qualifies) {
		c.conditions(" QUALIFY ", "qualify", q.Qualifiers)
	}
	c.windows(q.Windows)
	c.clauses(q, expr.AfterGroupBy)
	if len(q.Orders) > 0 {
		c.Text(" ORDER BY ")
		c.orders(q.Orders, true)
	}
	c.clauses(q, expr.AfterOrderBy)
	c.limit(q.Count, q.Skip)
	c.clauses(q, expr.AfterLimit)
	if q.Lock && c.Require(Locks) {
		c.Text(" FOR UPDATE")
	}
}

func (c *Compiler) hints(hints []string) {
	if len(hints) == 0 || !c.Require(Hints) {
		return
	}
	for _, h := range hints {
		if strings.Contains(h, "*/") || strings.Contains(h, "/*") {
			c.Refuse("a hint must not contain the marks of a comment")
			return
		}
	}
	c.Text("/*+ " + strings.Join(hints, ", ") + " */ ")
}

func (c *Compiler) distinct(q *expr.SelectStmt) {
	switch {
	case len(q.UniqueBy) > 0 && q.Unique:
		c.Refuse("Distinct and DistinctOn exclude each other")
	case len(q.UniqueBy) > 0:
		if c.Require(DistinctOns) {
			c.Text("DISTINCT ON (")
			c.Terms(q.UniqueBy)
			c.Text(") ")
		}
	case q.Unique:
		c.Text("DISTINCT ")
	}
}

func (c *Compiler) items(items []*expr.Term) {
	var names []string
	if outer := c.scope.outer; outer != nil && outer.unique {
		names = expr.OutputNames(items)
	}
	for i, t := range items {
		c.comma(i)
		c.Within("columns", i, func() { c.Term(t) })
		if t == nil {
			continue
		}
		name := ""
		if l, ok := t.Node.(*expr.Labeled); ok {
			name = l.Name
		}
		if names != nil && names[i] != expr.NameOf(t) {
			name = names[i]
		}
		if name != "" {
			c.Text(" AS ")
			c.Ident(name)
		}
	}
}

// conditions writes conditions that must all be true.
func (c *Compiler) conditions(keyword, part string, list []*expr.Term) {
	if len(list) == 0 {
		return
	}
	c.Text(keyword)
	if len(list) == 1 {
		c.Within(part, -1, func() { c.Term(list[0]) })
		return
	}
	c.Within(part, -1, func() { c.chain(&expr.Chain{Op: expr.OpAnd, Terms: list}) })
}

func (c *Compiler) clauses(q *expr.SelectStmt, place expr.Place) {
	for _, clause := range q.Clauses {
		switch {
		case clause == nil:
			c.Refuse("a clause is missing")
			return
		case clause.Place() == place:
			c.Text(" ")
			c.Node(clause)
		}
	}
}

func (c *Compiler) groupBy(q *expr.SelectStmt) {
	if len(q.Groups) == 0 {
		if q.Sets != nil {
			c.Refuse("grouping sets need a GroupBy")
		}
		return
	}
	c.Text(" GROUP BY ")
	switch {
	case q.Sets == nil:
		c.Within("group", -1, func() { c.Terms(q.Groups) })
	case c.Require(GroupingSets):
		c.groupingSets(q)
	}
}

func (c *Compiler) groupingSets(q *expr.SelectStmt) {
	switch q.Sets.Kind {
	case expr.Rollup:
		c.Text("ROLLUP (")
		c.Terms(q.Groups)
	case expr.Cube:
		c.Text("CUBE (")
		c.Terms(q.Groups)
	default:
		c.Text("GROUPING SETS (")
		for i, set := range q.Sets.Sets {
			c.comma(i)
			c.Text("(")
			c.Terms(set)
			c.Text(")")
		}
	}
	c.Text(")")
}

func (c *Compiler) windows(windows []expr.WindowDef) {
	if len(windows) == 0 || !c.Require(NamedWindows) {
		return
	}
	c.Text(" WINDOW ")
	for i, w := range windows {
		c.comma(i)
		c.Ident(w.Name)
		c.Text(" AS ")
		c.Window(w.Window)
	}
}

func (c *Compiler) limit(count, skip *expr.Term) {
	if skip != nil && !c.Require(Offsets) || skip != nil && count == nil && !c.Require(OffsetsWithoutLimit) {
		return
	}
	if count != nil {
		c.Text(" LIMIT ")
		c.Count(count)
	}
	if skip != nil {
		c.Text(" OFFSET ")
		c.Count(skip)
	}
}

// Count writes a number of rows, which must not be negative.
func (c *Compiler) Count(t *expr.Term) {
	c.Within("limit", -1, func() {
		switch n := t.Node.(type) {
		case *expr.Value:
			c.ValueAs(n, rowCount)
		case *expr.Parameter:
			c.param(n, rowCount)
		default:
			c.Refuse("a number of rows must be a value")
		}
	})
}

func rowCount(v any) (any, error) {
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case int:
		n = int64(v)
	default:
		return nil, &ArgumentError{"a number of rows must be an int or an int64"}
	}
	if n < 0 {
		return nil, &ArgumentError{"a number of rows is negative"}
	}
	return n, nil
}

// setOperators are those between queries, and what a server must have for them.
var setOperators = map[expr.SetOp]Feature{
	expr.OpIntersect: Intersects, expr.OpExcept: Intersects, expr.OpIntersectAll: SetAlls, expr.OpExceptAll: SetAlls,
}

func (c *Compiler) compound(q *expr.Compound) {
	if len(q.Queries) < 2 {
		c.Refuse(string(q.Op) + " needs two queries or more")
		return
	}
	if f, ok := setOperators[q.Op]; ok && !c.Require(f) {
		return
	}
	unique := c.scope != nil && c.scope.unique
	c.inScope(scope{outer: c.scope, items: expr.Outputs(q), unique: unique}, func() { c.parts(q) })
}

func (c *Compiler) parts(q *expr.Compound) {
	for i, part := range q.Queries {
		if i > 0 {
			c.Text(" " + string(q.Op) + " ")
		}
		c.Within(string(q.Op), i, func() {
			if Plain(part) {
				c.node(part)
			} else {
				c.Subquery(part)
			}
		})
	}
	if len(q.Orders) > 0 {
		c.Text(" ORDER BY ")
		c.orders(q.Orders, true)
	}
	c.limit(q.Count, q.Skip)
}

// Plain reports whether a query can stand in a union without parentheses: it has no order and no limit of its own.
func Plain(q expr.Node) bool {
	s, ok := q.(*expr.SelectStmt)
	return ok && len(s.Orders) == 0 && s.Count == nil && s.Skip == nil && len(s.Clauses) == 0 && !s.Lock
}
