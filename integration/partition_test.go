package integration

import (
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestPartitionFilter: a filter on a partition column is parsed by the metastore.
func TestPartitionFilter(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		live.Exec(t, db, "drop table if exists by_month")
		live.Exec(t, db, "create table by_month (a int) partitioned by (month int) stored as orc")
		for month := range 3 {
			live.Exec(t, db, "insert into by_month partition (month = ?) values (?)", month, month*10)
		}
		for query, want := range map[string]int{
			"select a from by_month where month = ?":                         20,
			"select sum(a) from by_month where month between 1 and ?":        30,
			"select sum(a) from by_month where month in (0, ?) or a is null": 20,
		} {
			var got int
			if err := db.QueryRowContext(t.Context(), query, 2).Scan(&got); err != nil || got != want {
				t.Errorf("%s: got %d, %v, want %d", query, got, err, want)
			}
		}
	})
}
