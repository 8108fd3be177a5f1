package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// benchMany is what rows are inserted into.
var benchMany = expr.T(schema.NewTable(nil, "bench_many",
	schema.Col("id", schema.BigInt), schema.Col("carrier", schema.String), schema.Col("delay", schema.Double)))

const (
	manyRows = 10_000
	fewRows  = 5 // of those who have a job of the server for each
)

type benchRow struct {
	ID      int64 `col:"id"`
	Carrier string
	Delay   float64
}

func (r benchRow) insert() string {
	return fmt.Sprintf("insert into bench_many values (%d, '%s', %v)", r.ID, r.Carrier, r.Delay)
}

// BenchmarkInsertMany inserts by batches, and row by row with our driver and with the other Go client.
func BenchmarkInsertMany(b *testing.B) {
	srv := benchServer(b)
	e := benchEngine(b, srv)
	rows := make([]benchRow, manyRows)
	for i := range rows {
		rows[i] = benchRow{int64(i), fmt.Sprint("carrier ", i%100), float64(i) / 2}
	}
	ctx := context.Background()
	for _, n := range []expr.Node{define.DropTable(benchMany.Table()).IfExists(), define.CreateTable(benchMany.Table())} {
		live.Must(e.Exec(ctx, n))(b)
	}
	db, theirs := live.Open(b, srv), peers.Gohive(b, live.Config(b, srv), 1000)
	b.Cleanup(func() { theirs.Close() })
	many := func() {
		live.Must(engine.InsertMany[benchRow](ctx, e, expr.Insert(benchMany), rows, engine.BatchOptions{}))(b)
	}
	ours := func() {
		for _, r := range rows[:fewRows] {
			live.Exec(b, db, r.insert())
		}
	}
	gohive := func() {
		for _, r := range rows[:fewRows] {
			c := theirs.Cursor()
			c.Exec(ctx, r.insert())
			live.Must(0, c.Err)(b)
			c.Close()
		}
	}
	for b.Loop() {
		took := inTurns(b, peerTimes, many, ours, gohive)
		perSecond := func(rows int, took []time.Duration) float64 { return float64(rows) / median(took).Seconds() }
		batches := perSecond(manyRows, took[0])
		for _, one := range []struct {
			name string
			took []time.Duration
		}{{"one by one, ours", took[1]}, {"one by one, gohive 1.8.1", took[2]}} {
			figures.Record(b, figures.Figure{
				Name: "insert 10k x 3, many", Value: batches, Unit: "rows/s",
				Against: one.name, AgainstValue: perSecond(fewRows, one.took), Goal: figures.RatioAtLeast(100),
			})
		}
	}
}

func benchEngine(b *testing.B, srv *hivetest.Server) *engine.Engine {
	b.Helper()
	target := live.Must(skep.Target(live.Config(b, srv), dialect.New(dialect.Hive40)))(b)
	e := engine.OpenTarget(target, engine.Config{})
	b.Cleanup(func() { e.Close() })
	return e
}
