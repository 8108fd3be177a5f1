package faultproxy

import (
	"net"
	"testing"
)

// ClosedAddr is host:port of nobody: connections are refused there.
func ClosedAddr(t testing.TB) string {
	t.Helper()
	l := listen(t)
	defer l.Close()
	return l.Addr().String()
}

// SilentAddr is host:port of a server that takes connections and says nothing, until the test ends: the system takes them,
// and nobody asks it for them.
func SilentAddr(t testing.TB) string {
	t.Helper()
	l := listen(t)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
