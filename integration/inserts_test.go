package integration

import (
	"testing"

	"github.com/skep-go/skep/hivetest"
)

// TestInsertsAddUp: one INSERT does not replace the rows of another one, which a local disk would let Hive 2 do.
func TestInsertsAddUp(t *testing.T) {
	onEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := open(t, srv)
		exec(t, db, "drop table if exists inserts_add_up")
		exec(t, db, "create table inserts_add_up (i int)")
		for range 3 {
			exec(t, db, "insert into table inserts_add_up select 1")
		}
		if got := first(t, db, "select count(*) from inserts_add_up"); got != "3" {
			t.Errorf("got %s rows, want 3", got)
		}
		exec(t, db, "drop table inserts_add_up")
	})
}
