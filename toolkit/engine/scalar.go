package engine

import (
	"context"
	"reflect"
)

// Scalars has the rows of a result become the values of one column as they are read; see [Row.Get] for the key and [Get]
// for the types.
func Scalars[T any](res *Result, key any) *Typed[T] {
	return &Typed[T]{res: res.Columns(key), plan: func(h *header) (plan[T], error) {
		t := reflect.TypeFor[T]()
		set := setterIn(h.columns[0], t)
		if set == nil {
			return plan[T]{}, &FieldsError{Type: t.String(), Reason: "a value does not become one; see engine.Get"}
		}
		return scalarPlan[T](h, set), nil
	}}
}

// Scalar is the first column of the first row, and closes the result. No row is an [ErrNoRows]; see [Get] for NULL.
func Scalar[T any](ctx context.Context, res *Result) (T, error) { return first[T](res).First(ctx) }

// ScalarOne is the first column of the only row, and closes the result. See [Result.One].
func ScalarOne[T any](ctx context.Context, res *Result) (T, error) { return first[T](res).One(ctx) }

// ScalarOneOrNone is ScalarOne, but ok is false if there is no row.
func ScalarOneOrNone[T any](ctx context.Context, res *Result) (v T, ok bool, err error) {
	return first[T](res).OneOrNone(ctx)
}

func first[T any](res *Result) *Typed[T] {
	if !res.ReturnsRows() {
		return Into[T](res) // whose fetches tell
	}
	return Scalars[T](res, 0)
}
