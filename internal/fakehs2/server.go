// Package fakehs2 is a scripted HiveServer2 for the faults that a real one does not produce on demand: lost and
// mangled replies, refused logins, odd versions. It is never a stand-in for the real one.
//
//	srv := fakehs2.Start(t, 3, 2) // every statement gives five rows in two batches
//	srv.On("FetchResults", fakehs2.Answer, fakehs2.Cut(20))
//
// A call that has no script is answered correctly. It speaks the binary transport over loopback TCP: to a client that
// begins with a SASL negotiation in SASL frames, to any other one without frames.
package fakehs2

import (
	"bufio"
	"encoding/binary"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// Login is the name under which the SASL negotiation is scripted and counted, like a method.
const Login = "login"

// limit bounds a request in bytes.
const limit = 1 << 20

// Server is a fake HiveServer2. It is safe for concurrent use.
type Server struct {
	listener net.Listener
	batches  []int
	most     int // rows a batch that follows the request, 0 to follow batches
	stop     chan struct{}
	running  sync.WaitGroup

	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, when a counter changes
	script   map[string][]Step
	counts   map[string]int
	ran      map[string]int // by statement
	asked    []int64
	conns    map[net.Conn]bool
	handles  uint64
	sessions map[string]bool // whether it ends with the connection over which it was opened last
	ops      map[string]*operation
}

// Start starts a server that ends with the test. The result of every statement is one of the given batches after the
// other; batches holds their numbers of rows. Row i, from 0, holds the INT i and the STRING of [Text].
func Start(t testing.TB, batches ...int) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		listener: l,
		batches:  batches,
		stop:     make(chan struct{}),
		changed:  make(chan struct{}),
		script:   make(map[string][]Step),
		counts:   make(map[string]int),
		ran:      make(map[string]int),
		conns:    make(map[net.Conn]bool),
		sessions: make(map[string]bool),
		ops:      make(map[string]*operation),
	}
	s.running.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// StartCapped starts a server whose results have the given number of rows, in batches as large as they are asked for
// but at most most: as HiveServer2 does it.
func StartCapped(t testing.TB, rows, most int) *Server {
	t.Helper()
	s := Start(t, rows)
	s.most = most
	return s
}

// Asked tells how many rows each FetchResults has asked for, that for logs excepted.
func (s *Server) Asked() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Port is the TCP port on 127.0.0.1.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Addr is "127.0.0.1:port".
func (s *Server) Addr() string { return s.listener.Addr().String() }

// On scripts the next calls of a method, one step a call, on whatever connection they come. Then comes [Answer] again.
func (s *Server) On(method string, steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[method] = append(s.script[method], steps...)
}

// Count tells how many calls of a method have come.
func (s *Server) Count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[method]
}

// Ran tells how many times a statement was run. Of a statement that is not used again this is right at any time, where what
// is counted may still be of calls whose connection has broken.
func (s *Server) Ran(statement string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ran[statement]
}

// Counts is Count for every method that was called.
func (s *Server) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

// Open tells how many sessions, operations and connections are open.
func (s *Server) Open() (sessions, operations, connections int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions), len(s.ops), len(s.conns)
}

// Await waits until ok, which may ask the server, is true. It fails the test if that takes too long.
func (s *Server) Await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("the server still waits for: %s; calls so far: %v", what, s.Counts())
		}
	}
}

// Disconnect closes every connection.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// Forget makes the server forget every session and operation, as a restart does, while connections stay.
func (s *Server) Forget() {
	s.change(func() {
		clear(s.sessions)
		clear(s.ops)
	})
}

func (s *Server) close() {
	s.listener.Close()
	close(s.stop)
	s.Disconnect()
	s.running.Wait()
}

// change applies a change to what Await looks at.
func (s *Server) change(apply func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	apply()
	close(s.changed)
	s.changed = make(chan struct{})
}

// next counts a call and takes its step.
func (s *Server) next(method string) (step Step) {
	step = Answer
	s.change(func() {
		s.counts[method]++
		if steps := s.script[method]; len(steps) > 0 {
			step, s.script[method] = steps[0], steps[1:]
		}
	})
	return step
}

func (s *Server) accept() {
	for {
		nc, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.change(func() { s.conns[nc] = true })
		select {
		case <-s.stop: // Disconnect has not seen it
			nc.Close()
		default:
		}
		s.running.Go(func() {
			c := &conn{server: s, Conn: nc, in: bufio.NewReader(nc)}
			c.serve()
			nc.Close()
			s.change(func() {
				delete(s.conns, nc)
				if s.sessions[c.session] {
					s.drop(c.session) // as HiveServer2 does: ThriftBinaryCLIService.deleteContext
				}
			})
		})
	}
}

// conn is the connection of one client.
type conn struct {
	net.Conn
	server   *Server
	in       *bufio.Reader
	framed   bool
	session  string // the last one opened, and its protocol
	protocol hs.TProtocolVersion
}

// serve answers calls until the connection breaks or a step ends it.
func (c *conn) serve() {
	first, err := c.in.Peek(1)
	if err != nil {
		return
	}
	if first[0] == 1 { // START, where a strict Thrift message begins with 0x80
		c.framed = true
		if c.login() != nil {
			return
		}
	}
	frames := wire.NewFrameReader(c.in, nil, limit)
	service := newProcessor(c)
	for {
		var request []byte
		if c.framed {
			request, err = frames.NextMessage(nil)
		} else {
			request, err = wire.ReadMessage(c.in, nil, limit)
		}
		if err != nil {
			return
		}
		head, err := wire.ParseMessage(request)
		if err != nil {
			return
		}
		call := &Call{conn: c, method: head.Name, seq: head.Seq}
		call.answer = func() []byte { return service.process(request) }
		if c.server.next(head.Name)(call) != nil {
			return
		}
	}
}

// login takes the two messages of SASL PLAIN, and any name and password.
func (c *conn) login() error {
	for range 2 {
		var head [5]byte
		if _, err := io.ReadFull(c.in, head[:]); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, c.in, int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return err
		}
	}
	complete := []byte{5, 0, 0, 0, 0}
	return c.server.next(Login)(&Call{conn: c, method: Login, answer: func() []byte { return complete }})
}
