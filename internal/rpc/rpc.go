// Package rpc makes Thrift calls over a [transport.Conn]: it encodes the arguments, keeps the order of replies, checks
// that each reply belongs to its request, and decodes.
//
// Requests and replies are apart ([Client.Start], [Call.Reply]), so that requests may be sent ahead of replies and a
// caller may stop waiting for a reply without losing the connection.
package rpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

// Client makes calls over one connection. It is not safe for concurrent use.
type Client struct {
	conn    transport.Conn
	seq     int32
	pending []*Call // calls whose reply has not come, in the order of their requests
}

// NewClient returns a Client that owns conn.
func NewClient(conn transport.Conn) *Client { return &Client{conn: conn} }

// Err tells why the connection is unusable, nil while it is usable.
func (c *Client) Err() error { return c.conn.Err() }

// Close closes the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Call is one request on its way.
type Call struct {
	client *Client
	method string
	seq    int32
	msg    []byte // the reply
	body   []byte // the result struct in it
	err    error
	done   bool
}

// ExceptionError is the server's answer to a call it could not run at all (a TApplicationException), e.g. because
// it does not know the method. The connection survives it.
type ExceptionError struct {
	Method  string
	Type    int32
	Message string
}

func (e *ExceptionError) Error() string {
	return fmt.Sprintf("the server answered %s with a Thrift exception (type %d): %s", e.Method, e.Type, e.Message)
}

// TApplicationException types that callers tell apart.
const (
	UnknownMethod = thrift.UNKNOWN_METHOD
	InternalError = thrift.INTERNAL_ERROR
	ProtocolError = thrift.PROTOCOL_ERROR
)

// ErrOutOfStep is in the tree of the error of a reply that belongs to no request; the connection is closed then.
var ErrOutOfStep = errors.New("reply does not belong to the request")

// Do makes one call and decodes the reply into result.
func (c *Client) Do(ctx context.Context, method string, args, result thrift.TStruct) error {
	call, err := c.Start(ctx, method, args)
	if err != nil {
		return err
	}
	return call.Decode(ctx, result)
}

// Start sends the request. Errors that wrap [transport.ErrNotSent] mean that the server saw nothing of it.
func (c *Client) Start(ctx context.Context, method string, args thrift.TStruct) (*Call, error) {
	c.seq++
	msg, err := encode(method, c.seq, args)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w: %w", transport.ErrNotSent, err)
	}
	if err := c.conn.Send(ctx, msg); err != nil {
		return nil, err
	}
	call := &Call{client: c, method: method, seq: c.seq}
	c.pending = append(c.pending, call)
	return call, nil
}

// Decode waits for the reply and reads it into result. If ctx ends first the call goes on, and Decode may be called again.
func (call *Call) Decode(ctx context.Context, result thrift.TStruct) error {
	body, err := call.Reply(ctx)
	if err != nil {
		return err
	}
	return Decode(body, result)
}

// Reply waits for the reply and returns the bytes of its result struct, which are the caller's until Recycle. If ctx
// ends first the call goes on, and Reply may be called again.
func (call *Call) Reply(ctx context.Context) ([]byte, error) {
	for !call.done {
		if err := call.client.receive(ctx); err != nil {
			return nil, err
		}
	}
	return call.body, call.err
}

// Drain takes the replies to all requests that were sent.
func (c *Client) Drain(ctx context.Context) error {
	for len(c.pending) > 0 {
		if err := c.receive(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Recycle hands the memory of the reply back for later ones. Nothing may look into it any more.
func (call *Call) Recycle() {
	if msg := call.msg; msg != nil {
		call.msg, call.body = nil, nil
		call.client.conn.Recycle(msg)
	}
}

// receive takes the next reply and hands it to the oldest pending call.
func (c *Client) receive(ctx context.Context) error {
	msg, err := c.conn.Receive(ctx)
	if err != nil {
		return err
	}
	call := c.pending[0]
	c.pending = slices.Delete(c.pending, 0, 1) // which keeps no reply's memory
	call.done, call.msg = true, msg
	call.body, call.err = call.open(msg)
	if errors.Is(call.err, ErrOutOfStep) {
		c.conn.Close() // what follows would be handed to the wrong callers
	}
	return nil
}

// open checks the reply's header and returns its body, or the exception in it.
func (call *Call) open(msg []byte) ([]byte, error) {
	head, err := wire.ParseMessage(msg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOutOfStep, err)
	}
	body := msg[head.BodyOffset:]
	switch {
	case head.Seq != call.seq:
		return nil, fmt.Errorf("%w: sequence id %d, expected %d", ErrOutOfStep, head.Seq, call.seq)
	case head.Type == wire.Exception:
		return nil, call.exception(body)
	case head.Type != wire.Reply:
		return nil, fmt.Errorf("%w: message type %d", ErrOutOfStep, head.Type)
	case head.Name != call.method:
		return nil, fmt.Errorf("%w: it answers %q", ErrOutOfStep, head.Name)
	}
	return body, nil
}

func (call *Call) exception(body []byte) error {
	x := thrift.NewTApplicationException(thrift.UNKNOWN_APPLICATION_EXCEPTION, "")
	if err := read(body, func(p thrift.TProtocol) error { return x.Read(context.Background(), p) }); err != nil {
		return fmt.Errorf("decoding the server's exception: %w", err)
	}
	return &ExceptionError{Method: call.method, Type: x.TypeId(), Message: x.Error()}
}

func encode(method string, seq int32, args thrift.TStruct) ([]byte, error) {
	ctx := context.Background() // generated code only passes it on
	buf := thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolConf(buf, nil)
	if err := p.WriteMessageBegin(ctx, method, thrift.CALL, seq); err != nil {
		return nil, err
	}
	if err := args.Write(ctx, p); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Decode reads the body of a reply by the generated code. No length in it lies: a [transport.Conn] hands out validated
// messages only.
func Decode(body []byte, result thrift.TStruct) error {
	err := read(body, func(p thrift.TProtocol) error { return result.Read(context.Background(), p) })
	if err != nil {
		return fmt.Errorf("decoding the reply: %w", err)
	}
	return nil
}

func read(body []byte, into func(thrift.TProtocol) error) error {
	buf := &thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(body)}
	// The size bounds what the generated code allocates for a list before it has read it.
	return into(thrift.NewTBinaryProtocolConf(buf, &thrift.TConfiguration{MaxMessageSize: int32(len(body))}))
}
