package hive

import (
	"database/sql/driver"
	"fmt"
	"time"
	"unsafe"

	"github.com/skep-go/skep/internal/wire"
)

// database/sql takes each value as an interface, for which Go allocates memory: 8 bytes for a number, 16 for a string,
// and the string itself. Here the values of many rows are laid into one slice, and each interface is made to point to
// its element, so that there are a few allocations for all of them.
//
// What makes this safe: an interface of a type that is not a pointer is its type and a pointer to a value that never
// changes (reflect and the runtime rely on it). The slices are made anew for each call and not written to afterwards, and
// the garbage collector keeps a slice as long as something points into it. A value that is kept therefore keeps its
// column's part of one call: with package driver 256 rows, at most 6 KiB of numbers or times, or 1 MiB of texts.

// box returns *p as an interface without copying it. Nothing may write to *p any more.
func box[T int64 | float64 | string | time.Time | []byte](p *T) driver.Value {
	var zero T
	v := driver.Value(zero)
	(*struct{ typ, data unsafe.Pointer })(unsafe.Pointer(&v)).data = unsafe.Pointer(p)
	return v
}

// DriverValues fills dst with the values of whole rows, as [Batch.DriverValue] gives them, row by row from the given one
// on, as many as fit, and returns how many rows it has filled. It makes a few allocations for all of them. If a value is
// not what its type promises, the rows before are filled and the error is a [*ValueError].
//
// Values that are kept may keep those of the same column that were got with the same call.
func (b *Batch) DriverValues(dst []driver.Value, row int) (rows int, err error) {
	if b.mem == nil {
		return 0, ErrStaleBatch
	}
	width := len(b.columns)
	if uint(row) > uint(b.rows) {
		return 0, fmt.Errorf("%w: row %d of a batch of %d rows", ErrNoSuchValue, row, b.rows)
	}
	if rows = min(len(dst)/max(width, 1), b.rows-row); rows == 0 {
		return 0, nil
	}
	for col := range b.columns {
		n, colErr := b.boxColumn(dst[col:], width, row, rows, col)
		if colErr != nil {
			rows, err = n, colErr // what follows only matters up to here
		}
	}
	return rows, err
}

// boxColumn puts n values of a column into every width-th element of dst.
func (b *Batch) boxColumn(dst []driver.Value, width, row, n, col int) (int, error) {
	c, from := &b.mem.set.Columns[col], b.from+row
	switch b.columns[col].Type.Kind {
	case KindNull:
		for i := range n {
			dst[i*width] = nil
		}
	case KindBoolean:
		for i, v := range c.Bools[from : from+n] {
			if dst[i*width] = v; c.IsNull(from + i) {
				dst[i*width] = nil
			}
		}
	case KindTinyInt, KindSmallInt, KindInt, KindBigInt:
		boxAll(dst, width, c, from, integers(c, from, from+n))
	case KindFloat, KindDouble:
		values := make([]float64, n)
		for i := range values {
			values[i] = b.double(c, from+i, col)
		}
		boxAll(dst, width, c, from, values)
	case KindBinary:
		boxAll(dst, width, c, from, binaries(c, from, from+n))
	case KindDate, KindTimestamp, KindTimestampLocalTZ:
		values, err := parseTexts(nil, c, from, from+n, b.timeParser(col))
		boxAll(dst, width, c, from, values)
		if err != nil {
			return len(values), b.valueError(row+len(values), col, err)
		}
	default:
		boxAll(dst, width, c, from, texts(nil, c, from, from+n))
	}
	return n, nil
}

// boxAll puts the values of the rows at from into every width-th element of dst.
func boxAll[T int64 | float64 | string | time.Time | []byte](dst []driver.Value, width int, c *wire.Column, from int, values []T) {
	if from>>3 >= len(c.Nulls) { // no NULL from here on
		for i := range values {
			dst[i*width] = box(&values[i])
		}
		return
	}
	for i := range values {
		if dst[i*width] = nil; !c.IsNull(from + i) {
			dst[i*width] = box(&values[i])
		}
	}
}

// integers widens the numbers of some rows.
func integers(c *wire.Column, from, to int) []int64 {
	switch c.Kind {
	case wire.KindByte:
		return widened[int64](nil, c.I8[from:to])
	case wire.KindI16:
		return widened[int64](nil, c.I16[from:to])
	case wire.KindI32:
		return widened[int64](nil, c.I32[from:to])
	}
	return append([]int64(nil), c.I64[from:to]...)
}

// binaries copies the bytes of some rows, each as a slice that cannot grow into the next.
func binaries(c *wire.Column, from, to int) [][]byte {
	block := roomForShort(c, from, to)
	all := make([][]byte, to-from)
	for i := range all {
		src := c.Bytes(from + i)
		if len(src) >= longText {
			all[i] = append([]byte(nil), src...)
			continue
		}
		start := len(block)
		block = append(block, src...)
		all[i] = block[start:len(block):len(block)]
	}
	return all
}
