package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// The tables of testdata/dml.setup.sql.
var (
	dmlTables = schema.NewMetaData()

	Sales = expr.Declare(dmlTables, "sales", struct {
		expr.Table
		A       expr.Int `type:"int"`
		B       expr.String
		Dt      expr.String
		Country expr.String
	}{}, dialect.PartitionedBy("dt", "country"))

	Acid = expr.Declare(dmlTables, "acid", struct {
		expr.Table
		ID expr.Int `col:"id" type:"int"`
		A  expr.Int `type:"int"`
		S  expr.String
		Ok expr.Bool
		Dt expr.String
	}{}, dialect.PartitionedBy("dt"), dialect.ClusteredBy("id").Into(2), dialect.StoredAs("ORC"), dialect.Transactional())

	Feed = expr.Declare(dmlTables, "feed", struct {
		expr.Table
		ID   expr.Int `col:"id" type:"int"`
		A    expr.Int `type:"int"`
		S    expr.String
		Gone expr.Bool
	}{})

	Files = expr.Declare(dmlTables, "files", struct {
		expr.Table
		ID expr.Int `col:"id" type:"int"`
		S  expr.String
	}{}, dialect.External(), dialect.StoredAs("ORC"))

	Log = expr.Declare(dmlTables, "log", struct {
		expr.Table
		ID expr.Int `col:"id" type:"int"`
	}{}, dialect.Transactional().InsertOnly())

	Scalars = expr.Declare(dmlTables, "scalars", struct {
		expr.Table
		I   expr.Int `type:"int"`
		N   expr.Int
		S   expr.String
		X   expr.Float
		D   expr.Decimal `type:"decimal(10,2)"`
		Day expr.Date
		Raw expr.Bytes
	}{})

	Bags = expr.Declare(dmlTables, "bags", struct {
		expr.Table
		I     expr.Int                        `type:"int"`
		Tags  expr.Array[expr.String]         `type:"array<varchar(3)>"`
		Props expr.Map[expr.String, expr.Int] `type:"map<string,bigint>"`
		Point expr.Struct                     `type:"struct<x:int,y:string>"`
	}{})

	Reserved = expr.Declare(dmlTables, "my (t) x", struct {
		expr.Table
		A expr.Int    `type:"int" col:"select"`
		B expr.String `col:"b"`
	}{})
)

func TestDML(t *testing.T) {
	f := golden.New(t, "testdata/dml.golden")
	q := expr.Select(Feed.A, Feed.S, Feed.S.As("dt"), expr.Lit[expr.String]("de").As("country")).Where(Feed.ID.Gt(0))
	plain := expr.Select(Feed.A, Feed.S)
	hives := dialects[:3]
	cases := map[compile.Dialect][]goldenCase{}
	join := expr.Eq(Acid.ID, Feed.ID)
	for _, tc := range []struct {
		name string
		node expr.Node
		for_ []compile.Dialect
	}{
		{name: "C-70 insert of other columns than the first", node: expr.Insert(T).Columns(T.B, T.A).FromSelect(expr.Select(Feed.S, Feed.A))},
		{name: "C-72 overwrite with some columns, in another order", node: dialect.Overwrite(expr.Insert(Scalars).Columns(Scalars.S, Scalars.I).FromSelect(expr.Select(Feed.S, Feed.A)))},
		{name: "C-72 overwrite with a union", node: dialect.Overwrite(expr.Insert(T).Columns(T.B, T.A).FromSelect(expr.UnionAll(expr.Select(Feed.S, Feed.A), expr.Select(Feed.S, Feed.ID))))},
		{name: "C-72 overwrite with rows", node: dialect.Overwrite(expr.Insert(T).Set(T.B.To("x"), T.A.To(1)))},
		{name: "C-73 dynamic partitions given first", node: expr.Insert(Sales).Columns(Sales.Country, Sales.Dt, Sales.B, Sales.A).
			FromSelect(expr.Select(Feed.S, Feed.S, Feed.S, Feed.A))},
		{name: "C-73 overwrite of dynamic partitions", node: dialect.Overwrite(expr.Insert(Sales).FromSelect(q))},
		{name: "C-73 rows tell their partitions", node: expr.Insert(Sales).Set(Sales.Dt.To("d"), Sales.A.To(1), Sales.Country.To("de")).Set(Sales.Dt.To("e"), Sales.A.To(2), Sales.Country.To("fr"))},
		{name: "C-73 static and dynamic partitions", node: dialect.Overwrite(expr.Insert(Sales).Columns(Sales.Country, Sales.A, Sales.B).
			FromSelect(expr.Select(Feed.S, Feed.A, Feed.S))).Partition(Sales.Dt.To("2020-01-01"))},
		{name: "C-73 a dynamic partition above a static one", node: dialect.Overwrite(expr.Insert(Sales).Columns(Sales.Dt, Sales.A, Sales.B).
			FromSelect(expr.Select(Feed.S, Feed.A, Feed.S))).Partition(Sales.Country.To("de"))},
		{name: "C-73 no value for a partition", node: expr.Insert(Sales).Columns(Sales.A, Sales.Dt).Values(1, "x")},
		{name: "C-73 a table that does not say its partitions", node: dialect.Insert(expr.Insert(expr.Name("sales")).FromSelect(q.Only(Feed.A, Feed.S, Feed.S))).
			Partition(expr.Col[expr.String](expr.Name("sales"), "dt").To("x")).Dynamic(expr.Name("sales").C("country"))},
		{name: "C-74 a static partition that the row repeats", node: dialect.Insert(expr.Insert(Sales).Set(Sales.A.To(1), Sales.Dt.To("x"), Sales.Country.To("de"))).
			Partition(Sales.Dt.To("x"), Sales.Country.To("de"))},
		{name: "C-74 a static partition that the row contradicts", node: dialect.Insert(expr.Insert(Sales).Set(Sales.A.To(1), Sales.Dt.To("x"))).
			Partition(Sales.Dt.To("y"), Sales.Country.To("de"))},
		{name: "C-74 a static partition that the query gives too", node: dialect.Insert(expr.Insert(Sales).FromSelect(q)).Partition(Sales.Dt.To("y"), Sales.Country.To("de"))},
		{name: "C-75 partition values with quotes", node: dialect.Overwrite(expr.Insert(Sales).Columns(Sales.A, Sales.B).FromSelect(plain)).
			Partition(Sales.Country.To(`${env:PATH}\`), Sales.Dt.To("O'Brien/2020 01")).IfNotExists()},
		{name: "C-75 if not exists without a partition", node: dialect.Overwrite(expr.Insert(T).FromSelect(plain)).IfNotExists()},
		{name: "C-76 rows", node: expr.Insert(T).Columns(T.A, T.B).Values(1, "x").Values(2, nil)},
		{name: "C-76 rows of scalars", node: expr.Insert(Scalars).
			Values(1, int64(-1<<63), "it's\n\x01\\", 1e-7, schema.Decimal("1.50"), schema.CivilDate{Year: 2020, Month: 1, Day: 2}, nil).
			Values(2, 5, nil, nil, schema.Decimal("-22.25"), nil, []byte{0, 255})},
		{name: "C-76 some columns", node: expr.Insert(Scalars).Set(Scalars.N.To(1), Scalars.X.To(0.5))},
		{name: "C-77 insert the one row of a query", node: expr.Insert(T).Columns(T.A).FromSelect(expr.Select(expr.Lit[expr.Int](1).As("a")))},
		{name: "C-78 insert nothing", node: expr.Insert(T)},
		{name: "C-78 insert defaults", node: expr.Insert(T).DefaultValues()},
		{name: "C-16 nested values", node: expr.Insert(Bags).
			Set(Bags.I.To(1), Bags.Tags.To([]string{"a", "it's"}), Bags.Props.To(map[string]int64{"k": 1, "a": 2}), Bags.Point.To(struct {
				X int
				Y string
			}{1, "z"})).
			Set(Bags.I.To(2), Bags.Tags.ToNull(), Bags.Props.ToNull(), Bags.Point.To(map[string]any{"x": 3}))},
		{name: "C-16 no nested value", node: expr.Insert(Bags).Set(Bags.I.To(1))},
		{name: "C-16 an empty array", node: expr.Insert(Bags).Set(Bags.Tags.To([]string{}))},
		{name: "C-41 a common table before the INSERT", node: expr.Insert(T).FromSelect(expr.Select(plain.CTE("x")))},
		{name: "C-61 several inserts of one source", node: dialect.FromInserts(Feed,
			dialect.Overwrite(expr.Insert(Sales).Columns(Sales.A, Sales.B).FromSelect(plain.Where(Feed.A.Gt(1)))).Partition(Sales.Dt.To("x"), Sales.Country.To("de")),
			dialect.Insert(expr.Insert(T).Columns(T.B, T.A).FromSelect(expr.Select(Feed.S, fn.Count()).From(Feed).GroupBy(Feed.S))),
			dialect.OverwriteDirectory("/tmp/skep/it's", plain))},
		{name: "C-61 an insert of another source", node: dialect.FromInserts(Feed, dialect.Insert(expr.Insert(T).FromSelect(expr.Select(U.A, U.C))))},
		{name: "C-61 an insert of all of another source", node: dialect.FromInserts(Feed, dialect.Insert(expr.Insert(T).FromSelect(expr.Select(expr.Name("u")))))},
		{name: "D-4 a query as a value", node: expr.Insert(T).Values(expr.Scalar[expr.Int](expr.Select(fn.Max(Feed.A))), "x"), for_: hives},
		{name: "D-5 returning", node: expr.Insert(T).Values(1, "x").Returning(T.A)},
		{name: "overwrite a directory", node: dialect.OverwriteDirectory("/tmp/skep/out", plain).Local().FieldsTerminatedBy("\t").StoredAs("TEXTFILE")},
		{name: "C-80 a query in SET", node: expr.Update(Acid).Set(expr.To(Acid.A, expr.Scalar[expr.Int](expr.Select(fn.Max(Feed.A))))), for_: hives},
		{name: "C-80 update of an external table", node: expr.Update(Files).Set(Files.S.To("x")), for_: hives},
		{name: "C-80 delete from an external table", node: expr.Delete(Files).Where(Files.ID.Eq(1)), for_: hives},
		{name: "C-80 merge into an external table", node: expr.Merge(Files, Feed, expr.Eq(Files.ID, Feed.ID)).WhenMatched().Delete(), for_: hives},
		{name: "C-80 delete from an insert-only table", node: expr.Delete(Log).Where(Log.ID.Eq(1)), for_: hives},
		{name: "C-82 two updates", node: expr.Merge(Acid, Feed, join).WhenMatched(Feed.A.Gt(1)).Update(Acid.A.To(1)).WhenMatched().Update(Acid.A.To(2)), for_: hives},
		{name: "C-82 not matched first", node: expr.Merge(Acid, Feed, join).WhenNotMatched().Insert(Acid.ID.To(1), Acid.Dt.To("x")).WhenMatched().Delete(), for_: hives},
		{name: "C-82 no condition on the first", node: expr.Merge(Acid, Feed, join).WhenMatched().Delete().WhenMatched().Update(Acid.A.To(2)), for_: hives},
		{name: "C-82 update of a bucket", node: expr.Merge(Acid, Feed, join).WhenMatched().Update(Acid.ID.To(2)), for_: hives},
		{name: "C-18 text with marks in strings", node: expr.Text(`SELECT ':x', "it\":x", '%(x)s', '?', a AS `+"`:x`"+` FROM t /* :x */ WHERE b = :x -- :x`, expr.P("x", `:y ? %s ' \`))},
		{name: "C-19 text with names that begin alike", node: expr.Text("SELECT :f AS a, :fo AS b, :foo AS c", expr.P("f", 1), expr.P("fo", 2), expr.P("foo", 3))},
		{name: "C-19 text with a string that an escape keeps open", node: expr.Text(`SELECT 'it\' :f', :f`, expr.P("f", 1))},
		{name: "C-19 text with a name too many", node: expr.Text("SELECT ':f'", expr.P("f", 1))},
		{name: "C-17 text with lists", node: expr.Text("SELECT a FROM t WHERE a IN :n OR b IN (:s)", expr.P("n", []int{1, 2, 3}), expr.P("s", []string{"blah"}))},
	} {
		if tc.for_ == nil {
			tc.for_ = dialects
		}
		for _, d := range tc.for_ {
			text, err := sqlOf(d, tc.node)
			f.Add(tc.name, d.Name(), text, err)
			cases[d] = append(cases[d], goldenCase{tc.name, tc.node})
			checkReads(t, tc.name, text, tc.node)
		}
	}
	for d, list := range cases {
		compileCached(t, d, list)
	}
}

func TestInsertSettings(t *testing.T) {
	all := expr.Insert(Sales).Values(1, "x", "d", "de")
	static := dialect.Insert(expr.Insert(Sales).Columns(Sales.A, Sales.B, Sales.Country).Values(1, "x", "de")).Partition(Sales.Dt.To("d"))
	for _, tc := range []struct {
		version dialect.Version
		node    expr.Node
		want    string
	}{
		{dialect.Hive40, all, ""},
		{dialect.Hive31, all, "nonstrict"},
		{dialect.Hive23, all, "nonstrict"},
		{dialect.Spark35, all, "nonstrict"},
		{dialect.Hive23, static, ""},
	} {
		st, err := compile.Compile(dialect.New(tc.version), tc.node)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.Settings()["hive.exec.dynamic.partition.mode"]; got != tc.want {
			t.Errorf("%s: mode %q, want %q", st.Dialect().Name(), got, tc.want)
		}
	}
}

func TestStaticPartitionIsNoNull(t *testing.T) {
	st, err := compile.Compile(dialect.New(dialect.Hive40), dialect.Insert(expr.Insert(Sales).Columns(Sales.A, Sales.B, Sales.Country).
		Values(1, "x", "de")).Partition(Sales.Dt.ToNull()))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := st.SQL(); err == nil {
		t.Errorf("a partition of NULL: %s, want an error", text)
	}
}

func TestSparkDeletes(t *testing.T) {
	st, err := compile.Compile(dialect.New(dialect.Spark35), expr.Delete(Acid).Where(Acid.A.Gt(1)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := st.Template(), "DELETE FROM acid WHERE a > ?"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A column's default for programs is for rows that tell nothing, not for those whose partition is told.
func TestStaticPartitionOfColumnWithDefault(t *testing.T) {
	logs := expr.T(tbl("logs", schema.Col("a", schema.Integer), schema.Col("b", schema.Integer, schema.Default(7)),
		schema.Col("dt", schema.String, schema.Default("never")), dialect.PartitionedBy("dt")))
	dt := expr.Of[expr.String](logs.C("dt"))
	rows := func(v any) expr.InsertStmt { return expr.Insert(logs).Maps(map[string]any{"a": v}) }
	for _, tt := range []struct {
		stmt expr.Node
		want string
	}{
		{rows(1), "INSERT INTO TABLE logs PARTITION (dt) (a, b, dt) VALUES (1, 7, 'never')"},
		{dialect.Insert(rows(1)).Partition(dt.To("x")), "INSERT INTO TABLE logs PARTITION (dt = 'x') (a, b) VALUES (1, 7)"},
		{
			dialect.Insert(expr.Insert(logs).Columns(logs.C("a")).FromSelect(expr.Select(T.A))).Partition(dt.To("x")),
			"INSERT INTO TABLE logs PARTITION (dt = 'x') (a, b) SELECT t.a, 7 FROM t",
		},
		{
			dialect.Insert(expr.Insert(logs).DefaultValues()).Partition(dt.To("x")),
			"INSERT INTO TABLE logs PARTITION (dt = 'x') (b, a) VALUES (7, NULL)",
		},
	} {
		if got, err := sqlOf(dialects[0], tt.stmt); err != nil || got != tt.want {
			t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
		}
	}
}

// C-71. Servers refuse tables of such names, so that no golden file can have it.
func TestInsertIntoNameLikeSQL(t *testing.T) {
	st, err := compile.Compile(dialect.New(dialect.Hive40), expr.Insert(Reserved).Columns(Reserved.B, Reserved.A).Values("x", 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := st.Template(), "INSERT INTO TABLE `my (t) x` (b, `select`) VALUES (?, ?)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
