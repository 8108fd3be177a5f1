package doors

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/faultproxy"
	"github.com/skep-go/skep/internal/tlstest"
)

// behindLogin is the configuration that finds a HiveServer2 in a ZooKeeper which serves nobody who has not logged in.
func behindLogin(t testing.TB, srv *hivetest.Server, change ...func(*hive.Config)) *hive.Config {
	t.Helper()
	cfg := kerberos(t, srv, "auth")
	cfg.Host, cfg.Port, cfg.Hosts = "", 0, []string{srv.ZooKeeperAddr()}
	cfg.Auth, cfg.Kerberos.Principal = hive.AuthKerberos, ""
	cfg.Discovery, cfg.ZooKeeper.Principal = hive.DiscoveryZooKeeper, "zookeeper/_HOST"
	for _, c := range change {
		c(cfg)
	}
	return cfg
}

// Whatever the login, it is that to ZooKeeper and that to the HiveServer2 which has registered there, having logged in itself.
func TestZooKeeperLogin(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	every, active := service(t, srv, "auth"), service(t, srv, "auth-conf")
	authority := tlstest.New(t)
	port := tlstest.Proxy(t, srv.ZooKeeperAddr(), &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, "localhost")}})
	for _, tc := range []struct {
		name, user, addr string
		change           func(*hive.Config)
	}{
		{"keytab", "alice", every, func(*hive.Config) {}},
		{"password", "carol", every, withPassword("carol", "carol-secret")},
		{"ticket cache", "alice", every, withTicketCache(srv.KerberosFile("alice.ccache"))},
		{"principal without _HOST", "alice", every, func(c *hive.Config) { c.ZooKeeper.Principal = "zookeeper/localhost@EXAMPLE.COM" }},
		{"another ZooKeeper that is down", "alice", every, func(c *hive.Config) { c.Hosts = append([]string{faultproxy.ClosedAddr(t)}, c.Hosts...) }},
		{"over TLS", "alice", every, func(c *hive.Config) {
			c.Hosts = []string{fmt.Sprintf("localhost:%d", port)}
			c.ZooKeeper.TLS = hive.TLSConfig{Enabled: true, CAFile: authority.File(t)}
		}},
		{"the active one, below -sasl", "alice", active, func(c *hive.Config) { c.Discovery = hive.DiscoveryZooKeeperHA }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, err := hive.ParseDSN(behindLogin(t, srv, tc.change).FormatDSN())
			if err != nil {
				t.Fatal(err)
			}
			s, err := hive.Connect(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close(t.Context())
			if got, err := textOf(t.Context(), s, "select logged_in_user()"); err != nil || got != tc.user || s.Config().Addr() != tc.addr {
				t.Errorf("logged in as %q at %s, %v, want %s at %s", got, s.Config().Addr(), err, tc.user, tc.addr)
			}
		})
	}
}

// What is wrong with the login to ZooKeeper is told as what is wrong with one to a HiveServer2.
func TestZooKeeperLoginFaults(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	open := hivetest.Shared(t, hivetest.ZooKeeper).ZooKeeperAddr()
	for _, tc := range []struct {
		name   string
		change func(*hive.Config)
		step   hive.KerberosStep // "" is no login
		text   string
	}{
		{"no login", func(c *hive.Config) { c.ZooKeeper.Principal = "" }, "", "wants a login with SASL (log in to ZooKeeper: write auth=kerberos and zkPrincipal="},
		{"another service of the host", func(c *hive.Config) { c.ZooKeeper.Principal = "other/_HOST" }, hive.KerberosServer, "is this the server's principal"},
		{"no such service", func(c *hive.Config) { c.ZooKeeper.Principal = "keeper/_HOST" }, hive.KerberosTicket, "the realm has no such service"},
		{"no keytab", withKeytab("", "/no/such/file"), hive.KerberosCredentials, "/no/such/file"},
		{"wrong password", withPassword("carol", "hunter22"), hive.KerberosLogin, "the password is wrong"},
		{"expired ticket", withTicketCache(srv.KerberosFile("expired.ccache")), hive.KerberosCredentials, "has expired at"},
		{"a ZooKeeper without SASL", func(c *hive.Config) { c.Hosts = []string{open} }, hive.KerberosServer, "leave zkPrincipal out"},
		{"KDC silent", func(c *hive.Config) {
			c.Kerberos.ConfFile, c.Kerberos.ConfText = "", krb5Conf(faultproxy.SilentAddr(t))
			c.ConnectTimeout = 400 * time.Millisecond
		}, hive.KerberosLogin, "no KDC of the realm EXAMPLE.COM answers"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := behindLogin(t, srv, tc.change)
			cfg.Hosts = append(cfg.Hosts, cfg.Hosts[0])
			_, err := hive.Connect(t.Context(), cfg)
			var discovery *hive.DiscoveryError
			var login *hive.KerberosError
			if !errors.As(err, &discovery) || errors.As(err, &login) != (tc.step != "") || login != nil && login.Step != tc.step || !strings.Contains(err.Error(), tc.text) {
				t.Fatalf("got %T %v\nwant a login that fails at %q, %q in it", err, err, tc.step, tc.text)
			}
			if strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the error tells the password: %v", err)
			}
			t.Log(err)
			if asked := strings.Count(err.Error(), cfg.Hosts[0]+": "); login != nil && (asked == 1) != (tc.step != hive.KerberosServer && tc.step != hive.KerberosTicket) {
				t.Errorf("%d servers of ZooKeeper were asked", asked)
			}
		})
	}
}
