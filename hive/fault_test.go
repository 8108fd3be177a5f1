package hive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// The fault_*_test.go files hold the client against a server and a network that misbehave: each fault gives the error
// that its kind promises, in time, tells no secret, sends nothing twice, and leaves nothing behind.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "wine-in-the-skep"
	// soon is far more than anything here takes unless it hangs.
	soon = 5 * time.Second
)

// configFor is for the server at a port of this machine.
func configFor(port int) *hive.Config {
	return &hive.Config{
		Host: "127.0.0.1", Port: port, User: "alice", Password: password,
		ConnectTimeout: soon, CancelTimeout: soon, IdleCheck: -1,
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), soon)
	t.Cleanup(cancel)
	return ctx
}

// connect opens a session that ends with the test.
func connect(t *testing.T, cfg *hive.Config) *hive.Session {
	t.Helper()
	s, err := hive.Connect(bounded(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(bounded(t)) })
	return s
}

// query runs a statement to the end of its rows and returns how many of the fake server's came, in order.
func query(ctx context.Context, s *hive.Session) (n int, err error) {
	return queryOf(ctx, s, "select n, s from t")
}

func queryOf(ctx context.Context, s *hive.Session, statement string) (n int, err error) {
	rows, err := s.Query(ctx, statement, hive.Options{})
	if err != nil {
		return 0, err
	}
	for {
		b, err := rows.NextBatch(ctx)
		if err == io.EOF {
			return n, rows.Close(ctx)
		}
		if err != nil {
			_ = rows.Close(ctx)
			return n, err
		}
		if n, err = check(b, n); err != nil {
			return n, err
		}
	}
}

// unread runs a statement of which no rows are read, and waits for its end on the server.
func unread(ctx context.Context, s *hive.Session) (n int, err error) {
	op, err := s.Execute(ctx, "insert into t select 1", hive.Options{})
	if err != nil {
		return 0, err
	}
	if err := op.Wait(ctx); err != nil {
		return 0, err
	}
	return 0, op.Close(ctx)
}

// check compares a batch with the fake server's rows from n on.
func check(b *hive.Batch, n int) (int, error) {
	for i := range b.Len() {
		number, err := b.Value(i, 0)
		if err != nil {
			return n, err
		}
		text, err := b.Value(i, 1)
		if err != nil {
			return n, err
		}
		var want any
		if s, ok := fakehs2.Text(n); ok {
			want = s
		}
		if number != int32(n) || text != want {
			return n, fmt.Errorf("row %d is (%v, %v), want (%d, %v)", n, number, text, n, want)
		}
		n++
	}
	return n, nil
}

// works fails the test unless the session gives a whole result of the given size.
func works(t *testing.T, s *hive.Session, rows int) {
	t.Helper()
	if n, err := query(bounded(t), s); err != nil || n != rows {
		t.Errorf("the next query = %d rows, %v, want %d rows", n, err, rows)
	}
}

// prompt fails the test if what began at start waited for the server.
func prompt(t *testing.T, start time.Time) {
	t.Helper()
	if took := time.Since(start); took > soon/5 {
		t.Errorf("it took %v, want %v at most", took, soon/5)
	}
}

// idle waits until the server holds nothing but the given number of sessions.
func idle(t *testing.T, srv *fakehs2.Server, sessions int) {
	t.Helper()
	srv.Await(t, fmt.Sprintf("%d sessions on as many connections, and no operation", sessions), func() bool {
		s, operations, connections := srv.Open()
		return s == sessions && connections == sessions && operations == 0
	})
}

// want is what an error must be.
type want struct {
	kind string  // see kindOf
	is   []error // in its tree
	not  []error // not in its tree
	text string  // in its text
}

func (w want) check(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %+v", w)
	}
	if got := kindOf(err); got != w.kind {
		t.Errorf("error = %v (%T), of kind %q, want %q", err, err, got, w.kind)
	}
	for _, is := range w.is {
		if !errors.Is(err, is) {
			t.Errorf("error = %v (%T), want %q in its tree", err, err, is)
		}
	}
	for _, not := range w.not {
		if errors.Is(err, not) {
			t.Errorf("error = %v (%T), want no %q in its tree", err, err, not)
		}
	}
	if !strings.Contains(err.Error(), w.text) {
		t.Errorf("error = %v, want %q in it", err, w.text)
	}
	for _, secret := range []string{password, fakehs2.Secret, fakehs2.GUID} {
		if text := fmt.Sprintf("%v %+v %q", err, err, err); strings.Contains(text, secret) {
			t.Errorf("the error tells %q: %s", secret, text)
		}
	}
}

// kindOf names the kinds of error that are in the tree; one is right.
func kindOf(err error) string {
	var (
		server   *hive.Error
		network  *hive.NetworkError
		protocol *hive.ProtocolError
		auth     *hive.AuthError
		kinds    []string
	)
	for _, k := range []struct {
		name string
		is   bool
	}{
		{"server", errors.As(err, &server)},
		{"network", errors.As(err, &network)},
		{"protocol", errors.As(err, &protocol)},
		{"auth", errors.As(err, &auth)},
		{"closed", errors.Is(err, hive.ErrClosed)},
	} {
		if k.is {
			kinds = append(kinds, k.name)
		}
	}
	return strings.Join(kinds, "+")
}
