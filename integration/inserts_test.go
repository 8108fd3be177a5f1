package integration

import (
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestInsertsAddUp: one INSERT does not replace the rows of another one, which a local disk would let Hive 2 do.
func TestInsertsAddUp(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		live.Exec(t, db, "drop table if exists inserts_add_up")
		live.Exec(t, db, "create table inserts_add_up (i int)")
		for range 3 {
			live.Exec(t, db, "insert into table inserts_add_up select 1")
		}
		if got := first(t, db, "select count(*) from inserts_add_up"); got != "3" {
			t.Errorf("got %s rows, want 3", got)
		}
		live.Exec(t, db, "drop table inserts_add_up")
	})
}
