package wire

import "math"

// FetchResults is the answer to a FetchResults call.
type FetchResults struct {
	Status      Status
	HasMoreRows bool    // HiveServer2 always says false; the end is a batch without rows
	Rows        *RowSet // nil if the answer has none, as with an error status
}

// Status is the outcome of a call as the server tells it (TStatus).
type Status struct {
	Code            int32 // 0 success, 1 success with info, 2 still executing, 3 error, 4 invalid handle
	InfoMessages    []string
	SQLState        string
	ErrorCode       int32
	ErrorMessage    string
	HasSQLState     bool
	HasErrorCode    bool
	HasErrorMessage bool
}

// RowSet is a batch of rows as columns.
type RowSet struct {
	StartOffset int64 // HiveServer2 sends 0
	NumRows     int   // values in every column
	Columns     []Column
	// Serialised says that Hive's tasks have serialised the columns, as a
	// session may ask for (hive.server2.thrift.resultset.serialize.in.tasks).
	Serialised  bool
	ColumnCount int // columns of a serialised result, -1 if the server does not say
}

// End reports whether this is the end of the result. A batch without rows is,
// unless a task serialised it: a task whose rows filled its last batch writes
// an empty one (FileSinkOperator.closeOp), and rows of other tasks may follow.
func (s *RowSet) End() bool { return s.NumRows == 0 && !s.Serialised }

// Kind is how the values of a column came over the wire. It is coarser than
// Hive's types: DECIMAL, DATE, TIMESTAMP and nested types come as strings.
type Kind uint8

// The kinds, numbered as the fields of the unions TColumn and TColumnValue.
const (
	KindBool Kind = 1 + iota
	KindByte
	KindI16
	KindI32
	KindI64
	KindDouble
	KindString
	KindBinary
)

// element is the Thrift type of one value of each kind.
var element = [...]byte{
	KindBool: typeBool, KindByte: typeByte, KindI16: typeI16, KindI32: typeI32,
	KindI64: typeI64, KindDouble: typeDouble, KindString: typeString, KindBinary: typeString,
}

// Column is one column of a batch. Of the value slices only the one of its
// Kind is filled, with one value a row; a NULL has some value too.
type Column struct {
	Kind Kind
	// Nulls is the null bitmap as the server sent it: row i is NULL if bit
	// i%8, least significant first, of byte i/8 is set. It may be shorter than
	// the column; rows beyond it are not NULL.
	Nulls []byte

	Bools   []bool
	I8      []int8
	I16     []int16
	I32     []int32
	I64     []int64
	Doubles []float64

	// KindString and KindBinary: where in data, usually the reply itself, each
	// value is. The zero span is an empty value.
	spans []span
	data  []byte
}

type span struct{ start, size uint32 }

// Len returns the number of values.
func (c *Column) Len() int {
	return len(c.Bools) + len(c.I8) + len(c.I16) + len(c.I32) + len(c.I64) + len(c.Doubles) + len(c.spans)
}

// IsNull reports whether row i is NULL.
func (c *Column) IsNull(i int) bool {
	return i>>3 < len(c.Nulls) && c.Nulls[i>>3]>>(i&7)&1 != 0
}

// Int64 returns row i of a column of KindByte, KindI16, KindI32 or KindI64.
// Like all the accessors it panics if i is not a row, as indexing a slice
// does, or the kind does not fit.
func (c *Column) Int64(i int) int64 {
	switch c.Kind {
	case KindByte:
		return int64(c.I8[i])
	case KindI16:
		return int64(c.I16[i])
	case KindI32:
		return int64(c.I32[i])
	default:
		return c.I64[i]
	}
}

// Bytes returns row i of a KindString or KindBinary column as a view of the
// reply: it changes when the reply's memory is used again.
func (c *Column) Bytes(i int) []byte {
	at := c.spans[i]
	end := at.start + at.size
	return c.data[at.start:end:end]
}

// Str returns row i of a KindString or KindBinary column as a copy.
func (c *Column) Str(i int) string { return string(c.Bytes(i)) }

// Rewrite replaces each text of a KindString column that is not NULL by what f
// appends to dst for it. The texts are in memory of their own then, which no
// later batch uses. More than 4 GiB are a [*TooLargeError]; the column cannot
// be used then.
func (c *Column) Rewrite(f func(dst, text []byte) []byte) error {
	var data []byte
	for i, at := range c.spans {
		start := len(data)
		if !c.IsNull(i) {
			data = f(data, c.data[at.start:at.start+at.size])
		}
		if size := int64(len(data)); size > math.MaxUint32 {
			return &TooLargeError{Size: size, Limit: math.MaxUint32}
		}
		c.spans[i] = span{uint32(start), uint32(len(data) - start)}
	}
	c.data = data
	return nil
}

// reset empties the column and keeps the memory that is its own.
func (c *Column) reset(kind Kind) {
	*c = Column{
		Kind:  kind,
		Bools: c.Bools[:0], I8: c.I8[:0], I16: c.I16[:0], I32: c.I32[:0], I64: c.I64[:0], Doubles: c.Doubles[:0],
		spans: c.spans[:0],
	}
}
