package compile

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
)

// rowSpan is where the row of an INSERT of one row stands.
type rowSpan struct {
	from, to  int // in the text
	slot, end int // among the slots
	between   string
}

// InsertRows writes n rows of an INSERT, each by write, with between between them. It is how a dialect writes them for
// [Batch] to know where a row begins and ends.
func (c *Compiler) InsertRows(n int, between string, write func(i int)) {
	from, slot := len(c.buf), len(c.slots)
	for i := range n {
		if i > 0 {
			c.Text(between)
		}
		c.Within("row", i, func() { write(i) })
	}
	if n == 1 {
		c.oneRow = &rowSpan{from, len(c.buf), slot, len(c.slots), between}
	}
}

// rowCode is the code of the row alone of an INSERT of one row, and what is around it.
type rowCode struct {
	*code
	head          *code // which may have values, such as that of a partition
	between, tail string
	behind        bool // there are values in the tail
}

func newRowCode(c *code, row *rowSpan) *rowCode {
	if row == nil {
		return nil
	}
	own := *c
	own.text, own.slots = c.text[row.from:row.to], append([]slot(nil), c.slots[row.slot:row.end]...)
	for i := range own.slots {
		own.slots[i].at -= row.from
	}
	head := *c
	head.text, head.slots = c.text[:row.from], c.slots[:row.slot]
	return &rowCode{&own, &head, row.between, c.text[row.to:], row.end < len(c.slots)}
}

// Batch is one INSERT of the rows of several, which differ in nothing else. It keeps their text, and not their trees.
// The zero Batch has no rows.
type Batch struct {
	// Literals writes values into the text also where they can be bound.
	Literals bool

	like     *rowCode // of the first row
	text     []byte
	args     []any
	rows     int
	head     int // where the first row begins in text
	headArgs int // and in args
	one      int // where it ends in text
	size     int // of args
}

// Add adds the row of an INSERT of one row, compiled with [Options.OfMany], if there is room for it, which it reports: a
// batch has as many rows as make no more than limit bytes, or one. What is bound beside the text counts.
func (b *Batch) Add(s *Statement, limit int, params ...Params) (added bool, err error) {
	row := s.code.row
	if err := b.check(row); err != nil {
		return false, err
	}
	text, args := len(b.text), len(b.args)
	if err = b.begin(s, params); err != nil {
		return false, err
	}
	b.text, b.args, err = b.appendPart(b.text, b.args, s, row.code, params)
	size := b.size + sizeOf(b.args[args:])
	if err != nil || b.rows > 0 && (len(b.text)+len(row.tail)+size > limit || b.tooMany()) {
		clear(b.args[args:])
		b.text, b.args = b.text[:text], b.args[:args]
		return false, err
	}
	if b.rows == 0 {
		b.like, b.one = row, len(b.text)
	}
	b.rows, b.size = b.rows+1, size
	return true, nil
}

// begin writes what is before a row.
func (b *Batch) begin(s *Statement, params []Params) (err error) {
	row := s.code.row
	if b.rows == 0 {
		b.text, b.args, err = b.appendPart(b.text[:0], b.args[:0], s, row.head, params)
		b.head, b.headArgs = len(b.text), len(b.args)
		return err
	}
	if len(row.head.slots) > 0 {
		head, args, err := b.appendPart(nil, nil, s, row.head, params)
		if err != nil {
			return err
		}
		if !bytes.Equal(head, b.text[:b.head]) || !slices.EqualFunc(args, b.args[:b.headArgs], reflect.DeepEqual) {
			return &ArgumentError{"the values before the row, such as those of a partition, are not those of the first one"}
		}
	}
	b.text = append(b.text, row.between...)
	return nil
}

// appendPart appends a part of a statement.
func (b *Batch) appendPart(text []byte, args []any, s *Statement, c *code, params []Params) ([]byte, []any, error) {
	part := *s
	part.code = c
	if binder, ok := c.dialect.(Binder); ok && !b.Literals {
		return part.appendBound(text, args, binder, params...)
	}
	text, err := part.AppendSQL(text, params...)
	return text, args, err
}

// check refuses a row that is not one of the batch.
func (b *Batch) check(row *rowCode) error {
	switch {
	case row == nil:
		return &ArgumentError{"the statement is no INSERT of one row"}
	case row.behind:
		return &ArgumentError{"there are values behind those of the row; insert such rows one by one"}
	case b.rows > 0 && (row.head.text != b.like.head.text || row.tail != b.like.tail):
		return &ArgumentError{"the row is not of the columns of the first one: " + strconv.Quote(row.head.text) + " is not " + strconv.Quote(b.like.head.text)}
	}
	return nil
}

// tooMany reports whether the rows, of which there are several, are more than the dialect takes in a statement.
func (b *Batch) tooMany() bool {
	if limited, ok := b.like.dialect.(BindLimiter); ok && len(b.args) > limited.MaxBinds() {
		return true
	}
	several, _ := b.like.dialect.Supports(MultiRowInserts)
	return !several
}

// sizeOf is how many bytes values take that are bound.
func sizeOf(args []any) (n int) {
	for _, v := range args {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		default:
			n += 8
		}
	}
	return n
}

// Rows is how many rows there are.
func (b *Batch) Rows() int { return b.rows }

// Size is how many bytes the statement has, with what is bound beside it.
func (b *Batch) Size() int {
	if b.rows == 0 {
		return 0
	}
	return len(b.text) + len(b.like.tail) + b.size
}

// Statement is the text and the values that are bound beside it. There must be rows.
func (b *Batch) Statement() (text string, args []any) {
	if b.rows == 0 {
		return "", nil
	}
	return string(append(b.text, b.like.tail...)), b.args
}

// First is the text of the statement with the first row alone.
func (b *Batch) First() string {
	if b.rows == 0 {
		return ""
	}
	return string(b.text[:b.one]) + b.like.tail
}
