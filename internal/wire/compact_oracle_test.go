package wire_test

import (
	"context"
	"encoding/binary"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/beltran/gohive/hiveserver"
)

func compactProtocol(blob []byte) *thrift.TCompactProtocol {
	mem := thrift.NewTMemoryBufferLen(0)
	mem.Write(blob)
	return thrift.NewTCompactProtocolConf(mem, &thrift.TConfiguration{MaxMessageSize: int32(len(blob))})
}

// generatedColumns reads columns with generated code.
func generatedColumns(p thrift.TProtocol, n int) ([]*hiveserver.TColumn, error) {
	var columns []*hiveserver.TColumn
	for range n {
		c := hiveserver.NewTColumn()
		if err := c.Read(context.Background(), p); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// unserialise puts the columns that are serialised in rs where the others
// would be. The reason is why the Decoder must refuse what generated code reads.
func unserialise(rs *hiveserver.TRowSet) (reason string, err error) {
	switch {
	case len(rs.Columns) > 0 || len(rs.Rows) > 0:
		return "rows in two forms", nil
	case rs.ColumnCount == nil || *rs.ColumnCount < 1:
		return "serialised columns without their number", nil
	case *rs.ColumnCount > 1<<16:
		return "too many columns", nil
	}
	w := &compactWatcher{TCompactProtocol: compactProtocol(rs.BinaryColumns), blob: rs.BinaryColumns}
	rs.Columns, err = generatedColumns(w, int(*rs.ColumnCount))
	return w.reason, err
}

// compactWatcher sees what generated code does not look at.
type compactWatcher struct {
	*thrift.TCompactProtocol
	blob   []byte
	depth  int           // open structs
	arm    int16         // of the column being read
	arms   int           // that it has had so far
	fields map[int16]int // of the arm
	reason string        // the first thing that the Decoder refuses
}

var compactElements = []thrift.TType{
	1: thrift.BOOL, thrift.BYTE, thrift.I16, thrift.I32, thrift.I64, thrift.DOUBLE, thrift.STRING, thrift.STRING,
}

func (w *compactWatcher) refuse(when bool, reason string) {
	if when && w.reason == "" {
		w.reason = reason
	}
}

// rest is what has not been read yet.
func (w *compactWatcher) rest() []byte {
	return w.blob[len(w.blob)-w.Transport().(*thrift.TMemoryBuffer).Len():]
}

// number looks at a varint.
func (w *compactWatcher) number(p []byte, bits int) {
	v, n := binary.Uvarint(p)
	w.refuse(n < 0 || v>>bits != 0, "a number of too many bits")
}

func (w *compactWatcher) ReadStructBegin(ctx context.Context) (string, error) {
	w.depth++
	if w.depth == 1 {
		w.arms = 0
	}
	w.fields = map[int16]int{}
	return w.TCompactProtocol.ReadStructBegin(ctx)
}

func (w *compactWatcher) ReadStructEnd(ctx context.Context) error {
	w.depth--
	return w.TCompactProtocol.ReadStructEnd(ctx)
}

func (w *compactWatcher) ReadFieldBegin(ctx context.Context) (string, thrift.TType, int16, error) {
	head := w.rest()
	name, typ, id, err := w.TCompactProtocol.ReadFieldBegin(ctx)
	if typ == thrift.STOP || err != nil {
		return name, typ, id, err
	}
	if head[0]>>4 == 0 {
		w.number(head[1:], 16)
	}
	if w.depth == 1 {
		w.arm = id
		w.arms++
		w.refuse(w.arms > 1, "a column of several kinds")
		w.refuse(typ != thrift.STRUCT || id < 1 || id > 8, "a column of an unknown kind")
	} else {
		w.fields[id]++
		known := id == 1 && typ == thrift.LIST || id == 2 && typ == thrift.STRING
		w.refuse(!known || w.fields[id] > 1, "a field that a column does not have, or has twice")
	}
	return name, typ, id, err
}

func (w *compactWatcher) ReadListBegin(ctx context.Context) (thrift.TType, int, error) {
	head := w.rest()
	typ, n, err := w.TCompactProtocol.ReadListBegin(ctx)
	if err == nil && w.reason == "" {
		w.refuse(typ != compactElements[w.arm], "a list's elements are not of the declared type")
		if head[0]>>4 == 15 {
			w.number(head[1:], 32)
		}
	}
	return typ, n, err
}

func (w *compactWatcher) ReadI16(ctx context.Context) (int16, error) {
	w.number(w.rest(), 16)
	return w.TCompactProtocol.ReadI16(ctx)
}

func (w *compactWatcher) ReadI32(ctx context.Context) (int32, error) {
	w.number(w.rest(), 32)
	return w.TCompactProtocol.ReadI32(ctx)
}

func (w *compactWatcher) ReadI64(ctx context.Context) (int64, error) {
	w.number(w.rest(), 64)
	return w.TCompactProtocol.ReadI64(ctx)
}

func (w *compactWatcher) ReadString(ctx context.Context) (string, error) {
	w.number(w.rest(), 32)
	return w.TCompactProtocol.ReadString(ctx)
}

func (w *compactWatcher) ReadBinary(ctx context.Context) ([]byte, error) {
	w.number(w.rest(), 32)
	return w.TCompactProtocol.ReadBinary(ctx)
}
