package fakehs2

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"
)

// Step is what the server does about one call. An error closes the connection.
type Step func(*Call) error

// Call is a call that has come.
type Call struct {
	conn   *conn
	method string
	seq    int32
	answer func() []byte // runs the call and gives the correct reply, without a frame
}

// errEnd ends the connection.
var errEnd = errors.New("the script ends the connection")

// Answer replies correctly.
func Answer(c *Call) error { return c.send(c.answer()) }

// Silent never replies and reads what else the client sends.
func Silent(c *Call) error {
	_, _ = io.Copy(io.Discard, c.conn.in)
	return errEnd
}

// Hangup runs the call and closes the connection instead of replying.
func Hangup(c *Call) error { return Cut(0)(c) }

// Cut closes the connection after the first n bytes of the correct reply, its frame counted.
func Cut(n int) Step {
	return func(c *Call) error {
		if _, err := c.conn.Write(c.framed(c.answer())[:n]); err != nil {
			return err
		}
		return errEnd
	}
}

// Delay runs the call after d, or not at all if the server ends before.
func Delay(d time.Duration) Step {
	return func(c *Call) error {
		select {
		case <-time.After(d):
			return Answer(c)
		case <-c.conn.server.stop:
			return errEnd
		}
	}
}

// UntilCancelled runs the call once an operation has been cancelled or closed, over whatever connection.
func UntilCancelled(c *Call) error {
	s := c.conn.server
	s.mu.Lock()
	known := maps.Clone(s.ops)
	s.mu.Unlock()
	for {
		s.mu.Lock()
		cancelled, changed := false, s.changed
		for id, op := range known {
			cancelled = cancelled || s.ops[id] == nil || op.state == hs.TOperationState_CANCELED_STATE
		}
		s.mu.Unlock()
		if cancelled {
			return Answer(c)
		}
		select {
		case <-changed:
		case <-s.stop:
			return errEnd
		}
	}
}

// Bytes sends b as it is, without a frame, instead of a reply.
func Bytes(b []byte) Step {
	return func(c *Call) error {
		_, err := c.conn.Write(b)
		return err
	}
}

// FrameLength sends the correct reply under a length that lies.
func FrameLength(n int32) Step {
	return func(c *Call) error {
		return Bytes(append(binary.BigEndian.AppendUint32(nil, uint32(n)), c.answer()...))(c)
	}
}

// Refuse ends the login with a status (3 is BAD, 4 ERROR) and a text.
func Refuse(status byte, text string) Step {
	return Bytes(append(binary.BigEndian.AppendUint32([]byte{status}, uint32(len(text))), text...))
}

// Edit changes the bytes of the correct reply, the frame excepted.
func Edit(change func(msg []byte) []byte) Step {
	return func(c *Call) error { return c.send(change(c.answer())) }
}

// Reply replies with a result, such as a *hiveserver.TCLIServiceFetchResultsResult.
func Reply(result thrift.TStruct) Step {
	return func(c *Call) error { return c.send(message(c.method, thrift.REPLY, c.seq, result)) }
}

// Encoded is Reply with a result that is encoded once, for benchmarks.
func Encoded(method string, result thrift.TStruct) Step {
	msg := message(method, thrift.REPLY, 0, result)
	return func(c *Call) error {
		// The sequence id stands behind the version, and the name with its length.
		own := slices.Clone(msg)
		binary.BigEndian.PutUint32(own[8+len(method):], uint32(c.seq))
		return c.send(own)
	}
}

// ReplyAs is Reply under another method's name and with delta added to the sequence id.
func ReplyAs(method string, delta int32, result thrift.TStruct) Step {
	return func(c *Call) error { return c.send(message(method, thrift.REPLY, c.seq+delta, result)) }
}

// Exception replies with a TApplicationException.
func Exception(typ int32, text string) Step {
	return func(c *Call) error {
		return c.send(message(c.method, thrift.EXCEPTION, c.seq, thrift.NewTApplicationException(typ, text)))
	}
}

func (c *Call) send(msg []byte) error {
	_, err := c.conn.Write(c.framed(msg))
	return err
}

// framed is msg as it goes on the wire.
func (c *Call) framed(msg []byte) []byte {
	if !c.conn.framed || c.method == Login {
		return msg
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(msg))), msg...)
}

// message encodes a message. Writing to memory does not fail.
func message(method string, typ thrift.TMessageType, seq int32, body interface {
	Write(context.Context, thrift.TProtocol) error
},
) []byte {
	ctx, buf := context.Background(), thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolConf(buf, nil)
	if err := errors.Join(p.WriteMessageBegin(ctx, method, typ, seq), body.Write(ctx, p)); err != nil {
		panic(err)
	}
	return buf.Bytes()
}
