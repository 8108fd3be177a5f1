package live

import (
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// User is a user of the test's own, of whom the server tells what is open, whatever others do meanwhile. An External
// server is not asked, and has the user of its DSN.
type User struct {
	srv  *hivetest.Server
	name string
}

// OwnUser is a user of the test's own.
func OwnUser(t testing.TB, srv *hivetest.Server) *User { return &User{srv, ownName(t)} }

// Config is the server's configuration for the user, changed by change.
func (u *User) Config(t testing.TB, change ...func(*hive.Config)) *hive.Config {
	t.Helper()
	cfg := Config(t, u.srv, change...)
	if u.srv.Kind() != hivetest.External {
		cfg.User = u.name
	}
	return cfg
}

// Load is what the user has open.
func (u *User) Load(t testing.TB) hivetest.Load {
	t.Helper()
	if u.srv.Kind() == hivetest.External {
		return hivetest.Load{}
	}
	load, err := u.srv.Load(t.Context(), u.name)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

// HasNoOperation waits until the server has none of the user's any more.
func (u *User) HasNoOperation(t testing.TB) {
	t.Helper()
	Eventually(t, 15*time.Second, "no operation is left on the server", func() bool { return u.Load(t).Operations == 0 })
}

// HasNothing waits until the server has no session of the user's any more.
func (u *User) HasNothing(t testing.TB) {
	t.Helper()
	u.HasNoOperation(t)
	Eventually(t, 15*time.Second, "no session is left on the server", func() bool { return u.Load(t).Sessions == 0 })
}
