package integration

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
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

// sizes are tables that differ in their number of rows and in nothing else. Each turn reads one so many times, but a
// tenth of the largest, which is read on in the next.
var sizes = []struct{ rows, reads int }{{10_000, 20}, {100_000, 8}, {1_000_000, 1}, {10_000_000, 1}}

// BenchmarkSizes reads tables of ten thousand to ten million rows. The time of a row is taken from the first batch to
// the end of the result: what a statement costs before that is the same for all of them, and more than ten thousand rows.
//
// The sizes take turns of some seconds, since a server, and a machine, are not the same for longer. So the largest result
// is read in ten parts.
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
	s, largest := connect(b, cfg), len(sizes)-1
	for b.Loop() {
		for _, w := range workloads[:largest] {
			fetchTime(b, s, w) // and the server warms up
		}
		const turns = 10
		took := make([][]float64, len(sizes))
		long := &parts{rows: must(connect(b, cfg).Query(b.Context(), workloads[largest].query, hive.Options{}))(b)}
		for turn := range turns {
			for i := range sizes {
				if turn%2 == 1 {
					i = largest - i
				}
				if i == largest {
					took[i] = append(took[i], long.next(b, sizes[i].rows/turns))
					continue
				}
				reads := make([]float64, sizes[i].reads)
				for j := range reads {
					reads[j] = fetchTime(b, s, workloads[i])
				}
				took[i] = append(took[i], median(reads))
			}
		}
		long.end(b, &workloads[largest])
		perRow := make([]float64, len(sizes))
		for i, size := range sizes {
			perRow[i] = median(took[i])
			figures.Record(b, figures.Figure{Name: fmt.Sprintf("%d rows x 10, columns", size.rows), Value: perRow[i], Unit: "ns/row"})
		}
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

// parts is a result that is read in parts, with a pause between them.
type parts struct {
	rows *hive.Rows
	seen int
}

// next reads so many rows and gives the time of a row in ns. The first tenth of them is not counted: in the pause the
// server has made what it was asked for ahead.
func (p *parts) next(b *testing.B, rows int) float64 {
	b.Helper()
	var start time.Time
	counted := 0
	for end, waiting := p.seen+rows, p.seen+rows/10; p.seen < end; {
		batch, err := p.rows.NextBatch(b.Context())
		if err == io.EOF {
			break
		}
		n := must(batch, err)(b).Len()
		p.seen += n
		switch {
		case !start.IsZero():
			counted += n
		case p.seen >= waiting:
			start = time.Now()
		}
	}
	took := time.Since(start)
	time.Sleep(200 * time.Millisecond) // the server does now what it was asked for ahead
	return float64(took) / float64(counted)
}

// end reads what is left.
func (p *parts) end(b *testing.B, w *workload) {
	b.Helper()
	for batch, err := range p.rows.Batches(b.Context()) {
		p.seen += must(batch, err)(b).Len()
	}
	must(0, p.rows.Close(b.Context()))(b)
	w.check(b, p.seen)
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
