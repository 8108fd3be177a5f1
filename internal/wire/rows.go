package wire

import "math/bits"

// cell is one value of a row: a TColumnValue. NULL is an arm without a value.
type cell struct {
	kind   Kind
	null   bool
	number int64
	double float64
	at     span
}

// readRows reads a list of TRow, the form of results before protocol V6, into
// columns and returns the number of rows. NULL keeps the kind of its arm.
func (d *Decoder) readRows(r *reader) int {
	d.rowwise = d.rowwise[:0]
	n := r.list(typeStruct)
	for row := 0; row < n && r.err == nil; row++ {
		d.readRow(r, row)
	}
	return n
}

// readRow reads a TRow.
func (d *Decoder) readRow(r *reader, row int) {
	found := false
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if !found {
				r.fail("row %d without values", row)
			}
			return
		case id == 1 && typ == typeList && found:
			r.fail("row %d has values twice", row)
		case id == 1 && typ == typeList:
			found = true
			d.readCells(r, row)
		default:
			r.skip(typ)
		}
	}
}

// readCells appends the values of a row to the columns. The first row says how
// many columns there are and of which kinds.
func (d *Decoder) readCells(r *reader, row int) {
	n := r.list(typeStruct)
	switch {
	case n > maxColumns:
		r.fail("result of %d columns, more than %d", n, maxColumns)
	case row > 0 && n != len(d.rowwise):
		r.fail("row %d has %d values, row 0 has %d", row, n, len(d.rowwise))
	}
	for i := 0; i < n && r.err == nil; i++ {
		v := readCell(r)
		if row == 0 {
			d.rowwise = grow(d.rowwise)
			d.rowwise[i].reset(v.kind)
			d.rowwise[i].data = r.buf
		}
		c := &d.rowwise[i]
		if c.Kind != v.kind {
			r.fail("column %d changes from kind %d to %d in row %d", i, c.Kind, v.kind, row)
			return
		}
		c.add(v, row)
	}
}

// readCell reads a TColumnValue, a union of structs with one optional field.
func readCell(r *reader) (v cell) {
	arms := uint(0)
	for {
		typ, id := r.field()
		switch {
		case typ == typeStop:
			if bits.OnesCount(arms) != 1 {
				r.fail("value of %d kinds", bits.OnesCount(arms))
			}
			return v
		case typ == typeStruct && 1 <= id && id <= int16(KindString):
			arms |= 1 << id
			v = readValue(r, Kind(id))
		default:
			r.skip(typ)
		}
	}
}

// readValue reads a TBoolValue or one of its sisters.
func readValue(r *reader, kind Kind) cell {
	v := cell{kind: kind, null: true}
	for {
		typ, id := r.field()
		if typ == typeStop {
			return v
		}
		if id != 1 || typ != element[kind] {
			r.skip(typ)
			continue
		}
		v.null = false
		switch kind {
		case KindBool, KindByte:
			v.number = int64(int8(r.u8()))
		case KindI16:
			v.number = int64(r.i16())
		case KindI32:
			v.number = int64(r.i32())
		case KindI64:
			v.number = r.i64()
		case KindDouble:
			v.double = r.double()
		default:
			text := r.bytes()
			v.at = span{uint32(r.off - len(text)), uint32(len(text))}
		}
	}
}

// add appends a value to a column put together from rows.
func (c *Column) add(v cell, row int) {
	switch c.Kind {
	case KindBool:
		c.Bools = append(c.Bools, v.number == 1)
	case KindByte:
		c.I8 = append(c.I8, int8(v.number))
	case KindI16:
		c.I16 = append(c.I16, int16(v.number))
	case KindI32:
		c.I32 = append(c.I32, int32(v.number))
	case KindI64:
		c.I64 = append(c.I64, v.number)
	case KindDouble:
		c.Doubles = append(c.Doubles, v.double)
	default:
		c.spans = append(c.spans, v.at)
	}
	if v.null {
		c.setNull(row)
	}
}
