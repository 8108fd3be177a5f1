package doors

import (
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

// A clock that is wrong is found by the KDC, which says by how much, or by the server, which says nothing.
func TestKerberosClockSkew(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	var skew atomic.Int64
	login := krb.NewLogin(krb.Settings{Conf: srv.KerberosFile("krb5.conf"), Keytab: srv.KerberosFile("alice.keytab")},
		func() time.Time { return time.Now().Add(time.Duration(skew.Load())) })
	service, err := krb.ParseService("hive/localhost@EXAMPLE.COM")
	if err != nil {
		t.Fatal(err)
	}

	skew.Store(int64(-17*time.Minute - 30*time.Second))
	_, err = login.Ticket(t.Context(), service)
	var failed *krb.Error
	if !errors.As(err, &failed) || failed.Step != krb.StepLogin || !strings.Contains(failed.Hint, "differ by 17m") {
		t.Errorf("at the KDC: got %v, want the 17 minutes", err)
	}

	skew.Store(0)
	ticket, err := login.Ticket(t.Context(), service)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		skew    time.Duration
		refused bool
	}{{0, false}, {time.Minute, false}, {10 * time.Minute, true}, {-10 * time.Minute, true}} {
		skew.Store(int64(tc.skew))
		nc, err := net.Dial("tcp", srv.KerberosAddr("auth-conf"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := transport.NewBinary(t.Context(), nc, transport.BinaryConfig{Mechanism: krb.NewMechanism(ticket, ""), MaxMessageSize: 1 << 20})
		if err == nil {
			b.Close()
		}
		var refused *sasl.RefusedError
		if errors.As(err, &refused) != tc.refused || (err != nil) != tc.refused {
			t.Errorf("at the server, off by %v: got %v, want it refused: %t", tc.skew, err, tc.refused)
		}
	}
}
