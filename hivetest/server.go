package hivetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Options say which server Start shall start.
type Options struct {
	// Kind of the server. Required.
	Kind Kind
	// Private asks for a server of one's own, which Close ends. Else the server is shared with all processes of the
	// user, and ends when none of them needs it.
	Private bool
	// Log receives the progress of the first download. Default: nobody.
	Log io.Writer
	// Conf is added to the server's hive-site.xml. Only with Private.
	Conf map[string]string
	// Throughput lets the JVM optimise what runs long, as in production, where a server for tests is made to start
	// quickly: twice as many rows a second, some seconds later. Only with Private.
	Throughput bool
	// Linger is how long the server stays after the last process that used it ended. Default 15 s. It counts for the
	// process that starts the server, not for those that find it running.
	Linger time.Duration
}

func (o Options) linger() time.Duration {
	if o.Linger == 0 {
		return 15 * time.Second
	}
	return o.Linger
}

// Server is a running server, held up until Close or the end of this process, whatever comes first and however the
// process ends. Its methods may be called from several goroutines.
type Server struct {
	store *store
	state *state
	dsn   string // of an external server

	close sync.Once
	lease net.Conn
}

// Start starts a server, or attaches to the shared one that runs already. It returns when the server answers queries.
//
// A program that is missing is a *MissingToolError; a server that fails to start is a *StartError, which quotes its log.
// When ctx ends first, nothing is left running.
func Start(ctx context.Context, o Options) (*Server, error) {
	r, err := recipeOf(o.Kind)
	if err != nil {
		return nil, err
	}
	if (len(o.Conf) > 0 || o.Throughput) && !o.Private {
		return nil, errors.New("hivetest: Options.Conf and Throughput are for private servers: a shared one is the same for all")
	}
	s, err := openStore()
	if err != nil {
		return nil, err
	}
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	srv := &Server{store: s}
	if o.Private {
		srv.state, srv.lease, err = s.launch(ctx, r, o)
		return srv.orError(err)
	}
	err = s.exclusive(ctx, string(o.Kind), func() error {
		srv.state, srv.lease, err = s.attach(ctx, o.Kind)
		if srv.state == nil && err == nil {
			srv.state, srv.lease, err = s.launch(ctx, r, o)
		}
		return err
	})
	return srv.orError(err)
}

func (s *Server) orError(err error) (*Server, error) {
	if err != nil {
		return nil, err
	}
	held.Store(s, true)
	return s, nil
}

// held keeps the servers that were not closed from the garbage collector, which would close their leases.
var held sync.Map

// attach takes a lease on the shared server of a kind, or returns nil if there is none.
func (s *store) attach(ctx context.Context, kind Kind) (*state, net.Conn, error) {
	all, err := s.running()
	if err != nil {
		return nil, nil, err
	}
	for _, st := range all {
		if st.Kind != kind || st.Private {
			continue
		}
		lease, _, err := st.command(ctx, "LEASE")
		if err == nil {
			return st, lease, nil
		}
		if !errors.Is(err, errEnding) && !s.waitGone(ctx, st.ID, 5*time.Second) {
			return nil, nil, fmt.Errorf("%w; end it with: skep local down %s", err, kind)
		}
	}
	return nil, nil, nil
}

// Kind returns the server's kind.
func (s *Server) Kind() Kind { return s.state.Kind }

// Version returns the version of Hive or Spark, such as "4.0.1"; of an external server, "".
func (s *Server) Version() string {
	if r := recipes[s.state.Kind]; r != nil {
		return r.version
	}
	return ""
}

// Addr returns host:port of the HiveServer2 with authentication NONE: SASL PLAIN, any user, any password.
// Like the other addresses it is "" if the server has no such service.
func (s *Server) Addr() string { return s.addr(svcNone) }

// HTTPAddr returns host:port of the same HiveServer2 over HTTP, under the path cliservice: Basic, any user, any password.
func (s *Server) HTTPAddr() string { return s.addr(svcHTTP) }

// NoSASLAddr returns host:port of the HiveServer2 with authentication NOSASL.
func (s *Server) NoSASLAddr() string { return s.addr(svcNoSASL) }

// LDAPAddr returns host:port of the HiveServer2 that knows two users: alice with the password alice-secret, and bob
// with bob-secret.
func (s *Server) LDAPAddr() string { return s.addr(svcLDAP) }

// LDAPHTTPAddr returns host:port of the HiveServer2 of LDAPAddr over HTTP.
func (s *Server) LDAPHTTPAddr() string { return s.addr(svcLDAPHTTP) }

// TLSAddr returns host:port of a HiveServer2 that is like that of LDAPAddr and encrypts; CAFile holds its certificate,
// which is for localhost and 127.0.0.1.
func (s *Server) TLSAddr() string { return s.addr(svcTLS) }

// TLSHTTPAddr returns host:port of the HiveServer2 of TLSAddr over HTTPS.
func (s *Server) TLSHTTPAddr() string { return s.addr(svcTLSHTTP) }

// JWTAddr returns host:port of the HiveServer2 over HTTP that takes the tokens of JWT.
func (s *Server) JWTAddr() string { return s.addr(svcJWT) }

// IdleAddr returns host:port of a HiveServer2 like Addr's that ends a session after 3 s, and an operation after 2 s, in
// which it was not used.
func (s *Server) IdleAddr() string { return s.addr(svcIdle) }

// MetastoreAddr returns host:port of the metastore's Thrift service.
func (s *Server) MetastoreAddr() string { return s.addr(svcMetastore) }

// ZooKeeperAddr returns host:port of the ZooKeeper of a server of kind ZooKeeper or Kerberos. With the former two
// HiveServer2s are registered in the namespace hiveserver2, one of them over HTTP under the path gateway, and in
// hs2ActivePassiveHA an active and a passive one; all with authentication NONE. With the latter these are that of
// KerberosAddr("auth"), and as the active one that of "auth-conf", and ZooKeeper serves only who has logged in by SASL.
func (s *Server) ZooKeeperAddr() string { return s.addr(svcZooKeeper) }

func (s *Server) addr(service string) string { return s.state.addr(service) }

func (st *state) addr(service string) string {
	port := st.Ports[service]
	if port == 0 {
		return ""
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// DSN returns the data source name of Addr, or that of KerberosAddr("auth") for alice with her keytab, or that of the
// servers registered with ZooKeeperAddr, or that of the external server, or "".
func (s *Server) DSN() string {
	if s.dsn != "" {
		return s.dsn
	}
	return s.store.dsn(s.state)
}

func (s *store) dsn(st *state) string {
	if addr := st.addr(svcNone); addr != "" {
		return "hive://hive@" + addr + "/default"
	}
	if port := st.Ports[svcAuth]; port != 0 {
		return fmt.Sprintf("hive://localhost:%d/default?keytab=%s&krb5conf=%s&principal=hive/_HOST%%40EXAMPLE.COM", port,
			url.QueryEscape(s.realmFile(st, "alice.keytab")), url.QueryEscape(s.realmFile(st, "krb5.conf")))
	}
	if addr := st.addr(svcZooKeeper); addr != "" {
		return "hive://hive@" + addr + "/default?discovery=zooKeeper"
	}
	return ""
}

// PID returns the server's process id; of an external server, 0.
func (s *Server) PID() int { return s.state.PID }

// LogFile returns the name of the server's log, which stays when the server has gone.
func (s *Server) LogFile() string {
	if s.store == nil {
		return ""
	}
	return s.store.logFile(s.state.ID)
}

// Kill ends a private server at once, as a crash does; Close may follow. A shared server, which others may use, is left alone:
// that is an error.
func (s *Server) Kill() error {
	if !s.state.Private {
		return errors.New("hivetest: only a private server may be killed: others use this one")
	}
	return s.store.kill(context.Background(), s.state)
}

// Close ends a private server and removes its data. A shared one ends by itself when nobody needs it any more.
func (s *Server) Close() error {
	var err error
	s.close.Do(func() {
		held.Delete(s)
		if s.lease == nil {
			return
		}
		if s.state.Private {
			err = s.store.stop(context.Background(), s.state)
		}
		s.lease.Close()
	})
	return err
}
