package hive_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// lost is what a client cannot tell apart: none of it says that the statement was not run.
var lost = []error{hive.ErrNotSent, hive.ErrClosed, context.Canceled, context.DeadlineExceeded}

// callFaults are the faults that any call may meet, once.
var callFaults = []struct {
	name     string
	step     fakehs2.Step
	want     want
	survives bool // the connection
	// alone: requests behind the one in question would change what it meets. A server that hangs up before it has read
	// them resets the connection, and a reply that does not end goes on with the next one.
	alone bool
}{
	{name: "closed", step: fakehs2.Hangup, want: want{kind: "network", is: []error{io.EOF}, not: lost}, alone: true},
	{name: "cut in the frame's length", step: fakehs2.Cut(3), want: want{kind: "network", is: []error{io.ErrUnexpectedEOF}, not: lost}, alone: true},
	{name: "cut in the message", step: fakehs2.Cut(20), want: want{kind: "network", is: []error{io.ErrUnexpectedEOF}, not: lost}, alone: true},
	{name: "silent", step: fakehs2.Silent, want: want{kind: "network", is: []error{hive.ErrIOTimeout}, not: lost}},
	{name: "negative frame", step: fakehs2.FrameLength(-5), want: want{kind: "protocol", not: lost}},
	{name: "oversized frame", step: fakehs2.FrameLength(1 << 30), want: want{kind: "protocol", is: []error{hive.ErrMessageTooLarge}, not: lost}},
	{name: "garbage", step: fakehs2.Edit(func([]byte) []byte { return []byte("garbage") }), want: want{kind: "protocol", not: lost}},
	{name: "message that does not end", step: fakehs2.Edit(func(b []byte) []byte { return b[:len(b)-1] }), want: want{kind: "network", is: []error{hive.ErrIOTimeout}, not: lost}, alone: true},
	{name: "wrong version of Thrift", step: fakehs2.Edit(func(b []byte) []byte { b[1] = 9; return b }), want: want{kind: "protocol", not: lost}},
	{name: "wrong sequence id", step: fakehs2.ReplyAs("GetInfo", 1, &hs.TGetInfoReq{}), want: want{kind: "protocol", text: "sequence id", not: lost}},
	{name: "wrong method", step: fakehs2.ReplyAs("GetInfo", 0, &hs.TGetInfoReq{}), want: want{kind: "protocol", text: `it answers "GetInfo"`, not: lost}},
	{
		name: "unknown method", step: fakehs2.Exception(thrift.UNKNOWN_METHOD, "Invalid method name"), survives: true,
		want: want{kind: "server", is: []error{hive.ErrNotSupported}, text: "Invalid method name", not: lost},
	},
	{
		name: "internal error", step: fakehs2.Exception(thrift.INTERNAL_ERROR, "Internal error processing"), survives: true,
		want: want{kind: "server", text: "Internal error processing", not: append(lost, hive.ErrNotSupported)},
	},
	{name: "empty result", step: fakehs2.Reply(&hs.TGetInfoReq{}), want: want{kind: "protocol", text: "result", not: lost}, survives: true},
}

// Each fault at each call of a query: the error is of the right kind and in time, no call is repeated, and what can
// still be used is used again.
func TestCallFaults(t *testing.T) {
	clean := map[string]int{
		fakehs2.Login: 1, "OpenSession": 1, "ExecuteStatement": 1, "GetOperationStatus": 1, "GetResultSetMetadata": 1,
		"FetchResults": 3, "CloseOperation": 1,
	}
	for _, at := range []struct {
		method string
		answer int // calls that are answered before the fault
	}{
		{"ExecuteStatement", 0}, {"GetOperationStatus", 0}, {"GetResultSetMetadata", 0}, {"FetchResults", 0}, {"FetchResults", 1}, {"CloseOperation", 0},
	} {
		for _, fault := range callFaults {
			t.Run(at.method+"/"+fault.name, func(t *testing.T) {
				srv := fakehs2.Start(t, 3, 2)
				for range at.answer {
					srv.On(at.method, fakehs2.Answer)
				}
				srv.On(at.method, fault.step)
				cfg := configFor(srv.Port())
				cfg.IOTimeout = 200 * time.Millisecond
				if fault.alone {
					cfg.Prefetch = -1
				}
				s := connect(t, cfg)
				start := time.Now()
				call := query
				if at.method == "CloseOperation" { // whose reply is not waited for behind rows
					call = unread
				}
				_, err := call(t.Context(), s)
				prompt(t, start)
				fault.want.check(t, err)
				for method, n := range srv.Counts() {
					if n > clean[method] {
						t.Errorf("%s was called %d times, want %d at most", method, n, clean[method])
					}
				}
				if (s.Err() == nil) != fault.survives {
					t.Errorf("Err() = %v, want the session to survive: %t", s.Err(), fault.survives)
				}
				if fault.survives {
					works(t, s, 5)
					if at.method != "CloseOperation" { // which was not run
						idle(t, srv, 1)
					}
					return
				}
				_, err = query(bounded(t), s)
				want{kind: "network", is: []error{hive.ErrNotSent}}.check(t, err)
				idle(t, srv, 0)
			})
		}
	}
}

// What becomes of closing an operation whose rows were read to their end is of no interest to the one who has read them.
// If it costs the connection, the next caller learns that nothing of his was sent.
func TestUnwaitedCloseFaults(t *testing.T) {
	for _, fault := range callFaults {
		t.Run(fault.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			srv.On("CloseOperation", fault.step)
			cfg := configFor(srv.Port())
			cfg.IOTimeout = 200 * time.Millisecond
			s := connect(t, cfg)
			start := time.Now()
			works(t, s, 5)
			if fault.want.kind == "network" || !fault.survives {
				_, err := query(bounded(t), s)
				want{is: []error{hive.ErrNotSent}, kind: "network"}.check(t, err)
				idle(t, srv, 0)
			} else {
				works(t, s, 5)
			}
			prompt(t, start)
			if got := srv.Count("CloseOperation"); got > 2 {
				t.Errorf("CloseOperation was called %d times for 2 results", got)
			}
		})
	}
}

// Faults of a server that is itself in order.
func TestServerErrors(t *testing.T) {
	executed := func(st *hs.TStatus) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceExecuteStatementResult{Success: &hs.TExecuteStatementResp{Status: st}})
	}
	state := func(resp *hs.TGetOperationStatusResp) fakehs2.Step {
		resp.Status = &hs.TStatus{}
		return fakehs2.Reply(&hs.TCLIServiceGetOperationStatusResult{Success: resp})
	}
	in := func(s hs.TOperationState) *hs.TGetOperationStatusResp {
		return &hs.TGetOperationStatusResp{OperationState: &s}
	}
	failed := in(hs.TOperationState_ERROR_STATE)
	failed.SqlState, failed.ErrorCode, failed.ErrorMessage = ptr("08S01"), ptr(int32(2)), ptr("Error while processing statement")
	closed := func(st *hs.TStatus) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceCloseOperationResult{Success: &hs.TCloseOperationResp{Status: st}})
	}
	tests := []struct {
		name   string
		method string
		step   fakehs2.Step
		want   want
	}{
		{
			"compile", "ExecuteStatement", executed(fakehs2.Failure("Error while compiling statement: FAILED: ParseException line 1:7 cannot recognize input", "42000", 40000)),
			want{kind: "server", text: "(SQLSTATE 42000, code 40000)"},
		},
		{
			"expired session", "ExecuteStatement", executed(fakehs2.Failure("Invalid SessionHandle: SessionHandle ["+fakehs2.GUID+"-0000-000000000001]", "", 0)),
			want{kind: "server", is: []error{hive.ErrSessionExpired}},
		},
		{"no status", "ExecuteStatement", executed(nil), want{kind: "protocol"}},
		{"no handle", "ExecuteStatement", executed(&hs.TStatus{}), want{kind: "protocol", text: "no operation handle"}},
		{"run", "GetOperationStatus", state(failed), want{kind: "server", text: "Error while processing statement (SQLSTATE 08S01, code 2, query fake_query_1)"}},
		{"cancelled", "GetOperationStatus", state(in(hs.TOperationState_CANCELED_STATE)), want{kind: "server", is: []error{hive.ErrCancelled}}},
		{"timed out", "GetOperationStatus", state(in(hs.TOperationState_TIMEDOUT_STATE)), want{kind: "server", is: []error{hive.ErrQueryTimeout}}},
		{"closed by the server", "GetOperationStatus", state(in(hs.TOperationState_CLOSED_STATE)), want{kind: "server", is: []error{hive.ErrUnknownOperation}}},
		{"unknown state", "GetOperationStatus", state(in(hs.TOperationState_UKNOWN_STATE)), want{kind: "protocol", text: "unknown operation state 6"}},
		{"no state", "GetOperationStatus", state(&hs.TGetOperationStatusResp{}), want{kind: "protocol", text: "no operation state"}},
		{"close", "CloseOperation", closed(fakehs2.Failure("disk full", "HY000", 7)), want{kind: "server", text: "disk full (SQLSTATE HY000, code 7)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			srv.On(tt.method, tt.step)
			s := connect(t, configFor(srv.Port()))
			call := query
			if tt.method == "CloseOperation" {
				call = unread
			}
			_, err := call(bounded(t), s)
			tt.want.check(t, err)
			if s.Err() != nil {
				t.Errorf("Err() = %v, want a good session", s.Err())
			}
			works(t, s, 5)
			if got := srv.Count("ExecuteStatement"); got != 2 {
				t.Errorf("%d statements were sent, want the 2 asked for", got)
			}
		})
	}
}

// The server forgets what it knew, as after a restart or an idle timeout, while the connection stays.
func TestForgottenHandles(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.NextBatch(bounded(t)); err != nil {
		t.Fatal(err)
	}
	srv.Forget()
	for err == nil { // the second batch may have come before
		_, err = rows.NextBatch(bounded(t))
	}
	want{kind: "server", is: []error{hive.ErrUnknownOperation}, text: "Invalid OperationHandle"}.check(t, err)
	if err := rows.Close(bounded(t)); err != nil {
		t.Errorf("closing an operation that the server has forgotten = %v, want no error", err)
	}
	expired := want{kind: "server", is: []error{hive.ErrSessionExpired}, text: "Invalid SessionHandle"}
	_, err = query(bounded(t), s)
	expired.check(t, err)
	expired.check(t, s.Ping(bounded(t)))
	if err := s.Close(bounded(t)); err != nil {
		t.Errorf("closing a session that the server has forgotten = %v, want no error", err)
	}
	idle(t, srv, 0)
}

// A connection that the server drops is noticed without a call, and nothing is sent over it.
func TestDroppedWhileIdle(t *testing.T) {
	srv := fakehs2.Start(t, 3)
	s := connect(t, configFor(srv.Port()))
	if _, err := unread(bounded(t), s); err != nil {
		t.Fatal(err)
	}
	before := srv.Counts()
	srv.Disconnect()
	for start := time.Now(); s.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Since(start) > soon {
			t.Fatal("Err() = nil, although the server has dropped the connection")
		}
	}
	gone := want{kind: "network", is: []error{io.EOF}}
	gone.check(t, s.Err())
	gone.check(t, s.Check(bounded(t)))
	gone.check(t, s.Ping(bounded(t)))
	_, err := s.Execute(bounded(t), "insert into t select 1", hive.Options{})
	want{kind: "network", is: []error{io.EOF, hive.ErrNotSent}}.check(t, err)
	if err := s.Close(bounded(t)); err != nil {
		t.Errorf("Close = %v, want no error: the server has ended the session", err)
	}
	if got := srv.Counts(); !maps.Equal(got, before) {
		t.Errorf("calls = %v, want no more than %v", got, before)
	}
}

// Of a statement that was sent, no error says that it may be sent again, however the connection ends afterwards.
func TestSentStatementIsNeverUnsent(t *testing.T) {
	srv := fakehs2.Start(t, 3)
	s := connect(t, configFor(srv.Port()))
	op, err := s.Execute(bounded(t), "insert into t select 1", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	srv.Disconnect()
	for start := time.Now(); s.Err() == nil && time.Since(start) < soon; {
		time.Sleep(time.Millisecond)
	}
	_, queryID := op.QueryID(bounded(t))
	_, rows := op.Rows(bounded(t))
	for name, err := range map[string]error{"Wait": op.Wait(bounded(t)), "QueryID": queryID, "Rows": rows, "Close": op.Close(bounded(t))} {
		if errors.Is(err, hive.ErrNotSent) {
			t.Errorf("%s = %v, which says that nothing was sent", name, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }
