package driver_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// A pool's first connection breaks, or falls silent, all over, from its login on: the query under way gives all rows or
// an error of the network, runs once at most, and the pool's others work.
func TestPoolOnBrokenConnections(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	open := func(p *faultproxy.Proxy) *sql.DB {
		db, err := sql.Open("skep", fmt.Sprintf("hive://ana@127.0.0.1:%d/?ioTimeout=100ms&connectTimeout=200ms&cancelTimeout=100ms", p.Port()))
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		return db
	}
	plain := faultproxy.Start(t, srv.Addr())
	whole := open(plain)
	if n, err := count(t, whole, "select 1"); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	whole.Close()
	for _, fault := range []struct {
		name string
		do   faultproxy.Action
		step int64
	}{{"cut", faultproxy.Cut, 5}, {"reset", faultproxy.Reset, 17}, {"stall", faultproxy.Stall, 97}} {
		for _, dir := range []faultproxy.Dir{faultproxy.ToServer, faultproxy.ToClient} {
			t.Run(fmt.Sprintf("%s %v", fault.name, dir), func(t *testing.T) {
				for after := int64(0); after < plain.Passed(dir); after += fault.step {
					db := open(faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Conn: 1, Dir: dir, After: after, Do: fault.do}))
					failed := 0
					for range 3 { // the fault may come as late as in the second
						sent := srv.Count("ExecuteStatement")
						n, err := count(t, db, "select 1")
						sent = srv.Count("ExecuteStatement") - sent
						switch {
						case err == nil && n != 5:
							t.Errorf("after %d bytes: %d rows of 5 and no error", after, n)
						case err != nil && !errors.As(err, new(*hive.NetworkError)):
							t.Errorf("after %d bytes: %v (%T), want a NetworkError", after, err, err)
						case sent > 1:
							t.Errorf("after %d bytes: the server saw the statement %d times", after, sent)
						case err != nil:
							failed++
						}
					}
					if failed > 1 {
						t.Errorf("after %d bytes: %d queries failed, want one at most", after, failed)
					}
					db.Close()
					if t.Failed() {
						return
					}
				}
			})
		}
	}
}
