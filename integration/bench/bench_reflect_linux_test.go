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
	"github.com/skep-go/skep/internal/faultproxy"
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

// BenchmarkReflect reads a thousand tables of 50 columns into a MetaData, here and from 1 ms away, as in another rack,
// and the partitions of a table.
func BenchmarkReflect(b *testing.B) {
	srv := benchServer(b)
	theirs := gohiveMetastore(b, srv.MetastoreAddr())
	fillMetastore(b, theirs)
	here := newReflectLineup(b, srv.MetastoreAddr(), srv.Addr())
	away := newReflectLineup(b, distant(b, srv.MetastoreAddr()), distant(b, srv.Addr()))
	for b.Loop() {
		here.tables(b, "reflect 1,000 x 50")
		away.tables(b, "reflect 1,000 x 50, 1 ms away")
		here.details(b, srv, "reflect 1,000 x 50")
		here.partitions(b)
	}
}

// distant is the address of a server as if it were 1 ms of round trip away.
func distant(b *testing.B, addr string) string {
	proxy := faultproxy.Start(b, addr, faultproxy.Distance(time.Millisecond)...)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(proxy.Port()))
}

// reflectLineup is who reads from a metastore and its HiveServer2.
type reflectLineup struct {
	// plain asks for no constraints, as the others do: the metastore tells them one table at a time.
	full, plain *hivereflect.Metastore
	gohive      *hms.ThriftHiveMetastoreClient
	serverAddr  string
	calls       *callCounter
}

func newReflectLineup(b *testing.B, metastore, server string) *reflectLineup {
	l := &reflectLineup{serverAddr: server, calls: &callCounter{}, gohive: gohiveMetastore(b, metastore)}
	open := func(cfg hivereflect.MetastoreConfig) *hivereflect.Metastore {
		cfg.URIs, cfg.Dialer = []string{"thrift://" + metastore}, l.calls.dial
		m := live.Must(hivereflect.OpenMetastore(cfg))(b)
		b.Cleanup(func() { live.Must(0, m.Close())(b) })
		return m
	}
	l.full, l.plain = open(hivereflect.MetastoreConfig{}), open(hivereflect.MetastoreConfig{NoConstraints: true})
	return l
}

// tables holds the reading of all tables against the others' ways to do it.
func (l *reflectLineup) tables(b *testing.B, name string) {
	took := inTurns(b, fewPairs, reflection(b, l.plain), oneByOne(b, l.gohive))
	figures.Record(b, versus(name, "a call a table, gohive 1.8.1", took[0], took[1], figures.RatioAtMost(1.0/3)))
	host, port := hostPort(b, l.serverAddr)
	pyhive := readingsOf(b, []string{peers.Python(b, "peer"), peers.File("reflect.py"), host, port, reflectDB, strconv.Itoa(reflectTables + 2)})[0]
	figures.Record(b, figures.Figure{
		Name: name, Value: ms(median(took[0])), Unit: "ms", Against: "PyHive 0.7.0 by SQLAlchemy", AgainstValue: ms(pyhive),
		Goal: figures.RatioAtMost(1.0 / 50),
	})
}

// details are what else is to be known of it.
func (l *reflectLineup) details(b *testing.B, srv *hivetest.Server, name string) {
	took := inTurns(b, fewPairs, reflection(b, l.full), oneByOne(b, l.gohive))
	figures.Record(b, versus(name+", with constraints", "a call a table, gohive 1.8.1", took[0], took[1], figures.Goal{}))
	server := live.Must(hivereflect.OverSession(b.Context(), live.Connect(b, live.Config(b, srv))))(b)
	took = inTurns(b, 1, reflection(b, l.plain), reflection(b, server))
	figures.Record(b, versus(name, "by HiveServer2, ours", took[0], took[1], figures.Goal{}))
	figures.Record(b, figures.Figure{Name: name, Value: l.calls.during(reflection(b, l.plain)), Unit: "calls"})
	figures.Record(b, figures.Figure{Name: name + ", with constraints", Value: l.calls.during(reflection(b, l.full)), Unit: "calls"})
}

// partitions holds the reading of many partitions against one call for all of them.
func (l *reflectLineup) partitions(b *testing.B) {
	read := func(n int) func() { return partitions(b, l.full, n) }
	took := inTurns(b, fewPairs, read(manyParts), func() {
		parts := live.Must(l.gohive.GetPartitions(context.Background(), reflectDB, partedTable(manyParts), -1))(b)
		if len(parts) != manyParts {
			b.Fatalf("%d partitions", len(parts))
		}
	})
	figures.Record(b, versus("20,000 partitions", "in one call, gohive 1.8.1", took[0], took[1], figures.Goal{}))
	figures.Record(b, figures.Figure{Name: "20,000 partitions", Value: l.calls.during(read(manyParts)), Unit: "calls"})
	some, many := peakRSS(b, read(someParts)), peakRSS(b, read(manyParts))
	figures.Record(b, figures.Figure{
		Name: "20,000 partitions, peak above that of 2,000", Value: (many - some) / (1 << 20), Unit: "MiB", Goal: figures.AtMost(8),
	})
}

func reflection(b *testing.B, from schema.Inspector) func() {
	return func() {
		tables := live.Must(schema.NewMetaData().Reflect(b.Context(), from, schema.In(reflectDB), schema.OnlyFunc(isBenchTable)))(b)
		if len(tables) != reflectTables || len(tables[0].Columns()) != reflectColumns {
			b.Fatalf("%d tables", len(tables))
		}
	}
}

func partitions(b *testing.B, from *hivereflect.Metastore, n int) func() {
	return func() {
		got := 0
		for _, err := range from.Partitions(b.Context(), reflectDB, partedTable(n), "") {
			live.Must(0, err)(b)
			got++
		}
		if got != n {
			b.Fatalf("%d partitions, want %d", got, n)
		}
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
func gohiveMetastore(b *testing.B, addr string) *hms.ThriftHiveMetastoreClient {
	b.Helper()
	host, port := hostPort(b, addr)
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
