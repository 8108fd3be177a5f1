package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/skep-go/skep/internal/wire"
)

// HTTPConfig describes an [HTTP].
type HTTPConfig struct {
	URL string
	// RoundTripper makes the requests; it is the place for TLS, for cookies and for logins that take several requests.
	// The HTTP does not close it.
	RoundTripper http.RoundTripper
	// Header goes with every request.
	Header http.Header
	// IOTimeout bounds the wait for a reply, 0 = no bound.
	IOTimeout time.Duration
	// MaxMessageSize bounds one reply in bytes.
	MaxMessageSize int
}

// HTTP is the transport in which each Thrift message is the body of a POST, and its reply that of the response.
//
// One goroutine makes the requests, one after another: so servers run calls in the order in which they were sent, as
// they do over one stream, and a caller that stops waiting leaves its reply to the next Receive. What is sent ahead
// waits here.
type HTTP struct {
	cfg  HTTPConfig
	life context.Context // ends with Close, or when a request has failed
	fail context.CancelCauseFunc

	replies chan []byte
	ended   chan struct{} // closed when the goroutine has ended

	mu       sync.Mutex
	requests [][]byte
	sent     chan struct{} // holds something if requests may not be empty
}

var _ Conn = (*HTTP)(nil)

// NewHTTP returns a connection. Nothing is sent before the first message is.
func NewHTTP(cfg HTTPConfig) *HTTP {
	h := &HTTP{cfg: cfg, replies: make(chan []byte), ended: make(chan struct{}), sent: make(chan struct{}, 1)}
	h.life, h.fail = context.WithCancelCause(context.Background())
	go h.run()
	return h
}

// StatusError is a response that says that the request was not carried out.
type StatusError struct {
	Code int    // as 401
	Text string // the beginning of the body
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("HTTP status %d %s", e.Code, http.StatusText(e.Code))
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// run is the goroutine that makes the requests.
func (h *HTTP) run() {
	defer close(h.ended)
	for {
		msg, ok := h.next()
		if !ok {
			return
		}
		reply, err := h.post(msg)
		if err != nil {
			h.fail(err)
			return
		}
		select {
		case h.replies <- reply:
		case <-h.life.Done():
			return
		}
	}
}

// next waits for a message to send.
func (h *HTTP) next() (msg []byte, ok bool) {
	for {
		h.mu.Lock()
		if len(h.requests) > 0 {
			msg, h.requests = h.requests[0], h.requests[1:]
			ok = true
		}
		h.mu.Unlock()
		if ok {
			return msg, true
		}
		select {
		case <-h.sent:
		case <-h.life.Done():
			return nil, false
		}
	}
}

// post makes one request and returns the message in its response.
func (h *HTTP) post(msg []byte) ([]byte, error) {
	ctx := h.life
	if h.cfg.IOTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, h.cfg.IOTimeout, fmt.Errorf("%w (%v)", ErrSilent, h.cfg.IOTimeout))
		defer cancel()
	}
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, h.cfg.URL, bytes.NewReader(msg))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if h.cfg.Header != nil {
		r.Header = h.cfg.Header.Clone()
	}
	r.Header.Set("Content-Type", "application/x-thrift")
	r.Header.Set("Accept", "application/x-thrift")
	response, err := h.cfg.RoundTripper.RoundTrip(r)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		if !connected {
			err = fmt.Errorf("%w: %w", ErrNotSent, err)
		}
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response)
	}
	return h.body(ctx, response)
}

// body reads the one message of a response.
func (h *HTTP) body(ctx context.Context, response *http.Response) ([]byte, error) {
	limit := int64(h.cfg.MaxMessageSize)
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil && context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, err
	case int64(len(body)) > limit:
		return nil, &wire.TooLargeError{Size: max(response.ContentLength, limit+1), Limit: limit}
	}
	return body, wire.Validate(body)
}

// statusError reads what a server says with a status, as far as it is text.
func statusError(response *http.Response) error {
	const most = 500
	text, _ := io.ReadAll(io.LimitReader(response.Body, most))
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text), "\uFFFD"))
	return &StatusError{response.StatusCode, strings.TrimSpace(printable)}
}

// Send implements [Conn]. It does not wait for the message to leave; if it never does, [HTTP.Receive] tells.
func (h *HTTP) Send(ctx context.Context, msg []byte) error {
	if err := h.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, context.Cause(ctx))
	}
	h.mu.Lock()
	h.requests = append(h.requests, bytes.Clone(msg))
	h.mu.Unlock()
	select {
	case h.sent <- struct{}{}:
	default:
	}
	return nil
}

// Receive implements [Conn].
func (h *HTTP) Receive(ctx context.Context) ([]byte, error) {
	select {
	case msg := <-h.replies:
		return msg, nil
	case <-h.ended:
		return nil, h.Err()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Recycle implements [Conn]: a response comes in memory of its own.
func (h *HTTP) Recycle([]byte) {}

// Err implements [Conn].
func (h *HTTP) Err() error { return context.Cause(h.life) }

// Close implements [Conn]. It gives a request under way up, and waits for the goroutine to end.
func (h *HTTP) Close() error {
	h.fail(ErrClosed)
	<-h.ended
	return nil
}
