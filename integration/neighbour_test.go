package integration

import (
	"context"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestNeighbour: a slow statement has all rows of its table while others insert. Hive's jobs share the JVM of a server
// for tests, and what one said to its own reader ended the others'.
func TestNeighbour(t *testing.T) {
	for _, kind := range live.Hives { // Spark reads without Hive's map tasks
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			t.Parallel()
			neighbours(t, srv)
		})
	}
}

func neighbours(t *testing.T, srv *hivetest.Server) {
	t.Helper()
	const want = 50
	db := live.Open(t, srv)
	for _, statement := range []string{
		"drop table if exists neighbour_slow", "drop table if exists neighbour_quick",
		"create table neighbour_slow (n int) stored as orc", "create table neighbour_quick (n int) stored as orc",
		"insert into neighbour_slow select i from " + live.Series(want),
	} {
		live.Exec(t, db, statement)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		var err error
		for ctx.Err() == nil && err == nil {
			_, err = db.ExecContext(t.Context(), "insert into neighbour_quick values (1)")
		}
		ended <- err
	}()
	slow := live.Connect(t, live.Config(t, srv, func(c *hive.Config) {
		c.SessionConf = map[string]string{"hive.vectorized.execution.enabled": "false"} // which reads all rows at once
	}))
	var got any
	batches(t, slow, "select count(n), count(reflect('java.lang.Thread', 'sleep', cast(50 + n * 0 as bigint))) from neighbour_slow",
		hive.Options{}, func(b *hive.Batch) { got = live.Must(b.Value(0, 0))(t) })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got != int64(want) {
		t.Errorf("got %v rows, want %d", got, want)
	}
}
