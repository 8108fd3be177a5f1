package dialect

import (
	"slices"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// writeInserted writes the rows or the query of an INSERT.
func (d *Hive) writeInserted(c *compile.Compiler, f filling) {
	switch {
	case f.Query != nil:
		c.Node(f.Query)
	case !d.asQuery(f):
		d.writeRows(c, f, "VALUES (", "), (", ")", d.writeValue)
	case c.Several(len(f.Rows)) && typesKnown(f.Columns): // Hive takes seconds for a UNION of hundreds
		d.writeRows(c, f, "SELECT * FROM (SELECT inline(array(struct(", "), struct(", "))) AS (", d.writeExactly)
		c.ColumnNames(f.Columns)
		c.Text(")) AS v")
	default:
		d.writeRows(c, f, "SELECT ", " UNION ALL SELECT ", "", d.writeValue)
	}
}

// asQuery reports whether the rows have to be written as a query. VALUES of Hive 2 takes only some literals, and cuts a
// string at a control character; nested and binary values, and those that their type wraps, have no literals in any
// version.
func (d *Hive) asQuery(f filling) bool {
	return d.version == Hive23 || slices.ContainsFunc(f.Columns, func(t *expr.Term) bool {
		return t.Type == schema.Binary || isNested(t.Type) || compile.Wrapped(t.Type)
	})
}

// typesKnown reports whether the types of all columns are known. An array of rows needs them: they must be of one type.
func typesKnown(columns []*expr.Term) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(t *expr.Term) bool { return t.Type == nil })
}

// valueWriter writes a value for a column of a row.
type valueWriter func(c *compile.Compiler, t *expr.Term, f filling, column int)

func (d *Hive) writeRows(c *compile.Compiler, f filling, first, between, last string, write valueWriter) {
	c.Text(first)
	c.InsertRows(len(f.Rows), between, func(i int) {
		for j, t := range f.Rows[i] {
			if j > 0 {
				c.Text(", ")
			}
			write(c, t, f, j)
		}
	})
	c.Text(last)
}

func (d *Hive) writeValue(c *compile.Compiler, t *expr.Term, f filling, column int) {
	if hasQuery(t) && d.version != Spark35 {
		d.refuse(c, "a query as a value of a row", "insert what a query gives with FromSelect")
		return
	}
	if v, ok := t.Node.(*expr.Value); ok && column < len(f.Columns) && isNested(f.Columns[column].Type) {
		nested := f.Columns[column].Type
		c.ValueAs(v, func(v any) (any, error) { return d.exactly(v, nested) })
		return
	}
	c.Term(t)
}

// writeExactly writes a value of the very type of its column.
func (d *Hive) writeExactly(c *compile.Compiler, t *expr.Term, f filling, column int) {
	of := f.Columns[column].Type
	wrapped := compile.Wrapped(of)
	if custom, ok := of.(schema.Custom); ok { // what is written of a value is what the type makes of it
		of = custom.Impl()
	}
	v, isValue := t.Node.(*expr.Value)
	switch {
	case isValue && !wrapped:
		c.ValueAs(v, func(v any) (any, error) { return d.exactlyColumn(v, of) })
	case isNested(of):
		d.writeValue(c, t, f, column)
	default:
		c.Text("CAST(")
		d.writeValue(c, t, f, column)
		c.Text(" AS ")
		c.Type(of)
		c.Text(")")
	}
}

// exactlyColumn is exactly for values that may come as another type of Go than that of the column.
func (d *Hive) exactlyColumn(v any, t schema.Type) (literal, error) {
	if v == nil || isNested(t) {
		return d.exactly(v, t)
	}
	text, err := d.AppendLiteral(nil, v, t)
	if err != nil || ownLiteral(v, t) {
		return literal(text), err
	}
	return d.castTo(literal(text), t)
}

// ownLiteral reports whether the literal of a value is of the type by itself.
func ownLiteral(v any, t schema.Type) bool {
	switch v := v.(type) {
	case string:
		return t == schema.String
	case bool:
		return t == schema.Boolean
	case int:
		return t == schema.Integer && -1<<31 < v && v < 1<<31
	case int64:
		return t == schema.Integer && -1<<31 < v && v < 1<<31
	case float64:
		return t == schema.Double
	case schema.CivilDate:
		return t == schema.Date
	case time.Time:
		return t == schema.Timestamp
	case []byte:
		return t == schema.Binary
	}
	return false
}

// nullOf is NULL for a column of a type.
func nullOf(t schema.Type) *expr.Term {
	v := &expr.Value{}
	v.Term = expr.Term{Node: v, Type: t}
	if isNested(t) {
		return expr.New[expr.Any](&typedNull{t}, t).Term
	}
	return &v.Term
}

// typedNull is the node of NULL of a nested type, for which NULL alone will not do.
type typedNull struct{ typ schema.Type }

// Shape implements [expr.Node].
func (n *typedNull) Shape(s *expr.Shape) {
	s.Kind("dialect.null")
	s.Type(n.typ)
}

func (n *typedNull) compile(c *compile.Compiler, d *Hive) {
	text, err := d.exactly(nil, n.typ)
	if err != nil {
		c.Fail(err)
		return
	}
	c.Text(string(text))
}
