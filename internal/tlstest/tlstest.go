// Package tlstest makes certificates for tests, good and bad ones, and puts TLS in front of a server that has none, or
// that does not ask for what a test wants to be asked for.
package tlstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Authority issues certificates.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New returns an authority that nobody else knows.
func New(t testing.TB) *Authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "skep test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	return &Authority{sign(t, template, template, key, key), key}
}

// Issue issues a certificate for a server named so, and for a client.
func (a *Authority) Issue(t testing.TB, host string) tls.Certificate {
	t.Helper()
	return a.issue(t, host, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

// Expired issues one that is not valid any more.
func (a *Authority) Expired(t testing.TB, host string) tls.Certificate {
	t.Helper()
	return a.issue(t, host, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
}

func (a *Authority) issue(t testing.TB, host string, from, to time.Time) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: to,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	key := newKey(t)
	cert := sign(t, template, a.cert, key, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

// Pool holds the authority alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// File writes the authority's certificate into a PEM file.
func (a *Authority) File(t testing.TB) string {
	t.Helper()
	return write(t, &pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// File writes a certificate and its key into a PEM file.
func File(t testing.TB, c tls.Certificate) string {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, &pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
}

func write(t testing.TB, blocks ...*pem.Block) string {
	t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(b)...)
	}
	name := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// Proxy listens with TLS on loopback and passes what comes on to a server without. It ends with the test.
func Proxy(t testing.TB, target string, conf *tls.Config) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: target, open: map[net.Conn]bool{}}
	p.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(tls.Server(c, conf)) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.end()
		p.running.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

type proxy struct {
	target  string
	running sync.WaitGroup

	mu    sync.Mutex
	ended bool
	open  map[net.Conn]bool
}

func (p *proxy) serve(client *tls.Conn) {
	if !p.hold(client) || client.Handshake() != nil {
		client.Close()
		return
	}
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		client.Close()
		return
	}
	if !p.hold(server) {
		client.Close()
		return
	}
	p.running.Go(func() { pass(server, client) })
	pass(client, server)
}

// pass ends both sides when one has.
func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

func (p *proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		c.Close()
		return false
	}
	p.open[c] = true
	return true
}

func (p *proxy) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for c := range p.open {
		c.Close()
	}
}
