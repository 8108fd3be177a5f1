package expr

import "github.com/skep-go/skep/toolkit/schema"

// Function is the node of a function's call. The package fn makes them.
type Function struct {
	Term
	Name     string // as it is spelled; a dialect may spell it otherwise
	Args     []*Term
	Distinct bool    // count(DISTINCT x)
	Star     bool    // count(*)
	Where    *Term   // the rows that an aggregate takes; nil: all
	Order    []Order // of the rows that an aggregate takes
}

// Shape implements [Node].
func (f *Function) Shape(s *Shape) {
	s.Kind("f")
	s.Text(f.Name)
	s.Type(f.Type)
	s.Bool(f.Distinct)
	s.Bool(f.Star)
	s.Terms(f.Args)
	s.Term(f.Where)
	shapes(s, f.Order)
}

// Call is a call of any function of the server, whose value is of kind E: expr.Call[expr.Int]("length", x). The name may
// have that of a schema before it, as "db.score". It is quoted like every identifier, so it may come from outside.
func Call[E Kind[E]](name string, args ...Expr) E {
	return CallTyped[E](name, kindType[E](), args...)
}

// CallTyped is [Call] of a function whose value has the type t.
func CallTyped[E Kind[E]](name string, t schema.Type, args ...Expr) E {
	return call[E](Function{Name: name}, t, args)
}

// CallDistinct is [Call] of an aggregate that takes every value once: count(DISTINCT x).
func CallDistinct[E Kind[E]](name string, t schema.Type, args ...Expr) E {
	return call[E](Function{Name: name, Distinct: true}, t, args)
}

// call is function with arguments, for a few of which there is room in the same piece of memory.
func call[E Kind[E]](f Function, t schema.Type, args []Expr) E {
	n := &struct {
		Function
		room [2]*Term
	}{Function: f}
	n.Args = appendTerms(n.room[:0], args)
	return kind[E](n.is(&n.Function, t))
}

// CountAll is count(*).
func CountAll() Int { return countAll }

var countAll = function[Int](Function{Name: "count", Star: true}, schema.BigInt)

func function[E Kind[E]](f Function, t schema.Type) E {
	n := &f
	return kind[E](n.is(n, t))
}

// Filter is an aggregate of the rows for which a condition is true: sum(x) FILTER (WHERE …).
func Filter[E Kind[E]](aggregate E, condition Bool) E {
	f, ok := aggregate.term().Node.(*Function)
	if !ok {
		return kind[E](fault(&ArgumentError{"expr.Filter", "it takes a call of an aggregate function, which this is not"}))
	}
	filtered := *f
	filtered.Where = condition.term()
	if f.Where != nil {
		filtered.Where = chain(OpAnd, []*Term{f.Where, condition.term()}, schema.Boolean)
	}
	return function[E](filtered, f.Type)
}

// Cast converts x: CAST(x AS t). The kind E should be that of t.
func Cast[E Kind[E]](x Expr, t schema.Type) E {
	c := &Conversion{X: termOf(x)}
	return kind[E](c.is(c, t))
}

// Conversion is the node of CAST to the term's type.
type Conversion struct {
	Term
	X *Term
}

// Shape implements [Node].
func (c *Conversion) Shape(s *Shape) {
	s.Kind("cast")
	s.Type(c.Type)
	s.Term(c.X)
}

// Unit is a unit of time.
type Unit string

// The units of [Extract] and [Interval].
const (
	Year    Unit = "YEAR"
	Quarter Unit = "QUARTER"
	Month   Unit = "MONTH"
	Week    Unit = "WEEK"
	Day     Unit = "DAY"
	Hour    Unit = "HOUR"
	Minute  Unit = "MINUTE"
	Second  Unit = "SECOND"
)

// Extract is a part of a date or a time: EXTRACT(YEAR FROM x).
func Extract(unit Unit, x Expr) Int {
	e := &Extraction{Unit: unit, X: termOf(x)}
	return Int{}.with(e.is(e, schema.Integer))
}

// Extraction is the node of [Extract].
type Extraction struct {
	Term
	Unit Unit
	X    *Term
}

// Shape implements [Node].
func (e *Extraction) Shape(s *Shape) {
	s.Kind("extract")
	s.Text(string(e.Unit))
	s.Term(e.X)
}

// Interval is a length of time, to be added to dates and timestamps.
type Interval struct {
	N    int64
	Unit Unit
}

// Length is the node of an [Interval]. Its length is part of the structure.
type Length struct {
	Term
	Interval
}

// Shape implements [Node].
func (l *Length) Shape(s *Shape) {
	s.Kind("interval")
	s.Int(int(l.N))
	s.Text(string(l.Unit))
}

func (i Interval) term() *Term {
	t := schema.IntervalDayTime
	if i.Unit == Year || i.Unit == Quarter || i.Unit == Month {
		t = schema.IntervalYearMonth
	}
	l := &Length{Interval: i}
	return l.is(l, t)
}

// Add is x + i.
func (d Date) Add(i Interval) Date {
	return Date{}.with(binary(OpAdd, d.term(), i.term(), schema.Date))
}

// Sub is x - i.
func (d Date) Sub(i Interval) Date {
	return Date{}.with(binary(OpSub, d.term(), i.term(), schema.Date))
}

// Add is x + i.
func (t Timestamp) Add(i Interval) Timestamp {
	return Timestamp{}.with(binary(OpAdd, t.term(), i.term(), t.term().Type))
}

// Sub is x - i.
func (t Timestamp) Sub(i Interval) Timestamp {
	return Timestamp{}.with(binary(OpSub, t.term(), i.term(), t.term().Type))
}

// At is the element i of an array, counted from 0.
func (a Array[E]) At(i int) E {
	var elem schema.Type
	if t, ok := a.term().Type.(schema.ArrayType); ok {
		elem = t.Elem()
	}
	return kind[E](element(a.term(), newValue(int64(i), schema.Integer), elem))
}

// Key is the value of a key, NULL if it is not there.
func (m Map[K, E]) Key(key K) E {
	var value schema.Type
	if t, ok := m.term().Type.(schema.MapType); ok {
		value = t.Value()
	}
	return kind[E](element(m.term(), key.term(), value))
}

func element(x, index *Term, t schema.Type) *Term {
	e := &Element{X: x, Index: index}
	return e.is(e, t)
}

// Element is the node of x[i].
type Element struct {
	Term
	X, Index *Term
}

// Shape implements [Node].
func (e *Element) Shape(s *Shape) {
	s.Kind("[]")
	s.Term(e.X)
	s.Term(e.Index)
}

// Field is a field of a struct. Its kind follows by [Of] or [FieldOf].
func (x Struct) Field(name string) Any { return FieldOf[Any](x, name) }

// FieldOf is a field of a struct, of kind E.
func FieldOf[E Kind[E]](x Struct, name string) E {
	f := &Field{X: x.term(), Name: name}
	f.is(f, nil)
	if t, ok := x.term().Type.(schema.StructType); ok {
		for _, field := range t.Fields() {
			if field.Name == name {
				f.Type = field.Type
			}
		}
	}
	return kind[E](&f.Term)
}

// Field is the node of x.name.
type Field struct {
	Term
	X    *Term
	Name string
}

// Shape implements [Node].
func (f *Field) Shape(s *Shape) {
	s.Kind(".")
	s.Text(f.Name)
	s.Term(f.X)
}
