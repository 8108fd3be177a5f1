package hive_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// dials is a Dialer that takes down whom it dialed, and waits for ever for hosts that are black holes.
type dials struct {
	mu    sync.Mutex
	addrs []string
	holes []string
}

func (d *dials) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d.mu.Lock()
	d.addrs = append(d.addrs, addr)
	d.mu.Unlock()
	if slices.Contains(d.holes, addr) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

func (d *dials) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	addrs := d.addrs
	d.addrs = nil
	return addrs
}

// several is the configuration for a choice of servers, in their order.
func several(d *dials, addrs ...string) *hive.Config {
	cfg := configFor(0)
	cfg.Host, cfg.Hosts, cfg.HostPolicy, cfg.Dialer = "", addrs, hive.HostFirstAlive, d.dial
	return cfg
}

func connector(t *testing.T, cfg *hive.Config) *hive.Connector {
	t.Helper()
	c, err := hive.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func opened(t *testing.T, c *hive.Connector) *hive.Session {
	t.Helper()
	s, err := c.Connect(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(bounded(t)) })
	return s
}

// Whatever is wrong with one server, the session is on the next one, in time; and the next session is not tried there.
func TestFailover(t *testing.T) {
	good := func(t *testing.T) *fakehs2.Server { return fakehs2.Start(t, 3, 2) }
	scripted := func(method string, step fakehs2.Step) func(t *testing.T, d *dials) string {
		return func(t *testing.T, _ *dials) string {
			srv := good(t)
			srv.On(method, step)
			return srv.Addr()
		}
	}
	refusal := fakehs2.Reply(&hs.TCLIServiceOpenSessionResult{Success: &hs.TOpenSessionResp{
		Status: fakehs2.Failure("Cannot open sessions on an inactive HS2 instance; use service discovery to connect", "08S01", 0),
	}})
	for _, tc := range []struct {
		name  string
		bad   func(t *testing.T, d *dials) string
		cools bool
	}{
		{"down", func(t *testing.T, _ *dials) string { return faultproxy.ClosedAddr(t) }, true},
		{"unreachable", func(t *testing.T, d *dials) string {
			addr := faultproxy.ClosedAddr(t)
			d.holes = append(d.holes, addr)
			return addr
		}, true},
		{"hangs up in the login", scripted(fakehs2.Login, fakehs2.Hangup), true},
		{"silent in the login", scripted(fakehs2.Login, fakehs2.Silent), true},
		{"silent in OpenSession", scripted("OpenSession", fakehs2.Silent), true},
		{"loses the reply to OpenSession", scripted("OpenSession", fakehs2.Hangup), true},
		{"nonsense", scripted("OpenSession", fakehs2.FrameLength(-1)), true},
		{"passive", scripted("OpenSession", refusal), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := new(dials)
			srv := good(t)
			bad := tc.bad(t, d)
			cfg := several(d, bad, srv.Addr())
			cfg.ConnectTimeout = 600 * time.Millisecond
			c := connector(t, cfg)
			s := opened(t, c)
			works(t, s, 5)
			if got := s.Config().Addr(); got != srv.Addr() {
				t.Errorf("the session is on %s, want %s", got, srv.Addr())
			}
			if got := d.take(); !slices.Equal(got, []string{bad, srv.Addr()}) {
				t.Errorf("dialed %v", got)
			}
			opened(t, c)
			if got := d.take(); (got[0] == srv.Addr()) != tc.cools {
				t.Errorf("next time dialed %v, cooling down: %t", got, tc.cools)
			}
		})
	}
}

// A cancellation reaches the server that the session is on.
func TestCancelAmongSeveral(t *testing.T) {
	d := new(dials)
	srv, other := fakehs2.Start(t, 3, 2), fakehs2.Start(t)
	s := opened(t, connector(t, several(d, srv.Addr(), other.Addr())))
	srv.On("GetOperationStatus", fakehs2.Silent)
	op, err := s.Execute(bounded(t), "select 1", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Cancel(bounded(t)); err != nil {
		t.Error(err)
	}
	if got := d.take(); slices.Contains(got, other.Addr()) || other.Count(fakehs2.Login) != 0 {
		t.Errorf("dialed %v", got)
	}
}

// The error tells of each server, in time, and no secret.
func TestAllDown(t *testing.T) {
	d := new(dials)
	down, hole, silent := faultproxy.ClosedAddr(t), faultproxy.ClosedAddr(t), fakehs2.Start(t)
	silent.On(fakehs2.Login, fakehs2.Silent, fakehs2.Silent)
	d.holes = []string{hole}
	cfg := several(d, down, hole, silent.Addr())
	cfg.ConnectTimeout = 400 * time.Millisecond
	c := connector(t, cfg)
	for range 2 {
		start := time.Now()
		_, err := c.Connect(t.Context())
		if took := time.Since(start); took > cfg.ConnectTimeout+300*time.Millisecond {
			t.Errorf("it took %v of %v", took, cfg.ConnectTimeout)
		}
		want{kind: "network", is: []error{context.DeadlineExceeded}, text: "none of 3 servers opened a session"}.check(t, err)
		var hosts *hive.HostsError
		if !errors.As(err, &hosts) || len(hosts.Failures) != 3 {
			t.Fatalf("got %T %v, want a *hive.HostsError of three", err, err)
		}
		for _, addr := range []string{down, hole, silent.Addr()} {
			if strings.Count(err.Error(), addr) == 0 {
				t.Errorf("the error does not tell of %s: %v", addr, err)
			}
		}
	}
}

// What every server would say is asked of one.
func TestFinalErrors(t *testing.T) {
	a, b := fakehs2.Start(t), fakehs2.Start(t)
	a.On(fakehs2.Login, fakehs2.Refuse(3, "Error validating the login"))
	_, err := hive.Connect(bounded(t), several(new(dials), a.Addr(), b.Addr()))
	want{kind: "auth", text: "refused to log in"}.check(t, err)
	if got := b.Count(fakehs2.Login); got != 0 {
		t.Errorf("%d logins at the other server: a wrong password would count twice", got)
	}
	cfg := several(new(dials), a.Addr(), b.Addr())
	cfg.TLS = hive.TLSConfig{Enabled: true, CAFile: "/no/such/file"}
	_, err = hive.Connect(bounded(t), cfg)
	if config := (*hive.ConfigError)(nil); !errors.As(err, &config) || errors.As(err, new(*hive.HostsError)) {
		t.Errorf("got %T %v, want a *hive.ConfigError alone", err, err)
	}
}

// What each server says for itself is asked of all.
func TestRefusedByAll(t *testing.T) {
	d := new(dials)
	nodb := fakehs2.Reply(&hs.TCLIServiceOpenSessionResult{Success: &hs.TOpenSessionResp{
		Status: fakehs2.Failure("Failed to open new session: Database nodb does not exist", "", 0),
	}})
	a, b := fakehs2.Start(t), fakehs2.Start(t)
	a.On("OpenSession", nodb)
	b.On("OpenSession", nodb)
	_, err := hive.Connect(bounded(t), several(d, a.Addr(), b.Addr()))
	want{kind: "server", text: "none of 2 servers opened a session"}.check(t, err)
	if !strings.Contains(err.Error(), "\n\t"+b.Addr()+": Failed to open new session") {
		t.Errorf("got %v", err)
	}
}

// A caller who leaves is let go at once, and the servers are not blamed.
func TestCancelAmongHosts(t *testing.T) {
	d := new(dials)
	srv, other := fakehs2.Start(t, 3, 2), fakehs2.Start(t)
	srv.On(fakehs2.Login, fakehs2.Silent)
	c := connector(t, several(d, srv.Addr(), other.Addr()))
	left := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error)
	go func() {
		_, err := c.Connect(ctx)
		result <- err
	}()
	srv.Await(t, "a login", func() bool { return srv.Count(fakehs2.Login) == 1 })
	start := time.Now()
	cancel(left)
	err := <-result
	prompt(t, start)
	want{kind: "network", is: []error{context.Canceled, left}, text: "none of 2 servers opened a session, 1 tried"}.check(t, err)
	d.take()
	opened(t, c)
	if got := d.take(); !slices.Equal(got, []string{srv.Addr()}) {
		t.Errorf("afterwards dialed %v", got)
	}
	if got := other.Count(fakehs2.Login); got != 0 {
		t.Errorf("%d logins at the other server", got)
	}
}

func TestHostPolicies(t *testing.T) {
	servers := []*fakehs2.Server{fakehs2.Start(t), fakehs2.Start(t), fakehs2.Start(t)}
	for _, policy := range []hive.HostPolicy{"", hive.HostRandom, hive.HostRoundRobin, hive.HostFirstAlive} {
		d := new(dials)
		cfg := several(d, servers[0].Addr(), servers[1].Addr(), servers[2].Addr())
		cfg.HostPolicy = policy
		c := connector(t, cfg)
		for range 30 {
			opened(t, c)
		}
		counts := map[string]int{}
		for _, addr := range d.take() {
			counts[addr]++
		}
		for i, srv := range servers {
			ok := false
			switch got := counts[srv.Addr()]; policy {
			case hive.HostRoundRobin:
				ok = got == 10
			case hive.HostFirstAlive:
				ok = got == 30 && i == 0 || got == 0 && i > 0
			default:
				ok = got > 0
			}
			if !ok {
				t.Errorf("%q: server %d was dialed %d times of 30", policy, i, counts[srv.Addr()])
			}
		}
	}
}

// A name is dialed by its addresses, each of which is a server.
func TestDiscoveryDNS(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	d := new(dials)
	cfg := configFor(srv.Port())
	cfg.Host, cfg.Discovery, cfg.Dialer = "localhost", hive.DiscoveryDNS, d.dial
	s := connect(t, cfg)
	works(t, s, 5)
	if got := d.take(); !slices.Contains(got, srv.Addr()) || slices.Contains(got, s.Config().Addr()) {
		t.Errorf("dialed %v, want addresses and not the name", got)
	}
	cfg.Host = "no-such-host.invalid"
	_, err := hive.Connect(bounded(t), cfg)
	var discovery *hive.DiscoveryError
	var dns *net.DNSError
	if !errors.As(err, &discovery) || !errors.As(err, &dns) {
		t.Errorf("got %T %v, want a *hive.DiscoveryError", err, err)
	}
}

func TestNoZooKeeper(t *testing.T) {
	silent := fakehs2.Start(t)
	for name, addr := range map[string]string{"down": faultproxy.ClosedAddr(t), "silent": silent.Addr()} {
		cfg := &hive.Config{Hosts: []string{addr + "/chroot"}, Discovery: hive.DiscoveryZooKeeper, ConnectTimeout: 300 * time.Millisecond, Password: password}
		start := time.Now()
		_, err := hive.Connect(t.Context(), cfg)
		prompt(t, start)
		var discovery *hive.DiscoveryError
		if !errors.As(err, &discovery) || discovery.Path != "/chroot/hiveserver2" || !slices.Equal(discovery.Addrs, []string{addr}) {
			t.Fatalf("%s: got %T %v, want a *hive.DiscoveryError of /chroot/hiveserver2 at %s", name, err, err, addr)
		}
		if text := fmt.Sprint(err); !strings.Contains(text, "is a ZooKeeper listening there?") || strings.Contains(text, password) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
