package hivereflect

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/schema"
)

// HiveServer is a [schema.Inspector] that asks HiveServer2, or Spark, for what a client of SQL can see. It takes one
// statement a table, and never reads a row of one. It is safe for concurrent use.
//
// Hive is asked to answer in JSON, which loses nothing. A server whose authorization does not let a client choose
// (hive.security.authorization.sqlstd.confwhitelist) answers in text: then Hive does not tell whether a constraint is RELY,
// what follows a tab in the definition of a view may be an error, and blanks at the end of short values are lost. Hive 2.3
// and 3.1 tell nothing of RELY either way, 3.1 not that a CHECK is disabled, and Spark nothing of NOT NULL.
type HiveServer struct {
	dialect  *dialect.Hive
	sessions int
	lend     Lend
	textOnly atomic.Bool // the server refuses to answer in JSON
}

// Lend calls use with a session that is nobody else's meanwhile, and returns its error. What it cannot get a session for
// is an error of its own.
type Lend func(ctx context.Context, use func(*hive.Session) error) error

// NewHiveServer makes an inspector that borrows up to so many sessions at a time, for the dialect of their server.
func NewHiveServer(d *dialect.Hive, sessions int, lend Lend) *HiveServer {
	return &HiveServer{dialect: d, sessions: max(sessions, 1), lend: lend}
}

// OverSession makes an inspector that uses one session, and knows its temporary tables. Its callers wait for each other, for
// Hive's transactions are of one statement in a session at a time; whoever else uses the session should wait, too. It asks
// which server that is of; one that is not known is a [*dialect.ServerError].
func OverSession(ctx context.Context, s *hive.Session) (*HiveServer, error) {
	product, version, err := s.ServerVersion(ctx)
	if err != nil {
		return nil, err
	}
	v, err := dialect.OfServer(product, version)
	if err != nil {
		return nil, err
	}
	turn := make(chan struct{}, 1)
	lend := func(ctx context.Context, use func(*hive.Session) error) error {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
			return use(s)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return NewHiveServer(dialect.New(v), 1, lend), nil
}

// DefaultSchema is the database in which the session is.
func (h *HiveServer) DefaultSchema(ctx context.Context) (name string, err error) {
	err = h.lend(ctx, func(s *hive.Session) error {
		name, err = h.on(s).defaultSchema(ctx)
		return err
	})
	return name, err
}

// Schemas implements [schema.Inspector].
func (h *HiveServer) Schemas(ctx context.Context) (names []string, err error) {
	err = h.lend(ctx, func(s *hive.Session) error {
		names, err = h.on(s).schemas(ctx, "")
		return err
	})
	slices.Sort(names)
	return names, err
}

// Relations implements [schema.Inspector]. Spark tells no comments here, and its temporary views, which are in no schema, with
// the default one.
func (h *HiveServer) Relations(ctx context.Context, in string) (all []schema.Relation, err error) {
	err = h.lend(ctx, func(s *hive.Session) error {
		all, err = h.on(s).relations(ctx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b schema.Relation) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Describe implements [schema.Inspector]. An error that concerns one table alone, such as a [*PermissionError], is no reason
// to stop.
func (h *HiveServer) Describe(ctx context.Context, in string, names ...string) iter.Seq2[*schema.TableInfo, error] {
	homes := sync.OnceValues(func() (all []string, err error) {
		err = h.lend(ctx, func(s *hive.Session) error {
			all, err = h.on(s).homes(ctx, in)
			return err
		})
		return all, err
	})
	return func(yield func(*schema.TableInfo, error) bool) {
		for t, err := range inOrder(ctx, slices.Values(names), h.sessions, func(ctx context.Context, name string) (*schema.TableInfo, error) {
			return h.table(ctx, in, name, homes)
		}) {
			if !yield(t, err) || err != nil && !aboutOne(err) {
				return
			}
		}
	}
}

func (h *HiveServer) table(ctx context.Context, in, name string, homes func() ([]string, error)) (t *schema.TableInfo, err error) {
	var f *found
	err = h.lend(ctx, func(s *hive.Session) error {
		f, err = h.on(s).describe(ctx, in, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	if f.detail.Location != "" {
		if f.homes, err = homes(); err != nil {
			return nil, err
		}
	}
	return f.info(), nil
}

// aboutOne tells the errors of one table, behind which others may follow. What else the server says of a statement is one,
// too, such as that it has not the class of the table's SerDe.
func aboutOne(err error) bool {
	var said *hive.Error
	if errors.As(err, &said) && !errors.As(err, new(*schema.NoSchemaError)) && errors.Unwrap(said) == nil {
		return true
	}
	return errors.As(err, new(*schema.NoTableError)) || errors.As(err, new(*PermissionError)) || errors.As(err, new(*DescribeError))
}

func (h *HiveServer) spark() bool { return h.dialect.Version() == dialect.Spark35 }

// on asks in one session.
func (h *HiveServer) on(s *hive.Session) *asker { return &asker{HiveServer: h, session: s} }

// relations lists what a schema has.
func (a *asker) relations(ctx context.Context, in string) (all []schema.Relation, err error) {
	byDefault := in == ""
	if byDefault {
		if in, err = a.defaultSchema(ctx); err != nil {
			return nil, err
		}
	}
	if a.spark() {
		return a.relationsOfSpark(ctx, in, byDefault)
	}
	rows, err := a.session.Tables(ctx, hive.EscapePattern(in), "")
	list, err := whole(ctx, rows, err)
	if err != nil {
		return nil, a.failure(in, "", err)
	}
	for _, row := range list {
		r := schema.Relation{Schema: row.get("TABLE_SCHEM"), Name: row.get("TABLE_NAME"), Comment: row.get("REMARKS")}
		if r.Kind = relationKind(row.get("TABLE_TYPE")); strings.EqualFold(r.Schema, in) {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil, a.exists(ctx, in)
	}
	return a.temporary(ctx, all)
}

// relationsOfSpark asks by statements, as schemas does. They tell no comments.
func (a *asker) relationsOfSpark(ctx context.Context, in string, byDefault bool) (all []schema.Relation, err error) {
	type listed struct {
		name      string
		temporary bool
	}
	views := map[listed]bool{}                                                           // a temporary one may have the name of a table
	for _, show := range []dialect.ShowStmt{dialect.ShowViews(), dialect.ShowTables()} { // the second lists views, too
		list, err := a.ask(ctx, show.In(in), hive.Options{})
		if err != nil {
			return nil, a.failure(in, "", err)
		}
		all = nil
		for _, row := range list {
			r := schema.Relation{Schema: row.at(0), Name: row.at(1), Temporary: row.at(2) == "true"}
			is := listed{r.Name, r.Temporary}
			if views[is] {
				r.Kind = schema.View
			}
			if views[is] = true; !r.Temporary || byDefault {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// mergeTable is a temporary table that each MERGE leaves in its session, by which it finds a row that two rows match
// (MergeSemanticAnalyzer).
const mergeTable = "merge_tmp_table"

// temporary marks the temporary tables of Hive, which does not tell them. They are the last ones
// (SessionHiveMetaStoreClient.getTableMeta), and hide those whose names they have. A session that nothing has changed has
// none but that of MERGE.
func (a *asker) temporary(ctx context.Context, all []schema.Relation) ([]schema.Relation, error) {
	if !a.session.Changed() && all[len(all)-1].Name != mergeTable {
		return all, nil
	}
	hidden := map[string]bool{}
	for i := len(all) - 1; i >= 0 && all[i].Kind == schema.BaseTable && !hidden[all[i].Name]; i-- {
		f, err := a.describe(ctx, all[i].Schema, all[i].Name)
		if err != nil && aboutOne(err) { // so it is none of the session's
			break
		}
		if err != nil {
			return nil, err
		}
		if !f.Temporary {
			break
		}
		all[i].Temporary, all[i].Comment = true, f.detail.Properties["comment"]
		hidden[all[i].Name] = true
	}
	return slices.DeleteFunc(all, func(r schema.Relation) bool { return hidden[r.Name] && !r.Temporary }), nil
}
