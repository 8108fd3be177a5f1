package reflection

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/skep-go/skep/hivetest"
	hivereflect "github.com/skep-go/skep/reflect"
)

// TestMetastoreWays: a metastore that is spoken to in another way than by plain Thrift.
func TestMetastoreWays(t *testing.T) {
	tests := []struct {
		name string
		conf map[string]string
		cfg  func(*hivereflect.MetastoreConfig)
	}{
		{
			"framed",
			map[string]string{"metastore.thrift.framed.transport.enabled": "true"},
			func(c *hivereflect.MetastoreConfig) { c.Framed = true },
		},
		{
			"password",
			map[string]string{
				"metastore.authentication": "CONFIG", "metastore.authentication.config.username": "alice",
				"metastore.authentication.config.password": "alice-secret", "metastore.execute.setugi": "false",
				// for the client that waits for the server
				"metastore.client.auth.mode": "PLAIN", "metastore.client.plain.username": "alice", "alice": "alice-secret",
			},
			func(c *hivereflect.MetastoreConfig) {
				c.Auth, c.User, c.Password = hivereflect.MetastorePlain, "alice", "alice-secret"
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Metastore, Private: true, Conf: tt.conf})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { srv.Close() })
			if _, err := openMetastore(t, srv.MetastoreAddr(), tt.cfg).Relations(t.Context(), "default"); err != nil {
				t.Error(err)
			}
			var protocol *hivereflect.ProtocolError
			if _, err := openMetastore(t, srv.MetastoreAddr()).Schemas(t.Context()); !errors.As(err, &protocol) {
				t.Errorf("in the plain way: got %v, want a ProtocolError", err)
			}
			wrong := func(c *hivereflect.MetastoreConfig) {
				tt.cfg(c)
				c.Password = "wrong"
			}
			var refused *hivereflect.PermissionError
			if tt.name != "password" {
				return
			}
			if _, err := openMetastore(t, srv.MetastoreAddr(), wrong).Schemas(t.Context()); !errors.As(err, &refused) || strings.Contains(err.Error(), "secret") {
				t.Errorf("with a wrong password: got %v, want a PermissionError", err)
			}
		})
	}
}

// gateway passes what comes in the body of a POST on to a metastore, as one over HTTP would answer it, and notes who asks.
// Hive's own has no way to listen on one interface only.
func gateway(t *testing.T, addr string) (server *httptest.Server, who func() string) {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	replies := bufio.NewReader(nc)
	var last string
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metastore" {
			http.NotFound(w, r)
			return
		}
		last = r.Header.Get("X-Actor-Username") + r.Header.Get("Authorization")
		if _, err := io.Copy(nc, r.Body); err != nil {
			t.Error(err)
		}
		_, _ = replies.Peek(1)
		_, _ = io.CopyN(w, replies, int64(replies.Buffered())) // short replies come in one piece
	}))
	t.Cleanup(func() { server.Close(); nc.Close() })
	return server, func() string { return last }
}

func TestMetastoreOverHTTP(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Metastore)
	server, who := gateway(t, srv.MetastoreAddr())
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	over := func(path string, change ...func(*hivereflect.MetastoreConfig)) *hivereflect.Metastore {
		return openMetastore(t, srv.MetastoreAddr(), append([]func(*hivereflect.MetastoreConfig){func(c *hivereflect.MetastoreConfig) {
			c.URIs, c.TLS, c.User = []string{server.URL + path}, &tls.Config{RootCAs: roots}, "alice"
		}}, change...)...)
	}
	if names, err := over("").Schemas(t.Context()); err != nil || len(names) == 0 || who() != "alice" {
		t.Errorf("got %v, %v as %q, want schemas as alice", names, err, who())
	}
	token := over("", func(c *hivereflect.MetastoreConfig) { c.Auth, c.Token = hivereflect.MetastoreToken, "t" })
	if _, err := token.Schemas(t.Context()); err != nil || who() != "Bearer t" {
		t.Errorf("got %v as %q, want a token", err, who())
	}
	var protocol *hivereflect.ProtocolError
	if _, err := over("/elsewhere").Schemas(t.Context()); !errors.As(err, &protocol) {
		t.Errorf("another path: got %v, want a ProtocolError", err)
	}
	strangers := over("", func(c *hivereflect.MetastoreConfig) { c.TLS = nil })
	if _, err := strangers.Schemas(t.Context()); err == nil {
		t.Error("a certificate that nobody knows was taken")
	}
}

// TestMetastoreOverTLS puts TLS before a metastore, as its own would be.
func TestMetastoreOverTLS(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Metastore)
	certified := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(certified.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	var relays sync.WaitGroup
	relays.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			relays.Go(func() { relayTo(client, srv.MetastoreAddr()) })
		}
	})
	t.Cleanup(func() { l.Close(); relays.Wait() })
	for name, roots := range map[string]*x509.CertPool{"known": x509.NewCertPool(), "unknown": x509.NewCertPool()} {
		if name == "known" {
			roots.AddCert(certified.Certificate())
		}
		m := openMetastore(t, l.Addr().String(), func(c *hivereflect.MetastoreConfig) { c.TLS = &tls.Config{RootCAs: roots} })
		var protocol *hivereflect.ProtocolError
		if _, err := m.Schemas(t.Context()); name == "known" && err != nil || name == "unknown" && !errors.As(err, &protocol) {
			t.Errorf("a certificate that is %s: got %v", name, err)
		}
		m.Close()
	}
}

func relayTo(client net.Conn, addr string) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server) }()
	_, _ = io.Copy(server, client)
}
