package hivereflect

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/toolkit/schema"
)

// Metastore reads from the metastore's Thrift service: of Hive 2, 3 and 4, and of what keeps tables as they do. It is
// safe for concurrent use.
//
// Its methods only read, so that a request whose connection breaks is made again. What can go wrong is told by a
// [*schema.NoSchemaError], a [*schema.NoTableError], a [*PermissionError], an [*UnreachableError], a [*ProtocolError], or
// a [*ServerError] for anything else that the server says.
type Metastore struct{ pool *pool }

var _ schema.Inspector = (*Metastore)(nil)

// OpenMetastore makes a Metastore, which connects when it is asked something. The error is a [*ConfigError].
func OpenMetastore(cfg MetastoreConfig) (*Metastore, error) {
	p, err := newPool(cfg)
	if err != nil {
		return nil, err
	}
	return &Metastore{p}, nil
}

// Close closes the connections, those in use as well.
func (m *Metastore) Close() error {
	m.pool.close()
	return nil
}

// do makes calls over one connection: see [pool.do].
func (m *Metastore) do(ctx context.Context, f func(*metaConn) error) error {
	err := m.pool.do(ctx, f)
	if exception, ok := err.(*rpc.ExceptionError); ok { // and not in a ProtocolError
		return &ServerError{exception.Method, "TApplicationException", exception.Message}
	}
	return err
}

// defaultSchema is the one that every metastore has.
const defaultSchema = "default"

// DefaultSchema implements [schema.Inspector]: "default".
func (m *Metastore) DefaultSchema(context.Context) (string, error) { return defaultSchema, nil }

// Schemas implements [schema.Inspector].
func (m *Metastore) Schemas(ctx context.Context) ([]string, error) {
	var res hms.ThriftHiveMetastoreGetAllDatabasesResult
	err := m.do(ctx, func(c *metaConn) error {
		return c.call(ctx, "get_all_databases", &hms.ThriftHiveMetastoreGetAllDatabasesArgs{}, &res)
	})
	return slices.Sorted(slices.Values(res.Success)), err
}

// SchemaInfo is what Hive knows of a database.
type SchemaInfo struct {
	Name, Comment string
	// Location is the folder of the database's tables, as a URL. ManagedLocation is that of those that are not external, if
	// the database has one of its own.
	Location, ManagedLocation string
	Owner                     string
	OwnerKind                 string // USER, GROUP or ROLE, or "" if the server does not tell
	Created                   time.Time
	Properties                map[string]string
}

// Schema tells about a database.
func (m *Metastore) Schema(ctx context.Context, name string) (SchemaInfo, error) {
	db, _, err := m.database(ctx, cmp.Or(name, defaultSchema))
	if err != nil {
		return SchemaInfo{}, err
	}
	return SchemaInfo{
		Name: db.Name, Comment: db.Description, Location: db.LocationUri, ManagedLocation: db.GetManagedLocationUri(),
		Owner: db.GetOwnerName(), OwnerKind: readOwnerKind(db.OwnerType), Created: readTime(db.GetCreateTime()),
		Properties: db.Parameters,
	}, nil
}

// database reads a database, and finds the folders in which its tables lie if nothing else is said.
func (m *Metastore) database(ctx context.Context, name string) (*hms.Database, []string, error) {
	var db hms.ThriftHiveMetastoreGetDatabaseResult
	var warehouse hms.ThriftHiveMetastoreGetConfigValueResult
	err := m.do(ctx, func(c *metaConn) error {
		asked, err := c.start(ctx, "get_database", &hms.ThriftHiveMetastoreGetDatabaseArgs{Name: name})
		if err != nil {
			return err
		}
		config, err := c.start(ctx, "get_config_value", &hms.ThriftHiveMetastoreGetConfigValueArgs{Name: "hive.metastore.warehouse.dir"})
		if err != nil {
			return err
		}
		db, warehouse = hms.ThriftHiveMetastoreGetDatabaseResult{}, hms.ThriftHiveMetastoreGetConfigValueResult{}
		failed := c.finish(ctx, asked, &db)
		_ = c.finish(ctx, config, &warehouse) // a server that does not tell it has told enough
		if failed == nil && db.Success == nil {
			return c.nothing()
		}
		return failed
	})
	if isMissing(err) {
		err = &schema.NoSchemaError{Schema: name, Err: err}
	}
	if err != nil {
		return nil, nil, err
	}
	homes := []string{db.Success.LocationUri}
	switch managed := db.Success.GetManagedLocationUri(); {
	case managed != "":
		homes = append(homes, managed)
	case warehouse.Success != nil && strings.EqualFold(name, defaultSchema):
		homes = append(homes, *warehouse.Success)
	case warehouse.Success != nil:
		homes = append(homes, *warehouse.Success+"/"+path.Base(db.Success.LocationUri))
	}
	return db.Success, homes, nil
}

// Relations implements [schema.Inspector].
func (m *Metastore) Relations(ctx context.Context, name string) ([]schema.Relation, error) {
	name = cmp.Or(name, defaultSchema)
	db, _, err := m.database(ctx, name)
	if err != nil {
		return nil, err
	}
	var res hms.ThriftHiveMetastoreGetTableMetaResult
	err = m.do(ctx, func(c *metaConn) error {
		res = hms.ThriftHiveMetastoreGetTableMetaResult{}
		args := &hms.ThriftHiveMetastoreGetTableMetaArgs{DbPatterns: db.Name, TblPatterns: "*", TblTypes: []string{}}
		return c.call(ctx, "get_table_meta", args, &res)
	})
	var all []schema.Relation
	for _, t := range res.Success {
		if t != nil && t.DbName == db.Name { // the name was taken for a pattern
			r := schema.Relation{Schema: t.DbName, Name: t.TableName, Kind: relationKind(t.TableType), Comment: t.GetComments()}
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b schema.Relation) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// HasTable tells whether there is a table or a view of this very name. A schema that is not there is an error.
func (m *Metastore) HasTable(ctx context.Context, schemaName, name string) (bool, error) {
	_, err := m.table(ctx, schemaName, name)
	var none *schema.NoTableError
	if errors.As(err, &none) {
		return false, nil
	}
	return err == nil, err
}

// Describe implements [schema.Inspector]. An error that concerns one table alone, such as a [*PermissionError], is no
// reason to stop: the others follow for a caller who goes on.
//
// A column whose type cannot be read costs neither the table nor the others: see [Detail].
func (m *Metastore) Describe(ctx context.Context, schemaName string, names ...string) iter.Seq2[*schema.TableInfo, error] {
	return func(yield func(*schema.TableInfo, error) bool) {
		if len(names) == 0 {
			return
		}
		db, homes, err := m.database(ctx, cmp.Or(schemaName, defaultSchema))
		if err != nil {
			yield(nil, err)
			return
		}
		cfg := &m.pool.cfg
		done := 0
		work := slices.Chunk(names, cfg.Batch)
		for batch, err := range inOrder(ctx, work, cfg.Connections, func(ctx context.Context, names []string) ([]described, error) {
			return m.describe(ctx, db.Name, homes, names)
		}) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, d := range batch {
				if !yield(d.info, d.err) {
					return
				}
			}
			if done += len(batch); cfg.Progress != nil {
				cfg.Progress(Progress{Schema: db.Name, Done: done, Total: len(names)})
			}
		}
	}
}

// described is what there is to tell about one name.
type described struct {
	info *schema.TableInfo
	err  error
}

// describe reads a batch of tables. If the server will not tell about all at once, it is asked for one after the other.
// The error is one for which there is no use in asking on.
func (m *Metastore) describe(ctx context.Context, db string, homes, names []string) ([]described, error) {
	tables, err := m.found(ctx, db, homes, names)
	var failed *ServerError // which a PermissionError holds, too, unless it is about the login
	switch {
	case err == nil:
	case !errors.As(err, &failed):
		return nil, err
	case len(names) == 1:
		return []described{{nil, err}}, nil
	default:
		var all []described
		for _, name := range names {
			one, err := m.describe(ctx, db, homes, []string{name})
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	}
	all := make([]described, len(names))
	for i, name := range names {
		if f := tables[strings.ToLower(name)]; f != nil {
			all[i].info = f.info()
		} else {
			all[i].err = &schema.NoTableError{Schema: db, Name: name}
		}
	}
	return all, nil
}

// found reads tables and their constraints, by name.
func (m *Metastore) found(ctx context.Context, db string, homes, names []string) (map[string]*found, error) {
	var byName map[string]*found
	err := m.do(ctx, func(c *metaConn) error {
		tables, err := c.tables(ctx, db, names)
		if err != nil {
			return err
		}
		made, err := c.madeColumns(ctx, tables)
		if err != nil {
			return err
		}
		byName = map[string]*found{}
		types := types{}
		var constrained []*found
		for _, t := range tables {
			f := readTable(t, made[t], t.CatName != nil, homes) // the kind of the owner came with catalogs; the version that Hive 2.3 tells is 3
			f.types, f.enclosed = types, t.CatName != nil && t.ID == nil
			byName[strings.ToLower(t.TableName)] = f
			if relationKind(t.TableType) == schema.BaseTable && !m.pool.cfg.NoConstraints {
				constrained = append(constrained, f)
			}
		}
		return c.constraints(ctx, constrained)
	})
	if isMissing(err) {
		err = &schema.NoSchemaError{Schema: db, Err: err}
	}
	return byName, err
}
