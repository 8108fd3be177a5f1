package reflection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// inspected is a database of the test's own, with a session that makes tables in it.
type inspected struct {
	*hive.Session
	t   *testing.T
	srv *hivetest.Server
	db  string
}

func newInspected(t *testing.T, srv *hivetest.Server) *inspected {
	t.Helper()
	i := &inspected{t: t, srv: srv}
	_, i.db = live.OwnDatabase(t, srv)
	i.Session = live.Connect(t, i.config())
	return i
}

// config is that of the database, where tables can be transactional.
func (i *inspected) config() *hive.Config {
	return live.Config(i.t, i.srv, func(c *hive.Config) {
		c.Database = i.db
		if live.On(live.Hive4, i.srv) {
			c.SessionConf = map[string]string{
				"hive.support.concurrency": "true", "hive.txn.manager": "org.apache.hadoop.hive.ql.lockmgr.DbTxnManager",
			}
		}
	})
}

func (i *inspected) run(statements ...string) {
	i.t.Helper()
	for _, text := range statements {
		if _, err := i.Exec(i.t.Context(), text, hive.Options{}); live.IgnoreRows(err) != nil {
			i.t.Fatalf("%s: %v", text, err)
		}
	}
}

// engine is one on the database.
func (i *inspected) engine() *engine.Engine {
	i.t.Helper()
	target, err := skep.Target(i.config(), live.Dialect(i.t, i.srv))
	if err != nil {
		i.t.Fatal(err)
	}
	e := engine.OpenTarget(target, engine.Config{})
	i.t.Cleanup(func() {
		if err := e.Close(); err != nil {
			i.t.Error(err)
		}
	})
	return e
}

func (i *inspected) describe(from schema.Inspector, name string) *schema.TableInfo {
	i.t.Helper()
	info, err := schema.DescribeTable(i.t.Context(), from, i.db, name)
	if err != nil {
		i.t.Fatal(err)
	}
	return info
}

// inspectors runs a test on each server with an inspector of an engine's pool.
func inspectors(t *testing.T, test func(i *inspected, from schema.Inspector)) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		from, err := i.engine().Inspector()
		if err != nil {
			t.Fatal(err)
		}
		i.t = t
		test(i, from)
	})
}

// The parts of what DESCRIBE prints have headings that columns and comments may look like.
func TestC95ColumnsOnce(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table odd (`# col_name` int comment '# Partition Information', `Table Type` string comment ' two \\n lines ', " +
			"`# Partition Information` date) comment ' \\'it\\' ' partitioned by (p int comment 'of the part', `data_type` string)")
		info := i.describe(from, "odd")
		want := "# col_name int [# Partition Information]|table type string [ two \n lines ]|# partition information date []|" +
			"p int [of the part]|data_type string []"
		var got []string
		for _, c := range info.Columns {
			got = append(got, fmt.Sprintf("%s %s [%s]", strings.ToLower(c.Name), c.Type, c.Comment))
		}
		if all := strings.Join(got, "|"); all != want {
			i.t.Errorf("got %q, want %q", all, want)
		}
		if d, ok := detailOf(info); !ok || !slices.Equal(d.PartitionColumns, []string{"p", "data_type"}) {
			i.t.Errorf("got the partition columns %q", d.PartitionColumns)
		}
		if info.Comment != " 'it' " {
			i.t.Errorf("got the comment %q", info.Comment)
		}
	})
}

func detailOf(info *schema.TableInfo) (hivereflect.Detail, bool) {
	for _, a := range info.Attrs {
		if d, ok := a.(hivereflect.Detail); ok {
			return d, true
		}
	}
	return hivereflect.Detail{}, false
}

func TestC96FullTypes(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		types := []string{"array<struct<a:int,b:map<string,decimal(10,2)>>>", "char(5)", "varchar(7)", "decimal(38,10)", "binary", "timestamp"}
		if live.On(live.Hives, i.srv) {
			types = append(types, "uniontype<int,array<string>>")
		}
		if live.On(live.Since3, i.srv) {
			types = append(types, "timestamp with local time zone")
		}
		var columns []string
		for n, typ := range types {
			columns = append(columns, fmt.Sprintf("c%d %s", n, typ))
		}
		i.run("create table typed (" + strings.Join(columns, ", ") + ")")
		for n, c := range i.describe(from, "typed").Columns {
			if c.Type.String() != types[n] {
				i.t.Errorf("got %s, want %s", c.Type, types[n])
			}
		}
	})
}

// Of the permission tells TestInspectWithoutPermission.
func TestC97MissingTableOrSchema(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		var noTable *schema.NoTableError
		if _, err := schema.DescribeTable(i.t.Context(), from, i.db, "no_such"); !errors.As(err, &noTable) || noTable.Name != "no_such" {
			i.t.Errorf("a missing table: got %v", err)
		}
		var noSchema *schema.NoSchemaError
		if _, err := schema.DescribeTable(i.t.Context(), from, "no_such_db", "t"); !errors.As(err, &noSchema) || errors.As(err, new(*schema.NoTableError)) {
			i.t.Errorf("a missing schema: got %v", err)
		}
		if _, err := from.Relations(i.t.Context(), "no_such_db"); !errors.As(err, &noSchema) || noSchema.Schema != "no_such_db" {
			i.t.Errorf("the tables of a missing schema: got %v", err)
		}
		if list, err := from.Relations(i.t.Context(), i.db); err != nil || len(list) > 0 {
			i.t.Errorf("the tables of an empty schema: got %v, %v", list, err)
		}
		for _, hostile := range []string{"${env:HOME}", "a\x00b", ""} {
			if _, err := schema.DescribeTable(i.t.Context(), from, i.db, hostile); err == nil {
				i.t.Errorf("%q: no error", hostile)
			}
		}
	})
}

func TestC98C99Relations(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table t2 (a int) comment 'the second'", "create table t1 (a int)", "create view v1 (x comment 'of it') comment 'seen' as select a from t1")
		want := []schema.Relation{
			{Schema: i.db, Name: "t1"},
			{Schema: i.db, Name: "t2", Comment: "the second"},
			{Schema: i.db, Name: "v1", Kind: schema.View, Comment: "seen"},
		}
		if live.On(live.Hive4, i.srv) {
			i.run("create table acid (a int) stored as orc tblproperties ('transactional'='true')", "create materialized view mv as select a from acid")
			want = slices.Insert(want, 0, schema.Relation{Schema: i.db, Name: "acid"}, schema.Relation{Schema: i.db, Name: "mv", Kind: schema.MaterializedView})
		}
		if live.On(live.Spark, i.srv) { // which tells no comments of many
			for n := range want {
				want[n].Comment = ""
			}
		}
		for _, in := range []string{i.db, "", strings.ToUpper(i.db)} {
			if got, err := from.Relations(i.t.Context(), in); err != nil || !reflect.DeepEqual(got, want) {
				i.t.Errorf("schema %q: got %+v, %v, want %+v", in, got, err, want)
			}
		}
		if home, err := from.DefaultSchema(i.t.Context()); err != nil || home != i.db {
			i.t.Errorf("got the default schema %q, %v", home, err)
		}
		if list, err := from.Schemas(i.t.Context()); err != nil || !slices.Contains(list, i.db) || !slices.IsSorted(list) {
			i.t.Errorf("got the schemas %q, %v", list, err)
		}
	})
}

// What is temporary is known to its session alone, and hides what has its name.
func TestC99Temporary(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table plain (a int)", "create table hidden (a int)")
		names := []string{"hidden", "temp"}
		if live.On(live.Spark, srv) {
			i.run("create temporary view temp as select 1 as a")
			names = []string{"temp"}
		} else {
			i.run("create temporary table temp (a int)", "create temporary table hidden (b string)")
		}
		own := hiveServer(i.t, i.Session)
		if got, err := schema.TemporaryNames(t.Context(), own, ""); err != nil || !slices.Equal(got, names) {
			t.Errorf("got %q, %v, want %q", got, err, names)
		}
		for _, name := range names {
			info, err := schema.DescribeTable(t.Context(), own, "", name)
			if err != nil || !info.Temporary || len(info.Columns) != 1 {
				t.Errorf("%s: got %+v, %v", name, info, err)
			}
			if md := schema.NewMetaData(schema.DefaultSchema(i.db)); info.Kind == schema.BaseTable {
				if _, err := schema.ReflectTable(t.Context(), md, own, name); err != nil {
					t.Error(err)
				}
			}
		}
		others, err := i.engine().Inspector()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := schema.TableNames(t.Context(), others, ""); err != nil || !slices.Equal(got, []string{"hidden", "plain"}) {
			t.Errorf("another session: got %q, %v", got, err)
		}
	})
}

func TestC100NoKeys(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table keyless (a int)")
		info := i.describe(from, "keyless")
		if key := info.PrimaryKey(); len(key.Columns) > 0 || len(info.ForeignKeys())+len(info.Uniques())+len(info.Checks())+len(info.Indexes) > 0 {
			i.t.Errorf("got %+v", info.Constraints)
		}
	})
}

// Spark does not keep NOT NULL, and Hive does since 3.0.
func TestC101NotNull(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		if !live.On(live.Since3, i.srv) {
			i.run("create table nullable (a int)")
			if i.describe(from, "nullable").Columns[0].NotNull {
				i.t.Error("a column that may be NULL is told not to be")
			}
			return
		}
		i.run("create table nullable (a int not null, b int default 3, c int check (c > 0), constraint c101_u unique (a, b) disable novalidate rely)")
		info := i.describe(from, "nullable")
		a, b := info.Column("a"), info.Column("b")
		if !a.NotNull || b.NotNull || b.ServerDefault != schema.SQL("3") {
			i.t.Errorf("got %+v, %+v", a, b)
		}
		if u := info.Uniques(); len(u) != 1 || u[0].Name != "c101_u" || !u[0].NotEnforced || u[0].Rely != live.On(live.Hive4, i.srv) || !slices.Equal(u[0].Columns, []string{"a", "b"}) {
			i.t.Errorf("got %+v", u)
		}
		if c := info.Checks(); len(c) != 1 || c[0].Condition != quoted(i.srv.Kind(), "c")+" > 0" {
			i.t.Errorf("got %+v", c)
		}
	})
}

func TestC102Partitioned(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table parts (a int, b string) partitioned by (day date, hour int)")
		md := schema.NewMetaData()
		table, err := schema.ReflectTable(i.t.Context(), md, from, "parts", schema.In(i.db), schema.IncludeColumns("a", "day"))
		if err != nil {
			i.t.Fatal(err)
		}
		var names []string
		for _, c := range table.Columns() {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, []string{"a", "day"}) {
			i.t.Errorf("got %q", names)
		}
	})
}

// A table whose files are not what they should be can be described, and not be read.
func TestC103NothingIsScanned(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		dir := i.t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "rows"), []byte("this is not ORC"), 0o644); err != nil {
			i.t.Fatal(err)
		}
		i.run("create external table unread (a struct<b:array<int>>) stored as orc location '" + dir + "'")
		if got := i.describe(from, "unread").Columns[0].Type.String(); got != "struct<b:array<int>>" {
			i.t.Errorf("got %s", got)
		}
	})
}

func TestC104CommentAndDefinition(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table base (a int) comment 'a table'", "create view seen comment 'a view' as\n  select a, 'x\ny\\\\' as b\tfrom base")
		if got := i.describe(from, "base").Comment; got != "a table" {
			i.t.Errorf("got %q", got)
		}
		view := i.describe(from, "seen")
		if view.Comment != "a view" || !strings.Contains(view.Definition, "'x\ny\\\\'") || !strings.Contains(view.Definition, "\tfrom") {
			i.t.Errorf("got %q, %q", view.Comment, view.Definition)
		}
		i.run("drop view seen", "create view seen as "+view.Definition)
		if again := i.describe(from, "seen"); len(again.Columns) != 2 {
			i.t.Errorf("made again: %+v", again)
		}
	})
}

func TestC105NamesAreNoPatternsOfHiveServer(t *testing.T) {
	inspectors(t, func(i *inspected, from schema.Inspector) {
		i.run("create table a_b (x int)", "create table axb (y int)")
		names := []string{"a_b", "axb"}
		if live.On(live.Hive4, i.srv) {
			i.run("create table `a*b` (z int)", "create table `a|b` (z int)", "create table `a%b` (z int)", "create table `a$b` (z int)")
			names = []string{"a$b", "a%b", "a*b", "a_b", "axb", "a|b"}
		}
		list, err := schema.TableNames(i.t.Context(), from, i.db)
		if err != nil || !slices.Equal(list, names) {
			i.t.Errorf("got %q, %v, want %q", list, err, names)
		}
		for _, name := range names {
			if info := i.describe(from, name); info.Name != name {
				i.t.Errorf("got %s for %s", info.Name, name)
			}
		}
		for _, pattern := range []string{"a%", "a__", "*", "a_b|axb", "a?b"} {
			if has, err := schema.HasTable(i.t.Context(), from, i.db, pattern); has || err != nil {
				i.t.Errorf("%s: got %v, %v", pattern, has, err)
			}
		}
		pattern := i.db[:len(i.db)-1] + "_"
		if _, err := from.Relations(i.t.Context(), pattern); !errors.As(err, new(*schema.NoSchemaError)) {
			i.t.Errorf("schema %s: got %v", pattern, err)
		}
	})
}

// TestInspectWithoutPermission: who may not see a table is told so, and whoever may is served though the server does not let
// a client choose how it answers.
func TestInspectWithoutPermission(t *testing.T) {
	srv := live.Authorizing(t)
	alice := live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.User = "alice" }))
	for _, text := range []string{
		"create table kept (a int not null comment 'x', b string default 'y') comment 'secret' partitioned by (p int)",
		"create view kept_view as select a,\n 'x'\tas b from kept",
	} {
		if _, err := alice.Exec(t.Context(), text, hive.Options{}); live.IgnoreRows(err) != nil {
			t.Fatal(err)
		}
	}
	own := hiveServer(t, alice)
	info, err := schema.DescribeTable(t.Context(), own, "default", "kept")
	if err != nil || info.Comment != "secret" || !info.Column("a").NotNull || info.Column("b").ServerDefault != schema.SQL("'y'") || len(info.Columns) != 3 {
		t.Errorf("got %+v, %v", info, err)
	}
	view, err := schema.DescribeTable(t.Context(), own, "", "kept_view")
	if err != nil || view.Definition != "select `kept`.`a`,\n 'x'\tas `b` from `default`.`kept`" {
		t.Errorf("got %+v, %v", view, err)
	}
	bob := hiveServer(t, live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.User = "bob" })))
	var got []error
	for _, err := range bob.Describe(t.Context(), "default", "kept", "no_such", "kept") {
		got = append(got, err)
	}
	var denied *hivereflect.PermissionError
	if len(got) != 3 || !errors.As(got[0], &denied) || denied.User != "bob" || !errors.As(got[1], new(*schema.NoTableError)) || !errors.As(got[2], &denied) {
		t.Errorf("got %v", got)
	}
	if !errors.As(denied, new(*hive.Error)) {
		t.Errorf("%v does not say what the server said", denied)
	}
}

// A caller who leaves stops what is under way, and the session is fit for the next.
func TestInspectCancelled(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table t (a int)")
		from, err := i.engine().Inspector()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		var last error
		for _, err := range from.Describe(ctx, i.db, slices.Repeat([]string{"t"}, 50)...) {
			if n++; n == 2 {
				cancel()
			}
			last = err
		}
		cancel()
		if !errors.Is(last, context.Canceled) || n == 50 {
			t.Errorf("got %v after %d tables", last, n)
		}
		for range from.Describe(t.Context(), i.db, "t", "t", "t", "t", "t") {
			break
		}
		if info := i.describe(from, "t"); info.Name != "t" {
			t.Errorf("got %+v", info)
		}
	})
}
