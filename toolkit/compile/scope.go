package compile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
)

// scope is what a query reads from, and the names it gives to that.
type scope struct {
	outer   *scope // of the query around this one; nil if there is none, or if nothing of it can be seen
	entries []entry
	items   []*expr.Term // of the SELECT, whose labels its ORDER BY sees
	room    [3]entry     // for entries: most queries read from few sources
	unique  bool         // around a query in FROM, whose columns must have different names
	sealed  error        // of a query that reads from around it; nil: it may
	shared  bool         // its queries have no FROM of their own for what they find here
	bare    bool         // columns need no name before them: there is one table, and the grammar wants none
}

type entry struct {
	source *expr.Source
	name   string
	given  bool // the name is not that of the table, so FROM has to say it
	plain  bool // the name is known to be an identifier as it is
}

// inScope calls f with a scope around it. Its memory is used again.
func (c *Compiler) inScope(s scope, f func()) {
	inner, around := c.spare, c.scope
	if c.spare = nil; inner == nil {
		inner = new(scope)
	}
	*inner = s
	inner.entries = append(inner.room[:0], s.entries...)
	c.scope = inner
	f()
	c.scope = around
	*inner = scope{}
	c.spare = inner
}

// find gives the name of a source, looking outwards, and how many queries around this one it is of; nil if there is none.
func (s *scope) find(src *expr.Source) (e *entry, out int) {
	for ; s != nil; s = s.outer {
		for i := range s.entries {
			if e = &s.entries[i]; e.source.Same(src) || s.bare && e.named(src) {
				return e, out
			}
		}
		out++
	}
	return nil, 0
}

// sealedWithin is what seals one of so many scopes, nil if none is.
func (s *scope) sealedWithin(out int) error {
	for ; out > 0; out-- {
		if s.sealed != nil {
			return s.sealed
		}
		s = s.outer
	}
	return nil
}

// named reports whether a source is meant by the name of e's table.
func (e *entry) named(src *expr.Source) bool {
	return e.source.Table() != nil && src.Name == "" && ownName(src.Node) == ownName(e.source.Node)
}

// hides reports whether another source that is nearer has the name of e.
func (s *scope) hides(e *entry) bool {
	for ; s != nil; s = s.outer {
		for _, near := range s.entries {
			if near.source.Same(e.source) {
				return false
			}
			if sameName(near.name, e.name) {
				return true
			}
		}
	}
	return false
}

func (s *scope) reads(src *expr.Source) bool {
	e, _ := s.find(src)
	return e != nil
}

// labels reports whether an expression with a label stands for a column of the SELECT: the names decide, for they are
// part of the structure and which expression stands behind them is not.
func (s *scope) labels(l *expr.Labeled) bool {
	for _, t := range s.items {
		if item, ok := t.Node.(*expr.Labeled); ok && item.Name == l.Name {
			return true
		}
	}
	return false
}

// enter adds a source under a name that no other of the query has.
func (c *Compiler) enter(src *expr.Source) entry {
	if _, ok := src.Node.(*expr.CommonTable); ok {
		c.readsCTEs = true
	}
	e := entry{source: src, name: src.Name, given: true}
	if e.name == "" {
		if e.name = ownName(src.Node); e.name == "" {
			e.name = c.anonymous()
		} else {
			e.given = false
		}
	}
	base := e.name
	for i := 1; c.scope.taken(e.name); i++ {
		if src.Name != "" && i == 1 {
			c.Refuse("two sources have the name " + strconv.Quote(src.Name) + "; give one another alias")
		}
		e.name, e.given = base+"_"+strconv.Itoa(i), true
	}
	c.scope.entries = append(c.scope.entries, e)
	return e
}

// sameName reports whether two names of sources are one to some server: most take upper and lower case for the same, even
// within quotes.
func sameName(a, b string) bool { return a == b || strings.EqualFold(a, b) }

func (s *scope) taken(name string) bool {
	for _, e := range s.entries {
		if sameName(e.name, name) {
			return true
		}
	}
	return false
}

// ownName is the name that a source has without an alias, "" if it needs one.
func ownName(n expr.Node) string {
	switch n := n.(type) {
	case *expr.TableRef:
		return n.Table.Name
	case *expr.NamedTable:
		if len(n.Parts) > 0 {
			return n.Parts[len(n.Parts)-1]
		}
	case *expr.CommonTable:
		return n.Name
	}
	return ""
}

func (c *Compiler) column(n *expr.Column) {
	e, out := c.scope.find(n.Source)
	switch {
	case e == nil:
		c.Fail(&SourceError{Column: n.Name, Source: n.Source.String()})
		return
	case c.scope.sealedWithin(out) != nil:
		c.Fail(c.scope.sealedWithin(out))
		return
	case out > 0 && c.scope.hides(e):
		c.Refuse("column " + strconv.Quote(n.Name) + " is of a source around this query, and one within it has its name " +
			strconv.Quote(e.name) + "; give that one another alias")
		return
	case out > 0 || !c.scope.bare: // of a source further out, the name is needed in any case
		c.nameOf(e)
		c.Text(".")
	}
	c.Ident(n.Name)
}

// nameOf writes the name of a source.
func (c *Compiler) nameOf(e *entry) {
	if e.plain {
		c.Text(e.name)
		return
	}
	start := len(c.buf)
	c.Ident(e.name)
	e.plain = len(c.buf)-start == len(e.name) // nothing was quoted
}

func (c *Compiler) star(n *expr.Star) {
	e, out := c.scope.find(n.Source)
	switch {
	case e == nil:
		c.Fail(&SourceError{Column: "*", Source: n.Source.String()})
	case out == 0 && c.scope.bare || len(c.scope.entries) == 1:
		c.Text("*")
	default:
		c.nameOf(e)
		c.Text(".*")
	}
}

func (c *Compiler) labelRef(n *expr.LabelRef) {
	if c.scope != nil {
		for _, t := range c.scope.items {
			if expr.NameOf(t) == n.Name {
				c.Ident(n.Name)
				return
			}
		}
	}
	c.Refuse("the query has no column labelled " + strconv.Quote(n.Name))
}

// collector finds what expressions read from, queries within them left out.
type collector struct {
	shape  *expr.Shape
	found  []*expr.Source
	outer  *scope
	around []*expr.Source // found too, and read from around the query
}

// collect finds, until it is called again, what the query reads from besides what it joins. What is read from around it
// is not read from again, unless it is the only thing that the query's columns are of: then the query is about all of
// its rows, as is (SELECT max(t.a) FROM t) within another query of t.
func (c *Compiler) collect(q *expr.SelectStmt) []*expr.Source {
	col := &c.collector
	col.outer, col.found, col.around = c.scope.outer, col.found[:0], col.around[:0]
	for _, s := range q.Sources {
		col.add(s)
	}
	joined := len(col.found)
	for _, list := range [][]*expr.Term{q.Items, q.Filters} {
		for _, t := range list {
			if t != nil {
				col.visit(t.Node)
			}
		}
	}
	explicit := col.found[:joined]
	for _, s := range col.found[joined:] {
		if !isJoined(q.Joins, s) {
			explicit = append(explicit, s)
		}
	}
	if len(explicit)+len(q.Joins) > 0 || len(col.around) == 0 || c.scope.outer.shared {
		return explicit
	}
	if len(col.around) > 1 {
		c.Refuse("all that this query reads from is read from around it; name what it reads from itself by From")
	}
	return col.around
}

func isJoined(joins []expr.Join, s *expr.Source) bool {
	for _, j := range joins {
		if j.Right.Same(s) {
			return true
		}
	}
	return false
}

func (col *collector) add(s *expr.Source) { col.found = with(col.found, s) }

// with adds a source to a list that does not have it.
func with(list []*expr.Source, s *expr.Source) []*expr.Source {
	if slices.ContainsFunc(list, s.Same) {
		return list
	}
	return append(list, s)
}

func (col *collector) visit(n expr.Node) {
	switch n := n.(type) {
	case *expr.Column:
		if col.outer.reads(n.Source) {
			col.around = with(col.around, n.Source)
		} else {
			col.add(n.Source)
		}
	case *expr.Star:
		col.add(n.Source)
	case nil, *expr.SelectStmt, *expr.Compound, *expr.Value, *expr.Constant:
	default:
		n.Shape(col.shape)
	}
}
