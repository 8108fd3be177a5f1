package expr

import (
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Query is what gives rows: a [Select], a [Compound] of them.
type Query interface {
	Node
	queryNode() Node
	outputs() []*Term
}

// Item is what SELECT takes: an expression, or a table or another source for all of its columns.
type Item interface {
	appendItems(list []*Term) []*Term
}

// SelectStmt is a SELECT. Its methods give changed copies, so that queries can be built on one another. Its fields are
// for dialects.
//
// Tables need not be named: those whose columns stand in the list or in a condition are read from, unless they are
// joined, or are read from by a query around this one (correlation).
type SelectStmt struct {
	Items      []*Term
	Sources    []*Source // of From
	Joins      []Join
	Filters    []*Term // of Where; all must be true
	Groups     []*Term
	Sets       *GroupingSets // nil: plain groups
	Havings    []*Term
	Qualifiers []*Term
	Windows    []WindowDef
	Orders     []Order
	Count      *Term // of Limit; nil: no limit
	Skip       *Term // of Offset; nil: none
	Hints      []string
	Clauses    []Clause
	UniqueBy   []*Term // SELECT DISTINCT ON
	Unique     bool    // SELECT DISTINCT
	Lock       bool
}

// Clause is a part of a SELECT that the toolkit does not know. Dialects bring them.
type Clause interface {
	Node
	// Place tells what the clause stands behind.
	Place() Place
}

// Place is a place in a SELECT, named for what stands before it.
type Place uint8

// The places of clauses.
const (
	AfterFrom Place = iota
	AfterWhere
	AfterGroupBy
	AfterOrderBy
	AfterLimit
)

// Select begins a query of expressions, and of all columns of tables.
func Select(items ...Item) SelectStmt { return SelectStmt{}.Columns(items...) }

// Columns adds to the columns of the result.
func (q SelectStmt) Columns(items ...Item) SelectStmt {
	list := slices.Grow(slices.Clip(q.Items), len(items))
	for _, i := range items {
		list = appendItem(list, i)
	}
	q.Items = list
	return q
}

func appendItem(list []*Term, i Item) []*Term {
	if i == nil {
		return append(list, missing)
	}
	return i.appendItems(list)
}

// Only replaces the columns of the result.
func (q SelectStmt) Only(items ...Item) SelectStmt {
	q.Items = nil
	return q.Columns(items...)
}

// From adds sources to read from.
func (q SelectStmt) From(sources ...From) SelectStmt {
	for _, f := range sources {
		q.Sources = append(slices.Clip(q.Sources), SourceOf(f))
	}
	return q
}

// Where adds conditions; a row must satisfy all that the query has.
func (q SelectStmt) Where(conditions ...Bool) SelectStmt {
	q.Filters = add(q.Filters, conditions)
	return q
}

// GroupBy adds expressions to group by.
func (q SelectStmt) GroupBy(by ...Expr) SelectStmt {
	q.Groups = add(q.Groups, by)
	return q
}

// Having adds conditions on groups.
func (q SelectStmt) Having(conditions ...Bool) SelectStmt {
	q.Havings = add(q.Havings, conditions)
	return q
}

// Qualify adds conditions on functions over windows.
func (q SelectStmt) Qualify(conditions ...Bool) SelectStmt {
	q.Qualifiers = add(q.Qualifiers, conditions)
	return q
}

// OrderBy adds to the order of the rows. OrderBy() takes it away.
func (q SelectStmt) OrderBy(by ...Ordering) SelectStmt {
	if len(by) == 0 {
		q.Orders = nil
		return q
	}
	list := slices.Grow(slices.Clip(q.Orders), len(by))
	for _, o := range by {
		list = append(list, orderOf(o))
	}
	q.Orders = list
	return q
}

// Distinct leaves out rows that are like another one.
func (q SelectStmt) Distinct() SelectStmt { q.Unique = true; return q }

// DistinctOn keeps the first row of each value of the expressions.
func (q SelectStmt) DistinctOn(by ...Expr) SelectStmt {
	q.UniqueBy = add(q.UniqueBy, by)
	return q
}

// Limit ends the result after n rows.
func (q SelectStmt) Limit(n int64) SelectStmt { q.Count = newValue(n, schema.BigInt); return q }

// LimitParam is [SelectStmt.Limit] with a number that is given when the query is executed.
func (q SelectStmt) LimitParam(name string) SelectStmt { q.Count = Param[Int](name).Term; return q }

// Offset leaves out the first n rows.
func (q SelectStmt) Offset(n int64) SelectStmt { q.Skip = newValue(n, schema.BigInt); return q }

// OffsetParam is [SelectStmt.Offset] with a number that is given when the query is executed.
func (q SelectStmt) OffsetParam(name string) SelectStmt { q.Skip = Param[Int](name).Term; return q }

// Window names a window.
func (q SelectStmt) Window(name string, w Window) SelectStmt {
	q.Windows = append(slices.Clip(q.Windows), WindowDef{name, w})
	return q
}

// Hint adds a hint to the optimizer, in the words of the server.
func (q SelectStmt) Hint(text string) SelectStmt {
	q.Hints = append(slices.Clip(q.Hints), text)
	return q
}

// ForUpdate locks the rows.
func (q SelectStmt) ForUpdate() SelectStmt { q.Lock = true; return q }

// With adds clauses of a dialect.
func (q SelectStmt) With(clauses ...Clause) SelectStmt {
	q.Clauses = append(slices.Clip(q.Clauses), clauses...)
	return q
}

// add appends terms to a copy.
func add[E Expr](list []*Term, more []E) []*Term { return appendTerms(slices.Clip(list), more) }

// WindowDef is a window with a name.
type WindowDef struct {
	Name   string
	Window Window
}

func (w WindowDef) shape(s *Shape) {
	s.Text(w.Name)
	w.Window.shape(s)
}

// GroupingSets are several groupings in one.
type GroupingSets struct {
	Kind GroupingKind
	Sets [][]*Term // of SETS
}

// GroupingKind says how the sets follow from the groups.
type GroupingKind uint8

// The kinds of grouping sets.
const (
	Rollup GroupingKind = iota // all beginnings of the list
	Cube                       // all subsets of it
	Sets                       // those of GroupingSets.Sets
)

// Rollup groups by all beginnings of what the query groups by, down to none.
func (q SelectStmt) Rollup() SelectStmt { q.Sets = &GroupingSets{Kind: Rollup}; return q }

// Cube groups by all subsets of what the query groups by.
func (q SelectStmt) Cube() SelectStmt { q.Sets = &GroupingSets{Kind: Cube}; return q }

// GroupingSets groups by each of the sets. Their expressions must be among those that the query groups by.
func (q SelectStmt) GroupingSets(sets ...[]Expr) SelectStmt {
	g := &GroupingSets{Kind: Sets}
	for _, set := range sets {
		g.Sets = append(g.Sets, terms(set))
	}
	q.Sets = g
	return q
}

// Set is one of the sets of [SelectStmt.GroupingSets].
func Set(by ...Expr) []Expr { return by }

// Shape implements [Node].
func (q SelectStmt) Shape(s *Shape) {
	s.Kind("select")
	s.Int(len(q.Sources))
	for _, f := range q.Sources {
		s.From(f)
	}
	s.Terms(q.Items)
	shapes(s, q.Joins)
	s.Terms(q.Filters)
	s.Terms(q.Groups)
	s.Bool(q.Sets != nil)
	if q.Sets != nil {
		s.Int(int(q.Sets.Kind))
		s.Int(len(q.Sets.Sets))
		for _, set := range q.Sets.Sets {
			s.Terms(set)
		}
	}
	s.Terms(q.Havings)
	s.Terms(q.Qualifiers)
	shapes(s, q.Windows)
	shapes(s, q.Orders)
	s.Term(q.Count)
	s.Term(q.Skip)
	s.Int(len(q.Hints))
	for _, h := range q.Hints {
		s.Text(h)
	}
	s.Int(len(q.Clauses))
	for _, c := range q.Clauses {
		s.Node(c)
	}
	s.Bool(q.Unique)
	s.Terms(q.UniqueBy)
	s.Bool(q.Lock)
}

func (q SelectStmt) queryNode() Node { return &q }

func (q SelectStmt) outputs() []*Term { return q.Items }
