package hive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/skep-go/skep/internal/wire"
)

// Rows is the result of an operation, read in batches from its beginning to its end. It is for one goroutine. While a
// batch is being used the server is already at the next ones, see [Config.Prefetch].
//
// A result is complete or it is an error: the end is the server's empty batch and nothing else. HiveServer2 always says
// that there are no more rows (ThriftCLIService.FetchResults), and caps a batch below what was asked for without a word
// (hive.server2.thrift.resultset.max.fetch.size), so neither of them means the end.
type Rows struct {
	op      *Operation
	columns []Column
	pipe    pipe
	queue   []*memory     // replies read ahead, see Operation.Rows
	rest    *memory       // the reply of which rows were not given out yet, nil if there is none
	from    int           // the first of them
	given   *Batch        // the batch that the caller has
	spent   *memory       // the memory that ends with given, nil if there is none
	decoder *wire.Decoder // to be used again, nil if there is none
	first   bool          // the next request is for the first row
	replay  *replay       // nil if the result is not read again when a reply is lost
	err     error         // what follows the queue and the rest
}

// Query executes a statement, waits for it and returns its rows, which the caller closes; the operation is closed with
// them. A statement without a result gives Rows without columns. For everything in between, such as cancelling from
// another goroutine, there is [Session.Execute].
//
// The first rows are asked for together with the statement's end, twice [Options.FetchSize] or 64 of them, so that they
// are here in two round trips, and with them the end of a small result.
func (s *Session) Query(ctx context.Context, statement string, options Options) (*Rows, error) {
	op, err := s.Execute(ctx, statement, options)
	if err != nil {
		return nil, err
	}
	return op.result(ctx)
}

// result waits for an operation that has just begun, and gives its rows. If there are none, the operation is closed.
func (op *Operation) result(ctx context.Context) (*Rows, error) {
	op.eager = op.hasResult && op.session.cfg.Prefetch > 0 && !op.command && !op.session.cfg.Resume
	err := op.Wait(ctx)
	if err == nil {
		var rows *Rows
		if rows, err = op.Rows(ctx); err == nil {
			return rows, nil
		}
	}
	_ = op.closeBehind(ctx) // the first error is the one that counts
	return nil, err
}

// Exec executes a statement, waits for it, and closes it. The result is what [Operation.RowsAffected] gives.
func (s *Session) Exec(ctx context.Context, statement string, options Options) (rowsAffected int64, err error) {
	op, err := s.Execute(ctx, statement, options)
	if err != nil {
		return 0, err
	}
	err = op.Wait(ctx)
	if closeErr := op.closeBehind(ctx); err == nil {
		err = closeErr
	}
	if err != nil {
		return 0, err
	}
	return op.RowsAffected()
}

// closeBehind closes the operation on a context that outlives the caller's.
func (op *Operation) closeBehind(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), op.session.cfg.CancelTimeout)
	defer cancel()
	return op.Close(ctx)
}

// Rows returns the result of a statement that [Operation.Wait] saw ending well. It may be called once.
func (op *Operation) Rows(ctx context.Context) (*Rows, error) {
	switch {
	case op.closed:
		return nil, ErrClosed
	case !op.ended || op.err != nil:
		return nil, errors.New("hive: rows asked of an operation that has not ended well; call Wait first")
	case op.given:
		return nil, errors.New("hive: rows asked of an operation again; there is one result, from its beginning to its end")
	}
	op.given = true
	r := &Rows{op: op, first: op.attached && op.rereads}
	if s := op.session; op.rereads && s.cfg.Resume && !overHTTP(s.cfg) && !s.cfg.SerializeInTasks {
		r.replay = newReplay()
	}
	if !op.hasResult {
		r.err = io.EOF
		return r, nil
	}
	most := op.session.cfg.Prefetch
	if op.command {
		most = 0 // what follows the end of a command's result was not looked into
	}
	r.pipe = newPipe(most, op.options.FetchSize)
	r.pipe.flight = op.early.fetches
	described := op.early.describe
	if op.early.running {
		described = nil // of a statement that is compiled while it runs, nothing may be known yet
	}
	var err error
	if r.columns, err = op.describe(ctx, described); err != nil {
		return nil, err
	}
	// The results of SET and other commands share one temporary file per session, which the next command truncates
	// (HiveCommandOperation), so they are read at once.
	if op.command {
		if err := r.readAll(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Columns describes the result's columns; none for a statement without a result.
func (r *Rows) Columns() []Column { return r.columns }

// Operation is the operation whose result this is.
func (r *Rows) Operation() *Operation { return r.op }

// NextBatch returns the next rows, at least one, in the portions in which the server sends them, or [io.EOF] after the
// last. The batch is valid until the next call, see [Batch]. An error is final: every later call returns it. If ctx ends
// during the call, the operation is cancelled and closed.
func (r *Rows) NextBatch(ctx context.Context) (*Batch, error) {
	r.reclaim()
	if err := r.refill(ctx, 0); err != nil {
		return nil, err
	}
	return r.give(r.rest.set.NumRows - r.from), nil
}

// FetchMany returns the next n rows, or what is left if that is less, or [io.EOF] if nothing is. Apart from the number
// of rows it is [Rows.NextBatch], and the two may be mixed.
//
// n is what the server is asked for, now and in the requests sent ahead, up to the 10,000 rows that HiveServer2 gives at
// a time unless it is configured otherwise; more are put together from several replies, which copies them. Where a reply
// holds more than n rows, because it was asked for before, it is cut without copying.
func (r *Rows) FetchMany(ctx context.Context, n int) (*Batch, error) {
	if n < 1 {
		return nil, &ConfigError{Key: "n", Reason: "FetchMany wants one row or more"}
	}
	r.reclaim()
	if err := r.refill(ctx, n); err != nil {
		return nil, err
	}
	if n <= r.rest.set.NumRows-r.from {
		return r.give(n), nil
	}
	return r.join(ctx, n)
}

// NextRows is [Rows.NextBatch] for who looks at a few rows at a time: it returns the next rows, at least one and at most
// most, and copies none. Ask is what the server is asked for, as n is in [Rows.FetchMany]; 0 asks as NextBatch does.
func (r *Rows) NextRows(ctx context.Context, most, ask int) (*Batch, error) {
	if most < 1 || ask < 0 {
		return nil, &ConfigError{Key: "most", Reason: "NextRows wants one row or more, and asks for none or more"}
	}
	r.reclaim()
	if err := r.refill(ctx, ask); err != nil {
		return nil, err
	}
	return r.give(min(most, r.rest.set.NumRows-r.from)), nil
}

// join puts n rows together from several replies.
func (r *Rows) join(ctx context.Context, n int) (*Batch, error) {
	joined := &memory{set: new(wire.RowSet)}
	for joined.set.NumRows < n {
		want := n
		if r.pipe.most == 0 {
			want -= joined.set.NumRows
		}
		err := r.refill(ctx, want)
		if err == io.EOF && joined.set.NumRows > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		part := r.give(min(n-joined.set.NumRows, r.rest.set.NumRows-r.from))
		if err := joined.set.Append(part.mem.set, part.from, part.from+part.rows); err != nil {
			r.err = callError(ctx, r.op.session.cfg, fetchMethod, fmt.Errorf("joining batches for FetchMany: %w", err))
			return nil, r.err
		}
		r.reclaim()
	}
	return r.batch(joined, 0, joined.set.NumRows), nil
}

// Batches is [Rows.NextBatch] as an iterator. It ends after the last batch or with the first error; whoever leaves the
// loop earlier may go on with the rest. The rows are still to be closed.
func (r *Rows) Batches(ctx context.Context) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		for {
			b, err := r.NextBatch(ctx)
			if err == io.EOF || !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// refill makes sure that there is a rest to give from.
func (r *Rows) refill(ctx context.Context, want int) (err error) {
	switch {
	case r.rest != nil:
		return nil
	case len(r.queue) > 0:
		r.rest, r.queue, r.from = r.queue[0], r.queue[1:], 0
		return nil
	case r.err != nil:
		return r.err
	case r.op.closed:
		return ErrClosed
	default:
		r.rest, r.from, r.err = r.fetch(ctx, want)
	}
	return r.err
}

// give makes a batch of the first n rows of the rest.
func (r *Rows) give(n int) *Batch {
	b := r.batch(r.rest, r.from, n)
	if r.from += n; r.from == r.rest.set.NumRows {
		r.spent, r.rest = r.rest, nil
	}
	return b
}

func (r *Rows) batch(m *memory, from, n int) *Batch {
	s := r.op.session
	r.given = &Batch{columns: r.columns, mem: m, from: from, rows: n, location: s.cfg.Location, rowBased: s.protocol < 6}
	return r.given
}

// reclaim ends the batch that was given out.
func (r *Rows) reclaim() {
	if b := r.given; b != nil && !b.retained.Load() {
		b.mem = nil
	}
	r.given = nil
	if r.spent != nil {
		r.decoder = r.spent.recycle(len(r.pipe.flight) > 0)
		r.spent = nil
	}
}

// Close ends the operation on the server, and the batch that was got last. Closing before the end is how a result is
// given up. After the end Close does not wait for the server's answer, which could tell nothing of use; the session's
// next call does. Closing twice is no error.
func (r *Rows) Close(ctx context.Context) error {
	r.reclaim()
	r.queue, r.rest = nil, nil
	ended := r.err == io.EOF
	if r.err == nil {
		r.err = ErrClosed
	}
	if len(r.pipe.flight) > 0 && !ended && !r.op.closed {
		if dropped, err := r.dropFlight(ctx); dropped || err != nil {
			return err
		}
	}
	x := r.op.closeExchange()
	x.unwaited = ended
	return r.op.close(ctx, x)
}

// patience is how long closing waits for batches that were asked for ahead, before the server is told to stop making
// them.
const patience = 20 * time.Millisecond

// dropFlight takes the batches that were asked for ahead. If the server is slow to make them, a janitor cancels and
// closes the operation, and dropFlight reports that there is nothing left to do.
func (r *Rows) dropFlight(ctx context.Context) (dropped bool, err error) {
	s := r.op.session
	last := r.pipe.flight[len(r.pipe.flight)-1].call
	x := r.op.guarded(exchange{decode: discard})
	if err := s.take(ctx); err != nil {
		if ctx.Err() == nil {
			return false, nil // the session is closed, and with it the operation
		}
		s.sendJanitor(x, last, false)
		return true, err
	}
	quick, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := last.Reply(quick); err == nil || quick.Err() == nil {
		s.give()
		return false, nil // a connection that failed shows when the operation is closed
	}
	s.sendJanitor(x, last, true)
	return true, nil
}

// readAll reads the result into the queue.
func (r *Rows) readAll(ctx context.Context) error {
	for {
		m, _, err := r.fetch(ctx, 0)
		if err == io.EOF {
			r.err = err
			return nil
		}
		if err != nil {
			return err
		}
		r.queue = append(r.queue, m)
	}
}

// check refuses a reply that holds no rows that can be used.
func (r *Rows) check(reply *wire.FetchResults) error {
	if err := checkWireStatus(&reply.Status, r.op.statement); err != nil {
		return err
	}
	if reply.Rows == nil {
		return errNoResult
	}
	return checkColumns(r.columns, reply.Rows)
}
