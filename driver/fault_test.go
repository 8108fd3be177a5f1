package driver_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// A pool's first connection breaks, or falls silent, all over, from its login on: the query under way gives all rows or
// an error of the network, runs once at most, and the pool's others work.
func TestPoolOnBrokenConnections(t *testing.T) {
	const lanes = 128 // a lane mostly waits
	srv := fakehs2.Start(t, 3, 2)
	plain := faultproxy.Start(t, srv.Addr())
	whole := poolThrough(t, plain)
	if n, err := count(t, whole, "select 1"); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	whole.Close()
	for _, fault := range []struct {
		name string
		do   faultproxy.Action
		step int64
	}{{"cut", faultproxy.Cut, 1}, {"reset", faultproxy.Reset, 17}, {"stall", faultproxy.Stall, 1}} {
		for _, dir := range []faultproxy.Dir{faultproxy.ToServer, faultproxy.ToClient} {
			t.Run(fmt.Sprintf("%s %v", fault.name, dir), func(t *testing.T) {
				var all sync.WaitGroup
				for lane := range int64(lanes) {
					all.Go(func() {
						srv := fakehs2.Start(t, 3, 2) // of its own, for what it counts
						for after := lane * fault.step; after < plain.Passed(dir) && !t.Failed(); after += lanes * fault.step {
							queryThrough(t, srv, faultproxy.Fault{Conn: 1, Dir: dir, After: after, Do: fault.do})
						}
					})
				}
				all.Wait()
			})
		}
	}
}

func poolThrough(t *testing.T, p *faultproxy.Proxy) *sql.DB {
	t.Helper()
	db, err := sql.Open("skep", fmt.Sprintf("hive://ana@127.0.0.1:%d/?ioTimeout=2s&connectTimeout=3s&cancelTimeout=300ms", p.Port()))
	if err != nil {
		t.Error(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

func queryThrough(t *testing.T, srv *fakehs2.Server, fault faultproxy.Fault) {
	t.Helper()
	db := poolThrough(t, faultproxy.Start(t, srv.Addr(), fault))
	defer db.Close()
	failed := 0
	var statements []string
	for i := range 3 { // the fault may come as late as in the second
		statement := fmt.Sprintf("select %d as after_%d", i, fault.After)
		statements = append(statements, statement)
		n, err := count(t, db, statement)
		switch {
		case err == nil && n != 5:
			t.Errorf("after %d bytes: %d rows of 5 and no error", fault.After, n)
		case err != nil && !errors.As(err, new(*hive.NetworkError)):
			t.Errorf("after %d bytes: %v (%T), want a NetworkError", fault.After, err, err)
		case err != nil:
			failed++
		}
	}
	if failed > 1 {
		t.Errorf("after %d bytes: %d queries failed, want one at most", fault.After, failed)
	}
	for _, statement := range statements {
		if n := srv.Ran(statement); n > 1 {
			t.Errorf("%s: it was run %d times", statement, n)
		}
	}
}
