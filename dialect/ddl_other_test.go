package dialect_test

import (
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
	parted := tbl("ddl_loaded2", schema.Col("a", schema.String), schema.Col("d", schema.String), dialect.PartitionedBy("d"), dialect.StoredAs("textfile"))
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
		{"show the table's statement", always(dialect.ShowCreateTable(tbl("t", schema.In("golden_other"))))},
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
		{"load: a table with partitions", always(ddl.CreateTable(parted))},
		{"load: another file", always(ddl.Raw("INSERT INTO ddl_source VALUES ('y')"))},
		{"load: local, into a partition", func(home string) expr.Node {
			return dialect.Load(home+"/source", parted, dialect.Part("d", "it's")).Local()
		}},
		{"load: the rows of the partition", always(ddl.Raw("SELECT a, d FROM ddl_loaded2"))},
		{"load: drop the table with partitions", always(ddl.DropTable(parted))},
		{"load: drop the source", func(home string) expr.Node { return ddl.DropTable(source(home)) }},
		{"function: create", always(dialect.CreateFunction("skep_ddl_upper", upper))},
		{"function: drop", always(dialect.DropFunction("skep_ddl_upper").IfExists())},
		{"function: create with resources", func(home string) expr.Node {
			return dialect.CreateFunction("skep_ddl_home.upper", upper).Using("jar", home).Using("file", home)
		}},
		{"function: drop that with resources", always(dialect.DropFunction("skep_ddl_home.upper"))},
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
