package hive

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skep-go/skep/internal/transport"
)

// TransportMode names how messages travel. It must be one that hive.server2.transport.mode selects on the server.
type TransportMode string

const (
	// TransportBinary is a stream of messages over one TCP connection.
	TransportBinary TransportMode = "binary"
	// TransportHTTP is a request for each message. A session outlives its TCP connections, gateways such as Knox and load
	// balancers may stand between, and proxies are taken from the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
	TransportHTTP TransportMode = "http"
)

// HTTPConfig has the settings of [TransportHTTP].
type HTTPConfig struct {
	// Path is where the server answers (hive.server2.thrift.http.path), as a gateway shows it. Default "cliservice".
	Path string
	// Headers go with each request, by name. Default none.
	Headers map[string]string
	// Cookies go with each request, by name, beside those that the server sets. Default none.
	Cookies map[string]string
	// AuthCookie is the cookie by which the server, or what stands before it, knows a client that has logged in: while
	// there is one, requests carry no password or token. Default "hive.server2.auth".
	AuthCookie string
	// Gzip asks the server to pack its replies, for networks that are slow. In a fast one packing takes longer than sending:
	// Hive 4 needed twice the time for a million rows. Default false.
	Gzip bool
}

// Format prints the fields as a DSN has them, without the values of headers and cookies, whatever the verb and flags.
func (c HTTPConfig) Format(f fmt.State, verb rune) { Config{HTTP: c}.Format(f, verb) }

// LogValue is the same for package log/slog.
func (c HTTPConfig) LogValue() slog.Value { return Config{HTTP: c}.LogValue() }

var (
	_ fmt.Formatter  = HTTPConfig{}
	_ slog.LogValuer = HTTPConfig{}
)

var _ = registerParams(
	param{
		key: "transport", jdbc: []string{"transportMode"}, set: setTransport, check: checkTransport,
		get: func(c *Config) string { return string(c.Transport) },
	},
	stringParam("httpPath", func(c *Config) *string { return &c.HTTP.Path }),
	stringParam("httpAuthCookie", func(c *Config) *string { return &c.HTTP.AuthCookie }, "cookieName"),
	wordParam("httpGzip", "true", "false", func(c *Config) *bool { return &c.HTTP.Gzip }),
	httpParam("httpHeader:", "http.header.", func(c *Config) *map[string]string { return &c.HTTP.Headers }),
	httpParam("httpCookie:", "http.cookie.", func(c *Config) *map[string]string { return &c.HTTP.Cookies }),
)

// setTransport ignores case, as Hive's driver does.
func setTransport(c *Config, value string) error {
	c.Transport = TransportMode(strings.ToLower(value))
	if c.Transport != TransportBinary && c.Transport != TransportHTTP {
		return errTransport
	}
	return nil
}

var errTransport = errors.New("want binary or http")

func checkTransport(c *Config) error {
	switch cmp.Or(c.Transport, TransportBinary) {
	case TransportBinary:
		if h := c.HTTP; h.Path != "" || len(h.Headers) > 0 || len(h.Cookies) > 0 || h.AuthCookie != "" || h.Gzip {
			return errors.New("not http, but there are settings for it: make it http, or remove them")
		}
		return nil
	case TransportHTTP:
		if auth := c.authMode(); authChecks[auth] != nil && httpAuths[auth] == nil {
			return &ConfigError{Key: "auth", Value: string(auth), Reason: "not over HTTP; with transport=http it may be " + names(httpAuths)}
		}
		if strings.ContainsAny(c.HTTP.Path, "?#") {
			return &ConfigError{Key: "httpPath", Reason: "a path has no ? and no #"}
		}
		return nil
	}
	return errTransport
}

// httpParam is a family of headers or cookies, any of which may be a secret.
func httpParam(key, jdbc string, field func(*Config) *map[string]string) param {
	p := secretParam(familyParam(key, field))
	p.jdbc = []string{jdbc}
	plain := p.check
	p.check = func(c *Config) error {
		if err := plain(c); err != nil {
			return err
		}
		for name, value := range *field(c) {
			reason := ""
			switch err := checkPlainText(value, ""); {
			case err != nil:
				reason = err.Error()
			case strings.ContainsFunc(name, notInToken):
				reason = "not a name that HTTP has"
			case key == "httpHeader:" && slices.Contains(ownHeaders, http.CanonicalHeaderKey(name)):
				reason = "a header that the client itself sets; cookies have httpCookie:, a login has auth"
			case key == "httpCookie:" && strings.ContainsAny(value, "; \t\","):
				reason = "a cookie holds no blank, quote, comma or semicolon"
			default:
				continue
			}
			return &ConfigError{Key: key + name, Reason: reason}
		}
		return nil
	}
	return p
}

var ownHeaders = []string{
	"Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie",
	"Host", "Transfer-Encoding",
}

// notInToken tells the characters that no name of a header or cookie has (RFC 9110, section 5.6.2).
func notInToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// httpAuth makes what logs requests in.
type httpAuth func(ctx context.Context, cfg *Config) (transport.Authenticator, error)

var httpAuths = map[AuthMode]httpAuth{
	AuthNone:            basicLogin,
	AuthLDAP:            basicLogin,
	AuthJWT:             tokenLogin,
	AuthKerberos:        negotiateLogin,
	AuthDelegationToken: delegationHTTPLogin,
}

// fixed is a credential that there is nothing better than after a refusal.
type fixed transport.Credential

// Credential implements [transport.Authenticator].
func (f fixed) Credential(context.Context, []string) (transport.Credential, error) {
	return transport.Credential(f), nil
}

// basicLogin sends a placeholder for a password that there is none of: the server refuses an empty one.
func basicLogin(_ context.Context, cfg *Config) (transport.Authenticator, error) {
	if strings.Contains(cfg.User, ":") {
		return nil, errors.New("a user with a colon cannot log in over HTTP")
	}
	login := cfg.User + ":" + cmp.Or(cfg.Password, "anonymous")
	return fixed(transport.Authorization("Basic " + base64.StdEncoding.EncodeToString([]byte(login)))), nil
}

// httpDoor is what the connections of one session have in common: TCP connections, cookies and the login. Cookies may
// tell a load balancer which server the session is on.
type httpDoor struct {
	conf transport.HTTPConfig
	tcp  *http.Transport
}

// httpConn is a connection through a door.
type httpConn struct {
	*transport.HTTP
	door *httpDoor
}

func (d *httpDoor) open() transport.Conn { return &httpConn{transport.NewHTTP(d.conf), d} }

// Sibling returns another connection that reaches the same server.
func (c *httpConn) Sibling() transport.Conn { return c.door.open() }

// Close implements [transport.Conn].
func (c *httpConn) Close() error {
	err := c.HTTP.Close()
	c.door.tcp.CloseIdleConnections()
	return err
}

// idleLimit is less than what servers and the gateways before them leave idle connections: a request that meets one in
// the moment of its end fails, and may not be repeated.
const idleLimit = 30 * time.Second

// dialHTTP makes the door and a connection. Nothing is sent before the first message is.
func dialHTTP(ctx context.Context, cfg *Config) (transport.Conn, error) {
	auth, err := httpAuths[cfg.Auth](ctx, cfg)
	if err != nil {
		return nil, loginError(cfg, err)
	}
	tcp := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: cfg.dialer(), IdleConnTimeout: idleLimit, MaxIdleConnsPerHost: 2,
		ReadBufferSize: 64 << 10, // as over a stream
	}
	u := url.URL{Scheme: "http", Host: cfg.Addr(), Path: "/" + strings.TrimPrefix(cfg.HTTP.Path, "/")}
	if cfg.TLS.Enabled {
		u.Scheme = "https"
		if tcp.TLSClientConfig, err = cfg.TLS.client("tls", cfg.Host); err != nil {
			return nil, err
		}
	}
	if cfg.ProxyUser != "" {
		u.RawQuery = url.Values{"doAs": {cfg.ProxyUser}}.Encode()
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	door := &httpDoor{tcp: tcp, conf: transport.HTTPConfig{
		URL:          u.String(),
		RoundTripper: &transport.Login{Base: tcp, Auth: auth, Cookies: jar, AuthCookie: cfg.HTTP.AuthCookie},
		Header:       httpHeader(cfg), Gzip: cfg.HTTP.Gzip, IOTimeout: cfg.IOTimeout, MaxMessageSize: cfg.MaxMessageSize, Repeatable: repeatable,
	}}
	return door.open(), nil
}

func httpHeader(cfg *Config) http.Header {
	// Hive's filters against forged requests want to see the first two (hive.server2.xsrf.filter.enabled,
	// hive.server2.csrf.filter.enabled).
	h := http.Header{"X-Xsrf-Header": {"true"}, "X-Csrf-Token": {"true"}, "User-Agent": {"skep"}}
	for name, value := range cfg.HTTP.Headers {
		h.Set(name, value)
	}
	var cookies []string
	for name, value := range cfg.HTTP.Cookies {
		cookies = append(cookies, name+"="+value)
	}
	if len(cookies) > 0 {
		slices.Sort(cookies)
		h.Set("Cookie", strings.Join(cookies, "; "))
	}
	return h
}

// repeatable are the calls that change nothing, or nothing more the second time. FetchResults is none of them: what the
// server has sent it does not send again.
func repeatable(method string) bool {
	return slices.Contains([]string{
		"GetInfo", "GetOperationStatus", "GetResultSetMetadata", "CancelOperation", "CloseOperation", "CloseSession",
	}, method)
}

// httpHint says what to check after an answer of a server, or of what stands before it.
func httpHint(status *transport.StatusError) string {
	switch code := status.Code; {
	case code/100 == 3:
		return "it sends to another address, as a login page does; logins by browser, such as SAML, are not supported"
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return "does httpPath match hive.server2.thrift.http.path?"
	case isOverload(status):
		return "the server, or what stands before it, is overloaded or down"
	}
	return ""
}

func isOverload(status *transport.StatusError) bool {
	return slices.Contains([]int{
		http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, status.Code)
}
