package hive_test

import (
	"database/sql/driver"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// scripted is the only batch of a result.
func scripted(t *testing.T, columns ...fakehs2.Column) *hive.Batch {
	t.Helper()
	srv := fakehs2.Start(t, 1)
	srv.OnResult(columns)
	cfg := configFor(srv.Port())
	cfg.Prefetch = -1
	rows, err := connect(t, cfg).Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := rows.NextBatch(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Retain(); err != nil {
		t.Fatal(err)
	}
	if _, err := rows.NextBatch(bounded(t)); err != io.EOF {
		t.Fatalf("behind the batch: %v, want %v", err, io.EOF)
	}
	return b
}

// A text that is not what its type promises is an error of those who read it, and of nobody else.
func TestBadValue(t *testing.T) {
	dates := []string{"2020-01-01", "", "2020-01-03", "no date", "2020-01-05", "2020-99-99"}
	b := scripted(t, fakehs2.Ints(0, 1, 2, 3, 4, 5), fakehs2.Texts(fakehs2.Date, []byte{0b10}, dates...),
		fakehs2.Texts(fakehs2.Timestamp, nil, "2020-01-01 00:00:00", "2020-01-01 00:00:01", "2020-01-01 00:00:02.5", "2020-01-01 00:00:03", "noon", "2020-01-01 00:00:05"),
		fakehs2.Texts(fakehs2.Decimal, nil, "1", "2", "3", "4", "5", "6"))

	day := func(d int) time.Time { return time.Date(2020, 1, d, 0, 0, 0, 0, time.UTC) }
	rows := [][]driver.Value{
		{int64(0), day(1), day(1), "1"},
		{int64(1), nil, day(1).Add(time.Second), "2"},
		{int64(2), day(3), day(1).Add(2500 * time.Millisecond), "3"},
	}
	for from := range 3 {
		values := make([]driver.Value, 6*4)
		n, err := b.DriverValues(values, from)
		if n != 3-from {
			t.Errorf("from row %d: %d rows, want %d", from, n, 3-from)
		}
		isBad(t, err, 3, "c1", "no date")
		if got, want := values[:4*n], slices.Concat(rows[from:]...); !reflect.DeepEqual(got, want) {
			t.Errorf("from row %d: got %v\nwant %v", from, got, want)
		}
	}
	for from, column := range map[int]string{3: "c1", 4: "c2", 5: "c1"} {
		n, err := b.DriverValues(make([]driver.Value, 6*4), from)
		if n != 0 {
			t.Errorf("from row %d: %d rows, want none", from, n)
		}
		isBad(t, err, from, column, "")
	}
	if n, err := b.DriverValues(make([]driver.Value, 3*4), 0); n != 3 || err != nil {
		t.Errorf("the rows before: %d, %v, want 3", n, err)
	}

	_, err := hive.Values[hive.Date](b, 1)
	isBad(t, err, 3, "c1", "no date")
	_, err = hive.Values[time.Time](b, 2)
	isBad(t, err, 4, "c2", "noon")
	_, err = b.Value(3, 1)
	isBad(t, err, 3, "c1", "no date")
	_, err = b.DriverValue(4, 2)
	isBad(t, err, 4, "c2", "noon")
	if texts, err := hive.Values[string](b, 1); err != nil || !slices.Equal(texts, dates) {
		t.Errorf("as texts: %q, %v, want %q", texts, err, dates)
	}
	if decimals, err := hive.Values[hive.Decimal](b, 3); err != nil || len(decimals) != 6 || decimals[5].String() != "6" {
		t.Errorf("the good column: %v, %v", decimals, err)
	}
}

func isBad(t *testing.T, err error, row int, column, text string) {
	t.Helper()
	var bad *hive.ValueError
	if !errors.As(err, &bad) || bad.Row != row || bad.Column != column || bad.Err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v, want a *ValueError of %s in row %d that has %q", err, column, row, text)
	}
}

func TestNoSuchValue(t *testing.T) {
	b := scripted(t, fakehs2.Ints(1, 2), fakehs2.Texts(fakehs2.String, nil, "a", "b"))
	for _, at := range [][2]int{{-1, 0}, {2, 0}, {0, -1}, {0, 2}, {1 << 40, 1 << 40}} {
		_, value := b.Value(at[0], at[1])
		_, plain := b.DriverValue(at[0], at[1])
		for _, err := range []error{value, plain} {
			if !errors.Is(err, hive.ErrNoSuchValue) {
				t.Errorf("row %d, column %d: %v, want %v", at[0], at[1], err, hive.ErrNoSuchValue)
			}
		}
	}
	for _, col := range []int{-1, 2} {
		_, values := hive.Values[string](b, col)
		_, _, texts := b.AppendTexts(nil, nil, col)
		_, nulls := b.Nulls(col)
		for name, err := range map[string]error{"Values": values, "AppendTexts": texts, "Nulls": nulls} {
			if !errors.Is(err, hive.ErrNoSuchValue) {
				t.Errorf("%s of column %d: %v, want %v", name, col, err, hive.ErrNoSuchValue)
			}
		}
	}
	for _, row := range []int{-1, 3} {
		if _, err := b.DriverValues(make([]driver.Value, 2), row); !errors.Is(err, hive.ErrNoSuchValue) {
			t.Errorf("DriverValues from row %d: %v, want %v", row, err, hive.ErrNoSuchValue)
		}
	}
	for _, size := range []int{0, 1} { // less than a row
		if n, err := b.DriverValues(make([]driver.Value, size), 0); n != 0 || err != nil {
			t.Errorf("DriverValues into %d: %d rows, %v, want none", size, n, err)
		}
	}
	if n, err := b.DriverValues(make([]driver.Value, 2), 2); n != 0 || err != nil {
		t.Errorf("DriverValues behind the last row: %d rows, %v, want none", n, err)
	}
}

// A column is not read as what it is not, and the error tells both types.
func TestTypeError(t *testing.T) {
	b := scripted(t, fakehs2.Ints(1, 2), fakehs2.Texts(fakehs2.String, nil, "a", "b"))
	type own string
	_, ints := hive.Values[int](b, 0)
	_, shorts := hive.Values[int16](b, 0)
	_, text := hive.Values[string](b, 0)
	_, long := hive.Values[int64](b, 1)
	_, named := hive.Values[own](b, 1)
	_, anything := hive.Values[any](b, 1)
	_, date := hive.Values[hive.Date](b, 1)
	_, _, layout := b.AppendTexts(nil, nil, 0)
	for _, tt := range []struct {
		err    error
		column string
		kind   hive.Kind
		goType reflect.Type
	}{
		{ints, "c0", hive.KindInt, reflect.TypeFor[int]()},
		{shorts, "c0", hive.KindInt, reflect.TypeFor[int16]()},
		{text, "c0", hive.KindInt, reflect.TypeFor[string]()},
		{long, "c1", hive.KindString, reflect.TypeFor[int64]()},
		{named, "c1", hive.KindString, reflect.TypeFor[own]()},
		{anything, "c1", hive.KindString, reflect.TypeFor[any]()},
		{date, "c1", hive.KindString, reflect.TypeFor[hive.Date]()},
		{layout, "c0", hive.KindInt, reflect.TypeFor[[]byte]()},
	} {
		var got *hive.TypeError
		if !errors.As(tt.err, &got) || got.Column != tt.column || got.Type.Kind != tt.kind || got.Go != tt.goType {
			t.Errorf("got %v, want a *TypeError of %s, %s as %s", tt.err, tt.column, tt.kind, tt.goType)
		}
	}
}

// The zero Nulls, and what is beyond the rows.
func TestNullsBeyond(t *testing.T) {
	var none hive.Nulls
	if none.Len() != 0 || none.Count() != 0 || none.IsNull(0) || len(none.AppendValidity(nil)) != 0 {
		t.Errorf("the zero value: %d rows, %d NULL, row 0 %v", none.Len(), none.Count(), none.IsNull(0))
	}
	b := scripted(t, fakehs2.Texts(fakehs2.String, []byte{0xff, 0xff}, "a", "b", "c"))
	n, err := b.Nulls(0)
	if err != nil {
		t.Fatal(err)
	}
	if n.Len() != 3 || n.Count() != 3 || n.IsNull(-1) || n.IsNull(3) || !n.IsNull(2) || !slices.Equal(n.AppendValidity([]byte{9}), []byte{9, 0}) {
		t.Errorf("%d rows, %d NULL, row 3 %v, validity %08b, want 3 rows, all NULL, and no more", n.Len(), n.Count(), n.IsNull(3), n.AppendValidity(nil))
	}
}

// A result whose columns change between batches is refused, and FetchMany does not join what does not fit.
func TestVoidChangesKind(t *testing.T) {
	srv := fakehs2.Start(t, 1)
	texts := func(values ...string) []fakehs2.Column {
		return []fakehs2.Column{fakehs2.Texts(fakehs2.Void, nil, values...)}
	}
	numbers := []fakehs2.Column{fakehs2.Ints(make([]int32, 100)...)}
	srv.OnResult(texts("a", "b"), numbers, numbers, texts("c"))
	cfg := configFor(srv.Port())
	cfg.Prefetch = -1
	rows, err := connect(t, cfg).Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.NextBatch(bounded(t)); err != nil {
		t.Fatal(err)
	}
	b, err := rows.FetchMany(bounded(t), 150)
	if err != nil || b.Len() != 150 {
		t.Fatalf("numbers after texts: %v, want 150 rows", err)
	}
	if v, err := b.Value(149, 0); v != nil || err != nil {
		t.Errorf("a VOID = %v, %v, want nil", v, err)
	}
	_, err = rows.FetchMany(bounded(t), 51)
	want{kind: "protocol", text: "changes from kind"}.check(t, err)
	if _, again := rows.NextBatch(bounded(t)); !errors.Is(again, err) {
		t.Errorf("after the error: %v, want the same error", again)
	}
	if err := rows.Close(bounded(t)); err != nil {
		t.Error(err)
	}
}

// A batch is for several goroutines.
func TestBatchOfSeveralGoroutines(t *testing.T) {
	_, s := capped(t, 100, 100, func(c *hive.Config) { c.FetchSize = 50 })
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := rows.NextBatch(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, values := check(first, 0)
			_, texts := hive.Values[[]byte](first, 1)
			n, shared := hive.Values[int32](first, 0)
			_, boxed := first.DriverValues(make([]driver.Value, 100), 0)
			if err := errors.Join(values, texts, shared, boxed, first.Retain()); err != nil || n[49] != 49 {
				t.Errorf("%v, row 49 is %d", err, n[49])
			}
		})
	}
	wg.Wait()
	if _, err := rows.NextBatch(bounded(t)); err != nil {
		t.Fatal(err)
	}
	if n, err := check(first, 0); n != 50 || err != nil {
		t.Errorf("retained: %d rows, %v", n, err)
	}
}

// AppendValues gives what Values gives, behind what is there, in memory that is the caller's alone.
func TestAppendValues(t *testing.T) {
	b := scripted(t, fakehs2.Ints(1, 2, 3), fakehs2.Texts(fakehs2.Decimal, nil, "1.5", "2", "3"))
	numbers, err := hive.AppendValues([]int32{0}, b, 0)
	if err != nil || !slices.Equal(numbers, []int32{0, 1, 2, 3}) {
		t.Fatalf("got %v, %v, want 0 to 3", numbers, err)
	}
	clear(numbers)
	if again, err := hive.Values[int32](b, 0); err != nil || !slices.Equal(again, []int32{1, 2, 3}) {
		t.Errorf("the batch has become %v, %v", again, err)
	}
	wide, err := hive.AppendValues[int64](nil, b, 0)
	if err != nil || !slices.Equal(wide, []int64{1, 2, 3}) {
		t.Errorf("as int64: %v, %v", wide, err)
	}
	texts, err := hive.AppendValues([]string{"0"}, b, 1)
	if err != nil || !slices.Equal(texts, []string{"0", "1.5", "2", "3"}) {
		t.Errorf("as string: %v, %v", texts, err)
	}
	var mismatch *hive.TypeError
	if got, err := hive.AppendValues([]bool{true}, b, 0); !errors.As(err, &mismatch) || !slices.Equal(got, []bool{true}) {
		t.Errorf("as bool: %v, %v, want what there was and a *TypeError", got, err)
	}
}
