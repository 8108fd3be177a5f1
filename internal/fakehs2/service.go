package fakehs2

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"
)

// service is the correct behaviour for one connection. The generated processor decodes its arguments and encodes its
// results; methods that are not here answer "unknown method".
type service struct {
	hs.TCLIService // nil: what is not overridden is taken out of the processor
	conn           *conn
}

var served = map[string]bool{
	"OpenSession": true, "CloseSession": true, "GetInfo": true, "ExecuteStatement": true, "GetOperationStatus": true,
	"CancelOperation": true, "CloseOperation": true, "GetResultSetMetadata": true, "FetchResults": true, "GetQueryId": true,
	"GetTables": true, "GetCatalogs": true, // for all calls of their kind
}

// operation is a statement; all of them give the server's batches.
type operation struct {
	session  string
	rowBased bool
	batch    int // the next one
	row      int // the number of its first row
	state    hs.TOperationState
}

// The generated processor would watch the connection while it answers, in a goroutine for each call: here it has none but
// memory.
func init() { thrift.ServerConnectivityCheckInterval = 0 }

type processor struct{ *hs.TCLIServiceProcessor }

func newProcessor(c *conn) processor {
	p := processor{hs.NewTCLIServiceProcessor(&service{conn: c})}
	for method := range p.ProcessorMap() {
		if !served[method] {
			delete(p.ProcessorMap(), method)
		}
	}
	return p
}

// process runs a request and returns the reply.
func (p processor) process(request []byte) []byte {
	in := thrift.NewTBinaryProtocolConf(&thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(request)}, nil)
	out := thrift.NewTMemoryBuffer()
	_, _ = p.Process(context.Background(), in, thrift.NewTBinaryProtocolConf(out, nil)) // failures are in the reply
	return out.Bytes()
}

// Failure is the status with which HiveServer2 reports a failure.
func Failure(text, sqlState string, code int32) *hs.TStatus {
	st := &hs.TStatus{StatusCode: hs.TStatusCode_ERROR_STATUS, ErrorMessage: &text, ErrorCode: &code}
	if sqlState != "" {
		st.SqlState = &sqlState
	}
	return st
}

func success() *hs.TStatus { return &hs.TStatus{StatusCode: hs.TStatusCode_SUCCESS_STATUS} }

// What no message of a client may hold: the secret of every handle, and how each handle's name begins in text.
const (
	Secret = "SECRET-OF-HANDLE"
	GUID   = "66616b65-6873-322d"
)

// handle makes a new handle's identifier.
func (s *Server) handle() *hs.THandleIdentifier {
	s.handles++
	guid := binary.BigEndian.AppendUint64([]byte("fakehs2-"), s.handles)
	return &hs.THandleIdentifier{GUID: guid, Secret: []byte(Secret)}
}

// drop ends a session with its operations.
func (s *Server) drop(session string) {
	delete(s.sessions, session)
	for id, op := range s.ops {
		if op.session == session {
			delete(s.ops, id)
		}
	}
}

// inSession runs f if the session is known and returns the reply's status.
func (v *service) inSession(h *hs.TSessionHandle, f func(id string)) *hs.TStatus {
	id, st := string(h.SessionId.GUID), success()
	v.conn.server.change(func() {
		if _, known := v.conn.server.sessions[id]; !known {
			st = Failure(fmt.Sprintf("Invalid SessionHandle: SessionHandle [%s]", uuid(id)), "", 0)
			return
		}
		f(id)
	})
	return st
}

// onOperation runs f if the operation is known and returns the reply's status.
func (v *service) onOperation(h *hs.TOperationHandle, f func(*operation)) *hs.TStatus {
	id, st := string(h.OperationId.GUID), success()
	v.conn.server.change(func() {
		op := v.conn.server.ops[id]
		if op == nil {
			st = Failure(fmt.Sprintf("Invalid OperationHandle: OperationHandle [opType=EXECUTE_STATEMENT, getHandleIdentifier()=%s]", uuid(id)), "", 0)
			return
		}
		f(op)
	})
	return st
}

func uuid(id string) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func (v *service) OpenSession(_ context.Context, req *hs.TOpenSessionReq) (*hs.TOpenSessionResp, error) {
	resp := &hs.TOpenSessionResp{
		Status:                success(),
		ServerProtocolVersion: min(req.ClientProtocol, hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V11),
		Configuration:         map[string]string{"hive.server2.thrift.resultset.default.fetch.size": "1000"},
	}
	v.conn.server.change(func() {
		h := v.conn.server.handle()
		resp.SessionHandle = &hs.TSessionHandle{SessionId: h}
		v.conn.session = string(h.GUID)
		v.conn.protocol = resp.ServerProtocolVersion
		v.conn.server.sessions[v.conn.session] = req.Configuration["set:hiveconf:hive.server2.close.session.on.disconnect"] != "false"
	})
	return resp, nil
}

func (v *service) CloseSession(_ context.Context, req *hs.TCloseSessionReq) (*hs.TCloseSessionResp, error) {
	return &hs.TCloseSessionResp{Status: v.inSession(req.SessionHandle, func(id string) {
		v.conn.server.drop(id)
		v.conn.session = "" // whichever it was: ThriftCLIService.CloseSession
	})}, nil
}

func (v *service) GetInfo(_ context.Context, req *hs.TGetInfoReq) (*hs.TGetInfoResp, error) {
	name := "Fake Hive"
	st := v.inSession(req.SessionHandle, func(string) {})
	return &hs.TGetInfoResp{Status: st, InfoValue: &hs.TGetInfoValue{StringValue: &name}}, nil
}

func (v *service) ExecuteStatement(_ context.Context, req *hs.TExecuteStatementReq) (*hs.TExecuteStatementResp, error) {
	v.conn.server.change(func() { v.conn.server.ran[req.Statement]++ })
	resp := &hs.TExecuteStatementResp{}
	resp.Status, resp.OperationHandle = v.begin(req.SessionHandle, hs.TOperationType_EXECUTE_STATEMENT)
	return resp, nil
}

func (v *service) GetTables(_ context.Context, req *hs.TGetTablesReq) (*hs.TGetTablesResp, error) {
	resp := &hs.TGetTablesResp{}
	resp.Status, resp.OperationHandle = v.begin(req.SessionHandle, hs.TOperationType_GET_TABLES)
	return resp, nil
}

func (v *service) GetCatalogs(_ context.Context, req *hs.TGetCatalogsReq) (*hs.TGetCatalogsResp, error) {
	resp := &hs.TGetCatalogsResp{}
	resp.Status, resp.OperationHandle = v.begin(req.SessionHandle, hs.TOperationType_GET_CATALOGS)
	return resp, nil
}

// begin makes an operation that has ended already.
func (v *service) begin(session *hs.TSessionHandle, what hs.TOperationType) (st *hs.TStatus, handle *hs.TOperationHandle) {
	st = v.inSession(session, func(session string) {
		h := v.conn.server.handle()
		v.conn.server.ops[string(h.GUID)] = &operation{
			session:  session,
			rowBased: v.conn.protocol < hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V6,
			state:    hs.TOperationState_FINISHED_STATE,
		}
		handle = &hs.TOperationHandle{OperationId: h, OperationType: what, HasResultSet: len(v.conn.server.batches) > 0}
	})
	return st, handle
}

func (v *service) GetOperationStatus(_ context.Context, req *hs.TGetOperationStatusReq) (*hs.TGetOperationStatusResp, error) {
	resp := &hs.TGetOperationStatusResp{}
	resp.Status = v.onOperation(req.OperationHandle, func(op *operation) {
		state := op.state
		resp.OperationState = &state
	})
	return resp, nil
}

func (v *service) CancelOperation(_ context.Context, req *hs.TCancelOperationReq) (*hs.TCancelOperationResp, error) {
	return &hs.TCancelOperationResp{Status: v.onOperation(req.OperationHandle, func(op *operation) {
		op.state = hs.TOperationState_CANCELED_STATE
	})}, nil
}

func (v *service) CloseOperation(_ context.Context, req *hs.TCloseOperationReq) (*hs.TCloseOperationResp, error) {
	id := string(req.OperationHandle.OperationId.GUID)
	return &hs.TCloseOperationResp{Status: v.onOperation(req.OperationHandle, func(*operation) {
		delete(v.conn.server.ops, id)
	})}, nil
}

func (v *service) GetResultSetMetadata(_ context.Context, req *hs.TGetResultSetMetadataReq) (*hs.TGetResultSetMetadataResp, error) {
	st := v.onOperation(req.OperationHandle, func(*operation) {})
	return &hs.TGetResultSetMetadataResp{Status: st, Schema: schema()}, nil
}

func (v *service) FetchResults(_ context.Context, req *hs.TFetchResultsReq) (*hs.TFetchResultsResp, error) {
	resp := &hs.TFetchResultsResp{}
	var early *hs.TStatus
	resp.Status = v.onOperation(req.OperationHandle, func(op *operation) {
		if req.FetchType == 1 {
			resp.Results = Columns(0, 0) // no log
			return
		}
		s := v.conn.server
		s.asked = append(s.asked, req.MaxRows)
		if req.Orientation == hs.TFetchOrientation_FETCH_FIRST {
			op.batch, op.row = 0, 0
		}
		size := 0
		switch {
		case op.state != hs.TOperationState_FINISHED_STATE:
			early = Failure(fmt.Sprintf("Expected states: [FINISHED], but found %s", op.state), "", 0)
			return
		case s.most > 0:
			size = min(int(req.MaxRows), s.most, s.batches[0]-op.row)
		case op.batch < len(s.batches):
			size = s.batches[op.batch]
		}
		if op.rowBased {
			resp.Results = rows(op.row, size)
		} else {
			resp.Results = Columns(op.row, size)
		}
		op.batch, op.row = op.batch+1, op.row+size
	})
	if early != nil {
		resp.Status = early
	}
	return resp, nil
}

func (v *service) GetQueryId(context.Context, *hs.TGetQueryIdReq) (*hs.TGetQueryIdResp, error) {
	return &hs.TGetQueryIdResp{QueryId: "fake_query_1"}, nil
}
