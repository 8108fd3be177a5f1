package hivereflect

import "github.com/skep-go/skep/toolkit/schema"

// found is a table as the metastore keeps it, whichever way it was read. What it means is decided in one place, info, so
// that both sources tell the same.
type found struct {
	schema.Relation // without Kind
	// tableType is the metastore's: MANAGED_TABLE, EXTERNAL_TABLE, VIRTUAL_VIEW or MATERIALIZED_VIEW.
	tableType  string
	columns    []field // without those of partitions
	types      types   // shared by the tables of a batch, or nil
	partitions []field // columns by which it is partitioned
	// detail is what was read; what follows from its properties is decided by info.
	detail Detail
	// homes are the folders in which the database puts tables for which no location is given.
	homes      []string
	buckets    buckets
	skew       skew
	definition string // of a view: its query with all names in full, where the server has it

	primaryKey  *schema.PrimaryKey
	foreignKeys []schema.ForeignKey
	unique      []schema.Unique
	checks      []schema.Check
	enclosed    bool              // the conditions of checks come in parentheses, as of Hive 3
	notNull     map[string]bool   // by column, in lower case
	defaults    map[string]string // by column, in lower case; expressions as Hive writes them
}

// field is a column.
type field struct{ name, typ, comment string }

// buckets are the files of a table. There are none if count is not positive.
type buckets struct {
	columns []string
	sort    []sortColumn
	count   int
}

type sortColumn struct {
	name       string
	descending bool
}

// skew is the frequent values of a table: for each a value of every column.
type skew struct {
	columns     []string
	values      [][]string
	directories bool
}
