package hive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
)

// Rows is the result of an operation, read in batches from its beginning to its end. It is for one goroutine. While a
// batch is being used the server is already at the next one.
//
// A result is complete or it is an error: the end is the server's empty batch and nothing else. HiveServer2 always says
// that there are no more rows (ThriftCLIService.FetchResults), and caps a batch below what was asked for without a word
// (hive.server2.thrift.resultset.max.fetch.size), so neither of them means the end.
type Rows struct {
	op      *Operation
	columns []Column
	decoder *wire.Decoder
	batch   Batch
	sent    *rpc.Call // the request for the next batch, sent ahead; nil if there is none
	ahead   []Batch   // batches read ahead, see Operation.Rows
	err     error     // what NextBatch gives from now on
}

// Query executes a statement, waits for it and returns its rows, which the caller closes; the operation is closed with
// them. A statement without a result gives Rows without columns. For everything in between, such as cancelling from
// another goroutine, there is [Session.Execute].
func (s *Session) Query(ctx context.Context, statement string, options Options) (*Rows, error) {
	op, err := s.Execute(ctx, statement, options)
	if err != nil {
		return nil, err
	}
	err = op.Wait(ctx)
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
	}
	r := &Rows{op: op, decoder: new(wire.Decoder)}
	if !op.hasResult {
		r.err = io.EOF
		return r, nil
	}
	if err := r.describe(ctx); err != nil {
		return nil, err
	}
	// The results of SET and other commands share one temporary file per session, which the next command truncates
	// (HiveCommandOperation), so they are read at once.
	if hiveql.IsCommand(op.statement) {
		if err := r.readAhead(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Columns describes the result's columns; none for a statement without a result.
func (r *Rows) Columns() []Column { return r.columns }

// Operation is the operation whose result this is.
func (r *Rows) Operation() *Operation { return r.op }

// NextBatch returns the next rows, at least one, or [io.EOF] after the last. The batch, and the []byte values got from
// it, are valid until the next call. An error is final: every later call returns it. If ctx ends during the call, the
// operation is cancelled and closed.
func (r *Rows) NextBatch(ctx context.Context) (*Batch, error) {
	if len(r.ahead) > 0 {
		r.batch, r.ahead = r.ahead[0], r.ahead[1:]
		return &r.batch, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	if r.op.closed {
		return nil, ErrClosed
	}
	set, err := r.fetch(ctx)
	if err == nil && set.NumRows == 0 {
		err = io.EOF
	}
	if err != nil {
		r.err = err
		return nil, err
	}
	r.batch = Batch{columns: r.columns, set: set, location: r.op.session.cfg.Location, rowBased: r.op.session.protocol < 6}
	return &r.batch, nil
}

// Close ends the operation on the server. Closing before the end is how a result is given up. Closing twice is no error.
func (r *Rows) Close(ctx context.Context) error {
	r.ahead = nil
	if r.err == nil {
		r.err = ErrClosed
	}
	if r.sent != nil && !r.op.closed {
		if dropped, err := r.dropSent(ctx); dropped || err != nil {
			return err
		}
	}
	return r.op.Close(ctx)
}

// patience is how long closing waits for a batch that was asked for ahead, before the server is told to stop making it.
const patience = 20 * time.Millisecond

// dropSent takes the batch that was asked for ahead. If the server is slow to make it, a janitor cancels and closes the
// operation, and dropSent reports that there is nothing left to do.
func (r *Rows) dropSent(ctx context.Context) (dropped bool, err error) {
	s := r.op.session
	x := r.op.guarded(exchange{decode: func([]byte) error { return nil }})
	if err := s.take(ctx); err != nil {
		if ctx.Err() == nil {
			return false, nil // the session is closed, and with it the operation
		}
		s.sendJanitor(x, r.sent, false)
		return true, err
	}
	quick, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := r.sent.Reply(quick); err == nil || quick.Err() == nil {
		s.give()
		return false, nil // a connection that failed shows when the operation is closed
	}
	s.sendJanitor(x, r.sent, true)
	return true, nil
}

func (r *Rows) readAhead(ctx context.Context) error {
	var ahead []Batch
	for {
		r.decoder = new(wire.Decoder) // each batch keeps its own memory
		b, err := r.NextBatch(ctx)
		if err == io.EOF {
			r.ahead = ahead
			return nil
		}
		if err != nil {
			return err
		}
		ahead = append(ahead, *b)
	}
}

func (r *Rows) fetch(ctx context.Context) (*wire.RowSet, error) {
	const method = "FetchResults"
	args := &hs.TCLIServiceFetchResultsArgs{Req: &hs.TFetchResultsReq{
		OperationHandle: r.op.handle,
		Orientation:     hs.TFetchOrientation_FETCH_NEXT,
		MaxRows:         int64(r.op.options.FetchSize),
	}}
	var reply *wire.FetchResults
	err := r.op.do(ctx, exchange{
		method: method,
		args:   args,
		sent:   r.sent,
		decode: func(body []byte) (err error) {
			if reply, err = r.decoder.FetchResults(body); err != nil {
				return err
			}
			return r.check(reply)
		},
		ahead: func() {
			if r.sent = nil; reply.Rows.NumRows > 0 {
				// If it cannot be sent, the next call finds the connection broken and says why.
				r.sent, _ = r.op.session.rpc.Start(ctx, method, args)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return reply.Rows, nil
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

// describe reads the columns' names and types.
func (r *Rows) describe(ctx context.Context) error {
	var result hs.TCLIServiceGetResultSetMetadataResult
	err := r.op.do(ctx, exchange{
		method: "GetResultSetMetadata",
		args: &hs.TCLIServiceGetResultSetMetadataArgs{
			Req: &hs.TGetResultSetMetadataReq{OperationHandle: r.op.handle},
		},
		decode: into(&result),
	})
	if err != nil {
		return err
	}
	if result.Success == nil {
		return r.op.session.protocolError("GetResultSetMetadata", errNoResult)
	}
	if err := checkStatus(result.Success.Status, r.op.statement); err != nil {
		return err
	}
	for _, desc := range result.Success.GetSchema().GetColumns() {
		column, err := newColumn(desc)
		if err != nil {
			return r.op.session.protocolError("GetResultSetMetadata", err)
		}
		r.columns = append(r.columns, column)
	}
	return nil
}

// newColumn reads one column's description. HiveServer2 sends one primitive entry for every type, nested ones included:
// what an ARRAY, MAP or STRUCT holds is not told (TypeDescriptor).
func newColumn(desc *hs.TColumnDesc) (Column, error) {
	types := desc.GetTypeDesc().GetTypes()
	if len(types) == 0 || types[0].PrimitiveEntry == nil {
		return Column{}, fmt.Errorf("column %q has no primitive type entry", desc.ColumnName)
	}
	entry := types[0].PrimitiveEntry
	kind, ok := kindOfTypeID(int32(entry.Type))
	if !ok {
		return Column{}, fmt.Errorf("column %q has the unknown type id %d", desc.ColumnName, entry.Type)
	}
	qualifier := func(name string) int {
		if q := entry.TypeQualifiers; q != nil && q.Qualifiers[name] != nil {
			return int(q.Qualifiers[name].GetI32Value())
		}
		return 0
	}
	c := Column{Name: desc.ColumnName, Type: Type{Kind: kind}, Comment: desc.GetComment()}
	switch kind {
	case KindChar, KindVarchar:
		c.Type.Length = qualifier("characterMaximumLength")
	case KindDecimal:
		c.Type.Precision, c.Type.Scale = qualifier("precision"), qualifier("scale")
	}
	return c, nil
}
