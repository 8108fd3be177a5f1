package hive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
)

// Sessions that outlive their connections, see Config.Resume.
//
// The server is asked to keep the session when its connection ends, and the session goes on over a new one. What was
// under way is one of three: a call that changes nothing the second time is made again; one that begins a statement is
// not, and its error says that the statement may run; and a result of which a reply was lost is read again from its
// beginning (replay.go), for the server sends no row twice otherwise.
//
// Reading again has to wait until the server is done with the old connection: it works off what it has got there, beside
// what comes over the new one, and two fetches of one operation at a time lose rows. When that is over only the guard
// tells: a second session, opened over the connection after the first. HiveServer2 ties a connection to the session that
// was opened last over it, and ends that one when it has left the loop in which it answers the connection
// (ThriftBinaryCLIService.deleteContext). Over HTTP there is no such thing, so a reply that is lost there is an error.

const (
	keepOnDisconnect = "hive.server2.close.session.on.disconnect"
	// guardLife is how old a guard may be when it is needed; servers forget what is not used, in hours.
	guardLife = 10 * time.Minute
	// guardPause is the time between two questions whether a guard has ended.
	guardPause = 5 * time.Millisecond
	// resumeTries is how often a connection is tried again before it is an error, after pauses that grow by resumePause.
	resumeTries = 3
	resumePause = 100 * time.Millisecond
)

var _ = registerParams(wordParam("resume", "true", "false", func(c *Config) *bool { return &c.Resume }))

// guard is a session that ends with a connection, and an operation of it, which can be asked for without doing harm:
// HiveServer2 hangs up on who asks for the information of a session that it does not know.
type guard struct {
	session   *hs.TSessionHandle
	operation *hs.TOperationHandle
	opened    time.Time
}

func (g *guard) isOld() bool { return g != nil && time.Since(g.opened) >= guardLife }

// openRefused says what to do about a server that forbids the setting.
func (s *Session) openRefused(err error) error {
	if !s.cfg.Resume || !strings.Contains(err.Error(), keepOnDisconnect) {
		return err
	}
	return fmt.Errorf("%w: the server lets no session outlive its connection: leave resume out, or allow the setting there (hive.security.authorization.sqlstd.confwhitelist.append): %w", ErrNotSupported, err)
}

// resumes reports whether the session goes on although its connection has ended with err.
func (s *Session) resumes(err error) bool {
	return s.cfg.Resume && err != nil && !errors.Is(err, transport.ErrClosed) // which is what this side gives up
}

// outlives reports whether the session on the server may outlive a connection, so that it has to be closed anyway.
func (s *Session) outlives() bool { return s.cfg.Resume || overHTTP(s.cfg) }

// client is the connection of the moment, for those who have not the turn.
func (s *Session) client() *rpc.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rpc
}

// reattach gives a session that resumes a new connection if its own has ended. It is called in the turn.
func (s *Session) reattach(ctx context.Context) error {
	broken := s.rpc.Err()
	if broken == nil {
		return nil
	}
	if !s.resumes(broken) {
		return s.Err()
	}
	s.rpc.Close() // for a server that has fallen silent, and that may look at it again
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	for try := 1; ; try++ {
		err := s.connectAgain(ctx)
		if err == nil || try == resumeTries || ctx.Err() != nil || !isLost(s.cfg, err) {
			return err
		}
		select {
		case <-time.After(time.Duration(try) * resumePause):
		case <-ctx.Done():
		}
	}
}

// connectAgain puts a new connection, with its guard, in the place of one that has ended.
func (s *Session) connectAgain(ctx context.Context) error {
	conn, err := s.second(ctx)
	if err != nil {
		return err
	}
	client := rpc.NewClient(conn)
	guard, err := s.openGuard(ctx, client)
	if err != nil {
		conn.Close()
		return callError(ctx, s.cfg, "OpenSession", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		conn.Close()
		return ErrClosed
	}
	s.conn, s.rpc, s.guard = conn, client, guard
	return nil
}

// again reports whether a call that has failed is to be made again over a new connection: if nothing of it was sent, or
// if it changes nothing the second time.
func (s *Session) again(ctx context.Context, method string, err error) bool {
	return s.cfg.Resume && ctx.Err() == nil && isLost(s.cfg, err) && (errors.Is(err, transport.ErrNotSent) || repeatable(method))
}

// isLost tells the end of a connection from what came over it.
func isLost(cfg *Config, err error) bool {
	return err != nil && errors.As(callError(context.Background(), cfg, "", err), new(*NetworkError))
}

// openGuard opens the guard of a connection. Without an error it is nil where there is none, or where the server wants none:
// then a reply that is lost with the connection is an error.
func (s *Session) openGuard(ctx context.Context, client *rpc.Client) (*guard, error) {
	if !s.cfg.Resume || overHTTP(s.cfg) {
		return nil, nil
	}
	req := s.openRequest(hs.TProtocolVersion(s.protocol - 1))
	req.Configuration = nil
	if s.cfg.ProxyUser != "" {
		req.Configuration = map[string]string{proxyUserKey: s.cfg.ProxyUser}
	}
	var opened hs.TCLIServiceOpenSessionResult
	err := client.Do(ctx, "OpenSession", &hs.TCLIServiceOpenSessionArgs{Req: req}, &opened)
	if err != nil || opened.Success == nil || opened.Success.SessionHandle == nil {
		return nil, unlessAnswered(err)
	}
	g := &guard{session: opened.Success.SessionHandle, opened: time.Now()}
	// Of the calls that begin an operation this gives the server least to do.
	var begun hs.TCLIServiceGetCatalogsResult
	err = client.Do(ctx, "GetCatalogs", &hs.TCLIServiceGetCatalogsArgs{Req: &hs.TGetCatalogsReq{SessionHandle: g.session}}, &begun)
	if begun.Success != nil {
		g.operation = begun.Success.OperationHandle
	}
	return g, unlessAnswered(err)
}

// unlessAnswered is the failure of a call, or nil if it is what the server has said.
func unlessAnswered(err error) error {
	if isServerError(err) {
		return nil
	}
	return err
}

// watch replaces a guard that is too old, before rows are asked for.
func (s *Session) watch(ctx context.Context) {
	s.mu.Lock()
	guard := s.guard
	s.mu.Unlock()
	if !guard.isOld() || s.take(ctx) != nil {
		return
	}
	defer s.give()
	if !s.guard.isOld() { // who had the turn before has replaced it, or lost it with the connection
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.CancelTimeout)
	defer cancel()
	// What goes wrong here, the next call meets as well.
	if s.rpc.Err() != nil || s.doInTurn(ctx, s.endOf(s.guard.session)) != nil {
		return
	}
	g, _ := s.openGuard(ctx, s.rpc)
	s.mu.Lock()
	s.guard = g
	s.mu.Unlock()
}

// settle waits until the server is done with the connections of the given guards.
func (s *Session) settle(ctx context.Context, guards []*guard) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.CancelTimeout)
	defer cancel()
	for _, g := range guards {
		if g == nil || g.operation == nil {
			return errors.New("nothing tells when the server is done with the connection that broke")
		}
		for {
			known, err := s.knows(ctx, g.operation)
			if err != nil {
				return err
			}
			if !known {
				break
			}
			select {
			case <-time.After(guardPause):
			case <-ctx.Done():
			}
		}
	}
	return nil
}

// knows asks whether an operation is there.
func (s *Session) knows(ctx context.Context, operation *hs.TOperationHandle) (bool, error) {
	op := &Operation{session: s, handle: operation}
	var result hs.TCLIServiceGetOperationStatusResult
	err := s.do(ctx, exchange{method: statusMethod, args: op.statusArgs(false), decode: into(&result)})
	if err != nil {
		return false, err
	}
	if result.Success == nil {
		return false, s.protocolError(statusMethod, errNoResult)
	}
	err = checkStatus(result.Success.Status, "")
	if errors.Is(err, ErrUnknownOperation) {
		return false, nil
	}
	return err == nil, err
}
