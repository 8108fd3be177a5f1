package reflection

import (
	"errors"
	"testing"

	"github.com/skep-go/skep/hivetest"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestMetastoreOfHTTP: Hive's own metastore over HTTP. What goes through gateways and proxies is in TestMetastoreOverHTTP.
func TestMetastoreOfHTTP(t *testing.T) {
	srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Metastore, Private: true, Conf: map[string]string{
		"metastore.server.thrift.transport.mode": "http",
		"metastore.client.thrift.transport.mode": "http", // for the client that waits for the server
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	over := func(path string) *hivereflect.Metastore {
		return openMetastore(t, srv.MetastoreAddr(), func(c *hivereflect.MetastoreConfig) {
			c.URIs, c.User = []string{"http://" + srv.MetastoreAddr() + path}, "alice"
		})
	}
	m := over("")
	if names, err := m.Schemas(t.Context()); err != nil || len(names) != 1 {
		t.Errorf("got %q, %v, want the default schema", names, err)
	}
	if _, err := schema.DescribeTable(t.Context(), m, "", "nope"); !errors.As(err, new(*schema.NoTableError)) {
		t.Errorf("a table that is not there: got %v", err)
	}
	if _, err := m.Schema(t.Context(), "nope"); !errors.As(err, new(*schema.NoSchemaError)) {
		t.Errorf("a schema that is not there: got %v", err)
	}
	if _, err := over("/elsewhere").Schemas(t.Context()); !errors.As(err, new(*hivereflect.ProtocolError)) {
		t.Errorf("another path: got %v, want a ProtocolError", err)
	}
}
