package hivereflect

import (
	"context"
	"errors"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"
)

// partitionsByNames asks for partitions of a table. Hive 4 can leave out of each the columns, which are most of a reply
// and seldom others than the table's (HIVE-26893). It could even be asked for what is wanted alone
// (get_partitions_with_specs), but then looks for names in a way that takes Derby 15 times as long for 5000 of them.
func (c *metaConn) partitionsByNames(ctx context.Context, t *hms.Table, names []string) ([]Partition, error) {
	reply := partitionsReply{Columns: columnsOf(t.PartitionKeys), Most: len(names)}
	var err error
	if c.major >= 4 {
		err = c.call(ctx, "get_partitions_by_names_req", &partitionsByNamesArgs{t.DbName, t.TableName, names}, &reply)
	} else {
		err = c.call(ctx, "get_partitions_by_names", &hms.ThriftHiveMetastoreGetPartitionsByNamesArgs{
			DbName: t.DbName, TblName: t.TableName, Names: names,
		}, &reply)
	}
	return reply.Found, err
}

// partitionsByNamesArgs says in its request what the generated type cannot.
type partitionsByNamesArgs struct {
	db, table string
	names     []string
}

func (*partitionsByNamesArgs) Read(context.Context, thrift.TProtocol) error {
	return errors.ErrUnsupported
}

func (a *partitionsByNamesArgs) Write(ctx context.Context, p thrift.TProtocol) error {
	errs := []error{
		p.WriteFieldBegin(ctx, "req", thrift.STRUCT, 1),
		p.WriteFieldBegin(ctx, "db_name", thrift.STRING, 1), p.WriteString(ctx, a.db),
		p.WriteFieldBegin(ctx, "tbl_name", thrift.STRING, 2), p.WriteString(ctx, a.table),
		p.WriteFieldBegin(ctx, "skipColumnSchemaForPartition", thrift.BOOL, 11), p.WriteBool(ctx, true),
		p.WriteFieldBegin(ctx, "names", thrift.LIST, 3), p.WriteListBegin(ctx, thrift.STRING, len(a.names)),
	}
	for _, name := range a.names {
		errs = append(errs, p.WriteString(ctx, name))
	}
	return errors.Join(append(errs, p.WriteFieldStop(ctx), p.WriteFieldStop(ctx))...) // of the request, and of the arguments
}

// partitionsReply is the result of either call. It keeps of partitions what a [Partition] has, and not all that is read.
type partitionsReply struct {
	Columns []string // by which the table is partitioned
	Most    int      // as many partitions were asked for
	Found   []Partition
	O1      *hms.MetaException
	O2      *hms.NoSuchObjectException
}

func (*partitionsReply) Write(context.Context, thrift.TProtocol) error { return errors.ErrUnsupported }

func (r *partitionsReply) Read(ctx context.Context, p thrift.TProtocol) error {
	told := false // partitions, if only none
	list := func() error {
		told = true
		return eachElement(ctx, p, func() error { return r.readPartition(ctx, p) })
	}
	err := eachField(ctx, p, func(f fieldHead) error {
		switch f {
		case fieldHead{0, thrift.LIST}:
			return list()
		case fieldHead{0, thrift.STRUCT}: // of the call that has a request
			return eachField(ctx, p, func(f fieldHead) error {
				if f == (fieldHead{1, thrift.LIST}) {
					return list()
				}
				return p.Skip(ctx, f.typ)
			})
		case fieldHead{1, thrift.STRUCT}:
			r.O1 = hms.NewMetaException()
			return r.O1.Read(ctx, p)
		case fieldHead{2, thrift.STRUCT}:
			r.O2 = hms.NewNoSuchObjectException()
			return r.O2.Read(ctx, p)
		}
		return p.Skip(ctx, f.typ)
	})
	if err == nil && !told && r.O1 == nil && r.O2 == nil {
		err = errors.New("the reply has no partitions, and no reason")
	}
	return err
}

func (r *partitionsReply) readPartition(ctx context.Context, p thrift.TProtocol) error {
	if len(r.Found) == r.Most {
		return errors.New("the reply has more partitions than were asked for")
	}
	var values []string
	part := Partition{Properties: map[string]string{}}
	err := eachField(ctx, p, func(f fieldHead) error {
		switch f {
		case fieldHead{1, thrift.LIST}:
			return eachElement(ctx, p, func() error {
				value, err := p.ReadString(ctx)
				values = append(values, value)
				return err
			})
		case fieldHead{4, thrift.I32}:
			seconds, err := p.ReadI32(ctx)
			part.Created = readTime(seconds)
			return err
		case fieldHead{6, thrift.STRUCT}: // where it is stored, and how
			return eachField(ctx, p, func(f fieldHead) (err error) {
				if f == (fieldHead{2, thrift.STRING}) {
					part.Location, err = p.ReadString(ctx)
					return err
				}
				return p.Skip(ctx, f.typ)
			})
		case fieldHead{7, thrift.MAP}:
			return readTexts(ctx, p, part.Properties)
		}
		return p.Skip(ctx, f.typ)
	})
	part.Name, part.Values = partitionName(r.Columns, values), partitionValues(values)
	r.Found = append(r.Found, part)
	return err
}
