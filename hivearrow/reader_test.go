package hivearrow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/internal/fakehs2"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// query runs a statement on the fake server, in a session whose zone changes its clocks; its rows are closed with the test.
func query(t *testing.T, srv *fakehs2.Server) *hive.Rows {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
	t.Cleanup(cancel)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	s, err := hive.Connect(ctx, &hive.Config{Host: "127.0.0.1", Port: srv.Port(), User: "alice", Location: paris, IdleCheck: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(ctx) })
	rows, err := s.Query(ctx, "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close(ctx) })
	return rows
}

func reader(t *testing.T, rows *hive.Rows, options hivearrow.Options) *hivearrow.Reader {
	t.Helper()
	r, err := hivearrow.NewReader(t.Context(), rows, options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check compares a record with the fake server's rows from the given one on.
func check(t *testing.T, rec arrow.RecordBatch, from, size int) {
	t.Helper()
	if rec.NumRows() != int64(size) || rec.NumCols() != 2 {
		t.Fatalf("a record of %d rows, %d columns; want %d, 2", rec.NumRows(), rec.NumCols(), size)
	}
	numbers, texts := rec.Column(0).(*array.Int32), rec.Column(1).(*array.String)
	nulls := 0
	for i := range size {
		text, ok := fakehs2.Text(from + i)
		if !ok {
			text = ""
			nulls++
		}
		if numbers.Value(i) != int32(from+i) || numbers.IsNull(i) || texts.IsValid(i) != ok || texts.Value(i) != text {
			t.Errorf("row %d = %s, %s; want %d, %q, %v", from+i, numbers.ValueStr(i), texts.ValueStr(i), from+i, text, ok)
		}
	}
	if texts.NullN() != nulls || numbers.NullN() != 0 {
		t.Errorf("%d and %d NULLs; want 0 and %d", numbers.NullN(), texts.NullN(), nulls)
	}
}

// Every batch is a record, which stays as it is when it is retained, whatever becomes of the reader and the rows.
func TestReader(t *testing.T) {
	sizes := []int{3, 1, 17, 8}
	for name, mem := range map[string]*memory.CheckedAllocator{"Go": nil, "allocator": memory.NewCheckedAllocator(memory.NewGoAllocator())} {
		t.Run(name, func(t *testing.T) {
			options := hivearrow.Options{}
			if mem != nil {
				options.Allocator = mem
				defer mem.AssertSize(t, 0)
			}
			rows := query(t, fakehs2.Start(t, sizes...))
			r := reader(t, rows, options)
			r.Retain()
			var kept []arrow.RecordBatch
			for from := 0; r.Next(); {
				rec := r.RecordBatch()
				if !rec.Schema().Equal(r.Schema()) {
					t.Errorf("schema %s, want %s", rec.Schema(), r.Schema())
				}
				check(t, rec, from, sizes[len(kept)])
				from += int(rec.NumRows())
				rec.Retain()
				kept = append(kept, rec)
			}
			if err := r.Err(); err != nil || len(kept) != len(sizes) || r.RecordBatch() != nil || r.Next() {
				t.Errorf("%d records, %v; want %d and nil", len(kept), err, len(sizes))
			}
			r.Release()
			r.Release()
			if err := rows.Close(t.Context()); err != nil {
				t.Error(err)
			}
			from := 0
			for i, rec := range kept {
				check(t, rec, from, sizes[i])
				from += sizes[i]
				rec.Release()
			}
		})
	}
}

func TestEmptyResult(t *testing.T) {
	r := reader(t, query(t, fakehs2.Start(t, 0)), hivearrow.Options{})
	defer r.Release()
	if r.Next() || r.Err() != nil || r.Schema().NumFields() != 2 {
		t.Errorf("got %v, %v, %s; want no record, nil, two fields", r.RecordBatch(), r.Err(), r.Schema())
	}
}

// What ends a result early is the error, and stays it.
func TestReaderErrors(t *testing.T) {
	t.Run("connection", func(t *testing.T) {
		srv := fakehs2.Start(t, 3, 2)
		srv.On("FetchResults", fakehs2.Answer, fakehs2.Hangup)
		r := reader(t, query(t, srv), hivearrow.Options{})
		defer r.Release()
		if !r.Next() || r.Err() != nil {
			t.Fatalf("the first record: %v", r.Err())
		}
		for range 2 {
			var network *hive.NetworkError
			if r.Next() || r.RecordBatch() != nil || !errors.As(r.Err(), &network) {
				t.Errorf("got %v, %v; want nothing and a *hive.NetworkError", r.RecordBatch(), r.Err())
			}
		}
	})
	t.Run("context", func(t *testing.T) {
		rows := query(t, fakehs2.Start(t, 3, 2))
		ctx, cancel := context.WithCancel(t.Context())
		r, err := hivearrow.NewReader(ctx, rows, hivearrow.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		cancel()
		for r.Next() { // what is here already may still come
		}
		if !errors.Is(r.Err(), context.Canceled) {
			t.Errorf("got %v, want context.Canceled", r.Err())
		}
	})
	t.Run("released", func(t *testing.T) {
		r := reader(t, query(t, fakehs2.Start(t, 3, 2)), hivearrow.Options{})
		r.Next()
		r.Release()
		if r.RecordBatch() != nil || r.Next() || !errors.Is(r.Err(), hivearrow.ErrReleased) {
			t.Errorf("got %v, %v; want nothing and ErrReleased", r.RecordBatch(), r.Err())
		}
	})
}

// A record belongs to a batch of the converter's columns that is valid still.
func TestConverter(t *testing.T) {
	rows := query(t, fakehs2.Start(t, 3, 2))
	c, err := hivearrow.NewConverter(rows.Columns(), hivearrow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := rows.FetchMany(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := c.Record(batch)
	if err != nil {
		t.Fatal(err)
	}
	check(t, rec, 0, 2)
	second, err := rows.FetchMany(t.Context(), 10) // its first row is the last of its reply
	if err != nil {
		t.Fatal(err)
	}
	check(t, rec, 0, 2)
	if rec, err = c.Record(second); err != nil {
		t.Fatal(err)
	}
	check(t, rec, 2, 3)
	if rec, err := c.Record(batch); rec != nil || !errors.Is(err, hive.ErrStaleBatch) {
		t.Errorf("a stale batch = %v, %v; want ErrStaleBatch", rec, err)
	}
	other, err := hivearrow.NewConverter(rows.Columns()[:1], hivearrow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rec, err := other.Record(second); err == nil {
		t.Errorf("a batch of other columns = %v", rec)
	}
}

// Numbers lie where hive has them, unless an allocator is asked for.
func TestZeroCopy(t *testing.T) {
	batch, err := query(t, fakehs2.Start(t, 10)).NextBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	values, err := hive.Values[int32](batch, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		mem  memory.Allocator
		same bool
	}{{nil, true}, {memory.NewGoAllocator(), false}} {
		c, err := hivearrow.NewConverter(batch.Columns(), hivearrow.Options{Allocator: tt.mem})
		if err != nil {
			t.Fatal(err)
		}
		rec, err := c.Record(batch)
		if err != nil {
			t.Fatal(err)
		}
		if got := &rec.Column(0).(*array.Int32).Int32Values()[0] == &values[0]; got != tt.same {
			t.Errorf("allocator %v: the same memory: %v, want %v", tt.mem, got, tt.same)
		}
		rec.Release()
	}
}
