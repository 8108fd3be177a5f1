package hivereflect

import (
	"context"
	"errors"
	"slices"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/toolkit/schema"
)

// keepers are the SerDes whose columns are those that the metastore keeps: what hive.serdes.using.metastore.for.schema is by
// default in each version. Others make the columns themselves, such as that of Avro, which reads its schema: what the
// metastore keeps is how they were when the table was made.
var keepers = []string{
	ioPackage + "orc.OrcSerde", lazySimple, serdePackage + "columnar.ColumnarSerDe", serdePackage + "MetadataTypedColumnsetSerDe",
	serdePackage + "columnar.LazyBinaryColumnarSerDe", ioPackage + "parquet.serde.ParquetHiveSerDe",
	serdePackage + "lazybinary.LazyBinarySerDe",
}

// makesColumns tells whether the columns of a table are its SerDe's.
func makesColumns(tableType, serde string, properties map[string]string) bool {
	return serde != "" && !slices.Contains(keepers, serde) && relationKind(tableType) == schema.BaseTable &&
		(&Detail{Properties: properties}).provider() == "" // whose columns are Spark's
}

// noComment is the comment that Hive makes up for a column whose SerDe has none (MetaStoreUtils).
const noComment = "from deserializer"

// made are the columns that a SerDe makes, with the comments that are kept where it has none.
func made(columns, kept []field) []field {
	columns = slices.Clone(columns)
	for i, c := range columns {
		if c.comment != noComment {
			continue
		}
		columns[i].comment = ""
		for _, k := range kept {
			if k.name == c.name {
				columns[i].comment = k.comment
			}
		}
	}
	return columns
}

// made takes away the comments that nobody has given.
func (f *found) made() {
	if makesColumns(f.tableType, f.detail.SerDe, f.detail.Properties) {
		f.columns = made(f.columns, nil)
	}
}

// madeColumns asks for the columns that are made by SerDes. Those that the server does not tell are left out.
func (c *metaConn) madeColumns(ctx context.Context, tables []*hms.Table) (map[*hms.Table][]field, error) {
	columns := map[*hms.Table][]field{}
	tables = slices.DeleteFunc(slices.Clone(tables), func(t *hms.Table) bool { return !tableMakesColumns(t) })
	err := c.pipeline(ctx, len(tables), func(i int) (request, error) {
		return c.start(ctx, "get_fields", &hms.ThriftHiveMetastoreGetFieldsArgs{DbName: tables[i].DbName, TableName: tables[i].TableName})
	}, func(i int, r request) error {
		var res hms.ThriftHiveMetastoreGetFieldsResult
		err := c.finish(ctx, r, &res)
		switch {
		case err == nil && len(res.Success) > 0:
			columns[tables[i]] = readFields(res.Success)
		case errors.As(err, new(*ServerError)), isMissing(err), unknown(err): // it has no such class, or asks none
			return nil
		}
		return err
	})
	return columns, err
}

func tableMakesColumns(t *hms.Table) bool {
	return t.Sd != nil && t.Sd.SerdeInfo != nil && makesColumns(t.TableType, t.Sd.SerdeInfo.SerializationLib, t.Parameters)
}
