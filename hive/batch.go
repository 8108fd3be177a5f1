package hive

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/skep-go/skep/internal/wire"
)

// Batch is some consecutive rows of a result, column by column. It is valid until the next call of [Rows.NextBatch].
// Its methods may be called from several goroutines. As with a slice, an index that is out of range panics.
type Batch struct {
	columns  []Column
	set      *wire.RowSet
	location *time.Location
	rowBased bool
}

// Len is the number of rows.
func (b *Batch) Len() int { return b.set.NumRows }

// Columns describes the columns.
func (b *Batch) Columns() []Column { return b.columns }

// IsNull reports whether a value is NULL.
func (b *Batch) IsNull(row, col int) bool { return b.set.Columns[col].IsNull(row) }

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
	c := &b.set.Columns[col]
	if c.IsNull(row) {
		return nil, nil
	}
	switch kind := b.columns[col].Type.Kind; kind {
	case KindTinyInt:
		return int8(c.Int64(row)), nil
	case KindSmallInt:
		return int16(c.Int64(row)), nil
	case KindInt:
		return int32(c.Int64(row)), nil
	case KindFloat:
		return float32(c.Doubles[row]), nil
	case KindDecimal:
		return parsed(b, row, col, ParseDecimal)
	case KindDate:
		return parsed(b, row, col, ParseDate)
	case KindIntervalYearMonth:
		return parsed(b, row, col, ParseIntervalYearMonth)
	case KindIntervalDayTime:
		return parsed(b, row, col, ParseIntervalDayTime)
	case KindArray, KindMap, KindStruct, KindUnion:
		return Nested{Raw: c.Str(row), Type: kind.String(), Location: b.location}, nil
	}
	return b.DriverValue(row, col)
}

// DriverValue returns a value as database/sql wants it from a driver, nil for NULL: bool, int64, float64, []byte, string,
// or time.Time. A FLOAT is the double with the same decimal text (1.1, not 1.10000002), a DATE midnight in
// [Config.Location]; DECIMAL, intervals and nested types are the text that the server sent.
func (b *Batch) DriverValue(row, col int) (driver.Value, error) {
	c := &b.set.Columns[col]
	if c.IsNull(row) {
		return nil, nil
	}
	switch b.columns[col].Type.Kind {
	case KindBoolean:
		return c.Bools[row], nil
	case KindTinyInt, KindSmallInt, KindInt, KindBigInt:
		return c.Int64(row), nil
	case KindFloat:
		if b.rowBased {
			return floatText(c.Doubles[row]), nil
		}
		return c.Doubles[row], nil
	case KindDouble:
		return c.Doubles[row], nil
	case KindBinary:
		return append([]byte{}, c.Bytes(row)...), nil
	case KindDate:
		return parsed(b, row, col, func(s string) (time.Time, error) {
			d, err := ParseDate(s)
			return d.In(b.location), err
		})
	case KindTimestamp:
		return parsed(b, row, col, func(s string) (time.Time, error) { return ParseTimestamp(s, b.location) })
	case KindTimestampLocalTZ:
		return parsed(b, row, col, ParseTimestampTZ)
	case KindNull:
		return nil, nil
	}
	return c.Str(row), nil
}

// parsed reads a text value.
func parsed[T any](b *Batch, row, col int, parse func(string) (T, error)) (any, error) {
	v, err := parse(b.set.Columns[col].Str(row))
	if err != nil {
		column := b.columns[col]
		return nil, &ValueError{Column: column.Name, Row: row, Type: column.Type, Err: err}
	}
	return v, nil
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
