package hive

import (
	"context"
	"errors"
	"iter"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

// fetchLog is the fetchType of FetchResults that asks for the operation's log instead of its rows.
const fetchLog = 1

// logBatch is how many lines are asked for at a time.
const logBatch = 1000

// Logs gives the lines of the operation's log that were not read yet, in order, and ends when there are no more for
// now. The server drops the log when the operation is closed. A server without operation logs gives one error.
//
// Logs and [Options.OnLog] read the same log: each line comes once.
func (op *Operation) Logs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for {
			lines, err := op.fetchLog(ctx)
			if err != nil {
				yield("", err)
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			if len(lines) == 0 {
				return
			}
		}
	}
}

func (op *Operation) fetchLog(ctx context.Context) ([]string, error) {
	var reply *wire.FetchResults
	err := op.session.do(ctx, exchange{
		method: "FetchResults",
		args: &hs.TCLIServiceFetchResultsArgs{Req: &hs.TFetchResultsReq{
			OperationHandle: op.handle,
			Orientation:     hs.TFetchOrientation_FETCH_NEXT,
			MaxRows:         logBatch,
			FetchType:       fetchLog,
		}},
		decode: func(body []byte) (err error) {
			var decoder wire.Decoder
			reply, err = decoder.FetchResults(body)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	if err := checkWireStatus(&reply.Status, op.statement); err != nil {
		return nil, err
	}
	if reply.Rows == nil || len(reply.Rows.Columns) != 1 || reply.Rows.Columns[0].Kind != wire.KindString {
		return nil, nil
	}
	lines := make([]string, reply.Rows.NumRows)
	for i := range lines {
		lines[i] = reply.Rows.Columns[0].Str(i)
	}
	return lines, nil
}

// report hands the news of a poll to the callbacks. A log that cannot be read does not fail the statement: its lines are
// a help, and the reason (logs switched off on the server) is told by [Operation.Logs].
func (op *Operation) report(ctx context.Context, st *hs.TGetOperationStatusResp) {
	if p := st.ProgressUpdateResponse; p != nil && op.options.OnProgress != nil {
		op.options.OnProgress(newProgress(p))
	}
	if op.options.OnLog == nil {
		return
	}
	for line, err := range op.Logs(ctx) {
		if err != nil {
			return
		}
		op.options.OnLog(line)
	}
}

func newProgress(p *hs.TProgressUpdateResp) Progress {
	progress := Progress{
		Headers:  p.HeaderNames,
		Rows:     p.Rows,
		Fraction: p.ProgressedPercentage, // 0 to 1, whatever its name says
		Status:   p.Status.String(),
		Footer:   p.FooterSummary,
	}
	if p.StartTime > 0 {
		progress.Started = time.UnixMilli(p.StartTime)
	}
	return progress
}

// cancelOver cancels op by a call over conn.
func cancelOver(ctx context.Context, conn transport.Conn, op *Operation) error {
	var result hs.TCLIServiceCancelOperationResult
	err := rpc.NewClient(conn).Do(ctx, "CancelOperation", op.cancelArgs(), &result)
	if err != nil {
		return callError(ctx, op.session.cfg, "CancelOperation", err)
	}
	if result.Success == nil {
		return op.session.protocolError("CancelOperation", errNoResult)
	}
	if err := checkStatus(result.Success.Status, ""); !errors.Is(err, ErrUnknownOperation) {
		return err
	}
	return nil
}
