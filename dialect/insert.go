package dialect

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Insertion is an INSERT as only Hive and Spark have it. It is made by [Insert] and [Overwrite]; its methods give changed
// copies.
//
// A table that says by which columns it is partitioned (see [PartitionedBy]) needs no Insertion for a plain INSERT: all
// its partitions are dynamic then, which means that each row tells its own.
type Insertion struct {
	stmt        expr.InsertStmt
	overwrite   bool
	ifNotExists bool
	static      []expr.Assignment
	dynamic     []*expr.Term
}

// Insert is an INSERT INTO with a PARTITION of its own: Insert(expr.Insert(Sales).FromSelect(q)).Partition(Sales.Day.To(d)).
func Insert(stmt expr.InsertStmt) Insertion { return Insertion{stmt: stmt} }

// Overwrite is an INSERT OVERWRITE: what is in the table, or in the partitions that are written to, goes.
func Overwrite(stmt expr.InsertStmt) Insertion { return Insertion{stmt: stmt, overwrite: true} }

// Partition gives the values of partition columns for all rows. Partition columns for which it says nothing are dynamic:
// each row tells its own.
func (i Insertion) Partition(static ...expr.Assignment) Insertion {
	i.static = append(slices.Clip(i.static), static...)
	return i
}

// Dynamic names partition columns of which each row tells its own value, for a table that does not say by which columns
// it is partitioned.
func (i Insertion) Dynamic(columns ...expr.Expr) Insertion {
	i.dynamic = slices.Clip(i.dynamic)
	for _, c := range columns {
		i.dynamic = append(i.dynamic, expr.TermOf(c))
	}
	return i
}

// IfNotExists leaves a partition alone that is there already. All partition columns must have their values by Partition.
func (i Insertion) IfNotExists() Insertion { i.ifNotExists = true; return i }

// Shape implements [expr.Node].
func (i Insertion) Shape(s *expr.Shape) {
	s.Kind("dialect.insert")
	s.Bool(i.overwrite)
	s.Bool(i.ifNotExists)
	s.Node(&i.stmt)
	s.Int(len(i.static))
	for _, a := range i.static {
		s.Term(a.Column)
		s.Term(a.X)
	}
	s.Terms(i.dynamic)
	if len(i.stmt.Rows) > 0 && slices.ContainsFunc(i.static, func(a expr.Assignment) bool { return i.gives(a.Column) }) {
		s.SetOpaque() // a row repeats the value of a partition, and then values decide
	}
}

// Inserts implements [expr.Inserter].
func (i Insertion) Inserts() expr.InsertStmt { return i.stmt }

// With implements [expr.Inserter].
func (i Insertion) With(stmt expr.InsertStmt) expr.Inserter { i.stmt = stmt; return i }

// Rest implements [expr.Inserter]. Behind an OVERWRITE comes an INSERT INTO, unless the rows tell which partitions are
// overwritten: those that the first statement has no row for would be left as they were.
func (i Insertion) Rest() (expr.Inserter, error) {
	switch {
	case !i.overwrite:
		return i, nil
	case i.ifNotExists:
		return nil, &compile.ArgumentError{Reason: "rows for more than one statement, and IfNotExists lets one alone find the partition missing; raise the bounds of a batch"}
	case len(i.dynamic) > 0 || len(i.static) < len(partitionTerms(i.stmt.Target)):
		return nil, &compile.ArgumentError{Reason: "rows for more than one statement, of which each would overwrite other partitions; " +
			"give each partition by Partition, raise the bounds of a batch, or insert into a table beside and overwrite by a query of it"}
	}
	i.overwrite = false
	return i, nil
}

// filling is what an INSERT writes, in the order in which it does.
type filling struct {
	compile.Insertion
	partition []*expr.Term // columns; nil: no PARTITION
	static    []*expr.Term // their values, in the order of partition; nil: dynamic
}

func (d *Hive) insert(c *compile.Compiler, i Insertion) {
	c.Within("insert", -1, func() {
		if i.stmt.Target == nil {
			c.Refuse("there is no table")
			return
		}
		ins, ok := c.Insertion(&i.stmt)
		switch {
		case !ok:
			return
		case i.stmt.Default && len(ins.Columns) == 0:
			d.refuse(c, "INSERT of defaults", "give the values")
			return
		case len(i.stmt.Returns) > 0:
			d.refuse(c, "RETURNING", "read the rows back")
			return
		}
		f := filling{Insertion: ins}
		if !f.partitioned(c, i) || !f.withoutStatic(c, i) || !f.ordered(c, i) {
			return
		}
		d.writeInsert(c, i, f)
	})
}

func (d *Hive) refuse(c *compile.Compiler, construct, instead string) {
	c.Fail(d.unsupported(construct, instead))
}

func (d *Hive) writeInsert(c *compile.Compiler, i Insertion, f filling) {
	verb := "INSERT INTO TABLE "
	if i.overwrite {
		verb = "INSERT OVERWRITE TABLE "
	}
	c.Text(verb)
	c.Target(f.Target)
	d.writePartition(c, f)
	if i.ifNotExists {
		c.Text(" IF NOT EXISTS")
	}
	c.Text(" ")
	if !i.overwrite && len(f.Columns) > 0 {
		c.Text("(")
		c.ColumnNames(f.Columns)
		c.Text(") ")
	}
	d.writeInserted(c, f)
}

func (d *Hive) writePartition(c *compile.Compiler, f filling) {
	if len(f.partition) == 0 {
		return
	}
	c.Text(" PARTITION (")
	allDynamic := true
	for i, t := range f.partition {
		if i > 0 {
			c.Text(", ")
		}
		c.Ident(expr.NameOf(t))
		if x := f.static[i]; x != nil {
			allDynamic = false
			c.Text(" = ")
			c.Within("partition", i, func() { staticValue(c, x) })
		}
	}
	c.Text(")")
	if allDynamic && d.version != Hive40 {
		c.Setting("hive.exec.dynamic.partition.mode", "nonstrict")
	}
}

func staticValue(c *compile.Compiler, x *expr.Term) {
	switch n := x.Node.(type) {
	case *expr.Value:
		if compile.Wrapped(n.Type) {
			c.Refuse("the type of a partition's value makes an expression of it; let the rows tell it")
		}
		c.ValueAs(n, func(v any) (any, error) {
			if v == nil {
				return nil, &compile.ArgumentError{Reason: "a partition's value cannot be NULL here; let the rows tell it"}
			}
			return v, nil
		})
	case *expr.Parameter:
		c.Term(x)
	default:
		c.Refuse("a partition's value must be a value, and no expression; let the rows tell it")
	}
}

// partitioned makes out the partition columns and their values.
func (f *filling) partitioned(c *compile.Compiler, i Insertion) bool {
	f.partition = i.dynamic
	if known := partitionTerms(f.Target); known != nil {
		f.partition = known
	} else {
		for n, a := range i.static {
			f.partition = slices.Insert(slices.Clip(f.partition), n, a.Column)
		}
	}
	f.static = make([]*expr.Term, len(f.partition))
	for _, a := range append(slices.Clip(i.static), dynamics(i)...) {
		n := indexOf(f.partition, a.Column)
		switch {
		case n < 0:
			c.Refuse("column " + strconv.Quote(expr.NameOf(a.Column)) + " is none by which the table is partitioned")
			return false
		case f.static[n] != nil:
			c.Refuse("partition column " + strconv.Quote(expr.NameOf(a.Column)) + " is there twice")
			return false
		}
		f.static[n] = a.X
	}
	dynamic := slices.Index(f.static, nil)
	if dynamic >= 0 && slices.ContainsFunc(f.static[dynamic:], func(t *expr.Term) bool { return t != nil }) {
		c.Refuse("partition column " + strconv.Quote(expr.NameOf(f.partition[dynamic])) + " needs a value by Partition: one behind it has one")
		return false
	}
	if i.ifNotExists && (!i.overwrite || len(f.partition) == 0 || dynamic >= 0) {
		c.Refuse("IfNotExists is for Overwrite, with a value for every partition column")
		return false
	}
	return true
}

// dynamics are the columns of Dynamic as assignments of nothing.
func dynamics(i Insertion) []expr.Assignment {
	list := make([]expr.Assignment, len(i.dynamic))
	for n, t := range i.dynamic {
		list[n].Column = t
	}
	return list
}

// withoutStatic takes the static partition columns out of the rows, where they may stand if they say the same, or if they
// are there for nothing but a default of the schema.
func (f *filling) withoutStatic(c *compile.Compiler, i Insertion) bool {
	for n, t := range f.partition {
		at := indexOf(f.Columns, t)
		if f.static[n] == nil || at < 0 {
			continue
		}
		same := f.Query == nil && !slices.ContainsFunc(f.Rows, func(row []*expr.Term) bool { return !sameValue(row[at], f.static[n]) })
		if same || !i.gives(t) {
			if err := f.drop(at); err != nil {
				c.Fail(err)
				return false
			}
			continue
		}
		if i.stmt.Names == nil && f.Query != nil { // all columns of the table, of which this one is no part of the query
			c.Refuse("name the columns that the query gives by Columns; " + strconv.Quote(expr.NameOf(t)) + " has its value by Partition")
		} else {
			c.Refuse("column " + strconv.Quote(expr.NameOf(t)) + " has another value by Partition")
		}
		return false
	}
	return true
}

// gives reports whether the program says something about a column, so that it does not come from a default.
func (i Insertion) gives(t *expr.Term) bool {
	switch {
	case i.stmt.Names != nil:
		return indexOf(i.stmt.Names, t) >= 0
	case len(i.stmt.Rows) > 0 && i.stmt.Rows[0].Values == nil:
		return slices.ContainsFunc(i.stmt.Rows[0].Assignments, func(a expr.Assignment) bool { return expr.NameOf(a.Column) == expr.NameOf(t) })
	}
	return !i.stmt.Default
}

func (f *filling) drop(at int) (err error) {
	if f.Query != nil {
		var kept []int
		for i := range f.Columns {
			if i != at {
				kept = append(kept, i)
			}
		}
		if f.Query, err = compile.Reselect(f.Query, kept, nil); err != nil {
			return err
		}
	}
	f.Columns = slices.Delete(slices.Clone(f.Columns), at, at+1)
	rows := make([][]*expr.Term, len(f.Rows))
	for i, row := range f.Rows {
		rows[i] = slices.Delete(slices.Clone(row), at, at+1)
	}
	f.Rows = rows
	return nil
}

func sameValue(a, b *expr.Term) bool {
	x, ok := a.Node.(*expr.Value)
	y, same := b.Node.(*expr.Value)
	return ok && same && reflect.DeepEqual(x.V, y.V)
}

// ordered puts the columns into their order: those of the table that an OVERWRITE, which names no columns, takes them
// in, or else that in which they were given; dynamic partition columns behind all others. Columns that were not given
// are NULL.
func (f *filling) ordered(c *compile.Compiler, i Insertion) bool {
	var order []*expr.Term
	switch {
	case f.Columns == nil:
		return true // of a table that no schema describes
	case !i.overwrite:
		order = f.given()
	case f.Target.Table() == nil:
		c.Refuse("an OVERWRITE names no columns, and those of the table are not known; leave Columns out")
		return false
	}
	for _, t := range f.Target.Columns {
		if indexOf(order, t) >= 0 || indexOf(f.partition, t) >= 0 {
			continue
		}
		if indexOf(f.Columns, t) < 0 && serverDefault(t) {
			if i.overwrite {
				c.Refuse("give a value for column " + strconv.Quote(expr.NameOf(t)) + ": an OVERWRITE does not leave it to the server's default")
				return false
			}
			continue
		}
		order = append(order, t)
	}
	for n, t := range f.partition {
		if f.static[n] == nil {
			if indexOf(f.Columns, t) < 0 {
				c.Refuse("there is no value for the partition column " + strconv.Quote(expr.NameOf(t)))
				return false
			}
			order = append(order, t)
		}
	}
	return f.reorder(c, order)
}

// given are the columns as they were given, without those of partitions.
func (f *filling) given() []*expr.Term {
	return slices.DeleteFunc(slices.Clone(f.Columns), func(t *expr.Term) bool { return indexOf(f.partition, t) >= 0 })
}

func serverDefault(t *expr.Term) bool {
	col, ok := t.Node.(*expr.Column)
	return ok && col.Column != nil && col.Column.ServerDefault != nil
}

func (f *filling) reorder(c *compile.Compiler, order []*expr.Term) bool {
	from, extra := make([]int, len(order)), make([]*expr.Term, len(order))
	for i, t := range order {
		if from[i] = indexOf(f.Columns, t); from[i] < 0 {
			extra[i] = nullOf(t.Type)
		}
	}
	for n, row := range f.Rows {
		values := make([]*expr.Term, len(order))
		for i := range order {
			if values[i] = extra[i]; from[i] >= 0 {
				values[i] = row[from[i]]
			}
		}
		f.Rows[n] = values
	}
	f.Columns = order
	if f.Query == nil {
		return true
	}
	q, err := compile.Reselect(f.Query, from, extra)
	if err != nil {
		c.Fail(err)
		return false
	}
	f.Query = q
	return true
}

// partitionTerms are the columns of a target by which it is partitioned, nil if it is not, or does not say it.
func partitionTerms(target *expr.Source) []*expr.Term {
	return termsOf(target, partitionColumns(target.Table()))
}

func termsOf(target *expr.Source, columns []*schema.Column) []*expr.Term {
	var list []*expr.Term
	for _, c := range columns {
		list = append(list, expr.Col[expr.Any](target, c.Name).Term)
	}
	return list
}

// indexOf finds a column by its name.
func indexOf(columns []*expr.Term, t *expr.Term) int {
	return slices.IndexFunc(columns, func(c *expr.Term) bool { return expr.NameOf(c) == expr.NameOf(t) })
}
