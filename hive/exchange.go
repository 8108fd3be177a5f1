package hive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
)

// How calls share the session's one connection, and what happens when a caller's context ends before the reply.
//
// The caller returns at once. Its turn passes to a janitor: a goroutine that tells the server to stop (over a second
// connection, for the first one is waiting in the server), takes the reply that is still to come, closes what the
// call had made, and gives the turn back. So the connection is in step again for the next user, who waits for the
// janitor at most. A janitor ends after Config.CancelTimeout, or with the session; if it failed, the connection is
// closed, and with it the session on the server.
//
// A janitor also takes a reply that nobody cares for: that to the end of an operation whose result was read.

// exchange is one call.
type exchange struct {
	method string
	args   thrift.TStruct
	decode func(body []byte) error
	// sent is the call if its request was sent ahead, nil to send it now.
	sent *rpc.Call
	// behind is called in the turn once the request is sent, to send what can be asked already. Optional.
	behind func()
	// ahead is called in the turn once the reply is decoded, to send what comes next. It may recycle the call. Optional.
	ahead func(answered *rpc.Call)
	// first tells that the call begins something: if it was not sent, it may be made elsewhere. See ErrNotSent.
	first bool
	// unwaited tells that the caller does not wait for the reply, whatever it says.
	unwaited bool
	// stop tells the server, over a connection of its own, that the reply is not wanted any more, and reports whether
	// it has understood. Optional.
	stop func(ctx context.Context) bool
	// late cleans up after a reply that came too late for its caller, while it has the turn. Optional.
	late func(ctx context.Context) error
	// left is called before a janitor takes over, by the caller who leaves. Optional.
	left func()
}

var errNoResult = errors.New("the reply holds no result")

// into decodes by generated code.
func into(result thrift.TStruct) func([]byte) error {
	return func(body []byte) error { return rpc.Decode(body, result) }
}

// discard takes a reply that nobody looks at.
func discard([]byte) error { return nil }

// do makes a call in its turn.
func (s *Session) do(ctx context.Context, x exchange) error {
	if err := s.take(ctx); err != nil {
		if ctx.Err() != nil && x.late != nil {
			s.sendJanitor(x, x.sent, false)
		}
		return err
	}
	err := s.usable(ctx, &x)
	if err != nil {
		s.give()
		return x.unsent(err)
	}
	call, err := s.call(ctx, &x)
	for range resumeTries {
		if !s.again(ctx, x.method, err) || s.reattach(ctx) != nil {
			break
		}
		x.sent = nil
		call, err = s.call(ctx, &x)
	}
	if err == nil && x.unwaited {
		s.sendJanitor(exchange{decode: discard}, call, true)
		return nil
	}
	if err != nil && ctx.Err() != nil && s.rpc.Err() == nil {
		s.sendJanitor(x, call, true)
		return callError(ctx, s.cfg, x.method, context.Cause(ctx))
	}
	s.give()
	// Over HTTP the end of a call tells that nothing of it was sent, over a stream its beginning.
	if errors.Is(err, transport.ErrNotSent) {
		return x.unsent(callError(ctx, s.cfg, x.method, err))
	}
	err = callError(ctx, s.cfg, x.method, err)
	if network := (*NetworkError)(nil); x.first && s.cfg.Resume && errors.As(err, &network) && network.Hint == "" {
		network.Hint = "it may have been run; the session goes on, so look before running it again"
	}
	return err
}

// usable makes sure of a connection for a call, of which there need not be one any more if the request was sent ahead: it
// may have been answered before the connection broke.
func (s *Session) usable(ctx context.Context, x *exchange) error {
	err := s.Err()
	if x.sent != nil && !errors.Is(err, ErrClosed) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.reattach(ctx)
}

// call sends a request, unless it was sent ahead, and takes the reply, unless nobody waits for that.
func (s *Session) call(ctx context.Context, x *exchange) (call *rpc.Call, err error) {
	if call = x.sent; call == nil {
		if call, err = s.rpc.Start(ctx, x.method, x.args); err != nil {
			return nil, err
		}
	}
	if x.behind != nil {
		x.behind()
	}
	if x.unwaited {
		return call, nil
	}
	if err = finish(ctx, call, *x); err == nil && x.ahead != nil {
		x.ahead(call)
	}
	return call, err
}

// unsent marks the error of a call of which nothing was sent, if that call begins something.
func (x *exchange) unsent(err error) error {
	if !x.first {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNotSent, err)
}

// doInTurn makes a call for a janitor, which has the turn already.
func (s *Session) doInTurn(ctx context.Context, x exchange) error {
	call, err := s.rpc.Start(ctx, x.method, x.args)
	if err == nil {
		err = finish(ctx, call, x)
	}
	return err
}

func finish(ctx context.Context, call *rpc.Call, x exchange) error {
	body, err := call.Reply(ctx)
	if err != nil {
		return err
	}
	return x.decode(body)
}

// take waits for the turn. A free one is taken even if ctx has ended: the janitor of such a call has to have it before
// anyone else.
func (s *Session) take(ctx context.Context) error {
	select {
	case <-s.turn:
		return nil
	default:
	}
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return callError(ctx, s.cfg, "waiting for the session", context.Cause(ctx))
	case <-s.life.Done():
		return ErrClosed
	}
}

func (s *Session) give() {
	s.mu.Lock()
	s.lastUsed = time.Now()
	s.mu.Unlock()
	s.turn <- struct{}{}
}

// sendJanitor cleans up after a call whose caller has left. call is nil if nothing was sent; hasTurn tells whether the
// caller's turn passes to the janitor.
func (s *Session) sendJanitor(x exchange, call *rpc.Call, hasTurn bool) {
	if x.left != nil {
		x.left()
	}
	s.mu.Lock()
	closed := s.closed
	if !closed { // after Close has begun to wait for the janitors there must be no new one
		s.janitors.Add(1)
	}
	s.mu.Unlock()
	if closed {
		s.client().Close()
		if hasTurn {
			s.give()
		}
		return
	}
	go func() {
		defer s.janitors.Done()
		ctx, cancel := context.WithTimeout(s.life, s.cfg.CancelTimeout)
		defer cancel()
		if x.stop != nil && x.stop(ctx) {
			// What is left is to wait, for a server that cannot be interrupted to get done. That is for the session's next
			// user, of whom there is none if it is being closed.
			defer context.AfterFunc(s.closing, cancel)()
		}
		if !hasTurn && s.take(ctx) != nil {
			return // closed, or the one who has the turn is stuck: its own janitor sees to that
		}
		defer s.give()
		err := s.tidy(ctx, x, call)
		if err != nil && s.rpc.Err() != nil && !x.first && s.reattach(ctx) == nil {
			err = s.tidy(ctx, x, nil) // over another connection; what a lost reply tells has begun is not known there
		}
		if err != nil {
			s.abandon()
		}
	}()
}

func (s *Session) tidy(ctx context.Context, x exchange, call *rpc.Call) error {
	if call != nil {
		if err := finish(ctx, call, x); err != nil && !isServerError(err) {
			return err
		}
	}
	if x.late == nil {
		return nil
	}
	if err := x.late(ctx); err != nil && !isServerError(err) {
		return err
	}
	return nil
}

// isServerError tells an answer that the server gave from a connection that failed.
func isServerError(err error) bool {
	var reported *Error
	var exception *rpc.ExceptionError
	return errors.As(err, &reported) || errors.As(err, &exception)
}

// abandon gives the connection up. The server ends the session when it notices; a busy one is told by another way.
func (s *Session) abandon() {
	s.rpc.Close()
	ctx, cancel := context.WithTimeout(s.life, s.cfg.CancelTimeout)
	defer cancel()
	_ = s.outOfBand(ctx, s.ends()...)
}

// outOfBand makes calls over a connection of their own, without a session: a handle is valid from any connection. The
// error is that of the last one; what the others meet changes nothing.
func (s *Session) outOfBand(ctx context.Context, calls ...exchange) (last error) {
	conn, err := s.second(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	client := rpc.NewClient(conn)
	for _, x := range calls {
		call, err := client.Start(ctx, x.method, x.args)
		if err == nil {
			err = finish(ctx, call, x)
		}
		last = err
	}
	return last
}

// second makes another connection to the server that the session is on.
func (s *Session) second(ctx context.Context) (transport.Conn, error) {
	s.mu.Lock()
	conn := s.conn // a janitor may be here that has not the turn
	s.mu.Unlock()
	if c, ok := conn.(*httpConn); ok {
		return c.Sibling(), nil
	}
	return dial(ctx, s.cfg)
}

func (s *Session) protocolError(op string, err error) error {
	return &ProtocolError{Addr: s.cfg.Addr(), Op: op, Err: err}
}
