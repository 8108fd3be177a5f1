package hive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
	"github.com/skep-go/skep/internal/wire"
)

// Sentinel errors, to be asked for with [errors.Is]. The errors returned carry more: usually an [*Error], a
// [*NetworkError] or a [*ProtocolError] is in the same tree.
var (
	// ErrClosed: this side has closed the session, the operation or the rows.
	ErrClosed = errors.New("hive: closed")
	// ErrSessionExpired: the server does not know the session any more (idle timeout, restart). The statement was not run.
	ErrSessionExpired = errors.New("hive: the session has expired on the server")
	// ErrUnknownOperation: the server does not know the operation any more (closed, or idle for too long).
	ErrUnknownOperation = errors.New("hive: the operation is unknown to the server")
	// ErrCancelled: the operation was cancelled, by [Operation.Cancel] or on the server.
	ErrCancelled = errors.New("hive: the operation was cancelled")
	// ErrQueryTimeout: the server stopped the statement at its query timeout.
	ErrQueryTimeout = errors.New("hive: the server stopped the statement at its timeout")
	// ErrNotSupported: this server or this protocol cannot do what was asked.
	ErrNotSupported = errors.New("hive: not supported")
	// ErrNotSent: not one byte of the statement left this process, so that it may be run elsewhere without being run
	// twice. Errors of what follows the statement, such as waiting for it or fetching, never are ErrNotSent.
	ErrNotSent = errors.New("hive: nothing was sent")
	// ErrIOTimeout: the server neither answered nor read within [Config.IOTimeout].
	ErrIOTimeout = errors.New("hive: no answer within the I/O timeout")
	// ErrNotReread: a reply with rows was lost with its connection, and the result cannot be read again from its beginning,
	// see [Config.Resume]. The statement has run and the session is still there.
	ErrNotReread = errors.New("hive: rows were lost with a connection, and the result cannot be read again")
	// ErrInvalidToken: a text is not that of an [OperationToken], or not of this version.
	ErrInvalidToken = errors.New("hive: not the token of a detached operation")
	// ErrStaleBatch: a [Batch] was used after the next one was fetched, and not retained.
	ErrStaleBatch = errors.New("hive: the batch has given its memory to the next one; call Retain to keep it")
	// ErrNoSuchValue: a row or a column beyond those of a [Batch] was asked for.
	ErrNoSuchValue = errors.New("hive: no such value")
	// ErrMessageTooLarge: a reply is larger than [Config.MaxMessageSize]. The connection is closed.
	ErrMessageTooLarge = errors.New("hive: reply larger than the message size limit")
)

// Error is a failure that the server reported. SQLState and Code are Hive's own; Hive uses SQLState 08S01 for failed
// statements too, so it says nothing about the connection.
type Error struct {
	// Message is the server's text without its Java stack.
	Message string
	// SQLState is the five-character state, empty if the server sent none.
	SQLState string
	// Code is Hive's error number (ErrorMsg), 0 if the server sent none.
	Code int
	// QueryID is the server's id of the query, for its logs; empty if it never got one or the server does not tell.
	QueryID string
	// Statement is the statement that failed, empty if the error belongs to no statement.
	Statement string
	// Line and Column are the place in Statement that the server named, counted from 1; 0 if it named none.
	Line, Column int
	// Stack is the server's Java stack, if it sent one. It is not part of Error().
	Stack []string

	kind error // a sentinel, or nil
}

// Error returns the message, the codes, and the line of the statement with a caret under the place.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("hive: ")
	b.WriteString(e.Message)
	var notes []string
	if e.SQLState != "" {
		notes = append(notes, "SQLSTATE "+e.SQLState)
	}
	if e.Code != 0 {
		notes = append(notes, fmt.Sprintf("code %d", e.Code))
	}
	if e.QueryID != "" && !strings.Contains(e.Message, e.QueryID) {
		notes = append(notes, "query "+e.QueryID)
	}
	if len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	if e.Line > 0 {
		if caret := hiveql.Caret(e.Statement, e.Line, e.Column); caret != "" {
			b.WriteByte('\n')
			b.WriteString(caret)
		}
	}
	return b.String()
}

// Unwrap gives the sentinel that the error stands for, if there is one.
func (e *Error) Unwrap() error { return e.kind }

// AuthError is a refused login: the server was reached and said no.
type AuthError struct {
	Addr string
	User string // empty if it is not known
	Auth AuthMode
	// Message is the server's reason.
	Message string
}

func (e *AuthError) Error() string {
	user := ""
	if e.User != "" {
		user = fmt.Sprintf("user %q ", e.User)
	}
	return fmt.Sprintf("hive: %s refused to log in %swith auth=%s: %s", e.Addr, user, e.Auth, e.Message)
}

// NetworkError is a connection that could not be made or did not last. It says nothing about whether the server ran
// what was sent, unless the error also is [ErrNotSent].
type NetworkError struct {
	// Addr is the server's address.
	Addr string
	// Op is what was going on: "connect", "log in", or the name of the Thrift call.
	Op string
	// Hint is what to check, empty if there is nothing to add.
	Hint string
	Err  error
}

func (e *NetworkError) Error() string {
	s := fmt.Sprintf("hive: %s: %s: %v", e.Addr, e.Op, e.Err)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *NetworkError) Unwrap() error { return e.Err }

// Timeout reports whether the cause is a timeout, as [net.Error] does.
func (e *NetworkError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.Is(e.Err, ErrIOTimeout) || errors.As(e.Err, &t) && t.Timeout()
}

// ProtocolError is a server that does not speak HiveServer2's protocol as it should. If requests and replies may be out of
// step the connection is closed; a single reply that makes no sense leaves it usable. [Session.Err] tells.
type ProtocolError struct {
	Addr string
	// Op is the Thrift call.
	Op  string
	Err error
}

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("hive: %s: %s: protocol violation: %v", e.Addr, e.Op, e.Err)
}

// Unwrap gives the cause.
func (e *ProtocolError) Unwrap() error { return e.Err }

// ValueError is a value of a result that is not what its column's type promises.
type ValueError struct {
	// Column is the column's name, Row the row's number within its batch, from 0.
	Column string
	Row    int
	Type   Type
	Err    error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("hive: column %q (%s), row %d of the batch: %v", e.Column, e.Type, e.Row, e.Err)
}

// Unwrap gives the cause.
func (e *ValueError) Unwrap() error { return e.Err }

// callError gives the failure of a Thrift call, as the layers below report it, its public type.
func callError(ctx context.Context, cfg *Config, op string, err error) error {
	addr := cfg.Addr()
	var (
		status    *transport.StatusError
		reported  *Error
		login     *KerberosError
		answered  *AuthError
		refused   *sasl.RefusedError
		exception *rpc.ExceptionError
		corrupt   *wire.CorruptError
		tooLarge  *wire.TooLargeError
	)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		return fmt.Errorf("hive: %s: %w", op, contextError(ctx))
	case errors.As(err, &reported):
		return err // what a reply said
	case errors.As(err, &login):
		return login
	case errors.As(err, &answered):
		return answered
	case errors.As(err, &status):
		return statusError(cfg, op, status)
	case errors.Is(err, errToken):
		return &AuthError{Addr: addr, User: cfg.User, Auth: cfg.Auth, Message: err.Error()}
	case errors.Is(err, transport.ErrClosed):
		return fmt.Errorf("%w: %s", ErrClosed, op)
	case errors.Is(err, transport.ErrSilent):
		return &NetworkError{Addr: addr, Op: op, Err: timedOut(err)}
	case errors.As(err, &exception):
		e := &Error{Message: exception.Error()}
		if exception.Type == rpc.UnknownMethod {
			e.kind = ErrNotSupported
		}
		return e
	case errors.As(err, &tooLarge):
		return &ProtocolError{Addr: addr, Op: op, Err: fmt.Errorf("%w: %w", ErrMessageTooLarge, err)}
	case errors.As(err, &refused), errors.As(err, &corrupt), errors.Is(err, rpc.ErrOutOfStep), errors.Is(err, sasl.ErrProtocol):
		return &ProtocolError{Addr: addr, Op: op, Err: err}
	case isNetwork(err), errors.Is(err, transport.ErrNotSent), errors.Is(err, transport.ErrBroken):
		return &NetworkError{Addr: addr, Op: op, Err: err}
	}
	return &ProtocolError{Addr: addr, Op: op, Err: err}
}

// timedOut makes [ErrIOTimeout] of a transport that waited in vain.
func timedOut(err error) error {
	if errors.Is(err, transport.ErrSilent) {
		return fmt.Errorf("%w: %w", ErrIOTimeout, err)
	}
	return err
}

// statusError is an answer of HTTP that is no reply.
func statusError(cfg *Config, op string, status *transport.StatusError) error {
	hint := httpHint(status)
	switch {
	case status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden:
		return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: status.Error()}
	case isOverload(status):
		return &NetworkError{Addr: cfg.Addr(), Op: op, Hint: hint, Err: status}
	case hint != "":
		return &ProtocolError{Addr: cfg.Addr(), Op: op, Err: fmt.Errorf("%w (%s)", status, hint)}
	}
	return &ProtocolError{Addr: cfg.Addr(), Op: op, Err: status}
}

// contextError is the reason why ctx ended, in whose tree context.Canceled or context.DeadlineExceeded always is.
func contextError(ctx context.Context) error {
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(cause, ctx.Err()) {
		return cause
	}
	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}

func isNetwork(err error) bool {
	var ne net.Error
	var errno syscall.Errno
	return errors.As(err, &ne) || errors.As(err, &errno) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded)
}
