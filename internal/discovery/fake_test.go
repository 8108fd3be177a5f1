package discovery

import (
	"context"
	"encoding/binary"
	"net"
	"path"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeZooKeeper answers about its znodes. What a real one does is proven in integration/; this one is for what that does
// not do when asked to.
type fakeZooKeeper struct {
	addr string

	mu     sync.Mutex
	nodes  map[string]string // what a path holds, and what a token of SASL is answered with
	code   Code              // answered to every question, unless 0
	mangle func(reply []byte) []byte
	opened int
}

func startFake(t testing.TB, nodes map[string]string) *fakeZooKeeper {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeZooKeeper{addr: l.Addr().String(), nodes: nodes}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer nc.Close()
				stop := context.AfterFunc(t.Context(), func() { nc.Close() })
				defer stop()
				f.serve(nc)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	return f
}

func (f *fakeZooKeeper) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *fakeZooKeeper) sessions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opened
}

func (f *fakeZooKeeper) serve(nc net.Conn) {
	s := session{stream: nc}
	if _, err := s.receive(); err != nil {
		return
	}
	f.change(func() { f.opened++ })
	hello := binary.BigEndian.AppendUint32(make([]byte, 4), 4000)
	hello = append(appendText(binary.BigEndian.AppendUint64(hello, 77), strings.Repeat("p", passwordSize)), 0)
	if !f.reply(&s, hello) {
		return
	}
	for {
		request, err := s.receive()
		if err != nil {
			return
		}
		r := jute{b: request}
		number, op, name := r.number(), r.number(), r.text()
		if op == opCloseSession {
			f.reply(&s, replyHeader(number, 0))
			return
		}
		f.mu.Lock()
		code, data := f.code, f.nodes[name]
		var children []string
		for node := range f.nodes {
			if path.Dir(node) == name {
				children = append(children, path.Base(node))
			}
		}
		if _, ok := f.nodes[name]; !ok && code == 0 {
			code = NoNode
		}
		f.mu.Unlock()
		reply := replyHeader(number, code)
		switch {
		case code != 0:
		case op == opGetChildren:
			reply = binary.BigEndian.AppendUint32(reply, uint32(len(children)))
			for _, child := range children {
				reply = appendText(reply, child)
			}
		default:
			reply = append(appendText(reply, data), make([]byte, 68)...)
		}
		if !f.reply(&s, reply) {
			return
		}
	}
}

func replyHeader(number int32, code Code) []byte {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(number)), 1)
	return binary.BigEndian.AppendUint32(b, uint32(code))
}

// reply reports whether there is more to say.
func (f *fakeZooKeeper) reply(s *session, b []byte) bool {
	f.mu.Lock()
	mangle := f.mangle
	f.mu.Unlock()
	if mangle != nil {
		if b = mangle(b); b == nil {
			return false
		}
	}
	return s.send(b) == nil
}

func dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}
