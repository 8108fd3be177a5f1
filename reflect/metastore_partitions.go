package hivereflect

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

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
	err = m.do(ctx, func(c *metaConn) error {
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
	err = m.do(ctx, func(c *metaConn) (err error) {
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
// read first, then the partitions, a batch for each of a few requests at a time: what else is kept does not grow with
// their number. One that is dropped meanwhile is left out. An error is the last.
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
		work := slices.Chunk(names, cfg.Batch)
		for batch, err := range inOrder(ctx, work, cfg.Connections, func(ctx context.Context, names []string) ([]Partition, error) {
			return m.partitions(ctx, t, names)
		}) {
			if err != nil {
				yield(Partition{}, err)
				return
			}
			for _, p := range batch {
				if !yield(p, nil) {
					return
				}
			}
			if done += cfg.Batch; cfg.Progress != nil {
				cfg.Progress(Progress{Schema: t.DbName, Table: t.TableName, Done: min(done, len(names)), Total: len(names)})
			}
		}
	}
}

// partitions reads a batch of partitions.
func (m *Metastore) partitions(ctx context.Context, t *hms.Table, names []string) (all []Partition, err error) {
	err = m.do(ctx, func(c *metaConn) (err error) {
		if c.major >= 4 && !c.endpoint.wholePartitions.Load() {
			all, err = c.partitionParts(ctx, t, names)
			if !unknown(err) {
				return err
			}
			c.endpoint.wholePartitions.Store(true)
		}
		all, err = c.wholePartitions(ctx, t, names)
		return err
	})
	slices.SortFunc(all, func(a, b Partition) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// partitionFields are what there is in a [Partition], of which the columns would be the most.
var partitionFields = []string{"values", "createTime", "parameters", "sd.location"}

// partitionParts asks for what is wanted of partitions, as Hive 4 can be.
func (c *metaConn) partitionParts(ctx context.Context, t *hms.Table, names []string) ([]Partition, error) {
	var res hms.ThriftHiveMetastoreGetPartitionsWithSpecsResult
	mode := hms.PartitionFilterMode_BY_NAMES
	err := c.call(ctx, "get_partitions_with_specs", &hms.ThriftHiveMetastoreGetPartitionsWithSpecsArgs{
		Request: &hms.GetPartitionsRequest{
			DbName: t.DbName, TblName: t.TableName,
			ProjectionSpec: &hms.GetProjectionsSpec{FieldList: partitionFields},
			FilterSpec:     &hms.GetPartitionsFilterSpec{FilterMode: &mode, Filters: names},
		},
	}, &res)
	if err != nil {
		return nil, err
	}
	if res.Success == nil {
		return nil, c.nothing()
	}
	columns := columnsOf(t.PartitionKeys)
	var all []Partition
	for _, spec := range res.Success.PartitionSpec {
		switch {
		case spec == nil:
		case spec.SharedSDPartitionSpec != nil:
			for _, p := range spec.SharedSDPartitionSpec.Partitions {
				if p != nil {
					all = append(all, readPartition(columns, p.Values, spec.RootPath+p.RelativePath, p.CreateTime, p.Parameters))
				}
			}
		case spec.PartitionList != nil:
			all = append(all, readPartitions(columns, spec.PartitionList.Partitions)...)
		}
	}
	return all, nil
}

func (c *metaConn) wholePartitions(ctx context.Context, t *hms.Table, names []string) ([]Partition, error) {
	var res hms.ThriftHiveMetastoreGetPartitionsByNamesResult
	err := c.call(ctx, "get_partitions_by_names", &hms.ThriftHiveMetastoreGetPartitionsByNamesArgs{
		DbName: t.DbName, TblName: t.TableName, Names: names,
	}, &res)
	return readPartitions(columnsOf(t.PartitionKeys), res.Success), err
}

func readPartitions(columns []string, list []*hms.Partition) []Partition {
	var all []Partition
	for _, p := range list {
		if p == nil {
			continue
		}
		location := ""
		if p.Sd != nil {
			location = p.Sd.Location
		}
		all = append(all, readPartition(columns, p.Values, location, p.CreateTime, p.Parameters))
	}
	return all
}

func readPartition(columns, values []string, location string, created int32, properties map[string]string) Partition {
	return Partition{
		Name: partitionName(columns, values), Values: partitionValues(values),
		Location: location, Created: readTime(created), Properties: properties,
	}
}
