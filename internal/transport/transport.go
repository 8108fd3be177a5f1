// Package transport carries whole Thrift messages between this process and one server.
//
// The seam is [Conn]: what is above it (package rpc) knows neither sockets nor frames nor HTTP, what is below knows no
// Thrift call. A new transport is a new file with a new implementation of Conn.
package transport

import (
	"context"
	"errors"
)

// Conn sends requests and hands out replies in the order of the requests. Send and Receive may run at the same time,
// each from one goroutine.
type Conn interface {
	// Send writes one message. A context that ends in mid-message makes the Conn unusable. An error that wraps
	// [ErrNotSent] guarantees that the server saw nothing of the message.
	Send(ctx context.Context, msg []byte) error
	// Receive waits for the next reply. Giving up because ctx ended loses nothing: the reply is delivered to the next
	// Receive. The returned bytes are the caller's, and are one structurally valid message ([wire.Validate]).
	Receive(ctx context.Context) ([]byte, error)
	// Recycle hands a received message back, so that later ones come in its memory. It is for those who read much; what
	// is not handed back is garbage.
	Recycle(msg []byte)
	// Err tells why the Conn is unusable, nil while it is usable as far as this side knows. It costs no round trip.
	Err() error
	// Close releases everything. Pending Receives fail. It is safe to call more than once.
	Close() error
}

var (
	// ErrClosed is the error of a Conn that this side has closed.
	ErrClosed = errors.New("connection is closed")
	// ErrNotSent marks a request of which not one byte left this process.
	ErrNotSent = errors.New("request was not sent")
	// ErrSilent is the error of a Conn whose server did not answer, or did not read, within the I/O timeout.
	ErrSilent = errors.New("no answer within the I/O timeout")
)
