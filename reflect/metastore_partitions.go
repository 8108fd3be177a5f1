package hivereflect

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/toolkit/schema"
)

// table reads a table, to ask more about it. The error is a [*schema.NoSchemaError] or [*schema.NoTableError] if it is
// not there: the calls of Hive 4 about partitions say nothing then.
func (m *Metastore) table(ctx context.Context, schemaName, name string) (*hms.Table, error) {
	schemaName = cmp.Or(schemaName, defaultSchema)
	var tables []*hms.Table
	err := m.do(ctx, func(c *metaConn) (err error) {
		tables, err = c.tables(ctx, schemaName, []string{name})
		return err
	})
	switch {
	case err != nil && !isMissing(err):
		return nil, err
	case len(tables) > 0:
		return tables[0], nil
	}
	if _, _, err := m.database(ctx, schemaName); err != nil {
		return nil, err
	}
	return nil, &schema.NoTableError{Schema: schemaName, Name: name, Err: err}
}

func isMissing(err error) bool {
	var missing *missingError
	return errors.As(err, &missing)
}

// about asks about a table that was there. One that is not any more is a [*schema.NoTableError].
func (m *Metastore) about(ctx context.Context, t *hms.Table, f func(*metaConn) error) error {
	err := m.do(ctx, f)
	if isMissing(err) {
		return &schema.NoTableError{Schema: t.DbName, Name: t.TableName, Err: err}
	}
	return err
}

// columnsOf are the names of columns.
func columnsOf(list []*hms.FieldSchema) []string {
	var names []string
	for _, f := range readFields(list) {
		names = append(names, f.name)
	}
	return names
}

// PartitionCount is the number of a table's partitions for which the filter holds.
func (m *Metastore) PartitionCount(ctx context.Context, schemaName, table string, filter PartitionFilter) (int, error) {
	t, err := m.table(ctx, schemaName, table)
	if err != nil || len(t.PartitionKeys) == 0 {
		return 0, err
	}
	var res hms.ThriftHiveMetastoreGetNumPartitionsByFilterResult
	err = m.about(ctx, t, func(c *metaConn) error {
		res = hms.ThriftHiveMetastoreGetNumPartitionsByFilterResult{}
		return c.call(ctx, "get_num_partitions_by_filter", &hms.ThriftHiveMetastoreGetNumPartitionsByFilterArgs{
			DbName: t.DbName, TblName: t.TableName, Filter: string(filter),
		}, &res)
	})
	return int(res.GetSuccess()), err
}

// PartitionNames are the names of a table's partitions for which the filter holds, sorted.
func (m *Metastore) PartitionNames(ctx context.Context, schemaName, table string, filter PartitionFilter) ([]string, error) {
	t, err := m.table(ctx, schemaName, table)
	if err != nil {
		return nil, err
	}
	return m.partitionNames(ctx, t, filter)
}

func (m *Metastore) partitionNames(ctx context.Context, t *hms.Table, filter PartitionFilter) (names []string, err error) {
	if len(t.PartitionKeys) == 0 {
		return nil, nil
	}
	err = m.about(ctx, t, func(c *metaConn) (err error) {
		if filter == "" {
			names, err = c.partitionNames(ctx, t)
		} else {
			names, err = c.partitionNamesWhere(ctx, t, string(filter))
		}
		return err
	})
	slices.Sort(names)
	return names, err
}

func (c *metaConn) partitionNames(ctx context.Context, t *hms.Table) ([]string, error) {
	var res hms.ThriftHiveMetastoreGetPartitionNamesResult
	err := c.call(ctx, "get_partition_names", &hms.ThriftHiveMetastoreGetPartitionNamesArgs{
		DbName: t.DbName, TblName: t.TableName, MaxParts: -1,
	}, &res)
	return res.Success, err
}

// partitionNamesWhere makes the names of values: no call filters names, and that which filters partitions sends whole
// ones, all in one reply.
func (c *metaConn) partitionNamesWhere(ctx context.Context, t *hms.Table, filter string) ([]string, error) {
	var res hms.ThriftHiveMetastoreGetPartitionValuesResult
	err := c.call(ctx, "get_partition_values", &hms.ThriftHiveMetastoreGetPartitionValuesArgs{
		Request: &hms.PartitionValuesRequest{
			DbName: t.DbName, TblName: t.TableName, PartitionKeys: t.PartitionKeys, Filter: &filter, MaxParts: -1,
		},
	}, &res)
	if err != nil {
		return nil, err
	}
	if res.Success == nil {
		return nil, c.nothing()
	}
	columns := columnsOf(t.PartitionKeys)
	var names []string
	for _, row := range res.Success.PartitionValues {
		if row != nil {
			names = append(names, partitionName(columns, row.Row))
		}
	}
	return names, nil
}

// Partitions are those of a table's partitions for which the filter holds, in the order of their names. The names are
// read first, then the partitions, in batches, two at a time: what else is kept does not grow with their number. One that
// is dropped meanwhile is left out. An error is the last.
func (m *Metastore) Partitions(ctx context.Context, schemaName, table string, filter PartitionFilter) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		t, err := m.table(ctx, schemaName, table)
		var names []string
		if err == nil {
			names, err = m.partitionNames(ctx, t, filter)
		}
		if err != nil {
			yield(Partition{}, err)
			return
		}
		cfg := &m.pool.cfg
		done := 0
		var pace pace
		for batch, err := range inOrder(ctx, pace.chunks(names), min(cfg.Connections, partitionsAtOnce), func(ctx context.Context, names []string) (named, error) {
			all, octets, err := m.partitions(ctx, t, names)
			pace.read(octets, len(all))
			return named{len(names), all}, err
		}) {
			if err != nil {
				yield(Partition{}, err)
				return
			}
			for _, p := range batch.found {
				if !yield(p, nil) {
					return
				}
			}
			if done += batch.names; cfg.Progress != nil {
				cfg.Progress(Progress{Schema: t.DbName, Table: t.TableName, Done: done, Total: len(names)})
			}
		}
	}
}

// named are the partitions that there are of a number of names.
type named struct {
	names int
	found []Partition
}

// pace says how many partitions to ask for at once: few at first, then as many as replies of a good size hold. A request
// costs the server's database a search that can take longer than all that is found (Derby looks at each partition that it
// has), and a reply costs memory here.
type pace struct {
	each atomic.Int64 // octets that a partition takes in a reply, by the last one; 0 if there was none
}

const (
	partitionsAtOnce = 2 // requests: the server works on one while the reply to the other is read
	firstPartitions  = 200
	goodReply        = 3 << 18
	mostPartitions   = 5000 // in one request, for each name stands in the database's statement
)

func (p *pace) chunks(names []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for len(names) > 0 {
			n := firstPartitions
			if each := p.each.Load(); each > 0 {
				n = int(max(goodReply/each, 1))
			}
			n = min(n, mostPartitions, len(names))
			if !yield(names[:n]) {
				return
			}
			names = names[n:]
		}
	}
}

// read notes the size of a reply.
func (p *pace) read(octets, partitions int) {
	if partitions > 0 {
		p.each.Store(int64(octets/partitions) + 1)
	}
}

// partitions reads a batch of partitions, and tells the size of the reply.
func (m *Metastore) partitions(ctx context.Context, t *hms.Table, names []string) (all []Partition, octets int, err error) {
	err = m.about(ctx, t, func(c *metaConn) (err error) {
		all, err = c.partitionsByNames(ctx, t, names)
		octets = c.received
		return err
	})
	slices.SortFunc(all, func(a, b Partition) int { return cmp.Compare(a.Name, b.Name) })
	return all, octets, err
}
