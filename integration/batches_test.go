package integration

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/beltran/gohive"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
	"github.com/skep-go/skep/integration/internal/samples"
)

var seedFlag = flag.Uint64("seed", 0, "what TestBatchPaths and TestCancelAtRandom make their random choices from; the former tries one table only")

// readers are all who read the same tables from one server.
type readers struct {
	srv      *hivetest.Server
	single   *hive.Session   // for rowAtATime
	sessions []*hive.Session // which ask for batches ahead, or do not
	rowBased *hive.Session   // over protocol V5
	pools    []*sql.DB
	theirs   *gohive.Connection
	stored   string // see newTable
}

func newReaders(t *testing.T, srv *hivetest.Server) *readers {
	t.Helper()
	ahead := func(n int) func(*hive.Config) { return func(c *hive.Config) { c.Prefetch = n } }
	r := &readers{srv: srv, single: live.Connect(t, live.Config(t, srv, ahead(-1)))}
	for _, n := range []int{-1, 1, 4} {
		r.sessions = append(r.sessions, live.Connect(t, live.Config(t, srv, ahead(n))))
		r.pools = append(r.pools, live.Open(t, srv, fmt.Sprint("prefetch=", max(n, 0))))
	}
	old := live.Config(t, srv)
	offer(old, 5)
	r.rowBased = live.Connect(t, old)
	r.theirs = peers.Gohive(t, live.Config(t, srv), 999)
	t.Cleanup(func() {
		if err := r.theirs.Close(); err != nil {
			t.Errorf("closing gohive: %v", err)
		}
	})
	r.stored = "batches_numbers"
	live.Exec(t, r.pools[0], "drop table if exists "+r.stored)
	live.Exec(t, r.pools[0], "create table "+r.stored+" as select i from "+live.Series(rowCounts[0]))
	return r
}

// TestBatchPaths: whatever the types, the NULLs, the number of rows, the size of batches and how many of them are asked
// for ahead, every way to read a result gives the rows that come one at a time, which are those that gohive gives.
func TestBatchPaths(t *testing.T) {
	first := *seedFlag
	if first == 0 {
		first = uint64(time.Now().UnixMilli())
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		tries := tables
		switch {
		case *seedFlag != 0:
			tries = 1
		case !live.On(live.Hive4, srv):
			tries = 8
		}
		r := newReaders(t, srv)
		for seed := first; seed < first+tries; seed++ {
			t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 0))
				tab := newTable(rng, srv, seed, r.stored)
				defer func() {
					if t.Failed() {
						t.Logf("%d rows of\n%s", tab.rows, tab.query)
					}
				}()
				r.try(t, rng, tab)
			})
		}
	})
}

func (r *readers) try(t *testing.T, rng *rand.Rand, tab table) {
	w := rowAtATime(t, r.single, tab.query)
	if len(w.native) != tab.rows {
		t.Fatalf("%d rows come one at a time, want %d", len(w.native), tab.rows)
	}
	againstPeer(t, r.theirs, tab.query, w)
	for _, size := range []int{0, 1, 2, 7, 1000, 10_000} {
		if size > 0 && tab.rows/size > 500 { // too slow
			continue
		}
		s := r.sessions[rng.IntN(len(r.sessions))]
		t.Run(fmt.Sprintf("size %d, %d ahead", size, s.Config().Prefetch), func(t *testing.T) {
			rows, err := s.Query(t.Context(), tab.query, hive.Options{FetchSize: size})
			if err != nil {
				t.Fatal(err)
			}
			pull, stop := iter.Pull2(rows.Batches(t.Context()))
			defer stop()
			read(t, rng, rows, w, func(int) (*hive.Batch, error) {
				if rng.IntN(2) == 0 {
					return rows.NextBatch(t.Context())
				}
				b, err, ok := pull()
				if !ok {
					err = io.EOF
				}
				return b, err
			})
		})
		if rng.IntN(2) == 0 {
			continue
		}
		db := r.pools[rng.IntN(len(r.pools))]
		t.Run(fmt.Sprintf("size %d, database/sql", size), func(t *testing.T) { scan(t, rng, db, tab.query, size, w) })
	}
	for _, s := range r.sessions {
		t.Run(fmt.Sprintf("FetchMany, %d ahead", s.Config().Prefetch), func(t *testing.T) {
			fetchMany(t, rng, executedRows(t, s, tab.query, hive.Options{}), w)
		})
	}
	// What comes damaged, or not at all: see TestOldProtocols.
	damaged := func(c hive.Column) bool { return c.Type.Kind == hive.KindBinary || failsInRows(r.srv, c.Type.Kind) }
	if !slices.ContainsFunc(w.columns, damaged) {
		t.Run("FetchMany of row-based replies", func(t *testing.T) {
			fetchMany(t, rng, executedRows(t, r.rowBased, tab.query, hive.Options{}), w)
		})
	}
}

// next calls get and reports whether there was a batch.
func next(t *testing.T, get func() (*hive.Batch, error)) (*hive.Batch, bool) {
	t.Helper()
	b, err := get()
	switch {
	case err == io.EOF:
		return nil, false
	case err != nil:
		t.Fatal(err)
	case b.Len() == 0:
		t.Fatal("a batch without rows")
	}
	return b, true
}

// read compares a result with what it should be, each batch in some of the ways there are, so that memory of the
// batches before is used again or not, and once more, when the result is closed, what was got from the batches.
func read(t *testing.T, rng *rand.Rand, rows *hive.Rows, w *truth, get func(seen int) (*hive.Batch, error)) {
	t.Helper()
	seen := 0
	var kept []func() error
	for {
		b, ok := next(t, func() (*hive.Batch, error) { return get(seen) })
		if !ok {
			break
		}
		if seen+b.Len() > len(w.native) {
			t.Fatalf("%d rows after %d, want %d in all", b.Len(), seen, len(w.native))
		}
		part := &truth{w.columns, w.native[seen : seen+b.Len()], w.plain[seen : seen+b.Len()], w.texts[seen : seen+b.Len()]}
		again := look(rng, b, part)
		if rng.IntN(8) == 0 {
			if err := b.Retain(); err != nil {
				t.Fatal(err)
			}
			again = append(again, look(rng, b, part)...)
			again = append(again, func() error { return errors.Join(run(look(rng, b, part))...) })
		}
		for _, err := range run(again) {
			t.Fatalf("batch of %d rows after %d: %v", b.Len(), seen, err)
		}
		if len(kept) < 200 {
			kept = append(kept, again...)
		}
		seen += b.Len()
	}
	if seen != len(w.native) {
		t.Errorf("%d rows, want %d", seen, len(w.native))
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, err := range run(kept) {
		t.Fatalf("what was got from a batch has changed: %v", err)
	}
}

func run(all []func() error) (failed []error) {
	for _, f := range all {
		if err := f(); err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// fetchMany reads by random numbers of rows, mixed with NextBatch.
func fetchMany(t *testing.T, rng *rand.Rand, rows *hive.Rows, w *truth) {
	t.Helper()
	read(t, rng, rows, w, func(seen int) (*hive.Batch, error) {
		n := []int{
			1, 2, 7, 8, 63, 64, 65, 1000, 10_000, 20_000, 1 + rng.IntN(100), 1 + rng.IntN(len(w.native)+1), 1 + rng.IntN(len(w.native)+1), 0,
		}[rng.IntN(14)]
		if n == 0 {
			return rows.NextBatch(t.Context())
		}
		b, err := rows.FetchMany(t.Context(), n)
		if want := min(n, len(w.native)-seen); err == nil && b.Len() != want {
			t.Fatalf("FetchMany(%d) after %d rows gives %d, want %d", n, seen, b.Len(), want)
		}
		return b, err
	})
}

// scan reads through database/sql into values of any type, and looks at all of them when the result is closed.
func scan(t *testing.T, rng *rand.Rand, db *sql.DB, query string, size int, w *truth) {
	t.Helper()
	rows, err := db.QueryContext(driver.WithOptions(t.Context(), hive.Options{FetchSize: size}), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all [][]any
	for rows.Next() {
		got, dest := make([]any, len(w.columns)), make([]any, len(w.columns))
		for i := range dest {
			dest[i] = &got[i]
		}
		if rng.IntN(50) > 0 { // else the row is passed over
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
		} else if len(all) < len(w.plain) {
			got = w.plain[len(all)]
		}
		all = append(all, got)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(w.plain) {
		t.Fatalf("%d rows, want %d", len(all), len(w.plain))
	}
	for row, got := range all {
		for col := range got {
			if !samples.Same(got[col], w.plain[row][col]) {
				t.Fatalf("row %d, %s: got %#v, want %#v", row, w.columns[col].Type, got[col], w.plain[row][col])
			}
		}
	}
}

// againstPeer compares with what gohive reads: numbers as they are, and all else by its text.
func againstPeer(t *testing.T, conn *gohive.Connection, query string, w *truth) {
	t.Helper()
	cursor := conn.Cursor()
	defer cursor.Close()
	ctx := context.WithoutCancel(t.Context())
	if cursor.Exec(ctx, query); cursor.Err != nil {
		t.Fatalf("gohive: %v", cursor.Err)
	}
	targets := make([]any, len(w.columns))
	row := 0
	for ; cursor.HasMore(ctx); row++ {
		if row == len(w.native) {
			t.Fatalf("gohive has more than %d rows", row)
		}
		for i, c := range w.columns {
			targets[i] = peerTarget(c.Type.Kind)
		}
		if cursor.FetchOne(ctx, targets...); cursor.Err != nil {
			t.Fatalf("gohive, row %d: %v", row, cursor.Err)
		}
		for i, c := range w.columns {
			ours := w.native[row][i]
			var theirs any
			var err error
			if text, ok := targets[i].(**string); ok {
				ours, theirs = w.texts[row][i], deref(*text)
			} else {
				theirs, err = peerValue(c.Type.Kind, targets[i])
			}
			if err != nil || !samples.Same(ours, theirs) {
				t.Fatalf("row %d, column %s %s: got %#v, gohive has %#v, %v", row, c.Name, c.Type, ours, theirs, err)
			}
		}
	}
	if cursor.Err != nil || row != len(w.native) {
		t.Fatalf("gohive has %d rows, %v, want %d", row, cursor.Err, len(w.native))
	}
}
