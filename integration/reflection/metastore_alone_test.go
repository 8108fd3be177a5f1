package reflection

import (
	"context"
	"errors"
	"os/user"
	"slices"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/compile"
	define "github.com/skep-go/skep/toolkit/ddl"
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

// TestMetastoreOfSpark: Spark keeps tables of its own sources in a metastore, which has no place for all of them.
func TestMetastoreOfSpark(t *testing.T) {
	spark := live.Shared(t, hivetest.Spark35)
	s := newMetaSession(t, spark)
	m := openMetastore(t, spark.MetastoreAddr())
	for name, clauses := range map[string]string{
		"json":    "(`Id` BIGINT COMMENT 'its number', v VARCHAR(7), n ARRAY<STRUCT<`a b`:INT,m:MAP<STRING,DECIMAL(5,2)>>>) USING json",
		"csv":     "(a INT) USING csv OPTIONS ('header' = 'true') COMMENT 'of texts'",
		"parquet": "(a INT, s STRING) USING parquet PARTITIONED BY (day DATE) CLUSTERED BY (a) SORTED BY (s) INTO 2 BUCKETS TBLPROPERTIES ('who' = 'me')",
		"orc":     "(a TIMESTAMP, b SMALLINT, c TINYINT, d DOUBLE, e FLOAT, f BOOLEAN, g BINARY, h CHAR(3)) STORED AS ORC",
	} {
		create := "CREATE TABLE " + s.db + "." + name + " " + clauses
		s.exec(create)
		st, err := compile.Compile(dialect.New(dialect.Spark35), define.CreateTable(declareInfo(nil, s.describe(m, name))))
		if err != nil {
			t.Errorf("%s: %v", create, err)
			continue
		}
		if got, _ := st.SQL(); !sameWords(got, create) {
			t.Errorf("made  %s\n got  %s", create, got)
		}
	}
	s.exec("CREATE VIEW v AS SELECT a AS x FROM csv")
	if v := s.describe(m, "v"); len(v.Columns) != 1 || v.Columns[0].Name != "x" || v.Definition != "SELECT a AS x FROM csv" {
		t.Errorf("view: got %+v", v)
	}
}

// sameWords compares statements by their words in any order, for Spark has its own of clauses.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
