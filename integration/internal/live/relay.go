package live

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Relay is a TCP relay to a server whose connections can be dropped from the middle.
type Relay struct {
	listener net.Listener
	target   string
	done     sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// NewRelay starts a relay to the server at target. It ends with the test.
func NewRelay(t testing.TB, target string) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{listener: l, target: target}
	r.done.Go(r.serve)
	t.Cleanup(func() {
		l.Close()
		r.DropAll()
		r.done.Wait()
	})
	return r
}

// Addr is where the relay listens.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

func (r *Relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		target := r.target
		r.mu.Unlock()
		server, err := net.Dial("tcp", target)
		if err != nil {
			client.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		r.done.Go(func() { pipe(client, server) })
		r.done.Go(func() { pipe(server, client) })
	}
}

func pipe(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

// MoveTo sends the connections to come to another server.
func (r *Relay) MoveTo(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = target
}

// Die lets no connection in any more, and closes those that are there.
func (r *Relay) Die() {
	r.listener.Close()
	r.DropAll()
}

// DropAll closes every connection.
func (r *Relay) DropAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}
