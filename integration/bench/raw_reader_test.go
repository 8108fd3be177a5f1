package bench

import (
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestRawReader: the raw reader, against which the benchmarks measure, makes this client's requests, as far ahead.
func TestRawReader(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	for _, prefetch := range []int{-1, 1, 4} {
		cfg := live.Config(t, srv, func(c *hive.Config) { c.FetchSize, c.Prefetch = 500, prefetch })
		w := workload{query: "select i from " + live.Series(20_000), rows: 20_000}
		plan := record(t, cfg, w, columnsOf)
		fetches, ahead := 0, 0
		for _, write := range plan.writes {
			if write.only("FetchResults") {
				fetches, ahead = fetches+write.requests, max(ahead, write.ahead)
			}
		}
		// While one batch is read, prefetch requests are outstanding, of which the last one was just written.
		if want := max(prefetch-1, 0); fetches < 41 || fetches > 41+max(prefetch, 0) || ahead < want {
			t.Errorf("prefetch %d: %d fetches, %d ahead; want one for each of 40 batches and for the end, and %d ahead", prefetch, fetches, ahead, want)
		}
		newRawReader(t, cfg).read(t, plan) // compares the size of the replies
	}
}
