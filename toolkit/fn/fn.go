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

// Grouping is 1 in the rows of grouping sets that are not grouped by x, and 0 in the others.
func Grouping(x expr.Expr) expr.Int {
	return expr.CallTyped[expr.Int]("grouping", schema.Integer, x)
}

// StddevSamp is the standard deviation of a sample, NULL of fewer than two rows.
func StddevSamp[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("stddev_samp", schema.Double, x)
}

// StddevPop is the standard deviation of all there is, NULL of no rows.
func StddevPop[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("stddev_pop", schema.Double, x)
}

// VarSamp is the variance of a sample, NULL of fewer than two rows.
func VarSamp[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("var_samp", schema.Double, x)
}

// VarPop is the variance of all there is, NULL of no rows.
func VarPop[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("var_pop", schema.Double, x)
}

// like is a function whose value is of the type of its first argument.
func like[E expr.Kind[E]](name string, x E, more ...E) E {
	args := []expr.Expr{x}
	for _, m := range more {
		args = append(args, m)
	}
	return expr.CallTyped[E](name, expr.TermOf(x).Type, args...)
}
