package dialect

import (
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// setLevel is how tight what stands behind SET must bind: the grammar takes no comparison and no AND there without
// parentheses.
const setLevel = compile.LevelAdd

func (d *Hive) update(c *compile.Compiler, n *expr.UpdateStmt) {
	d.checkRows(c, "update", n.Target)
	if len(n.Sources) == 0 {
		c.Within("update", -1, func() { d.checkSets(c, n.Target, n.Sets) })
	}
	c.Update(n, setLevel)
}

// checkRows refuses tables of which it is known that Hive changes no rows in them. The others may be transactional by a
// setting of the server's, and those of a storage handler by its grace.
func (d *Hive) checkRows(c *compile.Compiler, statement string, target *expr.Source) {
	if d.version == Spark35 {
		return
	}
	acid, _ := attr[TransactionalTable](target.Table())
	storage, _ := attr[Storage](target.Table())
	_, external := attr[ExternalTable](target.Table())
	c.Within(statement, -1, func() {
		switch {
		case acid.Inserts:
			d.refuse(c, "changes of rows of an insert-only table", "make it Transactional() with ORC")
		case external && storage.Handler == "":
			d.refuse(c, "changes of rows of an external table", "make it Transactional(), or write it anew by Overwrite(…)")
		}
	})
}

// checkSets refuses assignments that Hive has not: it moves no row to another file, and takes no query there.
func (d *Hive) checkSets(c *compile.Compiler, target *expr.Source, sets []expr.Assignment) {
	if d.version == Spark35 {
		return
	}
	partition, bucket := partitionTerms(target), termsOf(target, bucketColumns(target.Table()))
	for i, a := range sets {
		c.Within("set", i, func() {
			name := strconv.Quote(expr.NameOf(a.Column))
			switch {
			case indexOf(partition, a.Column) >= 0:
				d.refuse(c, "UPDATE of the partition column "+name, "insert the row anew and delete the old one")
			case indexOf(bucket, a.Column) >= 0:
				d.refuse(c, "UPDATE of the bucket column "+name, "insert the row anew and delete the old one")
			case hasQuery(a.X):
				d.refuse(c, "a query in an assignment", "use From with the query's Subquery")
			}
		})
	}
}

func (d *Hive) merge(c *compile.Compiler, n *expr.MergeStmt) {
	d.checkRows(c, "merge", n.Target)
	if d.version == Spark35 {
		c.Merge(n, compile.MergeForm{})
		return
	}
	changed := *n
	changed.Actions = slices.Clone(n.Actions)
	form := compile.MergeForm{Set: setLevel, NoColumns: n.Target.Table() != nil}
	c.Within("merge", -1, func() {
		d.checkActions(c, n)
		for i, a := range n.Actions {
			c.Within("when", i, func() {
				if a.Do == expr.MergeInsert {
					changed.Actions[i].Sets = d.mergeRow(c, n.Target, a.Sets)
				} else {
					d.checkSets(c, n.Target, a.Sets)
				}
			})
		}
	})
	c.Merge(&changed, form)
}

// checkActions holds a MERGE against what Hive has: an UPDATE, a DELETE and an INSERT at most, the INSERT last, and a
// condition on the first of two WHEN MATCHED.
func (d *Hive) checkActions(c *compile.Compiler, n *expr.MergeStmt) {
	seen, matched := map[expr.MergeKind]bool{}, 0
	for i, a := range n.Actions {
		if seen[a.Do] {
			d.refuse(c, "a MERGE with two "+string(a.Do), "use one, with the conditions in a CASE")
		}
		seen[a.Do] = true
		if a.Matched {
			matched++
		} else if i+1 < len(n.Actions) {
			c.Refuse("WhenNotMatched must be the last")
		}
	}
	if matched == 2 && n.Actions[0].Matched && n.Actions[0].If == nil {
		c.Refuse("the first of two WhenMatched needs a condition")
	}
}

// mergeRow is the row that a MERGE inserts: a value for every column of the table, in the order of the table.
func (d *Hive) mergeRow(c *compile.Compiler, target *expr.Source, sets []expr.Assignment) []expr.Assignment {
	if target.Table() == nil {
		if d.version != Hive40 {
			c.Refuse("the columns of the table are not known, and an INSERT in a MERGE names none")
		}
		return sets
	}
	partition := partitionTerms(target)
	columns := slices.DeleteFunc(slices.Clone(target.Columns), func(t *expr.Term) bool { return indexOf(partition, t) >= 0 })
	given := c.Inserts(target, sets)
	var row []expr.Assignment
	for _, t := range append(columns, partition...) {
		i := slices.IndexFunc(given, func(a expr.Assignment) bool { return expr.NameOf(a.Column) == expr.NameOf(t) })
		switch {
		case i >= 0:
			row = append(row, given[i])
		case serverDefault(t) || indexOf(partition, t) >= 0:
			c.Refuse("give a value for column " + strconv.Quote(expr.NameOf(t)) + ": an INSERT in a MERGE names no columns")
		default:
			row = append(row, expr.Assignment{Column: t, X: nullOf(t.Type)})
		}
	}
	return row
}
