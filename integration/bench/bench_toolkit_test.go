package bench

import (
	"database/sql"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"
	"github.com/doug-martin/goqu/v9"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/peers"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// statementMD has the tables of the SELECT that all builders build.
var statementMD = schema.NewMetaData()

var benchAirlines = expr.Declare(statementMD, "airlines", struct {
	expr.Table
	Carrier expr.String `type:"varchar(2)" col:",pk"`
	Name    expr.String
}{})

var benchFlights = expr.Declare(statementMD, "flights", struct {
	expr.Table
	Month    expr.Int
	Carrier  expr.String `type:"varchar(2)" references:"airlines.carrier"`
	Origin   expr.String
	Dest     expr.String
	DepDelay expr.Float
}{})

// statement is a SELECT of ten clauses.
func statement() expr.SelectStmt {
	f := benchFlights
	return expr.Select(f.Carrier, fn.Count().As("n"), fn.Avg(f.DepDelay).As("delay")).
		Join(benchAirlines).
		Where(f.Month.Between(6, 8), expr.Or(f.Origin.In("JFK", "LGA"), f.Dest.IsNull())).
		GroupBy(f.Carrier).Having(fn.Count().Gt(1000)).OrderBy(expr.Desc("delay")).Limit(10)
}

func goquStatement() (string, error) {
	text, _, err := goqu.Dialect("default").From("flights").
		Select(goqu.I("flights.carrier"), goqu.COUNT(goqu.Star()).As("n"), goqu.AVG("flights.dep_delay").As("delay")).
		Join(goqu.T("airlines"), goqu.On(goqu.I("flights.carrier").Eq(goqu.I("airlines.carrier")))).
		Where(goqu.I("flights.month").Between(goqu.Range(6, 8)),
			goqu.Or(goqu.I("flights.origin").In("JFK", "LGA"), goqu.I("flights.dest").IsNull())).
		GroupBy(goqu.I("flights.carrier")).Having(goqu.COUNT(goqu.Star()).Gt(1000)).
		Order(goqu.I("delay").Desc()).Limit(10).ToSQL()
	return text, err
}

func squirrelStatement() (string, error) {
	text, _, err := squirrel.Select("flights.carrier", "count(*) AS n", "avg(flights.dep_delay) AS delay").From("flights").
		Join("airlines ON flights.carrier = airlines.carrier").
		Where(squirrel.And{
			squirrel.Expr("flights.month BETWEEN ? AND ?", 6, 8),
			squirrel.Or{squirrel.Eq{"flights.origin": []string{"JFK", "LGA"}}, squirrel.Eq{"flights.dest": nil}},
		}).
		GroupBy("flights.carrier").Having("count(*) > ?", 1000).OrderBy("delay DESC").Limit(10).ToSql()
	return text, err
}

func bunStatement(db *bun.DB) func() (string, error) {
	return func() (string, error) {
		text, err := db.NewSelect().TableExpr("flights").
			ColumnExpr("flights.carrier").ColumnExpr("count(*) AS n").ColumnExpr("avg(flights.dep_delay) AS delay").
			Join("JOIN airlines ON flights.carrier = airlines.carrier").
			Where("flights.month BETWEEN ? AND ?", 6, 8).
			WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
				return q.Where("flights.origin IN (?)", bun.In([]string{"JFK", "LGA"})).WhereOr("flights.dest IS NULL")
			}).
			GroupExpr("flights.carrier").Having("count(*) > ?", 1000).OrderExpr("delay DESC").Limit(10).
			AppendQuery(db.Formatter(), nil)
		return string(text), err
	}
}

// bunQuoted is the same with names that are quoted, as the toolkit and goqu do.
func bunQuoted(db *bun.DB) func() (string, error) {
	return func() (string, error) {
		text, err := db.NewSelect().TableExpr("?", bun.Ident("flights")).
			ColumnExpr("?", bun.Ident("flights.carrier")).ColumnExpr("count(*) AS ?", bun.Ident("n")).
			ColumnExpr("avg(?) AS ?", bun.Ident("flights.dep_delay"), bun.Ident("delay")).
			Join("JOIN ? ON ? = ?", bun.Ident("airlines"), bun.Ident("flights.carrier"), bun.Ident("airlines.carrier")).
			Where("? BETWEEN ? AND ?", bun.Ident("flights.month"), 6, 8).
			WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
				return q.Where("? IN (?)", bun.Ident("flights.origin"), bun.In([]string{"JFK", "LGA"})).
					WhereOr("? IS NULL", bun.Ident("flights.dest"))
			}).
			GroupExpr("?", bun.Ident("flights.carrier")).Having("count(*) > ?", 1000).OrderExpr("? DESC", bun.Ident("delay")).Limit(10).
			AppendQuery(db.Formatter(), nil)
		return string(text), err
	}
}

const (
	statementsAtOnce = 2000
	statementRounds  = 9
)

// many runs a statement many times.
func many(b *testing.B, build func() (string, error)) func() {
	return func() {
		for range statementsAtOnce {
			if _, err := build(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkToolkit compiles one SELECT by the toolkit and by other builders: built and compiled each time, built each
// time and found in the cache, and built once. SQLAlchemy measures itself, in a process of its own.
func BenchmarkToolkit(b *testing.B) {
	d := dialect.New(dialect.Hive40)
	cache, once := compile.NewCache(d, 0), statement()
	text := func(st *compile.Statement, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return st.SQL()
	}
	ours := []func(){
		many(b, func() (string, error) { q := statement(); return text(compile.Compile(d, &q)) }),
		many(b, func() (string, error) { q := statement(); return text(cache.Compile(&q)) }),
		many(b, func() (string, error) { return text(cache.Compile(&once)) }),
	}
	db := bun.NewDB(new(sql.DB), pgdialect.New())
	names := []string{"goqu 9.19.0", "squirrel 1.5.4", "bun 1.2.15, names quoted", "bun 1.2.15, names as text"}
	others := []func(){many(b, goquStatement), many(b, squirrelStatement), many(b, bunQuoted(db)), many(b, bunStatement(db))}
	sqlalchemy := func(mode string) time.Duration {
		return runPeer(b, []string{peers.Python(b, "peer"), peers.File("statement.py"), mode, strconv.Itoa(peerTimes + 1)})
	}
	for b.Loop() {
		run := append(ours, others...)
		took := inTurns(b, statementRounds, run...)
		micros := func(i int) float64 { return float64(median(took[i])) / statementsAtOnce / float64(time.Microsecond) }
		cold, rebuilt, again := micros(0), micros(1), micros(2)
		record := func(name string, value float64, unit, against string, other float64, goal figures.Goal) {
			figures.Record(b, figures.Figure{Name: "statement, " + name, Value: value, Unit: unit, Against: against, AgainstValue: other, Goal: goal})
		}
		record("built once", again, "µs", "", 0, figures.AtMost(1))
		record("built anew, cached", rebuilt, "µs", "cold", cold, figures.RatioAtMost(1.0/3))
		for i, name := range names {
			record("cold", cold, "µs", name, micros(3+i), figures.RatioAtMost(1))
			record("cold, allocations", statementAllocations(ours[0]), "per statement", name, statementAllocations(others[i]), figures.RatioAtMost(1))
		}
		record("built once", again, "µs", "SQLAlchemy 1.4.54, cached", micro(sqlalchemy("once")), figures.RatioAtMost(1.0/50))
		record("built anew, cached", rebuilt, "µs", "SQLAlchemy 1.4.54, cached", micro(sqlalchemy("anew")), figures.RatioAtMost(1.0/50))
	}
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// statementAllocations is how many a statement takes.
func statementAllocations(run func()) float64 {
	var before, after runtime.MemStats
	run()
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / statementsAtOnce
}
