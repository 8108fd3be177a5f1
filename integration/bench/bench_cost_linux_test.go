package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
)

// BenchmarkCPU is what the million rows cost the client. What else runs on the machine can only add to that, so that the
// least of the runs is nearest to the truth. What of it the network takes is told by the raw reader.
func BenchmarkCPU(b *testing.B) {
	srv := benchServer(b)
	w := millionRows(b, srv)
	l := newLineup(b, srv, w)
	for b.Loop() {
		took := measured(b, fewPairs, func(f func()) time.Duration { return cpuTime(b, f) }, l.columns, l.scan, l.gohive, l.rawColumns)
		columns, scan, gohive, raw := took[0], took[1], took[2], took[3]
		figures.Record(b, figures.Figure{Name: "1M x 10, columns, client CPU, least", Value: ms(quantile(columns, 0)), Unit: "ms", Goal: figures.AtMost(120)})
		figures.Record(b, versus("1M x 10, columns, client CPU", "raw", columns, raw, figures.Goal{}))
		figures.Record(b, versus("1M x 10, columns, client CPU", "gohive 1.8.1", columns, gohive, figures.RatioAtMost(0.2)))
		figures.Record(b, versus("1M x 10, database/sql, client CPU", "gohive 1.8.1", scan, gohive, figures.Goal{}))
	}
}

// sizes are tables that differ in their number of rows and in nothing else, and how often each is read. The largest is
// the first, so that the server has warmed up when the time of a few milliseconds counts.
var sizes = []struct{ rows, pairs int }{{10_000_000, 2}, {1_000_000, fewPairs}, {100_000, pairs}, {10_000, 100}}

// BenchmarkSizes reads tables of ten thousand to ten million rows. The time of a row is taken from the first rows to the
// end of the result: what a statement costs before that is the same for all of them, and more than ten thousand rows.
// What a row costs the server is not the same for a short result and a long one, nor from one minute to the next. So each
// size is held against the raw reader.
func BenchmarkSizes(b *testing.B) {
	srv := benchServer(b)
	millionRows(b, srv)
	workloads := make([]workload, len(sizes))
	for i, size := range sizes {
		name := fmt.Sprintf("bench_rows_%d", size.rows)
		query := fmt.Sprintf("select * from bench_rows limit %d", size.rows)
		if times := size.rows / 1_000_000; times > 0 {
			query = "select r.* from bench_rows r lateral view explode(split(space(" + fmt.Sprint(times-1) + "), ' ')) t as x"
		}
		makeTable(b, srv, name, query)
		workloads[i] = tenColumns("select * from "+name, size.rows)
	}
	cfg := live.Config(b, srv)
	for b.Loop() {
		var perRow, overRaw []float64
		for i, size := range sizes {
			f := rowTime(b, cfg, workloads[i], size.pairs)
			figures.Record(b, f)
			perRow, overRaw = append(perRow, f.Value), append(overRaw, f.Value/f.AgainstValue)
		}
		figures.Record(b, figures.Figure{
			Name: "10k to 10M rows, the slowest", Value: quantile(perRow, 1), Unit: "ns/row",
			Against: "the fastest", AgainstValue: quantile(perRow, 0),
		})
		figures.Record(b, figures.Figure{
			Name: "10k to 10M rows, the slowest over raw", Value: quantile(overRaw, 1), Unit: "of raw",
			Against: "the fastest over raw", AgainstValue: quantile(overRaw, 0), Goal: figures.RatioAtMost(1.1),
		})
		for path, open := range map[string]contestant{"columns": columnsOf, "database/sql": scanOf} {
			small, large := peakRSS(b, open(b, cfg, workloads[2])), peakRSS(b, open(b, cfg, workloads[0]))
			figures.Record(b, figures.Figure{
				Name: "peak memory of 10M rows above that of 100k, " + path, Value: (large - small) / (1 << 20), Unit: "MiB", Goal: figures.AtMost(64),
			})
		}
	}
}

// rowTime is the time of a row, from the first rows to the end, against that of the raw reader.
func rowTime(b *testing.B, cfg *hive.Config, w workload, pairs int) figures.Figure {
	b.Helper()
	plan, raw, s := record(b, cfg, w, columnsOf), newRawReader(b, cfg), live.Connect(b, cfg)
	var last time.Duration
	took := measured(b, pairs, func(f func()) time.Duration { f(); return last },
		func() { last = fetchTime(b, s, w) },
		func() { last = raw.read(b, plan) })
	f := versus(fmt.Sprintf("%d rows x 10, columns", w.rows), "raw", took[0], took[1], figures.Goal{})
	perRow := float64(time.Millisecond) / float64(w.rows)
	f.Value, f.AgainstValue, f.Unit = f.Value*perRow, f.AgainstValue*perRow, "ns/row"
	return f
}

// fetchTime is the time from the first batch to the end.
func fetchTime(b *testing.B, s *hive.Session, w workload) time.Duration {
	b.Helper()
	rows := live.Must(s.Query(b.Context(), w.query, hive.Options{}))(b)
	n := live.Must(rows.NextBatch(b.Context()))(b).Len()
	if n == w.rows {
		b.Fatalf("all %d rows came in one batch: there is nothing to measure", n)
	}
	start := time.Now()
	for batch, err := range rows.Batches(b.Context()) {
		n += live.Must(batch, err)(b).Len()
	}
	took := time.Since(start)
	live.Must(0, rows.Close(b.Context()))(b)
	w.check(b, n)
	return took
}
