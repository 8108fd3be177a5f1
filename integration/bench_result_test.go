package integration

import (
	"context"
	"database/sql"
	"io"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	gormschema "gorm.io/gorm/schema"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
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
	s := connect(tb, cfg)
	var h hand
	return func() {
		rows := must(s.Query(tb.Context(), w.query, hive.Options{}))(tb)
		got := 0
		for {
			batch, err := rows.FetchMany(tb.Context(), n)
			if err == io.EOF {
				break
			}
			got += must(batch, err)(tb).Len()
			for col := range batch.Columns() {
				must(0, h.take(batch, col))(tb)
			}
		}
		must(0, rows.Close(tb.Context()))(tb)
		w.check(tb, got)
	}
}

// BenchmarkStructs scans the million rows into structs. Where the time goes to the server, what the client takes of it
// shows in its CPU time only.
func BenchmarkStructs(b *testing.B) {
	srv := benchServer(b)
	w := millionRows(b, srv)
	w.query = benchRowsQuery
	cfg, ctx := config(b, srv), context.Background()
	db := sql.OpenDB(must(driver.NewConnector(cfg))(b))
	b.Cleanup(func() { db.Close() })
	e := benchEngine(b, srv)
	orm := must(gorm.Open(gormDialect{db: db}, &gorm.Config{Logger: logger.Discard}))(b)
	other := bun.NewDB(db, pgdialect.New())

	structs := func() {
		r := must(e.Query(ctx, expr.Text(w.query)))(b)
		w.check(b, len(must(engine.All[benchRows](ctx, r))(b)))
	}
	loop := func() {
		r, n := must(e.Query(ctx, expr.Text(w.query)))(b), 0
		for _, err := range engine.Into[benchRows](r).Rows() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		w.check(b, n)
	}
	partitions := func() {
		r, n := must(e.Query(ctx, expr.Text(w.query)))(b), 0
		for list, err := range engine.Into[benchRows](r).Partitions(10_000) {
			must(0, err)(b)
			n += len(list)
		}
		w.check(b, n)
	}
	viaSQLX := func() {
		var rows []benchRows
		must(0, sqlx.NewDb(db, "hive").SelectContext(ctx, &rows, w.query))(b)
		w.check(b, len(rows))
	}
	viaBun := func() {
		var rows []benchRows
		must(0, other.NewRaw(w.query).Scan(ctx, &rows))(b)
		w.check(b, len(rows))
	}
	viaGorm := func() {
		var rows []benchRows
		must(0, orm.Raw(w.query).Scan(&rows).Error)(b)
		w.check(b, len(rows))
	}
	columns, batches := columnsOf(b, cfg, w), batchesOf(b, cfg, w, 10_000)
	run := []func(){structs, loop, partitions, columns, batches, viaSQLX, viaBun, viaGorm}
	for b.Loop() {
		took := inTurns(b, fewPairs, run...)
		cpu := measured(b, fewPairs, func(f func()) time.Duration { return cpuTime(b, f) }, run...)
		for i, name := range []string{"sqlx 1.4.0", "bun 1.2.15", "gorm 1.30.0"} {
			figures.Record(b, versus("1M x 10, structs", name, took[0], took[5+i], figures.RatioAtMost(0.5)))
			figures.Record(b, versus("1M x 10, structs, client CPU", name, cpu[0], cpu[5+i], figures.RatioAtMost(0.5)))
			figures.Record(b, versus("1M x 10, structs one by one, client CPU", name, cpu[1], cpu[5+i], figures.RatioAtMost(0.5)))
		}
		figures.Record(b, versus("1M x 10, structs", "columns", took[0], took[3], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, structs one by one", "columns", took[1], took[3], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, Partitions(10000)", "FetchMany(10000)", took[2], took[4], figures.RatioAtMost(1.05)))
		figures.Record(b, versus("1M x 10, Partitions(10000)", "columns", took[2], took[3], figures.Goal{}))
		figures.Record(b, figures.Figure{
			Name: "1M x 10, structs, allocations", Value: allocations(structs) / 1e6, Unit: "1/row", Goal: figures.AtMost(0.1),
		})
	}
}
