package reflection

import (
	"database/sql"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
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
