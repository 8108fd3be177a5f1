package hive

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"

	hs "github.com/beltran/gohive/hiveserver"
)

// Detach leaves the operation, and its session, to whoever calls [Attach] with the token, in this process or another: a
// program that starts a statement need not live until it has ended. It wants [Config.Resume] or [TransportHTTP], and an
// operation of which [Operation.Rows] was not asked for.
//
// The Session is closed here and goes on at the server, until the one who attaches closes it, or the server does for
// idleness. ctx bounds the wait for calls that are under way.
func (op *Operation) Detach(ctx context.Context) (*OperationToken, error) {
	s := op.session
	switch {
	case !s.outlives():
		return nil, &ConfigError{Key: "resume", Reason: "the server ends this session with its connection: to detach an operation, connect with resume=true"}
	case op.given:
		return nil, errors.New("hive: an operation detached of which rows were asked for; detach it before")
	case op.closed || s.Err() != nil:
		return nil, ErrClosed
	}
	op.closed = true
	_ = s.shut(ctx, func(ctx context.Context) error {
		if err := s.take(ctx); err != nil {
			return err
		}
		defer s.give()
		return s.rpc.Drain(ctx)
	})
	return &OperationToken{
		protocol: s.protocol, session: s.handle.SessionId, operation: op.handle.OperationId, kind: op.handle.OperationType,
		hasResult: op.hasResult, command: op.command, rereads: op.rereads,
	}, nil
}

// Attach takes up an operation that was detached, and its session, both of which the caller closes. cfg must lead to the
// same server and log in; what it says of new sessions, such as their database and settings, has no effect. The
// operation does not know its statement's text.
//
// The result begins with its first row, whoever has read of it before; that of a statement such as SET with the first
// that nobody has. If the server does not know the operation any more the error is [ErrUnknownOperation].
func Attach(ctx context.Context, cfg *Config, token *OperationToken) (*Session, *Operation, error) {
	c, err := NewConnector(cfg)
	if err != nil {
		return nil, nil, err
	}
	if c.source != nil {
		return nil, nil, &ConfigError{Key: "host", Reason: "leaves several servers, of which one has the operation: name that one, which Session.Config tells before it is detached"}
	}
	if token == nil || token.session == nil {
		return nil, nil, fmt.Errorf("%w: it is empty", ErrInvalidToken)
	}
	cfg = c.cfg.withDefaults()
	cfg.Resume = true // as the session was opened
	ctx, cancel := cfg.connectContext(ctx)
	defer cancel()
	conn, err := dial(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	s := newSession(cfg, conn)
	s.handle, s.protocol = &hs.TSessionHandle{SessionId: token.session}, token.protocol
	s.turn <- struct{}{}
	op := token.of(s)
	if err := s.takeUp(ctx, op); err != nil {
		_ = s.shut(ctx, func(context.Context) error { return nil }) // and leave it as it was
		return nil, nil, err
	}
	s.keepAlive()
	return s, op, nil
}

// takeUp asks how the operation is, which tells whether it is there.
func (s *Session) takeUp(ctx context.Context, op *Operation) error {
	var err error
	if s.guard, err = s.openGuard(ctx, s.rpc); err != nil {
		return openError(ctx, s.cfg, err)
	}
	st, err := op.poll(ctx)
	if err != nil {
		return err
	}
	return op.settle(ctx, st)
}

// OperationToken is what [Attach] needs to find an operation. It is as good as a login to the operation's session: printing
// it shows nothing, and [OperationToken.Reveal] is the only way to its text.
type OperationToken struct {
	protocol                    int
	session, operation          *hs.THandleIdentifier
	kind                        hs.TOperationType
	hasResult, command, rereads bool
}

// of is the operation, in a session of this process.
func (t *OperationToken) of(s *Session) *Operation {
	handle := &hs.TOperationHandle{OperationId: t.operation, OperationType: t.kind, HasResultSet: t.hasResult}
	return &Operation{
		session: s, handle: handle, options: Options{FetchSize: s.cfg.FetchSize}, modified: -1,
		hasResult: t.hasResult, command: t.command, rereads: t.rereads, attached: true,
	}
}

// tokenVersion begins the text of a token. It changes with what follows it: a byte of flags, the protocol's version and the
// operation's type, the four parts of the handles, each with its length before it, and a checksum.
const (
	tokenName    = "skep-operation-"
	tokenVersion = "1."
)

const (
	flagHasResult = 1 << iota
	flagCommand
	flagRereads
)

// Reveal returns the token as text, for [ParseOperationToken]. Keep it as a password is kept.
func (t *OperationToken) Reveal() string {
	if t.session == nil { // it comes from nowhere
		return ""
	}
	var flags byte
	for flag, set := range map[byte]bool{flagHasResult: t.hasResult, flagCommand: t.command, flagRereads: t.rereads} {
		if set {
			flags |= flag
		}
	}
	data := []byte{flags, byte(t.protocol), byte(t.kind)}
	for _, part := range [][]byte{t.session.GUID, t.session.Secret, t.operation.GUID, t.operation.Secret} {
		data = append(append(data, byte(len(part))), part...)
	}
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data))
	return tokenName + tokenVersion + base64.RawURLEncoding.EncodeToString(data)
}

// ParseOperationToken reads the text of a token. The error, [ErrInvalidToken], tells nothing of it.
func ParseOperationToken(text string) (*OperationToken, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), tokenName)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrInvalidToken, tokenName)
	}
	if rest, ok = strings.CutPrefix(rest, tokenVersion); !ok {
		return nil, fmt.Errorf("%w: another version of this package has made it", ErrInvalidToken)
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	const head, sum = 3, 4
	if err != nil || len(data) < head+sum {
		return nil, fmt.Errorf("%w: it is cut short or changed", ErrInvalidToken)
	}
	data, check := data[:len(data)-sum], binary.BigEndian.Uint32(data[len(data)-sum:])
	parts, err := tokenParts(data[head:])
	if err != nil || check != crc32.ChecksumIEEE(data) {
		return nil, fmt.Errorf("%w: it is cut short or changed", ErrInvalidToken)
	}
	has := func(flag byte) bool { return data[0]&flag != 0 }
	return &OperationToken{
		hasResult: has(flagHasResult), command: has(flagCommand), rereads: has(flagRereads),
		protocol: int(data[1]), kind: hs.TOperationType(data[2]),
		session:   &hs.THandleIdentifier{GUID: parts[0], Secret: parts[1]},
		operation: &hs.THandleIdentifier{GUID: parts[2], Secret: parts[3]},
	}, nil
}

// tokenParts reads the handles.
func tokenParts(data []byte) (parts [4][]byte, err error) {
	for i := range parts {
		if len(data) == 0 || len(data) <= int(data[0]) {
			return parts, ErrInvalidToken
		}
		n := 1 + int(data[0])
		parts[i], data = data[1:n:n], data[n:]
	}
	if len(data) > 0 {
		return parts, ErrInvalidToken
	}
	return parts, nil
}

const redactedToken = "hive.OperationToken(xxxxx)"

// String implements [fmt.Stringer] without the token.
func (t OperationToken) String() string { return redactedToken }

// Format prints no token, whatever the verb and flags.
func (t OperationToken) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redactedToken)) }

// LogValue is the same for package log/slog.
func (t OperationToken) LogValue() slog.Value { return slog.StringValue(redactedToken) }

var (
	_ fmt.Formatter  = OperationToken{}
	_ slog.LogValuer = OperationToken{}
)
