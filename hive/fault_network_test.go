package hive_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// session is a whole small session: connect, a query of two batches, close.
func session(ctx context.Context, cfg *hive.Config) (rows int, err error) {
	return sessionOf(ctx, cfg, "select n, s from t")
}

func sessionOf(ctx context.Context, cfg *hive.Config, statement string) (rows int, err error) {
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return 0, err
	}
	rows, err = queryOf(ctx, s, statement)
	if end := s.Close(ctx); err == nil {
		err = end
	}
	return rows, err
}

// length is how many bytes a session sends in each direction.
func length(t *testing.T, srv *fakehs2.Server) [2]int64 {
	t.Helper()
	p := faultproxy.Start(t, srv.Addr())
	if n, err := session(bounded(t), configFor(p.Port())); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	idle(t, srv, 0)
	return [2]int64{faultproxy.ToServer: p.Passed(faultproxy.ToServer), faultproxy.ToClient: p.Passed(faultproxy.ToClient)}
}

// The connection breaks at every byte of a session, in either direction: the caller gets all rows or an error of the
// network, at once, and never the advice to send again what the server may have run.
func TestCutAtEveryByte(t *testing.T) {
	for _, action := range []struct {
		name string
		do   faultproxy.Action
		step int64
	}{{"cut", faultproxy.Cut, 1}, {"reset", faultproxy.Reset, 7}} {
		srv := fakehs2.Start(t, 3, 2)
		for dir, bytes := range length(t, srv) {
			t.Run(fmt.Sprintf("%s %v", action.name, faultproxy.Dir(dir)), func(t *testing.T) {
				var faults []faultproxy.Fault // one for each connection
				for after := int64(0); after < bytes; after += action.step {
					faults = append(faults, faultproxy.Fault{Conn: len(faults) + 1, Dir: faultproxy.Dir(dir), After: after, Do: action.do})
				}
				cfg := configFor(faultproxy.Start(t, srv.Addr(), faults...).Port())
				noticed := 0
				for _, fault := range faults {
					if cutOnce(t, srv, cfg, fault.After) {
						noticed++
					}
					if t.Failed() {
						return
					}
				}
				if noticed < len(faults)-goodbye/int(action.step) {
					t.Errorf("%d of %d cuts were noticed", noticed, len(faults))
				}
				if n, err := session(bounded(t), cfg); n != 5 || err != nil {
					t.Errorf("the connection behind the last fault: %d rows, %v", n, err)
				}
			})
		}
	}
}

// goodbye is about the bytes of CloseOperation behind rows that were read, and of CloseSession: a fault there is no error;
// nor may those right before be, if the reader sees them only then.
const goodbye = 300

func cutOnce(t *testing.T, srv *fakehs2.Server, cfg *hive.Config, after int64) (noticed bool) {
	sent, start := srv.Count("ExecuteStatement"), time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	n, err := session(ctx, cfg)
	prompt(t, start)
	idle(t, srv, 0)
	sent = srv.Count("ExecuteStatement") - sent
	var network *hive.NetworkError
	switch {
	case err == nil && n != 5: // no error is possible: after the last row only Close finds the connection gone
		t.Errorf("after %d bytes: %d rows of 5 and no error", after, n)
	case err != nil && !errors.As(err, &network):
		t.Errorf("after %d bytes: %v (%T), want a NetworkError", after, err, err)
	case errors.Is(err, hive.ErrNotSent) && sent > 0:
		t.Errorf("after %d bytes: %v, but the server saw the statement", after, err)
	case sent > 1:
		t.Errorf("after %d bytes: the server saw the statement %d times", after, sent)
	}
	return err != nil
}

// The network falls silent at every byte of a session: the I/O timeout or the connect timeout ends the wait.
func TestStall(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	var all sync.WaitGroup
	slots := make(chan struct{}, 128)
	for dir, bytes := range length(t, srv) {
		for after := int64(0); after < bytes; after++ {
			p := faultproxy.Start(t, srv.Addr(), faultproxy.Fault{Dir: faultproxy.Dir(dir), After: after, Do: faultproxy.Stall})
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				cfg := configFor(p.Port())
				cfg.ConnectTimeout, cfg.IOTimeout = 400*time.Millisecond, 300*time.Millisecond
				start := time.Now()
				n, err := session(t.Context(), cfg)
				if took := time.Since(start); took > soon {
					t.Errorf("%v stalls after %d bytes: it took %v", faultproxy.Dir(dir), after, took)
				}
				var network *hive.NetworkError
				if n == 5 && err == nil && after > bytes-goodbye {
					return
				}
				if !errors.As(err, &network) || !network.Timeout() {
					t.Errorf("%v stalls after %d bytes: %d rows, %v, want a NetworkError that is a timeout", faultproxy.Dir(dir), after, n, err)
				}
			})
		}
	}
	all.Wait()
}

// A network that is slow and delivers little at a time changes nothing.
func TestTrickle(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	var faults []faultproxy.Fault
	for dir, bytes := range length(t, srv) {
		for after := int64(0); after < bytes; after += 7 {
			faults = append(faults, faultproxy.Fault{Dir: faultproxy.Dir(dir), After: after, Do: faultproxy.Delay, Pause: 200 * time.Microsecond})
		}
	}
	if n, err := session(bounded(t), configFor(faultproxy.Start(t, srv.Addr(), faults...).Port())); n != 5 || err != nil {
		t.Errorf("%d rows, %v, want 5", n, err)
	}
	idle(t, srv, 0)
}
