package discovery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path"
	"slices"
	"time"
)

// What a namespace may lack.
var (
	ErrEmpty    = errors.New("no HiveServer2 is registered there")
	ErrNoLeader = errors.New("none of the HiveServer2s registered there is the active one")
)

const (
	// patience is how long one server of ZooKeeper is waited for if the caller would wait for ever.
	patience = 10 * time.Second
	// between is how long to wait for a server to become the active one before asking again.
	between = time.Second
)

// ZooKeeper is a [Source] of what HiveServer2s have registered.
//
// Who asks while another one does takes the other's answer, so that a pool that fills costs ZooKeeper one question. If no
// server of ZooKeeper answers, the last list is given again, and for a while ZooKeeper is not asked.
type ZooKeeper struct {
	// Login, unless nil, logs in to the server at addr, with tokens of SASL that exchange takes there; the server's answer
	// is empty when it is content, and [AuthFailed] if it refuses. It is set before the first use. If its error has a method
	// Final() bool that reports true, the other servers are not asked: they would lead to the same.
	Login func(ctx context.Context, addr string, exchange func(token []byte) ([]byte, error)) error

	quorum []string // "host:port"
	path   string
	leader bool
	dial   func(ctx context.Context, addr string) (net.Conn, error)

	turn  chan struct{} // holds one token: whoever has taken it may ask, and use what follows
	when  time.Time     // when the last answer came
	last  []Server      // what was given then
	err   error
	known []Server // the last list that there was
}

// NewZooKeeper makes a source of the servers that registered below a namespace, the path of a znode, for dynamic
// service discovery (hive.server2.support.dynamic.service.discovery). dial connects to a server of ZooKeeper.
func NewZooKeeper(quorum []string, namespace string, dial func(ctx context.Context, addr string) (net.Conn, error)) *ZooKeeper {
	z := &ZooKeeper{quorum: quorum, path: path.Join("/", namespace), dial: dial, turn: make(chan struct{}, 1)}
	z.turn <- struct{}{}
	return z
}

// NewLeader is [NewZooKeeper] for the one server that is active (hive.server2.active.passive.ha.enable). With Kerberos
// servers register elsewhere than without.
func NewLeader(quorum []string, namespace string, secure bool, dial func(ctx context.Context, addr string) (net.Conn, error)) *ZooKeeper {
	suffix := "-unsecure"
	if secure {
		suffix = "-sasl"
	}
	z := NewZooKeeper(quorum, namespace+suffix+"/instances", dial)
	z.leader = true
	return z
}

// Path is that of the znode whose children are the servers.
func (z *ZooKeeper) Path() string { return z.path }

// Servers implements [Source]. It takes half of the time that ctx has left, at most. The error is [ErrEmpty],
// [ErrNoLeader], a [Code], or tells of each server of ZooKeeper why it was of no use.
func (z *ZooKeeper) Servers(ctx context.Context) ([]Server, error) {
	began := time.Now()
	select {
	case <-z.turn:
		defer func() { z.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	switch {
	case z.when.After(began) && z.last != nil:
		return z.last, nil
	case z.when.After(began):
		return nil, z.err
	case z.err != nil && z.known != nil && began.Sub(z.when) < coolDown:
		return z.known, nil
	}
	asking := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
	}
	found, err := z.await(asking)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return nil, context.Cause(ctx) // which says nothing of ZooKeeper
	}
	z.when, z.last, z.err = time.Now(), found, err
	switch {
	case err == nil:
		z.known = found
	case z.known != nil && !isAnswer(err):
		z.last = z.known
		return z.known, nil
	}
	return found, err
}

// isAnswer reports whether ZooKeeper itself said that there is no list.
func isAnswer(err error) bool {
	var code Code
	return errors.Is(err, ErrEmpty) || errors.Is(err, ErrNoLeader) || errors.As(err, &code)
}

// await asks, and goes on asking for a leader as long as there is none.
func (z *ZooKeeper) await(ctx context.Context) ([]Server, error) {
	for {
		found, err := z.askAny(ctx)
		if !errors.Is(err, ErrNoLeader) {
			return found, err
		}
		select {
		case <-time.After(between):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// askAny asks one server of ZooKeeper after the other until one answers.
func (z *ZooKeeper) askAny(ctx context.Context) ([]Server, error) {
	var failed []error
	for i, k := range rand.Perm(len(z.quorum)) {
		limit := patience
		if end, ok := ctx.Deadline(); ok {
			limit = time.Until(end) / time.Duration(len(z.quorum)-i)
		}
		one, cancel := context.WithTimeout(ctx, limit)
		found, err := z.ask(one, z.quorum[k])
		if cause := context.Cause(one); err != nil && cause != nil && !errors.Is(err, cause) {
			err = cause
		}
		cancel()
		if err == nil || isAnswer(err) {
			return found, err
		}
		failed = append(failed, fmt.Errorf("%s: %w", z.quorum[k], err))
		var login interface{ Final() bool }
		if ctx.Err() != nil || errors.As(err, &login) && login.Final() {
			break
		}
	}
	return nil, errors.Join(failed...)
}

func (z *ZooKeeper) ask(ctx context.Context, addr string) ([]Server, error) {
	nc, err := z.dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	defer withDeadline(ctx, nc)()
	s := session{stream: nc}
	if err := s.open(); err != nil {
		return nil, err
	}
	defer s.close()
	if z.Login != nil {
		if err := z.Login(ctx, addr, s.exchange); err != nil {
			return nil, err
		}
	}
	names, err := s.children(z.path)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = path.Join(z.path, name)
	}
	data, err := s.data(paths)
	if err != nil {
		return nil, err
	}
	return z.read(names, data)
}

// read makes servers of znodes, in the order of their names.
func (z *ZooKeeper) read(names []string, data [][]byte) ([]Server, error) {
	var found []Server
	var strange error
	for i, name := range names {
		if data[i] == nil {
			continue
		}
		var s Server
		var active bool
		var err error
		if z.leader {
			s, active, err = parseRecord(data[i])
		} else {
			s, err = parseNode(name, data[i])
			active = true
		}
		switch {
		case err != nil:
			strange = fmt.Errorf("%w: the znode %s: %w", ErrEmpty, path.Join(z.path, name), err)
		case active:
			found = append(found, s)
		}
	}
	switch {
	case found != nil:
		return found, nil
	case strange != nil:
		return nil, strange
	case z.leader && len(names) > 0:
		return nil, ErrNoLeader
	}
	return nil, ErrEmpty
}
