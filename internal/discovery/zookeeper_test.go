package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/internal/faultproxy"
)

// two are servers as Hive 4.0.1 registers them.
func two() map[string]string {
	return map[string]string{
		"/hiveserver2": "",
		"/hiveserver2/serverUri=h2:10001;version=4.0.1;sequence=0000000001": "hive.server2.instance.uri=h2:10001;hive.server2.authentication=NONE;hive.server2.transport.mode=http;hive.server2.thrift.http.path=cliservice;hive.server2.thrift.http.port=10001;hive.server2.thrift.bind.host=h2;hive.server2.use.SSL=false",
		"/hiveserver2/serverUri=h1:10000;version=4.0.1;sequence=0000000000": "hive.server2.instance.uri=h1:10000;hive.server2.authentication=NONE;hive.server2.transport.mode=binary;hive.server2.thrift.sasl.qop=auth;hive.server2.thrift.bind.host=h1;hive.server2.thrift.port=10000;hive.server2.use.SSL=false",
	}
}

func record(api, host string) string {
	return fmt.Sprintf(`{"type":"JSONServiceRecord","external":[],"internal":[{"api":%q,"addressType":"host/port","protocolType":"hadoop/IPC","addresses":[{"host":%q,"port":"10000"}]}],"hive.server2.instance.uri":"%s:10000","hive.server2.transport.mode":"binary"}`, api, host, host)
}

func hosts(servers []Server) string {
	var names []string
	for _, s := range servers {
		names = append(names, fmt.Sprintf("%s:%d", s.Host, s.Port))
	}
	return strings.Join(names, " ")
}

func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

func TestServers(t *testing.T) {
	f := startFake(t, two())
	got, err := NewZooKeeper([]string{f.addr}, "hiveserver2", dialTCP).Servers(t.Context())
	if err != nil || hosts(got) != "h1:10000 h2:10001" {
		t.Fatalf("got %s, %v", hosts(got), err)
	}
	if got, want := got[1].Settings["hive.server2.thrift.http.path"], "cliservice"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
}

func TestNamespaces(t *testing.T) {
	for _, tc := range []struct {
		name, path string
		leader     bool
		nodes      map[string]string
		want       string
		err        error
		text       string
	}{
		{"none such", "/nowhere", false, two(), "", NoNode, "no such znode"},
		{"empty", "/hiveserver2", false, map[string]string{"/hiveserver2": ""}, "", ErrEmpty, ""},
		{"something else", "/a", false, map[string]string{"/a": "", "/a/b": "c"}, "", ErrEmpty, "the znode /a/b: it holds no address"},
		{"something else beside", "/a", false, map[string]string{"/a": "", "/a/b": "c", "/a/c": "h:1"}, "h:1", nil, ""},
		{"a path", "x/y/", false, map[string]string{"/x/y": "", "/x/y/c": "[::1]:1"}, "::1:1", nil, ""},
		{"leader", "/ha", true, map[string]string{
			"/ha-unsecure/instances": "", "/ha-unsecure/instances/instance-1": record("passiveEndpoint", "h1"), "/ha-unsecure/instances/instance-2": record("activeEndpoint", "h2"),
		}, "h2:10000", nil, ""},
		{"no leader", "/ha", true, map[string]string{
			"/ha-unsecure/instances": "", "/ha-unsecure/instances/instance-1": record("passiveEndpoint", "h1"),
		}, "", ErrNoLeader, ""},
		{"no pair", "/ha", true, map[string]string{"/ha-unsecure/instances": ""}, "", ErrEmpty, ""},
		{"no record", "/ha", true, map[string]string{"/ha-unsecure/instances": "", "/ha-unsecure/instances/i": "h:1"}, "", ErrEmpty, "no record of a service"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := startFake(t, tc.nodes)
			z := NewZooKeeper([]string{f.addr}, tc.path, dialTCP)
			if tc.leader {
				z = NewLeader([]string{f.addr}, tc.path, false, dialTCP)
			}
			got, err := z.Servers(within(t, time.Second))
			if !errors.Is(err, tc.err) || hosts(got) != tc.want || err != nil && !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got %q, %v; want %q, %v, %q in it", hosts(got), err, tc.want, tc.err, tc.text)
			}
		})
	}
}

// A leader that rises while it is looked for is found.
func TestLeaderRises(t *testing.T) {
	const node = "/ha-sasl/instances/instance-1"
	f := startFake(t, map[string]string{"/ha-sasl/instances": "", node: record("passiveEndpoint", "h1")})
	z := NewLeader([]string{f.addr}, "/ha", true, dialTCP)
	time.AfterFunc(100*time.Millisecond, func() { f.change(func() { f.nodes[node] = record("activeEndpoint", "h1") }) })
	if got, err := z.Servers(within(t, 20*time.Second)); err != nil || hosts(got) != "h1:10000" {
		t.Errorf("got %s, %v", hosts(got), err)
	}
}

func TestRefusals(t *testing.T) {
	for _, code := range []Code{NoAuth, NeedsSASL, -1} {
		f := startFake(t, two())
		f.change(func() { f.code = code })
		_, err := NewZooKeeper([]string{f.addr}, "hiveserver2", dialTCP).Servers(t.Context())
		if !errors.Is(err, code) {
			t.Errorf("got %v, want %v", err, code)
		}
	}
}

type loginError struct{ final bool }

func (e loginError) Error() string { return fmt.Sprintf("final: %t", e.final) }
func (e loginError) Final() bool   { return e.final }

// A login comes before the questions. Its errors are told, and end the search if every server would lead to them.
func TestLogin(t *testing.T) {
	for _, tc := range []struct {
		name     string
		code     Code
		tokens   []string // sent, and at every second place what is answered
		fails    error
		want     error
		sessions int
	}{
		{"accepted", 0, []string{"one", "two", "", ""}, nil, nil, 1},
		{"refused", AuthFailed, []string{"one", ""}, nil, AuthFailed, 1},
		{"refused where it is demanded", NeedsSASL, []string{"one", ""}, nil, AuthFailed, 1},
		{"failed", 0, nil, loginError{false}, loginError{false}, 2},
		{"failed for good", 0, nil, loginError{true}, loginError{true}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			nodes := two()
			for i := 0; i < len(tc.tokens); i += 2 {
				nodes[tc.tokens[i]] = tc.tokens[i+1]
			}
			f := startFake(t, nodes)
			f.change(func() { f.code = tc.code })
			z := NewZooKeeper([]string{f.addr, f.addr}, "hiveserver2", dialTCP)
			z.Login = func(_ context.Context, addr string, exchange func([]byte) ([]byte, error)) error {
				if addr != f.addr {
					t.Errorf("a login to %s, want %s", addr, f.addr)
				}
				for i := 0; i < len(tc.tokens); i += 2 {
					if got, err := exchange([]byte(tc.tokens[i])); err != nil || string(got) != tc.tokens[i+1] {
						return cmp.Or(err, fmt.Errorf("%q is answered with %q", tc.tokens[i], got))
					}
				}
				return tc.fails
			}
			if got, err := z.Servers(t.Context()); !errors.Is(err, tc.want) || err == nil && len(got) != 2 || f.sessions() != tc.sessions {
				t.Errorf("got %s, %v in %d sessions; want %v in %d", hosts(got), err, f.sessions(), tc.want, tc.sessions)
			}
		})
	}
}

// Whatever a server does, another one of the quorum is asked, in time.
func TestQuorum(t *testing.T) {
	mangled := func(mangle func([]byte) []byte) func(testing.TB) string {
		return func(t testing.TB) string {
			f := startFake(t, two())
			f.change(func() { f.mangle = mangle })
			return f.addr
		}
	}
	for name, bad := range map[string]func(testing.TB) string{
		"down":           faultproxy.ClosedAddr,
		"silent":         faultproxy.SilentAddr,
		"hangs up":       mangled(func([]byte) []byte { return nil }),
		"empty replies":  mangled(func([]byte) []byte { return []byte{} }),
		"short replies":  mangled(func(b []byte) []byte { return b[:len(b)-1-len(b)/3] }),
		"expired":        mangled(func(b []byte) []byte { return make([]byte, len(b)) }),
		"another answer": mangled(func(b []byte) []byte { return append([]byte{9}, b[1:]...) }),
	} {
		t.Run(name, func(t *testing.T) {
			addr := bad(t)
			start := time.Now()
			_, err := NewZooKeeper([]string{addr}, "hiveserver2", dialTCP).Servers(within(t, time.Second))
			if err == nil || !strings.Contains(err.Error(), addr) {
				t.Errorf("alone: got %v, want an error that names %s", err, addr)
			}
			if name == "silent" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("alone: got %v, want %v", err, context.DeadlineExceeded)
			}
			if took := time.Since(start); took > 800*time.Millisecond {
				t.Errorf("alone: it took %v, want half of the time at most", took)
			}
			for range 4 {
				good := startFake(t, two())
				got, err := NewZooKeeper([]string{addr, good.addr}, "hiveserver2", dialTCP).Servers(within(t, time.Second))
				if err != nil || hosts(got) != "h1:10000 h2:10001" {
					t.Errorf("got %s, %v", hosts(got), err)
				}
			}
		})
	}
}

// A pool that fills asks once or twice, not for each session.
func TestAskedTogether(t *testing.T) {
	f := startFake(t, two())
	z := NewZooKeeper([]string{f.addr}, "hiveserver2", dialTCP)
	hold := <-z.turn
	var asking sync.WaitGroup
	for range 50 {
		asking.Go(func() {
			if got, err := z.Servers(t.Context()); err != nil || len(got) != 2 {
				t.Errorf("got %s, %v", hosts(got), err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	z.turn <- hold
	asking.Wait()
	if got := f.sessions(); got > 25 {
		t.Errorf("%d sessions with ZooKeeper for 50 questions at a time", got)
	}
}

// When ZooKeeper is gone, what it said last is taken, and it is left in peace; but not when it says that there is nothing.
func TestLastAnswer(t *testing.T) {
	f := startFake(t, two())
	down := false
	dials := 0
	dial := func(ctx context.Context, addr string) (net.Conn, error) {
		dials++
		if down {
			addr = faultproxy.ClosedAddr(t)
		}
		return dialTCP(ctx, addr)
	}
	z := NewZooKeeper([]string{f.addr}, "hiveserver2", dial)
	ask := func(want string, wantErr error, wantDials int) {
		t.Helper()
		dials = 0
		got, err := z.Servers(t.Context())
		if hosts(got) != want || !errors.Is(err, wantErr) || dials != wantDials {
			t.Errorf("got %q, %v after %d questions; want %q, %v after %d", hosts(got), err, dials, want, wantErr, wantDials)
		}
	}
	ask("h1:10000 h2:10001", nil, 1)
	down = true
	ask("h1:10000 h2:10001", nil, 1)
	ask("h1:10000 h2:10001", nil, 0)
	z.when = z.when.Add(-coolDown)
	ask("h1:10000 h2:10001", nil, 1)
	z.when = z.when.Add(-coolDown)
	down = false
	f.change(func() { clear(f.nodes) })
	ask("", NoNode, 1)
}

// Who leaves is let go at once, and says nothing of ZooKeeper to others.
func TestCallerLeaves(t *testing.T) {
	z := NewZooKeeper([]string{faultproxy.SilentAddr(t)}, "hiveserver2", dialTCP)
	left := errors.New("left")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(left) })
	start := time.Now()
	if _, err := z.Servers(ctx); !errors.Is(err, left) || time.Since(start) > time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
	if z.err != nil {
		t.Errorf("it is remembered: %v", z.err)
	}
}

func TestAddresses(t *testing.T) {
	a := &Addresses{Names: []Server{{Host: "localhost", Port: 1}, {Host: "no such.invalid", Port: 2}}}
	got, err := a.Servers(t.Context())
	if err != nil || !slices.ContainsFunc(got, func(s Server) bool { return s.IP.IsLoopback() && s.Host == "localhost" && s.Port == 1 }) {
		t.Errorf("got %+v, %v", got, err)
	}
	a.Names = a.Names[1:]
	if got, err := a.Servers(t.Context()); err == nil {
		t.Errorf("got %+v, want an error", got)
	}
}
