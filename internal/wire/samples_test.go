package wire_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// message encodes a reply as a server does.
func message(t testing.TB, method string, typ thrift.TMessageType, body thrift.TStruct) []byte {
	t.Helper()
	ctx, mem := context.Background(), thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolConf(mem, nil)
	for _, err := range []error{
		p.WriteMessageBegin(ctx, method, typ, 7),
		body.Write(ctx, p),
		p.WriteMessageEnd(ctx),
	} {
		if err != nil {
			t.Fatalf("encode %s: %v", method, err)
		}
	}
	return mem.Bytes()
}

func fetchReply(t testing.TB, resp *hiveserver.TFetchResultsResp) []byte {
	t.Helper()
	return message(t, "FetchResults", thrift.REPLY, &hiveserver.TCLIServiceFetchResultsResult{Success: resp})
}

// bodyOf cuts the header off a message.
func bodyOf(t testing.TB, msg []byte) []byte {
	t.Helper()
	h, err := wire.ParseMessage(msg)
	if err != nil {
		t.Fatalf("ParseMessage: %v", err)
	}
	return msg[h.BodyOffset:]
}

func success(rows *hiveserver.TRowSet) *hiveserver.TFetchResultsResp {
	return &hiveserver.TFetchResultsResp{
		Status:      &hiveserver.TStatus{StatusCode: hiveserver.TStatusCode_SUCCESS_STATUS},
		HasMoreRows: ptr(false),
		Results:     rows,
	}
}

func ptr[T any](v T) *T { return &v }

// bitmap makes the null bitmap as HiveServer2 does: truncated after the last
// NULL, one zero byte if there is none.
func bitmap(n int, null func(int) bool) []byte {
	b := []byte{0}
	for i := range n {
		if null(i) {
			for len(b) <= (i+1)/8 {
				b = append(b, 0)
			}
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// list makes n values, the zero value where null says so.
func list[T any](n int, null func(int) bool, value func(int) T) []T {
	s := make([]T, n)
	for i := range s {
		if !null(i) {
			s[i] = value(i)
		}
	}
	return s
}

func text(i int) string {
	return [...]string{"", "2013-01-01 05:17:00.5", "naïve 蜂 🐝", "1.5000", "\xff\x00"}[i%5]
}

func double(i int) float64 {
	return [...]float64{1.1, math.NaN(), math.Inf(-1), math.Copysign(0, -1), math.MaxFloat64, float64(i)}[i%6]
}

// everyKind is a batch with a column of each kind.
func everyKind(n int, null func(int) bool) *hiveserver.TRowSet {
	nulls := bitmap(n, null)
	return &hiveserver.TRowSet{
		Rows: []*hiveserver.TRow{},
		Columns: []*hiveserver.TColumn{
			{BoolVal: &hiveserver.TBoolColumn{Nulls: nulls, Values: list(n, null, func(i int) bool { return i%3 == 0 })}},
			{ByteVal: &hiveserver.TByteColumn{Nulls: nulls, Values: list(n, null, func(i int) int8 { return int8(i - 100) })}},
			{I16Val: &hiveserver.TI16Column{Nulls: nulls, Values: list(n, null, func(i int) int16 { return int16(i * -77) })}},
			{I32Val: &hiveserver.TI32Column{Nulls: nulls, Values: list(n, null, func(i int) int32 { return int32(i * -70001) })}},
			{I64Val: &hiveserver.TI64Column{Nulls: nulls, Values: list(n, null, func(i int) int64 { return math.MinInt64 + int64(i) })}},
			{DoubleVal: &hiveserver.TDoubleColumn{Nulls: nulls, Values: list(n, null, double)}},
			{StringVal: &hiveserver.TStringColumn{Nulls: nulls, Values: list(n, null, text)}},
			{BinaryVal: &hiveserver.TBinaryColumn{Nulls: nulls, Values: list(n, null, func(i int) []byte { return []byte(text(i)) })}},
		},
	}
}

// rowForm is a batch as protocols before V6 send it, without a binary column.
func rowForm(n int, null func(int) bool) *hiveserver.TRowSet {
	rows := make([]*hiveserver.TRow, n)
	for i := range rows {
		v := []*hiveserver.TColumnValue{
			{BoolVal: &hiveserver.TBoolValue{Value: ptr(i%3 == 0)}},
			{ByteVal: &hiveserver.TByteValue{Value: ptr(int8(i - 100))}},
			{I16Val: &hiveserver.TI16Value{Value: ptr(int16(i * -77))}},
			{I32Val: &hiveserver.TI32Value{Value: ptr(int32(i * -70001))}},
			{I64Val: &hiveserver.TI64Value{Value: ptr(math.MinInt64 + int64(i))}},
			{DoubleVal: &hiveserver.TDoubleValue{Value: ptr(double(i))}},
			{StringVal: &hiveserver.TStringValue{Value: ptr(text(i))}},
		}
		if null(i) {
			v[0].BoolVal.Value, v[1].ByteVal.Value, v[2].I16Val.Value = nil, nil, nil
			v[3].I32Val.Value, v[4].I64Val.Value = nil, nil
			v[5].DoubleVal.Value, v[6].StringVal.Value = nil, nil
		}
		rows[i] = &hiveserver.TRow{ColVals: v}
	}
	return &hiveserver.TRowSet{StartRowOffset: 3, Rows: rows}
}

// serialised is a batch as Hive's tasks make it, followed by rest.
func serialised(t testing.TB, rows *hiveserver.TRowSet, rest string) *hiveserver.TRowSet {
	t.Helper()
	mem := thrift.NewTMemoryBuffer()
	p := thrift.NewTCompactProtocolConf(mem, nil)
	for i, c := range rows.Columns {
		if err := c.Write(context.Background(), p); err != nil {
			t.Fatalf("encode column %d: %v", i, err)
		}
	}
	return &hiveserver.TRowSet{
		Rows: []*hiveserver.TRow{}, BinaryColumns: append(mem.Bytes(), rest...), ColumnCount: ptr(int32(len(rows.Columns))),
	}
}

func never(int) bool    { return false }
func always(int) bool   { return true }
func eighth(i int) bool { return i%8 == 7 }
func third(i int) bool  { return i%3 == 1 }

// samples are answers a server gives, by name, as whole messages.
func samples(t testing.TB) map[string][]byte {
	reply := func(rows *hiveserver.TRowSet) []byte { return fetchReply(t, success(rows)) }
	all := map[string][]byte{
		"columns-no-null":    reply(everyKind(5, never)),
		"columns-eighth":     reply(everyKind(9, eighth)),
		"columns-third":      reply(everyKind(11, third)),
		"columns-all-null":   reply(everyKind(3, always)),
		"columns-end":        reply(everyKind(0, never)),
		"rows-no-null":       reply(rowForm(3, never)),
		"rows-third":         reply(rowForm(5, third)),
		"rows-all-null":      reply(rowForm(2, always)),
		"no-columns":         reply(&hiveserver.TRowSet{Rows: []*hiveserver.TRow{}}),
		"error":              fetchReply(t, &hiveserver.TFetchResultsResp{Status: failure()}),
		"no-result":          fetchReply(t, nil),
		"open-session":       message(t, "OpenSession", thrift.REPLY, openSession()),
		"unknown-method":     message(t, "FetchResults", thrift.EXCEPTION, unknownMethod()),
		"result-set-columns": message(t, "GetResultSetMetadata", thrift.REPLY, metadata()),
		"serialised-end":     reply(&hiveserver.TRowSet{ColumnCount: ptr(int32(2))}),
	}
	for name, rows := range serialisedSamples(t) {
		all[name] = reply(rows)
	}
	return all
}

func serialisedSamples(t testing.TB) map[string]*hiveserver.TRowSet {
	return map[string]*hiveserver.TRowSet{
		"serialised":         serialised(t, everyKind(5, never), ""),
		"serialised-third":   serialised(t, everyKind(40, third), ""),
		"serialised-behind":  serialised(t, everyKind(3, eighth), "what is left of a longer batch\x00\x00"),
		"serialised-no-rows": serialised(t, everyKind(0, never), "\x00\x00"),
	}
}

func failure() *hiveserver.TStatus {
	return &hiveserver.TStatus{
		StatusCode:   hiveserver.TStatusCode_ERROR_STATUS,
		InfoMessages: []string{"*org.apache.hive.service.cli.HiveSQLException:gone", "a:b:c:12"},
		SqlState:     ptr("HY000"),
		ErrorCode:    ptr(int32(-3)),
		ErrorMessage: ptr("Invalid OperationHandle"),
	}
}

func openSession() thrift.TStruct {
	return &hiveserver.TCLIServiceOpenSessionResult{Success: &hiveserver.TOpenSessionResp{
		Status:                success(nil).Status,
		ServerProtocolVersion: hiveserver.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V11,
		SessionHandle: &hiveserver.TSessionHandle{SessionId: &hiveserver.THandleIdentifier{
			GUID: []byte("0123456789abcdef"), Secret: []byte("fedcba9876543210"),
		}},
		Configuration: map[string]string{"hive.server2.thrift.resultset.default.fetch.size": "1000"},
	}}
}

func metadata() thrift.TStruct {
	columns := make([]*hiveserver.TColumnDesc, 3)
	for i := range columns {
		columns[i] = &hiveserver.TColumnDesc{
			ColumnName: fmt.Sprintf("t.c%d", i),
			TypeDesc: &hiveserver.TTypeDesc{Types: []*hiveserver.TTypeEntry{{
				PrimitiveEntry: &hiveserver.TPrimitiveTypeEntry{
					Type: hiveserver.TTypeId_DECIMAL_TYPE,
					TypeQualifiers: &hiveserver.TTypeQualifiers{Qualifiers: map[string]*hiveserver.TTypeQualifierValue{
						"scale": {I32Value: ptr(int32(2))},
					}},
				},
			}}},
			Position: int32(i + 1),
		}
	}
	return &hiveserver.TCLIServiceGetResultSetMetadataResult{Success: &hiveserver.TGetResultSetMetadataResp{
		Status: success(nil).Status, Schema: &hiveserver.TTableSchema{Columns: columns},
	}}
}

// appException makes thrift's exception a TStruct.
type appException struct{ thrift.TApplicationException }

func unknownMethod() thrift.TStruct {
	return appException{thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "Invalid method name")}
}
