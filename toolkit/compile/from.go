package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// SourceCompiler is a [Dialect] that has the first word on what stands in FROM.
type SourceCompiler interface {
	// CompileSource writes a source under a name; given false means that this is the name it has anyway.
	CompileSource(c *Compiler, src *expr.Source, name string, given bool) (ok bool)
}

// JoinCompiler is a [Dialect] that has the first word on joins. The text ends with what is joined to.
type JoinCompiler interface {
	CompileJoin(c *Compiler, j expr.Join) (ok bool)
}

func (c *Compiler) from(q *expr.SelectStmt, firsts int) {
	if len(c.scope.entries) == 0 {
		return
	}
	if firsts == 0 {
		c.Refuse("there is nothing that is joined to; name it with From")
		return
	}
	between := ", "
	if len(q.Joins) > 0 {
		between = " CROSS JOIN " // a comma binds less tight: what is joined would not see the sources before it
	}
	c.Text(" FROM ")
	for i, e := range c.scope.entries[:firsts] {
		if i > 0 {
			c.Text(between)
		}
		c.source(e)
	}
	c.joins(q, firsts)
}

func (c *Compiler) joins(q *expr.SelectStmt, firsts int) {
	jc, _ := c.dialect.(JoinCompiler)
	for i, j := range q.Joins {
		c.Within("join", i, func() {
			if j.On == nil && len(j.Using) == 0 && j.Kind != expr.CrossJoin && !standsAlone(j) {
				j.On = c.inferred(j.Right, c.scope.entries[:firsts+i])
			}
			if jc == nil || !jc.CompileJoin(c, j) {
				c.Join(j)
			}
		})
	}
}

// standsAlone reports whether a join is of a dialect, which knows what it needs.
func standsAlone(j expr.Join) bool {
	_, known := joinFeature(j.Kind)
	return !known
}

// joinFeature is what a server must have for a join; featureCount is nothing.
func joinFeature(kind expr.JoinKind) (f Feature, known bool) {
	switch kind {
	case expr.InnerJoin, expr.LeftJoin, expr.CrossJoin:
		return featureCount, true
	case expr.RightJoin:
		return RightJoins, true
	case expr.FullJoin:
		return FullJoins, true
	case expr.SemiJoin:
		return SemiJoins, true
	case expr.AntiJoin:
		return AntiJoins, true
	}
	return 0, false
}

// Join writes a join as the standard has it.
func (c *Compiler) Join(j expr.Join) {
	f, known := joinFeature(j.Kind)
	if !known {
		c.Fail(&UnsupportedError{Construct: string(j.Kind), Dialect: c.dialect.Name()})
		return
	}
	if f != featureCount && !c.Require(f) || len(j.Using) > 0 && !c.Require(UsingJoins) {
		return
	}
	c.Text(" ")
	c.Text(string(j.Kind))
	c.Text(" ")
	c.Source(j.Right)
	switch {
	case j.On != nil:
		c.Text(" ON ")
		c.Term(j.On)
	case len(j.Using) > 0:
		c.Text(" USING (")
		c.Idents(j.Using)
		c.Text(")")
	}
}

// Source writes a source of this query as it stands in FROM.
func (c *Compiler) Source(src *expr.Source) {
	for _, e := range c.scope.entries {
		if e.source.Same(src) {
			c.source(e)
			return
		}
	}
	c.Refuse(src.String() + " is not read from here")
}

// Sources are what this query reads from, in the order in which they came in: what is joined is at the end.
func (c *Compiler) Sources() []*expr.Source {
	list := make([]*expr.Source, len(c.scope.entries))
	for i, e := range c.scope.entries {
		list[i] = e.source
	}
	return list
}

// NameOf is the name that a source has in this query.
func (c *Compiler) NameOf(src *expr.Source) string {
	if e, _ := c.scope.find(src); e != nil {
		return e.name
	}
	return ""
}

func (c *Compiler) source(e entry) {
	if sc, ok := c.dialect.(SourceCompiler); ok && sc.CompileSource(c, e.source, e.name, e.given) {
		return
	}
	switch n := e.source.Node.(type) {
	case *expr.TableRef:
		if n.Table != nil && c.SchemaOf(n.Table) == "" {
			c.unhidden(n.Table.Name)
		}
		c.Table(n.Table)
	case *expr.NamedTable:
		if len(n.Parts) == 1 {
			c.unhidden(n.Parts[0])
		}
		c.named(n)
	case *expr.CommonTable:
		if c.inPlace {
			c.Within(e.name, -1, func() { c.Derived(n.Query) })
			e.given = true
		} else {
			c.Ident(n.Name)
		}
	case *expr.Derived:
		c.Within(e.name, -1, func() { c.Derived(n.Query) })
	case *expr.ValuesTable:
		c.valuesTable(n, e.name)
		return
	default:
		c.node(n)
	}
	if e.given {
		c.Text(" AS ")
		c.Ident(e.name)
	}
}

// Derived writes a query in parentheses that sees nothing of the query around it, and whose columns have different
// names.
func (c *Compiler) Derived(q expr.Node) {
	c.inScope(scope{unique: true}, func() { c.Subquery(q) })
}

// Uncorrelated is [Compiler.Derived] for a query that can see what is around it where the program wrote it: a column of
// that is the error correlated, where Derived would have the query read from its source itself.
func (c *Compiler) Uncorrelated(q expr.Node, correlated error) {
	c.inScope(scope{outer: c.scope, unique: true, sealed: correlated}, func() { c.Subquery(q) })
}

// Table writes the name of a table.
func (c *Compiler) Table(t *schema.Table) {
	if t == nil {
		c.Refuse("there is no table")
		return
	}
	if err := t.Err(); err != nil {
		c.Fail(err)
		return
	}
	if schema := c.SchemaOf(t); schema != "" {
		c.Ident(schema)
		c.Text(".")
	}
	c.Ident(t.Name)
}

func (c *Compiler) named(n *expr.NamedTable) {
	if len(n.Parts) == 0 {
		c.Refuse("a table has no name")
	}
	for i, part := range n.Parts {
		if i > 0 {
			c.Text(".")
		}
		c.Ident(part)
	}
}

func (c *Compiler) valuesTable(n *expr.ValuesTable, name string) {
	if !c.Require(ValuesTables) {
		return
	}
	c.Text("(")
	c.Rows(n)
	c.Text(") AS ")
	c.Ident(name)
	c.Text(" (")
	c.Idents(n.Columns)
	c.Text(")")
}

// Rows writes VALUES and rows that have a value for each column.
func (c *Compiler) Rows(n *expr.ValuesTable) {
	c.Text("VALUES ")
	if len(n.Rows) == 0 {
		c.Refuse("there are no rows of values")
	}
	for i, t := range n.Rows {
		c.comma(i)
		c.Within("row", i, func() {
			if row, ok := t.Node.(*expr.RowNode); ok && len(row.Terms) != len(n.Columns) {
				c.Refuse(fmt.Sprintf("%d values for %d columns", len(row.Terms), len(n.Columns)))
			}
			c.Term(t)
		})
	}
}

// inferred is the condition by which a source is joined to those before it: the one foreign key between them.
func (c *Compiler) inferred(right *expr.Source, before []entry) *expr.Term {
	var on *expr.Term
	keys := make([]foreignKey, 0, 4)
	for _, e := range before {
		for _, pair := range [...][2]*expr.Source{{right, e.source}, {e.source, right}} {
			child := pair[0].Table()
			if child == nil {
				continue
			}
			for fk := range child.EachForeignKey {
				condition, err := joinBy(fk, pair[0], pair[1])
				if err != nil {
					c.Fail(err)
				}
				if condition != nil {
					on, keys = condition, append(keys, foreignKey{child, fk})
				}
			}
			if right.Same(e.source) {
				break
			}
		}
	}
	if len(keys) != 1 {
		c.Fail(&JoinError{Table: right.String(), Keys: namesOf(keys)})
		return nil
	}
	return on
}

type foreignKey struct {
	of  *schema.Table
	key *schema.ForeignKey
}

func namesOf(keys []foreignKey) []string {
	var list []string
	for _, k := range keys {
		list = append(list, k.of.FullName()+"("+strings.Join(k.key.Columns, ", ")+")")
	}
	slices.Sort(list)
	return list
}

// joinBy is the condition of a foreign key from child to parent, nil if it does not lead there.
func joinBy(fk *schema.ForeignKey, child, parent *expr.Source) (*expr.Term, error) {
	if parent.Table() == nil {
		return nil, nil
	}
	target, columns, err := fk.Target()
	if err != nil || target != parent.Table() {
		return nil, err
	}
	pairs := make([]expr.Bool, 0, 4)
	for i, name := range fk.Columns {
		pairs = append(pairs, expr.Eq(expr.Col[expr.Any](child, name), expr.Col[expr.Any](parent, columns[i].Name)))
	}
	return expr.And(pairs...).Term, nil
}
