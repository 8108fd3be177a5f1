package dialect_test

import (
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var Daily = expr.Declare(nyc, "daily", struct {
	expr.Table
	Carrier expr.String
	Delay   expr.Float
	Year    expr.Int `type:"int"`
	Month   expr.Int `type:"int"`
}{}, dialect.PartitionedBy("year", "month"), dialect.StoredAs("orc"))

var Accounts = expr.Declare(nyc, "accounts", struct {
	expr.Table
	ID    expr.Int
	Owner expr.String
}{}, dialect.StoredAs("orc"), dialect.Transactional())

func ExampleOverwrite() {
	q := expr.Select(Flights.Carrier, Flights.DepDelay, Flights.Month)
	rows := expr.Insert(Daily).Columns(Daily.Carrier, Daily.Delay, Daily.Month).FromSelect(q)
	show(dialect.Overwrite(rows).Partition(Daily.Year.To(2013))) // and each row tells its month
	// Output:
	// INSERT OVERWRITE TABLE daily PARTITION (year = 2013, month) SELECT flights.carrier, flights.dep_delay, flights.month FROM flights
}

func ExampleInsert() {
	row := expr.Insert(Daily).Set(Daily.Carrier.To("UA"), Daily.Delay.To(12))
	show(dialect.Insert(row).Partition(Daily.Year.To(2013), Daily.Month.To(6)))
	// Output:
	// INSERT INTO TABLE daily PARTITION (year = 2013, month = 6) (carrier, delay) VALUES ('UA', 1.2E1)
}

func ExampleFromInserts() {
	early := expr.Insert(Airlines).FromSelect(expr.Select(Flights.Carrier, Flights.Dest).Where(Flights.DepDelay.Lt(0)))
	late := expr.Select(Flights.Carrier, Flights.DepDelay).Where(Flights.DepDelay.Gt(60))
	show(dialect.FromInserts(Flights, dialect.Insert(early), dialect.OverwriteDirectory("/tmp/late", late).StoredAs("ORC")))
	// Output:
	// FROM flights INSERT INTO TABLE airlines (carrier, name) SELECT flights.carrier, flights.dest WHERE flights.dep_delay < 0E0 INSERT OVERWRITE DIRECTORY '/tmp/late' STORED AS ORC SELECT flights.carrier, flights.dep_delay WHERE flights.dep_delay > 6E1
}

func ExampleTransactional() {
	show(expr.Update(Accounts).Set(Accounts.Owner.To("ann")).Where(Accounts.ID.Eq(7)))
	show(expr.Delete(Accounts).Where(Accounts.Owner.IsNull()))
	news := expr.Select(Airlines.Name.As("owner")).Subquery("news")
	owner := expr.Col[expr.String](news, "owner")
	show(expr.Merge(Accounts, news, expr.Eq(Accounts.Owner, owner)).WhenMatched().Delete().
		WhenNotMatched().Insert(Accounts.ID.To(1), expr.To(Accounts.Owner, owner)))
	// Output:
	// UPDATE accounts SET owner = 'ann' WHERE id = 7
	// DELETE FROM accounts WHERE owner IS NULL
	// MERGE INTO accounts USING (SELECT airlines.name AS owner FROM airlines) AS news ON accounts.owner = news.owner WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1, news.owner)
}

func ExamplePartitionedBy() {
	show(ddl.CreateTable(schema.NewTable(schema.NewMetaData(), "visits",
		schema.Comment("who came"),
		schema.Col("id", schema.BigInt),
		schema.Col("tags", schema.Array(schema.String), schema.Comment("in any order")),
		schema.Col("day", schema.Date),
		dialect.PartitionedBy("day"),
		dialect.ClusteredBy("id").SortedBy("-id").Into(4),
		dialect.External(),
		dialect.RowFormatDelimited{Fields: "|", Collection: ","},
		dialect.StoredAs("textfile"),
		dialect.Location("/data/visits"),
		dialect.TblProperties(map[string]string{"owner": "it's me"}))).IfNotExists())
	// Output:
	// CREATE EXTERNAL TABLE IF NOT EXISTS visits (id BIGINT, tags ARRAY<STRING> COMMENT 'in any order') COMMENT 'who came' PARTITIONED BY (day DATE) CLUSTERED BY (id) SORTED BY (id DESC) INTO 4 BUCKETS ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' COLLECTION ITEMS TERMINATED BY ',' STORED AS TEXTFILE LOCATION '/data/visits' TBLPROPERTIES ('owner' = 'it\'s me')
}

func ExamplePartitionedBySpec() {
	show(ddl.CreateTable(schema.NewTable(schema.NewMetaData(), "events",
		schema.Col("id", schema.BigInt), schema.Col("at", schema.Timestamp),
		dialect.PartitionedBySpec(dialect.ByDay("at"), dialect.ByBucket(16, "id")), dialect.StoredBy("ICEBERG", nil))))
	// Output:
	// CREATE TABLE events (id BIGINT, at TIMESTAMP) PARTITIONED BY SPEC (DAY(at), BUCKET(16, id)) STORED BY ICEBERG
}

func ExampleAlterTable() {
	daily := dialect.AlterTable(Daily.Source.Table())
	june := []dialect.PartitionValue{dialect.Part("year", 2013), dialect.Part("month", 6)}
	show(daily.AddPartition(june...).Location("/data/june").IfNotExists())
	show(daily.AddColumns(schema.Col("n", schema.BigInt)).Cascade())
	show(daily.Partition(june...).SetFileFormat(dialect.StoredAs("parquet")))
	show(daily.SetProperties(map[string]string{"comment": "by month"}))
	// Output:
	// ALTER TABLE daily ADD IF NOT EXISTS PARTITION (year = 2013, month = 6) LOCATION '/data/june'
	// ALTER TABLE daily ADD COLUMNS (n BIGINT) CASCADE
	// ALTER TABLE daily PARTITION (year = 2013, month = 6) SET FILEFORMAT PARQUET
	// ALTER TABLE daily SET TBLPROPERTIES ('comment' = 'by month')
}

func ExampleAnalyze() {
	daily := Daily.Source.Table()
	show(dialect.Analyze(daily, dialect.Part("year", 2013), dialect.AnyPart("month")).ForColumns("delay"))
	show(dialect.Msck(daily).Sync())
	show(dialect.Truncate(daily, dialect.Part("year", 2012)))
	show(dialect.Load("/data/july.orc", daily, dialect.Part("year", 2013), dialect.Part("month", 7)))
	// Output:
	// ANALYZE TABLE daily PARTITION (year = 2013, month) COMPUTE STATISTICS FOR COLUMNS delay
	// MSCK REPAIR TABLE daily SYNC PARTITIONS
	// TRUNCATE TABLE daily PARTITION (year = 2012)
	// LOAD DATA INPATH '/data/july.orc' INTO TABLE daily PARTITION (year = 2013, month = 7)
}

func ExampleCreateMaterializedView() {
	view := schema.NewTable(schema.NewMetaData(), "owners", dialect.StoredAs("orc"))
	show(dialect.CreateMaterializedView(view, expr.Select(Accounts.Owner).Distinct()))
	show(dialect.RebuildMaterializedView(view))
	// Output:
	// CREATE MATERIALIZED VIEW owners STORED AS ORC AS SELECT DISTINCT accounts.owner FROM accounts
	// ALTER MATERIALIZED VIEW owners REBUILD
}

func ExampleCreateFunction() {
	show(dialect.CreateFunction("nyc.score", "com.example.Score").Using("jar", "hdfs:///jars/score.jar"))
	show(expr.Select(expr.Call[expr.Float]("nyc.score", Flights.DepDelay)))
	// Output:
	// CREATE FUNCTION nyc.score AS 'com.example.Score' USING JAR 'hdfs:///jars/score.jar'
	// SELECT nyc.score(flights.dep_delay) FROM flights
}

func ExampleShowPartitions() {
	daily := Daily.Source.Table()
	show(dialect.ShowPartitions(daily, dialect.Part("year", 2013)))
	show(dialect.ShowCreateTable(daily))
	show(dialect.SetConf("hive.exec.parallel", "true"))
	// Output:
	// SHOW PARTITIONS daily PARTITION (year = 2013)
	// SHOW CREATE TABLE daily
	// SET hive.exec.parallel=true
}
