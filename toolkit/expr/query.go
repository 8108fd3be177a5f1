package expr

import (
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/schema"
)

// nodeOf is the node of a query, or what reports that there is none.
func nodeOf(q Query) Node {
	if q == nil {
		return fault(&ArgumentError{"a query", "it is missing"}).Node
	}
	return q.queryNode()
}

// Subquery makes a query something to read from: FROM (SELECT …) alias. Without an alias it is given one.
func Subquery(q Query, alias string) *Source {
	return derived(&Derived{Query: nodeOf(q)}, q, alias)
}

// Subquery makes a query something to read from. See [Subquery].
func (q SelectStmt) Subquery(alias string) *Source { return Subquery(q, alias) }

// derived is a source whose columns are those that q gives.
func derived(n Node, q Query, alias string) *Source {
	s := &Source{Node: n, Name: alias}
	out := Outputs(q)
	for i, name := range OutputNames(out) {
		if _, unknown := out[i].Node.(*Star); unknown {
			s.Columns = nil
			break
		}
		s.Columns = append(s.Columns, newColumn(s, name, out[i].Type, nil))
	}
	return s
}

// Derived is the node of a query in FROM.
type Derived struct{ Query Node }

// Shape implements [Node].
func (d *Derived) Shape(s *Shape) {
	s.Kind("derived")
	s.Node(d.Query)
}

// CTE gives a query a name: WITH name AS (SELECT …). A query that reads from it brings it along.
func CTE(name string, q Query) *Source {
	return derived(&CommonTable{Name: name, Query: nodeOf(q)}, q, "")
}

// CTE gives a query a name. See [CTE].
func (q SelectStmt) CTE(name string) *Source { return CTE(name, q) }

// RecursiveCTE is a query that reads from itself: the function makes it of the source that it will be. first tells its
// columns.
func RecursiveCTE(name string, first SelectStmt, rest func(self *Source) Query) *Source {
	c := &CommonTable{Name: name, Recursive: true}
	s := derived(c, first, "")
	c.Query = nodeOf(UnionAll(first, rest(s)))
	return s
}

// CommonTable is the node of a common table expression.
type CommonTable struct {
	Name      string
	Query     Node
	Recursive bool
}

// Shape implements [Node].
func (c *CommonTable) Shape(s *Shape) {
	s.Kind("cte")
	s.Text(c.Name)
	s.Bool(c.Recursive)
	s.Node(c.Query)
}

// Scalar is a query of one column and at most one row as an expression.
func Scalar[E Kind[E]](q Query) E {
	n := &ScalarQuery{Query: nodeOf(q)}
	n.is(n, nil)
	if out := Outputs(q); len(out) == 1 {
		n.Type = out[0].Type
	}
	return kind[E](&n.Term)
}

// ScalarQuery is the node of [Scalar].
type ScalarQuery struct {
	Term
	Query Node
}

// Shape implements [Node].
func (q *ScalarQuery) Shape(s *Shape) {
	s.Kind("scalar")
	s.Node(q.Query)
}

// Exists reports whether a query gives any row.
func Exists(q Query) Bool {
	n := &Existence{Query: nodeOf(q)}
	return truth(n.is(n, schema.Boolean))
}

// Existence is the node of EXISTS.
type Existence struct {
	Term
	Query Node
}

// Shape implements [Node].
func (e *Existence) Shape(s *Shape) {
	s.Kind("exists")
	s.Node(e.Query)
}

// CompareAny is x op ANY (SELECT …): the comparison is true for some row.
func (c Comparable[V]) CompareAny(op Op, q Query) Bool {
	if op == OpEq {
		return c.InQuery(q)
	}
	return quantified(c.term(), op, false, q)
}

// CompareAll is x op ALL (SELECT …): the comparison is true for all rows, as it is if there is none.
func (c Comparable[V]) CompareAll(op Op, q Query) Bool {
	if op == OpNe {
		return c.NotInQuery(q)
	}
	return quantified(c.term(), op, true, q)
}

func quantified(x *Term, op Op, all bool, q Query) Bool {
	switch op {
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe:
	default:
		return truth(fault(&ArgumentError{"ANY and ALL", "they are for =, <>, <, <=, > and >="}))
	}
	n := &Quantified{X: x, Op: op, All: all, Query: nodeOf(q)}
	return truth(n.is(n, schema.Boolean))
}

// Quantified is the node of a comparison with ANY or ALL rows of a query.
type Quantified struct {
	Term
	X     *Term
	Op    Op
	All   bool
	Query Node
}

// Shape implements [Node].
func (n *Quantified) Shape(s *Shape) {
	s.Kind("quantified")
	s.Text(string(n.Op))
	s.Bool(n.All)
	s.Term(n.X)
	s.Node(n.Query)
}

// SetOp is an operator between queries.
type SetOp string

// The operators between queries.
const (
	OpUnion        SetOp = "UNION"
	OpUnionAll     SetOp = "UNION ALL"
	OpIntersect    SetOp = "INTERSECT"
	OpIntersectAll SetOp = "INTERSECT ALL"
	OpExcept       SetOp = "EXCEPT"
	OpExceptAll    SetOp = "EXCEPT ALL"
)

// Compound is a union, an intersection or a difference of queries. Its methods give changed copies.
type Compound struct {
	Op      SetOp
	Queries []Node // *SelectStmt and *Compound
	Orders  []Order
	Count   *Term // of Limit; nil: no limit
	Skip    *Term // of Offset; nil: none
	columns []*Term
}

// Union is the rows of all queries, each once.
func Union(queries ...Query) Compound { return compound(OpUnion, queries) }

// UnionAll is the rows of all queries.
func UnionAll(queries ...Query) Compound { return compound(OpUnionAll, queries) }

// Intersect is the rows that all queries give, each once.
func Intersect(queries ...Query) Compound { return compound(OpIntersect, queries) }

// IntersectAll is the rows that all queries give, as often as all of them do.
func IntersectAll(queries ...Query) Compound { return compound(OpIntersectAll, queries) }

// Except is the rows of the first query that no other gives, each once.
func Except(queries ...Query) Compound { return compound(OpExcept, queries) }

// ExceptAll is the rows of the first query without as many as the others give.
func ExceptAll(queries ...Query) Compound { return compound(OpExceptAll, queries) }

func compound(op SetOp, queries []Query) Compound {
	c := Compound{Op: op}
	for i, q := range queries {
		c.Queries = append(c.Queries, nodeOf(q))
		if i == 0 {
			c.columns = Outputs(q)
		}
	}
	return c
}

// OrderBy sets the order of the rows, by labels of the first query.
func (c Compound) OrderBy(by ...Ordering) Compound { c.Orders = orders(by); return c }

// Limit ends the result after n rows.
func (c Compound) Limit(n int64) Compound { c.Count = newValue(n, schema.BigInt); return c }

// LimitParam is [Compound.Limit] with a number that is given when the query is executed.
func (c Compound) LimitParam(name string) Compound { c.Count = Param[Int](name).Term; return c }

// Offset leaves out the first n rows.
func (c Compound) Offset(n int64) Compound { c.Skip = newValue(n, schema.BigInt); return c }

// OffsetParam is [Compound.Offset] with a number that is given when the query is executed.
func (c Compound) OffsetParam(name string) Compound { c.Skip = Param[Int](name).Term; return c }

// Subquery makes the rows something to read from. See [Subquery].
func (c Compound) Subquery(alias string) *Source { return Subquery(c, alias) }

// CTE gives the rows a name. See [CTE].
func (c Compound) CTE(name string) *Source { return CTE(name, c) }

func (c Compound) queryNode() Node { return &c }

func (c Compound) outputs() []*Term { return c.columns }

// Shape implements [Node].
func (c Compound) Shape(s *Shape) {
	s.Kind("compound")
	s.Text(string(c.Op))
	s.Int(len(c.Queries))
	for _, q := range c.Queries {
		s.Node(q)
	}
	shapes(s, c.Orders)
	s.Term(c.Count)
	s.Term(c.Skip)
}

// Rows are rows of values to read from: VALUES (1, 'a'), (2, 'b').
func Rows(alias string, columns []string, rows ...Tuple) *Source {
	v := &ValuesTable{Columns: slices.Clone(columns), Rows: terms(rows)}
	s := &Source{Node: v, Name: alias}
	for i, name := range columns {
		var t schema.Type
		if len(v.Rows) > 0 {
			if row, ok := v.Rows[0].Node.(*RowNode); ok && i < len(row.Terms) {
				t = row.Terms[i].Type
			}
		}
		s.Columns = append(s.Columns, newColumn(s, name, t, nil))
	}
	return s
}

// ValuesTable is the node of [Rows].
type ValuesTable struct {
	Columns []string
	Rows    []*Term // of RowNode
}

// Shape implements [Node].
func (v *ValuesTable) Shape(s *Shape) {
	s.Kind("values")
	s.Int(len(v.Columns))
	for _, c := range v.Columns {
		s.Text(c)
	}
	s.Terms(v.Rows)
}

// Outputs are the columns of a statement's result, nil if there is none.
func Outputs(n Node) []*Term {
	if q, ok := n.(interface{ outputs() []*Term }); ok {
		return q.outputs()
	}
	return nil
}

// NameOf is the name under which a term stands in a result, "" if it has none.
func NameOf(t *Term) string { return nameOf(t) }

// OutputNames are the names of columns of a query in FROM, where they must differ: the second id is id_1.
func OutputNames(terms []*Term) []string {
	list := names(terms)
	for i, name := range list {
		for n := 1; name != "" && slices.Contains(list[:i], list[i]); n++ {
			list[i] = name + "_" + strconv.Itoa(n)
		}
	}
	return list
}
