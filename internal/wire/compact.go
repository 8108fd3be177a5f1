package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The type ids of the compact protocol that a TColumn needs, and that of one
// value of each kind.
const (
	compactTrue   = 1
	compactFalse  = 2
	compactBinary = 8
	compactList   = 9
	compactStruct = 12
)

var compactElement = [...]byte{
	KindBool: compactTrue, KindByte: 3, KindI16: 4, KindI32: 5,
	KindI64: 6, KindDouble: 7, KindString: compactBinary, KindBinary: compactBinary,
}

// readSerialised reads the columns at a place of the reply: a TColumn in the
// compact protocol for each, one behind the other, as Hive's tasks write them
// (ThriftJDBCBinarySerDe).
//
// What follows the last one is not looked at. HiveServer2 sends the whole of
// the buffer that it reads the tasks' files into (BytesWritable.getBytes), so
// behind a batch stands what is left of longer ones before it.
func (d *Decoder) readSerialised(r *reader, at span) {
	n := d.rows.ColumnCount
	if n < 1 || n > maxColumns {
		r.fail("serialised columns in a result of %d columns", n)
		return
	}
	c := &reader{buf: r.buf[:at.start+at.size], off: int(at.start), err: r.err}
	for i := 0; i < n && c.err == nil; i++ {
		d.columnar = grow(d.columnar)
		readCompactColumn(c, &d.columnar[i])
		d.sameLength(c, i)
	}
	r.err = c.err
}

// readCompactColumn reads a TColumn.
func readCompactColumn(r *reader, c *Column) {
	typ, id := r.compactField(0)
	if typ != compactStruct || id < 1 || id > int16(KindBinary) {
		r.fail("column of the kind %d as type %d", id, typ)
		return
	}
	c.reset(Kind(id))
	readCompactArm(r, c)
	if typ, _ = r.compactField(id); typ != typeStop {
		r.fail("column of several kinds")
	}
}

// readCompactArm reads the values and the null bitmap: TBoolColumn and its
// sisters.
func readCompactArm(r *reader, c *Column) {
	values, nulls := false, false
	for last := int16(0); ; {
		typ, id := r.compactField(last)
		last = id
		switch {
		case typ == typeStop:
			if !values || !nulls {
				r.fail("column without values or nulls")
			}
			return
		case id == 1 && typ == compactList && !values:
			values = true
			readCompactValues(r, c)
		case id == 2 && typ == compactBinary && !nulls:
			nulls = true
			c.Nulls = r.take(r.compactLength())
		default:
			r.fail("field %d of type %d in a column", id, typ)
		}
	}
}

// readCompactValues reads the list of values. Each takes a byte at least, so
// the slices made here are at most eight times as large as their part of the
// reply.
func readCompactValues(r *reader, c *Column) {
	n := r.compactList(compactElement[c.Kind])
	switch c.Kind {
	case KindBool, KindByte: // of a bool, 1 is true and 2 is false, or 0 with some writers
		readOctets(r, c, n)
	case KindI16:
		c.I16 = resize(c.I16, n)
		readZigzag(r, c.I16, 16)
	case KindI32:
		c.I32 = resize(c.I32, n)
		readZigzag(r, c.I32, 32)
	case KindI64:
		c.I64 = resize(c.I64, n)
		readZigzag(r, c.I64, 64)
	case KindDouble:
		if n > r.left()/8 {
			r.fail("list of %d doubles, %d bytes left", n, r.left())
			return
		}
		c.Doubles = resize(c.Doubles, n)
		src := r.take(8 * n)
		for i := range c.Doubles {
			c.Doubles[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
		}
	default:
		c.data = r.buf
		c.spans = resize(c.spans, n)
		r.walkCompactStrings(c.spans)
	}
}

// readZigzag reads signed numbers of so many bits.
func readZigzag[T int16 | int32 | int64](r *reader, values []T, size int) {
	buf, off, wide := r.buf, r.off, uint64(0)
	for i := range values {
		v, n := uvarint(buf[off:])
		if n == 0 {
			r.fail("number %d of %d is no varint", i, len(values))
			return
		}
		off += n
		wide |= v
		values[i] = T(v>>1) ^ -T(v&1)
	}
	if wide>>size != 0 {
		r.fail("list of %d-bit numbers with one of %d bits", size, bits.Len64(wide))
		return
	}
	r.off = off
}

// walkCompactStrings passes over len(spans) strings and notes where each is.
func (r *reader) walkCompactStrings(spans []span) {
	buf, off := r.buf, r.off
	for i := range spans {
		size, n := uint64(0), 1
		if off < len(buf) && buf[off] < 0x80 { // most are short
			size = uint64(buf[off])
		} else {
			size, n = uvarint(buf[off:])
		}
		off += n
		if n == 0 {
			r.fail("string %d of %d is missing", i, len(spans))
			return
		}
		if size > uint64(len(buf)-off) {
			r.fail("string %d of %d claims %d bytes, %d left", i, len(spans), size, len(buf)-off)
			return
		}
		spans[i] = span{uint32(off), uint32(size)}
		off += int(size)
	}
	r.off = off
}

// compactField reads a field header: a type, and an id as the difference to the
// one before or as such. typeStop is the end of the struct.
func (r *reader) compactField(last int16) (typ byte, id int16) {
	b := r.u8()
	typ = b & 0x0f
	if r.err != nil || typ == typeStop {
		return typeStop, 0
	}
	if delta := int16(b >> 4); delta != 0 {
		return typ, last + delta
	}
	var ids [1]int16
	if readZigzag(r, ids[:], 16); r.err != nil {
		return typeStop, 0
	}
	return typ, ids[0]
}

// compactList reads the header of a list of elem and returns its length, which
// the bytes left can hold. Booleans have two types, of which lists may name
// either.
func (r *reader) compactList(elem byte) int {
	b := r.u8()
	n := int(b >> 4)
	if n == 15 {
		n = r.compactLength()
	}
	typ := b & 0x0f
	if elem == compactTrue && typ == compactFalse {
		typ = elem
	}
	switch {
	case r.err != nil:
		return 0
	case typ != elem:
		r.fail("list of type %d where type %d belongs", typ, elem)
		return 0
	case n > r.left():
		r.fail("list of %d elements, %d bytes left", n, r.left())
		return 0
	}
	return n
}

// compactLength reads a length that the bytes left can hold, as each element
// takes a byte at least; 0 on error.
func (r *reader) compactLength() int {
	if r.err != nil {
		return 0
	}
	v, n := uvarint(r.buf[r.off:])
	switch r.off += n; {
	case n == 0:
		r.fail("length that is no varint")
		return 0
	case v > uint64(r.left()):
		r.fail("length of %d, %d bytes left", v, r.left())
		return 0
	}
	return int(v)
}

// uvarint returns the number at the start of p, seven bits a byte with the
// lowest first, and how many bytes it takes: none if p ends within it or it has
// more than 64 bits.
func uvarint(p []byte) (v uint64, n int) {
	const ends = 0x8080808080808080
	if len(p) >= 8 {
		v = binary.LittleEndian.Uint64(p)
		if end := ^v & ends; end != 0 { // the last byte is the first without its top bit
			v &= end ^ (end - 1)
			v = v&0x007f007f007f007f | v&0x7f007f007f007f00>>1
			v = v&0x00003fff00003fff | v&0x3fff00003fff0000>>2
			v = v&0x000000000fffffff | v&0x0fffffff00000000>>4
			return v, bits.TrailingZeros64(end)/8 + 1
		}
	}
	if v, n = binary.Uvarint(p); n < 0 {
		return 0, 0
	}
	return v, n
}
