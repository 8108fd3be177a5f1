package reflection

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestOneSessionForAll: an inspector over one session is asked from several goroutines, and while it tells partitions.
func TestOneSessionForAll(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		names := []string{"parts", "plain", "third"}
		i.run("create table plain (a int comment 'it\\'s')", "create table third (a array<int>, b string)",
			"create table parts (a int) partitioned by (p int)", "alter table parts add partition (p=1) partition (p=2)")
		from := hiveServer(t, i.Session)
		told := func() (all []string) {
			relations, err := from.Relations(t.Context(), i.db)
			all = append(all, fmt.Sprint(relations, err))
			for info, err := range from.Describe(t.Context(), i.db, names...) {
				if err != nil {
					return append(all, err.Error())
				}
				all = append(all, parts(info)...)
			}
			for p, err := range from.Partitions(t.Context(), i.db, "parts") {
				whole, missing := from.Partition(t.Context(), i.db, "parts", p.Name)
				all = append(all, fmt.Sprint(p.Name, err, whole.Location, missing))
			}
			return all
		}
		want := told()
		var asking sync.WaitGroup
		for range 4 {
			asking.Go(func() {
				if got := told(); !slices.Equal(got, want) {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			})
		}
		asking.Wait()
	})
}

// TestPartitionsOfValues: the server leaves out the partitions of other values.
func TestPartitionsOfValues(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table parts (a int) partitioned by (land string, n int)",
			"alter table parts add partition (land='fr', n=1)", "alter table parts add partition (land='fr', n=2)",
			`alter table parts add partition (land='it\'s \\ a=/ b%', n=1)`)
		from := hiveServer(t, i.Session)
		for _, tt := range []struct {
			where []dialect.PartitionValue
			want  int
		}{
			{nil, 3},
			{[]dialect.PartitionValue{dialect.Part("land", "fr")}, 2},
			{[]dialect.PartitionValue{dialect.Part("n", 1)}, 2},
			{[]dialect.PartitionValue{dialect.Part("land", "fr"), dialect.Part("n", 2)}, 1},
			{[]dialect.PartitionValue{dialect.Part("land", `it's \ a=/ b%`)}, 1},
			{[]dialect.PartitionValue{dialect.Part("land", "${system:user.name}")}, 0},
		} {
			if n, err := from.PartitionCount(t.Context(), i.db, "parts", tt.where...); n != tt.want || err != nil {
				t.Errorf("%v: got %d partitions, %v, want %d", tt.where, n, err, tt.want)
			}
		}
		if n, err := from.PartitionCount(t.Context(), i.db, "parts", dialect.Part("a", 1)); err == nil {
			t.Errorf("by a column that is not one of partitions: got %d", n)
		}
	})
}
