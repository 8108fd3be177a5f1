// Package live is what tests on real servers share: which servers there are, ways to connect to them, and statements whose
// rows or time are known.
package live

import (
	"slices"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
)

// Kinds are the servers on which behaviour is proven.
var Kinds = []hivetest.Kind{hivetest.Hive401, hivetest.Hive313, hivetest.Hive2310, hivetest.Spark35}

// OnEach runs a test on each server.
func OnEach(t *testing.T, test func(t *testing.T, srv *hivetest.Server)) {
	for _, kind := range Kinds {
		t.Run(string(kind), func(t *testing.T) { test(t, Shared(t, kind)) })
	}
}

// Shared is the server of a kind, for a test that asks for it once. Of all the tests on Spark one runs at a time: its
// sessions share one client of the metastore, so that what one does to that would show in another.
func Shared(t *testing.T, kind hivetest.Kind) *hivetest.Server {
	t.Helper()
	srv := hivetest.Shared(t, kind)
	if On(Spark, srv) {
		release, err := srv.Alone(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(release)
	}
	return srv
}

// GoldenTargets are the names that golden files have for the servers.
var GoldenTargets = map[hivetest.Kind]string{
	hivetest.Hive401: "hive", hivetest.Hive313: "hive3.1", hivetest.Hive2310: "hive2.3", hivetest.Spark35: "spark",
}

// Authorizing starts a server that asks who may do what, by the SQL standard's rules.
func Authorizing(t *testing.T) *hivetest.Server {
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

// Beside starts another HiveServer2 over the metastore of a server, which keeps the tables of both.
func Beside(t *testing.T, srv *hivetest.Server) *hivetest.Server {
	t.Helper()
	other, err := hivetest.Start(t.Context(), hivetest.Options{Kind: srv.Kind(), Private: true, Conf: map[string]string{
		"hive.metastore.uris": "thrift://" + srv.MetastoreAddr(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return other
}

// Ours skips what needs a server of hivetest, where SKEP_HIVE_DSN names another one.
func Ours(t testing.TB, srv *hivetest.Server) {
	t.Helper()
	if srv.Kind() == hivetest.External {
		t.Skip("a server of one's own has no further ports and cannot be looked into")
	}
}

// Dialect is the dialect of a server.
func Dialect(t testing.TB, srv *hivetest.Server) *dialect.Hive {
	t.Helper()
	switch {
	case On(Hive3, srv):
		return dialect.New(dialect.Hive31)
	case On(Hive2, srv):
		return dialect.New(dialect.Hive23)
	case On(Spark, srv):
		return dialect.New(dialect.Spark35)
	}
	return dialect.New(dialect.Hive40)
}

// Servers that a case may be for.
var (
	Hive4   = []hivetest.Kind{hivetest.Hive401}
	Hive3   = []hivetest.Kind{hivetest.Hive313}
	Hive2   = []hivetest.Kind{hivetest.Hive2310}
	Hives   = []hivetest.Kind{hivetest.Hive401, hivetest.Hive313, hivetest.Hive2310}
	Spark   = []hivetest.Kind{hivetest.Spark35}
	NewOnes = []hivetest.Kind{hivetest.Hive401, hivetest.Hive313, hivetest.Spark35}
	Before4 = []hivetest.Kind{hivetest.Hive313, hivetest.Hive2310}
	Since3  = []hivetest.Kind{hivetest.Hive401, hivetest.Hive313}
)

// On tells whether a case that names servers is for this one. A server that stands in for Hive 4 counts as Hive 4.
func On(cases []hivetest.Kind, srv *hivetest.Server) bool {
	kind := srv.Kind()
	if kind == hivetest.External {
		kind = hivetest.Hive401
	}
	return slices.Contains(cases, kind)
}
