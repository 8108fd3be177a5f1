package doors

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// overHTTP is the configuration of the service at addr, which speaks HTTP.
func overHTTP(t testing.TB, srv *hivetest.Server, addr string) *hive.Config {
	t.Helper()
	cfg := live.At(t, live.Config(t, srv), addr)
	cfg.Transport = hive.TransportHTTP
	return cfg
}

func token(t testing.TB, srv *hivetest.Server, valid time.Duration) string {
	t.Helper()
	text, err := srv.JWT("alice", valid)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestHTTPMixedUp: a client of one transport at the port of the other is told, and soon.
func TestHTTPMixedUp(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	for name, cfg := range map[string]*hive.Config{
		"binary at HTTP":  live.At(t, live.Config(t, srv), srv.HTTPAddr()),
		"HTTP at binary":  overHTTP(t, srv, srv.Addr()),
		"HTTP at HTTPS":   overHTTP(t, srv, srv.TLSHTTPAddr()),
		"another path":    pathed(overHTTP(t, srv, srv.HTTPAddr()), "nowhere"),
		"path with slash": pathed(overHTTP(t, srv, srv.HTTPAddr()), "/elsewhere/"),
	} {
		t.Run(name, func(t *testing.T) {
			cfg.ConnectTimeout = 5 * time.Second
			start := time.Now()
			_, err := hive.Connect(t.Context(), cfg)
			if err == nil {
				t.Error("it works")
			}
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func pathed(cfg *hive.Config, path string) *hive.Config {
	cfg.HTTP.Path = path
	return cfg
}

// TestHTTPRejectedCookie: the real server's answer to a cookie that it does not know is one more login.
func TestHTTPRejectedCookie(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	cfg := overHTTP(t, srv, srv.LDAPHTTPAddr())
	cfg.Auth, cfg.User, cfg.Password = hive.AuthLDAP, "alice", "alice-secret"
	cfg.HTTP.Cookies = map[string]string{"hive.server2.auth": "cu=bob&rn=1&s=AAAA"}
	whoami(t, cfg, "select logged_in_user()", "alice")
}

// TestHTTPSessions: a session survives its TCP connections, a statement that runs included, and is not left behind.
func TestHTTPSessions(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	relay := live.NewRelay(t, srv.HTTPAddr())
	user := live.OwnUser(t, srv)
	cfg := live.At(t, user.Config(t), relay.Addr())
	cfg.Transport = hive.TransportHTTP
	s := live.Connect(t, cfg)
	op, err := s.Execute(t.Context(), live.SlowRun, hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	running := make(chan error, 1)
	go func() { running <- op.Wait(ctx) }()
	for range 3 {
		relay.DropAll()
		select {
		case err := <-running:
			t.Fatalf("the statement ended with its connection: %v", err)
		case <-time.After(300 * time.Millisecond):
		}
	}
	cancel()
	if err := <-running; !errors.Is(err, context.Canceled) {
		t.Errorf("the statement: %v, want %v", err, context.Canceled)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	user.HasNothing(t)
}

// TestHTTPLogins: every way to log in over HTTP, from a Config, a DSN and a JDBC URL, and who is refused.
func TestHTTPLogins(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	good := token(t, srv, time.Hour)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(good+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secure := "tls=true&tlsCA=" + srv.CAFile()
	secureJDBC := ";ssl=true;sslTrustStore=" + srv.CAFile()
	for _, tt := range []struct{ name, dsn, user string }{
		{"none", "hive://carol@" + srv.HTTPAddr() + "/?transport=http", "carol"},
		{"none, JDBC", "jdbc:hive2://" + srv.HTTPAddr() + "/;user=carol;transportMode=http;httpPath=cliservice", "carol"},
		{"none, in the old place", "jdbc:hive2://" + srv.HTTPAddr() + "/;user=carol?hive.server2.transport.mode=http;hive.server2.thrift.http.path=cliservice", "carol"},
		{"proxy user", "hive://carol@" + srv.HTTPAddr() + "/?transport=http&proxyUser=dave", "dave"},
		{"ldap", "hive://alice:alice-secret@" + srv.LDAPHTTPAddr() + "/?auth=ldap&transport=http", "alice"},
		{"ldap, never by cookie", "hive://alice:alice-secret@" + srv.LDAPHTTPAddr() + "/?auth=ldap&transport=http&httpAuthCookie=none", "alice"},
		{"ldap, TLS", "hive://alice:alice-secret@" + srv.TLSHTTPAddr() + "/?auth=ldap&transport=http&" + secure, "alice"},
		{"ldap, TLS, JDBC", "jdbc:hive2://" + srv.TLSHTTPAddr() + "/;auth=ldap;user=alice;password=alice-secret;transportMode=http;httpPath=cliservice" + secureJDBC, "alice"},
		{"jwt", "hive://" + srv.JWTAddr() + "/?transport=http&jwt=" + good, "alice"},
		{"jwt from a file", "hive://" + srv.JWTAddr() + "/?auth=jwt&transport=http&jwtFile=" + file, "alice"},
		{"jwt, JDBC", "jdbc:hive2://" + srv.JWTAddr() + "/;auth=jwt;transportMode=http;httpPath=cliservice;jwt=" + good, "alice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := hive.ParseDSN(tt.dsn)
			if err != nil {
				t.Fatal(err)
			}
			whoami(t, cfg, "select logged_in_user()", tt.user)
		})
	}
	t.Run("jwt from the environment", func(t *testing.T) {
		t.Setenv("JWT", good)
		cfg := overHTTP(t, srv, srv.JWTAddr())
		cfg.Auth = hive.AuthJWT
		whoami(t, cfg, "select logged_in_user()", "alice")
	})
	t.Setenv("JWT", "")
	for _, tt := range []struct{ name, dsn string }{
		{"ldap, wrong password", "hive://alice:not-the-secret@" + srv.LDAPHTTPAddr() + "/?auth=ldap&transport=http"},
		{"jwt, expired", "hive://" + srv.JWTAddr() + "/?transport=http&jwt=" + token(t, srv, -time.Hour)},
		{"jwt, altered", "hive://" + srv.JWTAddr() + "/?transport=http&jwt=" + good[:len(good)-8] + "AAAAAAAA"},
		{"jwt, none", "hive://" + srv.JWTAddr() + "/?transport=http&auth=jwt"},
		{"jwt, no file", "hive://" + srv.JWTAddr() + "/?transport=http&jwtFile=" + file + ".none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := hive.ParseDSN(tt.dsn)
			if err != nil {
				t.Fatal(err)
			}
			_, err = hive.Connect(t.Context(), cfg)
			if !errors.As(err, new(*hive.AuthError)) {
				t.Errorf("got %v (%T), want a *hive.AuthError", err, err)
			}
			if err != nil && (strings.Contains(err.Error(), "not-the-secret") || cfg.Token != "" && strings.Contains(err.Error(), cfg.Token)) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}

// TestHTTPLargeStatement: a statement of megabytes goes in one request.
func TestHTTPLargeStatement(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	text := strings.Repeat("skep ", 500_000)
	whoami(t, overHTTP(t, srv, srv.HTTPAddr()), "select md5('"+text+"')", fmt.Sprintf("%x", md5.Sum([]byte(text))))
}
