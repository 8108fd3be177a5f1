package expr

import "github.com/skep-go/skep/toolkit/schema"

// From is what a statement reads from: a table, an alias of one, a query, a list of values.
type From interface {
	source() *Source
}

// Source is a From as a tree holds it. Other packages make their own by [NewSource].
type Source struct {
	Node    Node
	Name    string  // its alias; "" if it goes by the name of its table, or is given one when compiled
	Columns []*Term // in their order; nil if they are not known
}

// NewSource makes something to read from of a node. Columns tells the names and types of its columns; nil means that
// they are not known, and that every name is accepted.
func NewSource(n Node, alias string, columns []*Term) *Source {
	return &Source{Node: n, Name: alias, Columns: columns}
}

// source is s, or what reports that there is none: a zero table is no table.
func (s *Source) source() *Source {
	if s == nil {
		return missingSource
	}
	return s
}

var missingSource = &Source{
	Node: fault(&ArgumentError{"a table", "it is missing: a zero value stands here, such as one that was never declared"}).Node,
}

// SourceOf gives the source that f is. Of none it gives one whose use is an error of the statement.
func SourceOf(f From) *Source {
	if f == nil {
		return missingSource
	}
	return f.source()
}

func (s *Source) appendItems(list []*Term) []*Term {
	if s = s.source(); s.Columns == nil {
		return append(list, star(s))
	}
	return append(list, s.Columns...)
}

// C is a column by its name. A name that is not there is an error of the statement.
func (s *Source) C(name string) Any { return Col[Any](s, name) }

// Table gives the table that s is, or is an alias of; nil if it is none.
func (s *Source) Table() *schema.Table {
	if t, ok := s.source().Node.(*TableRef); ok {
		return t.Table
	}
	return nil
}

// Same reports whether two sources are one: the same, or the same table under its own name.
func (s *Source) Same(other *Source) bool {
	return s == other ||
		s.Name == "" && other.Name == "" && s.Table() != nil && s.Table() == other.Table()
}

// Col is a column by its name, as an expression of kind E.
func Col[E Kind[E]](f From, name string) E {
	s := SourceOf(f)
	for _, c := range s.Columns {
		if nameOf(c) != name {
			continue
		}
		if own, ok := c.Node.(*Column); ok && own.Source == s {
			return kind[E](c)
		}
		return kind[E](newColumn(s, name, c.Type, columnOf(c)))
	}
	if t := s.Table(); t != nil {
		if c, ok := t.Column(name); ok {
			return kind[E](newColumn(s, c.Name, c.Type, c))
		}
	}
	if s.Columns != nil {
		return kind[E](fault(&NameError{Name: name, In: s.String(), Known: names(s.Columns)}))
	}
	return kind[E](newColumn(s, name, kindType[E](), nil))
}

// ColOf is the column of a query, or of an alias, that has the name of c and is of its kind.
func ColOf[E Kind[E]](f From, c E) E { return Col[E](f, nameOf(c.term())) }

// String names s for a message.
func (s *Source) String() string {
	switch s = s.source(); {
	case s.Name != "":
		return s.Name
	case s.Table() != nil:
		return s.Table().FullName()
	}
	return "a query without a name"
}

// Column is the node of a column.
type Column struct {
	Term
	Source *Source
	Name   string
	Column *schema.Column // nil unless it is of a table
}

// Shape implements [Node].
func (c *Column) Shape(s *Shape) {
	s.Kind("c")
	s.Source(c.Source)
	s.Text(c.Name)
	if c.Column == nil {
		s.Type(c.Type)
	}
}

func newColumn(s *Source, name string, t schema.Type, column *schema.Column) *Term {
	c := &Column{Source: s, Name: name, Column: column}
	return c.is(c, t)
}

func columnOf(t *Term) *schema.Column {
	if c, ok := t.Node.(*Column); ok {
		return c.Column
	}
	return nil
}

// nameOf is the name under which a term stands in a result, "" if it has none.
func nameOf(t *Term) string {
	if t == nil {
		return ""
	}
	switch n := t.Node.(type) {
	case *Column:
		return n.Name
	case *Labeled:
		return n.Name
	}
	return ""
}

func names(terms []*Term) []string {
	list := make([]string, len(terms))
	for i, t := range terms {
		list[i] = nameOf(t)
	}
	return list
}

// Star is the node of all columns of a source whose columns are not known.
type Star struct {
	Term
	Source *Source
}

// Shape implements [Node].
func (n *Star) Shape(s *Shape) {
	s.Kind("*")
	s.Source(n.Source)
}

func star(s *Source) *Term {
	n := &Star{Source: s}
	return n.is(n, nil)
}

// Source adds a reference to a source. Its structure is told where it is met first.
func (s *Shape) Source(src *Source) {
	if s.walk != nil {
		return
	}
	for i, known := range s.sources {
		if known.Same(src) {
			s.Int(i)
			return
		}
	}
	s.sources = append(s.sources, src)
	s.Int(-1)
	s.Text(src.Name)
	src.Node.Shape(s)
}

// From adds a source that stands in FROM: it is a part, unlike one that a column refers to.
func (s *Shape) From(src *Source) {
	src = src.source()
	if s.walk != nil {
		s.walk(src.Node)
		return
	}
	s.Source(src)
}

// TableRef is the node of a table.
type TableRef struct{ Table *schema.Table }

// Shape implements [Node].
func (t *TableRef) Shape(s *Shape) {
	s.Kind("table")
	s.ID(t.Table.ID())
}

// Table is a table to read from and to write to. A struct that embeds it, beside fields for the columns, is a table
// whose columns Go's compiler knows: see [Declare].
type Table struct{ *Source }

// T is a table of the schema. Its columns are found by name; [Bind] gives them types in Go.
func T(t *schema.Table) Table {
	if t == nil {
		return Table{missingSource}
	}
	s := &Source{Node: &TableRef{Table: t}}
	for _, c := range t.Columns() {
		s.Columns = append(s.Columns, newColumn(s, c.Name, c.Type, c))
	}
	return Table{s}
}

// As is the table under another name.
func (t Table) As(alias string) Table { return Table{t.renamed(alias)} }

func (s *Source) renamed(alias string) *Source {
	s = s.source()
	as := &Source{Node: s.Node, Name: alias}
	for _, c := range s.Columns {
		as.Columns = append(as.Columns, newColumn(as, nameOf(c), c.Type, columnOf(c)))
	}
	return as
}

// Name is a table, or a function of one, that no schema describes: expr.Name("db", "t"). Its columns are found by name,
// and every name is accepted.
func Name(parts ...string) Table { return Table{&Source{Node: &NamedTable{Parts: parts}}} }

// NamedTable is the node of [Name].
type NamedTable struct{ Parts []string }

// Shape implements [Node].
func (t *NamedTable) Shape(s *Shape) {
	s.Kind("name")
	s.Int(len(t.Parts))
	for _, p := range t.Parts {
		s.Text(p)
	}
}
