package doors

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/tlstest"
)

// encrypted is the configuration of the service at addr, which encrypts.
func encrypted(t testing.TB, srv *hivetest.Server, addr string) *hive.Config {
	t.Helper()
	cfg := live.At(t, live.Config(t, srv), addr)
	cfg.Auth, cfg.User, cfg.Password = hive.AuthLDAP, "alice", "alice-secret"
	cfg.TLS = hive.TLSConfig{Enabled: true, CAFile: srv.CAFile()}
	return cfg
}

// TestTLS: what a real server's TLS is, and what becomes of a client and a server that disagree about it.
func TestTLS(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	const query = "select logged_in_user()"
	t.Run("by DSN", func(t *testing.T) {
		cfg, err := hive.ParseDSN(encrypted(t, srv, srv.TLSAddr()).FormatDSN())
		if err != nil {
			t.Fatal(err)
		}
		whoami(t, cfg, query, "alice")
	})
	t.Run("by JDBC URL", func(t *testing.T) {
		cfg, err := hive.ParseDSN("jdbc:hive2://" + srv.TLSAddr() + "/;auth=ldap;user=alice;password=alice-secret;ssl=true;sslTrustStore=" + srv.CAFile())
		if err != nil {
			t.Fatal(err)
		}
		whoami(t, cfg, query, "alice")
	})
	t.Run("by host name", func(t *testing.T) {
		cfg := encrypted(t, srv, srv.TLSAddr())
		cfg.Host = "localhost"
		cfg.TLS.MinVersion = tls.VersionTLS13
		whoami(t, cfg, query, "alice")
	})
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
	)
	for _, tt := range []struct {
		name   string
		change func(*hive.Config)
		as     any
	}{
		{"unknown CA", func(c *hive.Config) { c.TLS.CAFile = tlstest.New(t).File(t) }, &unknown},
		{"the system's CAs", func(c *hive.Config) { c.TLS.CAFile = "" }, &unknown},
		{"wrong host", func(c *hive.Config) { c.TLS.ServerName = "elsewhere" }, &host},
		{"server without TLS", func(c *hive.Config) { live.At(t, c, srv.LDAPAddr()) }, new(*hive.NetworkError)},
		{"client without TLS", func(c *hive.Config) { c.TLS = hive.TLSConfig{} }, nil},
		{"wrong password", func(c *hive.Config) { c.Password = "not-the-secret" }, new(*hive.AuthError)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := encrypted(t, srv, srv.TLSAddr())
			cfg.ConnectTimeout = 10 * time.Second
			tt.change(cfg)
			start := time.Now()
			_, err := hive.Connect(t.Context(), cfg)
			if err == nil || tt.as != nil && !errors.As(err, tt.as) {
				t.Errorf("got %v (%T), want a %T in its tree", err, err, tt.as)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// TestMutualTLS: HiveServer2 asks for no client certificate, so a proxy in front of one does.
func TestMutualTLS(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	authority := tlstest.New(t)
	port := tlstest.Proxy(t, srv.Addr(), &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t, "127.0.0.1")},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
	})
	mutual := func(cert tls.Certificate) *hive.Config {
		return live.Config(t, srv, func(c *hive.Config) {
			c.Port, c.User = port, "carol"
			c.TLS = hive.TLSConfig{Enabled: true, CAFile: authority.File(t), CertFile: tlstest.File(t, cert)}
		})
	}
	whoami(t, mutual(authority.Issue(t, "carol")), "select logged_in_user()", "carol")
	for name, cert := range map[string]tls.Certificate{
		"expired": authority.Expired(t, "carol"), "foreign": tlstest.New(t).Issue(t, "carol"),
	} {
		if _, err := hive.Connect(t.Context(), mutual(cert)); !errors.As(err, new(*hive.NetworkError)) {
			t.Errorf("%s certificate: got %v (%T), want a *hive.NetworkError", name, err, err)
		}
	}
}
