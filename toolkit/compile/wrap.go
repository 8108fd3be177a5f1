package compile

import (
	"slices"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

type valueWrapper interface {
	schema.Custom
	expr.ValueWrapper
}

// Wrapped reports whether values of a type stand within an expression: see [expr.ValueWrapper].
func Wrapped(t schema.Type) bool { return wrapperOf(t) != nil }

func wrapperOf(t schema.Type) valueWrapper {
	switch t.(type) {
	case nil, schema.Basic, schema.VarCharType, schema.NumericType: // most values, without a search
		return nil
	}
	w, _ := t.(valueWrapper)
	return w
}

// wrap writes what a type makes of a value that write writes.
func (c *Compiler) wrap(w valueWrapper, write func()) Level {
	x := expr.TermOf(w.WrapValue(expr.New[expr.Any](&placed{write}, w.Impl())))
	if x == nil {
		c.Refuse("the type " + w.String() + " makes nothing of a value")
		return LevelAtom
	}
	return c.node(x.Node)
}

// around is the text around each value of a list, nil if there is none.
func (c *Compiler) around(t schema.Type) *[2]string {
	w := wrapperOf(t)
	if w == nil {
		return nil
	}
	start, slots := len(c.buf), len(c.slots)
	c.wrap(w, func() { c.slots = append(c.slots, slot{at: len(c.buf)}) })
	defer func() { c.buf, c.slots = c.buf[:start], c.slots[:slots] }()
	if len(c.slots) != slots+1 {
		c.Refuse("the type " + w.String() + " makes of a value what cannot stand in a list: it must have the value once, and no other")
		return nil
	}
	at := c.slots[slots].at
	return &[2]string{string(c.buf[start:at]), string(c.buf[at:])}
}

// placed is the node of a value within what its type makes of it.
type placed struct{ write func() }

// Shape implements [expr.Node].
func (*placed) Shape(s *expr.Shape) {
	s.Kind("compile.placed")
	s.SetOpaque()
}

// read is a query whose columns are as their types have them read: see [expr.ColumnWrapper].
func read(n expr.Node) expr.Node {
	switch q := n.(type) {
	case *expr.SelectStmt:
		if items := readItems(q.Items); items != nil {
			changed := *q
			changed.Items = items
			return &changed
		}
	case *expr.Compound:
		var changed *expr.Compound
		for i, part := range q.Queries {
			of := read(part)
			if of == part {
				continue
			}
			if changed == nil {
				own := *q
				own.Queries = slices.Clone(q.Queries)
				changed = &own
			}
			changed.Queries[i] = of
		}
		if changed != nil {
			return changed
		}
	}
	return n
}

// readItems are the columns of a result as their types have them read, nil if that changes none.
func readItems(items []*expr.Term) []*expr.Term {
	var changed []*expr.Term
	for i, t := range items {
		w, ok := t.Type.(interface {
			schema.Custom
			expr.ColumnWrapper
		})
		if !ok {
			continue
		}
		name, x := expr.NameOf(t), t
		if l, ok := t.Node.(*expr.Labeled); ok {
			x = l.X
		}
		if changed == nil {
			changed = slices.Clone(items)
		}
		changed[i] = expr.TermOf(w.WrapColumn(expr.New[expr.Any](x.Node, w.Impl())))
		if name != "" {
			changed[i] = changed[i].As(name).Term
		}
	}
	return changed
}
