package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/wire"
)

// BinaryConfig describes a [Binary].
type BinaryConfig struct {
	// Mechanism is the SASL mechanism; nil is a stream without a handshake (NOSASL).
	Mechanism sasl.Mechanism
	// Framed puts messages into frames without SASL too, as Thrift's TFramedTransport does.
	Framed bool
	// IOTimeout bounds the wait for a reply and for a write to be taken, 0 = no bound.
	IOTimeout time.Duration
	// MaxMessageSize bounds one reply in bytes.
	MaxMessageSize int
}

// Binary is the binary transport of HiveServer2 and the metastore: Thrift messages over one stream, in frames or raw.
//
// One goroutine reads for the whole life of the connection and ends with it. It makes two things simple: a caller that
// stops waiting leaves no half-read message behind, and a connection dropped by the server is known without asking.
type Binary struct {
	nc        net.Conn
	socket    bool // nc is a socket itself: a write of which nothing was taken leaves it as it was
	layer     sasl.Layer
	framed    bool
	ioTimeout time.Duration

	replies chan []byte
	spare   chan []byte // memory for messages to come
	closing sync.Once
	closed  chan struct{} // closed by Close
	ended   chan struct{} // closed when the reader has ended

	mu  sync.Mutex
	err error // why the connection is unusable
}

var _ Conn = (*Binary)(nil)

// NewBinary negotiates over nc and returns the connection, which owns nc from then on, also on error. ctx bounds the
// negotiation only.
func NewBinary(ctx context.Context, nc net.Conn, cfg BinaryConfig) (*Binary, error) {
	b := &Binary{
		nc:        nc,
		socket:    isSocket(nc),
		framed:    cfg.Mechanism != nil || cfg.Framed,
		ioTimeout: cfg.IOTimeout,
		replies:   make(chan []byte),
		spare:     make(chan []byte, 1),
		closed:    make(chan struct{}),
		ended:     make(chan struct{}),
	}
	if cfg.Mechanism != nil {
		layer, err := negotiate(ctx, nc, cfg.Mechanism)
		if err != nil {
			nc.Close()
			return nil, err
		}
		b.layer = layer
	}
	go b.read(b.messages(cfg.MaxMessageSize))
	return b, nil
}

func negotiate(ctx context.Context, nc net.Conn, m sasl.Mechanism) (sasl.Layer, error) {
	release := deadline(ctx, nc.SetDeadline, 0)
	layer, err := sasl.Negotiate(nc, m)
	if !release() && err != nil { // the deadline cut in: say why
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return layer, err
}

// messages returns the reader of whole messages, into the memory it is given, for this kind of stream.
func (b *Binary) messages(limit int) func([]byte) ([]byte, error) {
	if !b.framed {
		r := bufio.NewReaderSize(b.nc, 64<<10)
		return func(buf []byte) ([]byte, error) { return wire.ReadMessage(r, buf, limit) }
	}
	var unwrap func([]byte) ([]byte, error)
	if b.layer != nil {
		unwrap = b.layer.Unwrap
	}
	frames := wire.NewFrameReader(bufio.NewReaderSize(b.nc, 64<<10), unwrap, limit)
	return frames.NextMessage
}

// read is the reader goroutine.
func (b *Binary) read(next func([]byte) ([]byte, error)) {
	defer close(b.ended)
	for {
		var buf []byte
		select {
		case buf = <-b.spare:
		default:
		}
		msg, err := next(buf)
		if err != nil {
			b.fail(err)
			return
		}
		select {
		case b.replies <- msg:
		case <-b.closed:
			return
		}
	}
}

// fail records the first reason and closes the socket.
func (b *Binary) fail(err error) {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
	}
	b.mu.Unlock()
	hangUp(b.nc)
}

// isSocket reports whether a stream is the system's own, and not one of TLS: there a write that ran into its deadline
// may have left half a record behind, and every later one fails.
func isSocket(nc net.Conn) bool {
	_, ok := nc.(syscall.Conn)
	return ok
}

// goodbye is the time for TLS to tell the peer that the stream is over. It is for the peer's log only.
const goodbye = 200 * time.Millisecond

// hangUp closes a stream. A peer that does not read must not hold up TLS, which says goodbye.
func hangUp(nc net.Conn) {
	if t, ok := nc.(*tls.Conn); ok {
		defer time.AfterFunc(goodbye, func() { t.NetConn().Close() }).Stop()
	}
	nc.Close()
}

// Err implements [Conn].
func (b *Binary) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Close implements [Conn]. It waits for the reader to end.
func (b *Binary) Close() error {
	b.closing.Do(func() {
		close(b.closed)
		b.fail(ErrClosed)
	})
	<-b.ended
	return nil
}

// Send implements [Conn].
func (b *Binary) Send(ctx context.Context, msg []byte) error {
	if err := b.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, context.Cause(ctx))
	}
	out, err := b.frame(msg)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	release := deadline(ctx, b.nc.SetWriteDeadline, b.ioTimeout)
	n, err := b.nc.Write(out)
	inTime := release()
	if err == nil {
		return nil
	}
	switch {
	case !inTime:
		err = context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("%w (%v)", ErrSilent, b.ioTimeout)
	case errors.Is(err, net.ErrClosed):
		err = b.Err() // whoever closed it knows why
	}
	if n == 0 && !inTime && b.socket && b.layer == nil { // the connection is as it was
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	// A message cut short cannot be completed, and a frame of a layer has a number, which would be missing. The end of
	// this caller's context is not the next one's error.
	b.fail(fmt.Errorf("%w: a request was cut short (%v)", net.ErrClosed, err))
	if n == 0 {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	return err
}

// frame returns the bytes that go on the wire.
func (b *Binary) frame(msg []byte) ([]byte, error) {
	if !b.framed {
		return msg, nil
	}
	if b.layer == nil {
		return appendFrame(make([]byte, 0, 4+len(msg)), msg), nil
	}
	var out []byte
	for part := range slices.Chunk(msg, b.layer.MaxPayload()) { // a message may span frames
		token, err := b.layer.Wrap(part)
		if err != nil {
			return nil, err
		}
		out = appendFrame(out, token)
	}
	return out, nil
}

func appendFrame(out, payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(payload))), payload...)
}

// maxSpare bounds what an idle connection keeps.
const maxSpare = 4 << 20

// Recycle implements [Conn].
func (b *Binary) Recycle(msg []byte) {
	if cap(msg) > maxSpare {
		return
	}
	select {
	case b.spare <- msg:
	default:
	}
}

// Receive implements [Conn].
func (b *Binary) Receive(ctx context.Context) ([]byte, error) {
	var silence <-chan time.Time
	if b.ioTimeout > 0 {
		t := time.NewTimer(b.ioTimeout)
		defer t.Stop()
		silence = t.C
	}
	select {
	case msg := <-b.replies:
		return msg, nil
	case <-b.ended:
		return nil, b.Err()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-silence:
		err := fmt.Errorf("%w (%v)", ErrSilent, b.ioTimeout)
		b.fail(err)
		return nil, err
	}
}

// deadline makes set's kind of I/O end when ctx does or when timeout (0 = none) is over. The returned function undoes
// it and reports whether ctx left the I/O alone.
func deadline(ctx context.Context, set func(time.Time) error, timeout time.Duration) (release func() bool) {
	if timeout > 0 {
		set(time.Now().Add(timeout))
	}
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		set(time.Unix(1, 0))
		close(cut)
	})
	return func() bool {
		untouched := stop()
		if !untouched {
			<-cut // else it could cut the next I/O
		}
		set(time.Time{})
		return untouched
	}
}
