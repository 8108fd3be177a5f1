package hive_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/internal/faultproxy"
)

// The first TCP connection of a session over HTTP breaks, after every fifth byte: what may be asked again is, and the rest is a typed
// error, but no row is lost and no statement sent again.
func TestCutHTTP(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	f := newFront(t, srv, nil)
	through := func(p *faultproxy.Proxy) *hive.Config {
		cfg := f.cfg()
		cfg.Port = p.Port()
		return cfg
	}
	whole := faultproxy.Start(t, f.Listener.Addr().String())
	if n, err := session(bounded(t), through(whole)); n != 5 || err != nil {
		t.Fatalf("without a fault: %d rows, %v", n, err)
	}
	var statements []string
	for _, dir := range []faultproxy.Dir{faultproxy.ToServer, faultproxy.ToClient} {
		all := 0
		for after := int64(0); after < whole.Passed(dir); after += 5 {
			p := faultproxy.Start(t, f.Listener.Addr().String(), faultproxy.Fault{Conn: 1, Dir: dir, After: after, Do: faultproxy.Cut})
			statement := fmt.Sprintf("select n, s from t where %d = %d", dir, after)
			n, err := sessionOf(bounded(t), through(p), statement)
			switch {
			case err == nil && n == 5:
				all++
			case err == nil:
				t.Errorf("%v cut after %d bytes: %d rows of 5 and no error", dir, after, n)
			case !errors.As(err, new(*hive.NetworkError)) && !errors.As(err, new(*hive.ProtocolError)):
				// A header that ends in its middle is to net/http one that is malformed.
				t.Errorf("%v cut after %d bytes: %v (%T), want a NetworkError or a ProtocolError", dir, after, err, err)
			}
			statements = append(statements, statement)
		}
		if all == 0 {
			t.Errorf("%v: no session got all rows", dir)
		}
	}
	for _, statement := range statements {
		if n := srv.Ran(statement); n > 1 {
			t.Errorf("%s: it was run %d times", statement, n)
		}
	}
	srv.Forget() // of what was opened by a reply that nobody has got
}
