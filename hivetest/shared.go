package hivetest

import (
	"context"
	"fmt"
	"os"
	"sync"
)

// TB is what Shared needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Environment variables that Shared obeys.
const (
	envDSN      = "SKEP_HIVE_DSN"      // the data source name of a server to be used instead of Hive401
	envRequired = "SKEP_HIVE_REQUIRED" // "1": a test fails where it would be skipped for want of a server
)

var (
	sharedMu sync.Mutex
	shared   = map[Kind]*Server{}
)

// Shared returns the shared server of a kind, for tests: one for all tests of all packages, started by the first that
// asks and ended soon after the last process that asked. It must not be closed.
//
// If SKEP_HIVE_DSN is set, it stands for Hive401: the returned server is External, and has a DSN and nothing else; the
// test must look at Kind if it needs more. Tests that ask for another kind are skipped, since one server cannot be
// several.
//
// If there can be no server, the test is skipped with the reason; if SKEP_HIVE_REQUIRED is 1, it fails.
func Shared(tb TB, kind Kind) *Server {
	tb.Helper()
	s, err := sharedServer(kind)
	switch {
	case err == nil:
		return s
	case os.Getenv(envRequired) == "1":
		tb.Fatalf("%v", err)
	default:
		tb.Skipf("%v (%s=1 would make this a failure)", err, envRequired)
	}
	return nil
}

// Alone keeps others away who call Alone on the same server, in this process or another: it waits for those who came before,
// and lets the next one in when release is called.
func (s *Server) Alone(ctx context.Context) (release func(), err error) {
	if s.store == nil {
		return func() {}, nil
	}
	l, err := waitLock(ctx, s.store.path("run", s.state.ID, "alone"))
	if err != nil {
		return nil, fmt.Errorf("hivetest: waiting for others to be done with %s: %w", s.state.Kind, err)
	}
	return func() { l.Close() }, nil
}

func sharedServer(kind Kind) (*Server, error) {
	if dsn := os.Getenv(envDSN); dsn != "" {
		if kind != Hive401 {
			return nil, fmt.Errorf("hivetest: %s names one server, which stands for %s; this test needs %s", envDSN, Hive401, kind)
		}
		return &Server{state: &state{Kind: External}, dsn: dsn}, nil
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	if s := shared[kind]; s != nil {
		return s, nil
	}
	s, err := Start(context.Background(), Options{Kind: kind, Log: os.Stderr})
	if err == nil {
		shared[kind] = s
	}
	return s, err
}
