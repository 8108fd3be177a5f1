//go:build unix

package hivetest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// refuse does what Shared does when there can be no server.
func refuse(t *testing.T, err error) {
	t.Helper()
	if os.Getenv(envRequired) == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// recorder is a TB that records how it ended.
type recorder struct{ said string }

func (r *recorder) Helper() {}
func (r *recorder) Skipf(format string, args ...any) {
	r.said = "skip: " + fmt.Sprintf(format, args...)
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.said = "fatal: " + fmt.Sprintf(format, args...)
}

func TestSharedDecides(t *testing.T) {
	real := shared
	defer func() { shared = real }()
	for _, c := range []struct {
		name, dsn, required string
		kind                Kind
		want                string
	}{
		{"no Java", "", "", Hive401, "skip: hivetest: java"},
		{"no Java, required", "", "1", Hive401, "fatal: hivetest: java"},
		{"external", "hive://h:1/d", "", Hive401, ""},
		{"external of another kind", "hive://h:1/d", "", Spark35, "skip: hivetest: SKEP_HIVE_DSN names one server"},
		{"external of another kind, required", "hive://h:1/d", "1", Spark35, "fatal: hivetest: SKEP_HIVE_DSN names one server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("SKEP_CACHE", t.TempDir())
			t.Setenv("JAVA_HOME", t.TempDir())
			t.Setenv(envDSN, c.dsn)
			t.Setenv(envRequired, c.required)
			shared = map[Kind]*Server{}
			tb := new(recorder)
			s := Shared(tb, c.kind)
			if !strings.HasPrefix(tb.said, c.want) || (tb.said == "") != (c.want == "") {
				t.Errorf("got %q, want %q", tb.said, c.want)
			}
			if c.want == "" && (s.Kind() != External || s.DSN() != c.dsn || s.Addr() != "" || s.PID() != 0 || s.LogFile() != "") {
				t.Errorf("got kind %s, DSN %s, address %q", s.Kind(), s.DSN(), s.Addr())
			}
		})
	}
}

func TestExternalCannotBeAsked(t *testing.T) {
	t.Setenv(envDSN, "hive://h:1/d")
	s := Shared(t, Hive401)
	ctx := context.Background()
	_, status := s.Status(ctx)
	_, load := s.Load(ctx, "")
	for what, err := range map[string]error{"Status": status, "Load": load, "Pin": s.Pin(ctx), "Kill": s.Kill()} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// Every kind starts, listens on loopback only, and is the same for all who ask.
func TestKinds(t *testing.T) {
	t.Setenv(envDSN, "")
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			began := time.Now()
			s := Shared(t, kind)
			t.Logf("there after %.1f s, log %s", time.Since(began).Seconds(), s.LogFile())
			if again := Shared(t, kind); again != s {
				t.Error("the second call got another server")
			}
			if want := recipes[kind].version; s.Kind() != kind || s.Version() != want {
				t.Errorf("got %s %s, want %s %s", s.Kind(), s.Version(), kind, want)
			}
			if err := s.Kill(); err == nil {
				t.Error("a shared server was killed")
			}
			load, err := s.Load(context.Background(), "")
			if err != nil || load.Sessions < 0 || load.Operations < 0 {
				t.Errorf("load: got %+v, %v", load, err)
			}
			status, err := s.Status(context.Background())
			if err != nil || status.Leases < 1 || len(status.Addrs) != len(recipes[kind].services) {
				t.Errorf("status: got %+v, %v, want a lease and %v", status, err, recipes[kind].services)
			}
			for service, addr := range status.Addrs {
				if !strings.HasPrefix(addr, "127.0.0.1:") {
					t.Errorf("%s: got %s, want an address of loopback", service, addr)
				}
			}
			checkLoopback(t, s.PID())
		})
	}
}
