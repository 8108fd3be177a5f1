package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
)

// schedule is how this client read one result: what it wrote, and after which replies. The raw reader does the same.
type schedule struct {
	writes  []write
	replies int64 // the size of all replies, in bytes
	handles [][]byte
}

// write is one or more requests that were written together.
type write struct {
	frames   []byte
	requests int
	// ahead is how many replies may be outstanding when it is written.
	ahead int
}

// only tells a write that holds calls of one method.
func (w *write) only(method string) bool { return bytes.Count(w.frames, []byte(method)) == w.requests }

// end tells a write whose reply the client leaves to whoever uses the connection next.
func (w *write) end() bool { return w.requests == 1 && w.only("CloseOperation") }

// poll tells a write that asks whether the statement has ended, and nothing else.
func (w *write) poll() bool { return w.requests == 1 && w.only("GetOperationStatus") }

// recorder is the client's connection. What it notes begins with start, at a moment when no reply is outstanding.
type recorder struct {
	net.Conn

	mu      sync.Mutex
	on      bool
	writes  []write
	sent    int // requests
	replies int
	bytes   int64
	first   []byte // the reply to the first request
	head    []byte // of the reply that is being read, its length
	left    int    // bytes of it to come
}

func (r *recorder) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on, r.writes, r.first = true, nil, nil
	r.sent, r.replies, r.bytes = 0, 0, 0
}

// Write notes requests that are written together; none is cut by the end of p.
func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	if r.on {
		w := write{frames: bytes.Clone(p), ahead: r.sent - r.replies}
		for rest := p; len(rest) >= 4; rest = rest[4+int(binary.BigEndian.Uint32(rest)):] {
			w.requests++
		}
		r.writes, r.sent = append(r.writes, w), r.sent+w.requests
	}
	r.mu.Unlock()
	return r.Conn.Write(p)
}

// Read notes which replies are whole.
func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on {
		return n, err
	}
	r.bytes += int64(n)
	for p = p[:n]; len(p) > 0; {
		if r.left == 0 {
			take := min(4-len(r.head), len(p))
			r.head, p = append(r.head, p[:take]...), p[take:]
			if len(r.head) == 4 {
				r.left, r.head = int(binary.BigEndian.Uint32(r.head)), r.head[:0]
			}
			continue
		}
		take := min(r.left, len(p))
		if r.replies == 0 {
			r.first = append(r.first, p[:take]...)
		}
		if r.left, p = r.left-take, p[take:]; r.left == 0 {
			r.replies++
		}
	}
	return n, err
}

// record gives the schedule by which a reader of ours reads a result.
func record(tb testing.TB, cfg *hive.Config, w workload, reader contestant) *schedule {
	tb.Helper()
	var conns []*recorder
	cfg = cfg.Clone()
	cfg.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, addr)
		conns = append(conns, &recorder{Conn: nc})
		return conns[len(conns)-1], err
	}
	read := reader(tb, cfg, w)
	if len(conns) != 1 {
		tb.Fatalf("%d connections were made, want 1", len(conns))
	}
	times := 3
	if w.rows >= 1_000_000 {
		times = 1 // there are a hundred fetches and more, and what is ahead of one of them counts for all
	}
	var plan *schedule
	for range times {
		conns[0].start()
		read()
		again := conns[0].schedule(tb)
		if plan == nil {
			plan = again
		}
		plan.merge(again)
	}
	return plan
}

// merge takes the larger of what was ahead in two readings: the client's socket may have been read further than the
// client was when it wrote, in one of them more than in the other.
func (s *schedule) merge(again *schedule) {
	if len(s.writes) != len(again.writes) {
		return // how often a statement is asked for its end may differ
	}
	for i := range s.writes {
		s.writes[i].ahead = max(s.writes[i].ahead, again.writes[i].ahead)
	}
}

// answered reports whether no reply is outstanding.
func (r *recorder) answered() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.replies == r.sent
}

func (r *recorder) schedule(tb testing.TB) *schedule {
	tb.Helper()
	live.Eventually(tb, 10*time.Second, "the reply that the client does not wait for", r.answered)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	if len(r.writes) < 3 || !bytes.Contains(r.writes[0].frames, []byte("ExecuteStatement")) || r.writes[0].requests != 1 {
		tb.Fatalf("the result was read by %d writes, of which the first is %q", len(r.writes), r.writes[0].frames)
	}
	// As to the fetches, what the client keeps ahead is the most that was seen.
	ahead := 0
	for i := range r.writes {
		if w := &r.writes[i]; w.only("FetchResults") {
			ahead = max(ahead, w.ahead)
			w.ahead = ahead
		}
	}
	var request hs.TCLIServiceExecuteStatementArgs
	decodeMessage(tb, r.writes[0].frames[4:], &request)
	// How often it takes to ask depends on the server.
	writes := slices.CompactFunc(r.writes, func(a, b write) bool { return a.poll() && b.poll() })
	return &schedule{
		writes: writes, replies: r.bytes,
		handles: slices.Concat(secrets(request.Req.SessionHandle.SessionId), secrets(operationOf(tb, r.first).OperationId)),
	}
}

// secrets are the parts of a handle. Every handle's have the same length.
func secrets(id *hs.THandleIdentifier) [][]byte { return [][]byte{id.GUID, id.Secret} }

// operationOf reads the reply to ExecuteStatement.
func operationOf(tb testing.TB, msg []byte) *hs.TOperationHandle {
	tb.Helper()
	var reply hs.TCLIServiceExecuteStatementResult
	decodeMessage(tb, msg, &reply)
	if reply.Success == nil || reply.Success.OperationHandle == nil {
		tb.Fatalf("the statement was not executed: %v", reply.Success)
	}
	return reply.Success.OperationHandle
}

func decodeMessage(tb testing.TB, msg []byte, into thrift.TStruct) {
	tb.Helper()
	head, err := wire.ParseMessage(msg)
	if err == nil {
		err = rpc.Decode(msg[head.BodyOffset:], into)
	}
	if err != nil {
		tb.Fatal(err)
	}
}
