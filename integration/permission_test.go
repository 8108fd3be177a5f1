package integration

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestPermission: what a user may not do is an *hive.Error that says so, and what a new session may not set is one when
// it is opened.
func TestPermission(t *testing.T) {
	srv := live.Authorizing(t)
	as := func(user string) *hive.Config { return live.Config(t, srv, func(c *hive.Config) { c.User = user }) }
	alice, bob := live.Connect(t, as("alice")), live.Connect(t, as("bob"))
	if _, err := alice.Exec(t.Context(), "create table secrets (a int)", hive.Options{}); live.IgnoreRows(err) != nil {
		t.Fatal(err)
	}
	if _, err := alice.Query(t.Context(), "select a from secrets", hive.Options{}); err != nil {
		t.Errorf("the owner: %v", err)
	}
	var denied *hive.Error
	if _, err := bob.Query(t.Context(), "select a from secrets", hive.Options{}); !errors.As(err, &denied) || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("another user: got %T %v, want *hive.Error: Permission denied", err, err)
	}
	if err := bob.Ping(t.Context()); err != nil {
		t.Errorf("the session afterwards: %v", err)
	}
	resuming := as("alice")
	resuming.Resume = true
	if _, err := hive.Connect(t.Context(), resuming); !errors.Is(err, hive.ErrNotSupported) || !errors.As(err, &denied) || !strings.Contains(err.Error(), "leave resume out") {
		t.Errorf("a session that outlives its connection: got %v, want ErrNotSupported with what to do", err)
	}
}
