package hive_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// Faults before the session is open.
func TestConnectFaults(t *testing.T) {
	opened := func(resp *hs.TOpenSessionResp) fakehs2.Step {
		return fakehs2.Reply(&hs.TCLIServiceOpenSessionResult{Success: resp})
	}
	good := &hs.TStatus{StatusCode: hs.TStatusCode_SUCCESS_STATUS}
	garbage := []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
	tests := []struct {
		name   string
		method string
		step   fakehs2.Step
		want   want
	}{
		{"login: refused", fakehs2.Login, fakehs2.Refuse(3, "Error validating the login"), want{kind: "auth", text: `refused to log in user "alice" with auth=none: Error validating the login`}},
		{"login: error", fakehs2.Login, fakehs2.Refuse(4, "Unsupported mechanism type PLAIN"), want{kind: "auth", text: "Unsupported mechanism"}},
		{"login: closed", fakehs2.Login, fakehs2.Hangup, want{kind: "network", text: "log in: "}},
		{"login: cut", fakehs2.Login, fakehs2.Cut(3), want{kind: "network", text: "does auth=none match it"}},
		{"login: garbage", fakehs2.Login, fakehs2.Bytes(garbage), want{kind: "protocol", text: "log in: "}},
		{"login: oversized", fakehs2.Login, fakehs2.Bytes([]byte("\x03\x7f\xff\xff\xff")), want{kind: "protocol", text: "log in: "}},
		{"login: silent", fakehs2.Login, fakehs2.Silent, want{kind: "network", is: []error{context.DeadlineExceeded}, text: "accepted the connection and did not answer"}},
		{"session: closed", "OpenSession", fakehs2.Hangup, want{kind: "network", text: "does auth=none match the server?"}},
		{"session: cut", "OpenSession", fakehs2.Cut(9), want{kind: "network", text: "OpenSession: "}},
		{"session: silent", "OpenSession", fakehs2.Silent, want{kind: "network", is: []error{context.DeadlineExceeded}, text: "does auth=none match the server?"}},
		{"session: negative frame", "OpenSession", fakehs2.FrameLength(-1), want{kind: "protocol", text: "OpenSession: "}},
		{"session: oversized frame", "OpenSession", fakehs2.FrameLength(1<<31 - 1), want{kind: "protocol", is: []error{hive.ErrMessageTooLarge}}},
		{"session: garbage", "OpenSession", fakehs2.Edit(func([]byte) []byte { return garbage }), want{kind: "protocol"}},
		{"session: wrong sequence id", "OpenSession", fakehs2.ReplyAs("OpenSession", 5, &hs.TCLIServiceOpenSessionResult{}), want{kind: "protocol", text: "sequence id"}},
		{"session: wrong method", "OpenSession", fakehs2.ReplyAs("CloseSession", 0, &hs.TCLIServiceOpenSessionResult{}), want{kind: "protocol", text: `"CloseSession"`}},
		{"session: empty result", "OpenSession", opened(nil), want{kind: "protocol", text: "holds no result"}},
		{"session: no handle", "OpenSession", opened(&hs.TOpenSessionResp{Status: good}), want{kind: "protocol", text: "no session handle"}},
		{"session: required field missing", "OpenSession", opened(&hs.TOpenSessionResp{}), want{kind: "protocol"}},
		{
			"session: refused", "OpenSession",
			opened(&hs.TOpenSessionResp{Status: fakehs2.Failure("Failed to open new session: Database nodb does not exist", "", 0)}),
			want{kind: "server", text: "Database nodb does not exist"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On(tt.method, tt.step)
			cfg := configFor(srv.Port())
			if len(tt.want.is) > 0 && tt.want.is[0] == context.DeadlineExceeded {
				cfg.ConnectTimeout = 100 * time.Millisecond
			}
			start := time.Now()
			_, err := hive.Connect(t.Context(), cfg)
			prompt(t, start)
			tt.want.check(t, err)
			if timeout := (interface{ Timeout() bool })(nil); errors.As(err, &timeout) && timeout.Timeout() != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Timeout() = %t of %v", timeout.Timeout(), err)
			}
			idle(t, srv, 0)
			if got := srv.Count(tt.method); got != 1 {
				t.Errorf("%s was called %d times, want once", tt.method, got)
			}
		})
	}
}

func TestConnectNoSASL(t *testing.T) {
	noSASL := func(srv *fakehs2.Server) *hive.Config {
		cfg := configFor(srv.Port())
		cfg.Auth, cfg.Password = hive.AuthNoSASL, ""
		return cfg
	}
	tests := []struct {
		name string
		step fakehs2.Step
		want want
	}{
		{"closed", fakehs2.Hangup, want{kind: "network", text: "does auth=nosasl match the server?"}},
		{"cut", fakehs2.Cut(9), want{kind: "network"}},
		{"a SASL server", fakehs2.Bytes([]byte("\x04\x00\x00\x00\x02no")), want{kind: "protocol"}},
		{"oversized", fakehs2.Bytes([]byte("\x80\x01\x00\x02\x7f\xff\xff\xff")), want{kind: "protocol", is: []error{hive.ErrMessageTooLarge}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On("OpenSession", tt.step)
			_, err := hive.Connect(bounded(t), noSASL(srv))
			tt.want.check(t, err)
			idle(t, srv, 0)
		})
	}
	t.Run("good", func(t *testing.T) {
		srv := fakehs2.Start(t, 3, 2)
		works(t, connect(t, noSASL(srv)), 5)
		if got := srv.Count(fakehs2.Login); got != 0 {
			t.Errorf("%d SASL logins, want none", got)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = hive.Connect(bounded(t), configFor(l.Addr().(*net.TCPAddr).Port))
	want{kind: "network", text: "is a HiveServer2 listening there?"}.check(t, err)
}

// A login that cannot be sent is refused before connecting.
func TestLoginThatCannotBeSent(t *testing.T) {
	srv := fakehs2.Start(t)
	cfg := configFor(srv.Port())
	cfg.User = "zoë"
	_, err := hive.Connect(bounded(t), cfg)
	want{kind: "auth", text: "the user holds a byte"}.check(t, err)
	if got := srv.Count(fakehs2.Login); got != 0 {
		t.Errorf("%d logins, want none", got)
	}
}

// Over HTTP the I/O timeout counts from the dialling on, and is told as such.
func TestSlowDialHTTP(t *testing.T) {
	cfg := configFor(1)
	cfg.Transport, cfg.IOTimeout = hive.TransportHTTP, 50*time.Millisecond
	cfg.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	_, err := hive.Connect(bounded(t), cfg)
	want{kind: "network", is: []error{hive.ErrIOTimeout}, text: "connect: "}.check(t, err)
	var network *hive.NetworkError
	if errors.As(err, &network) && !network.Timeout() {
		t.Errorf("%v is no timeout", err)
	}
}

// A caller who leaves is let go at once, in whatever phase, and leaves no connection behind.
func TestCancelConnect(t *testing.T) {
	left := errors.New("the caller left")
	blocked := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	tests := []struct {
		name   string
		method string
		dialer func(context.Context, string, string) (net.Conn, error)
	}{
		{"dial", "", blocked},
		{"login", fakehs2.Login, nil},
		{"OpenSession", "OpenSession", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On(tt.method, fakehs2.Silent)
			cfg := configFor(srv.Port())
			cfg.Dialer = tt.dialer
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			result := make(chan error)
			go func() {
				_, err := hive.Connect(ctx, cfg)
				result <- err
			}()
			srv.Await(t, tt.name, func() bool { return tt.method == "" || srv.Count(tt.method) == 1 })
			start := time.Now()
			cancel(left)
			err := <-result
			prompt(t, start)
			want{kind: "network", is: []error{context.Canceled, left}}.check(t, err)
			idle(t, srv, 0)
		})
	}
}

// A server that does not know a version cannot read the request; older ones are offered until it can.
func TestProtocolStepDown(t *testing.T) {
	unset := fakehs2.Exception(7, "Required field 'client_protocol' is unset! Struct:TOpenSessionReq(client_protocol:null, configuration:{})")
	for refusals, protocol := range []int{10, 8, 6, 1} {
		t.Run(fmt.Sprintf("V%d", protocol), func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			for range refusals {
				srv.On("OpenSession", unset)
			}
			s := connect(t, configFor(srv.Port()))
			if got := s.Protocol(); got != protocol {
				t.Errorf("protocol = V%d, want V%d", got, protocol)
			}
			works(t, s, 5) // rows instead of columns below V6
			if got := srv.Count("OpenSession"); got != refusals+1 {
				t.Errorf("%d OpenSession calls, want %d", got, refusals+1)
			}
			idle(t, srv, 1)
		})
	}
	t.Run("none", func(t *testing.T) {
		srv := fakehs2.Start(t)
		srv.On("OpenSession", unset, unset, unset, unset)
		_, err := hive.Connect(bounded(t), configFor(srv.Port()))
		want{kind: "server", text: "Required field 'client_protocol' is unset!"}.check(t, err)
		idle(t, srv, 0)
	})
}
