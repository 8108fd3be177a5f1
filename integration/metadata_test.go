package integration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// told reads a result to its end: of each row the columns that are named.
func told(t *testing.T, rows *hive.Rows, err error, columns ...string) (all []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rows.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for b, err := range rows.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for r := range b.Len() {
			var row []string
			for c, column := range b.Columns() {
				if !slices.Contains(columns, column.Name) {
					continue
				}
				v, err := b.Value(r, c)
				if err != nil {
					t.Fatal(err)
				}
				row = append(row, fmt.Sprint(v))
			}
			all = append(all, strings.Join(row, " "))
		}
	}
	return all
}

// metadataSession is a session that sees the server's catalog: on Spark not every one does, see package hive.
func metadataSession(t *testing.T, srv *hivetest.Server) *hive.Session {
	t.Helper()
	if _, err := live.Open(t, srv).ExecContext(t.Context(), "create database if not exists metadata_seen"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		s := live.Connect(t, live.Config(t, srv))
		rows, err := s.Schemas(t.Context(), "")
		if slices.Contains(told(t, rows, err, "TABLE_SCHEM"), "metadata_seen") {
			return s
		}
		if !live.On(live.Spark, srv) {
			break
		}
	}
	t.Fatal("no session sees the catalog")
	return nil
}

// TestMetadata: what the server tells of its catalog without a statement.
func TestMetadata(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		ctx, s := t.Context(), metadataSession(t, srv)
		run := func(statements ...string) {
			t.Helper()
			for _, text := range statements {
				if _, err := s.Exec(ctx, text, hive.Options{}); live.IgnoreRows(err) != nil {
					t.Fatal(err)
				}
			}
		}
		run("drop database if exists metadata_test cascade", "create database metadata_test",
			"create table metadata_test.a_b (x int comment 'the x', y array<decimal(10,2)>) comment 'it'",
			"create table metadata_test.axb (x int)", "create view metadata_test.v as select x from metadata_test.a_b")
		is := func(what string, got []string, want ...string) {
			t.Helper()
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", what, got, want)
			}
		}
		has := func(what string, got []string, want ...string) {
			t.Helper()
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("%s: got %q, want %q among them", what, got, w)
				}
			}
		}
		exactly := hive.EscapePattern
		rows, err := s.Catalogs(ctx)
		is("catalogs", told(t, rows, err, "TABLE_CAT"))
		rows, err = s.Schemas(ctx, "")
		has("schemas", told(t, rows, err, "TABLE_SCHEM"), "default", "metadata_test")
		rows, err = s.Schemas(ctx, exactly("metadata_test"))
		is("schema", told(t, rows, err, "TABLE_SCHEM"), "metadata_test")
		rows, err = s.TableTypes(ctx)
		has("types of tables", told(t, rows, err, "TABLE_TYPE"), "TABLE", "VIEW")
		rows, err = s.Tables(ctx, exactly("metadata_test"), "")
		none := "<nil>"
		if srv.Kind() == hivetest.Spark35 {
			none = ""
		}
		is("tables", told(t, rows, err, "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS"),
			"metadata_test a_b TABLE it", "metadata_test axb TABLE "+none, "metadata_test v VIEW "+none)
		rows, err = s.Tables(ctx, exactly("metadata_test"), "a_b")
		is("tables by a pattern", told(t, rows, err, "TABLE_NAME"), "a_b", "axb")
		rows, err = s.Tables(ctx, exactly("metadata_test"), exactly("a_b"))
		is("tables by a name", told(t, rows, err, "TABLE_NAME"), "a_b")
		rows, err = s.Tables(ctx, exactly("metadata_test"), "", "VIEW")
		is("views", told(t, rows, err, "TABLE_NAME"), "v")
		rows, err = s.Columns(ctx, exactly("metadata_test"), exactly("a_b"), "")
		columns := told(t, rows, err, "COLUMN_NAME", "TYPE_NAME")
		for i := range columns {
			columns[i] = strings.ToLower(columns[i])
		}
		is("columns", columns, "x int", "y array<decimal(10,2)>")
		rows, err = s.TypeInfo(ctx)
		has("types", told(t, rows, err, "TYPE_NAME"), "INT", "STRUCT", "TIMESTAMP")
		rows, err = s.Functions(ctx, "ab%")
		has("functions", told(t, rows, err, "FUNCTION_NAME"), "abs")
	})
}

// TestMetadataKeys: Spark has none, and answers without a row.
func TestMetadataKeys(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		ctx, s := t.Context(), live.Connect(t, live.Config(t, srv))
		var keys, references []string
		if srv.Kind() != hivetest.Spark35 {
			for _, text := range []string{
				"drop database if exists metadata_keys cascade", "create database metadata_keys",
				"create table metadata_keys.p (a int, b int, constraint metadata_pk primary key (a, b) disable novalidate)",
				"create table metadata_keys.c (x int, y int, constraint metadata_fk foreign key (x, y) references metadata_keys.p(a, b) disable novalidate)",
			} {
				if _, err := s.Exec(ctx, text, hive.Options{}); live.IgnoreRows(err) != nil {
					t.Fatal(err)
				}
			}
			keys = []string{"a metadata_pk", "b metadata_pk"}
			references = []string{"p a c x metadata_fk", "p b c y metadata_fk"}
		}
		rows, err := s.PrimaryKeys(ctx, "metadata_keys", "p")
		if got := told(t, rows, err, "COLUMN_NAME", "PK_NAME"); !slices.Equal(got, keys) {
			t.Errorf("primary key: got %q, want %q", got, keys)
		}
		for _, parent := range []string{"", "metadata_keys.p"} {
			schema, table, _ := strings.Cut(parent, ".")
			rows, err = s.CrossReference(ctx, schema, table, "metadata_keys", "c")
			got := told(t, rows, err, "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "FK_NAME")
			if !slices.Equal(got, references) {
				t.Errorf("parent %q: got %q, want %q", parent, got, references)
			}
		}
		if _, err := s.PrimaryKeys(ctx, "metadata_keys", "no_such_table"); err != nil && !errors.As(err, new(*hive.Error)) {
			t.Errorf("no such table: got %T %v, want no error or a *hive.Error", err, err)
		}
	})
}
