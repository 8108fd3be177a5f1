package route

import (
	"fmt"
	"strings"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// bind adds a server that has tables of its own.
func (e *Engine) bind(b Bound) error {
	n := &node{name: b.Name, bound: true}
	if err := e.add("Bound", b.Engine, n); err != nil {
		return err
	}
	c := e.cluster
	if c.bound == nil {
		c.bound = map[*schema.Table]*node{}
	}
	for _, t := range b.Tables {
		if other := c.bound[t]; other != nil || t == nil {
			return &engine.OptionError{Option: "Bound", Reason: fmt.Sprintf("%q has a table that is none, or that is bound already", b.Name)}
		}
		c.bound[t] = n
	}
	return nil
}

// boundTo is the server that has the tables of a statement, nil if they are those that all others have.
func (c *cluster) boundTo(n expr.Node) (*node, error) {
	if len(c.bound) == 0 {
		return nil, nil
	}
	for st, ok := n.(engine.Statement); ok; st, ok = n.(engine.Statement) {
		n = st.Node
	}
	tables := expr.Tables(n)
	if definition, ok := n.(ddl.Statement); ok && len(tables) == 0 && !tellsTables(definition) {
		return nil, &BoundError{}
	}
	var on *node
	for i, t := range tables {
		at := c.bound[t]
		if i > 0 && at != on {
			return nil, c.mixed(tables)
		}
		on = at
	}
	return on, nil
}

// tellsTables reports whether a definition without tables has none that are known.
func tellsTables(n ddl.Statement) bool {
	switch n.(type) {
	case ddl.RawStmt, ddl.ExplainStmt: // which are texts, or have all below them
		return true
	}
	return false
}

func (c *cluster) mixed(tables []*schema.Table) error {
	e := &BoundError{Tables: map[string][]string{}}
	for _, t := range tables {
		name := Leader
		if n := c.bound[t]; n != nil {
			name = n.name
		}
		e.Tables[name] = append(e.Tables[name], t.Name)
	}
	return e
}

// BoundError is a statement for which there is no server, since [Options.Bound] gives its tables to several; or a
// definition that does not tell its tables. Nothing was sent.
type BoundError struct {
	Tables map[string][]string // by the names of the servers; nil if they are not known
}

func (e *BoundError) Error() string {
	if e.Tables == nil {
		return "route: of which tables the definition is, it does not tell, and some are bound to other servers; name the server by Use"
	}
	return fmt.Sprintf("route: no server has all tables of the statement: %s; copy what is missing, or name a server by Use",
		strings.NewReplacer("map[", "", "]]", "]").Replace(fmt.Sprint(e.Tables)))
}
