package dialect_test

import (
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

func alterCases() []definition {
	t := tbl("ddl_alter", schema.Col("a", schema.Integer), schema.Col("s", schema.String))
	alter := dialect.AlterTable(t)
	renamed := tbl("ddl_renamed")
	return []definition{
		{"alter: the table", always(ddl.CreateTable(tbl("ddl_alter", schema.Col("a", schema.Integer), schema.Col("s", schema.String), dialect.StoredAs("textfile"))))},
		{"alter: rename", always(alter.Rename(renamed))},
		{"alter: rename back", always(dialect.AlterTable(renamed).Rename(t))},
		{"C-86 set properties", always(alter.SetProperties(map[string]string{"z": `it's \ $x`, "a": "1"}))},
		{"C-86 a property that was set", always(dialect.ShowTblProperties(t, "z"))},
		{"alter: unset properties", always(alter.UnsetProperties("z", "never"))},
		{"alter: set no properties", always(alter.SetProperties(nil))},
		{"alter: add columns", always(alter.AddColumns(schema.Col("n", schema.Integer, schema.Comment("it's")), schema.Col("l", schema.Array(schema.String))))},
		{"alter: add a column with a default", always(alter.AddColumns(schema.Col("n", schema.Integer, schema.ServerDefault(1))))},
		{"alter: change a comment", always(alter.ChangeColumn("n", schema.Col("n", schema.Integer, schema.Comment("new"))))},
		{"alter: change a column", always(alter.ChangeColumn("n", schema.Col("m", schema.BigInt, schema.Comment("new"))))},
		{"alter: describe", always(dialect.Describe(t))},
		{"alter: put a column first", always(alter.ChangeColumnFirst("a", schema.Col("a", schema.Integer)))},
		{"alter: put a column behind another", always(alter.ChangeColumnAfter("s", schema.Col("s", schema.String), "a"))},
		{"alter: replace columns", always(alter.ReplaceColumns(schema.Col("a", schema.Integer), schema.Col("s", schema.String)))},
		{"alter: set the SerDe", always(alter.SetSerDe(dialect.SerDe("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", map[string]string{"field.delim": ","})))},
		{"alter: set SerDe properties", always(alter.SetSerDeProperties(map[string]string{"field.delim": ";"}))},
		{"alter: unset SerDe properties", always(alter.UnsetSerDeProperties("field.delim"))},
		{"alter: set the format", always(alter.SetFileFormat(dialect.StoredAs("textfile")))},
		{"alter: set the location", func(home string) expr.Node { return alter.SetLocation("file:" + home + "/alter") }},
		{"alter: set buckets", always(alter.SetBuckets(dialect.ClusteredBy("a").SortedBy("-s").Into(4)))},
		{"alter: unset sorting", always(alter.UnsetSorting())},
		{"alter: unset buckets", always(alter.UnsetBuckets())},
		{"alter: set skew", always(alter.SetSkew(dialect.SkewedBy("s").On([]any{"x"})))},
		{"alter: unset skew", always(alter.UnsetSkew())},
		{"alter: set the owner", always(alter.SetOwner("hive"))},
		{"alter: touch", always(alter.Touch())},
		{"alter: statistics", always(alter.UpdateStatistics(map[string]string{"numRows": "10"}))},
		{"alter: drop", always(ddl.DropTable(t))},
		{"alter: no table", always(dialect.AlterTable(nil).Touch())},
		{"alter: touch a view", always(dialect.AlterView(t).Touch())},
		{"alter: a view's columns", always(dialect.AlterView(t).AddColumns(schema.Col("a", schema.Integer)))},
	}
}

func partitionCases() []definition {
	columns := func() []schema.Item {
		return []schema.Item{
			schema.Col("a", schema.Integer), schema.Col("dt", schema.String), schema.Col("h", schema.Integer),
			dialect.PartitionedBy("dt", "h"), dialect.StoredAs("orc"),
		}
	}
	t, twin := tbl("ddl_parts", columns()...), tbl("ddl_twin", columns()...)
	src := expr.T(t)
	alter := dialect.AlterTable(t)
	at := func(dt string, h int) []dialect.PartitionValue {
		return []dialect.PartitionValue{dialect.Part("dt", dt), dialect.Part("h", h)}
	}
	return []definition{
		{"partition: the table", always(ddl.CreateTable(t))},
		{"partition: its twin", always(ddl.CreateTable(twin))},
		{"partition: add", always(alter.AddPartition(at("it's", 1)...).AddPartition(at("2020-01-03", 1)...))},
		{"partition: add two", func(home string) expr.Node {
			return alter.AddPartition(at("2020-01-01", 1)...).Location(home + "/p").AddPartition(at("2020-01-02", 2)...).IfNotExists()
		}},
		{"partition: show", always(dialect.ShowPartitions(t))},
		{"partition: show some", always(dialect.ShowPartitions(t, dialect.Part("dt", "2020-01-01")))},
		{"partition: show a range", always(dialect.ShowPartitionsWhere(t, expr.Or(src.C("dt").Ge("it's"), src.C("h").Lt(3))))},
		{"partition: describe", always(dialect.Describe(t).Formatted().Partition(at("2020-01-02", 2)...))},
		{"partition: describe a column", always(dialect.Describe(t).Formatted().Partition(at("2020-01-02", 2)...).Column("a"))},
		{"partition: rename", always(alter.Partition(at("2020-01-02", 2)...).RenamePartition(at("2020-01-02", 3)...))},
		{"partition: rename nothing", always(alter.RenamePartition(at("2020-01-02", 3)...))},
		{"partition: exchange", always(dialect.AlterTable(twin).ExchangePartition(t, dialect.Part("dt", "2020-01-02")))},
		{"partition: set the location", func(home string) expr.Node {
			return alter.Partition(at("2020-01-01", 1)...).SetLocation("file:" + home + "/q")
		}},
		{"partition: set the format", always(alter.Partition(at("2020-01-01", 1)...).SetFileFormat(dialect.StoredAs("orc")))},
		{"partition: set SerDe properties", always(alter.Partition(at("2020-01-01", 1)...).SetSerDeProperties(map[string]string{"a": "b"}))},
		{"partition: add columns", always(alter.Partition(at("2020-01-01", 1)...).AddColumns(schema.Col("b", schema.Integer)))},
		{"partition: add columns everywhere", always(alter.AddColumns(schema.Col("c", schema.Integer)).Cascade())},
		{"partition: touch", always(alter.Partition(at("2020-01-01", 1)...).Touch())},
		{"partition: analyze", always(dialect.Analyze(t, dialect.Part("dt", "it's"), dialect.AnyPart("h")))},
		{"partition: truncate", always(dialect.Truncate(t, at("2020-01-03", 1)...))},
		{"partition: msck", always(dialect.Msck(t))},
		{"partition: msck drop", always(dialect.Msck(t).Drop())},
		{"partition: msck sync", always(dialect.Msck(t).Sync())},
		{"partition: the type of a column", always(alter.SetPartitionColumn("h", schema.BigInt))},
		{"partition: msck sync of the type", always(dialect.Msck(tbl("ddl_parts", schema.Col("h", schema.BigInt), dialect.PartitionedBy("h"))).Sync())},
		{"partition: drop a range", always(alter.DropPartitionsWhere(src.C("dt").Ge("2030"), src.C("h").Lt(3)).IfExists())},
		{"partition: drop", always(alter.DropPartition(at("2020-01-01", 1)...).DropPartition(at("none", 1)...).IfExists().Purge())},
		{"partition: a column that is not there", always(alter.DropPartition(dialect.Part("x", 1)))},
		{"partition: a value that is NULL", always(alter.DropPartition(dialect.Part("dt", nil)))},
		{"partition: no values", always(alter.DropPartition())},
		{"partition: drop the twin", always(ddl.DropTable(twin))},
		{"partition: drop the table", always(ddl.DropTable(t))},
	}
}
