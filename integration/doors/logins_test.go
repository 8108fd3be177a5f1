package doors

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

func ldap(t testing.TB, srv *hivetest.Server, user, password string) *hive.Config {
	t.Helper()
	cfg := live.At(t, live.Config(t, srv), srv.LDAPAddr())
	cfg.Auth, cfg.User, cfg.Password = hive.AuthLDAP, user, password
	return cfg
}

// TestLogins: every way to log in that the servers offer, and who one is then.
func TestLogins(t *testing.T) {
	hive4 := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, hive4)
	t.Run("ldap", func(t *testing.T) {
		whoami(t, ldap(t, hive4, "alice", "alice-secret"), "select logged_in_user()", "alice")
		whoami(t, ldap(t, hive4, "bob", "bob-secret"), "select logged_in_user()", "bob")
	})
	t.Run("wrong password", func(t *testing.T) {
		_, err := hive.Connect(t.Context(), ldap(t, hive4, "alice", "not-the-secret"))
		var refused *hive.AuthError
		if !errors.As(err, &refused) || refused.User != "alice" {
			t.Errorf("got %T %v, want *hive.AuthError of alice", err, err)
		}
		if err != nil && strings.Contains(err.Error(), "not-the-secret") {
			t.Errorf("the password is in the error: %v", err)
		}
	})
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		query := "select logged_in_user()"
		if srv.Kind() == hivetest.Spark35 {
			query = "select 'carol'" // Spark runs everything as itself
		}
		whoami(t, live.Config(t, srv, func(c *hive.Config) { c.User = "carol" }), query, "carol")
		if srv.NoSASLAddr() != "" {
			cfg := live.At(t, live.Config(t, srv, func(c *hive.Config) { c.Auth, c.User = hive.AuthNoSASL, "carol" }), srv.NoSASLAddr())
			whoami(t, cfg, query, "carol")
		}
	})
}

// whoami expects one text of a query in a session of its own.
func whoami(t *testing.T, cfg *hive.Config, query, want string) {
	t.Helper()
	s := live.Connect(t, cfg)
	r, err := s.Query(t.Context(), query, hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	b, err := r.NextBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.Value(0, 0); err != nil || got != want {
		t.Errorf("%s: got %v, %v, want %s", query, got, err, want)
	}
}
