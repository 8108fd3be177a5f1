package integration

import (
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/integration/internal/figures"
)

// BenchmarkArrow makes Arrow records of the million rows, against reading the columns alone; and of one batch.
func BenchmarkArrow(b *testing.B) {
	srv := benchServer(b)
	w, cfg := millionRows(b, srv), config(b, srv)
	records, columns := recordsOf(b, cfg, w), columnsOf(b, cfg, w)
	for b.Loop() {
		took := inTurns(b, 5, records, columns)
		figures.Record(b, versus("1M x 10, Arrow records", "columns", took[0], took[1], figures.Goal{}))
		figures.Record(b, figures.Figure{Name: "Arrow record of a 10-column batch", Value: convertBatch(b, connect(b, cfg), w), Unit: "ns/value"})
	}
}

// recordsOf reads Arrow records.
func recordsOf(tb testing.TB, cfg *hive.Config, w workload) func() {
	s := connect(tb, cfg)
	return func() {
		rows := must(s.Query(tb.Context(), w.query, hive.Options{}))(tb)
		r := must(hivearrow.NewReader(tb.Context(), rows, hivearrow.Options{}))(tb)
		defer r.Release()
		n := int64(0)
		for r.Next() {
			n += r.RecordBatch().NumRows()
		}
		must(0, r.Err())(tb)
		must(0, rows.Close(tb.Context()))(tb)
		w.check(tb, int(n))
	}
}

// convertBatch gives the nanoseconds that a value takes to become Arrow's.
func convertBatch(b *testing.B, s *hive.Session, w workload) float64 {
	b.Helper()
	rows := must(s.Query(b.Context(), w.query, hive.Options{}))(b)
	defer rows.Close(b.Context())
	batch := must(rows.FetchMany(b.Context(), 10_000))(b)
	c := must(hivearrow.NewConverter(batch.Columns(), hivearrow.Options{}))(b)
	const rounds = 100
	start := time.Now()
	for range rounds {
		must(c.Record(batch))(b).Release()
	}
	return float64(time.Since(start).Nanoseconds()) / float64(rounds*batch.Len()*len(batch.Columns()))
}
