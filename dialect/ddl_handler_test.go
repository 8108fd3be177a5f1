package dialect_test

import (
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// handlerCases are about tables that a class keeps, such as Iceberg's.
func handlerCases() []definition {
	made := func(name string, items ...schema.Item) func(string) expr.Node {
		return always(ddl.CreateTable(tbl(name, append([]schema.Item{
			schema.Col("a", schema.Integer), schema.Col("s", schema.String), schema.Col("d", schema.Date), schema.Col("at", schema.Timestamp),
		}, items...)...)))
	}
	dropped := func(name string) func(string) expr.Node { return always(ddl.DropTable(tbl(name)).IfExists()) }
	iceberg := dialect.StoredBy("iceberg", nil)
	return []definition{
		{"stored by a class", made("ddl_handled", dialect.StoredBy("org.apache.hadoop.hive.ql.metadata.DefaultStorageHandler", map[string]string{"k": "it's"}))},
		{"stored by a class: drop", dropped("ddl_handled")},
		{"Iceberg", made("ddl_iceberg", iceberg)},
		{"Iceberg: drop", dropped("ddl_iceberg")},
		{"Iceberg: transforms", made("ddl_transforms", iceberg, dialect.PartitionedBySpec(
			dialect.ByTruncated(3, "s"), dialect.ByBucket(4, "a"), dialect.ByYear("d"), dialect.ByMonth("d"), dialect.ByDay("at"), dialect.ByHour("at"), dialect.ByValue("s"),
		))},
		{"Iceberg: drop transforms", dropped("ddl_transforms")},
		{"transforms of a table that is none of Iceberg", made("ddl_transforms2", dialect.PartitionedBySpec(dialect.ByYear("d")))},
		{"a format that is none", made("ddl_none", dialect.StoredAs("orc; drop"))},
	}
}
