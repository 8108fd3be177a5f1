package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

func viewCases() []definition {
	v := tbl("ddl_view")
	named := tbl("ddl_view2", schema.Comment("it's"), schema.Col("x", schema.BigInt, schema.Comment("c")), schema.Col("y", schema.String), dialect.TblProperties(map[string]string{"a": "b"}))
	mv := tbl("ddl_mv", schema.Comment("c"), dialect.StoredAs("orc"), dialect.TblProperties(map[string]string{"a": "b"}))
	src := expr.Name("ddl_small")
	q := expr.Select(src.C("id"), src.C("s"))
	return []definition{
		{"C-90 create view if not exists", always(ddl.CreateView(v, q).IfNotExists())},
		{"view: replace", always(ddl.CreateView(v, q.Where(src.C("s").Eq("it's"))).OrReplace())},
		{"view: replace or leave", always(ddl.CreateView(v, q).OrReplace().IfNotExists())},
		{"view: names and comments", always(ddl.CreateView(named, q))},
		{"view: describe", always(dialect.Describe(named))},
		{"view: partitions", always(ddl.CreateView(tbl("ddl_view3", dialect.PartitionedBy("s")), q))},
		{"view: what a table has", always(ddl.CreateView(tbl("ddl_view5", dialect.Location("/x"), dialect.StoredAs("orc")), q))},
		{"view: with a common table", always(ddl.CreateView(tbl("ddl_view4"), expr.Select(q.CTE("c"))))},
		{"view: drop with a common table", always(ddl.DropView(tbl("ddl_view4")))},
		{"view: drop the one with partitions", always(ddl.DropView(tbl("ddl_view3")).IfExists())},
		{"view: another query", always(dialect.AlterView(v).As(q))},
		{"view: set properties", always(dialect.AlterView(v).SetProperties(map[string]string{"a": "b"}))},
		{"view: unset properties", always(dialect.AlterView(v).UnsetProperties("a"))},
		{"view: rename", always(dialect.AlterView(v).Rename(tbl("ddl_view9")))},
		{"C-90 drop view", always(ddl.DropView(tbl("ddl_view9")))},
		{"C-90 drop view if exists", always(ddl.DropView(named).IfExists())},
		{"view: cascade", always(ddl.DropView(named).Cascade())},
		{"view: another query for a table", always(dialect.AlterTable(v).As(q))},
		{"materialized: create", always(dialect.CreateMaterializedView(mv, q).IfNotExists().DisableRewrite())},
		{"materialized: rebuild", always(dialect.RebuildMaterializedView(mv))},
		{"materialized: disable rewriting", always(dialect.DisableRewrite(mv))},
		{"materialized: show", always(dialect.ShowMaterializedViews())},
		{"materialized: drop", always(dialect.DropMaterializedView(mv).IfExists())},
		{"materialized: layout", always(dialect.CreateMaterializedView(tbl("ddl_mv2", dialect.PartitionedBy("s")), q).DisableRewrite())},
		{"materialized: drop the one with partitions", always(dialect.DropMaterializedView(tbl("ddl_mv2")).IfExists())},
		{"materialized: sorted", always(dialect.CreateMaterializedView(tbl("ddl_mv3"), q).DisableRewrite().DistributedOn("id").SortedOn("s"))},
		{"materialized: drop the sorted one", always(dialect.DropMaterializedView(tbl("ddl_mv3")).IfExists())},
		{"materialized: what a table has", always(dialect.CreateMaterializedView(tbl("ddl_mv4", dialect.External(), dialect.ClusteredBy("id").Into(2)), q))},
		{"materialized: columns", always(dialect.CreateMaterializedView(named, q))},
	}
}

func otherCases() []definition {
	t := small
	q := expr.Select(expr.T(t)).Where(expr.T(t).C("s").Eq("x"))
	upper := "org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper"
	loaded := tbl("ddl_loaded", schema.Col("a", schema.String), dialect.StoredAs("textfile"))
	source := func(home string) *schema.Table {
		return tbl("ddl_source", schema.Col("a", schema.String), dialect.StoredAs("textfile"), dialect.Location(home+"/source"))
	}
	return []definition{
		{"show databases", always(dialect.ShowDatabases().Like("skep_ddl_none"))},
		{"show tables", always(dialect.ShowTables().Like("ddl_small"))},
		{"C-26 show tables in a database", always(dialect.ShowTables().In("default").Like(`it's`))},
		{"show views", always(dialect.ShowViews().Like("ddl_none"))},
		{"show functions", always(dialect.ShowFunctions().Like("upper"))},
		{"show functions of a database", always(dialect.ShowFunctions().In("d"))},
		{"show columns", always(dialect.ShowColumns(t))},
		{"show properties", always(dialect.ShowTblProperties(t))},
		{"show the table", always(dialect.ShowTableExtended(t))},
		{"show transactions", always(dialect.ShowTransactions())},
		{"show compactions", always(dialect.ShowCompactions())},
		{"describe a column", always(dialect.Describe(t).Formatted().Column("id"))},
		{"describe more", always(dialect.Describe(t).Extended())},
		{"describe a function", always(dialect.DescribeFunction("upper"))},
		{"analyze", always(dialect.Analyze(t))},
		{"analyze without a scan", always(dialect.Analyze(t).NoScan())},
		{"analyze columns", always(dialect.Analyze(t).ForColumns("id", "s"))},
		{"analyze all columns", always(dialect.Analyze(t).ForColumns())},
		{"truncate", always(dialect.Truncate(t))},
		{"truncate by force", always(dialect.Truncate(t).Force())},
		{"load: the source", func(home string) expr.Node { return ddl.CreateTable(source(home)) }},
		{"load: a file", always(ddl.Raw("INSERT INTO ddl_source VALUES ('x')"))},
		{"load: the table", always(ddl.CreateTable(loaded))},
		{"load", func(home string) expr.Node { return dialect.Load(home+"/source", loaded).Overwrite() }},
		{"load: the rows", always(ddl.Raw("SELECT a FROM ddl_loaded"))},
		{"load: drop the table", always(ddl.DropTable(loaded))},
		{"load: drop the source", func(home string) expr.Node { return ddl.DropTable(source(home)) }},
		{"function: create", always(dialect.CreateFunction("skep_ddl_upper", upper))},
		{"function: drop", always(dialect.DropFunction("skep_ddl_upper").IfExists())},
		{"function: create a temporary one", always(dialect.CreateTemporaryFunction("skep_ddl_upper2", upper))},
		{"function: drop the temporary one", always(dialect.DropTemporaryFunction("skep_ddl_upper2").IfExists())},
		{"function: a resource of no kind", always(dialect.CreateFunction("f", upper).Using("SO", "x"))},
		{"function: reload", always(dialect.ReloadFunctions())},
		{"macro: create", always(dialect.CreateMacro("skep_ddl_next", []schema.Field{{Name: "x", Type: schema.Integer}}, func(p *expr.Source) expr.Expr {
			return expr.Col[expr.Int](p, "x").Add(1)
		}))},
		{"macro: drop", always(dialect.DropMacro("skep_ddl_next").IfExists())},
		{"conf: set", always(dialect.SetConf("hive.exec.parallel", "true"))},
		{"conf: show", always(dialect.ShowConf("hive.exec.parallel"))},
		{"conf: reset", always(dialect.ResetConf("hive.exec.parallel"))},
		{"conf: another statement behind the value", always(dialect.SetConf("a", "b\nset c=d"))},
		{"conf: a variable in the value", always(dialect.SetConf("a", "${env:HOME}"))},
		{"conf: no key", always(dialect.SetConf("..", "d"))},
		{"conf: another statement in the key", always(dialect.SetConf("a=b;c", "d"))},
		{"explain", always(ddl.Explain(q))},
		{"explain all", always(dialect.Explain(dialect.Extended, q))},
		{"explain formatted", always(dialect.Explain(dialect.Formatted, q))},
		{"explain the optimizer's plan", always(dialect.Explain(dialect.CBO, q))},
		{"explain the costs", always(dialect.Explain(dialect.Cost, q))},
		{"explain dependencies", always(dialect.Explain(dialect.Dependency, q))},
		{"explain permissions", always(dialect.Explain(dialect.Authorization, q))},
		{"explain locks", always(dialect.Explain(dialect.Locks, q))},
		{"explain vectors", always(dialect.Explain(dialect.Vectorization, q))},
		{"explain by executing", always(dialect.Explain(dialect.Analysis, q))},
		{"explain the tree", always(dialect.Explain(dialect.AST, q))},
		{"C-90 drop the small table", always(dialect.DropTablePurge(t))},
	}
}

// TestDDLElsewhere has what the servers of the golden file are not set up for: transactions, Iceberg, other classes.
func TestDDLElsewhere(t *testing.T) {
	a := schema.Col("a", schema.Integer)
	made := func(items ...schema.Item) expr.Node {
		return ddl.CreateTable(tbl("t", append([]schema.Item{schema.Col("a", schema.Integer)}, items...)...))
	}
	acid := dialect.AlterTable(tbl("t", a)).Partition(dialect.Part("a", 1))
	tests := []struct {
		version dialect.Version
		stmt    expr.Node
		want    string
	}{
		{dialect.Hive40, made(dialect.Transactional(), dialect.StoredAs("orc")), "CREATE TABLE t (a INT) STORED AS ORC TBLPROPERTIES ('transactional' = 'true')"},
		{dialect.Hive40, made(dialect.Transactional()), "hive: create table: a transactional table is stored as ORC, or is InsertOnly"},
		{dialect.Hive40, made(dialect.Transactional(), dialect.External()), "hive: create table: an external table cannot be transactional"},
		{
			dialect.Hive40, made(dialect.Transactional().InsertOnly(), dialect.TblProperties(map[string]string{"a": "b"})),
			"CREATE TABLE t (a INT) TBLPROPERTIES ('a' = 'b', 'transactional' = 'true', 'transactional_properties' = 'insert_only')",
		},
		{
			dialect.Hive31, dialect.Msck(tbl("t", schema.Col("a", schema.Integer), schema.Col("day", schema.Date), dialect.PartitionedBy("day"))).Sync(),
			"hive3.1: hive3.1 does not have MSCK SYNC PARTITIONS of partitions by other types than STRING, VARCHAR and INT; use DropPartition",
		},
		{dialect.Hive23, made(dialect.Transactional(), dialect.StoredAs("orc")), "hive2.3: create table: a transactional table of Hive 2 has buckets: ClusteredBy(…).Into(n)"},
		{
			dialect.Hive23, made(dialect.Transactional(), dialect.StoredAs("orc"), dialect.ClusteredBy("a").Into(2)),
			"CREATE TABLE t (a INT) CLUSTERED BY (a) INTO 2 BUCKETS STORED AS ORC TBLPROPERTIES ('transactional' = 'true')",
		},
		{dialect.Hive23, made(dialect.Transactional().InsertOnly()), "hive2.3: create table: hive2.3 does not have tables that are transactional for inserts only; use Transactional() with ORC and buckets"},
		{dialect.Spark35, made(dialect.Transactional()), "spark: create table: spark does not have transactional tables; use a table format that has transactions, such as Delta or Iceberg"},
		{
			dialect.Hive40, made(dialect.StoredBy("iceberg", nil), dialect.PartitionedBySpec(dialect.ByYear("a"), dialect.ByMonth("a"), dialect.ByDay("a"), dialect.ByHour("a"))),
			"CREATE TABLE t (a INT) PARTITIONED BY SPEC (YEAR(a), MONTH(a), DAY(a), HOUR(a)) STORED BY ICEBERG",
		},
		{dialect.Hive31, made(dialect.StoredBy("iceberg", nil)), "hive3.1: create table: hive3.1 does not have STORED BY iceberg; name the class of the handler"},
		{
			dialect.Hive31, made(dialect.StoredBy("org.x.Handler", map[string]string{"k": "v"})),
			"CREATE TABLE t (a INT) STORED BY 'org.x.Handler' WITH SERDEPROPERTIES ('k' = 'v')",
		},
		{dialect.Hive40, made(dialect.StoredAs("orc; drop")), "hive: create table: want a format such as ORC, or the classes of one"},
		{dialect.Hive40, acid.Compact(dialect.Major), "ALTER TABLE t PARTITION (a = 1) COMPACT 'major'"},
		{dialect.Hive40, acid.CompactAndWait(dialect.Minor), "ALTER TABLE t PARTITION (a = 1) COMPACT 'minor' AND WAIT"},
		{dialect.Hive40, acid.Archive(), "ALTER TABLE t ARCHIVE PARTITION (a = 1)"},
		{dialect.Hive40, acid.Unarchive(), "ALTER TABLE t UNARCHIVE PARTITION (a = 1)"},
		{dialect.Hive40, acid.Concatenate(), "ALTER TABLE t PARTITION (a = 1) CONCATENATE"},
		{dialect.Hive40, dialect.EnableRewrite(tbl("v")), "ALTER MATERIALIZED VIEW v ENABLE REWRITE"},
		{dialect.Hive40, dialect.Load("x", tbl("t"), dialect.Part("d", "y")).Local(), "LOAD DATA LOCAL INPATH 'x' INTO TABLE t PARTITION (d = 'y')"},
		{dialect.Hive40, dialect.CreateFunction("d.f", "C").Using("jar", "u").Using("file", "w"), "CREATE FUNCTION d.f AS 'C' USING JAR 'u', FILE 'w'"},
		{dialect.Hive40, dialect.ShowLocks(tbl("t")), "SHOW LOCKS t"},
		{dialect.Hive40, dialect.ShowCreateTable(tbl("t", schema.In("d"))), "SHOW CREATE TABLE d.t"},
		{dialect.Hive40, dialect.Use("a`b"), "USE `a``b`"},
	}
	for _, tt := range tests {
		got, err := sqlOf(dialect.New(tt.version), tt.stmt)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", dialect.New(tt.version).Name(), got, tt.want)
		}
	}
}
