package hive_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/wire"
)

// front is HTTP before a fake server. Its script says what becomes of a request that is not passed on.
type front struct {
	*httptest.Server
	target string
	// meet is asked about each request, with its method and how many of that came before; true means that it has
	// answered. Optional.
	meet func(w http.ResponseWriter, r *http.Request, method string, before int) bool

	mu     sync.Mutex
	counts map[string]int
	last   map[string]*http.Request
	idle   []net.Conn
}

func newFront(t *testing.T, srv *fakehs2.Server, conf *tls.Config) *front {
	t.Helper()
	f := &front{target: srv.Addr(), counts: map[string]int{}, last: map[string]*http.Request{}}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	if f.TLS = conf; conf != nil {
		f.StartTLS()
	} else {
		f.Start()
	}
	t.Cleanup(func() {
		f.CloseClientConnections()
		srv.Disconnect() // what a request still waits for
		f.Close()
	})
	return f
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	message, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	head, err := wire.ParseMessage(message)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	f.mu.Lock()
	before := f.counts[head.Name]
	f.counts[head.Name]++
	f.last[head.Name] = r
	f.mu.Unlock()
	if f.meet != nil && f.meet(w, r, head.Name, before) {
		return
	}
	reply, err := f.pass(message)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_, _ = w.Write(reply)
}

// pass has the fake server answer over a connection that no other request uses.
func (f *front) pass(message []byte) (reply []byte, err error) {
	f.mu.Lock()
	var nc net.Conn
	if n := len(f.idle); n > 0 {
		nc, f.idle = f.idle[n-1], f.idle[:n-1]
	}
	f.mu.Unlock()
	if nc == nil {
		if nc, err = net.Dial("tcp", f.target); err != nil {
			return nil, err
		}
	}
	if _, err = nc.Write(message); err == nil {
		reply, err = wire.ReadMessage(bufio.NewReader(nc), nil, 1<<20)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = append(f.idle, nc)
	return reply, nil
}

func (f *front) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[method]
}

func (f *front) request(method string) *http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last[method]
}

func (f *front) cfg() *hive.Config {
	cfg := configFor(f.Listener.Addr().(*net.TCPAddr).Port)
	cfg.Transport = hive.TransportHTTP
	return cfg
}

// gone waits until the server holds nothing: over HTTP no connection's end is a session's.
func gone(t *testing.T, srv *fakehs2.Server) {
	t.Helper()
	srv.Await(t, "no session and no operation", func() bool {
		sessions, operations, _ := srv.Open()
		return sessions == 0 && operations == 0
	})
}

func refuse(w http.ResponseWriter, code int, header ...string) bool {
	for i := 0; i < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, "Authentication Error: no\n")
	return true
}
