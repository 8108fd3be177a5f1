package wire

import (
	"encoding/binary"
	"math"
)

// reader is a cursor over a message in memory. The first error sticks: from
// then on every read gives zero, and field gives typeStop, so loops end.
type reader struct {
	buf []byte
	off int
	err error
}

func (r *reader) left() int { return len(r.buf) - r.off }

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = corrupt(r.off, format, args...)
	}
}

// take returns the next n bytes as a view of the message, or nil on error.
func (r *reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > r.left() {
		r.fail("%d bytes wanted, %d left", n, r.left())
		return nil
	}
	b := r.buf[r.off : r.off+n : r.off+n]
	r.off += n
	return b
}

func (r *reader) u8() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) i16() int16 {
	if b := r.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *reader) i32() int32 {
	if b := r.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *reader) i64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (r *reader) double() float64 { return math.Float64frombits(uint64(r.i64())) }

// bytes reads a string or binary value as a view of the message.
func (r *reader) bytes() []byte {
	n := r.i32()
	if n < 0 {
		r.fail("string of %d bytes", n)
		return nil
	}
	return r.take(int(n))
}

// field reads a field header; typeStop is the end of the struct.
func (r *reader) field() (typ byte, id int16) {
	if typ = r.u8(); typ != typeStop {
		id = r.i16()
	}
	if r.err != nil {
		return typeStop, 0
	}
	return typ, id
}

// list reads the header of a list of elem and returns its length, which the
// bytes left can hold. The element type of an empty list is not looked at:
// some writers leave it out.
func (r *reader) list(elem byte) int {
	typ, n := r.u8(), r.i32()
	switch {
	case r.err != nil || n == 0:
		return 0
	case n < 0:
		r.fail("list of %d elements", n)
	case typ != elem:
		r.fail("list of type %d where type %d belongs", typ, elem)
	case int64(n)*int64(kinds[elem].min) > int64(r.left()):
		r.fail("list of %d elements of type %d, %d bytes left", n, elem, r.left())
	default:
		return int(n)
	}
	return 0
}

// skip passes over the value of the field that was just read.
func (r *reader) skip(typ byte) {
	s := walkValue(typ, r.off, len(r.buf))
	n, err := s.walk(r.buf[r.off:])
	r.off += n
	switch {
	case err != nil:
		r.err = err
	case !s.done():
		r.fail("value of type %d ends early", typ)
	}
}
