package compile

import (
	"github.com/skep-go/skep/toolkit/expr"
)

// Changing calls f where the columns of target need no name before them, as in an UPDATE. Queries within what f writes
// name them by their table.
func (c *Compiler) Changing(target *expr.Source, f func()) {
	c.inScope(scope{outer: c.scope, bare: true}, func() {
		c.enterTarget(target)
		f()
	})
}

// Reading calls f where the columns of the sources can be used.
func (c *Compiler) Reading(f func(), sources ...*expr.Source) { c.reading(f, sources, false) }

// Sharing is [Compiler.Reading] for queries that have no FROM of their own for the sources.
func (c *Compiler) Sharing(f func(), sources ...*expr.Source) { c.reading(f, sources, true) }

func (c *Compiler) reading(f func(), sources []*expr.Source, shared bool) {
	c.inScope(scope{outer: c.scope, shared: shared}, func() {
		for _, s := range sources {
			c.enter(s)
		}
		f()
	})
}

// enterTarget enters a table that has no alias where it is written.
func (c *Compiler) enterTarget(target *expr.Source) {
	c.scope.entries = append(c.scope.entries, entry{source: target, name: ownName(target.Node)})
}

// Updates are the assignments of an UPDATE, with those that the schema has for columns of which they say nothing.
func (c *Compiler) Updates(target *expr.Source, sets []expr.Assignment) []expr.Assignment {
	if len(sets) == 0 {
		c.Refuse("there is nothing to update: give assignments by Set")
		return nil
	}
	return c.complete(target, sets, updateDefault)
}

// Inserts are the assignments of an INSERT within a MERGE, with those that the schema has for columns of which they say
// nothing.
func (c *Compiler) Inserts(target *expr.Source, sets []expr.Assignment) []expr.Assignment {
	if len(sets) == 0 {
		c.Refuse("there is nothing to insert: give assignments")
		return nil
	}
	return c.complete(target, sets, insertDefault)
}

// complete adds defaults to assignments, and refuses those that make no sense.
func (c *Compiler) complete(target *expr.Source, sets []expr.Assignment, of defaultOf) []expr.Assignment {
	given := make([]*expr.Term, len(sets))
	for i, a := range sets {
		given[i] = a.Column
	}
	errs := len(c.errs)
	c.checkTargets(target, given)
	if len(c.errs) > errs {
		return nil
	}
	columns, values := c.defaults(target, given, of)
	list := sets[:len(sets):len(sets)]
	for i := range columns {
		list = append(list, expr.Assignment{Column: columns[i], X: values[i]})
	}
	return list
}

// Assignments writes what stands behind SET. Expressions that bind less tight than min are put into parentheses.
func (c *Compiler) Assignments(sets []expr.Assignment, min Level) {
	for i, a := range sets {
		c.comma(i)
		c.Ident(columnName(a.Column))
		c.Text(" = ")
		c.Within("set", i, func() { c.Operand(a.X, min) })
	}
}

// Update writes an UPDATE as the standard has it. In its assignments, expressions that bind less tight than min are put
// into parentheses. One with sources becomes a MERGE where there is no FROM in an UPDATE.
func (c *Compiler) Update(u *expr.UpdateStmt, min Level) {
	c.Within("update", -1, func() {
		switch {
		case len(u.Sources) > 0 && c.byMerge(UpdateFroms):
			c.merged(u.Target, u.Sources, u.Filters, u.Returns, expr.MergeAction{Matched: true, Do: expr.MergeUpdate, Sets: u.Sets})
		case c.Require(Updates):
			c.update(u, min)
		}
	})
}

func (c *Compiler) update(u *expr.UpdateStmt, min Level) {
	sets := c.Updates(u.Target, u.Sets)
	c.Text("UPDATE ")
	c.Target(u.Target)
	c.changing(u.Target, u.Sources, func() {
		c.Text(" SET ")
		c.Assignments(sets, min)
		c.alsoFrom(" FROM ", UpdateFroms, u.Sources)
		c.conditions(" WHERE ", "where", u.Filters)
	})
	c.returning(u.Target, u.Returns)
}

// changing is Changing for a statement that may have other sources besides.
func (c *Compiler) changing(target *expr.Source, others []*expr.Source, f func()) {
	if len(others) == 0 {
		c.Changing(target, f)
		return
	}
	c.inScope(scope{outer: c.scope}, func() {
		c.enterTarget(target)
		for _, s := range others {
			c.enter(s)
		}
		f()
	})
}

func (c *Compiler) alsoFrom(keyword string, f Feature, sources []*expr.Source) {
	if len(sources) == 0 || !c.Require(f) {
		return
	}
	for i, s := range sources {
		if i == 0 {
			c.Text(keyword)
		}
		c.comma(i)
		c.Source(s)
	}
}

// Delete writes a DELETE as the standard has it. One with sources becomes a MERGE where there is no USING in a DELETE.
func (c *Compiler) Delete(d *expr.DeleteStmt) {
	c.Within("delete", -1, func() {
		if len(d.Sources) > 0 && c.byMerge(DeleteUsings) {
			c.merged(d.Target, d.Sources, d.Filters, d.Returns, expr.MergeAction{Matched: true, Do: expr.MergeDelete})
			return
		}
		if !c.Require(Deletes) {
			return
		}
		c.Text("DELETE FROM ")
		c.Target(d.Target)
		c.changing(d.Target, d.Sources, func() {
			c.alsoFrom(" USING ", DeleteUsings, d.Sources)
			c.conditions(" WHERE ", "where", d.Filters)
		})
		c.returning(d.Target, d.Returns)
	})
}

// byMerge reports whether the dialect has a MERGE in place of f.
func (c *Compiler) byMerge(f Feature) bool {
	has, _ := c.dialect.Supports(f)
	merges, _ := c.dialect.Supports(Merges)
	return !has && merges
}

// merged writes the MERGE of an UPDATE or a DELETE by a source.
func (c *Compiler) merged(target *expr.Source, sources []*expr.Source, filters, returns []*expr.Term, a expr.MergeAction) {
	switch {
	case len(sources) > 1:
		c.Refuse("it becomes a MERGE, which has one source; join them in a query, and give its Subquery")
	case len(filters) == 0:
		c.Refuse("it becomes a MERGE, which needs the condition by which rows match; give it with Where")
	case len(returns) > 0:
		c.Require(Returnings)
	default:
		on := filters[0]
		if len(filters) > 1 {
			conditions := make([]expr.Bool, len(filters))
			for i, t := range filters {
				conditions[i] = expr.Of[expr.Bool](t)
			}
			on = expr.And(conditions...).Term
		}
		c.node(&expr.MergeStmt{Target: target, Using: sources[0], On: on, Actions: []expr.MergeAction{a}})
	}
}
