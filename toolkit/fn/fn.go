// Package fn is a catalogue of functions whose types are known. Any other one is called by [expr.Call].
package fn

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Count is count(*), or with expressions the number of rows in which none of them is NULL.
func Count(of ...expr.Expr) expr.Int {
	if len(of) == 0 {
		return expr.CountAll()
	}
	return expr.CallTyped[expr.Int]("count", schema.BigInt, of...)
}

// CountDistinct is the number of different values, or rows of values, without NULLs.
func CountDistinct(of ...expr.Expr) expr.Int {
	return expr.CallDistinct[expr.Int]("count", schema.BigInt, of...)
}

// Sum is the sum, NULL of no rows.
func Sum[E expr.Numeric[E]](x E) E { return expr.CallTyped[E]("sum", sumType(expr.TermOf(x).Type), x) }

// sumType is the type of a sum: wide enough for many.
func sumType(t schema.Type) schema.Type {
	switch t {
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return schema.BigInt
	case schema.Float, schema.Double:
		return schema.Double
	}
	return nil
}

// Avg is the mean as an approximate number, NULL of no rows.
func Avg[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("avg", schema.Double, x)
}

// Min is the lowest value, NULL of no rows.
func Min[E expr.Kind[E]](x E) E { return like("min", x) }

// Max is the highest value, NULL of no rows.
func Max[E expr.Kind[E]](x E) E { return like("max", x) }

// like is a function whose value is of the type of its first argument.
func like[E expr.Kind[E]](name string, x E, more ...E) E {
	args := []expr.Expr{x}
	for _, m := range more {
		args = append(args, m)
	}
	return expr.CallTyped[E](name, expr.TermOf(x).Type, args...)
}

// Coalesce is the first of its arguments that is not NULL.
func Coalesce[E expr.Kind[E]](x E, more ...E) E { return like("coalesce", x, more...) }

// NullIf is NULL if x = y, else x.
func NullIf[E expr.Kind[E]](x, y E) E { return like("nullif", x, y) }

// Abs is x without its sign.
func Abs[E expr.Numeric[E]](x E) E { return like("abs", x) }

// Greatest is the greatest of its arguments, NULL if one of them is.
func Greatest[E expr.Kind[E]](x E, more ...E) E { return like("greatest", x, more...) }

// Least is the least of its arguments, NULL if one of them is.
func Least[E expr.Kind[E]](x E, more ...E) E { return like("least", x, more...) }

// Lower is x in lower case.
func Lower(x expr.String) expr.String { return text("lower", x) }

// Upper is x in upper case.
func Upper(x expr.String) expr.String { return text("upper", x) }

// Trim is x without spaces at its ends.
func Trim(x expr.String) expr.String { return text("trim", x) }

// Replace is x with every old replaced.
func Replace(x expr.String, old, with string) expr.String {
	return text("replace", x, expr.Lit[expr.String](old), expr.Lit[expr.String](with))
}

// Substring is n characters of x from the one at start, counted from 1.
func Substring(x expr.String, start, n int64) expr.String {
	return text("substring", x, expr.Lit[expr.Int](start), expr.Lit[expr.Int](n))
}

func text(name string, args ...expr.Expr) expr.String {
	return expr.CallTyped[expr.String](name, schema.String, args...)
}

// Length is the number of characters of x.
func Length(x expr.String) expr.Int {
	return expr.CallTyped[expr.Int]("char_length", schema.Integer, x)
}

// RowNumber counts the rows of a window from 1. It needs [expr.Over].
func RowNumber() expr.Int { return expr.CallTyped[expr.Int]("row_number", schema.Integer) }

// Rank is the place of a row in the order of a window, with gaps behind rows of the same place. It needs [expr.Over].
func Rank() expr.Int { return expr.CallTyped[expr.Int]("rank", schema.Integer) }

// DenseRank is the place of a row in the order of a window, without gaps. It needs [expr.Over].
func DenseRank() expr.Int { return expr.CallTyped[expr.Int]("dense_rank", schema.Integer) }

// Lag is the value of the row n before. It needs [expr.Over].
func Lag[E expr.Kind[E]](x E, n int64) E { return shifted("lag", x, n) }

// Lead is the value of the row n behind. It needs [expr.Over].
func Lead[E expr.Kind[E]](x E, n int64) E { return shifted("lead", x, n) }

func shifted[E expr.Kind[E]](name string, x E, n int64) E {
	return expr.CallTyped[E](name, expr.TermOf(x).Type, x, expr.Lit[expr.Int](n))
}

// FirstValue is the value of the first row of a window. It needs [expr.Over].
func FirstValue[E expr.Kind[E]](x E) E { return like("first_value", x) }

// LastValue is the value of the last row of a window. It needs [expr.Over].
func LastValue[E expr.Kind[E]](x E) E { return like("last_value", x) }
