package integration

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
)

// A session goes on after each of its connections breaks at a random byte: a result has all its rows once and in their
// order, or there is an error.
func TestResumeAtRandomBytes(t *testing.T) {
	const rows, rounds = 1500, 4
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		random := live.Random(t)
		table := numbered(t, srv, rows)
		rounds := rounds
		if srv.Kind() == hivetest.Spark35 { // which takes a second for each
			rounds /= 2
		}
		plain := faultproxy.Start(t, srv.Addr())
		if n, err := resumed(t, through(t, srv, plain), table); n != rows || err != nil {
			t.Fatalf("without a fault: %d rows, %v", n, err)
		}
		whole := 0
		for range rounds {
			faults := randomFaults(random, plain)
			n, err := resumed(t, through(t, srv, faultproxy.Start(t, srv.Addr(), faults...)), table)
			switch {
			case err == nil && n == rows:
				whole++
			case err == nil:
				t.Errorf("%+v: %d rows of %d, and no error", faults, n, rows)
			case !errors.As(err, new(*hive.NetworkError)):
				t.Errorf("%+v: %v (%T), want a NetworkError", faults, err, err)
			}
		}
		t.Logf("%d of %d went on", whole, rounds)
		if whole == 0 {
			t.Error("no session went on")
		}
	})
}

// numbered makes a table of the numbers from 0 on. It is read in one order, for it has one file.
func numbered(t *testing.T, srv *hivetest.Server, n int) (table string) {
	t.Helper()
	db, name := live.OwnDatabase(t, srv)
	live.Exec(t, db, "create table n stored as orc as select i from "+live.Series(n))
	return name + ".n"
}

func through(t *testing.T, srv *hivetest.Server, p *faultproxy.Proxy) *hive.Config {
	return live.Config(t, srv, func(c *hive.Config) {
		c.Host, c.Port, c.Resume, c.FetchSize, c.CancelTimeout = "127.0.0.1", p.Port(), true, 100, 5*time.Second
	})
}

// randomFaults breaks some connections, each somewhere behind the bytes of its login and within what passes in all.
func randomFaults(random *rand.Rand, whole *faultproxy.Proxy) (faults []faultproxy.Fault) {
	for conn := range 1 + random.IntN(3) {
		dir := faultproxy.Dir(random.IntN(2))
		const login = 400
		faults = append(faults, faultproxy.Fault{
			Conn: conn + 1, Dir: dir, After: login + random.Int64N(whole.Passed(dir)-login),
			Do: []faultproxy.Action{faultproxy.Cut, faultproxy.Reset}[random.IntN(2)],
		})
	}
	return faults
}

// resumed reads the numbers of a table.
func resumed(t *testing.T, cfg *hive.Config, table string) (n int, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() {
		if end := s.Close(ctx); end != nil {
			t.Errorf("closing the session: %v", end)
		}
	}()
	r, err := s.Query(ctx, "select i from "+table, hive.Options{})
	if err != nil {
		return 0, err
	}
	for b, err := range r.Batches(ctx) {
		if err != nil {
			_ = r.Close(ctx)
			return n, err
		}
		values, err := hive.Values[int32](b, 0)
		if err != nil {
			return n, err
		}
		for _, v := range values {
			if int(v) != n {
				return n, fmt.Errorf("row %d holds %d", n, v)
			}
			n++
		}
	}
	return n, r.Close(ctx)
}
