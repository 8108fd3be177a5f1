package driver_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// TestBadValueInBatch: the rows before a value that cannot be read are given, however they lie in batches and in what
// the driver reads at once, and then comes the error.
func TestBadValueInBatch(t *testing.T) {
	const size = 300 // of a batch; the driver reads 256 at once
	for _, bad := range []int{0, 1, 255, 256, 257, 299, 300, 555, 556, 557, 599} {
		t.Run(fmt.Sprint("row ", bad), func(t *testing.T) {
			days := slices.Repeat([]string{"2020-01-02"}, 2*size)
			days[bad] = "some day"
			numbers := make([]int32, 2*size)
			for i := range numbers {
				numbers[i] = int32(i)
			}
			batch := func(from int) []fakehs2.Column {
				return []fakehs2.Column{fakehs2.Ints(numbers[from : from+size]...), fakehs2.Texts(fakehs2.Date, nil, days[from:from+size]...)}
			}
			srv := fakehs2.Start(t, 1)
			srv.OnResult(batch(0), batch(size))
			db := pool(t, srv, "?prefetch=0")
			rows, err := db.QueryContext(t.Context(), "select 1")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			n := 0
			for ; rows.Next(); n++ {
				var number int
				var day time.Time
				if err := rows.Scan(&number, &day); err != nil || number != n || day.Day() != 2 {
					t.Fatalf("row %d is (%d, %v), %v", n, number, day, err)
				}
			}
			var wrong *hive.ValueError
			if err := rows.Err(); n != bad || !errors.As(err, &wrong) || wrong.Column != "c1" || wrong.Row != bad%size {
				t.Errorf("%d rows, then %v, want %d and a *hive.ValueError of c1 in row %d", n, err, bad, bad%size)
			}
			if rows.Next() {
				t.Error("there are rows behind the error")
			}
			if err := rows.Close(); err != nil {
				t.Error(err)
			}
			if sessions, operations, _ := srv.Open(); sessions != 1 || operations != 0 {
				t.Errorf("%d sessions and %d operations are left, want 1 and none", sessions, operations)
			}
		})
	}
}

// TestKeptValues: what was scanned stays as it is while many batches come in the same memory.
func TestKeptValues(t *testing.T) {
	const rows, most = 5000, 100
	srv := fakehs2.StartCapped(t, rows, most)
	db := pool(t, srv, "?fetchSize=100")
	got, err := db.QueryContext(t.Context(), "select n, s from t")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	type kept struct {
		number, free any
		null         sql.NullString
		text         *string
		bytes        []byte
	}
	var all []kept
	for got.Next() {
		var k kept
		var raw sql.RawBytes
		for _, dest := range [][2]any{{&k.number, &k.free}, {new(any), &k.text}, {new(int64), &k.bytes}, {new(string), &k.null}, {new(any), &raw}} {
			if err := got.Scan(dest[0], dest[1]); err != nil {
				t.Fatal(err)
			}
		}
		if text, ok := fakehs2.Text(len(all)); (raw != nil) != ok || ok && string(raw) != text {
			t.Fatalf("row %d as RawBytes is %q, want %q, %v", len(all), raw, text, ok)
		}
		all = append(all, k)
	}
	if err := errors.Join(got.Err(), got.Close()); err != nil || len(all) != rows {
		t.Fatalf("%d rows, %v, want %d", len(all), err, rows)
	}
	for i, k := range all {
		text, ok := fakehs2.Text(i)
		switch {
		case k.number != int64(i) || (k.free == nil) == ok || (k.text == nil) == ok || (k.bytes == nil) == ok || k.null.Valid != ok:
			t.Fatalf("row %d has become %+v", i, k)
		case ok && (k.free != text || *k.text != text || string(k.bytes) != text || k.null.String != text):
			t.Fatalf("row %d has become %+v, want %q", i, k, text)
		}
	}
}

// TestKeptBinary: the bytes of a BINARY are the caller's own, and no one else's are behind them.
func TestKeptBinary(t *testing.T) {
	const size, batches = 50, 20
	value := func(i int) []byte { return bytes.Repeat([]byte{byte(i), 0xff}, i%7*i%3000) }
	var all [][]fakehs2.Column
	for b := range batches {
		values := make([][]byte, size)
		for i := range values {
			values[i] = value(b*size + i)
		}
		all = append(all, []fakehs2.Column{fakehs2.Binaries(values...)})
	}
	srv := fakehs2.Start(t, 1)
	srv.OnResult(all...)
	db := pool(t, srv, "?prefetch=0")
	rows, err := db.QueryContext(t.Context(), "select 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var kept [][]byte
	for rows.Next() {
		var raw sql.RawBytes
		var spoilt []byte
		var free any
		for _, dest := range []any{&spoilt, &free, &raw} {
			if err := rows.Scan(dest); err != nil {
				t.Fatal(err)
			}
		}
		_ = append(raw, "overwrites what is behind"...)
		for i := range spoilt {
			spoilt[i] = 'x'
		}
		kept = append(kept, raw, free.([]byte))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(kept) != 2*size*batches {
		t.Fatalf("%d values, %v, want %d", len(kept), err, 2*size*batches)
	}
	for i, got := range kept {
		if want := value(i / 2); !bytes.Equal(got, want) || got == nil {
			t.Fatalf("row %d has become %.20q of %d bytes, want %.20q of %d", i/2, got, len(got), want, len(want))
		}
	}
}
