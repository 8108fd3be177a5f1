package hive

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
)

// Session is one HiveServer2 session on a connection of its own. Everything a statement changes in it (SET, USE,
// temporary tables) lasts until it is closed.
//
// A Session is safe for concurrent use: its calls go over the connection one after another, and several operations and
// results may be open at the same time. Close it to end its operations on the server.
type Session struct {
	cfg      *Config // with defaults, never changed
	handle   *hs.TSessionHandle
	protocol int
	settings map[string]string

	turn     chan struct{} // holds one token: whoever has taken it may use rpc
	janitors sync.WaitGroup
	life     context.Context // ends when the session is closed; the janitors' parent
	end      context.CancelFunc
	closing  context.Context // ends when closing the session begins
	bye      context.CancelFunc

	// The connection and its guard change in the turn, under mu.
	conn  transport.Conn
	rpc   *rpc.Client
	guard *guard // nil if there is none, see resume.go

	mu       sync.Mutex
	closed   bool
	changed  bool // a statement may have left something behind
	lastUsed time.Time
}

// Connect opens a session as cfg says; cfg is not kept. It is [Connector.Connect] of a Connector for this one session.
func Connect(ctx context.Context, cfg *Config) (*Session, error) {
	c, err := NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return c.Connect(ctx)
}

// openSession opens a session on the server that cfg names; cfg has its defaults set.
func openSession(ctx context.Context, cfg *Config) (*Session, error) {
	conn, err := dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := newSession(cfg, conn)
	if err := s.open(ctx); err != nil {
		s.end()
		conn.Close()
		return nil, err
	}
	s.turn <- struct{}{}
	return s, nil
}

// connectContext bounds the making of a session.
func (c *Config) connectContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.ConnectTimeout > 0 {
		return context.WithTimeout(ctx, c.ConnectTimeout)
	}
	return ctx, func() {}
}

// newSession is a session that nobody has the turn of, and that the server does not know of yet.
func newSession(cfg *Config, conn transport.Conn) *Session {
	s := &Session{cfg: cfg, conn: conn, rpc: rpc.NewClient(conn), turn: make(chan struct{}, 1), lastUsed: time.Now()}
	s.life, s.end = context.WithCancel(context.Background())
	s.closing, s.bye = context.WithCancel(s.life)
	return s
}

// protocols are the versions offered, best first, as TProtocolVersion's numbers (V10 is 9). V10 is what Hive's own JDBC
// driver offers; V11 brings nothing that V10 does not get. A server that does not know a version cannot read the
// request at all and answers with a Thrift exception, so the next one is offered then.
var protocols = []hs.TProtocolVersion{
	hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V10,
	hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V8,
	hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V6,
	hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V1,
}

// open sends OpenSession. No one else uses the connection yet.
func (s *Session) open(ctx context.Context) error {
	var result hs.TCLIServiceOpenSessionResult
	var err error
	for _, version := range protocols {
		result = hs.TCLIServiceOpenSessionResult{}
		args := hs.TCLIServiceOpenSessionArgs{Req: s.openRequest(version)}
		err = s.rpc.Do(ctx, "OpenSession", &args, &result)
		var exception *rpc.ExceptionError
		if !errors.As(err, &exception) {
			break
		}
	}
	if err != nil {
		return openError(ctx, s.cfg, err)
	}
	resp := result.Success
	if resp == nil {
		return s.protocolError("OpenSession", errNoResult)
	}
	if err := checkStatus(resp.Status, ""); err != nil {
		return s.openRefused(err)
	}
	if resp.SessionHandle == nil {
		return s.protocolError("OpenSession", errors.New("no session handle in the reply"))
	}
	s.handle, s.protocol, s.settings = resp.SessionHandle, int(resp.ServerProtocolVersion)+1, resp.Configuration
	return nil
}

// prepare is what comes between opening the session and its first user. If it fails the session is closed.
func (s *Session) prepare(ctx context.Context) (err error) {
	if s.guard, err = s.openGuard(ctx, s.rpc); err != nil {
		err = openError(ctx, s.cfg, err)
	} else {
		err = s.init(ctx)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.CancelTimeout)
		defer cancel()
		_ = s.Close(ctx) // the first error is the one that counts
		return err
	}
	s.keepAlive()
	return nil
}

// openError adds the likely cause to a connection that breaks, or stays silent, before the first answer.
func openError(ctx context.Context, cfg *Config, err error) error {
	if overHTTP(cfg) && errors.Is(err, transport.ErrNotSent) { // there was no connection before
		return connectError(ctx, cfg, "connect", err)
	}
	network := &NetworkError{Addr: cfg.Addr(), Op: "OpenSession"}
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		network.Err = contextError(ctx)
	} else if err = callError(ctx, cfg, "OpenSession", err); !errors.As(err, &network) {
		return err
	}
	likely := "does auth=" + string(cfg.Auth) + " match the server?"
	if overHTTP(cfg) {
		likely = "is this a HiveServer2 port for transport=http?"
	}
	network.Hint = cmp.Or(tlsHint("tls", network), network.Hint, "the first request was not answered: "+likely)
	return network
}

const proxyUserKey = "hive.server2.proxy.user"

func (s *Session) openRequest(version hs.TProtocolVersion) *hs.TOpenSessionReq {
	conf := make(map[string]string, len(s.cfg.SessionConf)+len(s.cfg.SessionVars)+5)
	for k, v := range s.cfg.SessionConf {
		conf["set:hiveconf:"+k] = v
	}
	for k, v := range s.cfg.SessionVars {
		conf["set:hivevar:"+k] = v
	}
	if s.cfg.ApplicationName != "" {
		conf["set:hivevar:"+applicationVar] = s.cfg.ApplicationName
	}
	if s.cfg.SerializeInTasks {
		conf["set:hiveconf:"+serializeInTasks] = "true"
	}
	if s.cfg.Database != "" {
		conf["use:database"] = s.cfg.Database
	}
	if s.cfg.ProxyUser != "" {
		conf[proxyUserKey] = s.cfg.ProxyUser
	}
	if s.cfg.Resume && !overHTTP(s.cfg) {
		conf["set:hiveconf:"+keepOnDisconnect] = "false"
	}
	req := &hs.TOpenSessionReq{ClientProtocol: version, Configuration: conf}
	if s.cfg.User != "" { // over NOSASL this is the only place where the server learns the name
		req.Username = &s.cfg.User
	}
	return req
}

// Config returns a copy of the configuration in effect, defaults included. Its Host is the server that the session is on.
func (s *Session) Config() *Config { return s.cfg.Clone() }

// Protocol is the version of the protocol in use, e.g. 10 for HIVE_CLI_SERVICE_PROTOCOL_V10.
func (s *Session) Protocol() int { return s.protocol }

// ServerSettings returns what the server told of its configuration when the session was opened; often nothing.
func (s *Session) ServerSettings() map[string]string { return maps.Clone(s.settings) }

// Err tells why the session cannot be used any more, nil if this side knows of no reason. It costs nothing: a
// connection that the server has dropped is noticed at once. With [Config.Resume] it is no reason.
func (s *Session) Err() error {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := s.client().Err(); err != nil && !s.resumes(err) {
		return &NetworkError{Addr: s.cfg.Addr(), Op: "using a broken connection", Err: err}
	}
	return nil
}

// Changed reports whether a statement may have left something behind in the session: settings, the current database,
// resources, temporary objects. Statements that are not known to leave nothing count as such.
func (s *Session) Changed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Ping asks the server whether it still knows the session, by the cheapest call that names it.
func (s *Session) Ping(ctx context.Context) error {
	name, err := s.info(ctx, hs.TGetInfoType_CLI_SERVER_NAME)
	if err != nil || name != "Spark SQL" {
		return err
	}
	rows, err := s.Catalogs(ctx) // for Spark tells its name without a look at the session (SparkSQLCLIService.getInfo)
	if err != nil {
		return err
	}
	return rows.Close(ctx)
}

// Check is [Session.Err], and [Session.Ping] if the session was not used for [Config.IdleCheck]. It is meant for pools: a
// session that is busy until ctx ends, as with a call that its caller has left and the server does not let go of, is one
// to replace.
func (s *Session) Check(ctx context.Context) error {
	if err := s.Err(); err != nil {
		return err
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	s.turn <- struct{}{} // not giving it back: this was no use of the session
	if s.cfg.IdleCheck < 0 || s.idle() < s.cfg.IdleCheck {
		return nil
	}
	return s.Ping(ctx)
}

// ServerVersion returns the server's own name and version, e.g. "Apache Hive" and "4.0.1".
func (s *Session) ServerVersion(ctx context.Context) (name, version string, err error) {
	if name, err = s.info(ctx, hs.TGetInfoType_CLI_DBMS_NAME); err != nil {
		return "", "", err
	}
	version, err = s.info(ctx, hs.TGetInfoType_CLI_DBMS_VER)
	return name, version, err
}

// info asks one of the few questions that HiveServer2 answers: for any other type it breaks the connection.
func (s *Session) info(ctx context.Context, what hs.TGetInfoType) (string, error) {
	var result hs.TCLIServiceGetInfoResult
	err := s.do(ctx, exchange{
		method: "GetInfo",
		args:   &hs.TCLIServiceGetInfoArgs{Req: &hs.TGetInfoReq{SessionHandle: s.handle, InfoType: what}},
		decode: into(&result),
	})
	if err != nil {
		return "", err
	}
	if result.Success == nil {
		return "", s.protocolError("GetInfo", errNoResult)
	}
	if err := checkStatus(result.Success.Status, ""); err != nil {
		return "", err
	}
	return result.Success.GetInfoValue().GetStringValue(), nil
}

// Close ends the session on the server, with all its operations, and the connection. It first lets a cancellation that
// is under way get through; ctx bounds all of it. The connection is closed in any case, whatever Close returns, and no
// goroutine of the session is left. Closing twice is no error, nor is a connection that the server has dropped: with it
// the server ended the session (ThriftBinaryCLIService.deleteContext).
func (s *Session) Close(ctx context.Context) error { return s.shut(ctx, s.closeOnServer) }

// shut ends the session here, after what is to be done last.
func (s *Session) shut(ctx context.Context, last func(context.Context) error) error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.bye()
	err := last(ctx)
	s.end()
	s.client().Close()
	s.janitors.Wait()
	return err
}

func (s *Session) closeOnServer(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	var err error
	if s.rpc.Err() == nil {
		if err = s.closeOver(ctx); !errors.As(err, new(*NetworkError)) || errors.Is(err, ErrIOTimeout) {
			return err
		}
	}
	// The connection has ended, and with it the session, unless it outlives it.
	if s.outlives() {
		_ = s.outOfBand(ctx, s.ends()...)
	}
	return nil
}

// closeOver ends the session over its own connection. It is called in the turn.
func (s *Session) closeOver(ctx context.Context) error {
	for _, x := range s.ends() {
		if err := s.doInTurn(ctx, x); err != nil {
			return callError(ctx, s.cfg, x.method, err)
		}
	}
	return nil
}

// ends are the calls that end the session, that of the guard before it: to end any session over a connection leaves that
// of the guard alone, too.
func (s *Session) ends() []exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	ends := []exchange{s.endOf(s.handle)}
	if s.guard != nil {
		ends = []exchange{s.endOf(s.guard.session), ends[0]}
	}
	return ends
}

func (s *Session) endOf(session *hs.TSessionHandle) exchange {
	var result hs.TCLIServiceCloseSessionResult
	return exchange{
		method: "CloseSession",
		args:   &hs.TCLIServiceCloseSessionArgs{Req: &hs.TCloseSessionReq{SessionHandle: session}},
		decode: func(body []byte) error {
			if err := into(&result)(body); err != nil {
				return err
			}
			if result.Success == nil {
				return s.protocolError("CloseSession", errNoResult)
			}
			if err := checkStatus(result.Success.Status, ""); !errors.Is(err, ErrSessionExpired) {
				return err
			}
			return nil
		},
	}
}
