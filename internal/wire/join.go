package wire

import (
	"fmt"
	"math"
	"slices"
)

// Append adds the rows from up to but not including to of src, which it copies:
// s shares no memory with src. s is empty or was made by Append. Columns that
// differ from those in s in number or kind are a [*CorruptError], and more
// than 4 GiB of text in one column are a [*TooLargeError]; s is as it was then.
func (s *RowSet) Append(src *RowSet, from, to int) error {
	if s.Columns == nil {
		s.Columns = make([]Column, len(src.Columns))
		for i := range s.Columns {
			s.Columns[i].Kind = src.Columns[i].Kind
		}
	}
	if len(s.Columns) != len(src.Columns) {
		return corrupt(0, "%d columns after a batch of %d", len(src.Columns), len(s.Columns))
	}
	for i := range s.Columns {
		if err := s.Columns[i].fits(&src.Columns[i], from, to); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	for i := range s.Columns {
		s.Columns[i].append(&src.Columns[i], s.NumRows, from, to)
	}
	s.NumRows += to - from
	return nil
}

// fits checks that rows of src may be appended.
func (c *Column) fits(src *Column, from, to int) error {
	if c.Kind != src.Kind {
		return corrupt(0, "it changes from kind %d to %d between batches", c.Kind, src.Kind)
	}
	size := int64(len(c.data))
	if c.Kind == KindString || c.Kind == KindBinary { // another kind may have spans left of an earlier batch
		size += int64(src.TextSize(from, to))
	}
	if size > math.MaxUint32 {
		return &TooLargeError{Size: size, Limit: math.MaxUint32}
	}
	return nil
}

// append adds rows of src behind the first n rows, which are all.
func (c *Column) append(src *Column, n, from, to int) {
	switch c.Kind {
	case KindBool:
		c.Bools = append(c.Bools, src.Bools[from:to]...)
	case KindByte:
		c.I8 = append(c.I8, src.I8[from:to]...)
	case KindI16:
		c.I16 = append(c.I16, src.I16[from:to]...)
	case KindI32:
		c.I32 = append(c.I32, src.I32[from:to]...)
	case KindI64:
		c.I64 = append(c.I64, src.I64[from:to]...)
	case KindDouble:
		c.Doubles = append(c.Doubles, src.Doubles[from:to]...)
	default:
		c.spans = slices.Grow(c.spans, to-from)
		for _, at := range src.spans[from:to] {
			c.spans = append(c.spans, span{uint32(len(c.data)), at.size})
			c.data = append(c.data, src.data[at.start:at.start+at.size]...)
		}
	}
	for i := from; i < min(to, 8*len(src.Nulls)); i++ {
		if src.IsNull(i) {
			c.setNull(n + i - from)
		}
	}
}

func (c *Column) setNull(row int) {
	for len(c.Nulls) <= row/8 {
		c.Nulls = append(c.Nulls, 0)
	}
	c.Nulls[row/8] |= 1 << (row % 8)
}
