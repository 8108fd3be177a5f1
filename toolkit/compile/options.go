package compile

import (
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Options change what a tree is compiled to. The zero value changes nothing.
type Options struct {
	// Schemas are names of schemas to write instead of those of tables; "" is the one of tables without a schema, and a
	// schema of "" is not written.
	Schemas map[string]string
	// Lint looks for what is likely to be wrong with the statement: see [Statement.Lints].
	Lint bool
	// OfMany is for an INSERT of one row, which is to be one of the rows of a [Batch].
	OfMany bool
}

// Compile compiles a statement or a query for a dialect.
func (o Options) Compile(d Dialect, n expr.Node) (*Statement, error) {
	c := compilers.Get().(*Compiler)
	defer c.release()
	made := &struct {
		Statement
		code
	}{}
	var err error
	made.code, err = c.compile(d, n, o)
	if c.readsCTEs { // they stand before everything else
		c.reset()
		c.hasCTEs = true
		made.code, err = c.compile(d, n, o)
	}
	if err != nil {
		return nil, err
	}
	made.tree, made.Statement.code = n, &made.code
	return &made.Statement, nil
}

// shape adds the options to the key of a tree, which is behind them no beginning of another one's.
func (o Options) shape(s *expr.Shape) {
	if o.OfMany {
		s.Kind("of many")
	}
	if len(o.Schemas) == 0 && !o.Lint {
		return
	}
	s.Kind("options")
	s.Bool(o.Lint)
	for _, name := range slices.Sorted(maps.Keys(o.Schemas)) {
		s.Text(name)
		s.Text(o.Schemas[name])
	}
}

// Several reports whether the n rows of an INSERT are several, or one of several.
func (c *Compiler) Several(n int) bool { return n > 1 || c.ofMany }

// SchemaOf is the schema to write before the name of a table, "" if there is none.
func (c *Compiler) SchemaOf(t *schema.Table) string {
	if name, ok := c.schemas[t.Schema]; ok {
		return name
	}
	return t.Schema
}
