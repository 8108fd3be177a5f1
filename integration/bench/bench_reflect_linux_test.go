package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beltran/gohive"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

const (
	reflectDB      = "bench_reflect"
	reflectTables  = 1000
	reflectColumns = 50
	manyParts      = 20_000
	someParts      = 2_000
)

// BenchmarkReflect reads a thousand tables of 50 columns into a MetaData, and the partitions of a table.
func BenchmarkReflect(b *testing.B) {
	srv := benchServer(b)
	theirs := gohiveMetastore(b, srv)
	fillMetastore(b, theirs)
	calls := &callCounter{}
	open := func(cfg hivereflect.MetastoreConfig) *hivereflect.Metastore {
		cfg.URIs, cfg.Dialer = []string{"thrift://" + srv.MetastoreAddr()}, calls.dial
		m := live.Must(hivereflect.OpenMetastore(cfg))(b)
		b.Cleanup(func() { live.Must(0, m.Close())(b) })
		return m
	}
	// The others ask for no constraints, of which the metastore tells one table at a time.
	metastore, plain := open(hivereflect.MetastoreConfig{}), open(hivereflect.MetastoreConfig{NoConstraints: true})
	reflection := func(from schema.Inspector) func() {
		return func() {
			tables := live.Must(schema.NewMetaData().Reflect(b.Context(), from, schema.In(reflectDB), schema.OnlyFunc(isBenchTable)))(b)
			if len(tables) != reflectTables || len(tables[0].Columns()) != reflectColumns {
				b.Fatalf("%d tables", len(tables))
			}
		}
	}
	partitions := func(n int) func() {
		return func() {
			got := 0
			for _, err := range metastore.Partitions(b.Context(), reflectDB, partedTable(n), "") {
				live.Must(0, err)(b)
				got++
			}
			if got != n {
				b.Fatalf("%d partitions, want %d", got, n)
			}
		}
	}
	allAtOnce := func() {
		parts := live.Must(theirs.GetPartitions(context.Background(), reflectDB, partedTable(manyParts), -1))(b)
		if len(parts) != manyParts {
			b.Fatalf("%d partitions", len(parts))
		}
	}
	const name = "reflect 1,000 x 50"
	for b.Loop() {
		took := inTurns(b, fewPairs, reflection(plain), oneByOne(b, theirs), reflection(metastore))
		figures.Record(b, versus(name, "a call a table, gohive 1.8.1", took[0], took[1], figures.RatioAtMost(1.0/3)))
		figures.Record(b, versus(name+", with constraints", "a call a table, gohive 1.8.1", took[2], took[1], figures.Goal{}))
		byServer := inTurns(b, 1, reflection(live.Must(hivereflect.OverSession(b.Context(), live.Connect(b, live.Config(b, srv))))(b)))[0][0]
		host, port := hostPort(b, srv.Addr())
		figures.Record(b, figures.Figure{
			Name: name, Value: ms(median(took[0])), Unit: "ms", Against: "by HiveServer2, ours", AgainstValue: ms(byServer),
		})
		pyhive := readingsOf(b, []string{peers.Python(b, "peer"), peers.File("reflect.py"), host, port, reflectDB, strconv.Itoa(reflectTables + 2)})[0]
		figures.Record(b, figures.Figure{
			Name: name, Value: ms(median(took[0])), Unit: "ms", Against: "PyHive 0.7.0 by SQLAlchemy", AgainstValue: ms(pyhive),
			Goal: figures.RatioAtMost(1.0 / 50),
		})
		figures.Record(b, figures.Figure{Name: name, Value: calls.during(reflection(plain)), Unit: "calls"})
		figures.Record(b, figures.Figure{Name: name + ", with constraints", Value: calls.during(reflection(metastore)), Unit: "calls"})

		took = inTurns(b, fewPairs, partitions(manyParts), allAtOnce)
		figures.Record(b, versus("20,000 partitions", "in one call, gohive 1.8.1", took[0], took[1], figures.Goal{}))
		figures.Record(b, figures.Figure{Name: "20,000 partitions", Value: calls.during(partitions(manyParts)), Unit: "calls"})
		some, many := peakRSS(b, partitions(someParts)), peakRSS(b, partitions(manyParts))
		figures.Record(b, figures.Figure{
			Name: "20,000 partitions, peak above that of 2,000", Value: (many - some) / (1 << 20), Unit: "MiB", Goal: figures.AtMost(8),
		})
	}
}

func isBenchTable(r schema.Relation) bool { return strings.HasPrefix(r.Name, "table_") }

func partedTable(partitions int) string { return fmt.Sprintf("parted_%d", partitions) }

// callCounter counts the calls that are sent over the connections that it makes.
type callCounter struct{ calls atomic.Int64 }

func (c *callCounter) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	return countedConn{conn, c}, err
}

// during is how many calls f makes.
func (c *callCounter) during(f func()) float64 {
	before := c.calls.Load()
	f()
	return float64(c.calls.Load() - before)
}

type countedConn struct {
	net.Conn
	counter *callCounter
}

// Write counts the heads of messages: version 1 of the protocol, and a call.
func (c countedConn) Write(b []byte) (int, error) {
	c.counter.calls.Add(int64(bytes.Count(b, []byte{0x80, 1, 0, 1})))
	return c.Conn.Write(b)
}

// oneByOne asks for one table after another by the other Go client.
func oneByOne(b *testing.B, c *hms.ThriftHiveMetastoreClient) func() {
	return func() {
		for i := range reflectTables {
			live.Must(c.GetTableReq(context.Background(), &hms.GetTableRequest{DbName: reflectDB, TblName: benchTable(i)}))(b)
		}
	}
}

func benchTable(i int) string { return fmt.Sprintf("table_%04d", i) }

// fillMetastore makes what is reflected, by the metastore alone.
func fillMetastore(b *testing.B, c *hms.ThriftHiveMetastoreClient) {
	b.Helper()
	ctx := context.Background()
	live.Must(0, c.CreateDatabase(ctx, &hms.Database{Name: reflectDB, LocationUri: "file:" + b.TempDir(), Parameters: map[string]string{}}))(b)
	b.Cleanup(func() { live.Must(0, c.DropDatabase(ctx, reflectDB, false, true))(b) })
	var columns []*hms.FieldSchema
	for i := range reflectColumns {
		columns = append(columns, &hms.FieldSchema{
			Name: fmt.Sprintf("column_%02d", i), Comment: fmt.Sprintf("the column number %d", i),
			Type: []string{"bigint", "string", "decimal(10,2)", "array<struct<a:int,b:map<string,double>>>", "timestamp"}[i%5],
		})
	}
	for i := range reflectTables {
		live.Must(0, c.CreateTable(ctx, metastoreTable(reflectDB, benchTable(i), columns)))(b)
	}
	for _, n := range []int{someParts, manyParts} {
		parted := metastoreTable(reflectDB, partedTable(n), columns[:3])
		parted.PartitionKeys = []*hms.FieldSchema{{Name: "day", Type: "date"}, {Name: "what", Type: "string"}}
		live.Must(0, c.CreateTable(ctx, parted))(b)
		addPartitions(b, c, parted, n)
	}
}

func addPartitions(b *testing.B, c *hms.ThriftHiveMetastoreClient, table *hms.Table, n int) {
	b.Helper()
	const atOnce = 1000
	for from := 0; from < n; from += atOnce {
		var parts []*hms.Partition
		for i := from; i < min(from+atOnce, n); i++ {
			values := []string{time.Date(2000, 1, 1+i/10, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), fmt.Sprint("a=/ b%", i%10)}
			sd := *table.Sd
			sd.Location = fmt.Sprintf("%s/%d", table.Sd.Location, i)
			parts = append(parts, &hms.Partition{DbName: table.DbName, TableName: table.TableName, Values: values, Sd: &sd, Parameters: map[string]string{"numRows": "7"}})
		}
		live.Must(c.AddPartitions(context.Background(), parts))(b)
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
	c := live.Must(gohive.ConnectToMetastore(host, live.Must(strconv.Atoi(port))(b), "NOSASL", gohive.NewMetastoreConnectConfiguration()))(b)
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
