package compile

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// slot is a place in a text that a value takes when the statement is executed.
type slot struct {
	at    int         // in the text
	own   *expr.Value // the value, if it is of this statement alone
	index int         // in what it is from
	typ   schema.Type
	remap func(any) (any, error) // what is rendered instead of the value; nil: itself
	from  slotSource
	form  slotForm

	around *[2]string // what stands before and behind each value of a list; nil: nothing
}

// slotSource says where a slot's value comes from, if it is not its own.
type slotSource uint8

const (
	fromValues slotSource = iota // of the tree
	fromParams                   // given by name
	fromMakers                   // functions of the schema
	fromText                     // a literal in a text, which is a place only for those who must not see it
)

// slotForm says how a slot shows a value that is a slice.
type slotForm uint8

const (
	slotValue    slotForm = iota // as one value
	slotList                     // as its elements, separated by commas
	slotEnclosed                 // likewise; what is no slice is one value
	slotFree                     // as its elements, in parentheses; what is no slice is one value
)

// listed reports whether the slot shows the elements of v.
func (s *slot) listed(v any) bool {
	switch s.form {
	case slotValue:
		return false
	case slotList:
		return true
	}
	if _, isBytes := v.([]byte); isBytes || v == nil {
		return false
	}
	return reflect.TypeOf(v).Kind() == reflect.Slice
}

// list calls add with the elements of v, and text with what stands between them.
func (s *slot) list(v any, text func(string), add func(any) error) (err error) {
	if s.form > slotList && reflect.ValueOf(v).Len() == 0 {
		return &ArgumentError{"a list of values is empty, for which there is no SQL; leave the condition out"}
	}
	if s.form == slotFree {
		text("(")
		defer text(")")
	}
	eachValue(v, func(i int, v any) bool {
		if i > 0 {
			text(", ")
		}
		if v, err = s.toDB(v); err != nil {
			return false
		}
		if s.around != nil {
			text(s.around[0])
			defer text(s.around[1])
		}
		err = add(v)
		return err == nil
	})
	return err
}

// toDB makes of one value what the server knows.
func (s *slot) toDB(v any) (any, error) {
	if custom, ok := s.typ.(schema.Custom); ok {
		return custom.ToDB(v)
	}
	return v, nil
}

// code is a compiled tree without its values: all trees of the same structure share it.
type code struct {
	dialect Dialect
	text    string
	slots   []slot
	params  []string
	makers  []func(context.Context) (any, error)
	set     map[string]string
	lints   []Lint
	row     *rowCode // of an INSERT of one row
}

// ResultColumn is a column of a query's result, as the tree tells it.
type ResultColumn struct {
	Name string      // "" if it has none
	Type schema.Type // nil if it is not known
	Term *expr.Term  // what gives it its values
}

// Statement is a compiled tree with its values. It does not change.
type Statement struct {
	tree   expr.Node
	code   *code
	values []*expr.Value // what slots of the code refer to
	made   []any         // by the makers of the code; nil: not yet
}

// Settings are what the session must be set to for the statement, by name; nil if there are none.
func (s *Statement) Settings() map[string]string { return maps.Clone(s.code.set) }

// Lints are what is likely to be wrong with the statement, if it was compiled with [Options.Lint].
func (s *Statement) Lints() []Lint { return slices.Clone(s.code.lints) }

// Resolve is the statement with the values that functions of the schema make for its columns. Without it they are made
// each time that the text is asked for.
func (s *Statement) Resolve(ctx context.Context) (*Statement, error) {
	if len(s.code.makers) == 0 {
		return s, nil
	}
	resolved := *s
	resolved.made = make([]any, len(s.code.makers))
	for i, f := range s.code.makers {
		v, err := f(ctx)
		if err != nil {
			return nil, err
		}
		resolved.made[i] = v
	}
	return &resolved, nil
}

func newStatement(tree expr.Node, c *code, values []*expr.Value) *Statement {
	s := &struct {
		Statement
		room [8]*expr.Value // for values: most statements have few
	}{Statement: Statement{tree: tree, code: c}}
	s.values = append(s.room[:0], values...)
	return &s.Statement
}

// Dialect is the dialect that the statement was compiled for.
func (s *Statement) Dialect() Dialect { return s.code.dialect }

// Columns are those of the result, nil if they are not known, as behind SELECT *, or there is no result. They are of the
// tree itself, not of another one whose code it shares.
func (s *Statement) Columns() []ResultColumn {
	var columns []ResultColumn
	for _, t := range expr.Outputs(s.tree) {
		if _, any := t.Node.(*expr.Star); any {
			return nil
		}
		columns = append(columns, ResultColumn{Name: expr.NameOf(t), Type: t.Type, Term: t})
	}
	return columns
}

// Params are the names of the parameters, in the order of the text.
func (s *Statement) Params() []string { return slices.Clone(s.code.params) }

// Params are the values of a statement's parameters.
type Params map[string]any

// SQL is the text with its values as literals. Parameters that are missing, or too many, are a [*ParamError].
func (s *Statement) SQL(params ...Params) (string, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var err error
	if *buf, err = s.AppendSQL((*buf)[:0], params...); err != nil {
		return "", err
	}
	return string(*buf), nil
}

// buffers are for texts that are made.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// AppendSQL appends the text with its values as literals.
func (s *Statement) AppendSQL(dst []byte, params ...Params) ([]byte, error) {
	s, given, err := s.ready(params)
	if err != nil {
		return dst, err
	}
	start, from, d := len(dst), 0, s.code.dialect
	for i := range s.code.slots {
		slot := &s.code.slots[i]
		dst = append(dst, s.code.text[from:slot.at]...)
		from = slot.at
		if slot.from == fromText {
			dst = append(dst, slot.own.V.(string)...)
			continue
		}
		v, err := slot.of(s, given)
		if err == nil {
			dst, err = slot.append(dst, d, v)
		}
		if err != nil {
			return dst[:start], err
		}
	}
	return append(dst, s.code.text[from:]...), nil
}

// append writes what the slot shows as literals.
func (s *slot) append(dst []byte, d Dialect, v any) ([]byte, error) {
	add := func(v any) (err error) {
		dst, err = d.AppendLiteral(dst, v, s.typ)
		return err
	}
	var err error
	if s.listed(v) {
		err = s.list(v, func(text string) { dst = append(dst, text...) }, add)
	} else {
		err = add(v)
	}
	return dst, err
}

// Template is the text with ? for each value: what can be shown where values must not be.
func (s *Statement) Template() string {
	text, from := make([]byte, 0, len(s.code.text)+len(s.code.slots)), 0
	for _, slot := range s.code.slots {
		text = append(append(text, s.code.text[from:slot.at]...), '?')
		from = slot.at
	}
	return string(append(text, s.code.text[from:]...))
}

// Bind is the text with placeholders, and the values for them. A dialect that has none gives the text with literals,
// and no values.
func (s *Statement) Bind(params ...Params) (text string, args []any, err error) {
	b, ok := s.code.dialect.(Binder)
	if !ok {
		text, err = s.SQL(params...)
		return text, nil, err
	}
	dst, args, err := s.appendBound(make([]byte, 0, len(s.code.text)+4*len(s.code.slots)), nil, b, params...)
	if err != nil {
		return "", nil, err
	}
	return string(dst), args, nil
}

// appendBound appends the text with placeholders to dst, and the values for them to args, which has those of the
// placeholders before.
func (s *Statement) appendBound(dst []byte, args []any, b Binder, params ...Params) ([]byte, []any, error) {
	s, given, err := s.ready(params)
	if err != nil {
		return dst, args, err
	}
	from := 0
	for i := range s.code.slots {
		slot := &s.code.slots[i]
		dst = append(dst, s.code.text[from:slot.at]...)
		from = slot.at
		if slot.from == fromText {
			dst = append(dst, slot.own.V.(string)...)
			continue
		}
		add := func(v any) error {
			arg, err := b.Bind(v, slot.typ)
			if err == nil {
				args = append(args, arg)
				dst = b.AppendPlaceholder(dst, len(args))
			}
			return err
		}
		v, err := slot.of(s, given)
		if err == nil && slot.listed(v) {
			err = slot.list(v, func(text string) { dst = append(dst, text...) }, add)
		} else if err == nil {
			err = add(v)
		}
		if err != nil {
			return dst, args, err
		}
	}
	return append(dst, s.code.text[from:]...), args, nil
}

// ready is the statement with everything that its text shows.
func (s *Statement) ready(params []Params) (*Statement, Params, error) {
	given, err := s.code.check(params)
	if err == nil && s.made == nil {
		s, err = s.Resolve(context.Background())
	}
	return s, given, err
}

// of is what the slot shows.
func (s *slot) of(st *Statement, params Params) (any, error) {
	var v any
	switch {
	case s.own != nil:
		v = s.own.V
	case s.from == fromParams:
		v = params[st.code.params[s.index]]
	case s.from == fromMakers:
		v = st.made[s.index]
	default:
		v = st.values[s.index].V
	}
	if !s.listed(v) {
		var err error
		if v, err = s.toDB(v); err != nil {
			return nil, err
		}
	}
	if s.remap != nil {
		return s.remap(v)
	}
	return v, nil
}

// check merges params, and holds them against those of the code.
func (c *code) check(params []Params) (Params, error) {
	if len(c.params) == 0 && len(params) == 0 {
		return nil, nil
	}
	merged := Params{}
	for _, p := range params {
		for name, v := range p {
			if !slices.Contains(c.params, name) {
				return nil, &ParamError{Name: name, Known: c.params}
			}
			merged[name] = v
		}
	}
	for _, name := range c.params {
		if _, ok := merged[name]; !ok {
			return nil, &ParamError{Name: name, Known: c.params}
		}
	}
	return merged, nil
}

// Value writes a place for a value, without what its type makes of it: see [expr.ValueWrapper].
func (c *Compiler) Value(v *expr.Value) { c.valueAs(v, slotValue, nil) }

// ValueAs is [Compiler.Value] of what remap makes of the value each time the statement is executed.
func (c *Compiler) ValueAs(v *expr.Value, remap func(any) (any, error)) {
	c.valueAs(v, slotValue, remap)
}

// ValueList writes a place for the elements of a value that is a slice, separated by commas.
func (c *Compiler) ValueList(v *expr.Value) { c.valueAs(v, slotList, nil) }

func (c *Compiler) valueAs(v *expr.Value, form slotForm, remap func(any) (any, error)) {
	at := slot{at: len(c.buf), index: -1, typ: v.Type, form: form, remap: remap}
	if form == slotList {
		at.around = c.around(v.Type)
	}
	if !c.inline {
		at.index = c.valueIndex(v)
	}
	if at.index < 0 { // a dialect has made it, or nothing else will be of this structure
		at.own = v
	}
	if !c.inline {
		c.slots = append(c.slots, at)
		return
	}
	start := len(c.buf)
	value, err := at.of(nil, nil)
	if err == nil {
		c.buf, err = at.append(c.buf, c.dialect, value)
	}
	if err != nil {
		c.Fail(err)
		return
	}
	c.slots = append(c.slots, slot{at: start, from: fromText, own: &expr.Value{V: string(c.buf[start:])}})
	c.buf = c.buf[:start]
}

func (c *Compiler) valueIndex(v *expr.Value) int {
	if c.next < len(c.values) && c.values[c.next] == v {
		c.next++
		return c.next - 1
	}
	i := slices.Index(c.values, v)
	c.next = i + 1
	return i
}

// ParamList writes a place for the elements of a slice that is given by name, separated by commas.
func (c *Compiler) ParamList(p *expr.Parameter) {
	c.param(p, func(v any) (any, error) {
		if list := reflect.ValueOf(v); list.Kind() != reflect.Slice || list.Len() == 0 {
			return nil, &ArgumentError{fmt.Sprintf("parameter %q must be a slice that is not empty", p.Name)}
		}
		return v, nil
	})
	around := c.around(p.Type)
	list := &c.slots[len(c.slots)-1]
	list.form, list.around = slotList, around
}

// param writes a place for a value that is given by name.
func (c *Compiler) param(p *expr.Parameter, remap func(any) (any, error)) {
	i := slices.Index(c.params, p.Name)
	if i < 0 {
		i = len(c.params)
		c.params = append(c.params, p.Name)
	}
	c.slots = append(c.slots, slot{at: len(c.buf), from: fromParams, index: i, typ: p.Type, remap: remap})
}

// made writes a place for a value that a function makes.
func (c *Compiler) made(n *made) {
	c.slots = append(c.slots, slot{at: len(c.buf), from: fromMakers, index: len(c.makers), typ: n.typ})
	c.makers = append(c.makers, n.by)
}

func (c *Compiler) code() code {
	done := code{
		dialect: c.dialect, text: string(c.buf), slots: slices.Clone(c.slots),
		params: c.params, makers: c.makers, set: c.set, lints: c.lints,
	}
	done.row = newRowCode(&done, c.oneRow)
	return done
}
