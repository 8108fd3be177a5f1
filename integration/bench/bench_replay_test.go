package bench

import (
	"bytes"
	"sync/atomic"
	"testing"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// replayedRows is how many rows each reply of a replay has.
const replayedRows = 10_000

// replay serves what a real server has answered to a query: one reply of its rows again and again, until there are as many
// as the query gives. It takes next to no time for that, so that what is measured on it is the client. What it gives is
// the configuration to reach it, and what has to be called before the query is run once more.
func replay(b *testing.B, from *hive.Config, w workload) (cfg *hive.Config, rewind func()) {
	b.Helper()
	raw := newRawReader(b, from)
	op := raw.execute(b, w.query)
	var described hs.TCLIServiceGetResultSetMetadataResult
	decodeMessage(b, raw.call(b, "GetResultSetMetadata", &hs.TCLIServiceGetResultSetMetadataArgs{
		Req: &hs.TGetResultSetMetadataReq{OperationHandle: op},
	}), &described)
	fetched := func() *hs.TCLIServiceFetchResultsResult {
		var result hs.TCLIServiceFetchResultsResult
		decodeMessage(b, bytes.Clone(raw.fetch(b, op, replayedRows)), &result)
		return &result
	}
	rows := fakehs2.Encoded("FetchResults", fetched())
	var last *hs.TCLIServiceFetchResultsResult
	for range w.rows / replayedRows { // what is behind the last row is the end
		last = fetched()
	}
	end := fakehs2.Encoded("FetchResults", last)
	raw.close(b, op)

	srv := fakehs2.Start(b, 1) // a batch, for without one its statements have no result
	var left atomic.Int64
	answer := func(c *fakehs2.Call) error {
		if left.Add(-1) >= 0 {
			return rows(c)
		}
		return end(c)
	}
	rewind = func() {
		left.Store(int64(w.rows / replayedRows))
		srv.On("GetResultSetMetadata", fakehs2.Reply(&described))
		for range w.rows/replayedRows + 20 { // more than are asked for
			srv.On("FetchResults", answer)
		}
	}
	return &hive.Config{Host: "127.0.0.1", Port: srv.Port(), User: "hive", FetchSize: replayedRows}, rewind
}
