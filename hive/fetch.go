package hive

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
)

// How rows are fetched. Requests are sent ahead of replies over the session's one connection, which the server answers
// one after another: while one batch is read here, the server makes the next ones and no round trip is waited for. An
// operation is never read over two connections, for HiveServer2 loses rows then (SQLOperation's row buffer is not
// synchronised).
//
// What is sent ahead costs no memory here: a reply is read from the socket when it is wanted, but for one, and the
// server waits. It costs time when a result is given up early, for every reply must be taken off the connection, so the
// bytes that were asked for are bounded as well as the requests.

const (
	fetchMethod = "FetchResults"
	// firstRows is the first request's size if none is given: few, so that the first row comes soon.
	firstRows = 64
	// earlyFetches is how often rows are asked for before the statement is known to have ended: the second time for the
	// end of a result of which the first rows are all.
	earlyFetches = 2
	// rowGrowth bounds the step from one size to the next, since the first rows may be much smaller than the others.
	rowGrowth = 16
	// mostRows is what HiveServer2 gives at most unless it is configured (hive.server2.thrift.resultset.max.fetch.size).
	mostRows = 10_000
	// batchBytes is the size that replies grow to, if rows are large enough for that.
	batchBytes = 2 << 20
	// aheadBytes bounds what is asked for ahead, as far as the size of rows is known.
	aheadBytes = 16 << 20
)

// pipe is the requests of one result that are on their way.
type pipe struct {
	flight []request // oldest first
	most   int       // how many requests may be ahead, 0 for none
	fixed  int       // rows to ask for at a time, 0 to adapt

	window   int // how many are sent ahead now
	next     int // the adapted size
	rowBytes int // the size of a row, 0 if not known yet
	short    int // rows of the last reply, if they were fewer than asked for
	limit    int // the most rows the server gives at a time, as far as it showed
}

// request is one FetchResults that was sent.
type request struct {
	call  *rpc.Call
	rows  int
	early bool   // sent before the statement was known to have ended
	guard *guard // of the connection over which it was sent, nil if that has none
}

func newPipe(most, fixed int) pipe {
	return pipe{most: max(most, 0), fixed: fixed, next: firstRows, limit: mostRows}
}

// size is how many rows to ask for; want is what the caller of FetchMany wants, 0 if there is none.
func (p *pipe) size(want int) int {
	switch {
	case want > 0:
		return min(want, mostRows)
	case p.fixed > 0:
		return p.fixed
	}
	return p.next
}

// learn takes what a reply tells: how large the next requests should be, and how many.
func (p *pipe) learn(asked, rows, bytes int) {
	if p.short > 0 {
		p.limit = p.short // it was not the end: the server gives no more at a time
	}
	p.short = 0
	if rows < asked {
		p.short = rows
	}
	p.rowBytes = max(1, bytes/rows)
	p.next = max(1, min(p.next*rowGrowth, mostRows, batchBytes/p.rowBytes))
	// A reply with fewer rows than asked for is likely the last one. Only one request is needed then, to see the end.
	p.window = min(1, p.most)
	if rows >= min(asked, p.limit) {
		p.window = p.most
	}
}

// room reports whether one more request of the given size may be sent ahead.
func (p *pipe) room(size int) bool {
	rows := size
	for _, r := range p.flight {
		rows += r.rows
	}
	return len(p.flight) < p.window && (len(p.flight) == 0 || rows*p.rowBytes <= aheadBytes)
}

// fetchArgs asks for rows.
func (op *Operation) fetchArgs(rows int, from hs.TFetchOrientation) *hs.TCLIServiceFetchResultsArgs {
	return &hs.TCLIServiceFetchResultsArgs{Req: &hs.TFetchResultsReq{
		OperationHandle: op.handle,
		Orientation:     from,
		MaxRows:         int64(rows),
	}}
}

// fetch gets the next reply with rows, and the first of them that is new; io.EOF at the end.
func (r *Rows) fetch(ctx context.Context, want int) (m *memory, from int, err error) {
	for {
		m, err = r.fetchReply(ctx, want)
		if err != nil {
			return nil, 0, err
		}
		if m == nil {
			continue
		}
		from, err = r.replay.take(m.set)
		switch {
		case err != nil:
			return nil, 0, err
		case m.set.End():
			return nil, 0, io.EOF
		case from < m.set.NumRows:
			return m, from, nil
		}
		// A task's last batch may be empty, and what is read again may be known.
		r.decoder = m.recycle(len(r.pipe.flight) > 0)
	}
}

// fetchReply gets a reply; nil if it is to be asked for again.
func (r *Rows) fetchReply(ctx context.Context, want int) (*memory, error) {
	req := request{rows: r.pipe.size(want)}
	if len(r.pipe.flight) > 0 {
		req = r.pipe.flight[0]
		r.pipe.flight = slices.Delete(r.pipe.flight, 0, 1)
	} else if r.replay != nil {
		r.op.session.watch(ctx)
	}
	decoder := r.decoder
	if r.decoder = nil; decoder == nil {
		decoder = new(wire.Decoder)
	}
	var reply *wire.FetchResults
	size := 0 // of the reply, in bytes
	m := &memory{decoder: decoder}
	err := r.op.do(ctx, exchange{
		method: fetchMethod,
		args:   r.op.fetchArgs(req.rows, r.orientation()),
		sent:   req.call,
		behind: func() {
			if req.call == nil {
				req.guard = r.sent()
			}
		},
		decode: func(body []byte) (err error) {
			size = len(body)
			if reply, err = decoder.FetchResults(body); err != nil {
				return err
			}
			return r.check(reply)
		},
		ahead: func(call *rpc.Call) {
			m.reply, m.set = call, reply.Rows
			if m.set.NumRows > 0 {
				r.pipe.learn(req.rows, m.set.NumRows, size)
			}
			if !m.set.End() {
				r.askAhead(ctx, want)
			}
		},
	})
	switch {
	case err == nil:
		return m, nil
	case req.early && r.pipe.rowBytes == 0 && isTooEarly(err): // once rows have come, it is something else
		return nil, nil
	case r.op.session.cfg.Resume && ctx.Err() == nil && errors.As(err, new(*NetworkError)):
		return nil, r.rewind(ctx, append(r.pipe.flight, req), err)
	}
	return nil, err
}

// orientation is where the next rows come from.
func (r *Rows) orientation() hs.TFetchOrientation {
	if r.first {
		return hs.TFetchOrientation_FETCH_FIRST
	}
	return hs.TFetchOrientation_FETCH_NEXT
}

// sent notes that a request for rows has been sent, and returns the guard of the connection. It is called in the turn.
func (r *Rows) sent() *guard {
	r.first = false
	return r.op.session.guard
}

// isTooEarly tells the refusal of rows of a statement that had not ended. HiveServer2 has no code for it; its text is
// "Expected states: [FINISHED], but found RUNNING" (OperationState.validate), and so are those of its kin.
func isTooEarly(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && strings.Contains(refused.Message, "FINISHED")
}

// askAhead sends what may be sent ahead.
func (r *Rows) askAhead(ctx context.Context, want int) {
	for size := r.pipe.size(want); r.pipe.room(size); {
		call, err := r.op.session.rpc.Start(ctx, fetchMethod, r.op.fetchArgs(size, hs.TFetchOrientation_FETCH_NEXT))
		if err != nil {
			return // the next call finds the connection broken and says why
		}
		r.pipe.flight = append(r.pipe.flight, request{call: call, rows: size, guard: r.op.session.guard})
	}
}
