package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
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
	// Gzip asks for replies that are packed.
	Gzip bool
	// IOTimeout bounds the wait for a reply, 0 = no bound.
	IOTimeout time.Duration
	// MaxMessageSize bounds one reply in bytes.
	MaxMessageSize int
	// Repeatable tells the methods of which a request that failed on its way may be made again. Default: none.
	Repeatable func(method string) bool
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
	spare   chan []byte   // memory for replies to come
	ended   chan struct{} // closed when the goroutine has ended

	mu       sync.Mutex
	requests [][]byte
	sent     chan struct{} // holds something if requests may not be empty
}

var _ Conn = (*HTTP)(nil)

// NewHTTP returns a connection. Nothing is sent before the first message is.
func NewHTTP(cfg HTTPConfig) *HTTP {
	// One reply waits here, so that the next request is on its way while its user is at work.
	h := &HTTP{cfg: cfg, replies: make(chan []byte, 1), spare: make(chan []byte, 1), ended: make(chan struct{}), sent: make(chan struct{}, 1)}
	h.life, h.fail = context.WithCancelCause(context.Background())
	go h.run()
	return h
}

// StatusError is a response that says that the request was not carried out.
type StatusError struct {
	Code int    // as 401
	Text string // the beginning of the body
	// RetryAfter is the pause that the server asks for, nil if it asks for none.
	RetryAfter *time.Duration
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
		reply, err := h.call(msg)
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

// Requests that fail on their way are made again as often, and after pauses that are no longer.
const (
	maxRepeats = 3
	maxPause   = 30 * time.Second
)

// call makes a request until it is answered, or its failure is final.
func (h *HTTP) call(msg []byte) ([]byte, error) {
	for repeats := 0; ; repeats++ {
		reply, err := h.post(msg)
		if repeats > 0 && errors.Is(err, ErrNotSent) { // but it was, before
			err = fmt.Errorf("%w, and then: %v", ErrBroken, err)
		}
		if err == nil || repeats == maxRepeats || h.life.Err() != nil || !h.repeatable(msg) {
			return reply, err
		}
		pause, again := pauseAfter(err)
		if !again {
			return nil, err
		}
		select {
		case <-time.After(pause):
		case <-h.life.Done():
			return nil, context.Cause(h.life)
		}
	}
}

func (h *HTTP) repeatable(msg []byte) bool {
	head, err := wire.ParseMessage(msg)
	return err == nil && h.cfg.Repeatable != nil && h.cfg.Repeatable(head.Name)
}

// pauseAfter reports whether the failure of a request may be over after a pause: when the server says so, and when a
// connection broke, as one does that lay idle for too long.
func pauseAfter(err error) (pause time.Duration, again bool) {
	var status *StatusError
	switch {
	case errors.As(err, &status):
		overloaded := status.Code == http.StatusServiceUnavailable || status.Code == http.StatusTooManyRequests
		if !overloaded || status.RetryAfter == nil || *status.RetryAfter > maxPause {
			return 0, false
		}
		return *status.RetryAfter, true
	case errors.Is(err, ErrBroken):
		return 0, true
	}
	return 0, false
}

// ErrBroken marks the failure of an HTTP request that was on its way: whether it was carried out is not known.
var ErrBroken = errors.New("the connection broke")

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
	r.Header.Set("Accept-Encoding", "identity")
	if h.cfg.Gzip {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	response, err := h.cfg.RoundTripper.RoundTrip(r)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		} else if connected && isBroken(err) {
			err = fmt.Errorf("%w: %w", ErrBroken, err)
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

// isBroken tells a connection that ended from an answer that makes no sense.
func isBroken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.Contains(err.Error(), "server closed idle connection") // which net/http does not export
}

// body reads the one message of a response.
func (h *HTTP) body(ctx context.Context, response *http.Response) ([]byte, error) {
	limit := int64(h.cfg.MaxMessageSize)
	var spare []byte
	select {
	case spare = <-h.spare:
	default:
	}
	into := bytes.NewBuffer(spare[:0])
	reply, err := unpacked(response)
	if err == nil {
		_, err = into.ReadFrom(io.LimitReader(reply, limit+1))
	}
	body := into.Bytes()
	switch {
	case err != nil && context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case err != nil && isBroken(err):
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	case err != nil:
		return nil, err
	case int64(len(body)) > limit:
		return nil, &wire.TooLargeError{Size: max(response.ContentLength, limit+1), Limit: limit}
	}
	return body, wire.Validate(body)
}

// unpacked is the body of a response, which somebody on its way may have packed although we did not ask for it.
func unpacked(response *http.Response) (io.Reader, error) {
	switch encoding := strings.ToLower(response.Header.Get("Content-Encoding")); encoding {
	case "gzip", "x-gzip":
		return gzip.NewReader(response.Body)
	case "", "identity":
		return response.Body, nil
	default:
		return nil, fmt.Errorf("the reply has the encoding %q, which was not asked for", encoding)
	}
}

// statusError reads what a server says with a status, as far as it is text.
func statusError(response *http.Response) error {
	const most = 500
	var text []byte
	if body, err := unpacked(response); err == nil {
		text, _ = io.ReadAll(io.LimitReader(body, most))
	}
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text), "\uFFFD"))
	return &StatusError{response.StatusCode, strings.TrimSpace(printable), retryAfter(response.Header.Get("Retry-After"))}
}

// retryAfter reads a number of seconds or a time.
func retryAfter(value string) *time.Duration {
	var pause time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		pause = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		pause = max(0, time.Until(at))
	} else {
		return nil
	}
	return &pause
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
	case msg := <-h.replies: // also if the connection has ended since
		return msg, nil
	default:
	}
	select {
	case msg := <-h.replies:
		return msg, nil
	case <-h.ended:
		select {
		case msg := <-h.replies:
			return msg, nil
		default:
			return nil, h.Err()
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Recycle implements [Conn].
func (h *HTTP) Recycle(msg []byte) {
	if cap(msg) > maxSpare {
		return
	}
	select {
	case h.spare <- msg:
	default:
	}
}

// Err implements [Conn].
func (h *HTTP) Err() error { return context.Cause(h.life) }

// Close implements [Conn]. It gives a request under way up, and waits for the goroutine to end.
func (h *HTTP) Close() error {
	h.fail(ErrClosed)
	<-h.ended
	return nil
}
