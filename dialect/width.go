package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// The servers take 7 for an INT, also where the tree has it as a BIGINT, and compute 100000 * 100000 in 32 bits.

// widened is t as a BIGINT, if it is one in the tree and an INT to the server.
func widened(t *expr.Term) *expr.Term {
	if t.Type != schema.BigInt || !narrow(t) {
		return t
	}
	return expr.Cast[expr.Int](t, schema.BigInt).Term
}

// narrow reports whether a whole number may be an INT to the server because it is made of literals alone.
func narrow(t *expr.Term) bool {
	switch n := t.Node.(type) {
	case *expr.Value, *expr.Parameter:
		return true
	case *expr.Constant:
		return t.Type == schema.Null
	case *expr.Labeled:
		return narrow(n.X)
	case *expr.Unary:
		return narrow(n.X)
	case *expr.Binary:
		switch n.Op {
		case expr.OpMod, expr.OpBitAnd, expr.OpBitOr, expr.OpBitXor, expr.OpShr:
			return narrow(n.L) && narrow(n.R)
		}
	case *expr.Case:
		for i := 1; i < len(n.Whens); i += 2 {
			if !narrow(n.Whens[i]) {
				return false
			}
		}
		return n.Else == nil || narrow(n.Else)
	case *expr.Function:
		return sameType[n.Name] && !slices.ContainsFunc(n.Args, func(arg *expr.Term) bool { return !narrow(arg) })
	}
	return false
}

// sameType are functions whose value is of the type of their arguments.
var sameType = map[string]bool{
	"coalesce": true, "nullif": true, "greatest": true, "least": true, "abs": true, "min": true, "max": true,
}
