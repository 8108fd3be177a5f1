package dialect

import (
	"math"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// expression writes the expressions that HiveQL has otherwise than the standard. A node that is not known is none.
func (d *Hive) expression(c *compile.Compiler, n expr.Node) (level compile.Level, ok, known bool) {
	known = true
	switch n := n.(type) {
	case *expr.Value, *expr.Labeled, *expr.LabelRef, *expr.Constant:
	case *expr.Column:
		level, ok = d.virtualColumn(c, n)
	case *fieldName:
		n.compile(c)
		level, ok = compile.LevelAtom, true
	case *tupleQuery:
		n.compile(c)
		level, ok = compile.LevelAtom, true
	case *tupleSource:
		c.Uncorrelated(n.query, d.unsupported("(a, b) IN (SELECT …) that reads from the query around it", useExists))
		level, ok = compile.LevelAtom, true
	case *expr.Binary:
		level, ok = d.binary(c, n)
	case *expr.Unary:
		level, ok = d.unary(c, n)
	case *expr.Chain:
		if ok = n.Op == expr.OpConcat; ok { // || stands in no SET of an UPDATE
			call(c, "concat", n.Terms...)
			level = compile.LevelAtom
		}
	case *expr.Likeness:
		level, ok = d.likeness(c, n), true
	case *expr.Range:
		level, ok = d.between(c, n)
	case *expr.Membership:
		level, ok = d.membership(c, n)
	case *expr.Function:
		level, ok = d.function(c, n)
	case *expr.Windowed:
		level, ok = d.windowed(c, n)
	case *expr.Conversion:
		level, ok = d.conversion(c, n)
	case *expr.Length:
		level, ok = d.interval(c, n)
	case *expr.Extraction:
		if ok = n.Unit == expr.Second && d.version == Spark35; ok { // whose EXTRACT has a fraction
			call(c, "second", n.X)
			level = compile.LevelAtom
		}
	default:
		known = false
	}
	return level, ok, known
}

// call writes a call of a function.
func call(c *compile.Compiler, name string, args ...*expr.Term) {
	c.Text(name + "(")
	c.Terms(args)
	c.Text(")")
}

func (d *Hive) binary(c *compile.Compiler, n *expr.Binary) (compile.Level, bool) {
	switch n.Op {
	case expr.OpAdd, expr.OpSub, expr.OpMul:
		if n.Type == schema.BigInt && narrow(n.L) && narrow(n.R) {
			wide := *n
			wide.L = widened(n.L)
			return c.Standard(&wide), true
		}
		if d.daysLater(c, n) {
			return compile.LevelAtom, true
		}
	case expr.OpShl:
		call(c, "shiftleft", widened(n.L), n.R)
		return compile.LevelAtom, true
	case expr.OpShr:
		call(c, "shiftright", n.L, n.R)
		return compile.LevelAtom, true
	case expr.OpDistinct:
		return not(c, &expr.Binary{Op: expr.OpNotDistinct, L: n.L, R: n.R}), true
	case expr.OpIs, expr.OpIsNot:
		return truth(c, n)
	}
	return 0, false
}

// not writes NOT (x). The parentheses are for the eye: NOT binds loosest.
func not(c *compile.Compiler, n expr.Node) compile.Level {
	c.Text("NOT (")
	c.Node(n)
	c.Text(")")
	return compile.LevelNot
}

// truth writes IS TRUE and IS FALSE as comparisons, for Hive 2 has IS NULL alone.
func truth(c *compile.Compiler, n *expr.Binary) (compile.Level, bool) {
	constant, ok := n.R.Node.(*expr.Constant)
	if !ok || constant.Text == "NULL" {
		return 0, false
	}
	same := &expr.Binary{Op: expr.OpNotDistinct, L: n.L, R: n.R}
	if n.Op == expr.OpIsNot {
		return not(c, same), true
	}
	return c.Standard(same), true
}

// daysLater writes a date and days as a date, which Hive makes a TIMESTAMP of.
func (d *Hive) daysLater(c *compile.Compiler, n *expr.Binary) bool {
	length, ok := n.R.Node.(*expr.Length)
	if !ok || n.Type != schema.Date || length.Unit != expr.Day && length.Unit != expr.Week || d.version == Spark35 {
		return false
	}
	c.Text("CAST(")
	c.Standard(n)
	c.Text(" AS DATE)")
	return true
}

// unary writes the negation of what c.Standard has no opposite for: HiveQL's own comparisons, and conditions with a query
// among them, of which Hive 4 gives rows twice unless each is negated by itself.
func (d *Hive) unary(c *compile.Compiler, n *expr.Unary) (compile.Level, bool) {
	if x, ok := n.X.Node.(*expr.Chain); ok && n.Op == expr.OpNot && d.version == Hive40 && opposite[x.Op] != "" && hasQuery(n.X) {
		return c.Standard(&expr.Chain{Op: opposite[x.Op], Terms: negated(x.Terms)}), true
	}
	if x, ok := n.X.Node.(*expr.Binary); ok && n.Op == expr.OpNot && x.Op == expr.OpRegexp {
		c.Operand(x.L, compile.LevelIs+1)
		c.Text(" NOT RLIKE ")
		c.Operand(x.R, compile.LevelIs+1)
		return compile.LevelIs, true
	}
	return 0, false
}

var opposite = map[expr.Op]expr.Op{expr.OpAnd: expr.OpOr, expr.OpOr: expr.OpAnd}

func negated(conditions []*expr.Term) []*expr.Term {
	list := make([]*expr.Term, len(conditions))
	for i, t := range conditions {
		list[i] = expr.Not(expr.Of[expr.Bool](t)).Term
	}
	return list
}

// membership refuses (a, b) IN (SELECT …) where no [tupleQuery] can stand for it, and writes (a, b) IN ((1, 2)) with
// values of one type.
func (d *Hive) membership(c *compile.Compiler, n *expr.Membership) (compile.Level, bool) {
	if _, tuple := n.X.Node.(*expr.RowNode); tuple && n.Query != nil && d.version != Spark35 {
		c.Fail(d.unsupported("(a, b) IN (SELECT …) but as a condition of its own in Where of a query", useExists))
		return compile.LevelAtom, true
	} else if tuple && n.Query == nil && d.version == Hive31 && len(n.Terms) > 0 {
		return c.Standard(compared(n)), true
	} else if tuple && n.Query == nil {
		return c.Standard(typed(n)), true
	}
	return 0, false
}

// compared has tuples compared value by value, for Hive 3.1 finds no struct equal that has a BIGINT in it.
func compared(n *expr.Membership) expr.Node {
	left := n.X.Node.(*expr.RowNode).Terms
	var either []expr.Bool
	for _, t := range n.Terms {
		row, ok := t.Node.(*expr.RowNode)
		if !ok || len(row.Terms) != len(left) {
			return n
		}
		var all []expr.Bool
		for j, x := range row.Terms {
			all = append(all, expr.Eq(expr.Of[expr.Any](left[j]), expr.Of[expr.Any](x)))
		}
		either = append(either, expr.And(all...))
	}
	found := expr.Or(either...)
	if n.Not {
		found = expr.Not(found)
	}
	return found.Node
}

// typed has the values in tuples cast to the types of what they are compared with: of structs of INT and of BIGINT, Hive
// 2.3 finds none equal, and Spark refuses them.
func typed(n *expr.Membership) *expr.Membership {
	left := n.X.Node.(*expr.RowNode).Terms
	changed := *n
	changed.Terms = slices.Clone(n.Terms)
	for i, t := range changed.Terms {
		row, ok := t.Node.(*expr.RowNode)
		if !ok || len(row.Terms) != len(left) {
			continue
		}
		list := slices.Clone(row.Terms)
		for j, x := range list {
			if _, value := x.Node.(*expr.Value); value && !literalType(left[j].Type) {
				list[j] = expr.Cast[expr.Any](x, left[j].Type).Term
			}
		}
		changed.Terms[i] = expr.New[expr.Any](&expr.RowNode{Terms: list}, t.Type).Term
	}
	return &changed
}

// literalType reports whether a type is one that literals have by themselves, or is not known.
func literalType(t schema.Type) bool {
	switch t {
	case nil, schema.Boolean, schema.Integer, schema.Double, schema.String, schema.Date, schema.Timestamp:
		return true
	}
	return false
}

// function writes the functions that are not those of package fn, and FILTER.
func (d *Hive) function(c *compile.Compiler, n *expr.Function) (compile.Level, bool) {
	switch {
	case n.Name == "char_length":
		changed := *n
		changed.Name = "length"
		return c.Standard(&changed), true
	case n.Where != nil && d.version != Spark35:
		return c.Standard(d.unfiltered(c, n)), true
	case d.version == Spark35 && (n.Name == "greatest" || n.Name == "least"):
		nullOfAny(c, n)
		return compile.LevelAtom, true
	}
	return 0, false
}

// unfiltered is an aggregate without FILTER.
func (d *Hive) unfiltered(c *compile.Compiler, n *expr.Function) *expr.Function {
	changed := *n
	if n.Star {
		changed.Args, changed.Star = []*expr.Term{number(1)}, false
	}
	if len(changed.Args) == 0 {
		d.refuse(c, "FILTER behind a function without arguments", "put the condition into the query")
		return &changed
	}
	changed.Where, changed.Args = nil, filter(n.Where, changed.Args)
	return &changed
}

// nullOfAny writes a function that is NULL if one of its arguments is, of which Spark's leaves NULLs out.
func nullOfAny(c *compile.Compiler, n *expr.Function) {
	given := make([]expr.Bool, len(n.Args))
	for i, arg := range n.Args {
		given[i] = arg.IsNotNull()
	}
	c.Text("CASE WHEN ")
	c.Term(expr.And(given...).Term)
	c.Text(" THEN ")
	call(c, n.Name, n.Args...)
	c.Text(" END")
}

// filter is what an aggregate takes instead of FILTER: NULL for rows that do not satisfy the condition. It skips a row if
// one of its arguments is NULL, so that the first is enough; others may have to be constants, as that of percentile.
func filter(condition *expr.Term, args []*expr.Term) []*expr.Term {
	filtered := slices.Clone(args)
	filtered[0] = expr.New[expr.Any](&expr.Case{Whens: []*expr.Term{condition, args[0]}}, args[0].Type).Term
	return filtered
}

// unframed are the functions of a window that take no frame.
var unframed = map[string]bool{
	"rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true, "ntile": true, "row_number": true,
	"lag": true, "lead": true,
}

func (d *Hive) windowed(c *compile.Compiler, n *expr.Windowed) (compile.Level, bool) {
	f, ok := n.Fn.Node.(*expr.Function)
	switch {
	case ok && n.Window.Frame != nil && unframed[f.Name]:
		c.Refuse(f.Name + " takes no frame of rows")
	case d.version == Spark35 && n.Window.Name != "" && (n.Window.Partition != nil || n.Window.Order != nil || n.Window.Frame != nil):
		c.Fail(d.unsupported("a named window with additions", "write out the window"))
	case d.version == Spark35 && ok && f.Distinct:
		c.Fail(d.unsupported("DISTINCT in a function of a window", "count in a query that is joined"))
	case d.version == Spark35 && ok && f.Where != nil: // which it has, but not here
		changed := *n
		changed.Fn = expr.New[expr.Any](d.unfiltered(c, f), f.Type).Term
		return c.Standard(&changed), true
	default:
		return 0, false
	}
	return compile.LevelAtom, true
}

func (d *Hive) conversion(c *compile.Compiler, n *expr.Conversion) (compile.Level, bool) {
	switch n.Term.Type.(type) {
	case schema.ArrayType, schema.MapType, schema.StructType, schema.UnionType:
		if d.version != Spark35 { // Hive 2 has no such cast, and that of Hive 4 is NULL
			c.Fail(d.unsupported("CAST to "+n.Term.Type.String(), "build the value anew by array, map or named_struct"))
			return compile.LevelAtom, true
		}
	}
	return 0, false
}

// interval writes a length of time in the units that all versions have.
func (d *Hive) interval(c *compile.Compiler, n *expr.Length) (compile.Level, bool) {
	unit, times := n.Unit, int64(1)
	switch n.Unit {
	case expr.Quarter:
		unit, times = expr.Month, 3
	case expr.Week:
		unit, times = expr.Day, 7
	}
	if n.N > math.MaxInt64/times || n.N < math.MinInt64/times {
		c.Refuse("an interval is out of range")
		return compile.LevelAtom, true
	}
	return c.Standard(&expr.Length{Interval: expr.Interval{N: n.N * times, Unit: unit}}), true
}

// between writes BETWEEN. Up to Hive 3 it is NULL if one bound is, also where the other bound decides, so it is written as
// what it means, unless the bounds are values.
func (d *Hive) between(c *compile.Compiler, n *expr.Range) (compile.Level, bool) {
	_, low := n.Low.Node.(*expr.Value)
	_, high := n.High.Node.(*expr.Value)
	if d.version > Hive31 || low && high {
		return 0, false
	}
	within := expr.And(expr.Le(expr.Of[expr.Any](n.Low), expr.Of[expr.Any](n.X)), expr.Le(expr.Of[expr.Any](n.X), expr.Of[expr.Any](n.High)))
	if n.Not {
		within = expr.Or(expr.Gt(expr.Of[expr.Any](n.Low), expr.Of[expr.Any](n.X)), expr.Gt(expr.Of[expr.Any](n.X), expr.Of[expr.Any](n.High)))
	}
	return c.Standard(within.Node), true
}
