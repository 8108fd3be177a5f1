package toolkit

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// small are the integers whose products and sums stay within 32 bits.
const small = 1 << 20

// evaluate gives the value of a tree, nil for NULL. ok is false if it is not within the range that all servers share.
func evaluate(n expr.Node) (v any, ok bool) {
	switch n := n.(type) {
	case *expr.Value:
		if text, decimal := n.V.(schema.Decimal); decimal {
			return new(big.Rat).SetString(string(text))
		}
		return n.V, true
	case *expr.Constant:
		return map[string]any{"TRUE": true, "FALSE": false, "NULL": nil}[n.Text], true
	case *expr.Conversion:
		return evaluate(n.X.Node)
	case *expr.Unary:
		return evaluateAll([]*expr.Term{n.X}, func(v []any) any { return unaryOf(n.Op, v[0]) })
	case *expr.Binary:
		return evaluateAll([]*expr.Term{n.L, n.R}, func(v []any) any { return binaryOf(n.Op, v[0], v[1]) })
	case *expr.Chain:
		return evaluateAll(n.Terms, func(v []any) any { return chainOf(n.Op, v) })
	case *expr.Range:
		return evaluateAll([]*expr.Term{n.X, n.Low, n.High}, func(v []any) any {
			within := chainOf(expr.OpAnd, []any{binaryOf(expr.OpGe, v[0], v[1]), binaryOf(expr.OpLe, v[0], v[2])})
			return negatedIf(n.Not, within)
		})
	case *expr.Membership:
		return member(n)
	case *expr.Likeness:
		return evaluateAll([]*expr.Term{n.X, n.Pattern}, func(v []any) any { return negatedIf(n.Not, likeOf(n.Match, v[0], v[1])) })
	case *expr.Case:
		return caseOf(n)
	}
	return nil, false
}

// evaluateAll gives f of the values of terms. All of them must be within the range, for a server may evaluate any.
func evaluateAll(terms []*expr.Term, f func([]any) any) (any, bool) {
	values := make([]any, len(terms))
	for i, t := range terms {
		v, ok := evaluate(t.Node)
		if !ok {
			return nil, false
		}
		values[i] = v
	}
	v := f(values)
	switch v := v.(type) {
	case outOfRange:
		return nil, false
	case int64:
		return v, -small < v && v < small
	case *big.Rat:
		return v, len(v.Num().String()) < 15
	}
	return v, true
}

func unaryOf(op expr.Op, v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case int64:
		if op == expr.OpBitNot {
			return ^v
		}
		return -v
	case *big.Rat:
		return new(big.Rat).Neg(v)
	}
	return nil
}

func negatedIf(not bool, v any) any {
	if not {
		return unaryOf(expr.OpNot, v)
	}
	return v
}

func binaryOf(op expr.Op, l, r any) any {
	switch op {
	case expr.OpIs:
		return l == r
	case expr.OpIsNot:
		return l != r
	case expr.OpDistinct, expr.OpNotDistinct:
		same := l == nil && r == nil || l != nil && r != nil && order(l, r) == 0
		return same == (op == expr.OpNotDistinct)
	}
	if l == nil || r == nil {
		return nil
	}
	switch op {
	case expr.OpEq:
		return order(l, r) == 0
	case expr.OpNe:
		return order(l, r) != 0
	case expr.OpLt:
		return order(l, r) < 0
	case expr.OpLe:
		return order(l, r) <= 0
	case expr.OpGt:
		return order(l, r) > 0
	case expr.OpGe:
		return order(l, r) >= 0
	}
	if a, ok := l.(*big.Rat); ok {
		return rationalOf(op, a, r.(*big.Rat))
	}
	return integerOf(op, l.(int64), r.(int64))
}

func rationalOf(op expr.Op, a, b *big.Rat) any {
	switch op {
	case expr.OpAdd:
		return new(big.Rat).Add(a, b)
	case expr.OpSub:
		return new(big.Rat).Sub(a, b)
	}
	return new(big.Rat).Mul(a, b)
}

func integerOf(op expr.Op, a, b int64) any {
	switch op {
	case expr.OpAdd:
		return a + b
	case expr.OpSub:
		return a - b
	case expr.OpMul:
		return a * b
	case expr.OpBitAnd:
		return a & b
	case expr.OpBitOr:
		return a | b
	case expr.OpBitXor:
		return a ^ b
	case expr.OpShl:
		return a << b
	case expr.OpShr:
		return a >> b
	}
	switch {
	case b == 0 && op == expr.OpQuo:
		return outOfRange{} // an error on Hive, NULL on Spark
	case b == 0:
		return nil
	case op == expr.OpQuo:
		return a / b
	}
	return a % b
}

// outOfRange stands for what servers do not agree about.
type outOfRange struct{}

// order compares two values of one type.
func order(l, r any) int {
	switch l := l.(type) {
	case int64:
		return cmp.Compare(l, r.(int64))
	case string:
		return strings.Compare(l, r.(string))
	case *big.Rat:
		return l.Cmp(r.(*big.Rat))
	case bool:
		return cmp.Compare(bit(l), bit(r.(bool)))
	}
	return 0
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// chainOf is AND and OR of three values, and ||.
func chainOf(op expr.Op, values []any) any {
	if op == expr.OpConcat {
		text := ""
		for _, v := range values {
			if v == nil {
				return nil
			}
			text += v.(string)
		}
		return text
	}
	deciding, unknown := op == expr.OpOr, false
	for _, v := range values {
		if v == deciding {
			return deciding
		}
		unknown = unknown || v == nil
	}
	if unknown {
		return nil
	}
	return !deciding
}

func member(n *expr.Membership) (any, bool) {
	x, ok := evaluate(n.X.Node)
	if !ok {
		return nil, false
	}
	if n.Empty() {
		return n.Not, true
	}
	equal := []any{}
	if n.Values != nil {
		switch list := n.Values.V.(type) {
		case []int64:
			for _, v := range list {
				equal = append(equal, binaryOf(expr.OpEq, x, v))
			}
		case []string:
			for _, v := range list {
				equal = append(equal, binaryOf(expr.OpEq, x, v))
			}
		}
	}
	for _, t := range n.Terms {
		v, ok := evaluate(t.Node)
		if !ok {
			return nil, false
		}
		equal = append(equal, binaryOf(expr.OpEq, x, v))
	}
	return negatedIf(n.Not, chainOf(expr.OpOr, equal)), true
}

func likeOf(match expr.Match, x, part any) any {
	if x == nil || part == nil {
		return nil
	}
	switch text, part := x.(string), part.(string); match {
	case expr.MatchPrefix:
		return strings.HasPrefix(text, part)
	case expr.MatchSuffix:
		return strings.HasSuffix(text, part)
	default:
		return strings.Contains(text, part)
	}
}

func caseOf(n *expr.Case) (any, bool) {
	terms := slices.Clone(n.Whens)
	if n.Else != nil {
		terms = append(terms, n.Else)
	}
	return evaluateAll(terms, func(v []any) any {
		for i := 0; i+1 < len(n.Whens); i += 2 {
			if v[i] == true {
				return v[i+1]
			}
		}
		if n.Else != nil {
			return v[len(v)-1]
		}
		return nil
	})
}
