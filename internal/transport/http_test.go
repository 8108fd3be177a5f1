package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

// post returns an HTTP to a server.
func post(t *testing.T, serve http.HandlerFunc, change ...func(*transport.HTTPConfig)) *transport.HTTP {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	roundTripper := &http.Transport{}
	t.Cleanup(roundTripper.CloseIdleConnections)
	cfg := transport.HTTPConfig{URL: server.URL + "/path", RoundTripper: roundTripper, MaxMessageSize: 1 << 20}
	for _, c := range change {
		c(&cfg)
	}
	h := transport.NewHTTP(cfg)
	t.Cleanup(func() { h.Close() })
	return h
}

func TestHTTPInOrder(t *testing.T) {
	var busy atomic.Int32
	h := post(t, func(w http.ResponseWriter, r *http.Request) {
		if busy.Add(1) > 1 {
			t.Error("two requests at once")
		}
		defer busy.Add(-1)
		got := fmt.Sprint(r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("X-Who"))
		if want := "POST/pathapplication/x-thriftme"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		_, _ = io.Copy(w, r.Body)
	}, func(c *transport.HTTPConfig) { c.Header = http.Header{"X-Who": {"me"}} })
	const n = 5
	for i := range n {
		msg := []byte(message(i))
		if err := h.Send(bounded(t), msg); err != nil {
			t.Fatal(err)
		}
		clear(msg) // it is the caller's again
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range n {
		got, err := h.Receive(ended) // who gives up loses nothing, and may be lucky
		if err != nil {
			got, err = h.Receive(bounded(t))
		}
		if err != nil || string(got) != message(i) {
			t.Errorf("reply %d: got %q, %v, want %q", i, got, err, message(i))
		}
	}
}

// What a server answers, and what Receive makes of it.
func TestHTTPReceive(t *testing.T) {
	var (
		status   *transport.StatusError
		corrupt  *wire.CorruptError
		tooLarge *wire.TooLargeError
	)
	tests := []struct {
		name  string
		serve http.HandlerFunc
		is    error
		as    any
	}{
		{"no such path", http.NotFound, nil, &status},
		{"who are you", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "No\x07", http.StatusUnauthorized) }, nil, &status},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, nil, &status},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, nil, &corrupt},
		{"too much", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, message(2<<20)) }, nil, &tooLarge},
		{"cut", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, message(1)[:5])
		}, io.ErrUnexpectedEOF, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := post(t, tt.serve)
			if err := h.Send(bounded(t), []byte(message(1))); err != nil {
				t.Fatal(err)
			}
			_, err := h.Receive(bounded(t))
			if tt.is != nil && !errors.Is(err, tt.is) || tt.as != nil && !errors.As(err, tt.as) || errors.Is(err, transport.ErrNotSent) {
				t.Errorf("got %v, want %v %T", err, tt.is, tt.as)
			}
			if err != nil && strings.ContainsRune(err.Error(), 7) {
				t.Errorf("got %q with a control character", err)
			}
			if err := h.Send(bounded(t), []byte(message(1))); !errors.Is(err, transport.ErrNotSent) || h.Err() == nil {
				t.Errorf("afterwards: got %v, %v, want %v", err, h.Err(), transport.ErrNotSent)
			}
		})
	}
}

func TestHTTPNotSent(t *testing.T) {
	h := post(t, nil, func(c *transport.HTTPConfig) { c.URL = "http://127.0.0.1:1/" })
	if err := h.Send(bounded(t), []byte(message(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Receive(bounded(t)); !errors.Is(err, transport.ErrNotSent) {
		t.Errorf("nobody listens: got %v, want %v", err, transport.ErrNotSent)
	}
}

func TestHTTPClose(t *testing.T) {
	waiting := make(chan struct{})
	h := post(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(waiting)
		<-r.Context().Done()
	})
	if err := h.Send(bounded(t), []byte(message(1))); err != nil {
		t.Fatal(err)
	}
	<-waiting
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if _, err := h.Receive(bounded(t)); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("got %v, want %v", err, transport.ErrClosed)
	}
}

func TestHTTPSilence(t *testing.T) {
	h := post(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}, func(c *transport.HTTPConfig) { c.IOTimeout = 1 })
	if err := h.Send(bounded(t), []byte(message(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Receive(bounded(t)); !errors.Is(err, transport.ErrSilent) {
		t.Errorf("got %v, want %v", err, transport.ErrSilent)
	}
}
