package expr

// Window says over which rows a function goes. The zero Window is all rows.
type Window struct {
	Name      string // of a window of the query, which the rest adds to; "" for none
	Partition []*Term
	Order     []Order
	Frame     *Frame
}

// PartitionBy begins a window: the function goes over the rows with the same values.
func PartitionBy(by ...Expr) Window { return Window{Partition: terms(by)} }

// OrderedBy begins a window of all rows, in an order.
func OrderedBy(by ...Ordering) Window { return Window{}.OrderBy(by...) }

// NamedWindow is a window that [SelectStmt.Window] has named.
func NamedWindow(name string) Window { return Window{Name: name} }

// OrderBy sets the order of the rows.
func (w Window) OrderBy(by ...Ordering) Window { w.Order = orders(by); return w }

// Rows bounds the window by numbers of rows.
func (w Window) Rows(from, to Bound) Window { w.Frame = &Frame{"ROWS", from, to}; return w }

// Range bounds the window by the value of the order.
func (w Window) Range(from, to Bound) Window { w.Frame = &Frame{"RANGE", from, to}; return w }

func (w Window) shape(s *Shape) {
	s.Text(w.Name)
	s.Terms(w.Partition)
	shapes(s, w.Order)
	s.Bool(w.Frame != nil)
	if w.Frame != nil {
		s.Text(w.Frame.Unit)
		w.Frame.From.shape(s)
		w.Frame.To.shape(s)
	}
}

func orders(by []Ordering) []Order {
	list := make([]Order, len(by))
	for i, o := range by {
		list[i] = orderOf(o)
	}
	return list
}

// Frame bounds a window.
type Frame struct {
	Unit     string // ROWS or RANGE
	From, To Bound
}

// Bound is an end of a [Frame]: N rows, or N of the order's value, before (negative) or behind the current row.
type Bound struct {
	N         int64
	Unbounded bool // as far as there are rows, in the direction of N's sign
}

// The bounds that are no number of rows away.
var (
	UnboundedPreceding = Bound{-1, true}
	CurrentRow         = Bound{}
	UnboundedFollowing = Bound{1, true}
)

// Preceding is n before the current row.
func Preceding(n int64) Bound { return Bound{N: -n} }

// Following is n behind the current row.
func Following(n int64) Bound { return Bound{N: n} }

func (b Bound) shape(s *Shape) {
	s.Int(int(b.N))
	s.Bool(b.Unbounded)
}

// Over makes a function of a window of it: expr.Over(fn.Sum(x), expr.PartitionBy(y)).
func Over[E Kind[E]](function E, w Window) E {
	n := &Windowed{Fn: function.term(), Window: w}
	return kind[E](n.is(n, n.Fn.Type))
}

// Windowed is the node of a function over a window.
type Windowed struct {
	Term
	Fn     *Term
	Window Window
}

// Shape implements [Node].
func (w *Windowed) Shape(s *Shape) {
	s.Kind("over")
	s.Term(w.Fn)
	w.Window.shape(s)
}
