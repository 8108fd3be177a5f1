package dialect_test

import (
	"fmt"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// show prints what the newest Hive is sent.
func show(n expr.Node) { showFor(dialect.Hive40, n) }

func showFor(v dialect.Version, n expr.Node) {
	st, err := compile.Compile(dialect.New(v), n)
	if err != nil {
		fmt.Println(err)
		return
	}
	query, err := st.SQL()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(query)
}

var Posts = expr.Declare(nyc, "posts", struct {
	expr.Table
	ID   expr.Int
	Tags expr.Array[expr.String]         `type:"array<string>"`
	Seen expr.Map[expr.String, expr.Int] `type:"map<string,bigint>"`
	Home expr.Struct                     `type:"struct<city:string,zip:string>"`
}{})

func ExampleLateralView() {
	tag := dialect.Explode(Posts.Tags, "e", "tag")
	show(dialect.LateralView(expr.Select(Posts.ID, tag.C("tag")), tag))

	seen := dialect.ExplodeMap(Posts.Seen, "s", "who", "times")
	show(dialect.LateralViewOuter(expr.Select(Posts.ID, seen.C("who")).Where(expr.Col[expr.Int](seen, "times").Gt(1)), seen))
	// Output:
	// SELECT posts.id, e.tag FROM posts LATERAL VIEW explode(posts.tags) e AS tag
	// SELECT posts.id, s.who FROM posts LATERAL VIEW OUTER explode(posts.seen) s AS who, times WHERE s.times > 1
}

func ExampleUDTF() {
	pair := dialect.UDTF("stack", "s", []string{"k", "v"}, expr.Lit[expr.Int](2),
		expr.Lit[expr.String]("a"), expr.Lit[expr.Int](1), expr.Lit[expr.String]("b"), expr.Lit[expr.Int](2))
	show(dialect.LateralView(expr.Select(Posts.ID, pair.C("k"), pair.C("v")), pair))
	// Output:
	// SELECT posts.id, s.k, s.v FROM posts LATERAL VIEW stack(2, 'a', 1, 'b', 2) s AS k, v
}

func ExampleArrayOf() {
	show(expr.Select(
		dialect.ArrayOf(Flights.Origin, Flights.Dest).As("ends"),
		dialect.MapOf(dialect.Entry[expr.String, expr.Int]{Key: Flights.Carrier, Value: Flights.Month}).As("m"),
		dialect.NamedStruct(Flights.Origin.As("from"), Flights.Dest.As("to")).As("trip")))
	show(expr.Select(Posts.Tags.At(0), Posts.Seen.Key(expr.Lit[expr.String]("ann")), Posts.Home.Field("city")))
	// Output:
	// SELECT array(flights.origin, flights.dest) AS ends, map(flights.carrier, flights.month) AS m, named_struct('from', flights.origin, 'to', flights.dest) AS trip FROM flights
	// SELECT posts.tags[0], posts.seen['ann'], posts.home.city FROM posts
}

func ExampleDistributeBy() {
	q := expr.Select(Flights.Carrier, Flights.DepDelay)
	show(q.With(dialect.DistributeBy(Flights.Carrier), dialect.SortBy(Flights.DepDelay.Desc())))
	show(q.With(dialect.ClusterBy(Flights.Carrier)))
	// Output:
	// SELECT flights.carrier, flights.dep_delay FROM flights DISTRIBUTE BY flights.carrier SORT BY flights.dep_delay DESC
	// SELECT flights.carrier, flights.dep_delay FROM flights CLUSTER BY flights.carrier
}

func ExampleSample() {
	some := dialect.Sample(Flights, dialect.Percent(10), "some")
	show(expr.Select(fn.Count()).From(some))
	// Output:
	// SELECT count(*) FROM flights TABLESAMPLE(10 PERCENT) AS `some`
}

func ExampleMapJoin() {
	show(expr.Select(Flights.Dest, Airlines.Name).From(Flights).Join(Airlines).Hint(dialect.MapJoin("airlines")))
	// Output:
	// SELECT /*+ MAPJOIN(airlines) */ flights.dest, airlines.name FROM flights JOIN airlines ON flights.carrier = airlines.carrier
}

func ExampleGroupingID() {
	show(expr.Select(Flights.Carrier, Flights.Month, fn.Count().As("n"), dialect.GroupingID().As("lacks")).
		GroupBy(Flights.Carrier, Flights.Month).
		GroupingSets(expr.Set(Flights.Carrier, Flights.Month), expr.Set(Flights.Carrier), expr.Set()))
	// Output:
	// SELECT flights.carrier, flights.month, count(*) AS n, GROUPING__ID AS lacks FROM flights GROUP BY flights.carrier, flights.month GROUPING SETS ((flights.carrier, flights.month), (flights.carrier), ())
}

func ExampleTransform() {
	scored := dialect.Transform(expr.Select(Flights.Carrier, Flights.DepDelay), "python3 score.py", "scored",
		dialect.Output{Name: "carrier", Type: schema.String}, dialect.Output{Name: "score", Type: schema.Double})
	show(expr.Select(scored.C("carrier"), scored.C("score")).From(scored))
	// Output:
	// SELECT scored.carrier, scored.score FROM (SELECT TRANSFORM(flights.carrier, flights.dep_delay) USING 'python3 score.py' AS (carrier STRING, score DOUBLE) FROM flights) AS scored
}

// A version refuses what its server does not have.
func Example_versions() {
	worst := expr.Over(fn.RowNumber(), expr.PartitionBy(Flights.Carrier).OrderBy(Flights.DepDelay.Desc()))
	q := expr.Select(Flights.Carrier, Flights.Dest).Qualify(worst.Eq(1))
	showFor(dialect.Hive40, q)
	showFor(dialect.Hive31, q)
	// Output:
	// SELECT flights.carrier, flights.dest FROM flights QUALIFY row_number() OVER (PARTITION BY flights.carrier ORDER BY flights.dep_delay DESC) = 1
	// hive3.1: select: hive3.1 does not have QUALIFY; filter by the function in a query around it
}
