package discovery

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Policy is the order in which servers are tried.
type Policy int

// The policies.
const (
	Random     Policy = iota
	RoundRobin        // each time beginning with the next one
	FirstAlive        // as they were named
)

// coolDown is how long a server that has failed is tried after the others only.
const coolDown = 30 * time.Second

// Choice puts servers, which it knows by their addresses, into the order in which to try them. The zero value is ready.
// It is safe for concurrent use.
type Choice struct {
	Policy Policy

	mu     sync.Mutex
	turn   int
	failed map[string]time.Time // when
	now    func() time.Time     // nil is time.Now
}

// Order returns the places in addrs in the order in which to try them: first those that have not failed of late.
func (c *Choice) Order(addrs []string) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	order := make([]int, len(addrs))
	for i := range order {
		order[i] = i
	}
	switch {
	case len(addrs) == 0:
	case c.Policy == Random:
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	case c.Policy == RoundRobin:
		first := c.turn % len(order)
		order = append(order[first:], order[:first]...)
		c.turn++
	}
	for addr, when := range c.failed {
		if c.time().Sub(when) >= coolDown {
			delete(c.failed, addr)
		}
	}
	cooling := func(i int) int {
		if _, ok := c.failed[addrs[i]]; ok {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(i, j int) int { return cooling(i) - cooling(j) })
	return order
}

// Note remembers whether a server has answered.
func (c *Choice) Note(addr string, answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answered {
		delete(c.failed, addr)
		return
	}
	if c.failed == nil {
		c.failed = map[string]time.Time{}
	}
	c.failed[addr] = c.time()
}

func (c *Choice) time() time.Time {
	if c.now != nil {
		return c.now()
	}
	return time.Now()
}
