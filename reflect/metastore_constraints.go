package hivereflect

import (
	"context"
	"errors"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"
)

// constraintKind is a request for constraints of a table.
type constraintKind struct {
	method string
	args   func(db, table string) thrift.TStruct
	// result makes what a reply is read into, and a function that then moves to k what is in it.
	result func() (reply thrift.TStruct, move func(k *hms.SQLAllTableConstraints))
}

// allConstraints is for Hive 4: all kinds in one request.
var allConstraints = []constraintKind{{
	"get_all_table_constraints",
	func(db, table string) thrift.TStruct {
		return &hms.ThriftHiveMetastoreGetAllTableConstraintsArgs{
			Request: &hms.AllTableConstraintsRequest{DbName: db, TblName: table, CatName: catalog},
		}
	},
	func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
		var r hms.ThriftHiveMetastoreGetAllTableConstraintsResult
		return &r, func(k *hms.SQLAllTableConstraints) {
			if r.Success != nil && r.Success.AllTableConstraints != nil {
				*k = *r.Success.AllTableConstraints
			}
		}
	},
}}

// eachConstraint is for others. The first two are all that Hive 2 knows.
var eachConstraint = []constraintKind{
	{
		"get_primary_keys",
		func(db, table string) thrift.TStruct {
			return &hms.ThriftHiveMetastoreGetPrimaryKeysArgs{Request: &hms.PrimaryKeysRequest{DbName: db, TblName: table, CatName: &catalog}}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetPrimaryKeysResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.PrimaryKeys = r.Success.PrimaryKeys
				}
			}
		},
	},
	{
		"get_foreign_keys",
		func(db, table string) thrift.TStruct {
			return &foreignKeysArgs{db, table}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetForeignKeysResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.ForeignKeys = r.Success.ForeignKeys
				}
			}
		},
	},
	{
		"get_unique_constraints",
		func(db, table string) thrift.TStruct {
			return &hms.ThriftHiveMetastoreGetUniqueConstraintsArgs{Request: &hms.UniqueConstraintsRequest{DbName: db, TblName: table, CatName: catalog}}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetUniqueConstraintsResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.UniqueConstraints = r.Success.UniqueConstraints
				}
			}
		},
	},
	{
		"get_not_null_constraints",
		func(db, table string) thrift.TStruct {
			return &hms.ThriftHiveMetastoreGetNotNullConstraintsArgs{Request: &hms.NotNullConstraintsRequest{DbName: db, TblName: table, CatName: catalog}}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetNotNullConstraintsResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.NotNullConstraints = r.Success.NotNullConstraints
				}
			}
		},
	},
	{
		"get_default_constraints",
		func(db, table string) thrift.TStruct {
			return &hms.ThriftHiveMetastoreGetDefaultConstraintsArgs{Request: &hms.DefaultConstraintsRequest{DbName: db, TblName: table, CatName: catalog}}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetDefaultConstraintsResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.DefaultConstraints = r.Success.DefaultConstraints
				}
			}
		},
	},
	{
		"get_check_constraints",
		func(db, table string) thrift.TStruct {
			return &hms.ThriftHiveMetastoreGetCheckConstraintsArgs{Request: &hms.CheckConstraintsRequest{DbName: db, TblName: table, CatName: catalog}}
		},
		func() (thrift.TStruct, func(*hms.SQLAllTableConstraints)) {
			var r hms.ThriftHiveMetastoreGetCheckConstraintsResult
			return &r, func(k *hms.SQLAllTableConstraints) {
				if r.Success != nil {
					k.CheckConstraints = r.Success.CheckConstraints
				}
			}
		},
	},
}

// foreignKeysArgs are ThriftHiveMetastoreGetForeignKeysArgs without the name of a parent, which the generated type cannot
// leave out: it would send "", and that is the parent of no key.
type foreignKeysArgs struct{ db, table string }

func (*foreignKeysArgs) Read(context.Context, thrift.TProtocol) error { return errors.ErrUnsupported }

func (a *foreignKeysArgs) Write(ctx context.Context, p thrift.TProtocol) error {
	errs := []error{p.WriteFieldBegin(ctx, "request", thrift.STRUCT, 1)}
	for _, f := range []struct {
		id          int16
		name, value string
	}{{3, "foreign_db_name", a.db}, {4, "foreign_tbl_name", a.table}, {5, "catName", catalog}} {
		errs = append(errs, p.WriteFieldBegin(ctx, f.name, thrift.STRING, f.id), p.WriteString(ctx, f.value))
	}
	return errors.Join(append(errs, p.WriteFieldStop(ctx), p.WriteFieldStop(ctx))...) // of the request, and of the arguments
}

// constraintKinds are the requests to make of a server of this version.
func (c *metaConn) constraintKinds() []constraintKind {
	switch {
	case c.major == 1 || c.major == 2:
		return eachConstraint[:2]
	case c.major == 3 || c.endpoint.eachKind.Load():
		return eachConstraint
	}
	return allConstraints
}

// constraints adds what the server knows of the tables' constraints.
func (c *metaConn) constraints(ctx context.Context, tables []*found) error {
	kinds := c.constraintKinds()
	which := func(i int) (*found, constraintKind) { return tables[i/len(kinds)], kinds[i%len(kinds)] }
	err := c.pipeline(ctx, len(tables)*len(kinds), func(i int) (request, error) {
		f, kind := which(i)
		return c.start(ctx, kind.method, kind.args(f.Schema, f.Name))
	}, func(i int, r request) error {
		f, kind := which(i)
		reply, move := kind.result()
		err := c.finish(ctx, r, reply)
		if isMissing(err) || len(kinds) > 1 && unknown(err) {
			return nil // the table has gone meanwhile, or the server has no such constraints
		}
		if err != nil {
			return err
		}
		var k hms.SQLAllTableConstraints
		move(&k)
		f.readConstraints(&k)
		return nil
	})
	if len(kinds) == 1 && unknown(err) {
		c.endpoint.eachKind.Store(true)
		return c.constraints(ctx, tables)
	}
	return err
}
