package dialect

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// order makes the order of a query one that the server accepts: by the label of a column that has one (Hive 2 knows
// nothing else there, error 10004), and by a column that is selected if the rows are grouped anew by DISTINCT. Hive 2
// cannot order by anything else either; there the query selects it, and becomes one around it that leaves it out.
func (d *Hive) order(c *compile.Compiler, q *expr.SelectStmt) *expr.SelectStmt {
	changed, hidden, items := false, 0, q.Items
	orders := q.Orders
	by := func(i int, name string) {
		changed, orders = true, slices.Clone(orders)
		orders[i].X = labelRef(name)
	}
	for i, o := range q.Orders {
		at := selected(items[:len(q.Items)], o.X)
		if d.version != Hive23 && (at < 0 || label(items[at]) == "") && d.unordered(o.X) {
			return d.orderedAround(c, q)
		}
		switch {
		case isLabel(o.X) || starred(q.Items, o.X):
		case at >= 0 && label(items[at]) != "":
			by(i, label(items[at]))
		case at >= 0 && (d.version > Hive31 || expr.NameOf(items[at]) != ""):
		case at >= 0:
			name := unnamed(items, at)
			items = slices.Clone(items)
			items[at] = labeled(items[at], name)
			by(i, name)
		case q.Unique:
			c.Refuse(orderOfDistinct)
		case d.version == Hive23:
			hidden++
			name := unused(items, "order_"+strconv.Itoa(hidden))
			items = append(slices.Clip(items), labeled(o.X, name))
			by(i, name)
		}
	}
	if !changed {
		return q
	}
	ordered := *q
	ordered.Orders = orders
	if hidden == 0 {
		ordered.Items = items
	} else {
		ordered, _ = d.wrapped(c, ordered, slices.Clone(items))
	}
	return &ordered
}

const orderOfDistinct = "a DISTINCT query can be ordered by its columns only; order by a label"

// unordered reports whether a query cannot be ordered by an expression where it is selected: no version has queries in
// ORDER BY, and Spark no functions of a window.
func (d *Hive) unordered(t *expr.Term) bool {
	return hasQuery(t) || d.version == Spark35 && windowed(t)
}

// orderedAround is a query around q that has its order and its limit: Hive since 3 leaves the order of a query in FROM
// out. Everything that q is ordered by is selected within.
func (d *Hive) orderedAround(c *compile.Compiler, q *expr.SelectStmt) *expr.SelectStmt {
	inner, items, at := *q, slices.Clone(q.Items), make([]int, len(q.Orders))
	for i, o := range q.Orders {
		at[i] = selected(q.Items, o.X)
		if ref, ok := o.X.Node.(*expr.LabelRef); ok {
			at[i] = slices.IndexFunc(q.Items, func(t *expr.Term) bool { return expr.NameOf(t) == ref.Name })
		}
		switch {
		case at[i] >= 0:
		case isLabel(o.X):
			return q // the compiler tells that there is none
		case q.Unique:
			c.Refuse(orderOfDistinct)
			return q
		default:
			at[i] = len(items)
			items = append(items, labeled(o.X, unused(items, "order_"+strconv.Itoa(i+1))))
		}
	}
	inner.Orders, inner.Count, inner.Skip = nil, nil, nil
	outer, ok := d.wrapped(c, inner, items)
	if !ok {
		return &inner
	}
	outer.Orders, outer.Count, outer.Skip = slices.Clone(q.Orders), q.Count, q.Skip
	for i := range outer.Orders {
		outer.Orders[i].X = outer.Sources[0].Columns[at[i]]
	}
	return &outer
}

// wrapped is a query around one with hidden columns at the end of items.
func (d *Hive) wrapped(c *compile.Compiler, q expr.SelectStmt, items []*expr.Term) (outer expr.SelectStmt, ok bool) {
	shown := q.Items
	for i, t := range shown {
		switch _, star := t.Node.(*expr.Star); {
		case star:
			c.Fail(d.unsupported("an order by what is not selected, of all columns of a source", "name the columns"))
			q.Orders = nil
			return q, false
		case expr.NameOf(items[i]) == "":
			items[i] = labeled(items[i], unnamed(items, i))
		}
	}
	q.Items = items
	around := expr.Subquery(q, "")
	outer = expr.SelectStmt{Sources: []*expr.Source{around}, Items: slices.Clone(around.Columns[:len(shown)])}
	for i, t := range outer.Items {
		if name := expr.NameOf(shown[i]); name != "" && name != expr.NameOf(t) {
			outer.Items[i] = labeled(t, name)
		}
	}
	return outer, true
}

// label is the label of a column, "" if it has none of its own.
func label(t *expr.Term) string {
	if l, ok := t.Node.(*expr.Labeled); ok {
		return l.Name
	}
	return ""
}

// starred reports whether t is one of all columns of a source, and those are selected.
func starred(items []*expr.Term, t *expr.Term) bool {
	column, ok := t.Node.(*expr.Column)
	return ok && slices.ContainsFunc(items, func(item *expr.Term) bool {
		star, ok := item.Node.(*expr.Star)
		return ok && star.Source.Same(column.Source)
	})
}

func isLabel(t *expr.Term) bool {
	_, ok := t.Node.(*expr.LabelRef)
	return ok
}

func labeled(t *expr.Term, name string) *expr.Term { return t.As(name).Term }

func labelRef(name string) *expr.Term { return expr.Asc(name).X }

func named(items []*expr.Term, name string) bool {
	return slices.ContainsFunc(items, func(t *expr.Term) bool { return expr.NameOf(t) == name })
}

// unnamed is the label that Hive gives to the column at a place if it has none, or for a function of a window another
// one, since before 4 it finds none that begins like its own.
func unnamed(items []*expr.Term, at int) string {
	label := "_c"
	if windowed(items[at]) {
		label = "window_"
	}
	return unused(items, label+strconv.Itoa(at))
}

// windowed reports whether there is a function of a window in an expression.
func windowed(t *expr.Term) bool {
	return contains(t, func(n expr.Node) bool {
		_, over := n.(*expr.Windowed)
		return over
	})
}

// unused is a name that no column has.
func unused(items []*expr.Term, name string) string {
	for named(items, name) {
		name += "_"
	}
	return name
}

// selected is the place of an expression among the columns of a query, -1 if it is none of them. A label is found by
// its name. An expression with values never is: they are no part of a statement's structure, so that the same text is
// used for others.
func selected(items []*expr.Term, t *expr.Term) int {
	if name := label(t); name != "" && named(items, name) {
		return slices.IndexFunc(items, func(item *expr.Term) bool { return label(item) == name })
	}
	if l, ok := t.Node.(*expr.Labeled); ok {
		t = l.X
	}
	return slices.IndexFunc(items, func(item *expr.Term) bool {
		if l, ok := item.Node.(*expr.Labeled); ok {
			item = l.X
		}
		return same(item, t)
	})
}

func same(a, b *expr.Term) bool {
	if reflect.TypeOf(a.Node) != reflect.TypeOf(b.Node) || hasValue(a) || hasValue(b) {
		return false
	}
	var x, y expr.Shape
	x.Term(a)
	y.Term(b)
	return !x.Opaque() && bytes.Equal(x.Key(), y.Key()) && slices.EqualFunc(sourcesIn(a), sourcesIn(b), (*expr.Source).Same)
}

func hasValue(t *expr.Term) bool {
	found := false
	expr.Walk(t.Node, func(n expr.Node) bool {
		_, value := n.(*expr.Value)
		found = found || value
		return !found
	})
	return found
}

// sourcesIn are the sources of the columns of an expression, in their order: two without a name may have one structure.
func sourcesIn(t *expr.Term) []*expr.Source {
	var list []*expr.Source
	expr.Walk(t.Node, func(n expr.Node) bool {
		if column, ok := n.(*expr.Column); ok {
			list = append(list, column.Source)
		}
		return true
	})
	return list
}
