package reflection

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

// httpMetastore starts Hive's own metastore over HTTP. What goes through gateways and proxies is in TestMetastoreOverHTTP.
func httpMetastore(t *testing.T, conf map[string]string) (over func(path string, change func(*hivereflect.MetastoreConfig)) *hivereflect.Metastore) {
	t.Helper()
	all := map[string]string{
		"metastore.server.thrift.transport.mode": "http",
		"metastore.client.thrift.transport.mode": "http", // for the client that waits for the server
	}
	maps.Copy(all, conf)
	srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Metastore, Private: true, Conf: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return func(path string, change func(*hivereflect.MetastoreConfig)) *hivereflect.Metastore {
		return openMetastore(t, srv.MetastoreAddr(), func(c *hivereflect.MetastoreConfig) {
			c.URIs = []string{"http://" + srv.MetastoreAddr() + path}
			change(c)
		})
	}
}

func TestMetastoreOfHTTP(t *testing.T) {
	over := httpMetastore(t, nil)
	alice := func(c *hivereflect.MetastoreConfig) { c.User = "alice" }
	m := over("", alice)
	if names, err := m.Schemas(t.Context()); err != nil || len(names) != 1 {
		t.Errorf("got %q, %v, want the default schema", names, err)
	}
	if _, err := schema.DescribeTable(t.Context(), m, "", "nope"); !errors.As(err, new(*schema.NoTableError)) {
		t.Errorf("a table that is not there: got %v", err)
	}
	if _, err := m.Schema(t.Context(), "nope"); !errors.As(err, new(*schema.NoSchemaError)) {
		t.Errorf("a schema that is not there: got %v", err)
	}
	if _, err := over("/elsewhere", alice).Schemas(t.Context()); !errors.As(err, new(*hivereflect.ProtocolError)) {
		t.Errorf("another path: got %v, want a ProtocolError", err)
	}
}

// TestMetastoreOfTokens: a metastore that lets in whoever has a token.
func TestMetastoreOfTokens(t *testing.T) {
	signer := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, signer)
	over := httpMetastore(t, map[string]string{
		"metastore.authentication": "JWT", "metastore.authentication.jwt.jwks.url": signer.JWKSURL(),
	})
	token := func(valid time.Duration) func(*hivereflect.MetastoreConfig) {
		return func(c *hivereflect.MetastoreConfig) {
			c.Auth, c.Token = hivereflect.MetastoreToken, live.Must(signer.JWT("alice", valid))(t)
		}
	}
	if names, err := over("", token(time.Hour)).Schemas(t.Context()); err != nil || len(names) != 1 {
		t.Errorf("got %q, %v, want the default schema", names, err)
	}
	for name, change := range map[string]func(*hivereflect.MetastoreConfig){
		"no token":       func(c *hivereflect.MetastoreConfig) { c.User = "alice" },
		"an expired one": token(-time.Hour),
		"a forged one": func(c *hivereflect.MetastoreConfig) {
			token(time.Hour)(c)
			head, rest, _ := strings.Cut(c.Token, ".")
			_, signature, _ := strings.Cut(rest, ".")
			c.Token = head + ".eyJzdWIiOiJib2IifQ." + signature // "bob"
		},
	} {
		_, err := over("", change).Schemas(t.Context())
		var refused *hivereflect.PermissionError
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v (%[2]T), want a PermissionError", name, err)
		}
	}
}
