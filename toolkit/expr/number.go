package expr

import "github.com/skep-go/skep/toolkit/schema"

// Number are the operators of numbers whose values are V in Go; E is their kind.
type Number[V any, E Kind[E]] struct{ Comparable[V] }

func (Number[V, E]) numeric() {}

// Numeric are the kinds of numbers: [Int], [Float], [Decimal].
type Numeric[E any] interface {
	Kind[E]
	numeric()
}

func (n Number[V, E]) op(op Op, v V) E { return kind[E](withValue(op, n.term(), v, n.term().Type)) }

// Add is x + v.
func (n Number[V, E]) Add(v V) E { return n.op(OpAdd, v) }

// Sub is x - v.
func (n Number[V, E]) Sub(v V) E { return n.op(OpSub, v) }

// Mul is x * v.
func (n Number[V, E]) Mul(v V) E { return n.op(OpMul, v) }

// Mod is what remains of x when divided by v, with the sign of x.
func (n Number[V, E]) Mod(v V) E { return n.op(OpMod, v) }

// Neg is -x.
func (n Number[V, E]) Neg() E { return kind[E](unary(OpNeg, n.term(), n.term().Type)) }

// Add is a + b.
func Add[E Numeric[E]](a, b E) E { return arithmetic(OpAdd, a, b) }

// Sub is a - b.
func Sub[E Numeric[E]](a, b E) E { return arithmetic(OpSub, a, b) }

// Mul is a * b.
func Mul[E Numeric[E]](a, b E) E { return arithmetic(OpMul, a, b) }

// Mod is what remains of a when divided by b, with the sign of a.
func Mod[E Numeric[E]](a, b E) E { return arithmetic(OpMod, a, b) }

func arithmetic[E Numeric[E]](op Op, a, b E) E {
	return kind[E](binary(op, a.term(), b.term(), widest(a.term().Type, b.term().Type)))
}

// widest is the type of numbers of both types, nil if it is not known.
func widest(a, b schema.Type) schema.Type {
	x, ok := a.(schema.Basic)
	y, too := b.(schema.Basic)
	switch {
	case a == b:
		return a
	case ok && too:
		return max(x, y) // in the order of their size
	}
	return nil
}

// Div is x / v as an approximate number: 7 / 2 is 3.5. See IntDiv.
func (i Int) Div(v int64) Float { return Float{}.with(withValue(OpDiv, i.term(), v, schema.Double)) }

// IntDiv is x / v without its fraction: 7 / 2 is 3, -7 / 2 is -3.
func (i Int) IntDiv(v int64) Int { return i.op(OpQuo, v) }

// Div is x / v.
func (f Float) Div(v float64) Float { return f.op(OpDiv, v) }

// Div is x / v. The scale of the result is the server's business.
func (d Decimal) Div(v schema.Decimal) Decimal {
	return Decimal{}.with(withValue(OpDiv, d.term(), v, nil))
}

// Div is a / b, never a truncated one.
func Div[E Numeric[E]](a, b E) Float {
	return Float{}.with(binary(OpDiv, a.term(), b.term(), schema.Double))
}

// IntDiv is a / b without its fraction.
func IntDiv(a, b Int) Int { return arithmetic(OpQuo, a, b) }

// BitAnd is x & v.
func (i Int) BitAnd(v int64) Int { return i.op(OpBitAnd, v) }

// BitOr is x | v.
func (i Int) BitOr(v int64) Int { return i.op(OpBitOr, v) }

// BitXor is x ^ v.
func (i Int) BitXor(v int64) Int { return i.op(OpBitXor, v) }

// BitNot is ~x.
func (i Int) BitNot() Int { return Int{}.with(unary(OpBitNot, i.term(), i.term().Type)) }

// Shl is x shifted left by n bits.
func (i Int) Shl(n int64) Int { return i.shift(OpShl, n) }

// Shr is x shifted right by n bits, keeping its sign.
func (i Int) Shr(n int64) Int { return i.shift(OpShr, n) }

func (i Int) shift(op Op, n int64) Int {
	return Int{}.with(binary(op, i.term(), newValue(n, schema.Integer), i.term().Type))
}

// BitAnd is a & b.
func BitAnd(a, b Int) Int { return arithmetic(OpBitAnd, a, b) }

// BitOr is a | b.
func BitOr(a, b Int) Int { return arithmetic(OpBitOr, a, b) }

// BitXor is a ^ b.
func BitXor(a, b Int) Int { return arithmetic(OpBitXor, a, b) }
