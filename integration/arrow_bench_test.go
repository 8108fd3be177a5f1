package integration

import (
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
)

// BenchmarkArrow makes Arrow records of the million rows, against reading the batches alone; and of one batch.
func BenchmarkArrow(b *testing.B) {
	srv := hivetest.Shared(b, hivetest.Hive401)
	query := millionRows(b, srv)
	s := connect(b, config(b, srv))
	for b.Loop() {
		took := inTurns(b, 7, func() { readArrowMillion(b, s, query) }, func() { readMillion(b, s, query) })
		figures.Record(b, versus("1M x 10 as Arrow records", "batches alone", took[0], took[1], figures.Goal{}))
		figures.Record(b, figures.Figure{Name: "Arrow record of a 10-column batch", Value: convertBatch(b, s, query), Unit: "ns/value"})
	}
}

func million(b *testing.B, s *hive.Session, query string) *hive.Rows {
	b.Helper()
	return must(s.Query(b.Context(), query, hive.Options{}))(b)
}

func readMillion(b *testing.B, s *hive.Session, query string) {
	b.Helper()
	rows := million(b, s, query)
	defer rows.Close(b.Context())
	n := 0
	for batch, err := range rows.Batches(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		n += batch.Len()
	}
	if n != 1_000_000 {
		b.Fatalf("%d rows", n)
	}
}

func readArrowMillion(b *testing.B, s *hive.Session, query string) {
	b.Helper()
	rows := million(b, s, query)
	defer rows.Close(b.Context())
	r := must(hivearrow.NewReader(b.Context(), rows, hivearrow.Options{}))(b)
	defer r.Release()
	n := int64(0)
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	if err := r.Err(); err != nil || n != 1_000_000 {
		b.Fatalf("%d rows, %v", n, err)
	}
}

// convertBatch gives the nanoseconds that a value takes to become Arrow's.
func convertBatch(b *testing.B, s *hive.Session, query string) float64 {
	b.Helper()
	rows := million(b, s, query)
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
