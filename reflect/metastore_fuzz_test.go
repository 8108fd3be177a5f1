package hivereflect

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/internal/wire"
)

// sensible are the answers of a metastore with a table in it.
var sensible = []struct {
	method string
	result thrift.TStruct
}{
	{"set_ugi", &hms.ThriftHiveMetastoreSetUgiResult{Success: []string{}}},
	{"getVersion", versionResult("4.0.1")},
	{"get_all_databases", &hms.ThriftHiveMetastoreGetAllDatabasesResult{Success: []string{"db"}}},
	{"get_database", aDatabase.result},
	{"get_config_value", &hms.ThriftHiveMetastoreGetConfigValueResult{}},
	{"get_table_meta", &hms.ThriftHiveMetastoreGetTableMetaResult{Success: []*hms.TableMeta{{DbName: "db", TableName: "a", TableType: "VIRTUAL_VIEW"}}}},
	{"get_table_objects_by_name_req", &hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult{Success: &hms.GetTablesResult_{Tables: []*hms.Table{{
		DbName: "db", TableName: "a", TableType: "EXTERNAL_TABLE", Parameters: map[string]string{
			"numRows": "1", sparkPrefix + "provider": "csv", sparkPrefix + "schema": `{"type":"struct","fields":[{"name":"a","type":{"type":"array"}}]}`,
		},
		PartitionKeys: []*hms.FieldSchema{{Name: "p", Type: "string"}},
		Sd: &hms.StorageDescriptor{
			Cols: []*hms.FieldSchema{{Name: "i", Type: "array<struct<a:int>>"}}, Location: "file:/a", NumBuckets: 2, BucketCols: []string{"i"},
			SortCols: []*hms.Order{{Col: "i", Order: 1}}, SerdeInfo: &hms.SerDeInfo{Parameters: map[string]string{"field.delim": ","}},
			SkewedInfo: &hms.SkewedInfo{SkewedColNames: []string{"i"}, SkewedColValues: [][]string{{"1"}}},
		},
	}}}}},
	{"get_all_table_constraints", &hms.ThriftHiveMetastoreGetAllTableConstraintsResult{Success: &hms.AllTableConstraintsResponse{
		AllTableConstraints: &hms.SQLAllTableConstraints{
			PrimaryKeys:        []*hms.SQLPrimaryKey{{ColumnName: "i", PkName: "pk"}},
			ForeignKeys:        []*hms.SQLForeignKey{{FkcolumnName: "i", FkName: "fk", PktableName: "b", PkcolumnName: "j"}},
			UniqueConstraints:  []*hms.SQLUniqueConstraint{{ColumnName: "i", UkName: "u"}},
			NotNullConstraints: []*hms.SQLNotNullConstraint{{ColumnName: "i"}},
			DefaultConstraints: []*hms.SQLDefaultConstraint{{ColumnName: "i", DefaultValue: "1"}},
			CheckConstraints:   []*hms.SQLCheckConstraint{{DcName: "c", CheckExpression: "i > 0"}},
		},
	}}},
	{"get_partition_names", &hms.ThriftHiveMetastoreGetPartitionNamesResult{Success: []string{"p=1"}}},
	{"get_partition_values", &hms.ThriftHiveMetastoreGetPartitionValuesResult{Success: &hms.PartitionValuesResponse{
		PartitionValues: []*hms.PartitionValuesRow{{Row: []string{"1"}}},
	}}},
	{"get_partitions_by_names_req", &hms.ThriftHiveMetastoreGetPartitionsByNamesReqResult{Success: &hms.GetPartitionsByNamesResult_{
		Partitions: []*hms.Partition{
			{Values: []string{"1"}, CreateTime: 1, Sd: &hms.StorageDescriptor{Location: "file:/a/p=1"}, Parameters: map[string]string{"numRows": "1"}},
			{Values: []string{"2"}},
		},
	}}},
	{"get_num_partitions_by_filter", &hms.ThriftHiveMetastoreGetNumPartitionsByFilterResult{}},
	{"get_table_statistics_req", &hms.ThriftHiveMetastoreGetTableStatisticsReqResult{Success: &hms.TableStatsResult_{TableStats: []*hms.ColumnStatisticsObj{
		{ColName: "i", ColType: "decimal", StatsData: &hms.ColumnStatisticsData{DecimalStats: &hms.DecimalColumnStatsData{
			LowValue: &hms.Decimal{Scale: 3, Unscaled: []byte{0xff, 1}},
		}}},
	}}}},
	{"get_partitions_statistics_req", &hms.ThriftHiveMetastoreGetPartitionsStatisticsReqResult{}},
}

// FuzzMetastore answers one kind of call with what the fuzzer makes of a sensible answer, and all others sensibly. Nothing
// must panic or hang.
func FuzzMetastore(f *testing.F) {
	for i, a := range sensible {
		msg := reply(wire.Header{Name: a.method}, a.result)
		head, err := wire.ParseMessage(msg)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), msg[head.BodyOffset:])
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		odd := sensible[int(which)%len(sensible)].method
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			answerOddly(server, odd, body)
		}()
		dialed := false
		// A pipe has no buffer, so that requests sent ahead of many replies wait for each other.
		cfg := MetastoreConfig{Connections: 1, IOTimeout: 50 * time.Millisecond, MaxMessageSize: 1 << 20}
		cfg.Dialer = func(context.Context, string, string) (net.Conn, error) {
			if dialed {
				return nil, net.ErrClosed
			}
			dialed = true
			return client, nil
		}
		m, err := OpenMetastore(cfg)
		if err != nil {
			t.Fatal(err)
		}
		everything(t.Context(), m)
		m.Close()
		client.Close()
		<-done
	})
}

// everything asks all that can be asked.
func everything(ctx context.Context, m *Metastore) {
	_, _ = m.Schemas(ctx)
	_, _ = m.Schema(ctx, "db")
	_, _ = m.Relations(ctx, "db")
	for info, err := range m.Describe(ctx, "db", "a", "b") {
		_, _ = info, err
	}
	for _, filter := range []PartitionFilter{"", "p = 1"} {
		for p, err := range m.Partitions(ctx, "db", "a", filter) {
			_, _ = p, err
		}
	}
	_, _ = m.PartitionCount(ctx, "db", "a", "")
	_, _ = m.Statistics(ctx, "db", "a")
	for s, err := range m.PartitionStatistics(ctx, "db", "a", "p=1") {
		_, _ = s, err
	}
}

// answerOddly serves one connection: to calls of the method odd it sends body, and hangs up if that is no struct.
func answerOddly(nc net.Conn, odd string, body []byte) {
	serve(nc, "", map[string]int{}, func(method string, call int) (scripted, bool) {
		for _, a := range sensible {
			if a.method == method && method != odd {
				return scripted{result: a.result}, true
			}
		}
		return scripted{body: append([]byte{}, body...)}, method == odd // not nil
	})
}
