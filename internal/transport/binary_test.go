package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

var (
	errEmpty  = errors.New("nothing to wrap")
	errForged = errors.New("forged token")
)

func TestRoundTrip(t *testing.T) {
	request, reply := message(3), message(200_000)
	tests := []struct {
		name   string
		m      sasl.Mechanism
		framed bool
		wire   func(string) string // a message as it travels
	}{
		{"raw", nil, false, func(s string) string { return s }},
		{"framed", plain, false, frame},
		{"framed without SASL", nil, true, frame},
		{"wrapped", sealed{plain}, false, func(s string) string { return frame("#" + string(inverted([]byte(s)))) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, server := connect(t, transport.BinaryConfig{Mechanism: tt.m, Framed: tt.framed})
			for range 3 {
				if err := b.Send(bounded(t), []byte(request)); err != nil {
					t.Fatal(err)
				}
				if got, want := read(t, server, len(tt.wire(request))), tt.wire(request); got != want {
					t.Fatalf("the server got %q, want %q", got, want)
				}
				go server.Write([]byte(tt.wire(reply)))
				if got, err := b.Receive(bounded(t)); err != nil || string(got) != reply {
					t.Fatalf("Receive: %d bytes, %v, want %d", len(got), err, len(reply))
				}
			}
			if err := b.Err(); err != nil {
				t.Errorf("Err() = %v of a good connection", err)
			}
		})
	}
}

// What a server sends, and what Receive makes of it.
func TestReceive(t *testing.T) {
	m := message(3)
	var (
		corrupt  *wire.CorruptError
		tooLarge *wire.TooLargeError
	)
	tests := []struct {
		name    string
		m       sasl.Mechanism
		send    string
		replies int
		is      error
		as      any
	}{
		{name: "raw: two messages and the end", send: m + m, replies: 2, is: io.EOF},
		{name: "framed: two messages and the end", m: plain, send: frame(m) + frame(m), replies: 2, is: io.EOF},
		{name: "framed: two in one frame", m: plain, send: frame(m + m), replies: 2, is: io.EOF},
		{name: "framed: one in three frames", m: plain, send: frame(m[:1]) + frame(m[1:9]) + frame(m[9:]), replies: 1, is: io.EOF},
		{name: "framed: empty frames between", m: plain, send: frame("") + frame(m) + frame("") + frame(m), replies: 2, is: io.EOF},
		{name: "raw: cut", send: m + m[:7], replies: 1, is: io.ErrUnexpectedEOF},
		{name: "framed: cut in the length", m: plain, send: frame(m) + "\x00\x00", replies: 1, is: io.ErrUnexpectedEOF},
		{name: "framed: cut in the payload", m: plain, send: frame(m)[:9], is: io.ErrUnexpectedEOF},
		{name: "framed: cut between the frames of a message", m: plain, send: frame(m[:9]), is: io.ErrUnexpectedEOF},
		{name: "raw: garbage", send: "HTTP/1.1 400 Bad Request\r\n\r\n", as: &corrupt},
		{name: "framed: garbage in a frame", m: plain, send: frame(m) + frame("garbage"), replies: 1, as: &corrupt},
		{name: "framed: negative length", m: plain, send: "\xff\xff\xff\xff" + m, as: &corrupt},
		{name: "framed: oversized", m: plain, send: "\x00\x10\x00\x01" + m, as: &tooLarge},
		{name: "raw: oversized", send: m[:13] + "\x0b\x00\x01\x7f\xff\xff\xff" + m, as: &tooLarge},
		{name: "raw: larger than the limit", send: message(1 << 20), as: &tooLarge},
		{name: "framed: many small frames, larger than the limit", m: plain, send: frame(m[:13]+"\x0b\x00\x01\x7f\xff\xff\xff") + frame("abc"), as: &tooLarge},
		{name: "wrapped: forged", m: sealed{plain}, send: frame(m), is: errForged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, server := connect(t, transport.BinaryConfig{Mechanism: tt.m})
			go func() {
				_, _ = server.Write([]byte(tt.send))
				server.(*net.TCPConn).CloseWrite()
			}()
			for i := range tt.replies {
				if got, err := b.Receive(bounded(t)); err != nil || string(got) != m {
					t.Fatalf("reply %d = %q, %v, want %q", i, got, err, m)
				}
			}
			for range 2 { // the error is final
				got, err := b.Receive(bounded(t))
				if tt.is != nil && !errors.Is(err, tt.is) || tt.as != nil && !errors.As(err, tt.as) {
					t.Fatalf("Receive = %q, %v (%T), want %v%T", got, err, err, tt.is, tt.as)
				}
			}
			if b.Err() == nil {
				t.Error("Err() = nil of a broken connection")
			}
			if err := b.Send(t.Context(), []byte(m)); !errors.Is(err, transport.ErrNotSent) {
				t.Errorf("Send on a broken connection = %v, want %v", err, transport.ErrNotSent)
			}
		})
	}
}

// A length that lies is found before it costs memory.
func TestOversizedCostsNoMemory(t *testing.T) {
	const claimed = 64 << 20
	for name, tt := range map[string]struct {
		m    sasl.Mechanism
		send string
	}{
		"framed": {plain, "\x04\x00\x00\x00" + message(3)},
		"raw":    {nil, message(3)[:13] + "\x0b\x00\x01\x04\x00\x00\x00abc"},
	} {
		t.Run(name, func(t *testing.T) {
			b, server := connect(t, transport.BinaryConfig{Mechanism: tt.m, MaxMessageSize: claimed + 100})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			write(t, server, tt.send)
			server.Close()
			if _, err := b.Receive(bounded(t)); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("Receive = %v, want %v", err, io.ErrUnexpectedEOF)
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
				t.Errorf("%d bytes were allocated for a message that never came, want 1 MiB at most", got)
			}
		})
	}
}

func TestCancelLosesNoReply(t *testing.T) {
	b, server := connect(t, transport.BinaryConfig{Mechanism: plain})
	for round := range 5 {
		cause := fmt.Errorf("caller %d left", round)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Millisecond, func() { cancel(cause) })
		start := time.Now()
		if got, err := b.Receive(ctx); !errors.Is(err, cause) {
			t.Fatalf("Receive = %q, %v, want %v", got, err, cause)
		}
		prompt(t, start)
		want := message(round)
		write(t, server, frame(want))
		if got, err := b.Receive(bounded(t)); err != nil || string(got) != want {
			t.Fatalf("after giving up: %q, %v, want %q", got, err, want)
		}
	}
	// Also if the reply is there before anyone asks, by one whose context has ended already.
	write(t, server, frame(message(3)))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := b.Receive(ended)
	if err != nil {
		got, err = b.Receive(bounded(t))
	}
	if err != nil || string(got) != message(3) {
		t.Fatalf("a reply that was there = %q, %v", got, err)
	}
}

func TestIOTimeoutOfReceive(t *testing.T) {
	b, server := connect(t, transport.BinaryConfig{Mechanism: plain, IOTimeout: 30 * time.Millisecond})
	start := time.Now()
	if _, err := b.Receive(bounded(t)); !errors.Is(err, transport.ErrSilent) {
		t.Fatalf("Receive = %v, want %v", err, transport.ErrSilent)
	}
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("it gave up after %v", took)
	}
	prompt(t, start)
	if err := b.Err(); !errors.Is(err, transport.ErrSilent) {
		t.Errorf("Err() = %v, want %v", err, transport.ErrSilent)
	}
	server.SetReadDeadline(time.Now().Add(soon))
	if n, err := server.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the server reads %d bytes, %v, want the end", n, err)
	}
}

// An idle connection is not silent: nothing is asked of it.
func TestIOTimeoutLeavesIdleAlone(t *testing.T) {
	b, server := connect(t, transport.BinaryConfig{IOTimeout: 20 * time.Millisecond})
	time.Sleep(60 * time.Millisecond)
	if err := b.Send(t.Context(), []byte(message(3))); err != nil {
		t.Fatalf("Send after idling = %v", err)
	}
	write(t, server, message(3))
	if _, err := b.Receive(bounded(t)); err != nil {
		t.Fatalf("Receive after idling = %v", err)
	}
}

func TestNegotiation(t *testing.T) {
	var refused *sasl.RefusedError
	left := errors.New("the caller left")
	tests := []struct {
		name   string
		server func(net.Conn)
		is     error
		as     any
	}{
		{name: "refused", server: func(c net.Conn) { _, _ = c.Write([]byte("\x03\x00\x00\x00\x02no")) }, as: &refused},
		{name: "not SASL", server: func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 400")) }, is: sasl.ErrProtocol},
		{name: "closed", server: func(c net.Conn) { c.(*net.TCPConn).CloseWrite() }, is: io.EOF},
		{name: "closed in the middle", server: func(c net.Conn) { _, _ = c.Write([]byte("\x05\x00")); c.(*net.TCPConn).CloseWrite() }, is: io.ErrUnexpectedEOF},
		{name: "silent", server: func(net.Conn) {}, is: left},
		{name: "silent in the middle", server: func(c net.Conn) { _, _ = c.Write([]byte("\x03\x00\x00\x00\x02n")) }, is: left},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, server := pair(t)
			go tt.server(server)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if tt.is == left {
				time.AfterFunc(30*time.Millisecond, func() { cancel(left) })
			}
			start := time.Now()
			_, err := transport.NewBinary(ctx, client, transport.BinaryConfig{Mechanism: plain, MaxMessageSize: 1 << 20})
			prompt(t, start)
			if tt.is != nil && !errors.Is(err, tt.is) || tt.as != nil && !errors.As(err, tt.as) {
				t.Errorf("error = %v (%T), want %v%T", err, err, tt.is, tt.as)
			}
			if strings.Contains(fmt.Sprint(err), plain.Password) {
				t.Errorf("the error tells the password: %v", err)
			}
			if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the connection was not closed: %v", err)
			}
		})
	}
}

// leaving is PLAIN whose caller leaves in the moment in which the handshake is complete.
type leaving struct {
	sasl.Plain
	leave func()
}

func (l leaving) Layer() sasl.Layer {
	l.leave()
	return nil
}

// The context of the negotiation is not the connection's, whenever it ends.
func TestNegotiationContextEnds(t *testing.T) {
	for range 20 {
		client, server := pair(t)
		go login(server)
		ctx, cancel := context.WithCancel(t.Context())
		b, err := transport.NewBinary(ctx, client, transport.BinaryConfig{Mechanism: leaving{plain, cancel}, MaxMessageSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		write(t, server, frame(message(3)))
		if _, err := b.Receive(bounded(t)); err != nil {
			t.Fatalf("Receive after the end of the negotiation's context = %v", err)
		}
		b.Close()
	}
}
