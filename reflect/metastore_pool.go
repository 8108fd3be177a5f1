package hivereflect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
)

// pool has the connections to a metastore. A connection is used by one caller at a time, and only one that is in step,
// with no reply on its way, is used again.
type pool struct {
	cfg   MetastoreConfig
	http  *http.Transport
	slots chan struct{} // holds one for each connection that is in use

	mu        sync.Mutex
	endpoints []*endpoint
	idle      []*metaConn // the last one used is the last
	used      map[*metaConn]bool
	closed    bool
}

// endpoint is one of the URIs. Its time is under the pool's lock.
type endpoint struct {
	uri    *url.URL
	failed time.Time // the last time that it did, or zero
	// eachKind: the server wants to be asked for each kind of constraint by itself.
	eachKind atomic.Bool
}

// coolDown is how long an endpoint that has failed is tried after the others.
const coolDown = 30 * time.Second

func newPool(cfg MetastoreConfig) (*pool, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	endpoints, err := cfg.endpoints()
	if err != nil {
		return nil, err
	}
	return &pool{
		cfg:       cfg,
		endpoints: endpoints,
		http:      &http.Transport{DialContext: cfg.Dialer, TLSClientConfig: cfg.TLS.Clone(), ForceAttemptHTTP2: true},
		slots:     make(chan struct{}, cfg.Connections),
		used:      map[*metaConn]bool{},
	}, nil
}

// do runs f with a connection. Should the connection fail, f runs again with another one: all calls only read.
func (p *pool) do(ctx context.Context, f func(*metaConn) error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for tries := 0; ; tries++ {
		c, err := p.get(ctx)
		if err != nil {
			return err
		}
		err = f(c)
		broken := c.err()
		p.put(c)
		if err == nil || broken == nil || ctx.Err() != nil {
			return err
		}
		if tries == len(p.endpoints) || errors.Is(broken, transport.ErrClosed) || !isNetwork(broken) {
			return c.explain(err)
		}
		if !c.reused { // else it has only lain too long
			p.fail(c.endpoint)
		}
	}
}

// get returns an idle connection that is whole, or a new one.
func (p *pool) get(ctx context.Context) (*metaConn, error) {
	p.mu.Lock()
	var stale []*metaConn
	var found *metaConn
	for found == nil && len(p.idle) > 0 {
		last := len(p.idle) - 1
		c := p.idle[last]
		p.idle = p.idle[:last]
		if c.err() != nil {
			stale = append(stale, c)
			continue
		}
		found = c
		c.reused = true
		p.used[c] = true
	}
	closed := p.closed
	p.mu.Unlock()
	for _, c := range stale {
		c.rpc.Close()
	}
	switch {
	case closed:
		return nil, errClosed
	case found != nil:
		return found, nil
	}
	return p.connect(ctx)
}

var errClosed = errors.New("hivereflect: the Metastore is closed")

// put takes a connection back. One that is out of step or broken is closed.
func (p *pool) put(c *metaConn) {
	p.mu.Lock()
	delete(p.used, c)
	keep := !p.closed && c.pending == 0 && c.err() == nil
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.rpc.Close()
	}
}

// close ends all connections, those in use as well.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	conns := p.idle
	p.idle = nil
	for c := range p.used {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	for _, c := range conns {
		c.rpc.Close()
	}
	p.http.CloseIdleConnections()
}

func (p *pool) fail(e *endpoint) {
	p.mu.Lock()
	e.failed = time.Now()
	p.mu.Unlock()
}

// order returns the endpoints as they are to be tried: those that have failed of late come last, the latest as the last.
func (p *pool) order() []*endpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	since := time.Now().Add(-coolDown)
	for _, e := range p.endpoints {
		if e.failed.Before(since) {
			e.failed = time.Time{}
		}
	}
	order := slices.Clone(p.endpoints)
	slices.SortStableFunc(order, func(a, b *endpoint) int { return a.failed.Compare(b.failed) })
	return order
}

// connect makes a connection to the first endpoint that can be reached.
func (p *pool) connect(ctx context.Context) (*metaConn, error) {
	var tries []Try
	for _, e := range p.order() {
		c, err := p.dial(ctx, e)
		if err == nil {
			return p.welcome(c)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p.fail(e)
		tries = append(tries, Try{e.uri.String(), err})
	}
	// A server that answers, though not as it should, was reached.
	var refused *PermissionError
	var protocol *ProtocolError
	var login *hive.KerberosError
	for _, t := range tries {
		if errors.As(t.Err, &refused) || errors.As(t.Err, &protocol) || errors.As(t.Err, &login) {
			return nil, t.Err
		}
	}
	return nil, &UnreachableError{tries}
}

// welcome makes a new connection one of the pool, unless that was closed meanwhile.
func (p *pool) welcome(c *metaConn) (*metaConn, error) {
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.used[c] = true
	}
	p.mu.Unlock()
	if closed {
		c.rpc.Close()
		return nil, errClosed
	}
	return c, nil
}

// dial makes a connection, and greets the server.
func (p *pool) dial(ctx context.Context, e *endpoint) (*metaConn, error) {
	if p.cfg.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, p.cfg.ConnectTimeout, fmt.Errorf("%w (%v)", errSilent, p.cfg.ConnectTimeout))
		defer cancel()
	}
	conn, err := p.transport(ctx, e)
	if err != nil {
		return nil, err
	}
	c := &metaConn{rpc: rpc.NewClient(conn), endpoint: e, user: p.cfg.User}
	if err := c.greet(ctx, e.uri.Scheme == "thrift" && p.cfg.Auth == MetastoreNone); err != nil {
		c.rpc.Close()
		return nil, c.explain(err)
	}
	return c, nil
}

var errSilent = errors.New("no answer within ConnectTimeout")

func (p *pool) transport(ctx context.Context, e *endpoint) (transport.Conn, error) {
	if e.uri.Scheme != "thrift" {
		header := http.Header{}
		if p.cfg.Auth == MetastoreToken {
			header.Set("Authorization", "Bearer "+p.cfg.Token)
		} else {
			header.Set("X-Actor-Username", p.cfg.User)
		}
		return transport.NewHTTP(transport.HTTPConfig{
			URL: e.uri.String(), RoundTripper: p.http, Header: header,
			IOTimeout: p.cfg.IOTimeout, MaxMessageSize: p.cfg.MaxMessageSize,
		}), nil
	}
	mechanism, err := p.cfg.mechanism(ctx, e.uri.Hostname())
	if err != nil {
		return nil, p.cfg.refused(e, mechanism, err)
	}
	nc, err := p.cfg.Dialer(ctx, "tcp", e.uri.Host)
	if err != nil {
		return nil, err
	}
	if p.cfg.TLS != nil {
		config := p.cfg.TLS.Clone()
		if config.ServerName == "" {
			config.ServerName = e.uri.Hostname()
		}
		secure := tls.Client(nc, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			nc.Close()
			return nil, &ProtocolError{e.uri.String(), err, "check TLS"}
		}
		nc = secure
	}
	conn, err := transport.NewBinary(ctx, nc, transport.BinaryConfig{
		Mechanism: mechanism, Framed: p.cfg.Framed, IOTimeout: p.cfg.IOTimeout, MaxMessageSize: p.cfg.MaxMessageSize,
	})
	if err != nil {
		return nil, p.cfg.refused(e, mechanism, err)
	}
	return conn, nil
}
