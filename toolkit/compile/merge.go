package compile

import "github.com/skep-go/skep/toolkit/expr"

// MergeForm is what differs between dialects in how a MERGE is written.
type MergeForm struct {
	// Set is the least level of what stands in an assignment without parentheses.
	Set Level
	// NoColumns: INSERT has no list of columns, and its values are those of all columns in the order of the table.
	NoColumns bool
}

// Merge writes a MERGE as the standard has it, but for the form.
func (c *Compiler) Merge(m *expr.MergeStmt, form MergeForm) {
	if !c.Require(Merges) {
		return
	}
	c.Within("merge", -1, func() {
		if len(m.Actions) == 0 {
			c.Refuse("there is nothing to do: give WhenMatched or WhenNotMatched")
		}
		c.Reading(func() {
			c.Text("MERGE INTO ")
			c.mergeTarget(m.Target)
			c.Text(" USING ")
			c.Source(m.Using)
			c.Text(" ON ")
			c.Within("on", -1, func() { c.Term(m.On) })
			for i, a := range m.Actions {
				c.Within("when", i, func() { c.mergeAction(m, a, form) })
			}
		}, m.Target, m.Using)
	})
}

func (c *Compiler) mergeTarget(target *expr.Source) {
	c.Target(target)
	if target.Name != "" {
		c.Text(" AS ")
		c.Ident(target.Name)
	}
}

func (c *Compiler) mergeAction(m *expr.MergeStmt, a expr.MergeAction, form MergeForm) {
	c.Text(" WHEN ")
	if !a.Matched {
		c.Text("NOT ")
	}
	c.Text("MATCHED")
	if a.If != nil {
		c.Text(" AND ")
		c.Operand(a.If, LevelAnd)
	}
	c.Text(" THEN ")
	switch a.Do {
	case expr.MergeUpdate:
		c.Text("UPDATE SET ")
		c.Assignments(c.Updates(m.Target, a.Sets), form.Set)
	case expr.MergeInsert:
		c.mergeInsert(c.Inserts(m.Target, a.Sets), form)
	default:
		c.Text(string(a.Do))
	}
}

func (c *Compiler) mergeInsert(sets []expr.Assignment, form MergeForm) {
	columns, values := make([]*expr.Term, len(sets)), make([]*expr.Term, len(sets))
	for i, a := range sets {
		columns[i], values[i] = a.Column, a.X
	}
	c.Text("INSERT ")
	if !form.NoColumns {
		c.Text("(")
		c.ColumnNames(columns)
		c.Text(") ")
	}
	c.Text("VALUES (")
	c.Terms(values)
	c.Text(")")
}
