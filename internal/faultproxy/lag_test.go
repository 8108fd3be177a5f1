package faultproxy_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/skep-go/skep/internal/faultproxy"
)

// dial connects to the proxy until the test ends.
func dial(t *testing.T, p *faultproxy.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestDistance: what is sent one after another without waiting is under way together, so that all of it is back after
// little more than one round trip; bytes arrive whole and in order.
func TestDistance(t *testing.T) {
	const (
		roundTrip = 100 * time.Millisecond
		writes    = 50
		size      = 100_000
	)
	c := dial(t, faultproxy.Start(t, echo(t), faultproxy.Distance(roundTrip)...))
	sent := make([]byte, writes*size)
	source := rand.New(rand.NewPCG(1, 2))
	for i := range sent {
		sent[i] = byte(source.Uint32())
	}
	start := time.Now()
	go func() {
		for part := range writes {
			if _, err := c.Write(sent[part*size:][:size]); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(c, got[:1]); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < roundTrip {
		t.Errorf("the first byte was back after %v, want %v at least", took, roundTrip)
	}
	if _, err := io.ReadFull(c, got[1:]); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 20*roundTrip {
		t.Errorf("%d writes took %v: each has waited for the one before", writes, took)
	}
	if !bytes.Equal(got, sent) {
		t.Error("the bytes are not those that were sent")
	}
}

// TestDistanceEnds: the end of one side arrives at the other one after all that was sent before it.
func TestDistanceEnds(t *testing.T) {
	c := dial(t, faultproxy.Start(t, echo(t), faultproxy.Distance(20*time.Millisecond)...))
	if _, err := c.Write([]byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 10)
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(c); len(rest) > 0 {
		t.Errorf("got %q, %v after the end", rest, err)
	}
}

// TestDistanceIsGivenUp: a proxy that ends with bytes under way leaves nothing behind, which TestMain would see.
func TestDistanceIsGivenUp(t *testing.T) {
	c := dial(t, faultproxy.Start(t, echo(t), faultproxy.Distance(time.Hour)...))
	if _, err := c.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
}
