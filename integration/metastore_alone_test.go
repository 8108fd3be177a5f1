package integration

import (
	"context"
	"errors"
	"os/user"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hivetest"
	hivereflect "github.com/skep-go/skep/reflect"
)

// generatedClient is the client that Thrift generates, to make tables where there is no HiveServer2.
func generatedClient(t *testing.T, addr string) *hms.ThriftHiveMetastoreClient {
	t.Helper()
	socket := thrift.NewTSocketConf(addr, nil)
	if err := socket.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return hms.NewThriftHiveMetastoreClientFactory(socket, thrift.NewTBinaryProtocolFactoryConf(nil))
}

func textTable(db, name string, columns ...*hms.FieldSchema) *hms.Table {
	return &hms.Table{
		DbName: db, TableName: name, Owner: "me", TableType: "MANAGED_TABLE", OwnerType: hms.PrincipalType_USER,
		Parameters: map[string]string{}, PartitionKeys: []*hms.FieldSchema{},
		Sd: &hms.StorageDescriptor{
			Cols: columns, InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
			OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat", NumBuckets: -1,
			SerdeInfo:  &hms.SerDeInfo{SerializationLib: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", Parameters: map[string]string{}},
			BucketCols: []string{}, SortCols: []*hms.Order{}, Parameters: map[string]string{},
		},
	}
}

// TestMetastoreAlone: a metastore without a HiveServer2, of each version.
func TestMetastoreAlone(t *testing.T) {
	for _, kind := range []hivetest.Kind{hivetest.Metastore, hivetest.Metastore2} {
		t.Run(string(kind), func(t *testing.T) {
			srv := hivetest.Shared(t, kind)
			m := openMetastore(t, srv.MetastoreAddr())
			client := generatedClient(t, srv.MetastoreAddr())
			name := "alone"
			_ = client.DropTable(t.Context(), "default", name, true)
			if err := client.CreateTable(t.Context(), textTable("default", name, &hms.FieldSchema{Name: "i", Type: "int"})); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.DropTable(context.Background(), "default", name, true) })
			for info, err := range m.Describe(t.Context(), "", name) {
				if err != nil {
					t.Fatal(err)
				}
				table := declareInfo(nil, info)
				d, _ := hivereflect.DetailOf(table)
				if len(table.Columns()) != 1 || d.Owner != "me" {
					t.Errorf("got %v of %q, want a column of me", table.Columns(), d.Owner)
				}
			}
		})
	}
}

// TestMetastorePermission: who may not read the folder of a database is told so.
func TestMetastorePermission(t *testing.T) {
	const auth = "org.apache.hadoop.hive.ql.security.authorization."
	for _, kind := range []hivetest.Kind{hivetest.Metastore, hivetest.Metastore2} {
		t.Run(string(kind), func(t *testing.T) {
			srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: kind, Private: true, Conf: map[string]string{
				"hive.metastore.pre.event.listeners":            auth + "AuthorizationPreEventListener",
				"hive.security.metastore.authorization.manager": auth + "StorageBasedAuthorizationProvider",
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { srv.Close() })
			owner, err := user.Current() // of the folders
			if err != nil {
				t.Fatal(err)
			}
			for name, allowed := range map[string]bool{owner.Username: true, "bob": false} {
				m := openMetastore(t, srv.MetastoreAddr(), func(c *hivereflect.MetastoreConfig) { c.User = name })
				_, relations := m.Relations(t.Context(), "default")
				_, described := m.Schema(t.Context(), "default")
				_, has := m.HasTable(t.Context(), "default", "nope")
				for what, err := range map[string]error{"Relations": relations, "Schema": described, "HasTable": has} {
					var denied *hivereflect.PermissionError
					if allowed && err != nil || !allowed && (!errors.As(err, &denied) || denied.User != name) {
						t.Errorf("%s as %q: got %v, allowed: %v", what, name, err, allowed)
					}
				}
			}
		})
	}
}
