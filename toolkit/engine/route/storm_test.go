package route_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
)

// The storm: clients that execute statements of all kinds, in sessions, in transactions and without, while the servers
// die and come back. Its time is that of a bubble, so that no run depends on the machine.
const (
	clients    = 16
	steps      = 120
	stormStick = 30 * time.Millisecond
)

// entry is a statement in the journal. The moments of one journal are in one order.
type entry struct {
	reads bool
	view  int    // whose statements decide about whose reads
	scope int    // 0: none
	asked string // the server, "" if none was asked for

	begun, arrived, ended moment
	on                    *server
	session               int
	arrivals              int
}

// moment is a place in the order, from 1 on, and its time.
type moment struct {
	n  int
	at time.Time
}

// journal is what has happened.
type journal struct {
	mu      sync.Mutex
	moments int
	entries []*entry // by the number that stands in the statement
	scopes  int
}

func (j *journal) moment() moment {
	j.moments++
	return moment{j.moments, time.Now()}
}

func (j *journal) begin(e entry) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.begun = j.moment()
	j.entries = append(j.entries, &e)
	return len(j.entries) - 1
}

func (j *journal) end(ids ...int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range ids {
		j.entries[id].ended = j.moment()
	}
}

func (j *journal) scope() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.scopes++
	return j.scopes
}

var number = regexp.MustCompile(`\d+`)

func (j *journal) arrive(on *server, session int, text string) {
	id, err := strconv.Atoi(number.FindString(text))
	if err != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	e := j.entries[id]
	e.arrivals++
	e.on, e.session, e.arrived = on, session, j.moment()
}

// client is one of those who execute statements.
type client struct {
	t    *testing.T
	j    *journal
	on   *route.Engine
	view int
	rand *rand.Rand
}

// statement is one of a kind by chance, with its number.
func (c *client) statement(e entry, readsOf10 int) (int, expr.Node) {
	e.view, e.reads = c.view, c.rand.IntN(10) < readsOf10
	id := c.j.begin(e)
	kinds := []expr.Node{
		expr.Insert(table).Set(column.To(int64(id))), expr.Update(table).Set(column.To(int64(id))), expr.Delete(table).Where(column.Eq(int64(id))),
		expr.Text(fmt.Sprintf("SELECT %d", id)), ddl.Raw(fmt.Sprintf("ALTER %d", id)),
	}
	if e.reads {
		q := expr.Select(column).Where(column.Eq(int64(id)))
		kinds = []expr.Node{q, expr.UnionAll(q, q), ddl.Explain(q), expr.Text(fmt.Sprintf("SELECT %d", id)).ReadOnly()}
	}
	return id, kinds[c.rand.IntN(len(kinds))]
}

func (c *client) run(ctx context.Context) {
	for range steps {
		time.Sleep(time.Duration(c.rand.IntN(40)) * time.Millisecond)
		asked := ""
		under := ctx
		if c.rand.IntN(10) == 0 {
			asked = []string{"leader", "a", "b", "c"}[c.rand.IntN(4)]
			under = route.Use(ctx, asked)
		}
		var err error
		switch c.rand.IntN(12) {
		case 0:
			err = c.pinned(under, asked)
		case 1:
			err = c.transaction(under, asked)
		default:
			reads := 9
			if asked != "" {
				reads = 10
			}
			id, n := c.statement(entry{asked: asked}, reads)
			err = do(under, c.on, n)
			c.j.end(id)
		}
		for _, known := range []error{errDied, errDown, driver.ErrBadConn, sql.ErrConnDone} {
			if errors.Is(err, known) {
				err = nil
			}
		}
		if err != nil {
			c.t.Error(err)
		}
	}
}

func (c *client) pinned(ctx context.Context, asked string) error {
	scope := c.j.scope()
	return c.on.Do(ctx, func(conn *engine.Conn) error {
		for range 1 + c.rand.IntN(4) {
			id, n := c.statement(entry{scope: scope, asked: asked}, 7)
			err := do(ctx, conn, n)
			c.j.end(id)
			if err != nil {
				return err
			}
			time.Sleep(time.Duration(c.rand.IntN(10)) * time.Millisecond)
		}
		return nil
	})
}

// transaction writes nothing that is over before the transaction is.
func (c *client) transaction(ctx context.Context, asked string) error {
	scope := c.j.scope()
	var ids []int
	err := c.on.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error {
		for range 1 + c.rand.IntN(4) {
			id, n := c.statement(entry{scope: scope, asked: asked}, 7)
			ids = append(ids, id)
			if err := do(ctx, tx, n); err != nil {
				return err
			}
			time.Sleep(time.Duration(c.rand.IntN(40)) * time.Millisecond)
		}
		return nil
	})
	c.j.end(ids...)
	return err
}

// chaos kills a server, and starts it again, until stop is closed.
func chaos(on *server, up, down time.Duration, stop <-chan struct{}) {
	for {
		on.start()
		for i, wait := range []time.Duration{up, down} {
			select {
			case <-stop:
				return
			case <-time.After(rand.N(wait)):
			}
			if i == 0 {
				on.kill()
			}
		}
	}
}

func storm(t *testing.T, p route.Policy) (*journal, *servers) {
	t.Helper()
	j := &journal{}
	s := start(t, route.Options{Policy: p, Sticky: stormStick, BackOff: 10 * time.Millisecond, MaxBackOff: 100 * time.Millisecond}, 1, 2, 3)
	stop := make(chan struct{})
	var working, dying sync.WaitGroup
	for i, on := range append([]*server{s.leader}, s.follow...) {
		on.arrived = j.arrive
		on.takes = func() time.Duration { return rand.N(10 * time.Millisecond) }
		up := 300 * time.Millisecond
		if i == 0 {
			up = 2 * time.Second
		}
		dying.Go(func() { chaos(on, up, 200*time.Millisecond, stop) })
	}
	for i := range clients {
		c := &client{t, j, s.route, 0, rand.New(rand.NewPCG(uint64(p), uint64(i)))}
		if i%2 == 0 { // the others share one window
			c.on, c.view = s.route.Session(), i+1
		}
		working.Go(func() { c.run(t.Context()) })
	}
	working.Wait()
	close(stop)
	dying.Wait()
	return j, s
}

// mustLead reports whether a read was begun while something of its view was being written, or not long after.
func (j *journal) mustLead(r *entry) bool {
	return slices.ContainsFunc(j.entries, func(w *entry) bool {
		return !w.reads && w.view == r.view && w.arrivals > 0 && w.arrived.n < r.begun.n &&
			(w.ended.n > r.begun.n || r.begun.at.Sub(w.ended.at) < stormStick)
	})
}

// check holds the journal against what routing promises.
func (j *journal) check(t *testing.T) (sticky int) {
	t.Helper()
	type place struct {
		on      *server
		session int
	}
	scopes := map[int]place{}
	for id, e := range j.entries {
		if e.arrivals > 1 {
			t.Errorf("statement %d was sent %d times", id, e.arrivals)
		}
		if e.arrivals == 0 {
			continue
		}
		want := e.asked
		if lead := e.reads && j.mustLead(e); want == "" && (!e.reads || e.scope > 0 || lead) {
			want = route.Leader
			if lead && e.scope == 0 {
				sticky++
			}
		}
		if want != "" && e.on.name != want {
			t.Errorf("statement %d (%+v) is on %s, want %s", id, e, e.on.name, want)
		}
		if e.scope == 0 {
			continue
		}
		here := place{e.on, e.session}
		if there, ok := scopes[e.scope]; ok && there != here {
			t.Errorf("statement %d of scope %d is in another session", id, e.scope)
		}
		scopes[e.scope] = here
	}
	return sticky
}

func TestStorm(t *testing.T) {
	for _, p := range []route.Policy{route.RoundRobin, route.Random, route.LeastInFlight, route.Weighted} {
		t.Run(strconv.Itoa(int(p)), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, s := storm(t, p)
				defer s.close(t)
				sticky := j.check(t)
				reads := map[string]int{}
				for _, e := range j.entries {
					if e.reads && e.scope == 0 && e.asked == "" && e.arrivals > 0 {
						reads[e.on.name]++
					}
				}
				lost := 0
				for _, line := range s.log.take() {
					if line == "a server cannot be reached: a" {
						lost++
					}
				}
				t.Logf("%d statements, %d scopes; reads %v, of those of the leader %d because of writes; a was lost %d times",
					len(j.entries), j.scopes, reads, sticky, lost)
				if len(reads) != 4 || sticky == 0 || sticky == reads[route.Leader] || lost == 0 {
					t.Error("the storm has not met all cases")
				}
			})
		})
	}
}
