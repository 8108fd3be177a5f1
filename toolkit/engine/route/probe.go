package route

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

const defaultProbeTimeout = 5 * time.Second

// probes ask followers, one goroutine each, until end is called.
type probes struct {
	stop    context.CancelFunc
	running sync.WaitGroup
}

func (e *Engine) startProbes(every, limit time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	p := &probes{stop: stop}
	e.cluster.probes = p
	for _, n := range e.cluster.nodes[1 : 1+e.cluster.reads] {
		p.running.Go(func() { e.probe(ctx, n, every, limit) })
	}
}

// end waits for all. It is safe to call it twice.
func (p *probes) end() {
	if p != nil {
		p.stop()
		p.running.Wait()
	}
}

// probe asks a server again and again.
func (e *Engine) probe(ctx context.Context, n *node, every, limit time.Duration) {
	db := e.engines[n.place].DB()
	if db == nil { // nothing is sent there
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		a := e.cluster.ask(n)
		err := ping(ctx, db, limit)
		if ctx.Err() != nil {
			return
		}
		if err == nil || !full(db) { // it may have been the pool that let it wait
			e.heard(ctx, a, err != nil, err == nil, err)
		}
	}
}

func ping(ctx context.Context, db *sql.DB, limit time.Duration) error {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	return db.PingContext(ctx)
}

func full(db *sql.DB) bool {
	s := db.Stats()
	return s.MaxOpenConnections > 0 && s.InUse >= s.MaxOpenConnections
}

// ask begins an attempt that is no read.
func (c *cluster) ask(n *node) attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return attempt{n, n.failures}
}
