package integration

import (
	"net"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/beltran/gohive"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

// fetchSize is what every contestant asks for.
const fetchSize = 10_000

// gohiveConnect connects the other Go client.
func gohiveConnect(tb testing.TB, srv *hivetest.Server, fetchSize int64) *gohive.Connection {
	tb.Helper()
	cfg := config(tb, srv)
	theirs := gohive.NewConnectConfiguration()
	theirs.Username, theirs.Password, theirs.FetchSize = cfg.User, "x", fetchSize
	conn, err := gohive.Connect(cfg.Host, cfg.Port, "NONE", theirs)
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}

// gohiveRead reads a whole result into the same variables, and returns the number of rows.
func gohiveRead(tb testing.TB, conn *gohive.Connection, query string, into ...any) (n int) {
	tb.Helper()
	c := conn.Cursor()
	defer c.Close()
	for c.Exec(tb.Context(), query); c.HasMore(tb.Context()); n++ {
		if c.FetchOne(tb.Context(), into...); c.Err != nil {
			break
		}
	}
	if c.Err != nil {
		tb.Fatal(c.Err)
	}
	return n
}

// rawReader makes the calls that reading a result takes and throws the replies away undecoded: what is left is the
// server, the network and the frames.
type rawReader struct {
	client  *rpc.Client
	session *hs.TSessionHandle
}

func newRawReader(tb testing.TB, srv *hivetest.Server) *rawReader {
	tb.Helper()
	nc, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := transport.NewBinary(tb.Context(), nc, transport.BinaryConfig{
		Mechanism: sasl.Plain{User: "hive", Password: "x"}, MaxMessageSize: 100 << 20,
	})
	if err != nil {
		tb.Fatal(err)
	}
	r := &rawReader{client: rpc.NewClient(conn)}
	tb.Cleanup(func() { r.client.Close() })
	var opened hs.TCLIServiceOpenSessionResult
	r.do(tb, "OpenSession", &hs.TCLIServiceOpenSessionArgs{Req: &hs.TOpenSessionReq{ClientProtocol: hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V10}}, &opened)
	r.session = opened.Success.SessionHandle
	return r
}

func (r *rawReader) do(tb testing.TB, method string, args, result thrift.TStruct) {
	tb.Helper()
	if err := r.client.Do(tb.Context(), method, args, result); err != nil {
		tb.Fatal(err)
	}
}

func (r *rawReader) read(tb testing.TB, query string) {
	tb.Helper()
	var executed hs.TCLIServiceExecuteStatementResult
	r.do(tb, "ExecuteStatement", &hs.TCLIServiceExecuteStatementArgs{Req: &hs.TExecuteStatementReq{
		SessionHandle: r.session, Statement: query, RunAsync: true,
	}}, &executed)
	op := executed.Success.OperationHandle
	for {
		var st hs.TCLIServiceGetOperationStatusResult
		r.do(tb, "GetOperationStatus", &hs.TCLIServiceGetOperationStatusArgs{Req: &hs.TGetOperationStatusReq{OperationHandle: op}}, &st)
		if st.Success.GetOperationState() == hs.TOperationState_FINISHED_STATE {
			break
		}
	}
	const emptyReply = 4096 // the last batch has no rows: ten empty columns
	for size := emptyReply + 1; size > emptyReply; {
		call, err := r.client.Start(tb.Context(), "FetchResults", &hs.TCLIServiceFetchResultsArgs{Req: &hs.TFetchResultsReq{
			OperationHandle: op, MaxRows: fetchSize,
		}})
		if err != nil {
			tb.Fatal(err)
		}
		body, err := call.Reply(tb.Context())
		if err != nil {
			tb.Fatal(err)
		}
		size = len(body)
	}
	var closed hs.TCLIServiceCloseOperationResult
	r.do(tb, "CloseOperation", &hs.TCLIServiceCloseOperationArgs{Req: &hs.TCloseOperationReq{OperationHandle: op}}, &closed)
}
