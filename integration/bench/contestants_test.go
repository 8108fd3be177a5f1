package bench

import (
	"database/sql"
	"testing"

	"github.com/beltran/gohive"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
)

// workload is a result that is read by every contestant, and variables for a row of it.
type workload struct {
	query string
	rows  int
	scan  func() []any // for database/sql
	peer  func() []any // for gohive, which takes a pointer to a pointer where a value may be NULL
}

// lineup is the contestants with a session each. A call reads the result once.
type lineup struct {
	columns, rawColumns func() // batches, and the same requests by the raw reader
	scan, rawScan       func() // database/sql, and the same requests by the raw reader
	gohive              func()
}

func newLineup(b *testing.B, srv *hivetest.Server, w workload) *lineup {
	b.Helper()
	cfg := live.Config(b, srv)
	return &lineup{
		columns: columnsOf(b, cfg, w), rawColumns: rawOf(b, cfg, w, columnsOf),
		scan: scanOf(b, cfg, w), rawScan: rawOf(b, cfg, w, scanOf),
		gohive: gohiveOf(b, cfg, w),
	}
}

// contestant connects as cfg says and returns what reads the result once.
type contestant func(tb testing.TB, cfg *hive.Config, w workload) (read func())

// columnsOf reads batch by batch, and takes each column's values into its own memory, texts in Arrow's layout.
func columnsOf(tb testing.TB, cfg *hive.Config, w workload) func() {
	s := live.Connect(tb, cfg)
	var h hand
	return func() {
		rows := live.Must(s.Query(tb.Context(), w.query, hive.Options{}))(tb)
		n := 0
		for batch, err := range rows.Batches(tb.Context()) {
			live.Must(0, err)(tb)
			for col := range batch.Columns() {
				live.Must(0, h.take(batch, col))(tb)
			}
			n += batch.Len()
		}
		live.Must(0, rows.Close(tb.Context()))(tb)
		w.check(tb, n)
	}
}

// hand is memory for the values of a column.
type hand struct {
	bools    []bool
	int16s   []int16
	int32s   []int32
	int64s   []int64
	float64s []float64
	data     []byte
	offsets  []int32
}

// take takes a column's values.
func (h *hand) take(b *hive.Batch, col int) (err error) {
	switch b.Columns()[col].Type.Kind {
	case hive.KindBoolean:
		h.bools, err = hive.AppendValues(h.bools[:0], b, col)
	case hive.KindSmallInt:
		h.int16s, err = hive.AppendValues(h.int16s[:0], b, col)
	case hive.KindInt:
		h.int32s, err = hive.AppendValues(h.int32s[:0], b, col)
	case hive.KindBigInt:
		h.int64s, err = hive.AppendValues(h.int64s[:0], b, col)
	case hive.KindDouble:
		h.float64s, err = hive.AppendValues(h.float64s[:0], b, col)
	default:
		h.data, h.offsets, err = b.AppendTexts(h.data[:0], h.offsets[:0], col)
	}
	if err == nil {
		_, err = b.Nulls(col)
	}
	return err
}

// scanOf reads row by row through database/sql.
func scanOf(tb testing.TB, cfg *hive.Config, w workload) func() {
	db := sql.OpenDB(live.Must(driver.NewConnector(cfg))(tb))
	tb.Cleanup(func() { db.Close() })
	live.Must(0, db.PingContext(tb.Context()))(tb)
	into := w.scan()
	return func() {
		rows := live.Must(db.QueryContext(tb.Context(), w.query))(tb)
		n := 0
		for ; rows.Next(); n++ {
			if err := rows.Scan(into...); err != nil {
				tb.Fatal(err)
			}
		}
		live.Must(0, rows.Err())(tb)
		w.check(tb, n)
	}
}

// rawOf makes the requests that are recorded from a reader of our own.
func rawOf(tb testing.TB, cfg *hive.Config, w workload, reader contestant) func() {
	plan, raw := record(tb, cfg, w, reader), newRawReader(tb, cfg)
	return func() { raw.read(tb, plan) }
}

// gohiveOf reads row by row with the other Go client, which asks for as many rows at a time as the server gives.
func gohiveOf(tb testing.TB, cfg *hive.Config, w workload) func() {
	conn := peers.Gohive(tb, cfg, 10_000)
	tb.Cleanup(func() { conn.Close() })
	into := w.peer()
	return func() { w.check(tb, gohiveRead(tb, conn, w.query, into...)) }
}

func (w *workload) check(tb testing.TB, rows int) {
	tb.Helper()
	if rows != w.rows {
		tb.Fatalf("%s: got %d rows, want %d", w.query, rows, w.rows)
	}
}

// gohiveRead reads a whole result into the same variables, and returns the number of rows.
func gohiveRead(tb testing.TB, conn *gohive.Connection, query string, into ...any) (n int) {
	tb.Helper()
	c := conn.Cursor()
	defer c.Close()
	for c.Exec(tb.Context(), query); c.HasMore(tb.Context()); n++ {
		if c.FetchOne(tb.Context(), into...); c.Err != nil {
			break
		}
	}
	if c.Err != nil {
		tb.Fatal(c.Err)
	}
	return n
}
