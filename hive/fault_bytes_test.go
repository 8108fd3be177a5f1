package hive_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// The first TCP connection of a session over HTTP breaks at every byte: what may be asked again is, and the rest is a typed
// error, but no row is lost and no statement sent again.
func TestCutHTTP(t *testing.T) {
	everyByteHTTP(t, faultproxy.Cut, 8, func(t *testing.T, cfg *hive.Config, statement string) (int, error) {
		n, err := sessionOf(bounded(t), cfg, statement)
		if err != nil && !errors.As(err, new(*hive.NetworkError)) && !errors.As(err, new(*hive.ProtocolError)) {
			// A header that ends in its middle is to net/http one that is malformed.
			t.Errorf("%s: %v (%T), want a NetworkError or a ProtocolError", statement, err, err)
		}
		return n, err
	})
}

// The network falls silent at every byte of the first TCP connection of a session over HTTP: the I/O timeout ends the wait.
func TestStallHTTP(t *testing.T) {
	everyByteHTTP(t, faultproxy.Stall, 64, func(t *testing.T, cfg *hive.Config, statement string) (int, error) {
		cfg.IOTimeout = 150 * time.Millisecond
		n, err := sessionOf(t.Context(), cfg, statement)
		var network *hive.NetworkError
		if err != nil && (!errors.As(err, &network) || !network.Timeout()) {
			t.Errorf("%s: %v (%T), want a NetworkError that is a timeout", statement, err, err)
		}
		return n, err
	})
}

// everyByteHTTP breaks the first TCP connection of a session over HTTP at each of its bytes, for that many sessions at once.
// Each tells in its statement where.
func everyByteHTTP(
	t *testing.T, do faultproxy.Action, atOnce int, run func(t *testing.T, cfg *hive.Config, statement string) (rows int, err error),
) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	addr := f.Listener.Addr().String()
	through := func(p *faultproxy.Proxy) *hive.Config {
		cfg := f.cfg()
		cfg.Port = p.Port()
		return cfg
	}
	sound := faultproxy.Start(t, addr)
	if n, err := session(bounded(t), through(sound)); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	gone(t, srv)
	var sessions sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, dir := range []faultproxy.Dir{faultproxy.ToServer, faultproxy.ToClient} {
		bytes := sound.Passed(dir)
		var whole atomic.Int64
		for after := range bytes {
			slots <- struct{}{}
			sessions.Go(func() {
				defer func() { <-slots }()
				p := faultproxy.Start(t, addr, faultproxy.Fault{Conn: 1, Dir: dir, After: after, Do: do})
				defer p.Close()
				statement := fmt.Sprintf("select n, s from t where '%v' = %d", dir, after)
				start := time.Now()
				n, err := run(t, through(p), statement)
				if took := time.Since(start); took > soon {
					t.Errorf("%s: it took %v", statement, took)
				}
				if err == nil {
					whole.Add(1)
					if n != 5 {
						t.Errorf("%s: %d rows of 5 and no error", statement, n)
					}
				}
				if ran := srv.Ran(statement); ran > 1 || err == nil && ran == 0 {
					t.Errorf("%s: it was run %d times", statement, ran)
				}
			})
		}
		sessions.Wait()
		if n := whole.Load(); n == 0 || n == bytes {
			t.Errorf("broken %v: of %d sessions %d got all rows", dir, bytes, n)
		}
	}
	srv.Forget() // of what was opened by a reply that nobody has got
	for range atOnce {
		sessions.Go(func() {
			if n, err := session(bounded(t), through(sound)); n != 5 || err != nil {
				t.Errorf("after the faults: %d rows, %v", n, err)
			}
		})
	}
	sessions.Wait()
	gone(t, srv)
}
