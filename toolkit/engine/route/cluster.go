package route

import (
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// cluster is what the views of an engine share: the leader, which is node 0, behind it the followers, and behind these
// the servers that have tables of their own.
type cluster struct {
	policy      Policy
	only        bool // followers
	first, most time.Duration
	bound       map[*schema.Table]*node
	probes      *probes // nil if there are none

	mu    sync.Mutex
	nodes []*node
	reads int // how many are followers
	turn  int // the place of the node that comes next
}

// node is a server.
type node struct {
	name     string
	place    int
	weight   int
	bound    bool // it has tables of its own
	inFlight int

	failures int       // since it was reached last
	until    time.Time // when it is tried again
	err      error     // why it is left alone
}

// State is how a follower is.
type State struct {
	Name     string
	InFlight int       // reads that are not over
	Err      error     // why it could not be reached; nil if it could
	Until    time.Time // when it is tried again, if it could not be reached
}

// attempt is a statement on its way to a node.
type attempt struct {
	on       *node
	failures int // of the node, when it was chosen
}

// at begins an attempt on the node with the name.
func (c *cluster) at(name string) (attempt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.nodes, func(n *node) bool { return n.name == name })
	if i < 0 {
		e := &NameError{Name: name}
		for _, n := range c.nodes {
			e.Known = append(e.Known, n.name)
		}
		return attempt{}, e
	}
	return c.begin(c.nodes[i]), nil
}

func (c *cluster) begin(n *node) attempt {
	n.inFlight++
	return attempt{n, n.failures}
}

// follower begins an attempt on a follower that is well, and was not tried; false if there is none.
func (c *cluster) follower(tried []*node) (attempt, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	left := slices.DeleteFunc(slices.Clone(c.nodes[1:1+c.reads]), func(n *node) bool {
		return now.Before(n.until) || slices.Contains(tried, n)
	})
	if len(left) == 0 {
		return attempt{}, false
	}
	n := c.policy.choose(left, c.turn)
	c.turn = n.place + 1
	if n.failures > 0 { // one read finds out whether it is back, and not all
		n.until = now.Add(c.backOff(n.failures))
	}
	return c.begin(n), true
}

// over ends an attempt: its result, if it has one, is read.
func (c *cluster) over(a attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.on.inFlight--
}

// heard notes whether the node could be reached, and tells what has changed. Several attempts that were under way at once
// are one failure, and what was chosen before a failure says nothing about the time after it.
func (c *cluster) heard(a attempt, gone, reached bool, err error) (lost, back bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := a.on
	switch {
	case n.failures != a.failures:
	case gone:
		n.failures++
		n.until, n.err = time.Now().Add(c.backOff(n.failures)), err
		return true, false
	case reached && n.failures > 0:
		n.failures, n.until, n.err = 0, time.Time{}, nil
		return false, true
	}
	return false, false
}

// unreachable reports whether an error tells that the statement did not get to the server.
func unreachable(err error) bool {
	return errors.As(err, new(*engine.CheckoutError)) || errors.Is(err, driver.ErrBadConn)
}

// backOff is how long a node is left alone after so many failures in a row.
func (c *cluster) backOff(failures int) time.Duration {
	wait := c.first
	for i := 1; i < failures && wait < c.most; i++ {
		wait *= 2
	}
	return min(wait, c.most)
}

func (c *cluster) followers() []State {
	c.mu.Lock()
	defer c.mu.Unlock()
	states := make([]State, c.reads)
	for i, n := range c.nodes[1 : 1+c.reads] {
		states[i] = State{Name: n.name, InFlight: n.inFlight, Err: n.err, Until: n.until}
	}
	return states
}
