package fn

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

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

// NTile deals the rows of a window into n groups, counted from 1. It needs [expr.Over].
func NTile(n int64) expr.Int {
	return expr.CallTyped[expr.Int]("ntile", schema.Integer, expr.Lit[expr.Int](n))
}

// PercentRank is the rank of a row as a part of the window, from 0 to 1. It needs [expr.Over].
func PercentRank() expr.Float { return expr.CallTyped[expr.Float]("percent_rank", schema.Double) }

// CumeDist is the part of the window up to and with the row's place, above 0 up to 1. It needs [expr.Over].
func CumeDist() expr.Float { return expr.CallTyped[expr.Float]("cume_dist", schema.Double) }
