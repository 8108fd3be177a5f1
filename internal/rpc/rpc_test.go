package rpc_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"
	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect returns a client that is logged in at srv.
func connect(t *testing.T, srv *fakehs2.Server) *rpc.Client {
	t.Helper()
	nc, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	b, err := transport.NewBinary(bounded(t), nc, transport.BinaryConfig{
		Mechanism: sasl.Plain{User: "alice", Password: "wine"}, MaxMessageSize: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := rpc.NewClient(b)
	t.Cleanup(func() { c.Close() })
	return c
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// openArgs asks for a session with a protocol, by whose number in the reply the reply is known.
func openArgs(version int) *hs.TCLIServiceOpenSessionArgs {
	return &hs.TCLIServiceOpenSessionArgs{Req: &hs.TOpenSessionReq{ClientProtocol: hs.TProtocolVersion(version)}}
}

// start sends an OpenSession.
func start(t *testing.T, c *rpc.Client, version int) *rpc.Call {
	t.Helper()
	call, err := c.Start(bounded(t), "OpenSession", openArgs(version))
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// answered fails the test unless call gets the reply to its own request.
func answered(t *testing.T, call *rpc.Call, version int) {
	t.Helper()
	var result hs.TCLIServiceOpenSessionResult
	if err := call.Decode(bounded(t), &result); err != nil {
		t.Fatalf("Decode = %v", err)
	}
	if got := int(result.Success.ServerProtocolVersion); got != version {
		t.Fatalf("the reply is that to request %d, want %d", got, version)
	}
}

func TestDo(t *testing.T) {
	c := connect(t, fakehs2.Start(t))
	for version := range 3 {
		var result hs.TCLIServiceOpenSessionResult
		if err := c.Do(bounded(t), "OpenSession", openArgs(version), &result); err != nil {
			t.Fatal(err)
		}
		if got := int(result.Success.ServerProtocolVersion); got != version {
			t.Errorf("protocol %d, want %d", got, version)
		}
	}
	if err := c.Err(); err != nil {
		t.Errorf("Err() = %v of a good connection", err)
	}
}

// What the server answers instead of a result, and whether the connection survives it.
func TestOtherAnswers(t *testing.T) {
	var exception *rpc.ExceptionError
	typ := func(b byte) fakehs2.Step {
		return fakehs2.Edit(func(msg []byte) []byte {
			msg[3] = b
			return msg
		})
	}
	tests := []struct {
		name     string
		step     fakehs2.Step
		is       error
		as       any
		text     string
		survives bool
	}{
		{
			name: "unknown method", step: fakehs2.Exception(thrift.UNKNOWN_METHOD, "Invalid method name: 'OpenSession'"), as: &exception, survives: true,
			text: "the server answered OpenSession with a Thrift exception (type 1): Invalid method name: 'OpenSession'",
		},
		{name: "exception without a text", step: typ(3), as: &exception, survives: true},
		{
			name: "wrong sequence id", step: fakehs2.ReplyAs("OpenSession", 1, openArgs(0)), is: rpc.ErrOutOfStep,
			text: "reply does not belong to the request: sequence id 2, expected 1",
		},
		{
			name: "wrong method", step: fakehs2.ReplyAs("CloseSession", 0, openArgs(0)), is: rpc.ErrOutOfStep,
			text: `reply does not belong to the request: it answers "CloseSession"`,
		},
		{name: "a call instead of a reply", step: typ(1), is: rpc.ErrOutOfStep, text: "reply does not belong to the request: message type 1"},
		{name: "oneway", step: typ(4), is: rpc.ErrOutOfStep},
		{name: "required field missing", step: fakehs2.Reply(&hs.TCLIServiceOpenSessionResult{Success: &hs.TOpenSessionResp{}}), text: "decoding the reply: ", survives: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On("OpenSession", tt.step)
			c := connect(t, srv)
			var result hs.TCLIServiceOpenSessionResult
			err := c.Do(bounded(t), "OpenSession", openArgs(5), &result)
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want %q in it", err, tt.text)
			}
			if tt.is != nil && !errors.Is(err, tt.is) || tt.as != nil && !errors.As(err, tt.as) {
				t.Errorf("error = %v (%T), want %v%T", err, err, tt.is, tt.as)
			}
			if (c.Err() == nil) != tt.survives {
				t.Errorf("Err() = %v, want the connection to survive: %t", c.Err(), tt.survives)
			}
			err = c.Do(bounded(t), "OpenSession", openArgs(5), &result)
			if tt.survives && err != nil || !tt.survives && !errors.Is(err, transport.ErrNotSent) {
				t.Errorf("the next call = %v, want it to work: %t", err, tt.survives)
			}
		})
	}
}

// A request that cannot be encoded is not sent, and leaves the connection as it was.
func TestRequestThatCannotBeEncoded(t *testing.T) {
	srv := fakehs2.Start(t)
	c := connect(t, srv)
	_, err := c.Start(bounded(t), "OpenSession", unwritable{})
	if !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, errUnwritable) {
		t.Errorf("Start = %v, want %v and %v", err, transport.ErrNotSent, errUnwritable)
	}
	answered(t, start(t, c, 4), 4)
	if got := srv.Count("OpenSession"); got != 1 {
		t.Errorf("the server saw %d requests, want 1", got)
	}
}

var errUnwritable = errors.New("cannot be written")

type unwritable struct{}

func (unwritable) Write(context.Context, thrift.TProtocol) error { return errUnwritable }
func (unwritable) Read(context.Context, thrift.TProtocol) error  { return errUnwritable }

// Requests may be sent ahead, and replies asked for in any order and more than once.
func TestPipelining(t *testing.T) {
	c := connect(t, fakehs2.Start(t))
	calls := make([]*rpc.Call, 9)
	for i := range calls {
		calls[i] = start(t, c, i)
	}
	for _, i := range []int{4, 0, 8, 4, 1, 2, 3, 5, 6, 7} {
		answered(t, calls[i], i)
	}
}

// A caller who gives up leaves the connection in step, and may come back for his reply.
func TestGivingUp(t *testing.T) {
	srv := fakehs2.Start(t)
	release := make(chan struct{})
	srv.On("OpenSession", func(call *fakehs2.Call) error {
		<-release
		return fakehs2.Answer(call)
	})
	c := connect(t, srv)
	slow := start(t, c, 3)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		_, err := slow.Reply(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Reply = %v, want %v", err, context.DeadlineExceeded)
		}
	}
	next := start(t, c, 4) // sent behind the one that waits
	close(release)
	answered(t, next, 4) // the late reply is not taken for this one's
	answered(t, slow, 3) // and is not lost
	answered(t, start(t, c, 5), 5)
}

// Replies that have got out of step never reach the callers behind.
func TestOutOfStepEndsThePipeline(t *testing.T) {
	srv := fakehs2.Start(t)
	srv.On("OpenSession", fakehs2.Answer, fakehs2.ReplyAs("OpenSession", 1, openArgs(0)))
	c := connect(t, srv)
	first, second, third := start(t, c, 0), start(t, c, 1), start(t, c, 2)
	answered(t, first, 0)
	for range 2 {
		if _, err := second.Reply(bounded(t)); !errors.Is(err, rpc.ErrOutOfStep) {
			t.Errorf("Reply = %v, want %v", err, rpc.ErrOutOfStep)
		}
	}
	if body, err := third.Reply(bounded(t)); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("the reply behind = %q, %v, want %v", body, err, transport.ErrClosed)
	}
}

// A list that lies about its length costs no memory, even in a message that nobody has validated.
func TestDecodeMemory(t *testing.T) {
	lie := []byte("\x0c\x00\x00" + "\x0c\x00\x01" + "\x0f\x00\x02\x0b\x0f\xff\xff\xff") // success.status.infoMessages
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := rpc.Decode(lie, new(hs.TCLIServiceOpenSessionResult))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.HasPrefix(err.Error(), "decoding the reply: ") {
		t.Errorf("Decode = %v, want an error", err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes allocated for a list that is not there", got)
	}
}
