package expr

import "slices"

// UpdateStmt is an UPDATE. Its methods give changed copies. Its fields are for dialects.
type UpdateStmt struct {
	Target  *Source
	Sets    []Assignment
	Sources []*Source // of From
	Filters []*Term   // of Where; all must be true
	Returns []*Term
}

// Update begins an UPDATE of a table. Without [UpdateStmt.Where] it is of all rows.
//
// Columns for which it says nothing get what the schema has for an UPDATE of them, if it has something.
func Update(table From) UpdateStmt { return UpdateStmt{Target: SourceOf(table)} }

// Set adds assignments: Update(Flights).Set(Flights.DepDelay.To(0), expr.To(Flights.Month, Flights.Month.Add(1))). They
// are written in this order.
func (u UpdateStmt) Set(assignments ...Assignment) UpdateStmt {
	u.Sets = addAssignments(u.Sets, assignments)
	return u
}

// From adds sources whose columns the assignments and conditions may use: a row is updated by the row of them for which
// the conditions are true.
func (u UpdateStmt) From(sources ...From) UpdateStmt {
	u.Sources = addSources(u.Sources, sources)
	return u
}

// Where adds conditions on the rows to be updated; all must be true.
func (u UpdateStmt) Where(conditions ...Bool) UpdateStmt {
	u.Filters = add(u.Filters, conditions)
	return u
}

// Returning has the statement give the rows that it updated.
func (u UpdateStmt) Returning(items ...Item) UpdateStmt {
	u.Returns = returning(u.Returns, items)
	return u
}

// Shape implements [Node].
func (u UpdateStmt) Shape(s *Shape) {
	s.Kind("update")
	s.From(u.Target)
	shapes(s, u.Sets)
	shapeSources(s, u.Sources)
	s.Terms(u.Filters)
	s.Terms(u.Returns)
}

func (u UpdateStmt) outputs() []*Term { return u.Returns }

// DeleteStmt is a DELETE. Its methods give changed copies. Its fields are for dialects.
type DeleteStmt struct {
	Target  *Source
	Sources []*Source // of Using
	Filters []*Term   // of Where; all must be true
	Returns []*Term
}

// Delete begins a DELETE from a table. Without [DeleteStmt.Where] it is of all rows.
func Delete(table From) DeleteStmt { return DeleteStmt{Target: SourceOf(table)} }

// Using adds sources whose columns the conditions may use: rows go for which there is one of them.
func (d DeleteStmt) Using(sources ...From) DeleteStmt {
	d.Sources = addSources(d.Sources, sources)
	return d
}

// Where adds conditions on the rows that go; all must be true.
func (d DeleteStmt) Where(conditions ...Bool) DeleteStmt {
	d.Filters = add(d.Filters, conditions)
	return d
}

// Returning has the statement give the rows that went.
func (d DeleteStmt) Returning(items ...Item) DeleteStmt {
	d.Returns = returning(d.Returns, items)
	return d
}

// Shape implements [Node].
func (d DeleteStmt) Shape(s *Shape) {
	s.Kind("delete")
	s.From(d.Target)
	shapeSources(s, d.Sources)
	s.Terms(d.Filters)
	s.Terms(d.Returns)
}

func (d DeleteStmt) outputs() []*Term { return d.Returns }

func addSources(list []*Source, more []From) []*Source {
	list = slices.Clip(list)
	for _, f := range more {
		list = append(list, SourceOf(f))
	}
	return list
}

func shapeSources(s *Shape, sources []*Source) {
	s.Int(len(sources))
	for _, src := range sources {
		s.From(src)
	}
}
