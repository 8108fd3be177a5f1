package transport_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/internal/tlstest"
	"github.com/skep-go/skep/internal/transport"
)

// huge is more than the sockets' buffers take.
var huge = make([]byte, 4<<20)

// A Send that is cut short makes the connection unusable, and does not claim that nothing was sent.
func TestSendToServerThatDoesNotRead(t *testing.T) {
	left := errors.New("the caller left")
	tests := []struct {
		name      string
		ioTimeout time.Duration
		leave     bool
		want      error
	}{
		{"I/O timeout", 50 * time.Millisecond, false, transport.ErrSilent},
		{"context", 0, true, left},
		{"context before the timeout", time.Minute, true, left},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, server := connect(t, transport.BinaryConfig{Mechanism: plain, IOTimeout: tt.ioTimeout})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if tt.leave {
				go func() {
					_, _ = server.Read(make([]byte, 1))
					cancel(left)
				}()
			}
			start := time.Now()
			err := b.Send(ctx, huge)
			prompt(t, start)
			if !errors.Is(err, tt.want) || errors.Is(err, transport.ErrNotSent) {
				t.Errorf("Send = %v, want %v without %v", err, tt.want, transport.ErrNotSent)
			}
			// The next one to use the connection is told that it is broken, not that its own context ended.
			err = b.Send(t.Context(), []byte(message(3)))
			if !errors.Is(err, transport.ErrNotSent) || errors.Is(err, left) {
				t.Errorf("the next Send = %v, want %v without the other caller's reason", err, transport.ErrNotSent)
			}
		})
	}
}

// hooked is a connection that does something before and after a write.
type hooked struct {
	*net.TCPConn
	before, after func()
	cut           chan struct{} // gets a value for every deadline
}

func (h *hooked) SetWriteDeadline(t time.Time) error {
	err := h.TCPConn.SetWriteDeadline(t)
	if !t.IsZero() {
		h.cut <- struct{}{}
	}
	return err
}

func (h *hooked) Write(b []byte) (int, error) {
	h.before()
	defer h.after()
	return h.TCPConn.Write(b)
}

func nothing() {}

// A context that ends before the first byte is out leaves the connection as it was.
func TestContextEndsBeforeWrite(t *testing.T) {
	client, server := pair(t)
	nc := &hooked{TCPConn: client.(*net.TCPConn), after: nothing, cut: make(chan struct{}, 100)}
	b, err := transport.NewBinary(t.Context(), nc, transport.BinaryConfig{MaxMessageSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		nc.before = func() {
			cancel()
			<-nc.cut
		}
		if err := b.Send(ctx, []byte(message(3))); !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want %v and %v", err, transport.ErrNotSent, context.Canceled)
		}
		nc.before = nothing
		if err := b.Send(t.Context(), []byte(message(4))); err != nil {
			t.Fatalf("the next Send = %v", err)
		}
		if got := read(t, server, len(message(4))); got != message(4) {
			t.Fatalf("the server got %q, want the second message only", got)
		}
	}
}

// Over TLS a context that ends in the middle of a write, of which nothing may have been taken yet, costs the connection.
func TestContextEndsBeforeWriteOverTLS(t *testing.T) {
	authority := tlstest.New(t)
	client, server := pair(t)
	encrypted := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, "localhost")}})
	go encrypted.Handshake()
	nc := tls.Client(client, &tls.Config{RootCAs: authority.Pool(), ServerName: "localhost"})
	if err := nc.HandshakeContext(bounded(t)); err != nil {
		t.Fatal(err)
	}
	b, err := transport.NewBinary(t.Context(), nc, transport.BinaryConfig{MaxMessageSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := b.Send(ctx, huge); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Send = %v, want %v", err, context.DeadlineExceeded)
	}
	if err := b.Send(t.Context(), []byte(message(3))); !errors.Is(err, transport.ErrNotSent) {
		t.Errorf("the next Send = %v, want %v", err, transport.ErrNotSent)
	}
	start := time.Now()
	b.Close()
	prompt(t, start)
}

// A context that ends when the message is out does not harm the next message.
func TestContextEndsBehindSend(t *testing.T) {
	client, server := pair(t)
	nc := &hooked{TCPConn: client.(*net.TCPConn), before: nothing, cut: make(chan struct{}, 100)}
	b, err := transport.NewBinary(t.Context(), nc, transport.BinaryConfig{MaxMessageSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	go io.Copy(io.Discard, server)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		nc.after = cancel
		if err := b.Send(ctx, []byte(message(3))); err != nil {
			t.Fatalf("Send = %v", err)
		}
		nc.after = nothing
		if err := b.Send(t.Context(), []byte(message(3))); err != nil {
			t.Fatalf("the next Send = %v", err)
		}
	}
}

// over is Binary over a pipe without buffers: a Write that nobody reads has sent nothing.
func over(t *testing.T, cfg transport.BinaryConfig) (*transport.Binary, net.Conn) {
	t.Helper()
	client, server := net.Pipe()
	cfg.MaxMessageSize = 1 << 20
	b, err := transport.NewBinary(t.Context(), client, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(); server.Close() })
	return b, server
}

func TestNotSent(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	t.Run("context has ended", func(t *testing.T) {
		b, server := connect(t, transport.BinaryConfig{})
		if err := b.Send(ended, []byte(message(3))); !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want %v and %v", err, transport.ErrNotSent, context.Canceled)
		}
		if err := b.Send(t.Context(), []byte(message(4))); err != nil {
			t.Errorf("the next Send = %v", err)
		}
		if got := read(t, server, len(message(4))); got != message(4) {
			t.Errorf("the server got %q, want the second message only", got)
		}
	})
	t.Run("cannot be wrapped", func(t *testing.T) {
		b, _ := connect(t, transport.BinaryConfig{Mechanism: sealed{plain}})
		if err := b.Send(t.Context(), []byte(unwrappable)); !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, errUnwrappable) {
			t.Errorf("Send = %v, want %v and %v", err, transport.ErrNotSent, errUnwrappable)
		}
		if err := b.Err(); err != nil {
			t.Errorf("Err() = %v, want the connection as it was", err)
		}
	})
	t.Run("not one byte was taken", func(t *testing.T) {
		b, _ := over(t, transport.BinaryConfig{IOTimeout: 20 * time.Millisecond})
		if err := b.Send(t.Context(), []byte(message(3))); !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, transport.ErrSilent) {
			t.Errorf("Send = %v, want %v and %v", err, transport.ErrNotSent, transport.ErrSilent)
		}
	})
	t.Run("one byte was taken", func(t *testing.T) {
		b, server := over(t, transport.BinaryConfig{IOTimeout: 50 * time.Millisecond})
		go server.Read(make([]byte, 1))
		if err := b.Send(t.Context(), []byte(message(3))); errors.Is(err, transport.ErrNotSent) || !errors.Is(err, transport.ErrSilent) {
			t.Errorf("Send = %v, want %v without %v", err, transport.ErrSilent, transport.ErrNotSent)
		}
	})
	t.Run("closed", func(t *testing.T) {
		b, _ := connect(t, transport.BinaryConfig{})
		b.Close()
		if err := b.Send(t.Context(), []byte(message(3))); !errors.Is(err, transport.ErrNotSent) || !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Send = %v, want %v and %v", err, transport.ErrNotSent, transport.ErrClosed)
		}
	})
}

// A server that goes away is noticed without asking it.
func TestErrWhileIdle(t *testing.T) {
	b, server := connect(t, transport.BinaryConfig{Mechanism: plain})
	if err := b.Err(); err != nil {
		t.Fatalf("Err() = %v of a good connection", err)
	}
	server.Close()
	for start := time.Now(); b.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Since(start) > soon {
			t.Fatal("Err() = nil, although the server has closed the connection")
		}
	}
	if err := b.Err(); !errors.Is(err, io.EOF) {
		t.Errorf("Err() = %v, want %v", err, io.EOF)
	}
	if err := b.Send(t.Context(), []byte(message(3))); !errors.Is(err, transport.ErrNotSent) {
		t.Errorf("Send = %v, want %v", err, transport.ErrNotSent)
	}
}

func TestClose(t *testing.T) {
	t.Run("while a Receive waits", func(t *testing.T) {
		b, _ := connect(t, transport.BinaryConfig{Mechanism: plain})
		got := make(chan error)
		go func() {
			_, err := b.Receive(bounded(t))
			got <- err
		}()
		time.Sleep(10 * time.Millisecond)
		if err := b.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if err := <-got; !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Receive = %v, want %v", err, transport.ErrClosed)
		}
	})
	t.Run("while a Send waits", func(t *testing.T) {
		b, server := connect(t, transport.BinaryConfig{Mechanism: plain})
		got := make(chan error)
		go func() { got <- b.Send(bounded(t), huge) }()
		read(t, server, 1)
		b.Close()
		if err := <-got; !errors.Is(err, transport.ErrClosed) || errors.Is(err, transport.ErrNotSent) {
			t.Errorf("Send = %v, want %v without %v", err, transport.ErrClosed, transport.ErrNotSent)
		}
	})
	t.Run("with a reply that nobody takes", func(t *testing.T) {
		b, server := connect(t, transport.BinaryConfig{})
		write(t, server, message(3)+message(3))
		time.Sleep(10 * time.Millisecond)
		b.Close()
	})
	t.Run("from everywhere", func(t *testing.T) {
		b, _ := connect(t, transport.BinaryConfig{})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := b.Close(); err != nil {
					t.Errorf("Close = %v", err)
				}
			})
		}
		all.Wait()
		if err := b.Err(); !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Err() = %v, want %v", err, transport.ErrClosed)
		}
	})
}
