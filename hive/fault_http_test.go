package hive_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/tlstest"
)

// What a request carries besides its message.
func TestHTTPRequest(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	f.meet = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
		http.SetCookie(w, &http.Cookie{Name: "route", Value: "node7", Path: "/"})
		return false
	}
	cfg := f.cfg()
	cfg.ProxyUser = "bob"
	cfg.HTTP = hive.HTTPConfig{Path: "/gateway/hive", Headers: map[string]string{"x-tenant": "blue"}, Cookies: map[string]string{"b": "2", "a": "1"}}
	s := connect(t, cfg)
	works(t, s, 5)
	r := f.request("OpenSession")
	got := fmt.Sprint(r.Method, " ", r.URL, r.Header["X-Tenant"], r.Header["Cookie"], r.Header["X-Xsrf-Header"], r.Header["X-Csrf-Token"],
		r.Header["Content-Type"], r.Header["Accept"], r.Header["Accept-Encoding"])
	const want = "POST /gateway/hive?doAs=bob [blue] [a=1; b=2] [true] [true] [application/x-thrift] [application/x-thrift] [identity]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if user, pass, ok := r.BasicAuth(); !ok || user != "alice" || pass != password {
		t.Errorf("got Basic %q, %t, want that of alice", user, ok)
	}
	if got, want := f.request("ExecuteStatement").Header.Get("Cookie"), "a=1; b=2; route=node7"; got != want {
		t.Errorf("then got the cookies %s, want %s", got, want)
	}
	if err := s.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	gone(t, srv)
}

// Replies may be packed, whether that was asked for or not.
func TestHTTPGzip(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	plain := f.Config.Handler
	var strange atomic.Bool // which requests that are sent ahead may see late
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		plain.ServeHTTP(recorded, r)
		encoding := "gzip"
		if strange.Load() {
			encoding = "br"
		}
		w.Header().Set("Content-Encoding", encoding)
		z := gzip.NewWriter(w)
		_, _ = z.Write(recorded.Body.Bytes())
		_ = z.Close()
	})
	cfg := f.cfg()
	works(t, connect(t, cfg), 5)
	cfg.HTTP.Gzip = true
	works(t, connect(t, cfg), 5)
	if got := f.request("OpenSession").Header.Get("Accept-Encoding"); got != "gzip" {
		t.Errorf("asked for %q", got)
	}
	strange.Store(true)
	_, err := hive.Connect(t.Context(), cfg)
	want{kind: "protocol", text: `the encoding "br"`}.check(t, err)
}

// A client that has logged in is known by its cookie. A cookie that is refused costs one more login, and runs nothing twice.
func TestHTTPCookie(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	logins, valid := 0, "1"
	f.meet = func(w http.ResponseWriter, r *http.Request, method string, before int) bool {
		cookie, err := r.Cookie("hive.server2.auth")
		if method == "ExecuteStatement" && before == 1 {
			valid = "2" // as another server behind a load balancer has it
		}
		if err == nil && cookie.Value == valid {
			if r.Header.Get("Authorization") != "" {
				t.Errorf("%s tells the password although there is a cookie", method)
			}
			return false
		}
		if r.Header.Get("Authorization") == "" {
			return refuse(w, http.StatusUnauthorized)
		}
		logins++
		http.SetCookie(w, &http.Cookie{Name: "hive.server2.auth", Value: valid, HttpOnly: true})
		return false
	}
	s := connect(t, f.cfg())
	works(t, s, 5)
	works(t, s, 5)
	works(t, s, 5)
	if logins != 2 {
		t.Errorf("%d logins, want 2", logins)
	}
	if got, want := fmt.Sprint(f.count("ExecuteStatement"), srv.Count("ExecuteStatement")), "4 3"; got != want {
		t.Errorf("got %s requests and statements, want %s", got, want)
	}
}

// A refused login ends with one request, or with two where a better token may be had.
func TestHTTPRefused(t *testing.T) {
	for _, tt := range []struct {
		name     string
		change   func(*hive.Config)
		requests int
	}{
		{"password", func(*hive.Config) {}, 1},
		{"token", func(c *hive.Config) { c.Password, c.Token = "", password }, 1},
		{"tokens that are kept", func(c *hive.Config) {
			c.Password, c.TokenSource = "", func(context.Context) (string, error) { return password, nil }
		}, 1},
		{"tokens that are renewed", func(c *hive.Config) {
			n := 0
			c.Password, c.TokenSource = "", func(context.Context) (string, error) { n++; return password + strconv.Itoa(n), nil }
		}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			f := newFront(t, srv, nil)
			f.meet = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
				return refuse(w, http.StatusUnauthorized)
			}
			cfg := f.cfg()
			tt.change(cfg)
			_, err := hive.Connect(bounded(t), cfg)
			want{kind: "auth", text: "Authentication Error: no"}.check(t, err)
			if got := f.count("OpenSession"); got != tt.requests {
				t.Errorf("%d requests, want %d", got, tt.requests)
			}
		})
	}
}

// A token that expires in the life of a session is renewed.
func TestHTTPTokenRenewed(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	var mu sync.Mutex
	issued := 1
	f.meet = func(w http.ResponseWriter, r *http.Request, method string, before int) bool {
		mu.Lock()
		defer mu.Unlock()
		if method == "FetchResults" && before == 1 {
			issued = 2
		}
		if r.Header.Get("Authorization") != "Bearer "+strconv.Itoa(issued) {
			return refuse(w, http.StatusUnauthorized, "WWW-Authenticate", "Bearer")
		}
		return false
	}
	cached := "1"
	cfg := f.cfg()
	cfg.Password = ""
	refused := ""
	cfg.TokenSource = func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if cached == refused { // asked again right after it was given
			cached = strconv.Itoa(issued)
		}
		refused = cached
		return cached, nil
	}
	works(t, connect(t, cfg), 5)
}

// An overloaded gateway is asked again, after the pause that it wants, where that cannot do anything twice.
func TestHTTPOverload(t *testing.T) {
	for _, tt := range []struct {
		method string
		code   int
		header []string
		times  int
		works  bool
	}{
		{"GetOperationStatus", 503, []string{"Retry-After", "0"}, 3, true},
		{"GetOperationStatus", 429, []string{"Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"}, 1, true},
		{"GetResultSetMetadata", 503, []string{"Retry-After", "0"}, 1, true},
		{"GetOperationStatus", 503, []string{"Retry-After", "0"}, 4, false},
		{"GetOperationStatus", 503, []string{"Retry-After", "86400"}, 1, false},
		{"GetOperationStatus", 503, nil, 1, false},
		{"GetOperationStatus", 502, []string{"Retry-After", "0"}, 1, false},
		{"ExecuteStatement", 503, []string{"Retry-After", "0"}, 1, false},
		{"FetchResults", 429, []string{"Retry-After", "0"}, 1, false},
	} {
		t.Run(fmt.Sprint(tt.method, tt.code, tt.header, tt.times), func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			f := newFront(t, srv, nil)
			f.meet = func(w http.ResponseWriter, _ *http.Request, method string, before int) bool {
				return method == tt.method && before < tt.times && refuse(w, tt.code, tt.header...)
			}
			s := connect(t, f.cfg())
			n, err := query(bounded(t), s)
			if tt.works {
				if err != nil || n != 5 {
					t.Errorf("%d rows, %v, want 5 rows", n, err)
				}
				return
			}
			want{kind: "network", not: []error{hive.ErrNotSent}, text: "overloaded or down"}.check(t, err)
			if tt.times == 1 && f.count(tt.method) != 1 {
				t.Errorf("%d requests, want one", f.count(tt.method))
			}
			_ = s.Close(bounded(t))
			gone(t, srv)
		})
	}
}

// A connection that breaks: what may have run is not sent again, and the session is closed on the server even so.
func TestHTTPBroken(t *testing.T) {
	for _, tt := range []struct {
		method string
		works  bool
	}{{"GetOperationStatus", true}, {"ExecuteStatement", false}, {"FetchResults", false}} {
		for _, how := range []string{"before the answer", "in the answer"} {
			t.Run(tt.method+" "+how, func(t *testing.T) {
				srv := fakehs2.Start(t, 3, 2)
				f := newFront(t, srv, nil)
				f.meet = func(w http.ResponseWriter, _ *http.Request, method string, before int) bool {
					if method != tt.method || before > 0 {
						return false
					}
					nc, _, err := w.(http.Hijacker).Hijack()
					if err != nil {
						t.Error(err)
						return true
					}
					if how == "in the answer" {
						_, _ = io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\x80\x01")
					}
					nc.Close()
					return true
				}
				s := connect(t, f.cfg())
				n, err := query(bounded(t), s)
				if tt.works {
					if err != nil || n != 5 {
						t.Errorf("%d rows, %v, want 5 rows", n, err)
					}
				} else {
					want{kind: "network", not: []error{hive.ErrNotSent}}.check(t, err)
				}
				_ = s.Close(bounded(t))
				gone(t, srv)
				if got := f.count("ExecuteStatement"); got != 1 {
					t.Errorf("%d statements were sent, want one", got)
				}
			})
		}
	}
}

// What cuts idle connections costs a session nothing that is asked for before it is used, as pools do.
func TestHTTPIdleCut(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	cfg := f.cfg()
	cfg.IdleCheck = 1
	s := connect(t, cfg)
	for range 20 {
		f.CloseClientConnections()
		if err := s.Check(bounded(t)); err != nil {
			t.Fatal(err)
		}
		works(t, s, 5)
	}
}

// A server that is gone has not got the statement, which so may run elsewhere.
func TestHTTPGone(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	f.meet = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
		w.Header().Set("Connection", "close")
		return false
	}
	s := connect(t, f.cfg())
	f.Listener.Close()
	_, err := query(bounded(t), s)
	want{kind: "network", is: []error{hive.ErrNotSent}}.check(t, err)
	if s.Err() == nil {
		t.Error("Err() = nil of a broken session")
	}
}

// Answers that are no replies say what to check.
func TestHTTPForeign(t *testing.T) {
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		want  want
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, want{kind: "protocol", text: "corrupt"}},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, want{kind: "protocol"}},
		{"another path", http.NotFound, want{kind: "protocol", text: "does httpPath match"}},
		{"a login page", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://sso.example.com/", http.StatusFound)
		}, want{kind: "protocol", text: "logins by browser"}},
		{"forbidden", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, want{kind: "auth", text: "403 Forbidden"}},
		{"too much", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2000)) }, want{kind: "protocol", is: []error{hive.ErrMessageTooLarge}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFront(t, fakehs2.Start(t), nil)
			f.Config.Handler = tt.serve
			cfg := f.cfg()
			cfg.MaxMessageSize = 1000
			_, err := hive.Connect(bounded(t), cfg)
			tt.want.check(t, err)
		})
	}
}

// The two transports mixed up, with TLS and without.
func TestHTTPMixedUp(t *testing.T) {
	srv := fakehs2.Start(t)
	authority := tlstest.New(t)
	plain := newFront(t, srv, nil)
	secure := newFront(t, srv, &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, "127.0.0.1")}})
	binary := plain.cfg()
	binary.Transport, binary.ConnectTimeout = "", 100*time.Millisecond // the server waits for more
	_, err := hive.Connect(bounded(t), binary)
	want{kind: "network", text: "for transport=binary"}.check(t, err)
	_, err = hive.Connect(bounded(t), secure.cfg())
	want{kind: "protocol", text: "400 Bad Request"}.check(t, err)
	encrypted := plain.cfg()
	encrypted.TLS.Enabled = true
	_, err = hive.Connect(bounded(t), encrypted)
	want{kind: "network", text: "without tls=true"}.check(t, err)
	http := configFor(srv.Port())
	http.Transport = hive.TransportHTTP
	_, err = hive.Connect(bounded(t), http)
	want{kind: "network"}.check(t, err)
}

// TLS over HTTP fails as it does over a stream.
func TestHTTPS(t *testing.T) {
	ours, theirs := tlstest.New(t), tlstest.New(t)
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, &tls.Config{
		Certificates: []tls.Certificate{ours.Issue(t, "127.0.0.1")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ours.Pool(),
	})
	for _, tt := range []struct {
		name string
		tls  hive.TLSConfig
		text string
	}{
		{"good", hive.TLSConfig{CAFile: ours.File(t), CertFile: tlstest.File(t, ours.Issue(t, "alice"))}, ""},
		{"no certificate", hive.TLSConfig{CAFile: ours.File(t)}, "check tlsCert"},
		{"foreign certificate", hive.TLSConfig{CAFile: ours.File(t), CertFile: tlstest.File(t, theirs.Issue(t, "alice"))}, "check tlsCert"},
		{"unknown CA", hive.TLSConfig{CAFile: theirs.File(t)}, "name its certificate with tlsCA"},
		{"wrong host", hive.TLSConfig{CAFile: ours.File(t), ServerName: "elsewhere"}, "not for this host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := f.cfg()
			cfg.TLS = tt.tls
			cfg.TLS.Enabled = true
			if tt.text == "" {
				works(t, connect(t, cfg), 5)
				return
			}
			_, err := hive.Connect(bounded(t), cfg)
			want{kind: "network", text: tt.text}.check(t, err)
		})
	}
}

// A caller who leaves is let go at once; what it had begun is ended on the server, which a cookie leads to.
func TestHTTPCancel(t *testing.T) {
	for _, method := range []string{"ExecuteStatement", "GetOperationStatus", "FetchResults"} {
		t.Run(method, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			f := newFront(t, srv, nil)
			f.meet = func(w http.ResponseWriter, r *http.Request, method string, _ int) bool {
				if c, err := r.Cookie("route"); method != "OpenSession" && (err != nil || c.Value != "node7") {
					t.Errorf("%s does not come to the session's server: %v", method, err)
				}
				http.SetCookie(w, &http.Cookie{Name: "route", Value: "node7", Path: "/"})
				return false
			}
			step, release := held(t)
			srv.On(method, step)
			s := connect(t, f.cfg())
			ctx, cancel := context.WithCancel(t.Context())
			result := results(func() error { _, err := query(ctx, s); return err })
			srv.Await(t, method, func() bool { return srv.Count(method) == 1 })
			start := time.Now()
			cancel()
			want{is: []error{context.Canceled}}.check(t, at(t, start, result))
			if method != "ExecuteStatement" {
				srv.Await(t, "CancelOperation", func() bool { return srv.Count("CancelOperation") == 1 })
			}
			release()
			works(t, s, 5)
			if err := s.Close(bounded(t)); err != nil {
				t.Error(err)
			}
			gone(t, srv)
		})
	}
}

// TestHTTPProxy runs itself as a process whose environment names a proxy, for net/http looks at that once.
func TestHTTPProxy(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	if os.Getenv("SKEP_TEST_PROXIED") != "" {
		cfg := configFor(10001)
		cfg.Host, cfg.Transport = "hs2.example.com", hive.TransportHTTP
		works(t, connect(t, cfg), 5)
		return
	}
	f := newFront(t, srv, nil)
	proxy := url.URL{Scheme: "http", Host: f.Listener.Addr().String()}
	cmd := exec.CommandContext(bounded(t), os.Args[0], "-test.run=^TestHTTPProxy$")
	cmd.Env = append(os.Environ(), "SKEP_TEST_PROXIED=1", "HTTP_PROXY="+proxy.String(), "NO_PROXY=", "no_proxy=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if r := f.request("OpenSession"); r == nil || r.URL.Host != "hs2.example.com:10001" {
		t.Errorf("the proxy got no request for hs2.example.com: %v", r)
	}
}

func TestTokenSourceFails(t *testing.T) {
	f := newFront(t, fakehs2.Start(t), nil)
	cfg := f.cfg()
	cfg.Password = ""
	broken := errors.New("the issuer is down")
	cfg.TokenSource = func(context.Context) (string, error) { return "", broken }
	_, err := hive.Connect(bounded(t), cfg)
	want{kind: "auth", text: "the issuer is down"}.check(t, err)
	cfg.TokenSource = func(context.Context) (string, error) { return "two\r\nlines: " + password, nil }
	_, err = hive.Connect(bounded(t), cfg)
	want{kind: "auth", text: "no token has"}.check(t, err)
	if got := strconv.Itoa(f.count("OpenSession")); got != "0" || strings.Contains(err.Error(), "lines") {
		t.Errorf("%s requests, %v", got, err)
	}
}
