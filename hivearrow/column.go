package hivearrow

import (
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/skep-go/skep/hive"
)

// source is a column of a batch on its way to an array.
type source struct {
	*Converter
	batch *hive.Batch
	col   int
	nulls hive.Nulls
	some  int // how many of the values are NULL
	arrow arrow.DataType
}

// array makes the array of a column.
func (c *Converter) array(b *hive.Batch, col int) (arrow.Array, error) {
	nulls, err := b.Nulls(col)
	if err != nil {
		return nil, err
	}
	s := source{c, b, col, nulls, nulls.Count(), c.schema.Field(col).Type}
	t := c.types[col]
	switch t.Kind {
	case hive.KindBoolean:
		return s.booleans()
	case hive.KindTinyInt:
		return shared[int8](s)
	case hive.KindSmallInt:
		return shared[int16](s)
	case hive.KindInt:
		return shared[int32](s)
	case hive.KindBigInt:
		return shared[int64](s)
	case hive.KindFloat:
		return shared[float32](s)
	case hive.KindDouble:
		return shared[float64](s)
	case hive.KindIntervalYearMonth:
		return shared[hive.IntervalYearMonth](s)
	case hive.KindIntervalDayTime:
		return converted(s, monthDayNano)
	case hive.KindDate:
		return converted(s, date32)
	case hive.KindTimestamp:
		return parsed(s, func(text string) (arrow.Timestamp, error) {
			t, err := hive.ParseTimestamp(text, time.UTC) // and not in the session's zone, which may leave out hours
			if err != nil {
				return 0, err
			}
			return c.options.timestamp(t)
		})
	case hive.KindTimestampLocalTZ:
		return converted(s, c.options.timestamp)
	case hive.KindDecimal:
		if d, ok := s.arrow.(*arrow.Decimal256Type); ok {
			return parsed(s, func(text string) (decimal256.Num, error) { return parseDecimal256(text, d.Precision, d.Scale) })
		}
		d := s.arrow.(*arrow.Decimal128Type)
		return parsed(s, func(text string) (decimal128.Num, error) { return parseDecimal128(text, d.Precision, d.Scale) })
	case hive.KindNull:
		return array.NewNull(b.Len()), nil
	}
	if t.Parts != nil {
		return s.nested()
	}
	return s.texts()
}

// fixed are the types that an array has as many bytes of as values.
type fixed interface {
	arrow.IntType | float32 | float64 | arrow.MonthDayNanoInterval | decimal128.Num | decimal256.Num
}

// shared makes an array of what hive hands out, as it is: hive writes no more to memory that it has handed out.
func shared[T fixed](s source) (arrow.Array, error) {
	values, err := hive.Values[T](s.batch, s.col)
	if err != nil {
		return nil, err
	}
	return s.make(arrow.GetBytes(values)), nil
}

// converted makes an array of values that are another type to hive.
func converted[H any, A fixed](s source, convert func(H) (A, error)) (arrow.Array, error) {
	values, err := hive.Values[H](s.batch, s.col)
	if err != nil {
		return nil, err
	}
	return each(s, func(row int) (A, error) { return convert(values[row]) })
}

// parsed makes an array of values that were sent as text.
func parsed[A fixed](s source, parse func(string) (A, error)) (arrow.Array, error) {
	data, offsets, err := s.batch.AppendTexts(nil, make([]int32, 0, s.batch.Len()+1), s.col)
	if err != nil {
		return nil, err
	}
	texts := string(data)
	return each(s, func(row int) (A, error) { return parse(texts[offsets[row]:offsets[row+1]]) })
}

// each makes an array of the values of the rows that are not NULL.
func each[A fixed](s source, value func(row int) (A, error)) (arrow.Array, error) {
	values := make([]A, s.batch.Len())
	for row := range values {
		if s.some > 0 && s.nulls.IsNull(row) {
			continue
		}
		var err error
		if values[row], err = value(row); err != nil {
			return nil, s.valueError(row, err)
		}
	}
	return s.make(arrow.GetBytes(values)), nil
}

func (s source) booleans() (arrow.Array, error) {
	values, err := hive.Values[bool](s.batch, s.col)
	if err != nil {
		return nil, err
	}
	bits := make([]byte, (len(values)+7)/8)
	for i, v := range values {
		if v {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return s.make(bits), nil
}

func (s source) texts() (arrow.Array, error) {
	data, offsets, err := s.batch.AppendTexts(nil, make([]int32, 0, s.batch.Len()+1), s.col)
	if err != nil {
		return nil, err
	}
	return s.make(arrow.GetBytes(offsets), data), nil
}

// make makes an array of its buffers.
func (s source) make(buffers ...[]byte) arrow.Array {
	all := make([]*memory.Buffer, 1, 1+len(buffers))
	if s.some > 0 {
		all[0] = s.buffer(s.nulls.AppendValidity(make([]byte, 0, (s.nulls.Len()+7)/8)))
	}
	for _, b := range buffers {
		all = append(all, s.buffer(b))
	}
	data := array.NewData(s.arrow, s.batch.Len(), all, nil, s.some, 0)
	for _, b := range all {
		if b != nil {
			b.Release()
		}
	}
	defer data.Release()
	return array.MakeFromData(data)
}

func (s source) buffer(data []byte) *memory.Buffer {
	if s.options.Allocator == nil {
		return memory.NewBufferBytes(data)
	}
	b := memory.NewResizableBuffer(s.options.Allocator)
	b.Resize(len(data))
	copy(b.Bytes(), data)
	return b
}

func (s source) valueError(row int, err error) error {
	c := s.columns[s.col]
	return &hive.ValueError{Column: c.Name, Row: row, Type: c.Type, Err: err}
}
