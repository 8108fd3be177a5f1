package bench

import (
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
)

// BenchmarkArrow makes Arrow records of the million rows, against reading the columns alone; and of one batch.
func BenchmarkArrow(b *testing.B) {
	srv := benchServer(b)
	w, cfg := millionRows(b, srv), live.Config(b, srv)
	records, columns := recordsOf(b, cfg, w), columnsOf(b, cfg, w)
	for b.Loop() {
		took := inTurns(b, 5, records, columns)
		figures.Record(b, versus("1M x 10, Arrow records", "columns", took[0], took[1], figures.Goal{}))
		figures.Record(b, figures.Figure{Name: "Arrow record of a 10-column batch", Value: convertBatch(b, live.Connect(b, cfg), w), Unit: "ns/value"})
	}
}

// recordsOf reads Arrow records.
func recordsOf(tb testing.TB, cfg *hive.Config, w workload) func() {
	s := live.Connect(tb, cfg)
	return func() {
		rows := live.Must(s.Query(tb.Context(), w.query, hive.Options{}))(tb)
		r := live.Must(hivearrow.NewReader(tb.Context(), rows, hivearrow.Options{}))(tb)
		defer r.Release()
		n := int64(0)
		for r.Next() {
			n += r.RecordBatch().NumRows()
		}
		live.Must(0, r.Err())(tb)
		live.Must(0, rows.Close(tb.Context()))(tb)
		w.check(tb, int(n))
	}
}

// convertBatch gives the nanoseconds that a value takes to become Arrow's.
func convertBatch(b *testing.B, s *hive.Session, w workload) float64 {
	b.Helper()
	rows := live.Must(s.Query(b.Context(), w.query, hive.Options{}))(b)
	defer rows.Close(b.Context())
	batch := live.Must(rows.FetchMany(b.Context(), 10_000))(b)
	c := live.Must(hivearrow.NewConverter(batch.Columns(), hivearrow.Options{}))(b)
	const rounds = 100
	start := time.Now()
	for range rounds {
		live.Must(c.Record(batch))(b).Release()
	}
	return float64(time.Since(start).Nanoseconds()) / float64(rounds*batch.Len()*len(batch.Columns()))
}
