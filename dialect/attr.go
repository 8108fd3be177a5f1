package dialect

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Partitioning is the attribute of a table whose rows lie in partitions, by the values of some of its columns.
type Partitioning struct {
	schema.AttrBase
	Columns []string // by key or name, from the outermost folder to the innermost
}

// PartitionedBy says by which columns a table is partitioned. They are declared among its columns like others, with
// their types and comments; Hive has them behind all others.
func PartitionedBy(columns ...string) Partitioning {
	return Partitioning{Columns: slices.Clone(columns)}
}

// Bucketing is the attribute of a table whose rows are spread over a number of files, by a hash of some columns.
type Bucketing struct {
	schema.AttrBase
	Columns []string // by key or name
	Sort    []string // by key or name; a minus before one is the descending order
	Count   int
}

// ClusteredBy says by which columns a table is bucketed: ClusteredBy("id").SortedBy("-day").Into(32).
func ClusteredBy(columns ...string) Bucketing { return Bucketing{Columns: slices.Clone(columns)} }

// SortedBy says how the rows of a bucket are sorted. A minus before a column is the descending order.
func (b Bucketing) SortedBy(columns ...string) Bucketing {
	b.Sort = slices.Clone(columns)
	return b
}

// Into says how many buckets there are.
func (b Bucketing) Into(n int) Bucketing {
	b.Count = n
	return b
}

// attr finds what a table says by an attribute of type A.
func attr[A schema.Attr](t *schema.Table) (found A, ok bool) {
	if t == nil {
		return found, false
	}
	for _, a := range t.Attrs() {
		if a, is := a.(A); is {
			return a, true
		}
	}
	return found, false
}

// attributes refuses the attributes of a table that a statement cannot say, and those of which it would say one of two.
func (w *definition) attributes(t *schema.Table, statement string, without ...schema.Attr) {
	seen := map[reflect.Type]bool{}
	for _, a := range t.Attrs() {
		kind := reflect.TypeOf(a)
		lacks := slices.ContainsFunc(without, func(other schema.Attr) bool { return reflect.TypeOf(other) == kind })
		switch {
		case lacks:
			w.refuse(fmt.Sprintf("%T in %s", a, statement), "leave it out")
		case seen[kind] && kind.PkgPath() == reflect.TypeFor[Partitioning]().PkgPath():
			w.Refuse(fmt.Sprintf("%T is there twice", a))
		}
		seen[kind] = true
	}
}

// partitionColumns are the columns by which a table is partitioned, in their order. Names that the table has no column
// for are left out.
func partitionColumns(t *schema.Table) []*schema.Column {
	p, _ := attr[Partitioning](t)
	return declared(t, p.Columns)
}

// bucketColumns are the columns by which a table is bucketed.
func bucketColumns(t *schema.Table) []*schema.Column {
	b, _ := attr[Bucketing](t)
	return declared(t, b.Columns)
}

func declared(t *schema.Table, keys []string) []*schema.Column {
	var list []*schema.Column
	for _, key := range keys {
		if c, ok := t.Column(key); ok {
			list = append(list, c)
		}
	}
	return list
}
