package bench

import (
	"context"
	"database/sql"
	"io"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	gormschema "gorm.io/gorm/schema"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// benchRows is a row of millionRows as a struct that all contestants scan into.
type benchRows struct {
	I      int64
	Big    int64
	Small  int16
	Dbl    float64
	Flag   bool
	Name   string
	City   string
	Sparse sql.NullInt64
	Price  string
	Root   float64
}

const benchRowsQuery = "select i, big, small, dbl, flag, name, city, sparse, price, root from bench_rows"

// gormDialect is what gorm wants in order to run a query that is written out.
type gormDialect struct {
	gorm.Dialector
	db *sql.DB
}

func (gormDialect) Name() string { return "text" }

func (d gormDialect) Initialize(db *gorm.DB) error {
	db.ConnPool = d.db
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{})
	return nil
}

func (gormDialect) DataTypeOf(*gormschema.Field) string                 { return "string" }
func (gormDialect) DefaultValueOf(*gormschema.Field) clause.Expression  { return clause.Expr{} }
func (gormDialect) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) { _ = w.WriteByte('?') }
func (gormDialect) QuoteTo(w clause.Writer, s string)                   { _, _ = w.WriteString("`" + s + "`") }
func (gormDialect) Explain(text string, _ ...any) string                { return text }

// batchesOf reads batches of exactly n rows, and takes each column's values into its own memory, as columnsOf does.
func batchesOf(tb testing.TB, cfg *hive.Config, w workload, n int) func() {
	s := live.Connect(tb, cfg)
	var h hand
	return func() {
		rows := live.Must(s.Query(tb.Context(), w.query, hive.Options{}))(tb)
		got := 0
		for {
			batch, err := rows.FetchMany(tb.Context(), n)
			if err == io.EOF {
				break
			}
			got += live.Must(batch, err)(tb).Len()
			for col := range batch.Columns() {
				live.Must(0, h.take(batch, col))(tb)
			}
		}
		live.Must(0, rows.Close(tb.Context()))(tb)
		w.check(tb, got)
	}
}

// scanners are the contestants that read the million rows into structs, the first of them by the toolkit.
type scanners struct {
	structs, loop, partitions, columns, batches, sqlx, bun, gorm func()
}

func (s scanners) all() []func() {
	return []func(){s.structs, s.loop, s.partitions, s.columns, s.batches, s.sqlx, s.bun, s.gorm}
}

func newScanners(b *testing.B, cfg *hive.Config, w workload) (s scanners) {
	b.Helper()
	ctx := context.Background()
	db := sql.OpenDB(live.Must(driver.NewConnector(cfg))(b))
	e := engine.OpenTarget(live.Must(skep.Target(cfg, dialect.New(dialect.Hive40)))(b), engine.Config{})
	b.Cleanup(func() {
		db.Close()
		e.Close()
	})
	orm := live.Must(gorm.Open(gormDialect{db: db}, &gorm.Config{Logger: logger.Discard}))(b)
	other := bun.NewDB(db, pgdialect.New())
	query := func() *engine.Typed[benchRows] {
		return engine.Into[benchRows](live.Must(e.Query(ctx, expr.Text(w.query)))(b))
	}
	s.structs = func() { w.check(b, len(live.Must(query().All(ctx))(b))) }
	s.loop = func() {
		n := 0
		for _, err := range query().Rows() {
			live.Must(0, err)(b)
			n++
		}
		w.check(b, n)
	}
	s.partitions = func() {
		n := 0
		for list, err := range query().Partitions(10_000) {
			live.Must(0, err)(b)
			n += len(list)
		}
		w.check(b, n)
	}
	s.sqlx = func() {
		var rows []benchRows
		live.Must(0, sqlx.NewDb(db, "hive").SelectContext(ctx, &rows, w.query))(b)
		w.check(b, len(rows))
	}
	s.bun = func() {
		var rows []benchRows
		live.Must(0, other.NewRaw(w.query).Scan(ctx, &rows))(b)
		w.check(b, len(rows))
	}
	s.gorm = func() {
		var rows []benchRows
		live.Must(0, orm.Raw(w.query).Scan(&rows).Error)(b)
		w.check(b, len(rows))
	}
	s.columns, s.batches = columnsOf(b, cfg, w), batchesOf(b, cfg, w, 10_000)
	return s
}

var scannerPeers = []string{"sqlx 1.4.0", "bun 1.2.15", "gorm 1.30.0"}

// BenchmarkStructs scans the million rows into structs as a real server gives them, which is what most of the time goes to.
func BenchmarkStructs(b *testing.B) {
	srv := benchServer(b)
	w := millionRows(b, srv)
	w.query = benchRowsQuery
	served := newScanners(b, live.Config(b, srv), w)
	for b.Loop() {
		took := inTurns(b, fewPairs, served.all()...)
		for i, peer := range scannerPeers {
			figures.Record(b, versus("1M x 10, structs", peer, took[0], took[5+i], figures.Goal{}))
		}
		figures.Record(b, versus("1M x 10, structs", "columns", took[0], took[3], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, structs one by one", "columns", took[1], took[3], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, Partitions(10000)", "FetchMany(10000)", took[2], took[4], figures.RatioAtMost(1.05)))
		figures.Record(b, versus("1M x 10, Partitions(10000)", "columns", took[2], took[3], figures.Goal{}))
		figures.Record(b, figures.Figure{
			Name: "1M x 10, structs, allocations", Value: allocations(served.structs) / 1e6, Unit: "1/row", Goal: figures.AtMost(0.1),
		})
	}
}

// BenchmarkStructsReplayed scans them from a replay of the server's answers, where the time is the clients' own.
func BenchmarkStructsReplayed(b *testing.B) {
	srv := benchServer(b)
	w := millionRows(b, srv)
	w.query = benchRowsQuery
	at, rewind := replay(b, live.Config(b, srv), w)
	replayed := newScanners(b, at, w).all()
	for i, run := range replayed {
		replayed[i] = func() { rewind(); run() }
	}
	for b.Loop() {
		took := inTurns(b, fewPairs, replayed...)
		for i, peer := range scannerPeers {
			figures.Record(b, versus("1M x 10 replayed, structs", peer, took[0], took[5+i], figures.RatioAtMost(0.5)))
			figures.Record(b, versus("1M x 10 replayed, structs one by one", peer, took[1], took[5+i], figures.RatioAtMost(0.5)))
		}
	}
}
