package dialect

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// PartitionValue is a column by which a table is partitioned, with its value in a partition. See [Part] and [AnyPart].
type PartitionValue struct {
	Column string // by key or name
	Value  any
	Any    bool // the partitions of all values
}

// Part is a column by which a table is partitioned, with its value: Part("day", day). Those of a partition are given in
// the order of the table.
func Part(column string, value any) PartitionValue {
	return PartitionValue{Column: column, Value: value}
}

// AnyPart is a column by which a table is partitioned, with all of its values, where a statement is about many
// partitions.
func AnyPart(column string) PartitionValue { return PartitionValue{Column: column, Any: true} }

// partition writes PARTITION (…), and a space before it.
func (w *definition) partition(t *schema.Table, values []PartitionValue) {
	w.Text(" PARTITION (")
	if len(values) == 0 {
		w.Refuse("a partition wants values: Part(column, value)")
	}
	for i, v := range values {
		w.comma(i)
		w.partitionValue(t, v)
	}
	w.Text(")")
}

// optionalPartition is partition of values that need not be there.
func (w *definition) optionalPartition(t *schema.Table, values []PartitionValue) {
	if len(values) > 0 {
		w.partition(t, values)
	}
}

func (w *definition) partitionValue(t *schema.Table, v PartitionValue) {
	name, typ := v.Column, schema.Type(nil)
	if t != nil {
		if c, ok := t.Column(v.Column); ok {
			name, typ = c.Name, c.Type
		} else if len(t.Columns()) > 0 {
			w.declared(t, []string{v.Column})
			return
		}
	}
	w.Ident(name)
	if v.Any {
		return
	}
	if v.Value == nil {
		w.Refuse("a partition's value cannot be NULL")
		return
	}
	w.Text(" = ")
	w.Value(&expr.Value{V: v.Value, Term: expr.Term{Type: typ}})
}

// partitionWhere writes PARTITION (…) with conditions on the columns of partitions.
func (w *definition) partitionWhere(t *schema.Table, conditions []expr.Bool) {
	w.Text(" PARTITION (")
	w.Bare(expr.T(t).Source, func() {
		for i, condition := range conditions {
			w.comma(i)
			w.Term(condition.Term)
		}
	})
	w.Text(")")
}
