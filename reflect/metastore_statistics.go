package hivereflect

import (
	"context"
	"iter"
	"slices"

	hms "github.com/beltran/gohive/hive_metastore"
)

// engine is whose statistics are asked for, since Hive 4; others may keep their own.
const engine = "hive"

// Statistics are what Hive has counted in a table. Of one with partitions it counts these instead.
func (m *Metastore) Statistics(ctx context.Context, schemaName, table string) (Statistics, error) {
	t, err := m.table(ctx, schemaName, table)
	if err != nil {
		return Statistics{}, err
	}
	all := readStatistics(t.Parameters)
	columns := statisticsColumns(t)
	if len(columns) == 0 {
		return all, nil
	}
	var res hms.ThriftHiveMetastoreGetTableStatisticsReqResult
	err = m.about(ctx, t, func(c *metaConn) error {
		res = hms.ThriftHiveMetastoreGetTableStatisticsReqResult{}
		return c.call(ctx, "get_table_statistics_req", &hms.ThriftHiveMetastoreGetTableStatisticsReqArgs{
			Request: &hms.TableStatsRequest{DbName: t.DbName, TblName: t.TableName, ColNames: columns, Engine: engine},
		}, &res)
	})
	if err != nil {
		return Statistics{}, err
	}
	if res.Success != nil {
		all.Columns = readColumnStatistics(res.Success.TableStats)
	}
	return all, nil
}

func statisticsColumns(t *hms.Table) []string {
	if t.Sd == nil {
		return nil
	}
	return columnsOf(t.Sd.Cols)
}

// PartitionStatistics are what Hive has counted in partitions, which are given by their names: see
// [Metastore.PartitionNames]. What is not there is left out. It asks as [Metastore.Partitions] does. An error is the last.
func (m *Metastore) PartitionStatistics(
	ctx context.Context, schemaName, table string, names ...string,
) iter.Seq2[PartitionStatistics, error] {
	return func(yield func(PartitionStatistics, error) bool) {
		t, err := m.table(ctx, schemaName, table)
		if err != nil {
			yield(PartitionStatistics{}, err)
			return
		}
		work := slices.Chunk(names, firstPartitions)
		read := func(ctx context.Context, names []string) ([]PartitionStatistics, error) {
			return m.partitionStatistics(ctx, t, names)
		}
		for batch, err := range inOrder(ctx, work, m.pool.cfg.Connections, read) {
			if err != nil {
				yield(PartitionStatistics{}, err)
				return
			}
			for _, s := range batch {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

func (m *Metastore) partitionStatistics(ctx context.Context, t *hms.Table, names []string) ([]PartitionStatistics, error) {
	partitions, _, err := m.partitions(ctx, t, names)
	columns := statisticsColumns(t)
	if err != nil || len(columns) == 0 {
		return nil, err
	}
	var res hms.ThriftHiveMetastoreGetPartitionsStatisticsReqResult
	err = m.about(ctx, t, func(c *metaConn) error {
		res = hms.ThriftHiveMetastoreGetPartitionsStatisticsReqResult{}
		return c.call(ctx, "get_partitions_statistics_req", &hms.ThriftHiveMetastoreGetPartitionsStatisticsReqArgs{
			Request: &hms.PartitionsStatsRequest{
				DbName: t.DbName, TblName: t.TableName, ColNames: columns, PartNames: names, Engine: engine,
			},
		}, &res)
	})
	if err != nil {
		return nil, err
	}
	var all []PartitionStatistics
	for _, p := range partitions {
		s := PartitionStatistics{p.Name, readStatistics(p.Properties)}
		if res.Success != nil {
			s.Columns = readColumnStatistics(res.Success.PartStats[p.Name])
		}
		all = append(all, s)
	}
	return all, nil
}
