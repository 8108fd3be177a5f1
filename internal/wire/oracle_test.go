package wire_test

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// generated decodes body with generated code, as the RPC layer does.
func generated(body []byte, into thrift.TStruct) error {
	mem := thrift.NewTMemoryBufferLen(0)
	mem.Write(body)
	return into.Read(context.Background(), protocol(mem))
}

func protocol(mem *thrift.TMemoryBuffer) *thrift.TBinaryProtocol {
	return thrift.NewTBinaryProtocolConf(mem, &thrift.TConfiguration{MaxMessageSize: int32(mem.Len())})
}

// oracle is what generated code makes of the body of a FetchResults reply.
type oracle struct {
	resp *hiveserver.TFetchResultsResp
	err  error
	// reason says why the Decoder must refuse what generated code accepted.
	reason string
	// twice: some field was sent more than once. The last one wins, but the
	// Decoder may refuse an earlier one that generated code threw away.
	twice bool
}

func consult(body []byte) oracle {
	mem := thrift.NewTMemoryBufferLen(0)
	mem.Write(body)
	w := &watcher{TBinaryProtocol: protocol(mem)}
	var result hiveserver.TCLIServiceFetchResultsResult
	err := result.Read(context.Background(), w)
	o := oracle{resp: result.Success, err: err, twice: w.twice}
	switch {
	case err != nil:
	case w.mistyped:
		o.reason = "a list's elements are not of the declared type"
	case mem.Len() > 0:
		o.reason = "bytes after the end"
	case result.Success == nil:
		o.reason = "no success field"
	case result.Success.Results != nil:
		rs := result.Success.Results
		if rs.BinaryColumns != nil {
			o.reason, o.err = unserialise(rs)
		}
		if o.reason == "" && o.err == nil {
			o.reason = strictness(rs)
		}
	}
	return o
}

// strictness names what the Decoder refuses in a decoded row set, or "".
func strictness(rs *hiveserver.TRowSet) string {
	switch {
	case len(rs.Rows) > 0 && len(rs.Columns) > 0:
		return "rows beside columns"
	case rs.ColumnCount != nil && *rs.ColumnCount < 0:
		return "negative columnCount"
	case len(rs.Columns) > 1<<16 || len(rs.Rows) > 0 && len(rs.Rows[0].ColVals) > 1<<16:
		return "too many columns"
	}
	for _, c := range rs.Columns {
		switch {
		case c.CountSetFieldsTColumn() != 1:
			return "a column of no or several kinds"
		case len(columnValues(c)) != len(columnValues(rs.Columns[0])):
			return "columns of unequal length"
		}
	}
	for _, r := range rs.Rows {
		if len(r.ColVals) != len(rs.Rows[0].ColVals) {
			return "rows of unequal length"
		}
		for i, v := range r.ColVals {
			switch {
			case v.CountSetFieldsTColumnValue() != 1:
				return "a value of no or several kinds"
			case cellKind(v) != cellKind(rs.Rows[0].ColVals[i]):
				return "a column changes its kind"
			}
		}
	}
	return ""
}

// watcher sees what generated code does not look at. It does not watch ReadByte
// (go vet reserves that name for io.ByteReader): when the field after a list
// comes and no other read was seen, the elements were read as bytes.
type watcher struct {
	*thrift.TBinaryProtocol
	element  thrift.TType // declared for the list that was just opened, else STOP
	mistyped bool
	fields   []map[int16]bool // seen, for each open struct
	twice    bool
}

func (w *watcher) saw(t thrift.TType) {
	w.mistyped = w.mistyped || w.element != thrift.STOP && w.element != t
	w.element = thrift.STOP
}

func (w *watcher) ReadListBegin(ctx context.Context) (thrift.TType, int, error) {
	t, n, err := w.TBinaryProtocol.ReadListBegin(ctx)
	if n > 0 {
		w.element = t
		if t == thrift.STOP {
			w.mistyped = true
		}
	}
	return t, n, err
}

func (w *watcher) ReadStructBegin(ctx context.Context) (string, error) {
	w.saw(thrift.STRUCT)
	w.fields = append(w.fields, map[int16]bool{})
	return w.TBinaryProtocol.ReadStructBegin(ctx)
}

func (w *watcher) ReadStructEnd(ctx context.Context) error {
	w.fields = w.fields[:len(w.fields)-1]
	return w.TBinaryProtocol.ReadStructEnd(ctx)
}

func (w *watcher) ReadFieldBegin(ctx context.Context) (string, thrift.TType, int16, error) {
	w.saw(thrift.BYTE)
	name, t, id, err := w.TBinaryProtocol.ReadFieldBegin(ctx)
	seen := w.fields[len(w.fields)-1]
	w.twice = w.twice || t != thrift.STOP && seen[id]
	seen[id] = true
	return name, t, id, err
}

func (w *watcher) ReadBool(ctx context.Context) (bool, error) {
	w.saw(thrift.BOOL)
	return w.TBinaryProtocol.ReadBool(ctx)
}

func (w *watcher) ReadI16(ctx context.Context) (int16, error) {
	w.saw(thrift.I16)
	return w.TBinaryProtocol.ReadI16(ctx)
}

func (w *watcher) ReadI32(ctx context.Context) (int32, error) {
	w.saw(thrift.I32)
	return w.TBinaryProtocol.ReadI32(ctx)
}

func (w *watcher) ReadI64(ctx context.Context) (int64, error) {
	w.saw(thrift.I64)
	return w.TBinaryProtocol.ReadI64(ctx)
}

func (w *watcher) ReadDouble(ctx context.Context) (float64, error) {
	w.saw(thrift.DOUBLE)
	return w.TBinaryProtocol.ReadDouble(ctx)
}

func (w *watcher) ReadString(ctx context.Context) (string, error) {
	w.saw(thrift.STRING)
	return w.TBinaryProtocol.ReadString(ctx)
}

func (w *watcher) ReadBinary(ctx context.Context) ([]byte, error) {
	w.saw(thrift.STRING)
	b, err := w.TBinaryProtocol.ReadBinary(ctx)
	if b == nil && err == nil {
		b = []byte{} // sent, though empty
	}
	return b, err
}

// show prints a value of either decoder the same way, doubles by their bits.
func show(v any) string {
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%#x", math.Float64bits(f))
	}
	return fmt.Sprintf("%q", fmt.Sprint(v))
}

func showHead(more bool, code int32, info []string, fields ...string) string {
	return fmt.Sprintf("more=%v status=%d info=%q %s\n", more, code, info, strings.Join(fields, " "))
}

// showOurs prints everything the Decoder returned.
func showOurs(r *wire.FetchResults) string {
	optional := func(has bool, v any) string {
		if !has {
			return "-"
		}
		return show(v)
	}
	s := r.Status
	var out strings.Builder
	out.WriteString(showHead(r.HasMoreRows, s.Code, s.InfoMessages,
		optional(s.HasSQLState, s.SQLState), optional(s.HasErrorCode, s.ErrorCode), optional(s.HasErrorMessage, s.ErrorMessage)))
	if r.Rows == nil {
		return out.String()
	}
	fmt.Fprintf(&out, "offset=%d rows=%d columns=%d count=%d serialised=%v\n", r.Rows.StartOffset, r.Rows.NumRows,
		len(r.Rows.Columns), r.Rows.ColumnCount, r.Rows.Serialised)
	for i := range r.Rows.Columns {
		c := &r.Rows.Columns[i]
		fmt.Fprintf(&out, "kind=%d:", c.Kind)
		for row := range c.Len() {
			v := value(c, row) // of a NULL, too: there is one
			if c.IsNull(row) {
				v = nil
			}
			out.WriteString(" " + showCell(v))
		}
		out.WriteString("\n")
	}
	return out.String()
}

func value(c *wire.Column, row int) any {
	switch c.Kind {
	case wire.KindBool:
		return c.Bools[row]
	case wire.KindDouble:
		return c.Doubles[row]
	case wire.KindString:
		return c.Str(row)
	case wire.KindBinary:
		return string(c.Bytes(row))
	default:
		return c.Int64(row)
	}
}

// showTheirs prints what generated code decoded, like showOurs.
func showTheirs(r *hiveserver.TFetchResultsResp) string {
	s := r.Status
	var out strings.Builder
	out.WriteString(showHead(r.GetHasMoreRows(), int32(s.StatusCode), s.InfoMessages,
		showPtr(s.SqlState), showPtr(s.ErrorCode), showPtr(s.ErrorMessage)))
	rs := r.Results
	if rs == nil {
		return out.String()
	}
	columns, rows, count := showColumns(rs), len(rs.Rows), int32(-1)
	if len(rs.Columns) > 0 {
		rows = len(columnValues(rs.Columns[0]))
	}
	if rs.ColumnCount != nil {
		count = *rs.ColumnCount
	}
	fmt.Fprintf(&out, "offset=%d rows=%d columns=%d count=%d serialised=%v\n", rs.StartRowOffset, rows,
		len(columns), count, rs.BinaryColumns != nil)
	for _, c := range columns {
		out.WriteString(c + "\n")
	}
	return out.String()
}

func showPtr[T any](p *T) string {
	if p == nil {
		return "-"
	}
	return show(*p)
}

func showColumns(rs *hiveserver.TRowSet) (columns []string) {
	for _, c := range rs.Columns {
		columns = append(columns, fmt.Sprintf("kind=%d:", columnKind(c)))
		nulls := columnNulls(c)
		for row, v := range columnValues(c) {
			if row/8 < len(nulls) && nulls[row/8]&(1<<(row%8)) != 0 {
				v = nil
			}
			columns[len(columns)-1] += " " + showCell(v)
		}
	}
	for row, r := range rs.Rows {
		for i, v := range r.ColVals {
			if row == 0 {
				columns = append(columns, fmt.Sprintf("kind=%d:", cellKind(v)))
			}
			columns[i] += " " + showCell(cellValue(v))
		}
	}
	return columns
}

func showCell(v any) string {
	if v == nil {
		return "NULL"
	}
	return show(v)
}
