package engine

import (
	"database/sql"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/skep-go/skep/toolkit/schema"
)

// places are where values of a type go: n of them, zero values before, each so far behind the one before.
type places struct {
	p      unsafe.Pointer
	stride uintptr
	n      int
}

func (to places) at(i int) unsafe.Pointer { return unsafe.Add(to.p, uintptr(i)*to.stride) }

func (to places) within(offset uintptr) places {
	return places{unsafe.Add(to.p, offset), to.stride, to.n}
}

// span is a column from a row on.
type span struct {
	*Vector
	from int
}

func (c span) isNull(i int) bool { return c.Nulls != nil && c.Nulls[c.from+i] }

// at is a value as database/sql has it.
func (c span) at(i int) any {
	if c.isNull(i) {
		return nil
	}
	i += c.from
	switch values := c.Values.(type) {
	case []bool:
		return values[i]
	case []int8:
		return int64(values[i])
	case []int16:
		return int64(values[i])
	case []int32:
		return int64(values[i])
	case []int64:
		return values[i]
	case []float64:
		return values[i]
	case []string:
		return values[i]
	case [][]byte:
		return slices.Clone(values[i])
	case []time.Time:
		return values[i]
	}
	return nil
}

// writer puts a column's values where they go, and reports how many it has put: all for which there is a place, or
// those before one that it leaves.
type writer func(c span, to places) int

// direct is a writer for some types of vectors; false tells that this is none of them.
type direct func(c span, to places) (int, bool)

// writer is a writer that puts what the field's setter would put.
func (h *header) writer(f field) writer {
	var decode decoding
	if h.decode != nil {
		decode = h.decode[f.column]
	}
	c := h.columns[f.column].Type
	write := directOf(c, f.typ)
	return func(v span, to places) int {
		if write != nil && !decode.other && keeps(c, v.Values) {
			if n, ok := write(v, to); ok {
				return n
			}
		}
		return writeBy(f.set, decode.by, f.typ, v, to)
	}
}

// writeBy puts values by a setter.
func writeBy(set setter, decode decoder, t reflect.Type, v span, to places) int {
	for i := range to.n {
		value := v.at(i)
		if decode != nil {
			var err error
			if value, err = decode(value); err != nil {
				return i
			}
		}
		if set(reflect.NewAt(t, to.at(i)).Interface(), value) != nil {
			return i
		}
	}
	return to.n
}

// keeps reports whether the decoder of a column's type leaves the values of a vector, or does with them what its writer
// does, too.
func keeps(c schema.Type, values any) bool {
	switch c := c.(type) {
	case schema.NumericType:
		_, ok := values.([]string)
		return ok
	case schema.VarCharType, schema.CharType:
		_, ok := values.([]string)
		return ok
	case schema.Basic:
		ok := true
		switch c {
		case schema.Boolean:
			_, ok = values.([]bool)
		case schema.Date, schema.Timestamp, schema.TimestampTZ:
			_, ok = values.([]time.Time)
		case schema.String:
			_, ok = values.([]string)
		}
		return ok
	}
	return true
}

// directOf is the writer of a type of Go that needs no setter, nil if there is none. It leaves a NULL unless the type has
// a place for it.
func directOf(c schema.Type, t reflect.Type) direct {
	if write := plainOf(c, t); write != nil {
		return func(v span, to places) (int, bool) { return write(v, to, false) }
	}
	switch {
	case nullable(t):
		if write := plainOf(c, t.Field(0).Type); write != nil {
			return nullWriter(t, write)
		}
	case t.Kind() == reflect.Pointer:
		if write := plainOf(c, t.Elem()); write != nil {
			return pointerWriter(t.Elem(), write)
		}
	}
	return nil
}

// sqlNulls are those types of database/sql with a value and whether it is there that came before sql.Null.
var sqlNulls = []reflect.Type{
	reflect.TypeFor[sql.NullBool](), reflect.TypeFor[sql.NullByte](), reflect.TypeFor[sql.NullInt16](), reflect.TypeFor[sql.NullInt32](),
	reflect.TypeFor[sql.NullInt64](), reflect.TypeFor[sql.NullFloat64](), reflect.TypeFor[sql.NullString](), reflect.TypeFor[sql.NullTime](),
}

func nullable(t reflect.Type) bool { return isNull(t) || slices.Contains(sqlNulls, t) }

// scans reports whether a type of the program makes something of a value itself.
func scans(t reflect.Type) bool {
	switch {
	case setters[t] != nil:
		return false
	case nullable(t):
		return scans(t.Field(0).Type)
	case reflect.PointerTo(t).Implements(scannerType):
		return true
	}
	return t.Kind() == reflect.Pointer && scans(t.Elem())
}

// plain is a direct writer that skips a NULL if skip says so, and leaves it otherwise.
type plain func(c span, to places, skip bool) (int, bool)

func nullWriter(t reflect.Type, write plain) direct {
	valid := t.Field(1).Offset
	return func(v span, to places) (int, bool) {
		n, ok := write(v, to, true)
		if !ok {
			return 0, false
		}
		for i := range n {
			*(*bool)(unsafe.Add(to.at(i), valid)) = !v.isNull(i)
		}
		return n, true
	}
}

// pointerWriter has pointers point into one piece of memory.
func pointerWriter(t reflect.Type, write plain) direct {
	values := reflect.SliceOf(t)
	return func(v span, to places) (int, bool) {
		all := places{reflect.MakeSlice(values, to.n, to.n).UnsafePointer(), t.Size(), to.n}
		n, ok := write(v, all, true)
		if !ok {
			return 0, false
		}
		for i := range n {
			if !v.isNull(i) {
				*(*unsafe.Pointer)(to.at(i)) = all.at(i)
			}
		}
		return n, true
	}
}

// plainOf is the writer of a type that has no place for NULL.
func plainOf(c schema.Type, t reflect.Type) plain {
	switch t {
	case reflect.TypeFor[time.Time]():
		return timeWriter(c)
	case reflect.TypeFor[schema.CivilDate]():
		return converting(func(v time.Time) (schema.CivilDate, bool) { d, err := toDate(v); return d, err == nil })
	case reflect.TypeFor[schema.Decimal]():
		return converting(func(s string) (schema.Decimal, bool) { d := schema.Decimal(s); return d, d.Valid() == nil })
	}
	if setters[t] == nil && (reflect.PointerTo(t).Implements(scannerType) || isNull(t)) {
		return nil
	}
	return plainOfKind[t.Kind()]
}

var plainOfKind = map[reflect.Kind]plain{
	reflect.Bool: putting(same[bool]), reflect.String: putting(same[string]),
	reflect.Int: writeInts[int], reflect.Int8: writeInts[int8], reflect.Int16: writeInts[int16], reflect.Int32: writeInts[int32],
	reflect.Int64: writeInts[int64], reflect.Uint: writeInts[uint], reflect.Uint8: writeInts[uint8], reflect.Uint16: writeInts[uint16],
	reflect.Uint32: writeInts[uint32], reflect.Uint64: writeInts[uint64],
	reflect.Float32: converting(smaller), reflect.Float64: writeFloat64s,
}

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64
}

func writeInts[F integer](v span, to places, skip bool) (int, bool) {
	switch values := v.Values.(type) {
	case []int8:
		return narrowed[int8, F](values, v, to, skip), true
	case []int16:
		return narrowed[int16, F](values, v, to, skip), true
	case []int32:
		return narrowed[int32, F](values, v, to, skip), true
	case []int64:
		return narrowed[int64, F](values, v, to, skip), true
	}
	return 0, false
}

func writeFloat64s(v span, to places, skip bool) (int, bool) {
	switch values := v.Values.(type) {
	case []float64:
		return same(values, v, to, skip), true
	case []string:
		return converted(values, v, to, skip, func(s string) (float64, bool) {
			f, err := strconv.ParseFloat(s, 64)
			return f, err == nil
		}), true
	}
	return 0, false
}

func smaller(f float64) (float32, bool) {
	return float32(f), !reflect.TypeFor[float32]().OverflowFloat(f)
}

// putting is a writer of one type of vectors only.
func putting[V any](put func(values []V, v span, to places, skip bool) int) plain {
	return func(v span, to places, skip bool) (int, bool) {
		values, ok := v.Values.([]V)
		if !ok {
			return 0, false
		}
		return put(values, v, to, skip), true
	}
}

// converting is a writer of one type of vectors, whose values it converts; it leaves those that are not converted.
func converting[V, F any](convert func(V) (F, bool)) plain {
	return putting(func(values []V, v span, to places, skip bool) int { return converted(values, v, to, skip, convert) })
}

// timeWriter puts dates as toTime makes them of a date.
func timeWriter(c schema.Type) plain {
	if c != schema.Date {
		return putting(same[time.Time])
	}
	return converting(func(v time.Time) (time.Time, bool) {
		if d, err := toDate(v); err == nil {
			v, _ = toTime(d) // it has no error for a date
		}
		return v, true
	})
}

// same puts values as they are.
func same[V any](values []V, v span, to places, skip bool) int {
	values = values[v.from:][:to.n]
	if v.Nulls == nil {
		for i := range values {
			*(*V)(to.at(i)) = values[i]
		}
		return to.n
	}
	for i := range values {
		if !v.isNull(i) {
			*(*V)(to.at(i)) = values[i]
		} else if !skip {
			return i
		}
	}
	return to.n
}

// narrowed puts numbers as those of another type, and leaves one that does not fit.
func narrowed[V int8 | int16 | int32 | int64, F integer](values []V, v span, to places, skip bool) int {
	for i, value := range values[v.from:][:to.n] {
		if v.Nulls != nil && v.isNull(i) {
			if !skip {
				return i
			}
			continue
		}
		f := F(value)
		if V(f) != value || f < 0 != (value < 0) {
			return i
		}
		*(*F)(to.at(i)) = f
	}
	return to.n
}

// converted puts what convert makes of the values, and leaves one of which it makes nothing.
func converted[V, F any](values []V, v span, to places, skip bool, convert func(V) (F, bool)) int {
	for i, value := range values[v.from:][:to.n] {
		if v.Nulls != nil && v.isNull(i) {
			if !skip {
				return i
			}
			continue
		}
		f, ok := convert(value)
		if !ok {
			return i
		}
		*(*F)(to.at(i)) = f
	}
	return to.n
}
