package engine

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestFreeze: the rest of a result can be had any number of times, with everything that was said of its columns.
func TestFreeze(t *testing.T) {
	st, err := compile.Compile(compile.ANSI{}, expr.Select(flights.Carrier, flights.Day))
	if err != nil {
		t.Fatal(err)
	}
	src := &sliceSource{[]Column{{Name: "a"}, {Name: "b"}}, [][]any{{"UA", day}, {"AA", day}, {"AA", day}, {"DL", nil}}}
	r := newResult(src, st.Columns(), Options{}, nil)
	if _, _, err := r.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	frozen, err := r.Columns(flights.Day, "carrier").Unique(nil).Freeze(t.Context())
	if err != nil || frozen.Len() != 2 {
		t.Fatalf("got %v, error %v; want 2 rows", frozen, err)
	}
	for range 2 {
		r := frozen.Result()
		row, err := r.First(t.Context())
		if err != nil || row.At(0) != date || row.At(1) != "AA" {
			t.Errorf("got %v, error %v", row.Values(), err)
		}
		if carrier, err := Get[string](row, flights.Carrier); carrier != "AA" || err != nil {
			t.Errorf("by expression: got %q, error %v", carrier, err)
		}
	}
	failing := numbered(3)
	failing.fault = errors.New("the wire is cut")
	if frozen, err := newResult(failing, nil, Options{}, nil).Freeze(t.Context()); frozen != nil || err != failing.fault {
		t.Errorf("with an error: got %v, %v", frozen, err)
	}
}

func TestNewFrozen(t *testing.T) {
	values := []any{int64(1)}
	frozen, err := NewFrozen([]Column{{Name: "id", Type: schema.BigInt}}, values)
	if err != nil {
		t.Fatal(err)
	}
	values[0] = int64(2)
	if id, err := ScalarOne[int](t.Context(), frozen.Result()); id != 1 || err != nil {
		t.Errorf("got %d, error %v", id, err)
	}
	var width *WidthError
	if _, err := NewFrozen(two, values); !errors.As(err, &width) {
		t.Errorf("a short row: got error %v", err)
	}
}

func TestMergedResults(t *testing.T) {
	parts := []*tap{numbered(2), numbered(0), numbered(3)}
	results := func() (list []*Result) {
		for _, p := range parts {
			list = append(list, newResult(&tap{sliceSource: p.sliceSource}, nil, Options{}, nil))
		}
		return list
	}
	r := Merge(results()...)
	rows, err := r.FetchMany(t.Context(), 3)
	if err != nil || !slices.Equal(ids(rows), []int{0, 1, 0}) || rows[2].Number() != 3 {
		t.Errorf("got %v, error %v", ids(rows), err)
	}
	if rows, err := r.Columns("name").All(t.Context()); err != nil || len(rows) != 2 || !reflect.DeepEqual(rows[1].Values(), []any{"c"}) {
		t.Errorf("the rest: got %v, error %v", rows, err)
	}
	list := results()
	if row, err := Merge(list...).First(t.Context()); err != nil || row.At(1) != "a" {
		t.Errorf("First: got %v, error %v", row.Values(), err)
	}
	for i, r := range list {
		if !r.Closed() {
			t.Errorf("result %d is not closed", i)
		}
	}
	failing := numbered(1)
	failing.fault = errors.New("the wire is cut")
	rows, err = Merge(newResult(numbered(1), nil, Options{}, nil), newResult(failing, nil, Options{}, nil)).All(t.Context())
	if len(rows) != 2 || err != failing.fault {
		t.Errorf("with an error: got %d rows, error %v", len(rows), err)
	}
	list = results()
	var width *WidthError
	if rows, err := Merge(list[0], list[1].Columns("id"), list[2]).All(t.Context()); rows != nil || !errors.As(err, &width) || !list[2].Closed() {
		t.Errorf("of two widths: got %v, error %v", rows, err)
	}
	if _, err := Merge().All(t.Context()); err != ErrNoResult {
		t.Errorf("of nothing: got error %v", err)
	}
	if n := Merge(newResult(affected(2), nil, Options{}, nil), newResult(affected(3), nil, Options{}, nil)).RowsAffected(); n != 5 {
		t.Errorf("RowsAffected: got %d, want 5", n)
	}
}
