package fakehs2

import (
	"fmt"

	hs "github.com/beltran/gohive/hiveserver"
)

// Text is the second column of row i; ok is false where it is NULL.
func Text(i int) (text string, ok bool) { return fmt.Sprintf("row %d", i), i%3 != 2 }

func schema() *hs.TTableSchema {
	return &hs.TTableSchema{Columns: []*hs.TColumnDesc{
		column("t.n", hs.TTypeId_INT_TYPE, 1), column("t.s", hs.TTypeId_STRING_TYPE, 2),
	}}
}

func column(name string, typ hs.TTypeId, position int32) *hs.TColumnDesc {
	entry := &hs.TTypeEntry{PrimitiveEntry: &hs.TPrimitiveTypeEntry{Type: typ}}
	return &hs.TColumnDesc{ColumnName: name, TypeDesc: &hs.TTypeDesc{Types: []*hs.TTypeEntry{entry}}, Position: position}
}

// Columns is a batch of size rows from the given one, as protocols from V6 on send it.
func Columns(first, size int) *hs.TRowSet {
	n := &hs.TI32Column{Nulls: []byte{0}, Values: make([]int32, size)}
	s := &hs.TStringColumn{Nulls: make([]byte, size/8+1), Values: make([]string, size)}
	for i := range size {
		n.Values[i] = int32(first + i)
		text, ok := Text(first + i)
		if !ok {
			s.Nulls[i/8] |= 1 << (i % 8)
			continue
		}
		s.Values[i] = text
	}
	return &hs.TRowSet{Rows: []*hs.TRow{}, Columns: []*hs.TColumn{{I32Val: n}, {StringVal: s}}}
}

// rows is the same as protocols before V6 send it.
func rows(first, size int) *hs.TRowSet {
	set := &hs.TRowSet{Rows: make([]*hs.TRow, size)}
	for i := range set.Rows {
		n := int32(first + i)
		v := &hs.TStringValue{}
		if text, ok := Text(first + i); ok {
			v.Value = &text
		}
		set.Rows[i] = &hs.TRow{ColVals: []*hs.TColumnValue{{I32Val: &hs.TI32Value{Value: &n}}, {StringVal: v}}}
	}
	return set
}

// Column is the values of a column in one batch, as V6 and later send them.
type Column struct {
	typ    hs.TTypeId
	values *hs.TColumn
}

// The types of [Texts].
const (
	Void      = hs.TTypeId_NULL_TYPE
	String    = hs.TTypeId_STRING_TYPE
	Date      = hs.TTypeId_DATE_TYPE
	Timestamp = hs.TTypeId_TIMESTAMP_TYPE
	Decimal   = hs.TTypeId_DECIMAL_TYPE
)

// Ints is an INT column without NULLs.
func Ints(values ...int32) Column {
	return Column{hs.TTypeId_INT_TYPE, &hs.TColumn{I32Val: &hs.TI32Column{Values: values, Nulls: []byte{}}}}
}

// Texts is a column of a type that is sent as text, and its NULL bitmap.
func Texts(typ hs.TTypeId, nulls []byte, values ...string) Column {
	return Column{typ, &hs.TColumn{StringVal: &hs.TStringColumn{Values: values, Nulls: nulls}}}
}

// Binaries is a BINARY column without NULLs.
func Binaries(values ...[]byte) Column {
	return Column{hs.TTypeId_BINARY_TYPE, &hs.TColumn{BinaryVal: &hs.TBinaryColumn{Values: values, Nulls: []byte{}}}}
}

// OnResult scripts the next statement's result by its batches. The columns, called c0, c1 and so on, are of the first
// one's types. The session must not ask for batches ahead. The server must have been started with a batch, for else its
// statements have no result.
func (s *Server) OnResult(batches ...[]Column) {
	described := &hs.TTableSchema{}
	for i, c := range batches[0] {
		described.Columns = append(described.Columns, column(fmt.Sprint("c", i), c.typ, int32(i+1)))
	}
	s.On("GetResultSetMetadata", Reply(&hs.TCLIServiceGetResultSetMetadataResult{
		Success: &hs.TGetResultSetMetadataResp{Status: success(), Schema: described},
	}))
	for _, columns := range append(batches, nil) { // the end is a batch without rows
		set := &hs.TRowSet{Rows: []*hs.TRow{}}
		for _, c := range columns {
			set.Columns = append(set.Columns, c.values)
		}
		s.On("FetchResults", Reply(&hs.TCLIServiceFetchResultsResult{
			Success: &hs.TFetchResultsResp{Status: success(), Results: set},
		}))
	}
}
