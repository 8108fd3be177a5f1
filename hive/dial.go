package hive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

// Making a connection has three pieces, each found in a table below, so that a new door is a new file that adds its
// piece from a variable's initialiser and changes nothing here.

// authMethod gives the SASL mechanism of one [AuthMode] for a login at host; nil is none, a raw stream.
type authMethod func(ctx context.Context, cfg *Config, host string) (sasl.Mechanism, error)

// streamLayer wraps the TCP stream before anything is sent over it, or returns it as it is if cfg does not ask for it.
type streamLayer func(ctx context.Context, cfg *Config, host string, nc net.Conn) (net.Conn, error)

// transportMaker makes the transport if cfg asks for its kind.
type transportMaker struct {
	wanted func(cfg *Config) bool
	make   func(ctx context.Context, cfg *Config) (transport.Conn, error)
}

var (
	authMethods = map[AuthMode]authMethod{
		AuthNone:            plainLogin,
		AuthLDAP:            plainLogin,
		AuthNoSASL:          func(context.Context, *Config, string) (sasl.Mechanism, error) { return nil, nil },
		AuthKerberos:        kerberosLogin,
		AuthDelegationToken: delegationLogin,
	}
	streamLayers = []streamLayer{tlsLayer}
	transports   = []transportMaker{{overHTTP, dialHTTP}} // the binary transport is taken when none is wanted
)

// dial makes a connection that is logged in; cfg has its defaults set.
func dial(ctx context.Context, cfg *Config) (transport.Conn, error) {
	for _, t := range transports {
		if t.wanted(cfg) {
			return t.make(ctx, cfg)
		}
	}
	return dialBinary(ctx, cfg)
}

func dialBinary(ctx context.Context, cfg *Config) (transport.Conn, error) {
	method, ok := authMethods[cfg.Auth]
	if !ok {
		return nil, &ConfigError{Key: "auth", Reason: fmt.Sprintf("no such method: %q", cfg.Auth)}
	}
	mechanism, err := method(ctx, cfg, cfg.Host)
	if err != nil {
		return nil, loginError(cfg, err)
	}
	nc, err := dialStream(ctx, cfg)
	if err != nil {
		return nil, connectError(ctx, cfg, "connect", err)
	}
	b, err := transport.NewBinary(ctx, nc, transport.BinaryConfig{
		Mechanism:      mechanism,
		IOTimeout:      cfg.IOTimeout,
		MaxMessageSize: cfg.MaxMessageSize,
	})
	if err != nil {
		err = connectError(ctx, cfg, "log in", err)
		var refused *AuthError
		if m, ok := mechanism.(*krb.Mechanism); ok && errors.As(err, &refused) {
			err = refusedTicket(cfg, m.Ticket(), refused.Message)
		}
		return nil, err
	}
	return b, nil
}

// loginError is that of a login for which there is nothing to send.
func loginError(cfg *Config, err error) error {
	var kerberos *KerberosError
	var config *ConfigError
	if errors.As(err, &kerberos) || errors.As(err, &config) {
		return err
	}
	return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: err.Error()}
}

func dialStream(ctx context.Context, cfg *Config) (net.Conn, error) {
	nc, err := cfg.dialer()(ctx, "tcp", cfg.Addr())
	for _, layer := range streamLayers {
		if err != nil {
			break
		}
		nc, err = layer(ctx, cfg, cfg.Host, nc)
	}
	return nc, err
}

// dialLimit is the key of a context that bounds the time to make a connection. A field of Config would last for the
// session's life.
type dialLimit struct{}

// dialer makes TCP connections.
func (c *Config) dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	dial := c.Dialer
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: c.KeepAlive}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if limit, ok := ctx.Value(dialLimit{}).(time.Duration); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		if addr == c.Addr() { // and not a proxy's
			addr = c.dialAddr()
		}
		return dial(ctx, network, addr)
	}
}

// dialAddr is Addr, with the address of Host that is meant in place of its name, if there are several.
func (c *Config) dialAddr() string {
	if c.ip == (netip.Addr{}) {
		return c.Addr()
	}
	_, port, _ := net.SplitHostPort(c.Addr())
	return net.JoinHostPort(c.ip.String(), port)
}

func overHTTP(cfg *Config) bool { return cfg.Transport == TransportHTTP }

// plainLogin is SASL PLAIN, which HiveServer2 asks for even without authentication. The server refuses empty fields,
// so that a login without a name or a password sends a placeholder, as Hive's own clients do.
func plainLogin(_ context.Context, cfg *Config, _ string) (sasl.Mechanism, error) {
	m := sasl.Plain{User: cfg.User, Password: cfg.Password}
	if m.Password == "" && cfg.Auth == AuthNone {
		m.Password = "anonymous"
	}
	_, err := m.Start() // tell what cannot be sent before connecting
	return m, err
}

// connectError tells a refused login from a network that failed, and adds what to check.
func connectError(ctx context.Context, cfg *Config, op string, err error) error {
	var refused *sasl.RefusedError
	var qop *sasl.QOPError
	var kerberos *krb.Error
	var dns *net.DNSError
	var config *ConfigError
	var login *KerberosError
	var answered *AuthError
	e := &NetworkError{Addr: cfg.Addr(), Op: op, Err: timedOut(err)}
	switch {
	case errors.As(err, &config):
		return config
	case errors.As(err, &login):
		return login
	case errors.As(err, &answered):
		return answered
	case errors.Is(err, errToken):
		return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: err.Error()}
	case errors.As(err, &refused):
		message := refused.Message
		if strings.HasPrefix(message, "DIGEST-MD5") { // a token that is unknown Java calls an I/O error
			message += tokenHint
		}
		return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: message}
	case errors.As(err, &kerberos):
		return kerberosError(cfg, err)
	case errors.As(err, &qop):
		return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: err.Error() + " (hive.server2.thrift.sasl.qop says what it does)"}
	case errors.Is(err, sasl.ErrProtocol):
		return &ProtocolError{Addr: cfg.Addr(), Op: op, Err: err}
	case ctx.Err() != nil:
		e.Err = contextError(ctx)
		if op == "log in" {
			e.Hint = "the server accepted the connection and did not answer; is this a HiveServer2 port for transport=binary, and does auth=" + string(cfg.Auth) + " match it?"
		}
	case tlsHint("tls", err) != "":
		e.Hint = tlsHint("tls", err)
	case errors.As(err, &dns):
		e.Hint = "check the host name"
	case op == "connect":
		e.Hint = "is a HiveServer2 listening there?"
	case isNetwork(err):
		e.Hint = "the server closed the connection during the login; is this a HiveServer2 port for transport=binary, does auth=" + string(cfg.Auth) + " match it"
		if !cfg.TLS.Enabled {
			e.Hint += ", and does it want TLS (tls=true)"
		}
		e.Hint += "?"
	}
	return e
}
