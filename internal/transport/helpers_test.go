package transport_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is far more than anything here takes unless it hangs.
const soon = 5 * time.Second

// pair is a TCP connection over loopback, with small buffers.
func pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	for _, err := range []error{client.(*net.TCPConn).SetWriteBuffer(16 << 10), server.(*net.TCPConn).SetReadBuffer(16 << 10)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return client, server
}

// connect returns a Binary and its server's end. The login is over.
func connect(t *testing.T, cfg transport.BinaryConfig) (*transport.Binary, net.Conn) {
	t.Helper()
	client, server := pair(t)
	if cfg.MaxMessageSize == 0 {
		cfg.MaxMessageSize = 1 << 20
	}
	if cfg.Mechanism != nil {
		go login(server)
	}
	b, err := transport.NewBinary(t.Context(), client, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b, server
}

// login takes the two messages of the mechanisms here and accepts.
func login(server net.Conn) {
	for range 2 {
		var head [5]byte
		if _, err := io.ReadFull(server, head[:]); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, server, int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return
		}
	}
	_, _ = server.Write([]byte{5, 0, 0, 0, 0})
}

var plain = sasl.Plain{User: "alice", Password: "wine"}

// sealed is PLAIN with a security layer that turns every bit around and puts a mark in front.
type sealed struct{ sasl.Plain }

func (sealed) Layer() (sasl.Layer, error) { return seal{}, nil }

type seal struct{}

// maxSealed is less than the messages of the tests have, so that they span frames.
const maxSealed = 20

func (seal) MaxPayload() int { return maxSealed }

func (seal) Wrap(b []byte) ([]byte, error) {
	if string(b) == unwrappable {
		return nil, errUnwrappable
	}
	return append([]byte{'#'}, inverted(b)...), nil
}

func (seal) Unwrap(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != '#' {
		return nil, errForged
	}
	return inverted(b[1:]), nil
}

func inverted(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = ^c
	}
	return out
}

// message is a reply with nothing but a string of n bytes in its body.
func message(n int) string {
	head := "\x80\x01\x00\x02\x00\x00\x00\x01m\x00\x00\x00\x07"
	body := append(binary.BigEndian.AppendUint32([]byte{11, 0, 1}, uint32(n)), make([]byte, n)...)
	return head + string(body) + "\x00"
}

func frame(payload string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)))) + payload
}

func write(t *testing.T, nc net.Conn, s string) {
	t.Helper()
	if _, err := nc.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
}

// read reads n bytes.
func read(t *testing.T, nc net.Conn, n int) string {
	t.Helper()
	buf := make([]byte, n)
	nc.SetReadDeadline(time.Now().Add(soon))
	if _, err := io.ReadFull(nc, buf); err != nil {
		t.Fatal(err)
	}
	return string(buf)
}

// prompt fails the test if what began at start waited for the peer instead of the deadline.
func prompt(t *testing.T, start time.Time) {
	t.Helper()
	if took := time.Since(start); took > soon/2 {
		t.Errorf("it took %v, want %v at most", took, soon/2)
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	t.Cleanup(cancel)
	return ctx
}
