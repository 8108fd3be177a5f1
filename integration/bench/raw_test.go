package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/wire"
)

// rawReader makes the requests that this client makes, with as many of them ahead, and reads the frames of the replies
// straight from the socket into the same memory, again and again: what is left is the server and the network.
type rawReader struct {
	nc      net.Conn
	buf     []byte
	session *hs.TSessionHandle
	left    int // replies that are still to be taken
}

const rawLimit = 256 << 20

// newRawReader opens a session as cfg describes it.
func newRawReader(tb testing.TB, cfg *hive.Config) *rawReader {
	tb.Helper()
	nc, err := net.Dial("tcp", cfg.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { nc.Close() })
	if _, err := sasl.Negotiate(nc, sasl.Plain{User: "hive", Password: "x"}); err != nil {
		tb.Fatal(err)
	}
	r := &rawReader{nc: nc}
	conf := map[string]string{"use:database": cfg.Database}
	for name, value := range cfg.SessionConf {
		conf["set:hiveconf:"+name] = value
	}
	if cfg.SerializeInTasks {
		conf["set:hiveconf:hive.server2.thrift.resultset.serialize.in.tasks"] = "true"
	}
	var opened hs.TCLIServiceOpenSessionResult
	decodeMessage(tb, r.call(tb, "OpenSession", &hs.TCLIServiceOpenSessionArgs{Req: &hs.TOpenSessionReq{
		ClientProtocol: hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V10, Configuration: conf,
	}}), &opened)
	if r.session = opened.Success.GetSessionHandle(); r.session == nil {
		tb.Fatalf("no session: %v", opened.Success)
	}
	return r
}

// call makes one call. The reply is valid until the next one.
func (r *rawReader) call(tb testing.TB, method string, args thrift.TStruct) []byte {
	tb.Helper()
	r.settle(tb)
	ctx, msg := context.Background(), thrift.NewTMemoryBuffer()
	msg.Write(make([]byte, 4)) // the frame's length
	p := thrift.NewTBinaryProtocolConf(msg, nil)
	live.Must(0, p.WriteMessageBegin(ctx, method, thrift.CALL, 1))(tb)
	live.Must(0, args.Write(ctx, p))(tb)
	frame := msg.Bytes()
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	r.write(tb, frame)
	return r.reply(tb)
}

func (r *rawReader) write(tb testing.TB, frames []byte) {
	if _, err := r.nc.Write(frames); err != nil {
		tb.Fatal(err)
	}
}

// settle takes the replies that were left.
func (r *rawReader) settle(tb testing.TB) {
	for ; r.left > 0; r.left-- {
		r.reply(tb)
	}
}

func (r *rawReader) reply(tb testing.TB) []byte {
	var err error
	if r.buf, err = wire.ReadFrame(r.nc, r.buf, rawLimit); err != nil {
		tb.Fatal(err)
	}
	return r.buf
}

// execute runs a statement to its end within the call, which is the quickest way for one that is quick: the server hands
// an asynchronous one over to another thread, and has to be asked whether it has ended.
func (r *rawReader) execute(tb testing.TB, query string) *hs.TOperationHandle {
	tb.Helper()
	return operationOf(tb, r.call(tb, "ExecuteStatement", &hs.TCLIServiceExecuteStatementArgs{Req: &hs.TExecuteStatementReq{
		SessionHandle: r.session, Statement: query,
	}}))
}

// fetch asks for rows. The reply is valid until the next call.
func (r *rawReader) fetch(tb testing.TB, op *hs.TOperationHandle, rows int64) []byte {
	tb.Helper()
	return r.call(tb, "FetchResults", &hs.TCLIServiceFetchResultsArgs{Req: &hs.TFetchResultsReq{OperationHandle: op, MaxRows: rows}})
}

func (r *rawReader) close(tb testing.TB, op *hs.TOperationHandle) {
	tb.Helper()
	r.call(tb, "CloseOperation", &hs.TCLIServiceCloseOperationArgs{Req: &hs.TCloseOperationReq{OperationHandle: op}})
}

// read does what the schedule says, in this reader's session, and gives the time from the first rows to the end.
func (r *rawReader) read(tb testing.TB, plan *schedule) time.Duration {
	tb.Helper()
	r.settle(tb)
	var replies int64
	var first time.Time
	handles := secrets(r.session.SessionId)
	var flight []*write // one for each request whose reply has not come
	send := func(w *write) {
		frames := w.frames
		for i, own := range handles {
			frames = bytes.ReplaceAll(frames, plan.handles[i], own)
		}
		r.write(tb, frames)
		flight = append(flight, slices.Repeat([]*write{w}, w.requests)...)
	}
	var again []*write // what came too early: the poll, and the rows that were asked for behind it
	take := func() {
		msg, w := r.reply(tb), flight[0]
		flight, replies = flight[1:], replies+4+int64(len(msg))
		if first.IsZero() && hasRows(tb, msg) {
			first = time.Now()
		}
		switch {
		case w == &plan.writes[0]:
			handles = slices.Concat(handles, secrets(operationOf(tb, msg).OperationId))
		case w.poll() && !ended(tb, msg), len(again) > 0 && w.only("FetchResults"):
			again = append(again, w)
		}
	}
	repeat := func() {
		for len(again) > 0 {
			for len(flight) > 0 {
				take()
			}
			late := again
			again = nil
			for _, w := range late {
				send(w)
			}
			take()
		}
	}
	for i := range plan.writes {
		w := &plan.writes[i]
		for len(flight) > w.ahead {
			take()
			repeat()
		}
		send(w)
	}
	for len(flight) > 0 && !flight[0].end() {
		take()
	}
	r.left = len(flight)
	// Replies differ in what they tell of times and of progress; an error has no rows.
	if diff := max(replies-plan.replies, plan.replies-replies); diff > 500+plan.replies/100 {
		tb.Fatalf("the raw reader was sent %d bytes, the client %d", replies, plan.replies)
	}
	return time.Since(first)
}

// hasRows reports whether a reply has rows: an error takes less than a kilobyte.
func hasRows(tb testing.TB, msg []byte) bool {
	return len(msg) > 2<<10 && live.Must(wire.ParseMessage(msg))(tb).Name == "FetchResults"
}

// ended reads a reply to GetOperationStatus.
func ended(tb testing.TB, msg []byte) bool {
	tb.Helper()
	var reply hs.TCLIServiceGetOperationStatusResult
	decodeMessage(tb, msg, &reply)
	switch state := reply.Success.GetOperationState(); state {
	case hs.TOperationState_INITIALIZED_STATE, hs.TOperationState_PENDING_STATE, hs.TOperationState_RUNNING_STATE:
		return false
	case hs.TOperationState_FINISHED_STATE:
	default:
		tb.Fatalf("the statement ended as %v", state)
	}
	return true
}
