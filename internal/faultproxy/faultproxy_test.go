package faultproxy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/faultproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo starts a server that sends back what it gets, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

// talk sends ten bytes through the proxy and reads until the end, or for 100 ms.
func talk(t *testing.T, p *faultproxy.Proxy) (got int, took time.Duration, err error) {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	if _, err := c.Write([]byte("0123456789")); err != nil {
		return 0, 0, err
	}
	buf := make([]byte, 10)
	c.SetReadDeadline(start.Add(100 * time.Millisecond))
	got, err = io.ReadFull(c, buf)
	if !bytes.Equal(buf[:got], []byte("0123456789")[:got]) {
		t.Errorf("got %q", buf[:got])
	}
	return got, time.Since(start), err
}

func TestFaults(t *testing.T) {
	const pause = 30 * time.Millisecond
	tests := []struct {
		name  string
		fault faultproxy.Fault
		most  int // bytes that come back
		err   []error
		least time.Duration
	}{
		{name: "none", fault: faultproxy.Fault{Conn: 2}, most: 10},
		{name: "cut at once", fault: faultproxy.Fault{Do: faultproxy.Cut}, err: []error{io.EOF, syscall.ECONNRESET, syscall.EPIPE}},
		{
			name: "cut to the client", fault: faultproxy.Fault{Dir: faultproxy.ToClient, After: 4, Do: faultproxy.Cut},
			most: 4, err: []error{io.ErrUnexpectedEOF, syscall.ECONNRESET},
		},
		{
			name: "cut to the server", fault: faultproxy.Fault{Dir: faultproxy.ToServer, After: 4, Do: faultproxy.Cut},
			most: 4, err: []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET},
		},
		{
			name: "reset", fault: faultproxy.Fault{Dir: faultproxy.ToClient, After: 4, Do: faultproxy.Reset},
			most: 4, err: []error{syscall.ECONNRESET},
		},
		{
			name: "stall", fault: faultproxy.Fault{Dir: faultproxy.ToClient, After: 4, Do: faultproxy.Stall},
			most: 4, err: []error{os.ErrDeadlineExceeded}, least: 100 * time.Millisecond,
		},
		{
			name: "delay", fault: faultproxy.Fault{Dir: faultproxy.ToServer, After: 4, Do: faultproxy.Delay, Pause: pause},
			most: 10, least: pause,
		},
		{
			name: "lag", fault: faultproxy.Fault{Dir: faultproxy.ToServer, After: 4, Do: faultproxy.Lag, Pause: pause},
			most: 10, least: pause,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := faultproxy.Start(t, echo(t), tt.fault)
			got, took, err := talk(t, p)
			known := err == nil && tt.err == nil
			for _, want := range tt.err {
				known = known || errors.Is(err, want)
			}
			if !known || got > tt.most || err == nil && got < tt.most {
				t.Errorf("got %d bytes, %v; want %d and one of %v", got, err, tt.most, tt.err)
			}
			if took < tt.least {
				t.Errorf("it took %v, want %v at least", took, tt.least)
			}
			if n := p.Passed(faultproxy.ToClient); n > int64(tt.most) {
				t.Errorf("%d bytes passed, want %d at most", n, tt.most)
			}
		})
	}
}

func TestFaultOfOneConnection(t *testing.T) {
	p := faultproxy.Start(t, echo(t), faultproxy.Fault{Conn: 2, Do: faultproxy.Cut})
	for n, wantErr := range []bool{false, true, false} {
		if got, _, err := talk(t, p); (err != nil) != wantErr {
			t.Errorf("connection %d: %d bytes, %v; want an error: %t", n+1, got, err, wantErr)
		}
	}
}

func TestServerIsGone(t *testing.T) {
	if got, _, err := talk(t, faultproxy.Start(t, faultproxy.ClosedAddr(t))); err == nil {
		t.Errorf("got %d bytes and no error from a server that is gone", got)
	}
}
