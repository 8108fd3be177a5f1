package hive

import (
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"time"
	"unsafe"

	"github.com/skep-go/skep/internal/wire"
)

// Values returns a column's values, one for each row; those of NULL rows mean nothing, see [Batch.Nulls]. T is the type
// of [Batch.Value] for the column, or one of these:
//
//	int64        for TINYINT, SMALLINT and INT too
//	float64      for FLOAT too: the double with the same decimal text
//	time.Time    for DATE too: midnight in Config.Location
//	string       for every type that is sent as text, and BINARY: what the server sent
//	[]byte       the same as views of the batch's memory, which must not be written to
//
// Any other T is a [*TypeError], and a text that is not what the type promises a [*ValueError]. bool, the integers of
// their own size, float64 of DOUBLE and []byte are not copied. Texts of up to 4 KiB are copied into one piece of memory
// for all rows: keep one, and all are kept.
func Values[T any](b *Batch, col int) ([]T, error) {
	c, err := b.vectors(col)
	if err != nil {
		return nil, err
	}
	var values []T
	err = b.read(any(&values), c, col, true)
	return values, err
}

// AppendValues is [Values] into memory of the caller's: who is done with a batch's values before the next one makes no
// garbage then.
func AppendValues[T any](dst []T, b *Batch, col int) ([]T, error) {
	c, err := b.vectors(col)
	if err != nil {
		return dst, err
	}
	values := dst[len(dst):] // what is made anew is made there; a part of a vector is copied there
	if err := b.read(any(&values), c, col, false); err != nil {
		return dst, err
	}
	return append(dst, values...), nil
}

// read fills a *[]T for [Values], which is empty and may have room. If it is not to be kept, the slice may be a part of a
// vector.
func (b *Batch) read(dst any, c *wire.Column, col int, keep bool) error {
	to := b.from + b.rows
	t := b.columns[col].Type
	text := isText(c)
	switch dst := dst.(type) {
	case *[]bool:
		return share(b, dst, c.Bools, t.Kind == KindBoolean, col, keep)
	case *[]int8:
		return share(b, dst, c.I8, t.Kind == KindTinyInt, col, keep)
	case *[]int16:
		return share(b, dst, c.I16, t.Kind == KindSmallInt, col, keep)
	case *[]int32:
		return share(b, dst, c.I32, t.Kind == KindInt, col, keep)
	case *[]int64:
		switch t.Kind {
		case KindTinyInt:
			*dst = widened(*dst, c.I8[b.from:to])
		case KindSmallInt:
			*dst = widened(*dst, c.I16[b.from:to])
		case KindInt:
			*dst = widened(*dst, c.I32[b.from:to])
		default:
			return share(b, dst, c.I64, t.Kind == KindBigInt, col, keep)
		}
		return nil
	case *[]float32:
		if t.Kind != KindFloat {
			return b.typeError(col, dst)
		}
		*dst = widened(*dst, c.Doubles[b.from:to])
		return nil
	case *[]float64:
		if t.Kind == KindFloat && b.rowBased {
			*dst = room(*dst, b.rows)
			for i := range *dst {
				(*dst)[i] = floatText(c.Doubles[b.from+i])
			}
			return nil
		}
		return share(b, dst, c.Doubles, t.Kind == KindFloat || t.Kind == KindDouble, col, keep)
	case *[]string:
		if !text {
			return b.typeError(col, dst)
		}
		*dst = texts(*dst, c, b.from, to)
		return nil
	case *[][]byte:
		if !text {
			return b.typeError(col, dst)
		}
		b.mem.textKept.Store(true)
		*dst = room(*dst, b.rows)
		for i := range *dst {
			(*dst)[i] = c.Bytes(b.from + i)
		}
		return nil
	case *[]Decimal:
		return convert(b, dst, col, ParseDecimal, t.Kind == KindDecimal)
	case *[]Date:
		return convert(b, dst, col, ParseDate, t.Kind == KindDate)
	case *[]time.Time:
		ok := t.Kind == KindDate || t.Kind == KindTimestamp || t.Kind == KindTimestampLocalTZ
		return convert(b, dst, col, b.timeParser(col), ok)
	case *[]IntervalYearMonth:
		return convert(b, dst, col, ParseIntervalYearMonth, t.Kind == KindIntervalYearMonth)
	case *[]IntervalDayTime:
		return convert(b, dst, col, ParseIntervalDayTime, t.Kind == KindIntervalDayTime)
	case *[]Nested:
		nested := t.Kind == KindArray || t.Kind == KindMap || t.Kind == KindStruct || t.Kind == KindUnion
		return convert(b, dst, col, func(s string) (Nested, error) {
			return Nested{Raw: s, Type: t.Kind.String(), Location: b.location}, nil
		}, nested)
	}
	return b.typeError(col, dst)
}

// isText reports whether a column's values are sent as text or bytes.
func isText(c *wire.Column) bool { return c.Kind == wire.KindString || c.Kind == wire.KindBinary }

// share hands out a part of a vector.
func share[T any](b *Batch, dst *[]T, vector []T, fits bool, col int, keep bool) error {
	if !fits {
		return b.typeError(col, dst)
	}
	if keep {
		b.mem.valuesKept.Store(true)
	}
	to := b.from + b.rows
	*dst = vector[b.from:to:to]
	return nil
}

// room is a slice of n values in the room that there is, or in new memory.
func room[T any](dst []T, n int) []T {
	if cap(dst) < n {
		return make([]T, n)
	}
	return dst[:n]
}

func widened[T, S int8 | int16 | int32 | int64 | float32 | float64](dst []T, vector []S) []T {
	values := room(dst, len(vector))
	for i, v := range vector {
		values[i] = T(v)
	}
	return values
}

// convert parses the texts of a column.
func convert[T any](b *Batch, dst *[]T, col int, parse func(string) (T, error), fits bool) error {
	if !fits {
		return b.typeError(col, dst)
	}
	values, err := parseTexts(*dst, &b.mem.set.Columns[col], b.from, b.from+b.rows, parse)
	if err != nil {
		return b.valueError(len(values), col, err)
	}
	*dst = values
	return nil
}

// parseTexts parses the texts of some rows; NULL gives the zero value. With an error come the values before it.
func parseTexts[T any](dst []T, c *wire.Column, from, to int, parse func(string) (T, error)) ([]T, error) {
	values := room(dst, to-from)
	for i, text := range texts(nil, c, from, to) {
		if c.IsNull(from + i) {
			var none T
			values[i] = none
			continue
		}
		v, err := parse(text)
		if err != nil {
			return values[:i], err
		}
		values[i] = v
	}
	return values, nil
}

// longText is the size from which a text has memory of its own, so that a short one never keeps a long one.
const longText = 4 << 10

// texts copies the texts of some rows. Short ones share one piece of memory, which nothing writes to any more: that is
// what makes the strings over it safe.
func texts(dst []string, c *wire.Column, from, to int) []string {
	block := roomForShort(c, from, to)
	all := room(dst, to-from)
	for i := range all {
		text := c.Bytes(from + i)
		all[i] = ""
		switch n := len(text); {
		case n >= longText:
			all[i] = string(text)
		case n > 0:
			block = append(block, text...)
			all[i] = unsafe.String(&block[len(block)-n], n)
		}
	}
	return all
}

// roomForShort makes memory for the short texts of some rows.
func roomForShort(c *wire.Column, from, to int) []byte {
	size := 0
	for i := from; i < to; i++ {
		if n := len(c.Bytes(i)); n < longText {
			size += n
		}
	}
	return make([]byte, 0, size)
}

// AppendTexts appends the texts of a column that is sent as text, or BINARY, to data, one behind the other, and to
// offsets where in data each begins and the last one ends: Len()+1 offsets, as in Arrow's String and Binary layouts.
// Other columns are a [*TypeError]; an offset beyond 2 GiB is an error too.
func (b *Batch) AppendTexts(data []byte, offsets []int32, col int) ([]byte, []int32, error) {
	c, err := b.vectors(col)
	if err != nil {
		return data, offsets, err
	}
	if !isText(c) {
		return data, offsets, b.typeError(col, new([][]byte))
	}
	if size := len(data) + c.TextSize(b.from, b.from+b.rows); size > math.MaxInt32 {
		return data, offsets, fmt.Errorf("hive: column %q: %d bytes of text do not fit 32-bit offsets; fetch fewer rows at a time", b.columns[col].Name, size)
	}
	data, offsets = c.AppendTexts(data, offsets, b.from, b.from+b.rows)
	return data, append(offsets, int32(len(data))), nil
}

// TypeError is a column asked for as a Go type that it does not convert to.
type TypeError struct {
	// Column is the column's name.
	Column string
	Type   Type
	// Go is the type that was asked for.
	Go reflect.Type
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("hive: column %q is %s, whose values are not %s; see Values for what they can be", e.Column, e.Type, e.Go)
}

// typeError takes a pointer to a slice of what was asked for.
func (b *Batch) typeError(col int, dst any) error {
	return &TypeError{Column: b.columns[col].Name, Type: b.columns[col].Type, Go: reflect.TypeOf(dst).Elem().Elem()}
}

// Nulls tells which values of a column are NULL. It stays valid when the batch is not any more. The zero value tells of
// no rows.
type Nulls struct {
	bits []byte // as the server sends them: short if no row after them is NULL
	from int    // the bit of row 0
	rows int
}

// Nulls returns which values of a column are NULL.
func (b *Batch) Nulls(col int) (Nulls, error) {
	c, err := b.vectors(col)
	if err != nil {
		return Nulls{}, err
	}
	all := c.Nulls
	some := all[min(b.from/8, len(all)):min((b.from+b.rows+7)/8, len(all))]
	return Nulls{append([]byte(nil), some...), b.from % 8, b.rows}, nil
}

// Len is the number of rows.
func (n Nulls) Len() int { return n.rows }

// IsNull reports whether a row is NULL; beyond the rows there are no NULLs.
func (n Nulls) IsNull(row int) bool {
	if uint(row) >= uint(n.rows) {
		return false
	}
	i := n.from + row
	return i>>3 < len(n.bits) && n.bits[i>>3]>>(i&7)&1 != 0
}

// Count is how many rows are NULL.
func (n Nulls) Count() (count int) {
	end := min(n.from+n.rows, 8*len(n.bits))
	for i := n.from; i < end; {
		if i&7 == 0 && i+8 <= end {
			count += bits.OnesCount8(n.bits[i>>3])
			i += 8
			continue
		}
		count += int(n.bits[i>>3] >> (i & 7) & 1)
		i++
	}
	return count
}

// AppendValidity appends a bitmap with a bit set for each value that is not NULL, least significant bit first, as Arrow
// has it.
func (n Nulls) AppendValidity(dst []byte) []byte {
	for row := 0; row < n.rows; row += 8 {
		var valid byte
		for bit := range min(8, n.rows-row) {
			if !n.IsNull(row + bit) {
				valid |= 1 << bit
			}
		}
		dst = append(dst, valid)
	}
	return dst
}
