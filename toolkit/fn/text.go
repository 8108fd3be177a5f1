package fn

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

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

// RegexpReplace is x with every part replaced that matches the regular expression, in the syntax of the server.
func RegexpReplace(x expr.String, pattern, with string) expr.String {
	return text("regexp_replace", x, expr.Lit[expr.String](pattern), expr.Lit[expr.String](with))
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
