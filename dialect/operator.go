package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// operators are those of Hive that are not as in the standard. In Hive ^ binds tighter than *, and & and | looser than
// all other arithmetic. Comparisons differ more: in Hive = binds looser than <, in Spark they are on one level. IS binds
// tighter than any operator in Hive 2, and looser than a comparison in Spark. So what is compared is in parentheses if it
// is a comparison itself, and what IS asks about if it is anything but an atom.
var operators = map[expr.Op]compile.Operator{
	expr.OpNotDistinct: nonAssociative(" <=> ", compile.LevelIs),
	expr.OpRegexp:      nonAssociative(" RLIKE ", compile.LevelIs),

	expr.OpIs:    {Text: " IS ", Level: compile.LevelIs, Left: compile.LevelAtom, Right: compile.LevelAtom},
	expr.OpIsNot: {Text: " IS NOT ", Level: compile.LevelIs, Left: compile.LevelAtom, Right: compile.LevelAtom},

	expr.OpQuo:    leftAssociative(" DIV ", compile.LevelMul),
	expr.OpBitXor: leftAssociative(" ^ ", levelXor),
	expr.OpBitAnd: leftAssociative(" & ", levelAnd),
	expr.OpBitOr:  leftAssociative(" | ", levelOr),
	expr.OpBitNot: {Text: "~", Level: compile.LevelUnary, Right: compile.LevelUnary + 1},
}

// Levels of Hive between those of the standard.
const (
	levelOr  = compile.LevelConcat - 20
	levelAnd = compile.LevelConcat - 10
	levelXor = compile.LevelMul + 10
)

// sparkOperators are those that Spark orders otherwise.
var sparkOperators = map[expr.Op]compile.Operator{
	expr.OpBitXor: leftAssociative(" ^ ", compile.LevelBitXor),
	expr.OpBitAnd: leftAssociative(" & ", compile.LevelBitAnd),
	expr.OpBitOr:  leftAssociative(" | ", compile.LevelBitOr),
}

func nonAssociative(text string, level compile.Level) compile.Operator {
	return compile.Operator{Text: text, Level: level, Left: level + 1, Right: level + 1}
}

func leftAssociative(text string, level compile.Level) compile.Operator {
	return compile.Operator{Text: text, Level: level, Left: level, Right: level + 1}
}

// Operator implements [compile.Speller].
func (d *Hive) Operator(op expr.Op) (compile.Operator, bool) {
	if d.version == Spark35 {
		if o, ok := sparkOperators[op]; ok {
			return o, true
		}
	}
	o, ok := operators[op]
	return o, ok
}
