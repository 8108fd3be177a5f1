package hive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// A result is complete or it is an error: what goes wrong in its second batch shows after the first one, is final, and
// costs the session nothing.
func TestResultFaults(t *testing.T) {
	fetched := func(st *hs.TStatus, set *hs.TRowSet) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceFetchResultsResult{Success: &hs.TFetchResultsResp{Status: st, Results: set}})
	}
	good := &hs.TStatus{}
	edited := func(edit func(*hs.TRowSet)) fakehs2.Step {
		set := fakehs2.Columns(3, 2)
		edit(set)
		return fetched(good, set)
	}
	replaced := func(from, to string) fakehs2.Step {
		return fakehs2.Edit(func(msg []byte) []byte {
			if bytes.Count(msg, []byte(from)) != 1 {
				t.Errorf("%q is not once in %q", from, msg)
			}
			return bytes.Replace(msg, []byte(from), []byte(to), 1)
		})
	}
	tests := []struct {
		name string
		step fakehs2.Step
		want want
	}{
		{
			"error status", fetched(fakehs2.Failure("java.io.IOException: Error evaluating udf(n)", "", 1), nil),
			want{kind: "server", text: "Error evaluating udf(n) (code 1)"},
		},
		{
			"cancelled meanwhile", fetched(fakehs2.Failure("Expected states: [FINISHED], but found CANCELED", "24000", 0), nil),
			want{kind: "server", text: "but found CANCELED"},
		},
		{"no rows in the reply", fetched(good, nil), want{kind: "protocol", text: "holds no result"}},
		{"a column is missing", edited(func(s *hs.TRowSet) { s.Columns = s.Columns[:1] }), want{kind: "protocol", text: "1 columns in the rows, 2 in their description"}},
		{"a column too many", edited(func(s *hs.TRowSet) { s.Columns = append(s.Columns, s.Columns[0]) }), want{kind: "protocol", text: "3 columns"}},
		{"columns changed places", edited(func(s *hs.TRowSet) { s.Columns[0], s.Columns[1] = s.Columns[1], s.Columns[0] }), want{kind: "protocol", text: `column "t.n" (int) came as`}},
		{"a column is shorter", edited(func(s *hs.TRowSet) { s.Columns[1].StringVal.Values = []string{"row 3"} }), want{kind: "protocol"}},
		{"a column of no known kind", replaced("\x0c\x00\x04", "\x0c\x00\x63"), want{kind: "protocol"}},
		{"a column of other elements", replaced("\x08\x00\x00\x00\x02", "\x0a\x00\x00\x00\x01"), want{kind: "protocol"}},
		{"serialised columns that are none", fetched(good, &hs.TRowSet{BinaryColumns: []byte{1}, ColumnCount: ptr(int32(2))}), want{kind: "protocol"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			srv.On("FetchResults", fakehs2.Answer, tt.step)
			s := connect(t, configFor(srv.Port()))
			rows, n := begun(t, s)
			if n != 3 {
				t.Fatalf("the first batch has %d rows, want 3", n)
			}
			_, err := rows.NextBatch(bounded(t))
			tt.want.check(t, err)
			if b, again := rows.NextBatch(bounded(t)); b != nil || !errors.Is(again, err) {
				t.Errorf("after the error = %v, %v, want the same error", b, again)
			}
			if got := srv.Count("FetchResults"); got != 2 {
				t.Errorf("%d fetches, want 2: none after the error", got)
			}
			if err := rows.Close(bounded(t)); err != nil {
				t.Errorf("Close = %v", err)
			}
			works(t, s, 5)
			idle(t, srv, 1)
		})
	}
}

// A server may announce what no client could show.
func TestMetadataFaults(t *testing.T) {
	described := func(columns ...*hs.TColumnDesc) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceGetResultSetMetadataResult{Success: &hs.TGetResultSetMetadataResp{
			Status: &hs.TStatus{}, Schema: &hs.TTableSchema{Columns: columns},
		}})
	}
	column := func(types ...*hs.TTypeEntry) *hs.TColumnDesc {
		return &hs.TColumnDesc{ColumnName: "c", TypeDesc: &hs.TTypeDesc{Types: types}}
	}
	primitive := func(typ int32) *hs.TTypeEntry {
		return &hs.TTypeEntry{PrimitiveEntry: &hs.TPrimitiveTypeEntry{Type: hs.TTypeId(typ)}}
	}
	tests := []struct {
		name string
		step fakehs2.Step
		want want
	}{
		{"no type", described(column()), want{kind: "protocol", text: `column "c" has no primitive type entry`}},
		{"not a primitive entry", described(column(&hs.TTypeEntry{ArrayEntry: &hs.TArrayTypeEntry{}})), want{kind: "protocol", text: "no primitive type entry"}},
		{"unknown type", described(column(primitive(99))), want{kind: "protocol", text: "unknown type id 99"}},
		{"no columns, and then rows", described(), want{kind: "protocol", text: "2 columns in the rows, 0 in their description"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			srv.On("GetResultSetMetadata", tt.step)
			s := connect(t, configFor(srv.Port()))
			_, err := query(bounded(t), s)
			tt.want.check(t, err)
			works(t, s, 5)
			idle(t, srv, 1)
		})
	}
}

// The message limit is the user's, and a batch above it costs the connection.
func TestMaxMessageSize(t *testing.T) {
	srv := fakehs2.Start(t, 3, 1000)
	cfg := configFor(srv.Port())
	cfg.MaxMessageSize = 4096
	s := connect(t, cfg)
	n, err := query(bounded(t), s)
	want{kind: "protocol", is: []error{hive.ErrMessageTooLarge}, text: "exceeds the limit of 4096 bytes"}.check(t, err)
	if n != 3 {
		t.Errorf("%d rows before the error, want the 3 of the first batch", n)
	}
	want{kind: "network", is: []error{hive.ErrNotSent}}.check(t, func() error { _, err := query(bounded(t), s); return err }())
	idle(t, srv, 0)
}

// The end is the empty batch and nothing else: neither a small batch, nor what hasMoreRows says.
func TestEndOfResult(t *testing.T) {
	for _, batches := range [][]int{{}, {0}, {1}, {3, 1, 7, 1}, {10_000, 1}} {
		rows, fetches := 0, 0
		for _, n := range batches {
			if n > 0 {
				rows, fetches = rows+n, fetches+1
			}
		}
		if len(batches) > 0 {
			fetches++ // the empty one
		}
		for prefetch, ahead := range map[int]int{-1: 0, 1: 0, 4: 3} { // what is ahead of the empty one is empty
			srv := fakehs2.Start(t, batches...)
			cfg := configFor(srv.Port())
			cfg.Prefetch = prefetch
			s := connect(t, cfg)
			works(t, s, rows)
			if got := srv.Count("FetchResults"); got < fetches || got > fetches+ahead {
				t.Errorf("batches %v, prefetch %d: %d fetches, want %d and up to %d more", batches, prefetch, got, fetches, ahead)
			}
		}
	}
}

// Rows that are given up, and rows that are done, leave no operation behind.
func TestRowsClose(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	for read := range 4 {
		rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range read {
			if _, err := rows.NextBatch(bounded(t)); (err == io.EOF) != (i == 2) {
				t.Fatalf("batch %d = %v", i, err)
			}
		}
		for range 2 {
			if err := rows.Close(bounded(t)); err != nil {
				t.Errorf("Close = %v", err)
			}
		}
		b, err := rows.NextBatch(bounded(t))
		if closed := read < 3; b != nil || closed != errors.Is(err, hive.ErrClosed) || closed == (err == io.EOF) {
			t.Errorf("after Close with %d batches read: %v, %v", read, b, err)
		}
	}
	idle(t, srv, 1)
	if got := srv.Count("CloseOperation"); got != 4 {
		t.Errorf("CloseOperation was called %d times, want once for each of 4 results", got)
	}
}

// A reply may be slow without anything being wrong.
func TestSlowReplies(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	const pause = 20 * time.Millisecond
	for _, method := range []string{fakehs2.Login, "OpenSession", "ExecuteStatement", "GetOperationStatus", "GetResultSetMetadata", "FetchResults", "CloseOperation", "CloseSession"} {
		srv.On(method, fakehs2.Delay(pause))
	}
	cfg := configFor(srv.Port())
	cfg.IOTimeout = soon
	start := time.Now()
	s := connect(t, cfg)
	works(t, s, 5)
	if err := s.Close(context.Background()); err != nil {
		t.Errorf("Close = %v", err)
	}
	if took := time.Since(start); took < 8*pause {
		t.Errorf("it took %v, want %v at least", took, 8*pause)
	}
	idle(t, srv, 0)
}
