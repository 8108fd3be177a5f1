package engine

import (
	"context"
	"reflect"
	"slices"
	"unsafe"

	"github.com/skep-go/skep/toolkit/schema"
)

// How rows that come by columns become values of Go: column by column, straight from the slices of a [Batch] to where
// the fields of a whole list of structs are. What is put there is what the setters would put there. A row with anything
// else, such as an error, is left to them, which see one row after another; so are types of the program that make
// something of a value themselves.

// filler puts the columns of rows where values of a type have them.
type filler struct {
	columns  []target
	size     uintptr      // of a value
	pointers reflect.Type // the values are pointers to these; nil if they are the values themselves
}

// target is where a column goes in a value.
type target struct {
	column int // of the result
	offset uintptr
	write  writer
}

// fillerOf is nil if the fields take more than putting values there.
func fillerOf(h *header, t reflect.Type, fields []field) *filler {
	f := &filler{size: t.Size()}
	for _, field := range fields {
		offset, ok := offsetOf(t, field.index)
		c := h.columns[field.column]
		if _, custom := c.Type.(schema.Custom); !ok || custom || scans(field.typ) {
			return nil
		}
		f.columns = append(f.columns, target{field.column, offset, h.writer(field)})
	}
	return f
}

// fillerOfPointers fills structs of which it makes many at a time.
func fillerOfPointers(h *header, t reflect.Type, fields []field) *filler {
	f := fillerOf(h, t, fields)
	if f != nil {
		f.pointers = t
	}
	return f
}

// offsetOf is where in a struct a field is, if that is in the struct itself.
func offsetOf(t reflect.Type, index []int) (offset uintptr, ok bool) {
	for _, i := range index {
		if t.Kind() == reflect.Pointer {
			return 0, false
		}
		f := t.Field(i)
		offset, t = offset+f.Offset, f.Type
	}
	return offset, true
}

// fill puts the next rows at p, where there are n zero values in a row, and reports how many it has put: all, or those
// before one that it leaves.
func (f *filler) fill(src *columnRows, pick []int, p unsafe.Pointer, n int) int {
	to := places{p, f.size, n}
	if f.pointers != nil {
		to.p = reflect.MakeSlice(reflect.SliceOf(f.pointers), n, n).UnsafePointer()
	}
	for _, c := range f.columns {
		column := c.column
		if pick != nil {
			column = pick[column]
		}
		v := src.vector(column)
		if v == nil {
			return 0
		}
		to.n = c.write(span{v, src.at}, to.within(c.offset))
	}
	if f.pointers != nil {
		for i := range to.n {
			*(*unsafe.Pointer)(unsafe.Add(p, uintptr(i)*unsafe.Sizeof(p))) = to.at(i)
		}
	}
	return to.n
}

// ahead are rows that were made before they are taken.
type ahead[T any] struct {
	serial int // of their batch
	from   int // the first of them in it
	rows   []T
}

// byColumns reports whether rows can be made by columns now.
func (t *Typed[T]) byColumns() bool {
	src := t.res.cols
	return t.how.fill != nil && src != nil && t.res.seen == nil && !t.res.over && (src.serial == 0 || src.scalar != src.serial)
}

// fetchAhead is fetch by columns. It gives no row at the end, and for one that is left to fetch.
func (t *Typed[T]) fetchAhead(ctx context.Context, want int) (v T, ok bool, err error) {
	src := t.res.cols
	n, err := t.res.prepare(ctx, batchRows, want)
	if n == 0 {
		return v, false, err
	}
	i := src.at - t.ahead.from
	if t.ahead.serial != src.serial || i < 0 || i >= len(t.ahead.rows) {
		rows := slices.Grow(t.ahead.rows[:0], n)[:n]
		clear(rows)
		i, n = 0, t.how.fill.fill(src, t.res.pick, unsafe.Pointer(unsafe.SliceData(rows)), n)
		if t.ahead = (ahead[T]{src.serial, src.at, rows[:n]}); n == 0 {
			return v, false, nil
		}
	}
	t.res.took(1)
	return t.ahead.rows[i], true, nil
}

// fetchColumns gathers rows that are ready, until there are n, and reports how many it has taken; none at the end, and
// if the next is left to fetch.
func (t *Typed[T]) fetchColumns(ctx context.Context, n int, g *gathered[T]) (taken int, err error) {
	ready, err := t.res.prepare(ctx, batchRows, max(n, 0))
	if ready == 0 {
		return 0, err
	}
	if n >= 0 {
		ready = min(ready, n-g.n)
	}
	rows := g.room(ready)
	taken = t.how.fill.fill(t.res.cols, t.res.pick, unsafe.Pointer(unsafe.SliceData(rows)), len(rows))
	clear(rows[taken:]) // of a row that was left, some columns may be there
	g.took(taken)
	t.res.took(taken)
	return taken, nil
}

// prepare is ready of the source, and ends the result behind its last row.
func (r *Result) prepare(ctx context.Context, most, want int) (int, error) {
	n, err := r.cols.ready(ctx, most, want)
	if n == 0 {
		r.end(deadline(ctx, err))
		return 0, r.err
	}
	return n, nil
}

// took counts rows that were taken by columns.
func (r *Result) took(n int) {
	r.cols.at += n
	r.number += int64(n)
}
