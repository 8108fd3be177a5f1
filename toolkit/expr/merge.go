package expr

import "slices"

// MergeStmt is a MERGE: an UPDATE, a DELETE and an INSERT by the rows of a source. Its methods give changed copies. Its
// fields are for dialects.
//
//	expr.Merge(Airlines, news, expr.Eq(Airlines.Carrier, news.Carrier)).
//		WhenMatched(news.Gone.Eq(true)).Delete().
//		WhenMatched().Update(expr.To(Airlines.Name, news.Name)).
//		WhenNotMatched().Insert(expr.To(Airlines.Carrier, news.Carrier), expr.To(Airlines.Name, news.Name))
type MergeStmt struct {
	Target  *Source
	Using   *Source
	On      *Term
	Actions []MergeAction
}

// MergeAction is a WHEN of a MERGE.
type MergeAction struct {
	Matched bool
	If      *Term // nil: none
	Do      MergeKind
	Sets    []Assignment
}

// MergeKind is what a WHEN of a MERGE does.
type MergeKind string

// The kinds of actions.
const (
	MergeUpdate MergeKind = "UPDATE"
	MergeDelete MergeKind = "DELETE"
	MergeInsert MergeKind = "INSERT"
)

func (a MergeAction) shape(s *Shape) {
	s.Bool(a.Matched)
	s.Term(a.If)
	s.Text(string(a.Do))
	shapes(s, a.Sets)
}

// Merge begins a MERGE into a table, by the rows of a source. A row of the table matches one of the source if the
// condition is true.
func Merge(table, using From, on Bool) MergeStmt {
	return MergeStmt{Target: SourceOf(table), Using: SourceOf(using), On: on.Term}
}

// WhenMatched begins what is done with a row of the table that matches, if all conditions are true. The first WHEN that
// applies to a row is the one that is done.
func (m MergeStmt) WhenMatched(conditions ...Bool) MergeMatched {
	return MergeMatched{m, MergeAction{Matched: true, If: allOf(conditions)}}
}

// WhenNotMatched begins what is done with a row of the source that matches none, if all conditions are true.
func (m MergeStmt) WhenNotMatched(conditions ...Bool) MergeNotMatched {
	return MergeNotMatched{m, MergeAction{If: allOf(conditions)}}
}

func allOf(conditions []Bool) *Term {
	if len(conditions) == 0 {
		return nil
	}
	return And(conditions...).Term
}

func (m MergeStmt) do(a MergeAction, kind MergeKind, sets []Assignment) MergeStmt {
	a.Do, a.Sets = kind, addAssignments(nil, sets)
	m.Actions = append(slices.Clip(m.Actions), a)
	return m
}

// MergeMatched is a WHEN MATCHED that is not complete yet.
type MergeMatched struct {
	merge  MergeStmt
	action MergeAction
}

// Update has the row updated.
func (w MergeMatched) Update(assignments ...Assignment) MergeStmt {
	return w.merge.do(w.action, MergeUpdate, assignments)
}

// Delete has the row deleted.
func (w MergeMatched) Delete() MergeStmt { return w.merge.do(w.action, MergeDelete, nil) }

// MergeNotMatched is a WHEN NOT MATCHED that is not complete yet.
type MergeNotMatched struct {
	merge  MergeStmt
	action MergeAction
}

// Insert has a row inserted. Columns for which it says nothing get what the schema has as their default for programs.
func (w MergeNotMatched) Insert(assignments ...Assignment) MergeStmt {
	return w.merge.do(w.action, MergeInsert, assignments)
}

// Shape implements [Node].
func (m MergeStmt) Shape(s *Shape) {
	s.Kind("merge")
	s.From(m.Target)
	s.From(m.Using)
	s.Term(m.On)
	shapes(s, m.Actions)
}
