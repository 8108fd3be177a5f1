package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// maxColumns bounds the memory that descriptions of columns take. Hive's own
// limits are far below.
const maxColumns = 1 << 16

// A Decoder decodes FetchResults answers and uses its memory again for each.
// The zero value is ready. It is for one goroutine at a time.
type Decoder struct {
	result   FetchResults
	rows     RowSet
	columnar []Column // columns sent as such
	rowwise  []Column // columns put together from rows
}

// DecodeFetchResults decodes one answer with a Decoder of its own.
func DecodeFetchResults(body []byte) (*FetchResults, error) {
	return new(Decoder).FetchResults(body)
}

// FetchResults decodes the body of a FetchResults reply, the bytes from
// [Header.BodyOffset] to the end of the message.
//
// The result belongs to the Decoder and looks into body: it is valid until the
// next call or until body is changed, whichever comes first. Who keeps a batch
// gives up both, the Decoder and the memory of body, for as long.
//
// Bytes that a peer following the protocol cannot have sent are a
// [*CorruptError]; the Decoder remains usable. Beyond what generated decoders
// refuse these are: bytes after the end, no success field, a list whose
// elements are not of the declared type, a union with no or several arms,
// columns or rows of unequal length, a column that changes its kind, rows
// beside columns, a negative columnCount and more than 65,536 columns.
//
// Columns that Hive's tasks serialised are decoded like the others. Of these it
// refuses, too: none, or fewer than columnCount; fields that a TColumn does not
// have or has twice; numbers of more bits than their type.
func (d *Decoder) FetchResults(body []byte) (*FetchResults, error) {
	if len(body) > math.MaxInt32 { // spans are 32 bits wide, as Thrift's lengths
		return nil, &TooLargeError{Size: int64(len(body)), Limit: math.MaxInt32}
	}
	r := &reader{buf: body}
	found := false
	for {
		typ, id := r.field()
		if typ == typeStop {
			break
		}
		if id == 0 && typ == typeStruct {
			found = true
			d.response(r)
			continue
		}
		r.skip(typ)
	}
	if !found {
		r.fail("reply without a result")
	}
	if r.left() > 0 {
		r.fail("%d bytes after the end of the reply", r.left())
	}
	if r.err != nil {
		return nil, r.err
	}
	return &d.result, nil
}

// response reads a TFetchResultsResp.
func (d *Decoder) response(r *reader) {
	d.result = FetchResults{}
	status := false
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if !status {
				r.fail("reply without a status")
			}
			return
		case id == 1 && typ == typeStruct:
			status = true
			d.result.Status = readStatus(r)
		case id == 2 && typ == typeBool:
			d.result.HasMoreRows = r.u8() == 1
		case id == 3 && typ == typeStruct:
			d.rowSet(r)
			d.result.Rows = &d.rows
		default:
			r.skip(typ)
		}
	}
}

// readStatus reads a TStatus.
func readStatus(r *reader) (s Status) {
	code := false
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if !code {
				r.fail("status without a code")
			}
			return s
		case id == 1 && typ == typeI32:
			code = true
			s.Code = r.i32()
		case id == 2 && typ == typeList:
			s.InfoMessages = readStrings(r)
		case id == 3 && typ == typeString:
			s.SQLState, s.HasSQLState = string(r.bytes()), true
		case id == 4 && typ == typeI32:
			s.ErrorCode, s.HasErrorCode = r.i32(), true
		case id == 5 && typ == typeString:
			s.ErrorMessage, s.HasErrorMessage = string(r.bytes()), true
		default:
			r.skip(typ)
		}
	}
}

func readStrings(r *reader) []string {
	list := make([]string, r.list(typeString))
	for i := range list {
		list[i] = string(r.bytes())
	}
	return list
}

// rowSet reads a TRowSet.
func (d *Decoder) rowSet(r *reader) {
	d.rows = RowSet{ColumnCount: -1}
	d.columnar, d.rowwise = d.columnar[:0], d.rowwise[:0]
	offset, rows, numRows := false, false, 0
	var serialised span
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			d.finish(r, numRows, serialised, offset && rows)
			return
		case id == 1 && typ == typeI64:
			offset = true
			d.rows.StartOffset = r.i64()
		case id == 2 && typ == typeList:
			rows = true
			numRows = d.readRows(r)
		case id == 3 && typ == typeList:
			d.readColumns(r)
		case id == 4 && typ == typeString:
			d.rows.Serialised = true
			size := len(r.bytes())
			serialised = span{uint32(r.off - size), uint32(size)}
		case id == 5 && typ == typeI32:
			d.rows.ColumnCount = int(r.i32())
			if d.rows.ColumnCount < 0 {
				r.fail("result of %d columns", d.rows.ColumnCount)
			}
		default:
			r.skip(typ)
		}
	}
}

// finish puts the rows or the columns, whichever came, into the row set.
func (d *Decoder) finish(r *reader, numRows int, serialised span, complete bool) {
	columns := len(d.columnar) > 0
	switch {
	case !complete:
		r.fail("row set without an offset or rows")
		return
	case numRows > 0 && (columns || d.rows.Serialised):
		r.fail("row set with both rows and columns")
		return
	case columns && d.rows.Serialised:
		r.fail("row set with columns in two forms")
		return
	case d.rows.Serialised:
		d.readSerialised(r, serialised)
	}
	switch {
	case numRows > 0:
		d.rows.NumRows, d.rows.Columns = numRows, d.rowwise
	case len(d.columnar) > 0:
		d.rows.NumRows, d.rows.Columns = d.columnar[0].Len(), d.columnar
	}
}

// readColumns reads a list of TColumn.
func (d *Decoder) readColumns(r *reader) {
	d.columnar = d.columnar[:0]
	n := r.list(typeStruct)
	if n > maxColumns {
		r.fail("result of %d columns, more than %d", n, maxColumns)
		return
	}
	for i := 0; i < n && r.err == nil; i++ {
		d.columnar = grow(d.columnar)
		readColumn(r, &d.columnar[i])
		d.sameLength(r, i)
	}
}

func (d *Decoder) sameLength(r *reader, i int) {
	if got, want := d.columnar[i].Len(), d.columnar[0].Len(); got != want {
		r.fail("column %d has %d values, column 0 has %d", i, got, want)
	}
}

// readColumn reads a TColumn, a union of structs.
func readColumn(r *reader, c *Column) {
	arms := uint(0)
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if bits.OnesCount(arms) != 1 {
				r.fail("column of %d kinds", bits.OnesCount(arms))
			}
			return
		case typ == typeStruct && 1 <= id && id <= int16(KindBinary):
			arms |= 1 << id
			c.reset(Kind(id))
			readArm(r, c)
		default:
			r.skip(typ)
		}
	}
}

// readArm reads the values and the null bitmap: TBoolColumn and its sisters.
func readArm(r *reader, c *Column) {
	values, nulls := false, false
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if !values || !nulls {
				r.fail("column without values or nulls")
			}
			return
		case id == 1 && typ == typeList:
			values = true
			readValues(r, c)
		case id == 2 && typ == typeString:
			nulls = true
			c.Nulls = r.bytes()
		default:
			r.skip(typ)
		}
	}
}

// readValues reads the list of values. The list's length was checked against
// the bytes left, so the slices made here are at most twice as large as their
// part of the reply.
func readValues(r *reader, c *Column) {
	n := r.list(element[c.Kind])
	switch c.Kind {
	case KindBool, KindByte:
		readOctets(r, c, n)
	case KindI16:
		c.I16 = resize(c.I16, n)
		src := r.take(2 * n)
		for i := range c.I16 {
			c.I16[i] = int16(binary.BigEndian.Uint16(src[2*i:]))
		}
	case KindI32:
		c.I32 = resize(c.I32, n)
		src := r.take(4 * n)
		for i := range c.I32 {
			c.I32[i] = int32(binary.BigEndian.Uint32(src[4*i:]))
		}
	case KindI64:
		c.I64 = resize(c.I64, n)
		src := r.take(8 * n)
		for i := range c.I64 {
			c.I64[i] = int64(binary.BigEndian.Uint64(src[8*i:]))
		}
	case KindDouble:
		c.Doubles = resize(c.Doubles, n)
		src := r.take(8 * n)
		for i := range c.Doubles {
			c.Doubles[i] = math.Float64frombits(binary.BigEndian.Uint64(src[8*i:]))
		}
	default:
		c.data = r.buf
		c.spans = resize(c.spans, n)
		r.walkStrings(c.spans)
	}
}

// readOctets reads values of a byte each.
func readOctets(r *reader, c *Column, n int) {
	if c.Kind == KindBool {
		c.Bools = resize(c.Bools, n)
		for i, v := range r.take(n) {
			c.Bools[i] = v == 1
		}
		return
	}
	c.I8 = resize(c.I8, n)
	for i, v := range r.take(n) {
		c.I8[i] = int8(v)
	}
}

// walkStrings passes over len(spans) strings and notes where each is.
func (r *reader) walkStrings(spans []span) {
	buf, off := r.buf, r.off
	for i := range spans {
		if len(buf)-off < 4 {
			r.fail("string %d of %d is missing", i, len(spans))
			return
		}
		size := int32(binary.BigEndian.Uint32(buf[off:]))
		off += 4
		if uint(size) > uint(len(buf)-off) { // negative ones too
			r.fail("string %d of %d claims %d bytes, %d left", i, len(spans), size, len(buf)-off)
			return
		}
		spans[i] = span{uint32(off), uint32(size)}
		off += int(size)
	}
	r.off = off
}

// grow lengthens columns by one, which may hold memory from an earlier batch.
func grow(columns []Column) []Column {
	if n := len(columns); n < cap(columns) {
		return columns[:n+1]
	}
	return append(columns, Column{})
}

// resize returns a slice of n values, in the memory of s if that is enough.
// What the values are does not matter: they are overwritten.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
