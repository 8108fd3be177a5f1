package integration

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/beltran/gohive"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/toolkit/schema"
)

const (
	reflectDB      = "bench_reflect"
	reflectTables  = 1000
	reflectColumns = 50
	partsDB        = "bench_partitions"
	partsTable     = "parted"
	manyParts      = 20_000
	someParts      = 2_000
)

// BenchmarkReflect reads a thousand tables into a MetaData, and a table's partitions.
func BenchmarkReflect(b *testing.B) {
	srv := benchServer(b)
	theirs := gohiveMetastore(b, srv)
	fillMetastore(b, theirs)
	metastore := metastoreOf(b, srv)
	reflection := func(from schema.Inspector) func() {
		return func() {
			tables := must(schema.NewMetaData().Reflect(b.Context(), from, schema.In(reflectDB)))(b)
			if len(tables) != reflectTables || len(tables[0].Columns()) != reflectColumns {
				b.Fatalf("%d tables", len(tables))
			}
		}
	}
	ours := reflection(metastore)
	for b.Loop() {
		took := inTurns(b, fewPairs, ours, oneByOne(b, theirs))
		figures.Record(b, versus("reflect 1,000 x 50", "a call a table, gohive 1.8.1", took[0], took[1], figures.RatioAtMost(1.0/3)))
		host, port := hostPort(b, srv.Addr())
		pyhive := readingsOf(b, []string{python(b, "peer"), "peers/reflect.py", host, port, reflectDB, strconv.Itoa(reflectTables)})[0]
		figures.Record(b, figures.Figure{
			Name: "reflect 1,000 x 50", Value: ms(median(took[0])), Unit: "ms", Against: "PyHive 0.7.0 by SQLAlchemy", AgainstValue: ms(pyhive),
			Goal: figures.RatioAtMost(1.0 / 50),
		})
	}
}

// oneByOne asks for one table after another by the other Go client.
func oneByOne(b *testing.B, c *hms.ThriftHiveMetastoreClient) func() {
	return func() {
		for i := range reflectTables {
			must(c.GetTableReq(context.Background(), &hms.GetTableRequest{DbName: reflectDB, TblName: benchTable(i)}))(b)
		}
	}
}

func benchTable(i int) string { return fmt.Sprintf("table_%04d", i) }

// fillMetastore makes what is reflected, by the metastore alone.
func fillMetastore(b *testing.B, c *hms.ThriftHiveMetastoreClient) {
	b.Helper()
	ctx := context.Background()
	for _, name := range []string{reflectDB, partsDB} {
		location := "file:" + b.TempDir()
		must(0, c.CreateDatabase(ctx, &hms.Database{Name: name, LocationUri: location, Parameters: map[string]string{}}))(b)
		b.Cleanup(func() {
			if err := c.DropDatabase(ctx, name, false, true); err != nil {
				b.Error(err)
			}
		})
	}
	var columns []*hms.FieldSchema
	for i := range reflectColumns {
		columns = append(columns, &hms.FieldSchema{
			Name: fmt.Sprintf("column_%02d", i), Comment: fmt.Sprintf("the column number %d", i),
			Type: []string{"bigint", "string", "decimal(10,2)", "array<struct<a:int,b:map<string,double>>>", "timestamp"}[i%5],
		})
	}
	for i := range reflectTables {
		must(0, c.CreateTable(ctx, metastoreTable(reflectDB, benchTable(i), columns)))(b)
	}
	parted := metastoreTable(partsDB, partsTable, columns[:3])
	parted.PartitionKeys = []*hms.FieldSchema{{Name: "day", Type: "date"}, {Name: "what", Type: "string"}}
	must(0, c.CreateTable(ctx, parted))(b)
}

// addPartitions makes partitions from one number up to another.
func addPartitions(b *testing.B, c *hms.ThriftHiveMetastoreClient, table *hms.Table, from, to int) {
	b.Helper()
	const atOnce = 1000
	for ; from < to; from += atOnce {
		var parts []*hms.Partition
		for i := from; i < min(from+atOnce, to); i++ {
			values := []string{time.Date(2000, 1, 1+i/10, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), fmt.Sprint("a=/ b%", i%10)}
			sd := *table.Sd
			sd.Location = fmt.Sprintf("%s/%d", table.Sd.Location, i)
			parts = append(parts, &hms.Partition{DbName: table.DbName, TableName: table.TableName, Values: values, Sd: &sd, Parameters: map[string]string{"numRows": "7"}})
		}
		must(c.AddPartitions(context.Background(), parts))(b)
	}
}

func metastoreTable(database, name string, columns []*hms.FieldSchema) *hms.Table {
	return &hms.Table{
		DbName: database, TableName: name, Owner: "hive", TableType: "EXTERNAL_TABLE",
		Parameters: map[string]string{"EXTERNAL": "TRUE", "comment": "a table of the benchmark"},
		Sd: &hms.StorageDescriptor{
			Cols: columns, Location: "file:/nowhere/" + name, NumBuckets: -1,
			InputFormat: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", OutputFormat: "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
			SerdeInfo: &hms.SerDeInfo{SerializationLib: "org.apache.hadoop.hive.ql.io.orc.OrcSerde"},
		},
	}
}

// gohiveMetastore is the other Go client's connection to the metastore.
func gohiveMetastore(b *testing.B, srv *hivetest.Server) *hms.ThriftHiveMetastoreClient {
	b.Helper()
	host, port := hostPort(b, srv.MetastoreAddr())
	c := must(gohive.ConnectToMetastore(host, must(strconv.Atoi(port))(b), "NOSASL", gohive.NewMetastoreConnectConfiguration()))(b)
	b.Cleanup(c.Close)
	return c.Client
}

func hostPort(b *testing.B, addr string) (host, port string) {
	b.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		b.Fatal(err)
	}
	return host, port
}
