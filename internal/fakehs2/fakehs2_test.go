package fakehs2_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"
	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/fakehs2"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is Thrift's own: the fake must not be right only in the eyes of the code it tests.
func client(t *testing.T, srv *fakehs2.Server) *hs.TCLIServiceClient {
	t.Helper()
	conf := &thrift.TConfiguration{SocketTimeout: 5 * time.Second}
	tr := thrift.NewTBufferedTransport(thrift.NewTSocketConf(srv.Addr(), conf), 4096)
	if err := tr.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return hs.NewTCLIServiceClientFactory(tr, thrift.NewTBinaryProtocolFactoryConf(conf))
}

func open(t *testing.T, c *hs.TCLIServiceClient, version hs.TProtocolVersion) *hs.TSessionHandle {
	t.Helper()
	resp, err := c.OpenSession(t.Context(), &hs.TOpenSessionReq{ClientProtocol: version})
	if err != nil || resp.ServerProtocolVersion != version {
		t.Fatalf("OpenSession: %v, %v", resp, err)
	}
	return resp.SessionHandle
}

func TestCorrectByDefault(t *testing.T) {
	for _, version := range []hs.TProtocolVersion{
		hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V1, hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V11,
	} {
		t.Run(version.String(), func(t *testing.T) {
			ctx, srv := t.Context(), fakehs2.Start(t, 3, 2)
			c := client(t, srv)
			session := open(t, c, version)
			exec, err := c.ExecuteStatement(ctx, &hs.TExecuteStatementReq{SessionHandle: session, Statement: "select"})
			if err != nil || !exec.OperationHandle.HasResultSet {
				t.Fatalf("ExecuteStatement: %v, %v", exec, err)
			}
			op := exec.OperationHandle
			status, err := c.GetOperationStatus(ctx, &hs.TGetOperationStatusReq{OperationHandle: op})
			if err != nil || status.GetOperationState() != hs.TOperationState_FINISHED_STATE {
				t.Fatalf("GetOperationStatus: %v, %v", status, err)
			}
			meta, err := c.GetResultSetMetadata(ctx, &hs.TGetResultSetMetadataReq{OperationHandle: op})
			if err != nil || len(meta.Schema.Columns) != 2 {
				t.Fatalf("GetResultSetMetadata: %v, %v", meta, err)
			}
			for i, want := range []int{3, 2, 0, 0} {
				fetch, err := c.FetchResults(ctx, &hs.TFetchResultsReq{OperationHandle: op, MaxRows: 10})
				if err != nil {
					t.Fatalf("FetchResults: %v", err)
				}
				got := len(fetch.Results.Rows)
				if version >= hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V6 {
					got = len(fetch.Results.Columns[0].I32Val.Values)
				}
				if got != want {
					t.Errorf("batch %d has %d rows, want %d", i, got, want)
				}
			}
			for i, want := range []hs.TStatusCode{hs.TStatusCode_SUCCESS_STATUS, hs.TStatusCode_ERROR_STATUS} {
				closed, err := c.CloseOperation(ctx, &hs.TCloseOperationReq{OperationHandle: op})
				if err != nil || closed.Status.StatusCode != want {
					t.Errorf("close %d: %v, %v, want %v", i, closed, err, want)
				}
			}
			if sessions, operations, _ := srv.Open(); sessions != 1 || operations != 0 {
				t.Errorf("%d sessions and %d operations are open, want 1 and 0", sessions, operations)
			}
			if resp, err := c.CloseSession(ctx, &hs.TCloseSessionReq{SessionHandle: session}); err != nil || resp.Status.ErrorMessage != nil {
				t.Errorf("CloseSession: %v, %v", resp, err)
			}
			info, err := c.GetInfo(ctx, &hs.TGetInfoReq{SessionHandle: session})
			if err != nil || !strings.HasPrefix(info.Status.GetErrorMessage(), "Invalid SessionHandle: SessionHandle [") {
				t.Errorf("GetInfo of a closed session: %v, %v", info, err)
			}
		})
	}
}

// A poll that waits in the server for a cancellation that comes over another connection.
func TestUntilCancelled(t *testing.T) {
	ctx, srv := t.Context(), fakehs2.Start(t, 1)
	srv.On("GetOperationStatus", fakehs2.UntilCancelled)
	c := client(t, srv)
	exec, err := c.ExecuteStatement(ctx, &hs.TExecuteStatementReq{SessionHandle: open(t, c, 9), Statement: "select"})
	if err != nil {
		t.Fatal(err)
	}
	type reply struct {
		status *hs.TGetOperationStatusResp
		err    error
	}
	polled := make(chan reply)
	go func() {
		status, err := c.GetOperationStatus(ctx, &hs.TGetOperationStatusReq{OperationHandle: exec.OperationHandle})
		polled <- reply{status, err}
	}()
	srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 1 })
	select {
	case r := <-polled:
		t.Fatalf("the poll came back: %v", r)
	case <-time.After(20 * time.Millisecond):
	}
	if _, err := client(t, srv).CancelOperation(ctx, &hs.TCancelOperationReq{OperationHandle: exec.OperationHandle}); err != nil {
		t.Fatal(err)
	}
	if r := <-polled; r.err != nil || r.status.GetOperationState() != hs.TOperationState_CANCELED_STATE {
		t.Errorf("poll = %v", r)
	}
}

func TestUnknownMethod(t *testing.T) {
	c := client(t, fakehs2.Start(t))
	_, err := c.GetTypeInfo(t.Context(), &hs.TGetTypeInfoReq{SessionHandle: open(t, c, 9)})
	if x := thrift.TApplicationException(nil); !errors.As(err, &x) || x.TypeId() != thrift.UNKNOWN_METHOD {
		t.Errorf("GetTypeInfo: %v, want the exception for an unknown method", err)
	}
	open(t, c, 9) // the connection survives
}

func TestConnectionEndsSession(t *testing.T) {
	srv := fakehs2.Start(t)
	open(t, client(t, srv), 9)
	srv.Disconnect()
	srv.Await(t, "the end of the session", func() bool {
		sessions, _, connections := srv.Open()
		return sessions+connections == 0
	})
}

// Steps over a plain socket: the bytes of a login and of one call.
func TestSteps(t *testing.T) {
	const login = "\x01\x00\x00\x00\x05PLAIN\x02\x00\x00\x00\x04\x00a\x00b"
	request := "\x80\x01\x00\x01\x00\x00\x00\x07Nothing\x00\x00\x00\x07\x00" // an unknown method
	framed := "\x00\x00\x00" + string(rune(len(request))) + request
	const exception = "\x80\x01\x00\x03\x00\x00\x00\x07Nothing\x00\x00\x00\x07"
	tests := []struct {
		name, method string
		step         fakehs2.Step
		send, want   string
	}{
		{"login", fakehs2.Login, fakehs2.Answer, login, "\x05\x00\x00\x00\x00"},
		{"refused login", fakehs2.Login, fakehs2.Refuse(3, "no"), login, "\x03\x00\x00\x00\x02no"},
		{"cut login", fakehs2.Login, fakehs2.Cut(2), login, "\x05\x00"},
		{"bytes", "Nothing", fakehs2.Bytes([]byte("?")), request, "?"},
		{"cut", "Nothing", fakehs2.Cut(3), request, "\x80\x01\x00"},
		{"hangup", "Nothing", fakehs2.Hangup, request, ""},
		{"edit", "Nothing", fakehs2.Edit(func(b []byte) []byte { return b[:4] }), request, "\x80\x01\x00\x03"},
		{"edit a frame", "Nothing", fakehs2.Edit(func(b []byte) []byte { return b[:4] }), login + framed, "\x05\x00\x00\x00\x00\x00\x00\x00\x04\x80\x01\x00\x03"},
		{"frame length", "Nothing", fakehs2.FrameLength(-1), login + framed, "\x05\x00\x00\x00\x00\xff\xff\xff\xff\x80\x01\x00\x03"},
		{"other reply", "Nothing", fakehs2.ReplyAs("x", 2, &hs.TGetInfoReq{}), request, "\x80\x01\x00\x02\x00\x00\x00\x01x\x00\x00\x00\x09"},
		{"delay", "Nothing", fakehs2.Delay(time.Millisecond), request, exception},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On(tt.method, tt.step)
			nc, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", srv.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			if _, err := nc.Write([]byte(tt.send)); err != nil {
				t.Fatal(err)
			}
			nc.SetReadDeadline(time.Now().Add(5 * time.Second))
			got := make([]byte, len(tt.want))
			if _, err := io.ReadFull(nc, got); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if tt.want == "" {
				if n, err := nc.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("read %d bytes, %v, want the end", n, err)
				}
			}
			if got := srv.Count(tt.method); got != 1 {
				t.Errorf("%d calls counted, want 1", got)
			}
		})
	}
}
