// Package faultproxy is a TCP proxy on loopback that breaks one connection at a chosen byte, or puts a distance between
// the two sides. It knows an address at which nobody listens, too, and one at which nobody speaks.
//
//	proxy := faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Dir: faultproxy.ToClient, After: 100, Do: faultproxy.Cut})
//	proxy := faultproxy.Start(t, srv.Addr(), faultproxy.Distance(20*time.Millisecond)...)
package faultproxy

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Dir is a direction of the stream.
type Dir int

// The directions.
const (
	ToServer Dir = iota
	ToClient
)

func (d Dir) String() string { return [...]string{"to the server", "to the client"}[d] }

// Action is what happens at the place of a [Fault].
type Action int

// The actions.
const (
	// Cut closes both sides in an orderly way (FIN).
	Cut Action = iota
	// Reset aborts both sides (RST).
	Reset
	// Stall passes nothing more in this direction; the connection stays open.
	Stall
	// Delay pauses once for Fault.Pause.
	Delay
	// Lag delivers all that follows Fault.Pause later than it came: a distance, which costs time and no bandwidth. No
	// fault of the same direction may follow.
	Lag
)

// Fault breaks one direction of one connection.
type Fault struct {
	// Conn is which connection, counted from 1 in the order they are accepted; 0 is every one.
	Conn int
	Dir  Dir
	// After is how many bytes pass in this direction before the fault.
	After int64
	Do    Action
	Pause time.Duration
}

// Distance is the faults that add a round trip, half of it in each direction of every connection.
func Distance(roundTrip time.Duration) []Fault {
	return []Fault{
		{Dir: ToServer, Do: Lag, Pause: roundTrip / 2},
		{Dir: ToClient, Do: Lag, Pause: roundTrip / 2},
	}
}

// Proxy passes connections on to one server. It ends with the test.
type Proxy struct {
	listener net.Listener
	target   string
	faults   []Fault
	end      sync.Once
	stop     chan struct{}
	running  sync.WaitGroup

	mu     sync.Mutex
	conns  []net.Conn
	passed [2]int64
}

// Start starts a proxy to target, "host:port".
func Start(t testing.TB, target string, faults ...Fault) *Proxy {
	t.Helper()
	p := &Proxy{listener: listen(t), target: target, faults: faults, stop: make(chan struct{})}
	p.running.Go(p.accept)
	t.Cleanup(p.Close)
	return p
}

// Port is the TCP port on 127.0.0.1.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Passed tells how many bytes have passed in one direction, over all connections.
func (p *Proxy) Passed(d Dir) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed[d]
}

// Close ends the proxy and its connections, before the test does.
func (p *Proxy) Close() {
	p.listener.Close()
	p.end.Do(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		close(p.stop)
		for _, c := range p.conns {
			c.Close()
		}
	})
	p.running.Wait()
}

// keep remembers connections to be closed with the proxy, or closes them if it has ended.
func (p *Proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, conns...)
	select {
	case <-p.stop:
		for _, c := range conns {
			c.Close()
		}
	default:
	}
}

func (p *Proxy) accept() {
	for n := 1; ; n++ {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.keep(client, server)
		p.running.Go(func() { p.pass(n, ToServer, server, client) })
		p.running.Go(func() { p.pass(n, ToClient, client, server) })
	}
}

// pass copies one direction of connection n to its end or its fault, and ends the connection.
func (p *Proxy) pass(n int, d Dir, dst, src net.Conn) {
	defer dst.Close()
	defer src.Close()
	var done int64
	for _, f := range p.faults { // in the order of their places
		if f.Dir != d || f.Conn != 0 && f.Conn != n {
			continue
		}
		copied, err := io.CopyN(counter{p, d, dst}, src, f.After-done)
		if done += copied; err != nil {
			return
		}
		switch f.Do {
		case Cut:
			return
		case Reset:
			dst.(*net.TCPConn).SetLinger(0)
			src.(*net.TCPConn).SetLinger(0)
			return
		case Stall:
			<-p.stop
			return
		case Delay:
			select {
			case <-time.After(f.Pause):
			case <-p.stop:
				return
			}
		case Lag:
			p.lag(counter{p, d, dst}, src, f.Pause)
			return
		}
	}
	_, _ = io.Copy(counter{p, d, dst}, src)
}

// counter counts what passes.
type counter struct {
	proxy *Proxy
	dir   Dir
	io.Writer
}

func (c counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.proxy.mu.Lock()
	c.proxy.passed[c.dir] += int64(n)
	c.proxy.mu.Unlock()
	return n, err
}
