package dialect

import (
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// AddColumns adds columns behind those that are there. Partitions that are there do not get them; see Cascade.
func (a Alteration) AddColumns(columns ...*schema.Column) ColumnsStmt {
	columns = slices.Clone(columns)
	return ColumnsStmt{AlterStmt: a.by(action{name: "ADD COLUMNS", spark: len(a.parts) == 0, write: func(w *definition, _ *schema.Table) {
		w.Text("ADD COLUMNS ")
		w.newColumns(columns)
	}})}
}

// ReplaceColumns takes all columns away, and adds others. It changes no files.
func (a Alteration) ReplaceColumns(columns ...*schema.Column) ColumnsStmt {
	columns = slices.Clone(columns)
	return ColumnsStmt{AlterStmt: a.by(action{name: "REPLACE COLUMNS", write: func(w *definition, _ *schema.Table) {
		w.Text("REPLACE COLUMNS ")
		w.newColumns(columns)
	}})}
}

// ChangeColumn gives a column, by key or name, another declaration: a name, a type, a comment. Spark changes the comment
// only.
func (a Alteration) ChangeColumn(column string, to *schema.Column) ColumnsStmt {
	return a.changeColumn(column, to, nil)
}

// ChangeColumnFirst is ChangeColumn that also puts the column before all others.
func (a Alteration) ChangeColumnFirst(column string, to *schema.Column) ColumnsStmt {
	return a.changeColumn(column, to, func(w *definition, _ *schema.Table) { w.Text(" FIRST") })
}

// ChangeColumnAfter is ChangeColumn that also puts the column behind another one.
func (a Alteration) ChangeColumnAfter(column string, to *schema.Column, after string) ColumnsStmt {
	return a.changeColumn(column, to, func(w *definition, t *schema.Table) {
		w.Text(" AFTER ")
		w.Idents(namesOf(t, []string{after}))
	})
}

func (a Alteration) changeColumn(column string, to *schema.Column, place func(*definition, *schema.Table)) ColumnsStmt {
	spark := place == nil && len(a.parts) == 0
	return ColumnsStmt{AlterStmt: a.by(action{name: "CHANGE COLUMN", spark: spark, write: func(w *definition, t *schema.Table) {
		if to == nil {
			w.Refuse("there is no column")
			return
		}
		old := namesOf(t, []string{column})
		if w.version == Spark35 && old[0] != to.Name {
			w.refuse("ALTER TABLE … CHANGE COLUMN of a name", "make a view")
		}
		w.Text("CHANGE COLUMN ")
		w.Idents(old)
		w.Text(" ")
		w.newColumn(to)
		if place != nil {
			place(w, t)
		}
	}})}
}

// ColumnsStmt is an ALTER TABLE that changes columns.
type ColumnsStmt struct {
	AlterStmt
	cascade bool
}

// Cascade changes the columns of all partitions, too.
func (s ColumnsStmt) Cascade() ColumnsStmt { s.cascade = true; return s }

func (s ColumnsStmt) write(w *definition) {
	s.AlterStmt.write(w)
	if s.cascade && w.hiveOnly(Hive23, s.action.name+" … CASCADE", "leave it out: partitions have the columns of their table") {
		w.Text(" CASCADE")
	}
}

func (w *definition) newColumns(columns []*schema.Column) {
	w.Text("(")
	if len(columns) == 0 {
		w.Refuse("there are no columns")
	}
	for i, c := range columns {
		w.comma(i)
		w.newColumn(c)
	}
	w.Text(")")
}

// newColumn writes a column of ALTER TABLE, which has no constraints there.
func (w *definition) newColumn(c *schema.Column) {
	if c == nil {
		w.Refuse("there is no column")
		return
	}
	if c.NotNull || c.PrimaryKey || c.ServerDefault != nil {
		w.refuse("constraints in ALTER TABLE … COLUMN", "use ddl.AddConstraint")
	}
	w.counted(c)
	w.columnType(c)
	w.optional(" COMMENT ", c.Comment)
}

// SetPartitionColumn gives a column by which the table is partitioned another type. Its partitions keep their names.
func (a Alteration) SetPartitionColumn(column string, to schema.Type) AlterStmt {
	return a.by(action{name: "PARTITION COLUMN", whole: true, write: func(w *definition, t *schema.Table) {
		w.Text("PARTITION COLUMN (")
		w.Idents(namesOf(t, []string{column}))
		w.Text(" ")
		w.Type(to)
		w.Text(")")
	}})
}

// SetBuckets says how files are bucketed from now on.
func (a Alteration) SetBuckets(b Bucketing) AlterStmt {
	return a.by(action{name: "CLUSTERED BY", write: func(w *definition, t *schema.Table) { w.bucketing(t, b) }})
}

// UnsetBuckets makes files without buckets from now on.
func (a Alteration) UnsetBuckets() AlterStmt { return a.by(words("NOT CLUSTERED")) }

// UnsetSorting makes files that are not sorted from now on.
func (a Alteration) UnsetSorting() AlterStmt { return a.by(words("NOT SORTED")) }

// SetSkew says which values are frequent.
func (a Alteration) SetSkew(s Skewing) AlterStmt {
	return a.by(action{name: "SKEWED BY", whole: true, write: func(w *definition, t *schema.Table) { w.skewing(t, s) }})
}

// UnsetSkew says that no values are frequent.
func (a Alteration) UnsetSkew() AlterStmt { return a.by(words("NOT SKEWED")) }

func words(text string) action {
	return action{name: text, whole: true, write: func(w *definition, _ *schema.Table) { w.Text(text) }}
}

// UpdateStatistics tells Hive figures about the table, such as numRows.
func (a Alteration) UpdateStatistics(figures map[string]string) AlterStmt {
	figures = maps.Clone(figures)
	return a.by(action{name: "UPDATE STATISTICS", write: func(w *definition, _ *schema.Table) {
		w.someProperties(figures)
		w.properties("UPDATE STATISTICS SET ", figures)
	}})
}

// AddPartitionsStmt adds partitions. See [Alteration.AddPartition].
type AddPartitionsStmt struct {
	AlterStmt
	partitions []addedPartition
	lenient    bool
}

type addedPartition struct {
	values []PartitionValue
	path   string
}

// AddPartition adds a partition without rows.
func (a Alteration) AddPartition(values ...PartitionValue) AddPartitionsStmt {
	s := AddPartitionsStmt{AlterStmt: a.by(action{})}
	return s.AddPartition(values...)
}

// AddPartition adds another partition.
func (s AddPartitionsStmt) AddPartition(values ...PartitionValue) AddPartitionsStmt {
	s.partitions = append(slices.Clip(s.partitions), addedPartition{values: slices.Clone(values)})
	return s
}

// Location says where the files of the partition that was added last lie.
func (s AddPartitionsStmt) Location(path string) AddPartitionsStmt {
	if last := len(s.partitions) - 1; last >= 0 {
		s.partitions = slices.Clone(s.partitions)
		s.partitions[last].path = path
	}
	return s
}

// IfNotExists leaves out partitions that are there.
func (s AddPartitionsStmt) IfNotExists() AddPartitionsStmt { s.lenient = true; return s }

func (s AddPartitionsStmt) write(w *definition) {
	s.action = action{name: "ADD PARTITION", spark: true, whole: true, write: func(w *definition, t *schema.Table) {
		w.Text("ADD" + when(s.lenient, " IF NOT EXISTS"))
		for i, p := range s.partitions {
			w.Within("partition", i, func() { w.partition(t, p.values) })
			w.optional(" LOCATION ", p.path)
		}
	}}
	s.AlterStmt.write(w)
}

// DropPartitionsStmt drops partitions. See [Alteration.DropPartition] and [Alteration.DropPartitionsWhere].
type DropPartitionsStmt struct {
	AlterStmt
	partitions     [][]PartitionValue
	conditions     []expr.Bool
	lenient, purge bool
}

// DropPartition drops the partitions that have the values.
func (a Alteration) DropPartition(values ...PartitionValue) DropPartitionsStmt {
	return DropPartitionsStmt{AlterStmt: a.by(action{}), partitions: [][]PartitionValue{slices.Clone(values)}}
}

// DropPartitionsWhere drops the partitions for which all conditions are true. Each compares one of the columns by which
// the table is partitioned with a value.
func (a Alteration) DropPartitionsWhere(conditions ...expr.Bool) DropPartitionsStmt {
	return DropPartitionsStmt{AlterStmt: a.by(action{}), conditions: slices.Clone(conditions)}
}

// DropPartition drops other partitions, too.
func (s DropPartitionsStmt) DropPartition(values ...PartitionValue) DropPartitionsStmt {
	s.partitions = append(slices.Clip(s.partitions), slices.Clone(values))
	return s
}

// IfExists does nothing if there are no such partitions.
func (s DropPartitionsStmt) IfExists() DropPartitionsStmt { s.lenient = true; return s }

// Purge drops the files for good, without a trash.
func (s DropPartitionsStmt) Purge() DropPartitionsStmt { s.purge = true; return s }

func (s DropPartitionsStmt) write(w *definition) {
	s.action = action{name: "DROP PARTITION", spark: true, whole: true, write: func(w *definition, t *schema.Table) {
		w.Text("DROP" + when(s.lenient, " IF EXISTS"))
		if len(s.conditions) > 0 && w.hiveOnly(Hive23, "DROP PARTITION of a range", "name each partition") {
			w.partitionWhere(t, s.conditions)
		}
		for i, values := range s.partitions {
			w.Text(when(i > 0 || len(s.conditions) > 0, ","))
			w.Within("partition", i, func() { w.partition(t, values) })
		}
		w.Text(when(s.purge, " PURGE"))
	}}
	s.AlterStmt.write(w)
}

// ExchangePartition moves a partition, with its files, here from a table of the same columns.
func (a Alteration) ExchangePartition(from *schema.Table, values ...PartitionValue) AlterStmt {
	values = slices.Clone(values)
	return a.by(action{name: "EXCHANGE PARTITION", whole: true, write: func(w *definition, t *schema.Table) {
		w.Text("EXCHANGE")
		w.partition(t, values)
		w.Text(" WITH TABLE ")
		w.Table(from)
	}})
}
