package hivereflect

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/toolkit/schema"
)

// catalog is where Hive has its databases.
var catalog = "hive"

// tables asks for tables and views at once. Those that are not there are left out. Hive 4 takes the name of the database
// for a pattern.
func (c *metaConn) tables(ctx context.Context, db string, names []string) ([]*hms.Table, error) {
	req := &hms.GetTablesRequest{DbName: db, TblNames: names}
	if c.major >= 3 || c.major == 0 { // else a server refuses tables for inserts only; Hive 2 does not know them
		req.Capabilities = &hms.ClientCapabilities{Values: []hms.ClientCapability{hms.ClientCapability_INSERT_ONLY_TABLES}}
	}
	var res hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult
	err := c.call(ctx, "get_table_objects_by_name_req", &hms.ThriftHiveMetastoreGetTableObjectsByNameReqArgs{Req: req}, &res)
	if err != nil {
		return nil, err
	}
	if res.Success == nil {
		return nil, c.nothing()
	}
	return slices.DeleteFunc(res.Success.Tables, func(t *hms.Table) bool {
		return t == nil || !strings.EqualFold(t.DbName, db)
	}), nil
}

// nothing is the error of a reply with neither a result nor an exception in it.
func (c *metaConn) nothing() error {
	c.garbled = true
	return errGarbled
}

// readTable puts down what the metastore says of a table, and the columns that its SerDe makes, if it does and they are known.
// Any part may be missing.
func readTable(t *hms.Table, columns []field, ownerKind bool, homes []string) *found {
	f := &found{
		Relation:   schema.Relation{Schema: t.DbName, Name: t.TableName, Temporary: t.Temporary},
		tableType:  t.TableType,
		partitions: readFields(t.PartitionKeys),
		homes:      homes,
		definition: t.ViewExpandedText,
		detail:     Detail{Owner: t.Owner, Created: readTime(t.CreateTime), Properties: t.Parameters},
		notNull:    map[string]bool{},
		defaults:   map[string]string{},
	}
	if f.definition == "" {
		f.definition = t.ViewOriginalText
	}
	if ownerKind {
		f.detail.OwnerKind = readOwnerKind(&t.OwnerType)
	}
	if t.Sd != nil {
		f.readStorage(t.Sd)
	}
	switch {
	case columns != nil:
		f.columns = made(columns, f.columns)
	case tableMakesColumns(t):
		f.detail.KeptColumns = true
	}
	f.readSpark()
	return f
}

func (f *found) readStorage(sd *hms.StorageDescriptor) {
	f.columns = readFields(sd.Cols)
	f.detail.Location, f.detail.InputFormat, f.detail.OutputFormat = sd.Location, sd.InputFormat, sd.OutputFormat
	if sd.SerdeInfo != nil {
		f.detail.SerDe, f.detail.SerDeProperties = sd.SerdeInfo.SerializationLib, sd.SerdeInfo.Parameters
	}
	f.buckets = buckets{columns: sd.BucketCols, count: int(sd.NumBuckets)}
	for _, o := range sd.SortCols {
		if o != nil {
			f.buckets.sort = append(f.buckets.sort, sortColumn{o.Col, o.Order == 0})
		}
	}
	if sd.SkewedInfo != nil {
		f.skew = skew{
			columns: sd.SkewedInfo.SkewedColNames, values: sd.SkewedInfo.SkewedColValues,
			directories: sd.StoredAsSubDirectories != nil && *sd.StoredAsSubDirectories,
		}
	}
}

func readFields(list []*hms.FieldSchema) []field {
	var fields []field
	for _, c := range list {
		if c != nil {
			fields = append(fields, field{c.Name, c.Type, c.Comment})
		}
	}
	return fields
}

// readTime reads seconds, of which 0 is none.
func readTime(seconds int32) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

func readOwnerKind(kind *hms.PrincipalType) string {
	if kind == nil {
		return ""
	}
	if text := kind.String(); text != "<UNSET>" {
		return text
	}
	return ""
}

// readConstraints puts down what the metastore says of constraints: a row for each column of each.
func (f *found) readConstraints(k *hms.SQLAllTableConstraints) {
	for _, r := range sorted(k.PrimaryKeys, func(r *hms.SQLPrimaryKey) (string, int32) { return r.PkName, r.KeySeq }) {
		if f.primaryKey == nil {
			f.primaryKey = &schema.PrimaryKey{Name: r.PkName, NotEnforced: !r.EnableCstr, Rely: r.RelyCstr}
		}
		f.primaryKey.Columns = append(f.primaryKey.Columns, r.ColumnName)
	}
	for _, r := range sorted(k.UniqueConstraints, func(r *hms.SQLUniqueConstraint) (string, int32) { return r.UkName, r.KeySeq }) {
		if n := len(f.unique); n == 0 || f.unique[n-1].Name != r.UkName {
			f.unique = append(f.unique, schema.Unique{Name: r.UkName, NotEnforced: !r.EnableCstr, Rely: r.RelyCstr})
		}
		u := &f.unique[len(f.unique)-1]
		u.Columns = append(u.Columns, r.ColumnName)
	}
	for _, r := range sorted(k.ForeignKeys, func(r *hms.SQLForeignKey) (string, int32) { return r.FkName, r.KeySeq }) {
		if n := len(f.foreignKeys); n == 0 || f.foreignKeys[n-1].Name != r.FkName {
			f.foreignKeys = append(f.foreignKeys, schema.ForeignKey{
				Name: r.FkName, RefSchema: r.PktableDb, RefTable: r.PktableName, NotEnforced: !r.EnableCstr, Rely: r.RelyCstr,
			})
		}
		fk := &f.foreignKeys[len(f.foreignKeys)-1]
		fk.Columns = append(fk.Columns, r.FkcolumnName)
		fk.RefColumns = append(fk.RefColumns, r.PkcolumnName)
	}
	for _, r := range sorted(k.CheckConstraints, func(r *hms.SQLCheckConstraint) (string, int32) { return r.DcName, 0 }) {
		f.checks = append(f.checks, schema.Check{
			Name: r.DcName, Condition: schema.SQL(r.CheckExpression), NotEnforced: !r.EnableCstr, Rely: r.RelyCstr,
		})
	}
	for _, r := range sorted(k.NotNullConstraints, func(r *hms.SQLNotNullConstraint) (string, int32) { return r.ColumnName, 0 }) {
		f.notNull[r.ColumnName] = true
		if !r.EnableCstr {
			f.detail.Unchecked = append(f.detail.Unchecked, r.ColumnName)
		}
	}
	for _, r := range k.DefaultConstraints {
		if r != nil {
			f.defaults[r.ColumnName] = r.DefaultValue
		}
	}
}

// sorted drops what is nil, and puts the rest into the order of names and, for one name, of numbers.
func sorted[T any](rows []*T, key func(*T) (string, int32)) []*T {
	rows = slices.DeleteFunc(rows, func(r *T) bool { return r == nil })
	slices.SortStableFunc(rows, func(a, b *T) int {
		name, n := key(a)
		other, m := key(b)
		return cmp.Or(strings.Compare(name, other), cmp.Compare(n, m))
	})
	return rows
}
