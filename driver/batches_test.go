package driver_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// byColumns executes a query whose result is read by columns.
func byColumns(t *testing.T, ctx context.Context, db *sql.DB) (*sql.Rows, *driver.Batches) {
	t.Helper()
	var batches *driver.Batches
	rows, err := db.QueryContext(driver.WithBatches(ctx, func(b *driver.Batches) { batches = b }), "select n, s from t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	if batches == nil {
		t.Fatal("no batches were handed out")
	}
	return rows, batches
}

// TestBatches: the result comes by columns, in pieces of the size that is wanted, until its rows are closed.
func TestBatches(t *testing.T) {
	srv := fakehs2.Start(t, 3, 4)
	db := pool(t, srv, "")
	rows, batches := byColumns(t, t.Context(), db)
	nothing := func(*hive.Batch) error { t.Error("there is a batch"); return nil }
	if batches.Read(nothing) == nil {
		t.Error("a batch could be read before Next")
	}
	at := 0
	for _, want := range []int{2, 1, 2, 2} {
		n, err := batches.Next(2, 0)
		if n != want || err != nil {
			t.Fatalf("Next: %d, %v; want %d", n, err, want)
		}
		err = batches.Read(func(b *hive.Batch) error {
			values, err := hive.Values[int32](b, 0)
			for i, v := range values {
				if int(v) != at+i {
					t.Errorf("row %d is %d", at+i, v)
				}
			}
			at += len(values)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := batches.Next(2, 0); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
	if _, err := batches.Next(2, 0); !errors.Is(err, hive.ErrClosed) {
		t.Errorf("of closed rows: %v", err)
	}
	if err := batches.Read(nothing); !errors.Is(err, hive.ErrClosed) {
		t.Errorf("reading closed rows: %v", err)
	}
}

// TestBatchesCancelled: database/sql closes the rows when the context ends, wherever the reader of the batches is.
func TestBatchesCancelled(t *testing.T) {
	for range 50 {
		srv := fakehs2.Start(t, 1000, 1000, 1000)
		db := pool(t, srv, "")
		ctx, cancel := context.WithCancel(t.Context())
		rows, batches := byColumns(t, ctx, db)
		time.AfterFunc(time.Millisecond, cancel)
		var err error
		for n := 0; err == nil; n++ {
			if _, err = batches.Next(10, 0); err == nil {
				err = batches.Read(func(b *hive.Batch) error { _, err := hive.Values[string](b, 1); return err })
			}
		}
		if !errors.Is(err, context.Canceled) && err != io.EOF {
			t.Errorf("got %v", err)
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
		cancel()
	}
}
