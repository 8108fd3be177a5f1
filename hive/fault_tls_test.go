package hive_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
	"github.com/skep-go/skep/internal/tlstest"
)

func addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Every way in which TLS fails says what failed and what to do.
func TestTLSFaults(t *testing.T) {
	ours, theirs := tlstest.New(t), tlstest.New(t)
	srv := fakehs2.Start(t, 3, 2)
	good := &tls.Config{Certificates: []tls.Certificate{ours.Issue(t, "127.0.0.1")}}
	serving := func(change func(*tls.Config)) int {
		conf := good.Clone()
		change(conf)
		return tlstest.Proxy(t, addr(srv.Port()), conf)
	}
	asking := func(conf *tls.Config) {
		conf.ClientAuth, conf.ClientCAs = tls.RequireAndVerifyClientCert, ours.Pool()
	}
	client := tlstest.File(t, ours.Issue(t, "alice"))
	foreign := tlstest.File(t, theirs.Issue(t, "alice"))
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
	)
	tests := []struct {
		name string
		port int
		tls  hive.TLSConfig // with Enabled and, unless it is insecure, our CA
		as   any            // nil: it works
		text string
	}{
		{name: "good", port: serving(func(*tls.Config) {})},
		{name: "another name that is in the certificate", port: serving(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{ours.Issue(t, "hs2.example.com")}
		}), tls: hive.TLSConfig{ServerName: "hs2.example.com"}},
		{name: "a certificate that is asked for", port: serving(asking), tls: hive.TLSConfig{CertFile: client}},
		{name: "insecure", port: serving(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{theirs.Expired(t, "elsewhere")}
		}), tls: hive.TLSConfig{InsecureSkipVerify: true}},
		{name: "a base", port: serving(func(*tls.Config) {}), tls: hive.TLSConfig{Base: &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, MaxVersion: tls.VersionTLS12}}},

		{name: "unknown CA", port: serving(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{theirs.Issue(t, "127.0.0.1")}
		}), as: &unknown, text: "name its certificate with tlsCA"},
		{name: "wrong host", port: serving(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{ours.Issue(t, "elsewhere")}
		}), as: &host, text: "not for this host"},
		{name: "wrong server name", port: serving(func(*tls.Config) {}), tls: hive.TLSConfig{ServerName: "elsewhere"}, as: &host, text: "tlsServerName"},
		{name: "expired", port: serving(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{ours.Expired(t, "127.0.0.1")}
		}), as: &invalid, text: "has expired"},
		{name: "too old", port: serving(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }), tls: hive.TLSConfig{MinVersion: tls.VersionTLS13}, as: new(*net.OpError), text: "tlsMinVersion"},
		{name: "no client certificate", port: serving(asking), as: new(*net.OpError), text: "check tlsCert"},
		{name: "no client certificate, TLS 1.2", port: serving(func(c *tls.Config) {
			asking(c)
			c.MaxVersion = tls.VersionTLS12
		}), as: new(*net.OpError), text: "check tlsCert"},
		{name: "a foreign client certificate", port: serving(asking), tls: hive.TLSConfig{CertFile: foreign}, as: new(*net.OpError), text: "check tlsCert"},
		{name: "a server without TLS", port: plainServer(t), as: &record, text: "does not speak TLS"},
		{name: "a port that hangs up", port: faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Dir: faultproxy.ToServer, Do: faultproxy.Cut}).Port(), text: "TLS handshake"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := configFor(tt.port)
			cfg.TLS = tt.tls
			cfg.TLS.Enabled = true
			if !cfg.TLS.InsecureSkipVerify {
				cfg.TLS.CAFile = ours.File(t)
			}
			if tt.text == "" {
				works(t, connect(t, cfg), 5)
				return
			}
			start := time.Now()
			_, err := hive.Connect(bounded(t), cfg)
			prompt(t, start)
			want{kind: "network", text: tt.text}.check(t, err)
			if tt.as != nil && !errors.As(err, tt.as) {
				t.Errorf("error = %v (%T), want a %T in its tree", err, err, tt.as)
			}
		})
	}
	idle(t, srv, 0)
}

// plainServer answers whatever comes with a line of text.
func plainServer(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail.example.com ready\r\n"))
			_, _ = c.Read(make([]byte, 1024))
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).Port
}

// A client that does not encrypt is told that the server wants it to.
func TestPlainClientOfTLS(t *testing.T) {
	srv := fakehs2.Start(t)
	port := tlstest.Proxy(t, addr(srv.Port()), &tls.Config{Certificates: []tls.Certificate{tlstest.New(t).Issue(t, "127.0.0.1")}})
	_, err := hive.Connect(bounded(t), configFor(port))
	want{kind: "network", text: "tls=true"}.check(t, err)
}

// A peer that accepts the connection and says nothing costs no more than the time that the caller gives it.
func TestTLSSilent(t *testing.T) {
	srv := fakehs2.Start(t)
	proxy := faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Dir: faultproxy.ToServer, Do: faultproxy.Stall})
	cfg := configFor(proxy.Port())
	cfg.ConnectTimeout, cfg.TLS.Enabled = 100*time.Millisecond, true
	start := time.Now()
	_, err := hive.Connect(t.Context(), cfg)
	prompt(t, start)
	want{kind: "network", is: []error{context.DeadlineExceeded}}.check(t, err)
}

// Files that cannot be read are errors of the configuration, which tell no password.
func TestTLSFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		tls hive.TLSConfig
		key string
	}{
		"no CA file":     {hive.TLSConfig{CAFile: "none.pem"}, "tlsCA"},
		"no certificate": {hive.TLSConfig{CertFile: "none.pem"}, "tlsCert"},
		"wrong password": {hive.TLSConfig{CAFile: "../internal/keystore/testdata/trust.jks", CAPassword: password}, "tlsCA"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configFor(plainServer(t))
			cfg.TLS = tt.tls
			cfg.TLS.Enabled = true
			_, err := hive.Connect(bounded(t), cfg)
			var fault *hive.ConfigError
			if !errors.As(err, &fault) || fault.Key != tt.key {
				t.Errorf("got %v (%T), want a *ConfigError of %s", err, err, tt.key)
			}
			want{text: ""}.check(t, err)
		})
	}
}
