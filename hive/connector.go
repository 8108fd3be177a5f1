package hive

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/internal/discovery"
)

// Connector opens sessions with one [Config]. If that leaves several servers to choose from, the Connector remembers for
// half a minute which of them did not answer, and tries these after the others. It is safe for concurrent use; there is
// nothing to close.
type Connector struct {
	cfg    *Config
	source discovery.Source // nil for one server
	choice discovery.Choice
}

// NewConnector returns a Connector for a copy of cfg, or the [*ConfigError] in it.
func NewConnector(cfg *Config) (*Connector, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Connector{cfg: cfg.Clone()}
	c.choice.Policy = hostPolicies[cfg.withDefaults().HostPolicy]
	servers := c.cfg.servers()
	switch {
	case c.cfg.Discovery.byZooKeeper():
		c.source = c.cfg.zooKeeper()
	case c.cfg.Discovery == DiscoveryDNS:
		c.source = &discovery.Addresses{Names: servers}
	case len(servers) > 1:
		c.source = discovery.List(servers)
	default:
		c.cfg = c.cfg.at(servers[0])
	}
	return c, nil
}

// servers are those that c names.
func (c *Config) servers() []discovery.Server {
	if len(c.Hosts) == 0 {
		return []discovery.Server{{Host: c.Host, Port: c.Port}}
	}
	servers := make([]discovery.Server, len(c.Hosts))
	for i, text := range c.Hosts {
		text, _, _ := cutChroot(text)
		servers[i].Host, servers[i].Port, _ = cutHostPort(text)
	}
	return servers
}

// Connect opens a session. ctx and [Config.ConnectTimeout] bound the whole of it: finding the servers, dialing, login,
// OpenSession, and what is run in a new session. Errors are a [*ConfigError], [*NetworkError], [*AuthError], [*KerberosError], [*ProtocolError], or the
// server's [*Error], e.g. for an unknown database; with several servers also a [*DiscoveryError] if they are not to be
// found, and a [*HostsError], which has one of the others for each server that was tried.
//
// Among several servers the next one is tried when one fails, for nothing has run then. A refused login is not tried
// elsewhere: it would be refused there, too, and count towards the account's lock.
func (c *Connector) Connect(ctx context.Context) (*Session, error) {
	full := c.cfg.withDefaults()
	ctx, cancel := full.connectContext(ctx)
	defer cancel()
	session, err := c.open(ctx, full)
	if err != nil {
		return nil, err
	}
	if err := session.prepare(ctx); err != nil { // which is not tried elsewhere: something may have run
		return nil, err
	}
	return session, nil
}

// open opens a session on some server; full is the configuration with its defaults.
func (c *Connector) open(ctx context.Context, full *Config) (*Session, error) {
	if c.source == nil {
		return openSession(ctx, full)
	}
	servers, err := c.source.Servers(ctx)
	if err != nil {
		return nil, c.discoveryError(ctx, err)
	}
	return c.connectAny(ctx, servers)
}

// connectAny opens a session on one of the servers.
func (c *Connector) connectAny(ctx context.Context, servers []discovery.Server) (*Session, error) {
	nodes, addrs := make([]*Config, len(servers)), make([]string, len(servers))
	for i, s := range servers {
		nodes[i] = c.cfg.at(s)
		addrs[i] = nodes[i].dialAddr()
	}
	failed := &HostsError{Hosts: len(servers)}
	for n, i := range c.choice.Order(addrs) {
		session, err := attempt(ctx, nodes[i], len(nodes)-n)
		switch {
		case err == nil || hasAnswered(err):
			c.choice.Note(addrs[i], true)
		case ctx.Err() == nil && !isFinal(err): // else it is not known whether the server would have answered
			c.choice.Note(addrs[i], false)
		}
		if err == nil {
			return session, nil
		}
		if n == 0 && isFinal(err) {
			return nil, err
		}
		failed.Failures = append(failed.Failures, HostFailure{Addr: addrs[i], Err: err})
		if ctx.Err() != nil || isFinal(err) {
			break
		}
	}
	return nil, failed
}

const (
	// dialPatience is how long a server is given to accept a connection while there are others to try: time for the
	// first packet to be sent twice more.
	dialPatience = 3 * time.Second
	// nodePatience is how long it is given in all if the caller would wait for ever.
	nodePatience = 30 * time.Second
)

// attempt opens a session on one server, of left that are to be tried, in its share of the time.
func attempt(ctx context.Context, node *Config, left int) (*Session, error) {
	if err := node.Validate(); err != nil { // which c was: it is what the server has published
		return nil, &ProtocolError{Addr: node.dialAddr(), Op: "reading what it has registered", Err: errors.New(err.Error())}
	}
	if left > 1 {
		share := nodePatience
		if end, ok := ctx.Deadline(); ok {
			share = time.Until(end) / time.Duration(left)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithValue(ctx, dialLimit{}, dialPatience), share)
		defer cancel()
	}
	return openSession(ctx, node.withDefaults())
}

// hasAnswered reports whether the server itself said no.
func hasAnswered(err error) bool {
	return errors.As(err, new(*Error)) || errors.As(err, new(*AuthError))
}

// isFinal reports whether an attempt would fail in the same way on every server.
func isFinal(err error) bool {
	var kerberos *KerberosError
	if errors.As(err, &kerberos) {
		return kerberos.Step != KerberosTicket && kerberos.Step != KerberosServer // which are about one server
	}
	return errors.As(err, new(*ConfigError)) || errors.As(err, new(*AuthError))
}

// HostsError is a session that was opened on none of several servers.
type HostsError struct {
	// Hosts is how many servers there are to choose from.
	Hosts int
	// Failures are the servers that were tried, in that order.
	Failures []HostFailure
}

// HostFailure is why one server opened no session.
type HostFailure struct {
	// Addr is the server's "host:port".
	Addr string
	Err  error
}

func (e *HostsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "hive: none of %d servers opened a session", e.Hosts)
	if n := len(e.Failures); n < e.Hosts {
		b.WriteString(", " + strconv.Itoa(n) + " tried")
	}
	for _, f := range e.Failures {
		text := strings.TrimPrefix(f.Err.Error(), "hive: ")
		if !strings.HasPrefix(text, f.Addr) {
			text = f.Addr + ": " + text
		}
		b.WriteString("\n\t" + text)
	}
	return b.String()
}

// Unwrap gives the errors of all servers that were tried.
func (e *HostsError) Unwrap() []error {
	errs := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		errs[i] = f.Err
	}
	return errs
}

// Timeout reports whether time was up before a server answered, as [net.Error] does.
func (e *HostsError) Timeout() bool {
	for _, f := range e.Failures {
		var t interface{ Timeout() bool }
		if !errors.As(f.Err, &t) || !t.Timeout() {
			return false
		}
	}
	return true
}

// DiscoveryError tells why it is not known which servers there are.
type DiscoveryError struct {
	// Discovery is how they were looked for.
	Discovery Discovery
	// Addrs is who was asked, as the Config has it: ZooKeeper's servers, or the names.
	Addrs []string
	// Path is that of the znode, with ZooKeeper.
	Path string
	// Hint is what to check, empty if there is nothing to add.
	Hint string
	// Err is the cause, with a [*KerberosError] in its tree for each login to ZooKeeper that failed.
	Err error
}

func (e *DiscoveryError) Error() string {
	asked := strings.Join(e.Addrs, ",") + e.Path
	text := fmt.Sprintf("hive: finding servers by %s at %s: %v", e.Discovery, asked, e.Err)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap gives the cause.
func (e *DiscoveryError) Unwrap() error { return e.Err }

func (c *Connector) discoveryError(ctx context.Context, err error) error {
	var config *ConfigError
	if errors.As(err, &config) {
		return config
	}
	e := &DiscoveryError{Discovery: c.cfg.Discovery, Err: err}
	for _, s := range c.cfg.servers() {
		e.Addrs = append(e.Addrs, joinHostPort(s.Host, s.Port))
	}
	z, ok := c.source.(*discovery.ZooKeeper)
	if !ok {
		e.Hint = "check the host name"
		return e
	}
	e.Path = z.Path()
	switch {
	case errors.Is(err, discovery.NoNode):
		e.Hint = "is zkNamespace that of the servers, and has one ever registered?"
	case errors.As(err, new(*KerberosError)): // which says what to check
	case errors.Is(err, discovery.NoAuth) && c.cfg.ZooKeeper.Principal != "":
		e.Hint = "the znode's ACL says who may read it: is this one of them?"
	case errors.Is(err, discovery.NoAuth), errors.Is(err, discovery.NeedsSASL):
		e.Hint = "log in to ZooKeeper: write auth=kerberos and zkPrincipal=zookeeper/_HOST, or whatever its principal is"
	case errors.Is(err, discovery.ErrEmpty):
		e.Hint = "do the servers run, and register for discovery=" + string(c.cfg.Discovery) + "?"
	case errors.Is(err, discovery.ErrNoLeader):
		e.Hint = "one of them becomes the active one within moments of starting, or of another one's end"
	case tlsHint("zkTLS", err) != "":
		e.Hint = tlsHint("zkTLS", err)
	case ctx.Err() == nil:
		e.Hint = "is a ZooKeeper listening there?"
	}
	return e
}
