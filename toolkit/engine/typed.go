package engine

import (
	"context"
	"iter"
	"slices"
)

// Typed is a [Result] whose rows are made into values of T as they are read. It is made by [Into] and [Scalars], and
// reads the same rows as the result itself. A row that does not become a T is an error that ends the result.
type Typed[T any] struct {
	res   *Result
	plan  func(h *header) (plan[T], error)
	keeps bool // a T keeps the slice of the values it is made of

	head  *header // for which how was made
	how   plan[T]
	room  []any
	ahead ahead[T]
}

// plan is how rows become values of T.
type plan[T any] struct {
	make maker[T]
	fill *filler // does the same for rows that come by columns; nil if only make can
}

// maker makes a T of the values of a row that has this number.
type maker[T any] func(values []any, number int64) (T, error)

// begin makes ready for a fetch; stop ends it.
func (t *Typed[T]) begin(ctx context.Context) (stop func() bool, err error) {
	if err := t.res.ready(); err != nil {
		return nil, err
	}
	if t.head != t.res.head {
		if t.how, err = t.plan(t.res.head); err != nil {
			t.res.end(err)
			return nil, err
		}
		t.head, t.room, t.ahead = t.res.head, nil, ahead[T]{}
	}
	return t.res.watch(ctx), nil
}

// fetch is the next row. Want is how many rows the program takes at a time, 0 if it does not say.
func (t *Typed[T]) fetch(ctx context.Context, want int) (v T, ok bool, err error) {
	if t.byColumns() {
		if v, ok, err = t.fetchAhead(ctx, want); ok || err != nil {
			return v, ok, err
		}
	}
	if t.keeps || t.room == nil {
		t.room = make([]any, len(t.head.columns))
	}
	if ok, err = t.res.next(ctx, want, t.room); err != nil || !ok {
		return v, false, err
	}
	if v, err = t.how.make(t.room, t.res.number); err != nil {
		t.res.end(err)
		var none T
		return none, false, err
	}
	return v, true, nil
}

// Rows is [Result.Rows].
func (t *Typed[T]) Rows() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx := context.Background()
		if _, err := t.begin(ctx); err != nil {
			var none T
			yield(none, err)
			return
		}
		ended := false
		defer func() {
			if !ended { // the loop was left, perhaps by a panic
				_ = t.res.Close() // there is nobody to tell but the hook of the engine, which is told
			}
		}()
		for {
			v, ok, err := t.fetch(ctx, 0)
			if !ok && err == nil {
				ended = true
				return
			}
			if err != nil {
				ended = true
				yield(v, err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

// Next is [Result.Next].
func (t *Typed[T]) Next(ctx context.Context) (v T, ok bool, err error) {
	stop, err := t.begin(ctx)
	if err != nil {
		return v, false, err
	}
	defer stop()
	return t.fetch(ctx, 0)
}

// FetchMany is [Result.FetchMany].
func (t *Typed[T]) FetchMany(ctx context.Context, n int) ([]T, error) {
	if n < 0 {
		n = t.size()
	}
	return t.many(ctx, n)
}

// All is [Result.All].
func (t *Typed[T]) All(ctx context.Context) ([]T, error) { return t.many(ctx, -1) }

// many is the next n rows, all of them if n is negative.
func (t *Typed[T]) many(ctx context.Context, n int) ([]T, error) {
	stop, err := t.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	var g gathered[T]
	for g.n != n {
		if t.byColumns() {
			taken, err := t.fetchColumns(ctx, n, &g)
			if err != nil {
				return g.all(), err
			}
			if taken > 0 {
				continue
			}
		}
		v, ok, err := t.fetch(ctx, max(n, 0))
		if err != nil {
			return g.all(), err
		}
		if !ok {
			break
		}
		g.room(1)[0] = v
		g.took(1)
	}
	return g.all(), nil
}

// gathered are rows in several pieces, which are put together once: a slice that grows copies its rows more often, and
// leaves more memory behind.
type gathered[T any] struct {
	n     int
	full  [][]T
	piece []T
}

// mostRows is how many rows are in a piece at most.
const mostRows = 1 << 15

// room is where the next rows go, at least one and at most want; what is there are zero values.
func (g *gathered[T]) room(want int) []T {
	if len(g.piece) == cap(g.piece) {
		if g.n > 0 {
			g.full = append(g.full, g.piece)
		}
		g.piece = make([]T, 0, max(want, min(g.n, mostRows), 4))
	}
	return g.piece[len(g.piece):min(len(g.piece)+want, cap(g.piece))]
}

// took counts rows that were put where room was.
func (g *gathered[T]) took(n int) {
	g.n += n
	g.piece = g.piece[:len(g.piece)+n]
}

// all puts the rows together.
func (g *gathered[T]) all() []T {
	if len(g.full) > 0 {
		return slices.Concat(append(g.full, g.piece)...)
	}
	if g.piece == nil {
		return []T{}
	}
	return g.piece
}

// Partitions is [Result.Partitions].
func (t *Typed[T]) Partitions(n int) iter.Seq2[[]T, error] {
	if n <= 0 {
		n = t.size()
	}
	return func(yield func([]T, error) bool) {
		ended := false
		defer func() {
			if !ended { // the loop was left, perhaps by a panic
				_ = t.res.Close() // there is nobody to tell but the hook of the engine, which is told
			}
		}()
		for !ended {
			list, err := t.many(context.Background(), n)
			if len(list) > 0 && !yield(list, nil) {
				return
			}
			if err != nil {
				ended = true
				yield(nil, err)
				return
			}
			ended = len(list) < n
		}
	}
}

func (t *Typed[T]) size() int {
	if t.res.size > 0 {
		return t.res.size
	}
	return DefaultFetchSize
}

// First is [Result.First].
func (t *Typed[T]) First(ctx context.Context) (T, error) { return one(t.FirstOrNone(ctx)) }

// FirstOrNone is [Result.FirstOrNone].
func (t *Typed[T]) FirstOrNone(ctx context.Context) (v T, ok bool, err error) {
	v, ok, err = t.Next(ctx)
	return closing(t.res, v, ok, err)
}

// One is [Result.One].
func (t *Typed[T]) One(ctx context.Context) (T, error) { return one(t.OneOrNone(ctx)) }

// OneOrNone is [Result.OneOrNone].
func (t *Typed[T]) OneOrNone(ctx context.Context) (v T, ok bool, err error) {
	stop, err := t.begin(ctx)
	if err != nil {
		return v, false, err
	}
	defer stop()
	if v, ok, err = t.fetch(ctx, 0); ok {
		more, moreErr := t.res.next(ctx, 0, make([]any, len(t.head.columns)))
		if err = moreErr; more {
			err = ErrMultipleRows
		}
	}
	return closing(t.res, v, ok, err)
}

// closing closes the result behind what was read last.
func closing[T any](res *Result, v T, ok bool, err error) (T, bool, error) {
	if closeErr := res.Close(); err == nil {
		err = closeErr
	}
	if err != nil || !ok {
		var none T
		return none, false, err
	}
	return v, true, nil
}

// one has no row be an error.
func one[T any](v T, ok bool, err error) (T, error) {
	if err == nil && !ok {
		err = ErrNoRows
	}
	return v, err
}

// Unique leaves out values that were there before, as [Result.Unique] does for all columns that they are made of.
func (t *Typed[T]) Unique() *Typed[T] {
	t.res.Unique(nil)
	return t
}

// Close is [Result.Close].
func (t *Typed[T]) Close() error { return t.res.Close() }
