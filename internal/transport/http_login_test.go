package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/internal/transport"
)

// roundTrip is a server that answers in memory.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(code int, body string, header ...string) *http.Response {
	r := &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func overHTTP(t testing.TB, serve roundTrip, change ...func(*transport.HTTPConfig)) *transport.HTTP {
	t.Helper()
	cfg := transport.HTTPConfig{URL: "http://hs2.example.com/cliservice", RoundTripper: serve, MaxMessageSize: 1 << 20}
	for _, c := range change {
		c(&cfg)
	}
	h := transport.NewHTTP(cfg)
	t.Cleanup(func() { h.Close() })
	return h
}

// Replies come in memory that was handed back, and are none the worse for it.
func TestHTTPRecycle(t *testing.T) {
	h := overHTTP(t, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		return answer(200, string(body)), err
	})
	const calls = 50
	for n := range calls {
		if err := h.Send(t.Context(), []byte(message(n*n%97))); err != nil {
			t.Fatal(err)
		}
	}
	for n := range calls {
		got, err := h.Receive(bounded(t))
		if want := message(n * n % 97); err != nil || string(got) != want {
			t.Fatalf("reply %d = %d bytes, %v, want %d", n, len(got), err, len(want))
		}
		h.Recycle(got)
	}
}

// A caller who gives up leaves its reply to the next one, also if the connection fails after it.
func TestHTTPCancelLosesNoReply(t *testing.T) {
	release := make(chan struct{})
	calls := 0
	h := overHTTP(t, func(*http.Request) (*http.Response, error) {
		if calls++; calls == 2 {
			return nil, io.ErrUnexpectedEOF
		}
		<-release
		return answer(200, message(3)), nil
	})
	for range 2 {
		if err := h.Send(t.Context(), []byte(message(1))); err != nil {
			t.Fatal(err)
		}
	}
	left := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(5*time.Millisecond, func() { cancel(left) })
	if _, err := h.Receive(ctx); !errors.Is(err, left) {
		t.Errorf("Receive = %v, want %v", err, left)
	}
	close(release)
	for h.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if got, err := h.Receive(bounded(t)); err != nil || string(got) != message(3) {
		t.Errorf("the reply that was there = %d bytes, %v", len(got), err)
	}
	if _, err := h.Receive(bounded(t)); !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, transport.ErrNotSent) {
		t.Errorf("Receive = %v, want %v, which never had a connection", err, io.ErrUnexpectedEOF)
	}
	if err := h.Send(t.Context(), []byte(message(1))); !errors.Is(err, transport.ErrNotSent) {
		t.Errorf("Send on a failed connection = %v, want %v", err, transport.ErrNotSent)
	}
}

// What was sent once is not called unsent when it cannot be sent again.
func TestHTTPSentOnce(t *testing.T) {
	calls := 0
	h := overHTTP(t, func(r *http.Request) (*http.Response, error) {
		if calls++; calls == 1 {
			httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
			return nil, io.EOF
		}
		return nil, errors.New("connection refused")
	}, func(c *transport.HTTPConfig) { c.Repeatable = func(string) bool { return true } })
	if err := h.Send(t.Context(), []byte(message(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Receive(bounded(t)); !errors.Is(err, transport.ErrBroken) || errors.Is(err, transport.ErrNotSent) || calls < 2 {
		t.Errorf("after %d calls: Receive = %v, want %v and not %v", calls, err, transport.ErrBroken, transport.ErrNotSent)
	}
}

// A pause that a server asks for ends with the connection.
func TestHTTPCloseInPause(t *testing.T) {
	begun := make(chan struct{}, 10)
	h := overHTTP(t, func(*http.Request) (*http.Response, error) {
		begun <- struct{}{}
		return answer(503, "", "Retry-After", "30"), nil
	}, func(c *transport.HTTPConfig) { c.Repeatable = func(string) bool { return true } })
	if err := h.Send(t.Context(), []byte(message(1))); err != nil {
		t.Fatal(err)
	}
	<-begun
	start := time.Now()
	h.Close()
	prompt(t, start)
}

// counted gives a new value each time.
type counted int

func (c *counted) Credential(context.Context, []string) (transport.Credential, error) {
	*c++
	return transport.Authorization(fmt.Sprint("token ", int(*c))), nil
}

func TestLogin(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	replies := []*http.Response{
		answer(401, "no", "WWW-Authenticate", "Negotiate"),
		answer(200, message(1), "Set-Cookie", `auth="cu=alice&rn=1&s=a/b+c=";Version=0;Max-Age=86400; HttpOnly`),
		answer(200, message(1)),
		answer(401, "no"),
		answer(401, "no"),
	}
	login := &transport.Login{Auth: new(counted), Cookies: jar, AuthCookie: "auth", Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		got = append(got, fmt.Sprintf("%d %s %s", len(body), r.Header.Get("Authorization"), r.Header.Get("Cookie")))
		reply := replies[0]
		replies = replies[1:]
		return reply, err
	})}
	var codes []int
	for range 3 {
		r, err := http.NewRequest(http.MethodPost, "http://hs2.example.com/cliservice", bytes.NewReader([]byte("body")))
		if err != nil {
			t.Fatal(err)
		}
		response, err := login.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		codes = append(codes, response.StatusCode)
	}
	const cookie = `auth="cu=alice&rn=1&s=a/b+c="`
	want := []string{"4 token 1 ", "4 token 2 ", "4  " + cookie, "4  " + cookie, "4 token 3 " + cookie}
	if fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(codes) != "[200 200 401]" {
		t.Errorf("got %q and %v\nwant %q and [200 200 401]", got, codes, want)
	}
}

// checked is a credential of its own header, whose answer must be as check wants it.
type checked func(*http.Response) error

func (c checked) Credential(context.Context, []string) (transport.Credential, error) {
	return transport.Credential{Header: "X-Token", Value: "secret", Check: c}, nil
}

func TestLoginCheck(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	errImpostor := errors.New("an impostor")
	login := &transport.Login{
		Cookies: jar, AuthCookie: "auth",
		Auth: checked(func(r *http.Response) error {
			if r.Header.Get("Www-Authenticate") != "proof" {
				return errImpostor
			}
			return nil
		}),
		Base: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("X-Token") != "secret" || r.Header.Get("Authorization") != "" {
				t.Errorf("the headers are %v", r.Header)
			}
			return answer(200, message(1), "Www-Authenticate", r.Header.Get("X-Proof"), "Set-Cookie", "auth=x"), nil
		}),
	}
	for proof, want := range map[string]error{"no": errImpostor, "proof": nil} {
		r, err := http.NewRequest(http.MethodPost, "http://"+proof+".example.com/", bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Proof", proof)
		response, err := login.RoundTrip(r)
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", proof, err, want)
		}
		if err == nil {
			response.Body.Close()
		}
		if got := len(jar.Cookies(r.URL)); (got > 0) != (want == nil) {
			t.Errorf("%s: %d cookies are kept", proof, got)
		}
	}
}

// Whatever a server answers is a reply or an error, and its cookies can be sent back.
func FuzzHTTPResponse(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nSet-Cookie: hive.server2.auth=cu=a&rn=1&s=x=; Version=0; Max-Age=86400; HttpOnly\r\nContent-Length: 28\r\n\r\n" + message(1),
		"HTTP/1.1 503 Busy\r\nRetry-After: -1\r\n\r\nlater",
		"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n\r\n\xff\x00no",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
		"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: =;;\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		h := overHTTP(t, func(r *http.Request) (*http.Response, error) {
			login := transport.Login{Auth: new(counted), Cookies: jar, AuthCookie: "hive.server2.auth", Base: roundTrip(func(r *http.Request) (*http.Response, error) {
				return http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), r)
			})}
			return login.RoundTrip(r)
		})
		if err := h.Send(t.Context(), []byte(message(1))); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Receive(bounded(t)); err == nil && len(got) == 0 {
			t.Error("a reply of nothing")
		}
		h.Close()
	})
}
