package bench

import (
	"bytes"
	"testing"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
)

// BenchmarkDecode decodes one reply of the million rows, of as many rows as the server sends at once.
func BenchmarkDecode(b *testing.B) {
	srv := benchServer(b)
	w, raw := millionRows(b, srv), newRawReader(b, live.Config(b, srv))
	op := raw.execute(b, w.query)
	msg := bytes.Clone(raw.fetch(b, op, 10_000))
	raw.close(b, op)
	body := msg[live.Must(wire.ParseMessage(msg))(b).BodyOffset:]
	var decoder wire.Decoder
	reply := live.Must(decoder.FetchResults(body))(b)
	values := float64(reply.Rows.NumRows * len(reply.Rows.Columns))
	if values != 100_000 {
		b.Fatalf("a reply of %d rows and %d columns", reply.Rows.NumRows, len(reply.Rows.Columns))
	}
	ours := func() { live.Must(decoder.FetchResults(body))(b) }
	theirs := func() { live.Must(0, rpc.Decode(body, &hs.TCLIServiceFetchResultsResult{}))(b) }
	perValue := func(took []time.Duration, batches int) float64 {
		return float64(median(took)) / (values * float64(batches))
	}
	for b.Loop() {
		const many, few = 50, 5 // so that both take some 10 ms
		took := inTurns(b, pairs, repeated(many, ours), repeated(few, theirs))
		value := perValue(took[0], many)
		figures.Record(b, figures.Figure{Name: "decode, 10 columns", Value: value, Unit: "ns/value", Goal: figures.AtMost(4)})
		figures.Record(b, figures.Figure{
			Name: "decode, 10 columns, generated Thrift", Value: perValue(took[1], few), Unit: "ns/value",
			Against: "our decoder", AgainstValue: value, Goal: figures.RatioAtLeast(7),
		})
		figures.Record(b, figures.Figure{
			Name: "decode, allocations", Value: allocations(repeated(many, ours)) / many, Unit: "1/batch", Goal: figures.AtMost(10),
		})
	}
}

func repeated(n int, f func()) func() {
	return func() {
		for range n {
			f()
		}
	}
}
