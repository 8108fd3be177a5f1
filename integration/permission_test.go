package integration

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// authorizing starts a server that asks who may do what, by the SQL standard's rules.
func authorizing(t *testing.T) *hivetest.Server {
	t.Helper()
	const authorization = "org.apache.hadoop.hive.ql.security."
	srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Hive401, Private: true, Conf: map[string]string{
		"hive.security.authorization.enabled": "true",
		"hive.security.authorization.manager": authorization + "authorization.plugin.sqlstd.SQLStdHiveAuthorizerFactory",
		"hive.security.authenticator.manager": authorization + "SessionStateUserAuthenticator",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() }) // after the sessions
	return srv
}

// TestPermission: what a user may not do is an *hive.Error that says so, and what a new session may not set is one when
// it is opened.
func TestPermission(t *testing.T) {
	srv := authorizing(t)
	as := func(user string) *hive.Config { return config(t, srv, func(c *hive.Config) { c.User = user }) }
	alice, bob := connect(t, as("alice")), connect(t, as("bob"))
	if _, err := alice.Exec(t.Context(), "create table secrets (a int)", hive.Options{}); ignoreRows(err) != nil {
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
}
