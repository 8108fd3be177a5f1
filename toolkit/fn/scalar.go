package fn

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

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

// Floor is the greatest whole number that is not above x.
func Floor(x expr.Float) expr.Int { return expr.CallTyped[expr.Int]("floor", schema.BigInt, x) }

// Ceil is the least whole number that is not below x.
func Ceil(x expr.Float) expr.Int { return expr.CallTyped[expr.Int]("ceil", schema.BigInt, x) }

// Round is x with so many digits behind the point.
func Round[E expr.Numeric[E]](x E, digits int64) E {
	return expr.CallTyped[E]("round", expr.TermOf(x).Type, x, expr.Lit[expr.Int](digits))
}

// Sqrt is the square root of x.
func Sqrt[E expr.Numeric[E]](x E) expr.Float {
	return expr.CallTyped[expr.Float]("sqrt", schema.Double, x)
}

// Power is x to the power of y.
func Power(x, y expr.Float) expr.Float {
	return expr.CallTyped[expr.Float]("power", schema.Double, x, y)
}

// Exp is e to the power of x.
func Exp(x expr.Float) expr.Float { return expr.CallTyped[expr.Float]("exp", schema.Double, x) }

// Ln is the natural logarithm of x.
func Ln(x expr.Float) expr.Float { return expr.CallTyped[expr.Float]("ln", schema.Double, x) }
