package hive_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// The server is asked for a batch while the one before is read: what becomes of the batch that was asked for when its
// result is given up, or the session, or the connection.

// begun returns a result whose first batch is read, and how many rows that had.
func begun(t *testing.T, s *hive.Session) (*hive.Rows, int) {
	t.Helper()
	rows, err := s.Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rows, firstBatch(t, rows)
}

// firstBatch reads the first batch of a result, and tells how many rows it has.
func firstBatch(t *testing.T, rows *hive.Rows) int {
	t.Helper()
	b, err := rows.NextBatch(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	n, err := check(b, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A batch that is slow to come is not waited for: the server is told to stop making it.
func TestRowsCloseDuringSlowBatch(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	step, release := held(t)
	srv.On("FetchResults", fakehs2.Answer, step)
	s := connect(t, configFor(srv.Port()))
	rows, _ := begun(t, s)
	start := time.Now()
	if err := at(t, start, results(func() error { return rows.Close(bounded(t)) })); err != nil {
		t.Errorf("Close = %v", err)
	}
	srv.Await(t, "CancelOperation", func() bool { return srv.Count("CancelOperation") == 1 })
	release()
	works(t, s, 5)
	idle(t, srv, 1)
}

// A context that has ended is no reason to leave an operation open, whether its batch has come or not.
func TestRowsCloseWithEndedContext(t *testing.T) {
	for name, slow := range map[string]bool{"batch has come": false, "batch is slow": true} {
		t.Run(name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			step, release := held(t)
			if slow {
				srv.On("FetchResults", fakehs2.Answer, step)
			}
			s := connect(t, configFor(srv.Port()))
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			for range 10 { // the turn is free and the context has ended: either may be seen first
				rows, _ := begun(t, s)
				start := time.Now()
				_ = at(t, start, results(func() error { return rows.Close(ended) }))
				release()
			}
			works(t, s, 5)
			idle(t, srv, 1)
		})
	}
}

func TestSessionCloseWithBatchAhead(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	rows, _ := begun(t, s)
	if err := s.Close(bounded(t)); err != nil {
		t.Errorf("Close = %v", err)
	}
	_, err := rows.NextBatch(bounded(t))
	want{kind: "closed"}.check(t, err)
	if err := rows.Close(bounded(t)); err != nil {
		t.Errorf("Rows.Close after Session.Close = %v, want no error", err)
	}
	idle(t, srv, 0)
}

// Results that are read in turns on one session do not mix, also when one of them is given up.
func TestInterleavedResults(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2, 4, 1)
	s := connect(t, configFor(srv.Port()))
	first, firstRows := begun(t, s)
	second, secondRows := begun(t, s)
	third, _ := begun(t, s)
	for range 3 {
		for _, r := range []struct {
			rows *hive.Rows
			n    *int
		}{{first, &firstRows}, {second, &secondRows}} {
			b, err := r.rows.NextBatch(bounded(t))
			if err != nil {
				t.Fatal(err)
			}
			if *r.n, err = check(b, *r.n); err != nil {
				t.Fatal(err)
			}
		}
		if err := third.Close(bounded(t)); err != nil {
			t.Fatal(err)
		}
	}
	for _, rows := range []*hive.Rows{first, second} {
		if _, err := rows.NextBatch(bounded(t)); err != io.EOF {
			t.Errorf("at the end = %v, want %v", err, io.EOF)
		}
		if err := rows.Close(bounded(t)); err != nil {
			t.Error(err)
		}
	}
	if firstRows != 10 || secondRows != 10 {
		t.Errorf("%d and %d rows, want 10 each", firstRows, secondRows)
	}
	idle(t, srv, 1)
}

// A connection that was given up because of another caller's statement is a network's failure to everyone else, not
// something that they have closed.
func TestConnectionGivenUpByAnother(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	step, release := held(t)
	srv.On("GetOperationStatus", fakehs2.Answer, step)
	cfg := configFor(srv.Port())
	cfg.CancelTimeout = 50 * time.Millisecond
	s := connect(t, cfg)
	rows, _ := begun(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	result := results(func() error { _, err := query(ctx, s); return err })
	srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 2 })
	cancel()
	want{is: []error{context.Canceled}}.check(t, at(t, time.Now(), result))
	for start := time.Now(); s.Err() == nil && time.Since(start) < soon; {
		time.Sleep(time.Millisecond)
	}
	b, err := rows.NextBatch(bounded(t))
	if err == nil { // it had come before
		_, err = check(b, 3)
		if err != nil {
			t.Error(err)
		}
		_, err = rows.NextBatch(bounded(t))
	}
	want{kind: "network", not: []error{context.Canceled, hive.ErrNotSent}}.check(t, err)
	if err := rows.Close(bounded(t)); errors.Is(err, hive.ErrClosed) {
		t.Errorf("Close = %v", err)
	}
	release()
	idle(t, srv, 0)
}
