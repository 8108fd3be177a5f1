package dialect_test

import (
	"errors"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var ddlVersions = []dialect.Version{dialect.Hive40, dialect.Hive31, dialect.Hive23, dialect.Spark35}

// definition is a case of the golden file. Servers execute it in the order of the file.
type definition struct {
	name string
	stmt func(home string) expr.Node // home is a folder of the dialect's own
}

func always(n expr.Node) func(string) expr.Node { return func(string) expr.Node { return n } }

func tbl(name string, items ...schema.Item) *schema.Table {
	return schema.NewTable(schema.NewMetaData(), name, items...)
}

func TestDDLGolden(t *testing.T) {
	file := golden.New(t, "testdata/ddl.golden")
	for _, list := range [][]definition{databaseCases(), tableCases(), columnCases(), alterCases(), partitionCases(), handlerCases(), viewCases(), otherCases(), cleaningCases()} {
		for _, c := range list {
			for _, v := range ddlVersions {
				d := dialect.New(v)
				stmt := c.stmt("/tmp/skep_ddl/" + d.Name())
				sql, err := sqlOf(d, stmt)
				file.Add(c.name, d.Name(), sql, err)
				checkReads(t, c.name, sql, stmt)
			}
		}
	}
}

func databaseCases() []definition {
	return []definition{
		{"a database that takes its folder with it", func(home string) expr.Node { return dialect.CreateDatabase("skep_ddl_home").Location(home) }},
		{"M9 make a schema", always(ddl.CreateSchema("skep_ddl_a").IfNotExists())},
		{"M9 drop a schema", always(ddl.DropSchema("skep_ddl_a").IfExists().Cascade())},
		{"C-88 make a database", func(home string) expr.Node {
			return dialect.CreateDatabase("skep_ddl_b").IfNotExists().Comment(`it's "$HOME" \ %`).Location(home + "/b.db").
				Properties(map[string]string{"z": "1", "a": "it's"})
		}},
		{"database: set properties", always(dialect.AlterDatabase("skep_ddl_b").SetProperties(map[string]string{"a": "b"}))},
		{"database: set the owner", always(dialect.AlterDatabase("skep_ddl_b").SetOwner("hive"))},
		{"C-26 describe a database", always(dialect.DescribeDatabase("skep_ddl_b"))},
		{"database: drop it", always(ddl.DropSchema("skep_ddl_b"))},
		{"database: managed location", func(home string) expr.Node {
			return dialect.CreateDatabase("skep_ddl_c").ManagedLocation(home + "/c.db")
		}},
		{"database: set the location", func(home string) expr.Node {
			return dialect.AlterDatabase("skep_ddl_c").SetLocation("file:" + home + "/d.db")
		}},
		{"database: drop the managed one", always(ddl.DropSchema("skep_ddl_c").IfExists())},
	}
}

func cleaningCases() []definition {
	var list []definition
	for _, name := range []string{"skewed", "skewed2", "buckets", "serde", "classes", "json", "using", "dots", "dots2", "over"} {
		list = append(list, definition{"clean: " + name, always(ddl.DropTable(tbl("ddl_" + name)).IfExists())})
	}
	return append(list, definition{"clean: the database and its folder", always(ddl.DropSchema("skep_ddl_home").Cascade())}, definition{"use", always(dialect.Use("default"))})
}

var (
	key    = schema.PK
	small  = tbl("ddl_small", schema.Col("id", schema.BigInt), schema.Col("s", schema.String), dialect.StoredAs("orc"))
	everyC = `Comment types type speedily ' " \ '' Fun!`
	tableC = `the test % ' " \ table comment`
)

// everything has every clause.
func everything(home string) *schema.Table {
	return tbl(
		"ddl_every", schema.Comment(tableC),
		schema.Col("Day", schema.Date, schema.Comment(everyC)),
		schema.Col("id", schema.Integer, schema.Comment(everyC)),
		schema.Col("s", schema.String),
		schema.Col("hour", schema.Integer),
		dialect.TblProperties(map[string]string{"z": `it's "\ $HOME`, "a b": "1"}),
		dialect.Location(home+"/every"),
		dialect.StoredAs("TextFile"),
		dialect.RowFormatDelimited{Fields: ",", Escaped: `\`, Collection: ";", MapKeys: ":", Lines: "\n", NullAs: "none"},
		dialect.ClusteredBy("id").SortedBy("s", "id").Into(4),
		dialect.PartitionedBy("Day", "hour"),
	)
}

func tableCases() []definition {
	every := everything("")
	ordinary := expr.Name("ddl_small")
	made := func(name string, items ...schema.Item) ddl.CreateTableStmt {
		return ddl.CreateTable(tbl(name, append([]schema.Item{schema.Col("a", schema.Integer), schema.Col("s", schema.String)}, items...)...))
	}
	return []definition{
		{"C-90 create if not exists", always(ddl.CreateTable(small).IfNotExists())},
		{"C-29 describe", always(dialect.Describe(small))},
		{"C-87 C-88 C-89 every clause", func(home string) expr.Node { return ddl.CreateTable(everything(home)) }},
		{"C-88 describe every clause", always(dialect.Describe(every))},
		{"C-86 a property", always(dialect.ShowTblProperties(every, "z"))},
		{"C-88 set the table's comment", always(ddl.SetTableComment(every))},
		{"C-88 set a column's comment", always(ddl.SetColumnComment(every.Columns()[1]))},
		{"C-88 set a partition column's comment", always(ddl.SetColumnComment(every.Columns()[0]))},
		{"C-90 drop if exists", always(ddl.DropTable(every).IfExists())},
		{"M8 drop with cascade", always(ddl.DropTable(every).Cascade())},
		{"external", func(home string) expr.Node {
			return made("ddl_external", dialect.External(), dialect.Location(home+"/external"), dialect.StoredAs("PARQUET"))
		}},
		{"external: drop", always(dialect.DropTablePurge(tbl("ddl_external")).IfExists())},
		{"external without a location", always(made("ddl_external2", dialect.External()))},
		{"external without a location: drop", always(ddl.DropTable(tbl("ddl_external2")).IfExists())},
		{"temporary", always(made("ddl_temporary", dialect.Temporary()))},
		{"temporary: drop", always(ddl.DropTable(tbl("ddl_temporary")).IfExists())},
		{"skewed by one", always(made("ddl_skewed", dialect.SkewedBy("s").On([]any{`x\'`}, []any{"y"}).StoredAsDirectories()))},
		{"skewed by a text with a quote", always(made("ddl_skewed", dialect.SkewedBy("s").On([]any{"x'"})))},
		{"skewed by a text with an end that is none", always(made("ddl_skewed", dialect.SkewedBy("s").On([]any{`x\`})))},
		{"skewed by a variable", always(made("ddl_skewed", dialect.SkewedBy("s").On([]any{"${x}"})))},
		{"skewed by two", always(made("ddl_skewed2", dialect.SkewedBy("a", "s").On([]any{1, "x"}, []any{2, "y"})))},
		{"buckets in descending order", always(made("ddl_buckets", dialect.ClusteredBy("a").SortedBy("-s").Into(2)))},
		{"skewed by nothing", always(made("ddl_skewed3", dialect.SkewedBy().On([]any{})))},
		{"partitioned by nothing", always(made("ddl_parts0", dialect.PartitionedBy()))},
		{"properties twice", always(made("ddl_twice", dialect.TblProperties(map[string]string{"a": "1"}), dialect.TblProperties(map[string]string{"b": "2"})))},
		{"SerDe", always(made("ddl_serde", dialect.SerDe("org.apache.hadoop.hive.serde2.OpenCSVSerde", map[string]string{"separatorChar": "\t"})))},
		{"classes of files", always(made("ddl_classes", dialect.StoredAsClasses(
			"org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
		)))},
		{"JSON files", always(made("ddl_json", dialect.StoredAs("JSONFILE")))},
		{"Spark's sources", always(made("ddl_using", dialect.Using("parquet", map[string]string{"compression": "gzip"}), schema.Comment("c")))},
		{"like", always(ddl.CreateTable(tbl("ddl_like", dialect.StoredAs("orc"), dialect.TblProperties(map[string]string{"a": "b"}))).Like(small))},
		{"like: what it cannot say", always(ddl.CreateTable(tbl("ddl_like2", schema.Comment("c"), dialect.PartitionedBy("s"), dialect.ClusteredBy("id").Into(2))).Like(small))},
		{"like: Spark's sources", always(ddl.CreateTable(tbl("ddl_like3", dialect.Using("parquet", nil))).Like(small))},
		{"like: drop that of Spark", always(ddl.DropTable(tbl("ddl_like3")).IfExists())},
		{"like: drop", always(ddl.DropTable(tbl("ddl_like")))},
		{"C-91 as select", always(ddl.CreateTable(tbl("ddl_as", schema.Comment("c"), dialect.StoredAs("orc"))).
			As(expr.Select(ordinary.C("s"), ordinary.C("id")).Where(ordinary.C("s").Eq(`it's ${x}`))))},
		{"C-91 as select: drop", always(ddl.DropTable(tbl("ddl_as")))},
		{"C-91 as select with a common table", always(ddl.CreateTable(tbl("ddl_as2")).As(expr.Select(expr.Select(ordinary.C("s")).CTE("c"))))},
		{"C-91 as select with a common table: drop", always(ddl.DropTable(tbl("ddl_as2")))},
		{"C-91 as select with columns", always(made("ddl_as3").As(expr.Select(ordinary.C("s"))))},
		{"C-91 partitioned as select", always(ddl.CreateTable(tbl("ddl_as4", dialect.PartitionedBy("s"), dialect.StoredAs("orc"))).
			As(expr.Select(ordinary.C("id"), ordinary.C("s"))))},
		{"C-91 partitioned as select: drop", always(ddl.DropTable(tbl("ddl_as4")).IfExists())},
		{"C-91 external as select", func(home string) expr.Node {
			return ddl.CreateTable(tbl("ddl_as5", dialect.External(), dialect.Location(home+"/as"))).As(expr.Select(ordinary.C("id")))
		}},
		{"C-91 external as select: drop", always(ddl.DropTable(tbl("ddl_as5")).IfExists())},
		{"C-91 bucketed as select", always(ddl.CreateTable(tbl("ddl_as6", dialect.ClusteredBy("id").Into(2))).As(expr.Select(ordinary.C("id"))))},
	}
}

func columnCases() []definition {
	created := func(name string, items ...schema.Item) func(string) expr.Node {
		return always(ddl.CreateTable(tbl(name, items...)))
	}
	dropped := func(name string) func(string) expr.Node { return always(ddl.DropTable(tbl(name)).IfExists()) }
	md := schema.NewMetaData()
	parent := schema.NewTable(md, "ddl_parent", schema.Col("id", schema.BigInt, key), schema.PrimaryKey{Name: "ddl_pk", Columns: []string{"id"}, Rely: true})
	child := schema.NewTable(
		md, "ddl_child", schema.Col("id", schema.BigInt, key), schema.Col("p", schema.BigInt, schema.References("ddl_parent.id")),
		schema.Col("u", schema.String), schema.ForeignKey{Name: "ddl_fk", Columns: []string{"p"}, RefTable: "ddl_parent", UseAlter: true},
	)
	constrained := tbl("ddl_constrained",
		schema.Col("a", schema.Integer, schema.NotNull, schema.Comment("c")),
		schema.Col("b", schema.String, schema.Unique{}),
		schema.Check{Name: "ddl_ck", Condition: "a > 0"}, schema.Check{Condition: "b <> ''", NotEnforced: true, Rely: true})
	unique := tbl("ddl_constrained", schema.Col("b", schema.String), schema.Unique{Name: "ddl_uq", Columns: []string{"b"}}).Constraints()[0]
	over := tbl("ddl_over", schema.Col("a", schema.Integer), schema.Col("s", schema.String))
	condition := expr.Or(expr.T(over).C("a").Gt(3), expr.Of[expr.String](expr.T(over).C("s")).Like("x%"))
	return []definition{
		{"C-84 types", created(
			"ddl_types",
			schema.Col("vc", schema.VarChar(10)), schema.Col("ch", schema.Char(3)), schema.Col("de", schema.Numeric(10, 2)), schema.Col("da", schema.Date),
			schema.Col("f", schema.Float), schema.Col("d", schema.Double), schema.Col("i8", schema.TinyInt), schema.Col("i16", schema.SmallInt),
			schema.Col("i32", schema.Integer), schema.Col("i64", schema.BigInt), schema.Col("b", schema.Boolean), schema.Col("ts", schema.Timestamp),
			schema.Col("bin", schema.Binary), schema.Col("s", schema.String),
			schema.Col("n", schema.Array(schema.Map(schema.String, schema.Struct(schema.Field{Name: "x", Type: schema.Integer})))),
		)},
		{"C-84 describe", always(dialect.Describe(tbl("ddl_types")))},
		{"C-84 drop", dropped("ddl_types")},
		{"C-85 varchar without a length", created("ddl_bad", schema.Col("a", schema.VarChar(0)))},
		{"C-23 a dot in a column's name", created("ddl_dots", schema.Col("a.b", schema.Integer))},
		{"C-23 a colon in a column's name", created("ddl_dots2", schema.Col("a:b", schema.Integer))},
		{"C-22 names", created("ddl_names", schema.Col("a`b", schema.Integer), schema.Col("測試", schema.Integer), schema.Col("select", schema.Integer))},
		{"C-22 names: drop", dropped("ddl_names")},
		{"C-83 primary key", always(ddl.CreateTable(parent))},
		{"C-83 foreign key", always(ddl.CreateTable(child))},
		{"C-83 add a foreign key", always(ddl.AddConstraint(child.Constraints()[2]))},
		{"C-83 drop a foreign key", always(ddl.DropConstraint(child.Constraints()[2]))},
		{"C-83 add without a name", always(ddl.AddConstraint(child.Constraints()[1]))},
		{"C-83 drop the child", dropped("ddl_child")},
		{"C-83 drop the parent", dropped("ddl_parent")},
		{"C-83 not null, unique, check", always(ddl.CreateTable(constrained))},
		{"C-83 drop not null, unique, check", dropped("ddl_constrained")},
		{"C-83 not null", created("ddl_constrained", schema.Col("a", schema.Integer, schema.NotNull), schema.Col("b", schema.String))},
		{"C-83 add unique", always(ddl.AddConstraint(unique))},
		{"C-83 drop not null", dropped("ddl_constrained")},
		{"C-83 a check as an expression", always(ddl.CreateTable(tbl(
			"ddl_over", schema.Col("a", schema.Integer), schema.Col("s", schema.String), schema.Check{Condition: condition},
		)))},
		{"C-83 default", created(
			"ddl_defaults",
			schema.Col("a", schema.Integer, schema.ServerDefault(3), schema.Comment("c")), schema.Col("b", schema.BigInt, schema.ServerDefault(3)),
			schema.Col("c", schema.String, schema.ServerDefault("it's")), schema.Col("d", schema.Numeric(10, 2), schema.ServerDefault(schema.Decimal("1.50"))),
			schema.Col("e", schema.Double, schema.ServerDefault(1.5)), schema.Col("f", schema.Date, schema.ServerDefault(schema.CivilDate{Year: 2020, Month: 1, Day: 2})),
			schema.Col("g", schema.VarChar(5), schema.ServerDefault("x")), schema.Col("h", schema.Boolean, schema.ServerDefault(true)),
			schema.Col("i", schema.Timestamp, schema.ServerDefault(schema.SQL("current_timestamp()"))), schema.Col("j", schema.Float, schema.ServerDefault(float32(1.5))),
			schema.Col("k", schema.SmallInt, schema.ServerDefault(7)),
		)},
		{"C-83 drop defaults", dropped("ddl_defaults")},
		{"C-83 not null and default", created("ddl_both", schema.Col("a", schema.Integer, schema.NotNull, schema.ServerDefault(1)))},
		{"C-83 drop not null and default", dropped("ddl_both")},
		{"C-83 not null on an external table", func(home string) expr.Node {
			return ddl.CreateTable(tbl("ddl_ext", dialect.External(), dialect.Location(home+"/ext"), schema.Col("a", schema.Integer, schema.NotNull)))
		}},
		{"C-83 drop the external table", dropped("ddl_ext")},
		{"C-83 default on an external table", created("ddl_ext2", dialect.External(), dialect.Location("/x"), schema.Col("a", schema.Integer, schema.ServerDefault(1)))},
		{"C-83 not null on a partition column", created("ddl_part", schema.Col("a", schema.Integer), schema.Col("p", schema.String, schema.NotNull), dialect.PartitionedBy("p"))},
		{"C-83 drop not null on a partition column", dropped("ddl_part")},
		{"M5 on delete", func(string) expr.Node {
			md := schema.NewMetaData()
			schema.NewTable(md, "p", schema.Col("id", schema.Integer, key))
			return ddl.CreateTable(schema.NewTable(md, "c", schema.Col("p", schema.Integer, schema.ForeignKey{RefTable: "p", OnDelete: schema.Cascade})))
		}},
		{"M6 index", always(ddl.CreateIndex(tbl("t", schema.Col("a", schema.Integer, schema.Index{Name: "ix"})).Indexes()[0]))},
		{"M7 computed", created("t", schema.Col("a", schema.Integer, schema.Computed{Expr: "1"}))},
		{"M7 identity", created("t", schema.Col("a", schema.Integer, schema.Identity{}))},
		{"M7 autoincrement", created("t", schema.Col("a", schema.Integer, schema.AutoIncrement))},
		{"C-87 only partition columns", created("t", schema.Col("p", schema.String), dialect.PartitionedBy("p"))},
		{"C-87 a partition column that is not there", created("t", schema.Col("p", schema.String), dialect.PartitionedBy("q"))},
	}
}

func TestDDLErrorsAreUnsupported(t *testing.T) {
	_, err := sqlOf(dialect.New(dialect.Hive40), ddl.DropIndex(&schema.Index{}))
	if !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("got %v, want an ErrUnsupported", err)
	}
}
