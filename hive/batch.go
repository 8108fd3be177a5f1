package hive

import (
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/skep-go/skep/internal/wire"
)

// Batch is some consecutive rows of a result, column by column. Its methods may be called from several goroutines.
//
// A batch is valid until the next call on its [Rows], which uses its memory again, or for good after [Batch.Retain]. A
// batch that is not valid any more gives [ErrStaleBatch]. What was got from a batch (values, slices, views) stays as it
// is in any case: memory that was handed out is never overwritten. It costs to hand it out, therefore: the next batch
// needs new memory.
type Batch struct {
	columns  []Column
	mem      *memory // nil once the batch is stale
	from     int     // its first row in mem
	rows     int
	location *time.Location
	rowBased bool
	retained atomic.Bool
}

// Len is the number of rows.
func (b *Batch) Len() int { return b.rows }

// Columns describes the columns.
func (b *Batch) Columns() []Column { return b.columns }

// Retain makes the batch valid for good, as long as it is reachable. It keeps the memory of the whole reply it came
// with, usually no more than 2 MiB. The error is [ErrStaleBatch] if it comes too late.
func (b *Batch) Retain() error {
	if b.mem == nil {
		return ErrStaleBatch
	}
	b.mem.valuesKept.Store(true)
	b.mem.textKept.Store(true)
	b.retained.Store(true)
	return nil
}

// vectors are the values of a column.
func (b *Batch) vectors(col int) (*wire.Column, error) {
	switch {
	case b.mem == nil:
		return nil, ErrStaleBatch
	case uint(col) >= uint(len(b.columns)):
		return nil, fmt.Errorf("%w: column %d of a batch of %d columns", ErrNoSuchValue, col, len(b.columns))
	}
	return &b.mem.set.Columns[col], nil
}

// Value returns a value in its own Go type, nil for NULL:
//
//	BOOLEAN                           bool
//	TINYINT, SMALLINT, INT, BIGINT    int8, int16, int32, int64
//	FLOAT, DOUBLE                     float32, float64 (with NaN and the infinities)
//	DECIMAL                           Decimal
//	STRING, VARCHAR, CHAR             string (CHAR padded with blanks to its length)
//	BINARY                            []byte, the caller's own
//	DATE                              Date
//	TIMESTAMP                         time.Time, the wall clock in Config.Location
//	TIMESTAMP WITH LOCAL TIME ZONE    time.Time in the zone that the server names
//	INTERVAL YEAR TO MONTH            IntervalYearMonth
//	INTERVAL DAY TO SECOND            IntervalDayTime
//	ARRAY, MAP, STRUCT, UNIONTYPE     Nested
//	VOID                              nil
//
// A text that is not what the type promises gives a [*ValueError].
func (b *Batch) Value(row, col int) (any, error) {
	c, i, err := b.value(row, col)
	if c == nil {
		return nil, err
	}
	switch kind := b.columns[col].Type.Kind; kind {
	case KindTinyInt:
		return c.I8[i], nil
	case KindSmallInt:
		return c.I16[i], nil
	case KindInt:
		return c.I32[i], nil
	case KindFloat:
		return float32(c.Doubles[i]), nil
	case KindDecimal:
		return parsed(b, row, col, ParseDecimal)
	case KindDate:
		return parsed(b, row, col, ParseDate)
	case KindIntervalYearMonth:
		return parsed(b, row, col, ParseIntervalYearMonth)
	case KindIntervalDayTime:
		return parsed(b, row, col, ParseIntervalDayTime)
	case KindArray, KindMap, KindStruct, KindUnion:
		return Nested{Raw: c.Str(i), Type: kind.String(), Location: b.location}, nil
	}
	return b.DriverValue(row, col)
}

// DriverValue returns a value as database/sql wants it from a driver, nil for NULL: bool, int64, float64, []byte, string,
// or time.Time. A FLOAT is the double with the same decimal text (1.1, not 1.10000002), a DATE midnight in
// [Config.Location]; DECIMAL, intervals and nested types are the text that the server sent.
func (b *Batch) DriverValue(row, col int) (driver.Value, error) {
	c, i, err := b.value(row, col)
	if c == nil {
		return nil, err
	}
	switch b.columns[col].Type.Kind {
	case KindBoolean:
		return c.Bools[i], nil
	case KindTinyInt, KindSmallInt, KindInt, KindBigInt:
		return c.Int64(i), nil
	case KindFloat, KindDouble:
		return b.double(c, i, col), nil
	case KindBinary:
		return append([]byte{}, c.Bytes(i)...), nil
	case KindDate, KindTimestamp, KindTimestampLocalTZ:
		return parsed(b, row, col, b.timeParser(col))
	case KindNull:
		return nil, nil
	}
	return c.Str(i), nil
}

// value finds a value: its column's vectors and its place in them. The column is nil for NULL and on error.
func (b *Batch) value(row, col int) (*wire.Column, int, error) {
	c, err := b.vectors(col)
	if err != nil {
		return nil, 0, err
	}
	if uint(row) >= uint(b.rows) {
		return nil, 0, fmt.Errorf("%w: row %d of a batch of %d rows", ErrNoSuchValue, row, b.rows)
	}
	if c.IsNull(b.from + row) {
		return nil, 0, nil
	}
	return c, b.from + row, nil
}

// double is a value of a FLOAT or DOUBLE column as a float64.
func (b *Batch) double(c *wire.Column, i, col int) float64 {
	if b.rowBased && b.columns[col].Type.Kind == KindFloat {
		return floatText(c.Doubles[i])
	}
	return c.Doubles[i]
}

// timeParser is how the texts of a DATE or TIMESTAMP column become instants.
func (b *Batch) timeParser(col int) func(string) (time.Time, error) {
	switch b.columns[col].Type.Kind {
	case KindDate:
		return func(s string) (time.Time, error) {
			d, err := ParseDate(s)
			return d.In(b.location), err
		}
	case KindTimestamp:
		return func(s string) (time.Time, error) { return ParseTimestamp(s, b.location) }
	}
	return ParseTimestampTZ
}

// parsed reads a text value.
func parsed[T any](b *Batch, row, col int, parse func(string) (T, error)) (any, error) {
	v, err := parse(b.mem.set.Columns[col].Str(b.from + row))
	if err != nil {
		return nil, b.valueError(row, col, err)
	}
	return v, nil
}

func (b *Batch) valueError(row, col int, err error) error {
	column := b.columns[col]
	return &ValueError{Column: column.Name, Row: row, Type: column.Type, Err: err}
}

// wireKinds is how the values of each type travel; a type that is not listed travels as text.
var wireKinds = map[Kind]wire.Kind{
	KindBoolean: wire.KindBool, KindTinyInt: wire.KindByte, KindSmallInt: wire.KindI16, KindInt: wire.KindI32,
	KindBigInt: wire.KindI64, KindFloat: wire.KindDouble, KindDouble: wire.KindDouble, KindBinary: wire.KindBinary,
}

// checkColumns makes sure that the rows are what their description promised, so that reading a value cannot go wrong.
// Values that Hive's tasks write in another way than HiveServer2 become the same.
func checkColumns(columns []Column, set *wire.RowSet) error {
	if set.NumRows == 0 {
		return nil
	}
	if len(set.Columns) != len(columns) {
		return fmt.Errorf("%d columns in the rows, %d in their description", len(set.Columns), len(columns))
	}
	for i, column := range columns {
		want, ok := wireKinds[column.Type.Kind]
		if !ok {
			want = wire.KindString
		}
		got := set.Columns[i].Kind
		textual := want == wire.KindBinary && got == wire.KindString // before protocol V6
		if got != want && !textual && column.Type.Kind != KindNull {
			return fmt.Errorf("column %q (%s) came as kind %d, not %d", column.Name, column.Type, got, want)
		}
	}
	return padDecimals(columns, set)
}
