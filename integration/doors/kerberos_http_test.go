package doors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
)

// overNegotiate is the configuration of the server's HTTP service, for alice by her keytab, changed by change.
func overNegotiate(t testing.TB, srv *hivetest.Server, change ...func(*hive.Config)) *hive.Config {
	t.Helper()
	http := func(c *hive.Config) {
		_, port, err := net.SplitHostPort(srv.KerberosHTTPAddr())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(port, &c.Port)
		c.Transport = hive.TransportHTTP
	}
	return kerberos(t, srv, "auth", append([]func(*hive.Config){http}, change...)...)
}

func TestKerberosHTTP(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	for _, tc := range []struct {
		name, want string
		change     func(*hive.Config)
	}{
		{"principal of the binary transport", "alice", func(*hive.Config) {}},
		{"principal of HTTP", "alice", func(c *hive.Config) { c.Kerberos.Principal = "HTTP/_HOST@EXAMPLE.COM" }},
		{"no principal", "alice", func(c *hive.Config) { c.Auth, c.Kerberos.Principal = hive.AuthKerberos, "" }},
		{"password", "carol", withPassword("carol", "carol-secret")},
		{"ticket cache", "alice", withTicketCache(srv.KerberosFile("alice.ccache"))},
		{"no cookies", "alice", func(c *hive.Config) { c.HTTP.AuthCookie = "none" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := overNegotiate(t, srv, tc.change)
			again, err := hive.ParseDSN(cfg.FormatDSN())
			if err != nil {
				t.Fatal(err)
			}
			for _, cfg := range []*hive.Config{cfg, again} {
				if got, err := whoAmI(t.Context(), cfg); err != nil || got != tc.want {
					t.Errorf("%s: logged in as %q, %v, want %s", cfg, got, err, tc.want)
				}
			}
		})
	}
	t.Run("JDBC", func(t *testing.T) {
		t.Setenv("KRB5_CONFIG", srv.KerberosFile("krb5.conf"))
		t.Setenv("KRB5CCNAME", "FILE:"+srv.KerberosFile("alice.ccache"))
		cfg, err := hive.ParseDSN(fmt.Sprintf("jdbc:hive2://localhost:%d/default;transportMode=http;httpPath=cliservice;principal=hive/_HOST@EXAMPLE.COM",
			overNegotiate(t, srv).Port))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := whoAmI(t.Context(), cfg); err != nil || got != "alice" {
			t.Errorf("logged in as %q, %v", got, err)
		}
	})
}

// Whatever is wrong, the error names the step and what to check, and the caller does not wait for it.
func TestKerberosHTTPFaults(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	confText := func(text string) func(*hive.Config) {
		return func(c *hive.Config) { c.Kerberos.ConfFile, c.Kerberos.ConfText = "", text }
	}
	answering := func(challenge ...string) func(*hive.Config) { // with status 401, always
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Www-Authenticate"] = challenge
			w.WriteHeader(http.StatusUnauthorized)
		}))
		t.Cleanup(front.Close)
		return func(c *hive.Config) { c.Port = front.Listener.Addr().(*net.TCPAddr).Port }
	}
	for _, tc := range []struct {
		name   string
		change []func(*hive.Config)
		step   hive.KerberosStep
		text   string
	}{
		{"expired ticket", []func(*hive.Config){withTicketCache(srv.KerberosFile("expired.ccache"))}, hive.KerberosCredentials, "has expired at"},
		{"wrong password", []func(*hive.Config){withPassword("carol", "hunter22")}, hive.KerberosLogin, "the password is wrong"},
		{"keytab of another principal", []func(*hive.Config){withKeytab("alice", srv.KerberosFile("bob.keytab"))}, hive.KerberosCredentials, "but of bob@EXAMPLE.COM"},
		{"KDC down", []func(*hive.Config){confText(krb5Conf(faultproxy.ClosedAddr(t)))}, hive.KerberosLogin, "no KDC of the realm EXAMPLE.COM answers"},
		{"KDC silent", []func(*hive.Config){confText(krb5Conf(faultproxy.SilentAddr(t))), func(c *hive.Config) { c.ConnectTimeout = 200 * time.Millisecond }}, hive.KerberosLogin, "no KDC of the realm EXAMPLE.COM answers"},
		{"no such service", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "HTTP/elsewhere.example.com" }}, hive.KerberosTicket, "canonicalHost"},
		{"another realm", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "HTTP/_HOST@ELSEWHERE.ORG" }}, hive.KerberosTicket, "knows no way to the realm"},
		{"another service of the host", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "other/_HOST@EXAMPLE.COM" }}, hive.KerberosServer, "is this the server's principal"},
		{"a loop of refusals", []func(*hive.Config){answering("Negotiate")}, hive.KerberosServer, "HTTP status 401 for a new ticket"},
		{"no Negotiate", []func(*hive.Config){answering(`Basic realm="x"`)}, hive.KerberosServer, "the server has no Kerberos"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start := time.Now()
			_, err := whoAmI(t.Context(), overNegotiate(t, srv, tc.change...))
			var got *hive.KerberosError
			if !errors.As(err, &got) || got.Step != tc.step || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "hunter22") {
				t.Errorf("got %v, want the step %q, %q in it, and no password", err, tc.step, tc.text)
			}
			t.Log(err)
			var refused *hive.AuthError
			if errors.As(err, &refused) != (tc.step == hive.KerberosServer) {
				t.Errorf("an AuthError in the tree: %v", refused)
			}
			if took := time.Since(start); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A cookie that has expired costs a token, each token is another one, and a session goes on after its ticket's end.
func TestKerberosHTTPAgain(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	var refusals, requests atomic.Int32
	var mu sync.Mutex
	var tokens []string
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		on, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+srv.KerberosHTTPAddr()+r.URL.Path, bytes.NewReader(message))
		if err != nil {
			t.Error(err)
			return
		}
		on.Header = r.Header
		if token := r.Header.Get("Authorization"); token != "" {
			mu.Lock()
			tokens = append(tokens, token)
			mu.Unlock()
		} else if requests.Add(1)%3 == 0 { // the cookie has expired
			on.Header.Del("Cookie")
		}
		reply, err := http.DefaultTransport.RoundTrip(on)
		if err != nil {
			t.Error(err)
			return
		}
		defer reply.Body.Close()
		if reply.StatusCode == http.StatusUnauthorized {
			refusals.Add(1)
		}
		maps.Copy(w.Header(), reply.Header)
		w.WriteHeader(reply.StatusCode)
		if _, err := io.Copy(w, reply.Body); err != nil {
			t.Error(err)
		}
	}))
	defer front.Close()
	s := live.Connect(t, overNegotiate(t, srv, func(c *hive.Config) {
		c.Port = front.Listener.Addr().(*net.TCPAddr).Port
		c.Kerberos.ConfFile, c.Kerberos.ConfText = "", krb5Conf(srv.KDCAddr(), "ticket_lifetime = 2")
	}))
	for start := time.Now(); time.Since(start) < 3*time.Second; {
		if got, err := textOf(t.Context(), s, "select logged_in_user()"); err != nil || got != "alice" {
			t.Fatalf("after %v: %q, %v", time.Since(start), got, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	seen := map[string]bool{}
	for _, token := range tokens {
		if seen[token] {
			t.Error("a token was shown twice")
		}
		seen[token] = true
	}
	if refusals.Load() == 0 || len(seen) < 2 {
		t.Errorf("%d refusals and %d tokens, want some of each", refusals.Load(), len(seen))
	}
}

// A KDC that is gone for a while is missed when a ticket is due, and no sooner; sessions that are open go on, and new ones
// are made as soon as it is back.
func TestKerberosKDCGone(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	kdc := live.NewRelay(t, srv.KDCAddr())
	behind := func(c *hive.Config) {
		c.Kerberos.ConfFile, c.Kerberos.ConfText = "", krb5Conf(kdc.Addr(), "ticket_lifetime = 2")
	}
	ways := []*hive.Config{kerberos(t, srv, "auth-conf", behind), overNegotiate(t, srv, behind)}
	ways[1].Kerberos.Principal = "HTTP/_HOST@EXAMPLE.COM"
	var before []*hive.Session
	for _, cfg := range ways {
		before = append(before, live.Connect(t, cfg))
	}
	kdc.MoveTo(faultproxy.ClosedAddr(t))
	for _, cfg := range ways {
		var failed *hive.KerberosError
		live.Eventually(t, 10*time.Second, "an error of the KDC", func() bool {
			_, err := whoAmI(t.Context(), cfg)
			if err != nil && !errors.As(err, &failed) {
				t.Fatalf("got %v, want a KerberosError", err)
			}
			return err != nil
		})
		if failed.Step != hive.KerberosLogin && failed.Step != hive.KerberosTicket {
			t.Errorf("got %v, want an error about the KDC", failed)
		}
	}
	for _, s := range before {
		if got, err := textOf(t.Context(), s, "select logged_in_user()"); err != nil || got != "alice" {
			t.Errorf("a session from before: %q, %v", got, err)
		}
	}
	kdc.MoveTo(srv.KDCAddr())
	for _, cfg := range ways {
		if got, err := whoAmI(t.Context(), cfg); err != nil || got != "alice" {
			t.Errorf("with the KDC back: %q, %v", got, err)
		}
	}
}
