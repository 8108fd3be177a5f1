package expr

import "slices"

// JoinKind is a kind of join.
type JoinKind string

// The kinds of joins.
const (
	InnerJoin JoinKind = "JOIN"
	LeftJoin  JoinKind = "LEFT JOIN"
	RightJoin JoinKind = "RIGHT JOIN"
	FullJoin  JoinKind = "FULL JOIN"
	CrossJoin JoinKind = "CROSS JOIN"
	SemiJoin  JoinKind = "SEMI JOIN" // rows of the left that have one on the right; nothing of the right is seen
	AntiJoin  JoinKind = "ANTI JOIN" // rows of the left that have none on the right
)

// Join is a source that is joined to those before it.
type Join struct {
	Kind  JoinKind
	Right *Source
	On    *Term    // nil: by Using, or by the foreign keys
	Using []string // columns that both sides have
}

func (j Join) shape(s *Shape) {
	s.Text(string(j.Kind))
	s.From(j.Right)
	s.Term(j.On)
	s.Int(len(j.Using))
	for _, name := range j.Using {
		s.Text(name)
	}
}

// Join adds the rows of f that belong to each row. Without a condition, they are found by the one foreign key between
// f and a table that stands before it; none, or more than one, is an error of the statement.
func (q SelectStmt) Join(f From, on ...Bool) SelectStmt { return q.join(InnerJoin, f, on) }

// LeftJoin is [SelectStmt.Join] that keeps rows to which none of f belongs.
func (q SelectStmt) LeftJoin(f From, on ...Bool) SelectStmt { return q.join(LeftJoin, f, on) }

// RightJoin is [SelectStmt.Join] that keeps rows of f that belong to none.
func (q SelectStmt) RightJoin(f From, on ...Bool) SelectStmt { return q.join(RightJoin, f, on) }

// FullJoin is [SelectStmt.Join] that keeps rows of both sides that belong to none.
func (q SelectStmt) FullJoin(f From, on ...Bool) SelectStmt { return q.join(FullJoin, f, on) }

// SemiJoin keeps the rows to which some row of f belongs. Columns of f may stand in the condition only.
func (q SelectStmt) SemiJoin(f From, on ...Bool) SelectStmt { return q.join(SemiJoin, f, on) }

// AntiJoin keeps the rows to which no row of f belongs. Columns of f may stand in the condition only.
func (q SelectStmt) AntiJoin(f From, on ...Bool) SelectStmt { return q.join(AntiJoin, f, on) }

// CrossJoin adds every row of f to each row.
func (q SelectStmt) CrossJoin(f From) SelectStmt { return q.join(CrossJoin, f, nil) }

// JoinUsing is [SelectStmt.Join] by columns that have the same names on both sides.
func (q SelectStmt) JoinUsing(f From, columns ...string) SelectStmt {
	q.Joins = append(slices.Clip(q.Joins), Join{Kind: InnerJoin, Right: SourceOf(f), Using: slices.Clone(columns)})
	return q
}

func (q SelectStmt) join(kind JoinKind, f From, on []Bool) SelectStmt {
	j := Join{Kind: kind, Right: SourceOf(f)}
	if len(on) > 0 {
		j.On = And(on...).term()
	}
	q.Joins = append(slices.Clip(q.Joins), j)
	return q
}
