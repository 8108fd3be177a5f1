package compile

import (
	"math"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (c *Compiler) function(n *expr.Function) {
	c.Within(n.Name, -1, func() {
		c.functionName(n.Name)
		c.Text("(")
		if n.Distinct {
			c.Text("DISTINCT ")
		}
		if n.Star {
			c.Text("*")
		}
		c.Terms(n.Args)
		if len(n.Order) > 0 && c.Require(AggregateOrders) {
			c.Text(" ORDER BY ")
			c.Orders(n.Order)
		}
		c.Text(")")
		if n.Where != nil && c.Require(Filters) {
			c.Text(" FILTER (WHERE ")
			c.Term(n.Where)
			c.Text(")")
		}
	})
}

// functionName writes the name of a function, perhaps with that of its schema and a dot before it. Names that could be
// anything else than a word go through the dialect's quotes; words do not, for some functions are reserved words.
func (c *Compiler) functionName(name string) {
	if schema, rest, ok := strings.Cut(name, "."); ok {
		c.Ident(schema)
		c.Text(".")
		name = rest
	}
	switch {
	case name == "":
		c.Refuse("a function has no name")
	case isWord(name):
		c.Text(name)
	default:
		c.Ident(name)
	}
}

// isWord reports whether a text is of letters of ASCII, digits and underscores only: it can end no token.
func isWord(text string) bool {
	for i := range len(text) {
		if b := text[i]; b != '_' && (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return text != ""
}

// Word writes a word of the grammar that a tree gives, such as a unit of time. Anything else is refused.
func (c *Compiler) Word(word string) {
	if !isWord(word) {
		c.Refuse(strconv.Quote(word) + " is not a word")
		return
	}
	c.Text(word)
}

func (c *Compiler) windowed(n *expr.Windowed) {
	c.Within("over", -1, func() {
		switch n.Fn.Node.(type) {
		case *expr.Column, *expr.Value, *expr.Parameter, *expr.Constant, *expr.Unary, *expr.Binary, *expr.Chain, *expr.Range,
			*expr.Membership, *expr.Likeness, *expr.RowNode, *expr.Case, *expr.Conversion, *expr.Extraction, *expr.Length,
			*expr.Element, *expr.Field, *expr.Labeled, *expr.LabelRef, *expr.Star, *expr.ScalarQuery, *expr.Existence, *expr.Quantified,
			*expr.Windowed:
			c.Refuse("OVER takes a call of a function, and this is none")
			return
		}
		c.Operand(n.Fn, LevelAtom)
		c.Text(" OVER ")
		if n.Window.Name != "" && len(n.Window.Partition) == 0 && len(n.Window.Order) == 0 && n.Window.Frame == nil {
			c.Require(NamedWindows)
			c.Ident(n.Window.Name)
			return
		}
		c.Window(n.Window)
	})
}

// Window writes what a window is, in parentheses.
func (c *Compiler) Window(w expr.Window) {
	c.Text("(")
	space := ""
	if w.Name != "" && c.Require(NamedWindows) {
		c.Ident(w.Name)
		space = " "
	}
	if len(w.Partition) > 0 {
		c.Text(space + "PARTITION BY ")
		c.Terms(w.Partition)
		space = " "
	}
	if len(w.Order) > 0 {
		c.Text(space + "ORDER BY ")
		c.Orders(w.Order)
		space = " "
	}
	if w.Frame != nil {
		c.Text(space)
		c.Word(w.Frame.Unit)
		c.Text(" BETWEEN ")
		c.bound(w.Frame.From)
		c.Text(" AND ")
		c.bound(w.Frame.To)
	}
	c.Text(")")
}

func (c *Compiler) bound(b expr.Bound) {
	switch {
	case b.N == 0 && b.Unbounded:
		c.Refuse("a bound of a window is unbounded, and it does not say in which direction; use UnboundedPreceding or UnboundedFollowing")
	case b.N == 0:
		c.Text("CURRENT ROW")
	case b.Unbounded && b.N < 0:
		c.Text("UNBOUNDED PRECEDING")
	case b.Unbounded:
		c.Text("UNBOUNDED FOLLOWING")
	case b.N == math.MinInt64:
		c.Refuse("a bound of a window is out of range")
	case b.N < 0:
		c.Text(itoa(-b.N) + " PRECEDING")
	default:
		c.Text(itoa(b.N) + " FOLLOWING")
	}
}

// Orders writes what stands behind ORDER BY within an expression.
func (c *Compiler) Orders(orders []expr.Order) { c.orders(orders, false) }

// orders writes what stands behind ORDER BY. That of a query sees the labels of its columns.
func (c *Compiler) orders(orders []expr.Order, labels bool) {
	for i, o := range orders {
		c.comma(i)
		c.Within("order", i, func() { c.order(o, labels) })
	}
}

func (c *Compiler) order(o expr.Order, labels bool) {
	if l, ok := o.X.Node.(*expr.Labeled); ok && labels && c.scope.labels(l) {
		c.Ident(l.Name)
	} else {
		c.Term(o.X)
	}
	if o.Desc {
		c.Text(" DESC")
	}
	if o.Nulls != expr.NullsDefault && c.Require(NullsOrder) {
		if o.Nulls == expr.NullsFirst {
			c.Text(" NULLS FIRST")
		} else {
			c.Text(" NULLS LAST")
		}
	}
}
