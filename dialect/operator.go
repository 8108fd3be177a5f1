package dialect

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Levels of Hive between those of the standard.
const (
	levelOr  = compile.LevelConcat - 20
	levelAnd = compile.LevelConcat - 10
	levelXor = compile.LevelMul + 10
)

func nonAssociative(text string, level compile.Level) compile.Operator {
	return compile.Operator{Text: text, Level: level, Left: level + 1, Right: level + 1}
}

func leftAssociative(text string, level compile.Level) compile.Operator {
	return compile.Operator{Text: text, Level: level, Left: level, Right: level + 1}
}

// Operator implements [compile.Speller] for the operators that are not as in the standard. In Hive ^ binds tighter than *,
// and & and | looser than all other arithmetic. Comparisons differ more: in Hive = binds looser than <, in Spark they are
// on one level. IS binds tighter than any operator in Hive 2, and looser than a comparison in Spark. So what is compared
// is in parentheses if it is a comparison itself, and what IS asks about if it is anything but an atom.
func (d *Hive) Operator(op expr.Op) (compile.Operator, bool) {
	xor, and, or := levelXor, levelAnd, levelOr
	if d.version == Spark35 {
		xor, and, or = compile.LevelBitXor, compile.LevelBitAnd, compile.LevelBitOr
	}
	switch op {
	case expr.OpNotDistinct:
		return nonAssociative(" <=> ", compile.LevelIs), true
	case expr.OpRegexp:
		return nonAssociative(" RLIKE ", compile.LevelIs), true
	case expr.OpIs:
		return compile.Operator{Text: " IS ", Level: compile.LevelIs, Left: compile.LevelAtom, Right: compile.LevelAtom}, true
	case expr.OpIsNot:
		return compile.Operator{Text: " IS NOT ", Level: compile.LevelIs, Left: compile.LevelAtom, Right: compile.LevelAtom}, true
	case expr.OpQuo:
		return leftAssociative(" DIV ", compile.LevelMul), true
	case expr.OpBitXor:
		return leftAssociative(" ^ ", xor), true
	case expr.OpBitAnd:
		return leftAssociative(" & ", and), true
	case expr.OpBitOr:
		return leftAssociative(" | ", or), true
	case expr.OpBitNot:
		return compile.Operator{Text: "~", Level: compile.LevelUnary, Right: compile.LevelUnary + 1}, true
	}
	return compile.Operator{}, false
}
