package reflection

import (
	"database/sql"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

func TestPartitions(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table whole (a int)", "create table parts (a int) partitioned by (land string, n int)",
			`alter table parts add partition (land='a=/ b%', n=1)`, `alter table parts add partition (land='it\'s "é"\\', n='-2')`)
		h, err := skep.Inspect(i.engine())
		if err != nil {
			t.Fatal(err)
		}
		text := func(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
		want := [][]sql.NullString{{text("a=/ b%"), text("1")}, {text(`it's "é"\`), text("-2")}}
		var got [][]sql.NullString
		for p, err := range h.Partitions(t.Context(), i.db, "parts") {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p.Values)
			whole, err := h.Partition(t.Context(), i.db, "parts", p.Name)
			if err != nil || !strings.Contains(whole.Location, "/n=") || whole.Created.IsZero() || !reflect.DeepEqual(whole.Values, p.Values) {
				t.Errorf("%s: got %+v, %v", p.Name, whole, err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for range h.Partitions(t.Context(), i.db, "parts") {
			break
		}
		for p, err := range h.Partitions(t.Context(), i.db, "whole") {
			t.Errorf("a table without partitions: got %+v, %v", p, err)
		}
		for _, err := range h.Partitions(t.Context(), i.db, "no_such") {
			if !errors.As(err, new(*schema.NoTableError)) {
				t.Errorf("no such table: got %v", err)
			}
		}
		var missing *hivereflect.NoPartitionError
		if _, err := h.Partition(t.Context(), i.db, "parts", "land=x/n=1"); !errors.As(err, &missing) || missing.Name != "land=x/n=1" {
			t.Errorf("no such partition: got %v", err)
		}
		if _, err := h.Partition(t.Context(), i.db, "parts", "land"); !errors.As(err, new(*hivereflect.DescribeError)) {
			t.Errorf("no name of a partition: got %v", err)
		}
	})
}

// TestPartitionsWhere: a filter means by way of HiveServer2 what it means to the metastore, whatever texts are in it. A server
// that takes none says so.
func TestPartitionsWhere(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table parts (a int) partitioned by (`user` string, n int, day date)",
			"alter table parts add partition (`user`='a=/ b%', n=1, day='2026-01-01')", "alter table parts add partition (`user`='fr', n=20, day='2026-01-02')",
			"alter table parts add partition (`user`='it\\'s', n=3, day='2027-01-01')",
			"alter table parts add partition (`user`='\\u0024{system:user.name} :n', n=3, day='2027-01-01')")
		from := hiveServer(t, i.Session)
		names := func(filter hivereflect.PartitionFilter) (all []string, failed error) {
			for p, err := range from.PartitionsWhere(t.Context(), i.db, "parts", filter) {
				if err != nil {
					return nil, err
				}
				all = append(all, p.Name)
			}
			slices.Sort(all)
			return all, nil
		}
		if got, err := names(""); len(got) != 4 || err != nil {
			t.Errorf("without a filter: got %q, %v, want 4 partitions", got, err)
		}
		if srv.Kind() != hivetest.Hive401 {
			if got, err := names("n > 1"); !errors.As(err, new(*compile.UnsupportedError)) {
				t.Errorf("got %q, %v, want an UnsupportedError", got, err)
			}
			i.refuses("show partitions parts where n > 1")
			return
		}
		m := live.Must(hivereflect.OpenMetastore(hivereflect.MetastoreConfig{URIs: []string{"thrift://" + srv.MetastoreAddr()}}))(t)
		defer m.Close()
		for filter, count := range map[hivereflect.PartitionFilter]int{
			"n > 1": 3, "n = 3 or n = 1": 3, `user = "a=/ b%"`: 1, `user = "it's"`: 1, `user = "${system:user.name} :n"`: 1,
			`day >= "2026-01-02" and (user = 'fr' or n < 5)`: 3, `user like "%s"`: 1, `n between 2 and 5`: 2, `user != "fr"`: 3, `n = -1`: 0,
		} {
			want, err := m.PartitionNames(t.Context(), i.db, "parts", filter)
			got, err2 := names(filter)
			if len(want) != count || !slices.Equal(got, want) || err != nil || err2 != nil {
				t.Errorf("where %s: got %q, %v, the metastore %q, %v, want %d", filter, got, err2, want, err, count)
			}
		}
		for _, wrong := range []hivereflect.PartitionFilter{"n > 1) order by (n", "n > 1 limit 1", "(n = 1", `user = "x`, `user = "\"`, "n = 1; drop", "n = 1 -- x", "a = 1"} {
			if got, err := names(wrong); err == nil {
				t.Errorf("where %s: got %q, want an error", wrong, got)
			}
		}
	})
}

// refuses expects that the server cannot parse a statement.
func (i *inspected) refuses(statement string) {
	i.t.Helper()
	var refused *hive.Error
	_, err := i.Exec(i.t.Context(), statement, hive.Options{})
	if !errors.As(err, &refused) || refused.Line == 0 || !strings.Contains(strings.ToUpper(refused.Message), "PARSE") {
		i.t.Errorf("%s: got %v, want the place in the statement that the server does not read", statement, err)
	}
}

func TestStatistics(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table counted (a int, b string)", "insert into counted values (1, 'x'), (7, 'abc')",
			"analyze table counted compute statistics", "analyze table counted compute statistics for columns a")
		h, err := skep.Inspect(i.engine())
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.Statistics(t.Context(), i.db, "counted", "a")
		if err != nil {
			t.Fatal(err)
		}
		a := hivereflect.ColumnStatistics{Column: "a", Type: "int", Min: int64(1), Max: int64(7), AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1}
		if live.On(live.Spark, srv) {
			a.AvgLength, a.MaxLength = 4, 4
		}
		if len(s.Columns) == 1 {
			a.Distinct = s.Columns[0].Distinct // is an estimate, and 1 on Hive 2.3
		}
		if !slices.Equal(s.Columns, []hivereflect.ColumnStatistics{a}) || s.Rows != 2 || s.Bytes < 8 {
			t.Errorf("got %+v", s)
		}
		if s, err := h.Statistics(t.Context(), i.db, "counted", "no_such"); err == nil {
			t.Errorf("no such column: got %+v", s)
		}
	})
}
