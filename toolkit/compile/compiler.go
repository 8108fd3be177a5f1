package compile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Compiler writes one statement. Dialects get it in [NodeCompiler]. Its methods write at the end of the text, children
// included; errors are collected, and what is written after one does not matter.
type Compiler struct {
	dialect Dialect
	nodes   NodeCompiler // nil if the dialect has none
	speller Speller      // likewise

	buf    []byte
	slots  []slot
	values []*expr.Value // of the tree, in the order of its Shape; what slots refer to. None if nothing will be cached
	inline bool          // values become part of the text
	next   int           // the value that is likely to come next
	params []string
	makers []func(context.Context) (any, error)
	set    map[string]string // of Setting
	linted bool
	lints  []Lint
	oneRow *rowSpan // of an INSERT of one row

	schemas map[string]string // of Options
	ofMany  bool              // likewise

	scope     *scope
	spare     *scope              // memory for the next one
	hasCTEs   bool                // the tree reads from common table expressions, as its Shape says
	readsCTEs bool                // likewise, as it shows when it is written
	inPlace   bool                // they are written where they are read
	ctes      []*expr.CommonTable // those before the statement
	path      []step
	errs      []error
	labels    int // anonymous names given

	collector collector
}

// step is a step of the path to a node: a part's name and, if it is one of a list, its place there.
type step struct {
	name  string
	index int // -1: not in a list
}

// Dialect is the dialect that is compiled for.
func (c *Compiler) Dialect() Dialect { return c.dialect }

// Text writes SQL as it is.
func (c *Compiler) Text(sql string) { c.buf = append(c.buf, sql...) }

// Ident writes a name as an identifier.
func (c *Compiler) Ident(name string) {
	buf, err := c.dialect.AppendIdent(c.buf, name)
	if err != nil {
		c.Fail(err)
		return
	}
	c.buf = buf
}

// Idents writes names as identifiers, separated by commas.
func (c *Compiler) Idents(names []string) {
	for i, name := range names {
		c.comma(i)
		c.Ident(name)
	}
}

// Literal writes a value that is part of the text: no slot is left for it.
func (c *Compiler) Literal(v any, t schema.Type) {
	buf, err := c.dialect.AppendLiteral(c.buf, v, t)
	if err != nil {
		c.Fail(err)
		return
	}
	c.buf = buf
}

// Type writes the name of a type.
func (c *Compiler) Type(t schema.Type) {
	if t == nil {
		c.Refuse("a type that is not known is needed here")
		return
	}
	name, err := c.dialect.TypeName(t)
	if err != nil {
		c.Fail(err)
		return
	}
	c.Text(name)
}

// Term writes an expression that stands where none can bind it tighter, as in a list.
func (c *Compiler) Term(t *expr.Term) { c.Operand(t, LevelLowest) }

// Operand writes an expression, in parentheses if it binds less tight than min.
func (c *Compiler) Operand(t *expr.Term, min Level) {
	if t == nil || t.Node == nil {
		c.Refuse("an expression is missing")
		return
	}
	start, slots := len(c.buf), len(c.slots)
	if c.node(t.Node) >= min {
		return
	}
	c.buf = append(slices.Insert(c.buf, start, '('), ')')
	for i := slots; i < len(c.slots); i++ {
		c.slots[i].at++
	}
}

// Terms writes expressions, separated by commas.
func (c *Compiler) Terms(terms []*expr.Term) {
	for i, t := range terms {
		c.comma(i)
		c.Term(t)
	}
}

func (c *Compiler) comma(i int) {
	if i > 0 {
		c.Text(", ")
	}
}

// Node writes any node.
func (c *Compiler) Node(n expr.Node) { c.node(n) }

func (c *Compiler) node(n expr.Node) Level {
	if c.nodes != nil {
		if level, ok := c.nodes.CompileNode(c, n); ok {
			return level
		}
	}
	return c.Standard(n)
}

// Standard writes a node as the standard has it, without asking the dialect about n itself; its parts are asked about.
// By it a dialect writes what it has changed a little.
func (c *Compiler) Standard(n expr.Node) Level {
	if level, ok := c.expression(n); ok {
		return level
	}
	if c.statement(n) {
		return LevelLowest
	}
	c.Fail(&UnsupportedError{Construct: fmt.Sprintf("%T", n), Dialect: c.dialect.Name()})
	return LevelAtom
}

// Within names a part of the tree for the path of errors that f meets. A part that is not in a list has the index -1.
func (c *Compiler) Within(part string, index int, f func()) {
	c.path = append(c.path, step{part, index})
	f()
	c.path = c.path[:len(c.path)-1]
}

// Fail adds an error at this place of the tree.
func (c *Compiler) Fail(err error) {
	c.errs = append(c.errs, &Error{Dialect: c.dialect.Name(), Path: c.where(), Err: err})
}

// Refuse adds an [ArgumentError] at this place of the tree.
func (c *Compiler) Refuse(reason string) { c.Fail(&ArgumentError{reason}) }

// Require adds an [UnsupportedError] unless the dialect has the feature.
func (c *Compiler) Require(f Feature) bool {
	ok, instead := c.dialect.Supports(f)
	if !ok {
		c.Fail(&UnsupportedError{Construct: f.String(), Dialect: c.dialect.Name(), Instead: instead})
	}
	return ok
}

func (c *Compiler) where() string {
	var b strings.Builder
	for i, s := range c.path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.index >= 0 {
			fmt.Fprintf(&b, "[%d]", s.index)
		}
	}
	return b.String()
}

// Setting says what the statement needs the session to be set to: see [Statement.Settings].
func (c *Compiler) Setting(name, value string) {
	if c.set == nil {
		c.set = map[string]string{}
	}
	c.set[name] = value
}

// anonymous makes a name that needs no quotes.
func (c *Compiler) anonymous() string {
	c.labels++
	return fmt.Sprintf("anon_%d", c.labels)
}

// Compile compiles a statement or a query for a dialect.
func Compile(d Dialect, n expr.Node) (*Statement, error) { return Options{}.Compile(d, n) }

// compilers and shapes keep their memory from one statement to the next.
var (
	compilers = sync.Pool{New: func() any { return newCompiler() }}
	shapes    = sync.Pool{New: func() any { return new(expr.Shape) }}
)

func newCompiler() *Compiler {
	c := &Compiler{}
	c.collector.shape = expr.NewWalk(c.collector.visit)
	return c
}

func release(shape *expr.Shape) {
	shape.Reset()
	shapes.Put(shape)
}

// compileShape compiles a tree whose values are those of its shape.
func compileShape(d Dialect, n expr.Node, shape *expr.Shape, o Options) (*code, error) {
	c := compilers.Get().(*Compiler)
	defer c.release()
	c.values, c.hasCTEs = shape.Values(), shape.HasCTE()
	made, err := c.compile(d, n, o)
	if err != nil {
		return nil, err
	}
	return &made, nil
}

func (c *Compiler) compile(d Dialect, n expr.Node, o Options) (code, error) {
	c.dialect, c.schemas, c.linted, c.ofMany = d, o.Schemas, o.Lint, o.OfMany
	c.nodes, _ = d.(NodeCompiler)
	c.speller, _ = d.(Speller)
	c.root(n)
	if len(c.errs) > 0 {
		return code{}, errors.Join(c.errs...)
	}
	return c.code(), nil
}

// release makes c ready for another statement. Of this one, it keeps nothing but memory.
func (c *Compiler) release() {
	c.reset()
	compilers.Put(c)
}

func (c *Compiler) reset() {
	clear(c.slots)
	clear(c.collector.found)
	clear(c.collector.around)
	*c = Compiler{
		buf: c.buf[:0], slots: c.slots[:0], path: c.path[:0], spare: c.spare,
		collector: collector{shape: c.collector.shape, found: c.collector.found[:0], around: c.collector.around[:0]},
	}
}
