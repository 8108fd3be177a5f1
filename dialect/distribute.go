package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Distribution is a clause that says which reducer a row goes to, or in which order a reducer has them. It is made by
// [ClusterBy], [DistributeBy] and [SortBy], and given to [expr.SelectStmt.With].
type Distribution struct {
	kind distributionKind
	by   []expr.Order
}

// distributionKind is the keyword.
type distributionKind string

const (
	cluster    distributionKind = "CLUSTER BY"
	distribute distributionKind = "DISTRIBUTE BY"
	sorting    distributionKind = "SORT BY"
)

// ClusterBy sends rows with the same values to the same reducer, which has them in their order.
func ClusterBy(by ...expr.Expr) *Distribution { return &Distribution{cluster, ordersOf(by)} }

// DistributeBy sends rows with the same values to the same reducer.
func DistributeBy(by ...expr.Expr) *Distribution { return &Distribution{distribute, ordersOf(by)} }

// SortBy orders the rows of each reducer. It is not the order of the result, unless there is one reducer.
func SortBy(by ...expr.Ordering) *Distribution {
	return &Distribution{sorting, expr.OrderedBy(by...).Order}
}

func ordersOf(by []expr.Expr) []expr.Order {
	list := make([]expr.Order, len(by))
	for i, e := range by {
		list[i] = expr.Order{X: expr.Of[expr.Any](e).Term}
	}
	return list
}

// Place implements [expr.Clause].
func (n *Distribution) Place() expr.Place { return expr.AfterOrderBy }

// Shape implements [expr.Node].
func (n *Distribution) Shape(s *expr.Shape) {
	s.Kind("dialect.distribution")
	s.Text(string(n.kind))
	s.Int(len(n.by))
	for _, o := range n.by {
		s.Bool(o.Desc)
		s.Int(int(o.Nulls))
		s.Term(o.X)
	}
}

func (n *Distribution) compile(c *compile.Compiler) {
	if len(n.by) == 0 {
		c.Refuse(string(n.kind) + " needs an expression")
	}
	c.Text(string(n.kind) + " ")
	c.Orders(n.by)
}

// distribution checks the clauses of this kind, puts them into the order of the grammar, and makes them go by the
// labels of columns, where Hive knows nothing else.
func (d *Hive) distribution(c *compile.Compiler, q *expr.SelectStmt) {
	given := map[distributionKind]int{}
	var found []*Distribution
	clauses := slices.DeleteFunc(slices.Clone(q.Clauses), func(clause expr.Clause) bool {
		n, ok := clause.(*Distribution)
		if ok {
			given[n.kind]++
			found = append(found, d.byLabels(c, q, n))
		}
		return ok
	})
	if len(found) == 0 {
		return
	}
	if len(q.Orders) > 0 {
		c.Refuse("ORDER BY stands with no other order; leave out " + string(found[0].kind))
	}
	if len(found) > 1 && given[cluster] > 0 || given[distribute] > 1 || given[sorting] > 1 {
		c.Refuse("CLUSTER BY stands alone, and DISTRIBUTE BY with one SORT BY")
	}
	slices.SortStableFunc(found, func(a, b *Distribution) int {
		if a.kind == b.kind {
			return 0
		} else if a.kind == sorting {
			return 1
		}
		return -1
	})
	for _, n := range found {
		clauses = append(clauses, n)
	}
	q.Clauses = clauses
}

func (d *Hive) byLabels(c *compile.Compiler, q *expr.SelectStmt, n *Distribution) *Distribution {
	changed := &Distribution{n.kind, slices.Clone(n.by)}
	for i, o := range changed.by {
		at := selected(q.Items, o.X)
		switch {
		case at >= 0 && label(q.Items[at]) != "":
			changed.by[i].X = labelRef(label(q.Items[at]))
		case at < 0 && !isLabel(o.X) && d.version != Spark35 && !selectsColumns(q.Items, o.X):
			c.Fail(d.unsupported(string(n.kind)+" what is not selected", "select it"))
		}
	}
	return changed
}

// selectsColumns reports whether all columns of an expression are selected under their own names.
func selectsColumns(items []*expr.Term, t *expr.Term) bool {
	all := true
	expr.Walk(t.Node, func(n expr.Node) bool {
		if column, ok := n.(*expr.Column); ok {
			all = all && (starred(items, &column.Term) || slices.ContainsFunc(items, func(item *expr.Term) bool {
				return label(item) == "" && same(item, &column.Term)
			}))
		}
		return true
	})
	return all
}
