package hive_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// resuming is for sessions that outlive their connections.
func resuming(port int) *hive.Config {
	cfg := configFor(port)
	cfg.Resume = true
	return cfg
}

// The first connection breaks at every fifth byte of a session that outlives it: whatever was sent, no row is lost and none
// comes twice, no statement is sent again, and nothing stays on the server.
func TestResumeAtManyBytes(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	whole := faultproxy.Start(t, srv.Addr())
	if n, err := session(bounded(t), resuming(whole.Port())); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	idle(t, srv, 0)
	var statements []string
	for _, dir := range []faultproxy.Dir{faultproxy.ToServer, faultproxy.ToClient} {
		t.Run(dir.String(), func(t *testing.T) {
			resumed, refused := 0, 0
			for after := int64(0); after < whole.Passed(dir); after += 5 {
				p := faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Conn: 1, Dir: dir, After: after, Do: faultproxy.Cut})
				statement := fmt.Sprintf("select n, s from t where %d = %d", dir, after)
				statements = append(statements, statement)
				n, err := sessionOf(bounded(t), resuming(p.Port()), statement)
				sent := srv.Ran(statement)
				switch {
				case err == nil && n == 5 && sent == 1:
					resumed++
				case err == nil:
					t.Fatalf("after %d bytes: %d rows of 5 and no error; the server saw the statement %d times", after, n, sent)
				case !errors.As(err, new(*hive.NetworkError)) || sent > 1 || errors.Is(err, hive.ErrNotReread):
					t.Fatalf("after %d bytes: %v (%T); the server saw the statement %d times", after, err, err, sent)
				default:
					refused++
				}
			}
			t.Logf("%d went on, %d ended with an error", resumed, refused)
			if resumed < refused {
				t.Errorf("%d went on, %d ended with an error", resumed, refused)
			}
		})
	}
	forgotten(t, srv)
	for _, statement := range statements { // which may have come to be run only now
		if n := srv.Ran(statement); n > 1 {
			t.Errorf("%s: it was run %d times", statement, n)
		}
	}
}

// forgotten ends the sessions that a server keeps whose handle nobody has got: they are there until they have been idle for
// too long.
func forgotten(t *testing.T, srv *fakehs2.Server) {
	t.Helper()
	srv.Await(t, "no connection", func() bool { _, _, connections := srv.Open(); return connections == 0 })
	srv.Forget()
}

// Of what a broken connection leaves open, each kind ends as it must.
func TestResume(t *testing.T) {
	ctx := bounded(t)
	for _, tt := range []struct {
		name  string
		fault func(t *testing.T, srv *fakehs2.Server, s *hive.Session)
		want  *want // nil for all rows
	}{
		{"idle", func(_ *testing.T, srv *fakehs2.Server, s *hive.Session) { srv.Disconnect(); _ = s.Ping(ctx) }, nil},
		{"a statement", on("ExecuteStatement", fakehs2.Hangup), &want{kind: "network", not: []error{hive.ErrNotSent}, text: "it may have been run"}},
		{"the wait for it", on("GetOperationStatus", fakehs2.Hangup), nil},
		{"the columns", on("GetResultSetMetadata", fakehs2.Hangup), nil},
		{"the first rows", on("FetchResults", fakehs2.Hangup), nil},
		{"further rows", on("FetchResults", fakehs2.Answer, fakehs2.Cut(50)), nil},
		{"the end of the rows", on("FetchResults", fakehs2.Answer, fakehs2.Answer, fakehs2.Hangup), nil},
		{"the close", on("CloseOperation", fakehs2.Hangup), nil},
		{"rows, and again when they are read again", on("FetchResults", fakehs2.Answer, fakehs2.Hangup, fakehs2.Answer, fakehs2.Hangup), nil},
		{
			"rows that are others now", on("FetchResults", fakehs2.Answer, fakehs2.Hangup, fakehs2.Reply(fetched(7, 3))),
			&want{kind: "", is: []error{hive.ErrNotReread}, text: "not the same"},
		},
		{
			"rows that are none now", on("FetchResults", fakehs2.Answer, fakehs2.Hangup, fakehs2.Reply(fetched(0, 0))),
			&want{kind: "", is: []error{hive.ErrNotReread}, text: "it ends after 0 rows, where 3 had come"},
		},
		{
			"rows of which it is not known whether there were any", on("FetchResults", fakehs2.Hangup, fakehs2.Reply(fetched(0, 0))),
			&want{kind: "", is: []error{hive.ErrNotReread}, text: "gives no rows"},
		},
		{
			"rows, each time", on("FetchResults", fakehs2.Hangup, fakehs2.Hangup, fakehs2.Hangup, fakehs2.Hangup),
			&want{kind: "network", is: []error{hive.ErrNotReread}},
		},
		{
			"all there was", func(_ *testing.T, srv *fakehs2.Server, s *hive.Session) {
				srv.Disconnect()
				srv.Forget()
				_ = s.Ping(ctx)
			},
			&want{kind: "server", is: []error{hive.ErrSessionExpired}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			cfg := resuming(srv.Port())
			cfg.Prefetch = -1
			s := connect(t, cfg)
			tt.fault(t, srv, s)
			n, err := query(ctx, s)
			switch {
			case tt.want != nil:
				tt.want.check(t, err)
			case err != nil || n != 5:
				t.Errorf("%d rows, %v, want 5", n, err)
			}
			if got := srv.Count("ExecuteStatement"); got != 1 {
				t.Errorf("the server saw %d statements, want 1", got)
			}
			if !errors.Is(err, hive.ErrSessionExpired) {
				works(t, s, 5)
			}
			if err := s.Close(ctx); err != nil {
				t.Error(err)
			}
			idle(t, srv, 0)
		})
	}
}

// fetched is a reply with some of the server's rows.
func fetched(first, rows int) *hs.TCLIServiceFetchResultsResult {
	return &hs.TCLIServiceFetchResultsResult{Success: &hs.TFetchResultsResp{
		Status: &hs.TStatus{StatusCode: hs.TStatusCode_SUCCESS_STATUS}, Results: fakehs2.Columns(first, rows),
	}}
}

func on(method string, steps ...fakehs2.Step) func(*testing.T, *fakehs2.Server, *hive.Session) {
	return func(_ *testing.T, srv *fakehs2.Server, _ *hive.Session) { srv.On(method, steps...) }
}

// Rows are not read again as long as the server is at work for the connection that broke: it would lose some.
func TestResumeWaitsForServer(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	p := faultproxy.Start(t, srv.Addr())
	cfg := resuming(p.Port())
	cfg.CancelTimeout, cfg.Prefetch, cfg.IOTimeout = 300*time.Millisecond, -1, 100*time.Millisecond
	s := connect(t, cfg)
	works(t, s, 5)
	step, release := held(t)
	srv.On("FetchResults", step)
	before := srv.Count("FetchResults")
	_, err := query(bounded(t), s)
	want{kind: "network", is: []error{hive.ErrNotReread, hive.ErrIOTimeout}}.check(t, err)
	if got := srv.Count("FetchResults") - before; got != 1 {
		t.Errorf("%d requests for rows, want 1", got)
	}
	release()
	works(t, s, 5)
}

// A session that is closed while it looks for a connection is closed.
func TestResumeCloses(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	cfg := resuming(srv.Port())
	s := connect(t, cfg)
	srv.On(fakehs2.Login, fakehs2.Silent)
	srv.Disconnect()
	result := results(func() error { return s.Ping(context.Background()) })
	srv.Await(t, "another login", func() bool { return srv.Count(fakehs2.Login) == 2 })
	start := time.Now()
	if err := s.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	if err := at(t, start, result); err == nil {
		t.Error("a call of a session that was closed meanwhile has no error")
	}
	idle(t, srv, 0)
}

// Over HTTP a session is none of a connection's. A lost reply with rows ends the result there, not the session.
func TestResumeHTTP(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	f.meet = func(w http.ResponseWriter, _ *http.Request, method string, before int) bool {
		return method == "FetchResults" && before == 1 && refuse(w, http.StatusBadGateway)
	}
	cfg := f.cfg()
	cfg.Resume = true
	s := connect(t, cfg)
	_, err := query(bounded(t), s)
	want{kind: "network", is: []error{hive.ErrNotReread}}.check(t, err)
	works(t, s, 5)
}
