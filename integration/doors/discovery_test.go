package doors

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/tlstest"
)

// service is "localhost:port" of one of the server's HiveServer2s, as it registers.
func service(t testing.TB, srv *hivetest.Server, name string) string {
	t.Helper()
	status, err := srv.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(status.Addrs[name], "127.0.0.1", "localhost", 1)
}

// register creates a namespace with these znodes, by their names, and removes it with the test. The client is not ours.
func register(t testing.TB, srv *hivetest.Server, namespace string, nodes map[string]string) {
	t.Helper()
	conn, events, err := zk.Connect([]string{srv.ZooKeeperAddr()}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/" + namespace}
	for name := range nodes {
		paths = append(paths, "/"+namespace+"/"+name)
	}
	for _, path := range paths {
		data := nodes[strings.TrimPrefix(path, "/"+namespace+"/")]
		if _, err := conn.Create(path, []byte(data), zk.FlagPersistent, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	t.Cleanup(func() {
		for _, path := range slices.Backward(paths) {
			if err := conn.Delete(path, -1); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		conn.Close()
		for range events { // until its goroutines have ended
		}
	})
}

// published is what Hive 4.0.1 registers for a server over binary TCP.
func published(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	return "hive.server2.instance.uri=" + addr + ";hive.server2.authentication=NONE;hive.server2.transport.mode=binary;" +
		"hive.server2.thrift.sasl.qop=auth;hive.server2.thrift.bind.host=" + host + ";hive.server2.thrift.port=" + port +
		";hive.server2.use.SSL=false"
}

// Both modes, by DSN, Config and JDBC URL, find what HiveServer2 has registered, and speak to it as it has published.
func TestDiscovery(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.ZooKeeper)
	one, two, active := service(t, srv, "one"), service(t, srv, "twohttp"), service(t, srv, "active")
	quorum := srv.ZooKeeperAddr() + "," + srv.ZooKeeperAddr()
	for _, tc := range []struct {
		dsn  string
		want []string
	}{
		{srv.DSN(), []string{one, two}},
		{"hive://ana@" + quorum + "?discovery=zooKeeper&hostPolicy=round-robin", []string{one, two}},
		{"hive://ana@" + quorum + "?discovery=zooKeeper&hostPolicy=first-alive&zkNamespace=/hiveserver2", []string{min(one, two)}},
		{"jdbc:hive2://" + quorum + "/default;user=ana;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=hiveserver2", []string{one, two}},
		{"hive://ana@" + quorum + "?discovery=zooKeeperHA", []string{active}},
		{"jdbc:hive2://" + quorum + "/;serviceDiscoveryMode=zooKeeperHA;zooKeeperNamespace=hs2ActivePassiveHA", []string{active}},
	} {
		t.Run(tc.dsn, func(t *testing.T) {
			cfg, err := hive.ParseDSN(tc.dsn)
			if err != nil {
				t.Fatal(err)
			}
			c, err := hive.NewConnector(cfg)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for n := 0; n < 30 && len(found) < len(tc.want) || n < 3; n++ {
				s, err := c.Connect(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got, err := textOf(t.Context(), s, "select current_database()"); err != nil || got != "default" {
					t.Errorf("got %s, %v", got, err)
				}
				at := s.Config()
				if overHTTP := at.Transport == hive.TransportHTTP; overHTTP != (at.Addr() == two) || overHTTP && at.HTTP.Path != "gateway" {
					t.Errorf("%s was reached over %s, path %q", at.Addr(), at.Transport, at.HTTP.Path)
				}
				found[at.Addr()] = true
				if err := s.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
			for _, addr := range tc.want {
				if !found[addr] || len(found) > len(tc.want) {
					t.Errorf("sessions on %v, want them on %v", found, tc.want)
				}
			}
		})
	}
}

// Every door is found by what a server registers for it: the DSN has the login, and what cannot be registered. What comes of
// it stands in docs/discovery.md.
func TestRegisteredDoors(t *testing.T) {
	registry, srv, realm := hivetest.Shared(t, hivetest.ZooKeeper), hivetest.Shared(t, hivetest.Hive401), hivetest.Shared(t, hivetest.Kerberos)
	live.Ours(t, srv)
	const (
		asAlice  = "alice:alice-secret"
		overHTTP = ";hive.server2.transport.mode=http;hive.server2.thrift.http.path=cliservice"
		secured  = ";hive.server2.authentication=KERBEROS;hive.server2.authentication.kerberos.principal=hive/_HOST@EXAMPLE.COM;hive.server2.thrift.sasl.qop="
	)
	ca := "&tls=true&tlsCA=" + url.QueryEscape(srv.CAFile())
	ticket := "&auth=kerberos&keytab=" + url.QueryEscape(realm.KerberosFile("alice.keytab")) + "&krb5conf=" + url.QueryEscape(realm.KerberosFile("krb5.conf"))
	var rows [][]string
	for _, tc := range []struct{ name, addr, settings, login, query, want string }{
		{"NONE", srv.Addr(), ";hive.server2.authentication=NONE", "alice", "", ""},
		{"NONE, HTTP", srv.HTTPAddr(), overHTTP, "alice", "", ""},
		{"NOSASL", srv.NoSASLAddr(), ";hive.server2.authentication=NOSASL", asAlice, "", ""},
		{"LDAP", srv.LDAPAddr(), ";hive.server2.authentication=LDAP", asAlice, "", ""},
		{"LDAP, wrong password", srv.LDAPAddr(), ";hive.server2.authentication=LDAP", "alice:wrong", "", "refused to log in"},
		{"LDAP, TLS", srv.TLSAddr(), ";hive.server2.use.SSL=true", asAlice, ca, ""},
		{"LDAP, TLS, unknown authority", srv.TLSAddr(), ";hive.server2.use.SSL=true", asAlice, "", "name its certificate with tlsCA"},
		{"LDAP, HTTP over TLS", srv.TLSHTTPAddr(), ";hive.server2.use.SSL=true" + overHTTP, asAlice, ca, ""},
		{"JWT, HTTP", srv.JWTAddr(), overHTTP, "alice", "&auth=jwt&jwt=" + token(t, srv, time.Hour) + "&transport=http", ""},
		{"KERBEROS, auth", realm.KerberosAddr("auth"), secured + "auth", "alice", ticket, ""},
		{"KERBEROS, auth-conf", realm.KerberosAddr("auth-conf"), secured + "auth-conf", "alice", ticket, ""},
		{"KERBEROS, but the client has no ticket", realm.KerberosAddr("auth"), secured + "auth", "alice", "&auth=none", "Unsupported mechanism"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, port, err := net.SplitHostPort(tc.addr)
			if err != nil {
				t.Fatal(err)
			}
			namespace := fmt.Sprint("door-", len(rows))
			name := "serverUri=localhost:" + port + ";version=4.0.1;sequence=0000000001"
			register(t, registry, namespace, map[string]string{
				name: "hive.server2.thrift.bind.host=localhost;hive.server2.thrift.port=" + port + ";hive.server2.thrift.http.port=" + port + tc.settings,
			})
			cfg, err := hive.ParseDSN("hive://" + tc.login + "@" + registry.ZooKeeperAddr() + "?discovery=zooKeeper&zkNamespace=" + namespace + tc.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := whoAmI(t.Context(), cfg)
			switch {
			case tc.want == "" && (err != nil || got != "alice"):
				t.Errorf("logged in as %q, %v, want alice", got, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("logged in as %q, %v, want an error with %q", got, err, tc.want)
			case tc.want == "":
				rows = append(rows, []string{tc.name, "yes"})
			default:
				rows = append(rows, []string{tc.name, "refused"})
			}
		})
	}
	live.CheckPage(t, "../../docs/discovery.md", []string{"registered", "connects"}, rows)
}

// Whatever ZooKeeper has instead of servers is an error that says so.
func TestDiscoveryFaults(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.ZooKeeper)
	register(t, srv, "empty", nil)
	register(t, srv, "strange", map[string]string{"lock-0001": "somebody"})
	register(t, srv, "gone", map[string]string{"serverUri=localhost:9;version=4.0.1;sequence=0000000001": published("localhost:9")})
	register(t, srv, "hostile", map[string]string{"serverUri=a;version=4.0.1;sequence=0000000001": "hive.server2.thrift.bind.host=a b/?;hive.server2.thrift.port=1"})
	for _, tc := range []struct {
		name, query, text string
		found             bool
	}{
		{"wrong namespace", "discovery=zooKeeper&zkNamespace=elsewhere", "no such znode (is zkNamespace that of the servers", false},
		{"wrong namespace of a pair", "discovery=zooKeeperHA&zkNamespace=hiveserver2", "/hiveserver2-unsecure/instances: no such znode", false},
		{"empty namespace", "discovery=zooKeeper&zkNamespace=empty", "no HiveServer2 is registered there (do the servers run", false},
		{"no servers", "discovery=zooKeeper&zkNamespace=strange", "the znode /strange/lock-0001: it holds no address", false},
		{"a server that has died", "discovery=zooKeeper&zkNamespace=gone", "none of 1 servers opened a session\n\tlocalhost:9: connect:", true},
		{"a host that is none", "discovery=zooKeeper&zkNamespace=hostile", "reading what it has registered", true},
		{"TLS", "discovery=zooKeeper&zkTLS=true", "TLS", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, err := hive.ParseDSN("hive://ana@" + srv.ZooKeeperAddr() + "?connectTimeout=2s&" + tc.query)
			if err != nil {
				t.Fatal(err)
			}
			_, err = hive.Connect(t.Context(), cfg)
			var discovery *hive.DiscoveryError
			var hosts *hive.HostsError
			if errors.As(err, &discovery) == tc.found || errors.As(err, &hosts) != tc.found || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got %T %v, want %q in it", err, err, tc.text)
			}
		})
	}
}

// The connection to ZooKeeper is encrypted for itself, with a certificate for those who are asked for one.
func TestZooKeeperTLS(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.ZooKeeper)
	authority := tlstest.New(t)
	port := tlstest.Proxy(t, srv.ZooKeeperAddr(), &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t, "localhost")},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
	})
	cfg, err := hive.ParseDSN(fmt.Sprintf("jdbc:hive2://localhost:%d/;user=ana;serviceDiscoveryMode=zooKeeper;zooKeeperSSLEnable=true", port))
	if err != nil {
		t.Fatal(err)
	}
	_, err = hive.Connect(t.Context(), cfg)
	var discovery *hive.DiscoveryError
	if !errors.As(err, &discovery) || !strings.Contains(err.Error(), "not trusted here: name its certificate with zkTLSCA") {
		t.Errorf("without its authority: got %T %v", err, err)
	}
	cfg.ZooKeeper.TLS.CAFile = authority.File(t)
	cfg.ZooKeeper.TLS.CertFile = tlstest.File(t, authority.Issue(t, "client"))
	s := live.Connect(t, cfg)
	if s.Config().TLS.Enabled {
		t.Error("the session is encrypted, which is not what was asked for")
	}
	cfg.ZooKeeper.TLS.CAFile = "/no/such/file"
	if _, err = hive.Connect(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "configuration: zkTLSCA: ") {
		t.Errorf("got %T %v, want a *hive.ConfigError of zkTLSCA", err, err)
	}
}

// A pool goes on with what ZooKeeper said last; who comes new is told that it is gone.
func TestZooKeeperGone(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.ZooKeeper)
	relay := live.NewRelay(t, srv.ZooKeeperAddr())
	cfg, err := hive.ParseDSN("hive://ana@" + relay.Addr() + "?discovery=zooKeeper")
	if err != nil {
		t.Fatal(err)
	}
	c, err := hive.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		s, err := c.Connect(t.Context())
		if err != nil {
			t.Fatalf("session %d: %v", i, err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		relay.Die()
	}
	_, err = hive.Connect(t.Context(), cfg)
	var discovery *hive.DiscoveryError
	if !errors.As(err, &discovery) || !strings.Contains(err.Error(), relay.Addr()) {
		t.Errorf("got %T %v, want a *hive.DiscoveryError that names %s", err, err, relay.Addr())
	}
}
