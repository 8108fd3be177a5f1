package hive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/internal/rpc"
)

// Operation is one statement on the server, from its compilation until Close. Its methods are for one goroutine at a
// time, but for Cancel, Logs and QueryID, which may be called while another one waits.
type Operation struct {
	session   *Session
	handle    *hs.TOperationHandle
	statement string
	options   Options

	ended     bool  // the statement has ended, err tells how
	err       error // its failure
	hasResult bool
	modified  int64 // rows modified, -1 if the server does not tell
	closed    bool
	given     bool // its rows were asked for
	command   bool // it is one of those that HiveServer2 runs outside of its compiler, such as SET
	rereads   bool // the server gives its rows again when it is asked for the first one
	attached  bool // it was begun elsewhere

	eager bool // what belongs to the result is to be asked for behind the next poll
	early early
}

// early is what was asked for before the statement was known to have ended: its result's description and first rows.
type early struct {
	describe *rpc.Call
	fetches  []request
	running  bool // the statement still ran then
}

// Execute compiles one statement on the server and starts it. The statement has no trailing semicolon; see [SplitScript]
// for scripts. What is wrong with the statement itself is reported here, as an [*Error] with the place in the text.
//
// The caller closes the operation. If ctx ends first, Execute returns at once and the statement is cancelled and closed
// behind its back as soon as the server has compiled it.
func (s *Session) Execute(ctx context.Context, statement string, options Options) (*Operation, error) {
	if options.FetchSize < 0 || options.Timeout < 0 {
		return nil, &ConfigError{Key: "Options", Reason: "FetchSize and Timeout must not be negative"}
	}
	options.FetchSize = cmp.Or(options.FetchSize, s.cfg.FetchSize)
	s.note(statement)
	op := &Operation{session: s, statement: statement, options: options, modified: -1, command: hiveql.IsCommand(statement)}
	op.rereads = !op.command // whose results share one file
	err := begin(ctx, op, "ExecuteStatement", &hs.TCLIServiceExecuteStatementArgs{Req: &hs.TExecuteStatementReq{
		SessionHandle: s.handle,
		Statement:     statement,
		ConfOverlay:   options.overlay(),
		RunAsync:      true,
		QueryTimeout:  options.timeoutSeconds(s.cfg.QueryTimeout),
	}}, &hs.TCLIServiceExecuteStatementResult{})
	if err != nil {
		return nil, err
	}
	return op, nil
}

// beginning is the result of a call that begins an operation, as Thrift has it.
type beginning[R begun] interface {
	thrift.TStruct
	IsSetSuccess() bool
	GetSuccess() R
}

type begun interface {
	GetStatus() *hs.TStatus
	GetOperationHandle() *hs.TOperationHandle
}

// begin makes the call that begins the operation. If ctx ends first, the operation is closed when it has begun, which
// cancels what runs.
func begin[R begun](ctx context.Context, op *Operation, method string, args thrift.TStruct, result beginning[R]) error {
	s := op.session
	err := s.do(ctx, exchange{
		method: method,
		first:  true,
		args:   args,
		decode: into(result),
		late: func(ctx context.Context) error {
			if !result.IsSetSuccess() || result.GetSuccess().GetOperationHandle() == nil {
				return nil
			}
			op.handle = result.GetSuccess().GetOperationHandle()
			return s.doInTurn(ctx, op.closeExchange())
		},
	})
	if err != nil {
		return err
	}
	if !result.IsSetSuccess() {
		return s.protocolError(method, errNoResult)
	}
	reply := result.GetSuccess()
	if err := checkStatus(reply.GetStatus(), op.statement); err != nil {
		return err
	}
	if op.handle = reply.GetOperationHandle(); op.handle == nil {
		return s.protocolError(method, errors.New("no operation handle in the reply"))
	}
	op.hasResult = op.handle.HasResultSet
	return nil
}

// note records what a statement that is about to be sent may leave behind.
func (s *Session) note(statement string) {
	if hiveql.Classify(statement) != hiveql.Clean {
		s.mu.Lock()
		s.changed = true
		s.mu.Unlock()
	}
}

// Wait waits until the statement has ended and returns its failure: an [*Error], [ErrCancelled], [ErrQueryTimeout]. If
// ctx ends first Wait returns at once with the context's error, and the statement is cancelled on the server and the
// operation closed.
func (op *Operation) Wait(ctx context.Context) error {
	for pause := time.Duration(0); !op.ended; {
		if op.closed {
			return ErrClosed
		}
		asked := time.Now()
		st, err := op.poll(ctx)
		if err != nil {
			return err
		}
		op.report(ctx, st)
		if err := op.settle(ctx, st); err != nil {
			return err
		}
		op.early.running = op.early.running || !op.ended
		// HiveServer2 holds the reply back while the statement runs (a long poll), so there is nothing to sleep for.
		// Only a server that does not must be spared a storm of questions.
		if pause = backoff(pause, time.Since(asked)); pause > 0 && !op.ended {
			select {
			case <-time.After(pause):
			case <-ctx.Done(): // the next poll sees it
			}
		}
	}
	return op.err
}

// backoff is the pause after a poll that took the given time.
func backoff(last, poll time.Duration) time.Duration {
	const quick, most = 5 * time.Millisecond, 100 * time.Millisecond
	if poll >= quick {
		return 0
	}
	return min(max(2*last, quick), most)
}

func (op *Operation) poll(ctx context.Context) (*hs.TGetOperationStatusResp, error) {
	wanted := op.options.OnProgress != nil
	var result hs.TCLIServiceGetOperationStatusResult
	err := op.do(ctx, exchange{
		method: statusMethod,
		args:   op.statusArgs(wanted),
		decode: into(&result),
		behind: func() { op.askEarly(ctx) },
	})
	if err != nil {
		return nil, err
	}
	if result.Success == nil {
		return nil, op.session.protocolError(statusMethod, errNoResult)
	}
	return result.Success, checkStatus(result.Success.Status, op.statement)
}

const statusMethod = "GetOperationStatus"

func (op *Operation) statusArgs(progress bool) *hs.TCLIServiceGetOperationStatusArgs {
	return &hs.TCLIServiceGetOperationStatusArgs{Req: &hs.TGetOperationStatusReq{
		OperationHandle: op.handle, GetProgressUpdate: &progress,
	}}
}

// askEarly asks for the result's description and first rows in one flight with the first poll: the server answers them
// right behind it. If the statement still runs then, the rows are refused, and asked for again later.
func (op *Operation) askEarly(ctx context.Context) {
	if !op.eager || !op.session.answersEarly() {
		return
	}
	op.eager = false
	client := op.session.rpc
	describe, err := client.Start(ctx, describeMethod, op.describeArgs())
	if err != nil {
		return // the poll fails too, and says why
	}
	op.early.describe = describe
	rows := cmp.Or(op.options.FetchSize, firstRows)
	for range min(earlyFetches, op.session.cfg.Prefetch) {
		if call, err := client.Start(ctx, fetchMethod, op.fetchArgs(rows, hs.TFetchOrientation_FETCH_NEXT)); err == nil {
			op.early.fetches = append(op.early.fetches, request{call: call, rows: rows, early: true})
		}
	}
}

// answersEarly reports whether the server may be asked about a result before its statement has ended. Spark may not: it
// describes every result as one column of text named Result until it has planned the statement, and keeps its first
// answer for ever (SparkExecuteStatementOperation.resultSchema, a lazy val). HiveServer2 is told by the fetch size that it
// names when a session is opened; Spark names none.
func (s *Session) answersEarly() bool {
	_, ok := s.settings["hive.server2.thrift.resultset.default.fetch.size"]
	return ok
}

// do is Session.do for a call that is part of waiting for, or reading, this operation: if ctx ends during it, the
// operation is cancelled and closed.
func (op *Operation) do(ctx context.Context, x exchange) error {
	return op.session.do(ctx, op.guarded(x))
}

// guarded adds what a janitor does for a call of this operation.
func (op *Operation) guarded(x exchange) exchange {
	closed := false
	x.left = func() { op.closed = true }
	x.stop = func(ctx context.Context) bool {
		closed = op.endOutOfBand(ctx) == nil
		return closed
	}
	x.late = func(ctx context.Context) error {
		if closed {
			return op.session.rpc.Drain(ctx) // rows that were asked for ahead
		}
		return op.session.doInTurn(ctx, op.closeExchange())
	}
	return x
}

// settle takes the operation's state from a status.
func (op *Operation) settle(ctx context.Context, st *hs.TGetOperationStatusResp) error {
	if !st.IsSetOperationState() {
		return op.session.protocolError(statusMethod, errors.New("no operation state in the reply"))
	}
	switch st.GetOperationState() {
	case hs.TOperationState_INITIALIZED_STATE, hs.TOperationState_RUNNING_STATE, hs.TOperationState_PENDING_STATE:
		return nil
	case hs.TOperationState_FINISHED_STATE:
		if st.IsSetHasResultSet() {
			op.hasResult = op.hasResult || st.GetHasResultSet()
		}
		if st.IsSetNumModifiedRows() {
			op.modified = st.GetNumModifiedRows()
		}
	case hs.TOperationState_ERROR_STATE:
		e := serverError(st.GetErrorMessage(), st.GetSqlState(), st.GetErrorCode(), nil, op.statement)
		if e.QueryID == "" {
			e.QueryID, _ = op.QueryID(ctx) // a help for the reader, not worth an error of its own
		}
		op.err = e
	case hs.TOperationState_CANCELED_STATE:
		// The message is not to be trusted: Hive keeps it on the process-wide enum constant (OperationManager).
		op.err = &Error{Message: "the operation was cancelled on the server", Statement: op.statement, kind: ErrCancelled}
	case hs.TOperationState_TIMEDOUT_STATE:
		op.err = &Error{Message: "the statement ran into its query timeout and was stopped by the server", Statement: op.statement, kind: ErrQueryTimeout}
	case hs.TOperationState_CLOSED_STATE:
		op.err = &Error{Message: "the operation was closed on the server", Statement: op.statement, kind: ErrUnknownOperation}
	default:
		return op.session.protocolError(statusMethod, fmt.Errorf("unknown operation state %d", st.GetOperationState()))
	}
	op.ended = true
	return nil
}

// RowsAffected is the number of rows that the statement has changed. Only Hive 4 tells it, once the statement has
// ended; elsewhere the error is [ErrNotSupported].
func (op *Operation) RowsAffected() (int64, error) {
	if op.modified < 0 {
		return 0, fmt.Errorf("%w: this server does not report the number of modified rows", ErrNotSupported)
	}
	return op.modified, nil
}

// HasResult reports whether the statement gives rows. It is final once Wait has returned nil.
func (op *Operation) HasResult() bool { return op.hasResult }

// Statement is the text that was sent.
func (op *Operation) Statement() string { return op.statement }

// QueryID asks the server for the id under which its logs know the query. Hive knows the call since 3.0; before, and on
// Spark, the error is [ErrNotSupported].
func (op *Operation) QueryID(ctx context.Context) (string, error) {
	var result hs.TCLIServiceGetQueryIdResult
	err := op.session.do(ctx, exchange{
		method: "GetQueryId",
		args:   &hs.TCLIServiceGetQueryIdArgs{Req: &hs.TGetQueryIdReq{OperationHandle: op.handle}},
		decode: into(&result),
	})
	if err != nil {
		return "", err
	}
	if result.Success == nil {
		return "", op.session.protocolError("GetQueryId", errNoResult)
	}
	if result.Success.QueryId == "" { // Spark answers the call with nothing
		return "", fmt.Errorf("%w: this server gives its queries no id", ErrNotSupported)
	}
	return result.Success.QueryId, nil
}

// Cancel asks the server to stop the statement, over a second connection, so that it arrives while another goroutine
// waits on this one. Wait then returns [ErrCancelled]. It has no effect on a statement that has ended.
func (op *Operation) Cancel(ctx context.Context) error {
	conn, err := dial(ctx, op.session.cfg)
	if err != nil {
		return err
	}
	defer conn.Close()
	return cancelOver(ctx, conn, op)
}

// endOutOfBand cancels and closes the operation. Cancelling alone does nothing to a statement that has ended, and whose
// rows are being made: HiveServer2 passes over it (OperationManager.cancelOperation).
func (op *Operation) endOutOfBand(ctx context.Context) error {
	stop := exchange{method: "CancelOperation", args: op.cancelArgs(), decode: discard}
	return op.session.outOfBand(ctx, stop, op.closeExchange())
}

func (op *Operation) cancelArgs() *hs.TCLIServiceCancelOperationArgs {
	return &hs.TCLIServiceCancelOperationArgs{Req: &hs.TCancelOperationReq{OperationHandle: op.handle}}
}

// Close ends the operation on the server; a statement that still runs is cancelled. Closing twice is no error, nor is an
// operation that the server has forgotten. If ctx ends first, Close returns at once and the operation is closed behind
// its back.
func (op *Operation) Close(ctx context.Context) error { return op.close(ctx, op.closeExchange()) }

func (op *Operation) close(ctx context.Context, x exchange) error {
	if op.closed {
		return nil
	}
	op.closed = true
	err := op.session.do(ctx, x)
	if errors.Is(err, ErrUnknownOperation) || errors.Is(err, ErrClosed) {
		return nil
	}
	return err
}

func (op *Operation) closeExchange() exchange {
	var result hs.TCLIServiceCloseOperationResult
	return exchange{
		method: "CloseOperation",
		args:   &hs.TCLIServiceCloseOperationArgs{Req: &hs.TCloseOperationReq{OperationHandle: op.handle}},
		decode: func(body []byte) error {
			if err := into(&result)(body); err != nil {
				return err
			}
			if result.Success == nil {
				return errNoResult
			}
			return checkStatus(result.Success.Status, op.statement)
		},
		late: func(ctx context.Context) error {
			if result.Success != nil {
				return nil
			}
			return op.session.doInTurn(ctx, op.closeExchange()) // ctx ended before the first one was sent
		},
	}
}

// Statement is one statement of a script.
type Statement struct {
	// Text is the statement without its semicolon and the blanks around it.
	Text string
	// Line is where it begins in the script, from 1.
	Line int
}

// SplitScript parts a Hive script at its semicolons, knowing quotes and comments. Empty statements are left out.
func SplitScript(script string) ([]Statement, error) {
	parts, err := hiveql.Split(script)
	if err != nil {
		return nil, err
	}
	statements := make([]Statement, len(parts))
	for i, p := range parts {
		statements[i] = Statement{Text: p.Text, Line: p.Line}
	}
	return statements, nil
}
