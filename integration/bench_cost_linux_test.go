package integration

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
)

// BenchmarkCPU is what the million rows cost the client.
func BenchmarkCPU(b *testing.B) {
	srv := benchServer(b)
	l := newLineup(b, srv, millionRows(b, srv))
	for b.Loop() {
		took := measured(b, 5, func(f func()) time.Duration { return cpuTime(b, f) }, l.columns, l.rawColumns, l.scan, l.gohive)
		columns, raw, scan, gohive := took[0], took[1], took[2], took[3]
		figures.Record(b, figures.Figure{Name: "1M x 10, columns, client CPU", Value: ms(median(columns)), Unit: "ms", Goal: figures.AtMost(120)})
		figures.Record(b, versus("1M x 10, columns, client CPU", "gohive 1.8.1", columns, gohive, figures.RatioAtMost(0.2)))
		figures.Record(b, versus("1M x 10, columns, client CPU", "raw", columns, raw, figures.Goal{}))
		figures.Record(b, versus("1M x 10, database/sql, client CPU", "gohive 1.8.1", scan, gohive, figures.Goal{}))
	}
}

// sizes are tables that differ in their number of rows and in nothing else.
var sizes = []struct{ rows, reads int }{{10_000, 31}, {100_000, 15}, {1_000_000, 5}, {10_000_000, 1}}

// BenchmarkSizes reads tables of ten thousand to ten million rows. The time of a row is taken from the first batch to
// the end of the result: what a statement costs before that is the same for all of them, and more than ten thousand rows.
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
	cfg := config(b, srv)
	s := connect(b, cfg)
	for b.Loop() {
		plans, raw := make([]*schedule, len(sizes)), newRawReader(b, cfg)
		for i := range sizes {
			plans[i] = record(b, cfg, workloads[i], columnsOf) // and the server warms up
		}
		took, ratios := make([][]float64, len(sizes)), make([][]float64, len(sizes))
		for turn := range sizes[0].reads {
			for i, size := range sizes {
				if turn*size.reads/sizes[0].reads == (turn+1)*size.reads/sizes[0].reads {
					continue // not in this turn: its reads are spread over all of them
				}
				ours := fetchTime(b, s, workloads[i])
				took[i] = append(took[i], ours)
				ratios[i] = append(ratios[i], ours*float64(size.rows)/float64(raw.read(b, plans[i])))
			}
		}
		perRow, overRaw := make([]float64, len(sizes)), make([]float64, len(sizes))
		for i, size := range sizes {
			perRow[i], overRaw[i] = median(took[i]), median(ratios[i])
			figures.Record(b, figures.Figure{
				Name: fmt.Sprintf("%d rows x 10, columns", size.rows), Value: perRow[i], Unit: "ns/row",
				Against: "raw", AgainstValue: perRow[i] / overRaw[i],
			})
		}
		figures.Record(b, figures.Figure{
			Name: "10k to 10M rows, the slowest over raw", Value: quantile(overRaw, 1), Unit: "×",
			Against: "the fastest over raw", AgainstValue: quantile(overRaw, 0), Goal: figures.RatioAtMost(1.1),
		})
		fastest, slowest := quantile(perRow, 0), quantile(perRow, 1)
		figures.Record(b, figures.Figure{
			Name: "10k to 10M rows, the slowest", Value: slowest, Unit: "ns/row",
			Against: "the fastest", AgainstValue: fastest, Goal: figures.RatioAtMost(1.1),
		})
		for path, open := range map[string]contestant{"columns": columnsOf, "database/sql": scanOf} {
			small, large := peakRSS(b, open(b, cfg, workloads[1])), peakRSS(b, open(b, cfg, workloads[3]))
			figures.Record(b, figures.Figure{
				Name: "peak memory of 10M rows above that of 100k, " + path, Value: (large - small) / (1 << 20), Unit: "MiB", Goal: figures.AtMost(64),
			})
		}
	}
}

// fetchTime is the time of a row in ns, from the first batch to the end.
func fetchTime(b *testing.B, s *hive.Session, w workload) float64 {
	b.Helper()
	rows := must(s.Query(b.Context(), w.query, hive.Options{}))(b)
	first := must(rows.NextBatch(b.Context()))(b).Len()
	start, n := time.Now(), first
	for {
		batch, err := rows.NextBatch(b.Context())
		if err == io.EOF {
			break
		}
		n += must(batch, err)(b).Len()
	}
	took := time.Since(start)
	must(0, rows.Close(b.Context()))(b)
	w.check(b, n)
	if n == first {
		b.Fatalf("all %d rows came in one batch: there is nothing to measure", n)
	}
	return float64(took) / float64(n-first)
}
