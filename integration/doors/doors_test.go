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
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/tlstest"
)

// door is a way to log in, by the services that offer it.
type door struct {
	name         string
	binary, http string // addresses, "" where the server cannot
	login        func(*hive.Config)
	user         string
	// bad changes what logs in to what the server must refuse. Optional.
	bad func(*hive.Config)
}

func doors(t *testing.T, srv *hivetest.Server) []door {
	good, expired := token(t, srv, time.Hour), token(t, srv, -time.Hour)
	named := func(auth hive.AuthMode) func(*hive.Config) {
		return func(c *hive.Config) { c.Auth, c.User = auth, "carol" }
	}
	all := []door{
		{"NONE", srv.Addr(), srv.HTTPAddr(), named(hive.AuthNone), "carol", nil},
		{"NOSASL", srv.NoSASLAddr(), "", named(hive.AuthNoSASL), "carol", nil},
		{"LDAP", srv.LDAPAddr(), srv.LDAPHTTPAddr(), func(c *hive.Config) {
			c.Auth, c.User, c.Password = hive.AuthLDAP, "alice", "alice-secret"
		}, "alice", func(c *hive.Config) { c.Password = "not-the-secret" }},
		{"JWT", "", srv.JWTAddr(), func(c *hive.Config) { c.Auth, c.Token = hive.AuthJWT, good }, "alice", func(c *hive.Config) { c.Token = expired }},
	}
	return append(all, kerberosDoors(t)...)
}

// kerberosDoors are those of the server behind Kerberos: a ticket, by each protection, and a delegation token.
func kerberosDoors(t *testing.T) []door {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	var all []door
	for _, qop := range qops {
		d := door{"KERBEROS, " + qop, srv.KerberosAddr(qop), "", func(c *hive.Config) {
			c.User, c.Kerberos = "", kerberos(t, srv, qop).Kerberos
			c.Kerberos.Principal = "hive/localhost@EXAMPLE.COM" // whatever its address
		}, "alice", func(c *hive.Config) { c.Kerberos.Principal = "other/localhost@EXAMPLE.COM" }}
		if qop == "auth" {
			d.http = srv.KerberosHTTPAddr()
		}
		all = append(all, d)
	}
	tokens := map[hive.TransportMode]string{}
	for transport, cfg := range map[hive.TransportMode]*hive.Config{
		hive.TransportBinary: kerberos(t, srv, "auth"), hive.TransportHTTP: overNegotiate(t, srv),
	} {
		token, err := live.Connect(t, cfg).DelegationToken(t.Context(), "alice", "alice")
		if err != nil {
			t.Fatal(err)
		}
		tokens[transport] = token
	}
	return append(all, door{"KERBEROS, delegation token", srv.KerberosAddr("auth"), srv.KerberosHTTPAddr(), func(c *hive.Config) {
		c.User, c.DelegationToken = "", tokens[c.Transport]
	}, "alice", func(c *hive.Config) { c.DelegationToken = noToken }})
}

// noToken is a delegation token of nobody.
const noToken = "AWEBYgFjAWQ"

// TestDoors tries every way to log in over both transports, plain, encrypted, and with a certificate that the server asks
// for, and holds docs/doors.md against it. Each is tried as a DSN, too, by way of ZooKeeper, and with what must be refused.
func TestDoors(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	authority := tlstest.New(t)
	certificate := tlstest.File(t, authority.Issue(t, "client"))
	encrypting := &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, "127.0.0.1")}}
	asking := encrypting.Clone()
	asking.ClientAuth, asking.ClientCAs = tls.RequireAndVerifyClientCert, authority.Pool()
	proxied := func(c *hive.Config, conf *tls.Config) {
		c.Port = tlstest.Proxy(t, c.Addr(), conf)
		c.TLS = hive.TLSConfig{Enabled: true, CAFile: authority.File(t)}
	}
	layers := []struct {
		name  string
		cover func(c *hive.Config)
	}{
		{"plain", func(*hive.Config) {}},
		{"TLS", func(c *hive.Config) {
			switch c.Addr() {
			case srv.LDAPAddr(): // of which the server has one that encrypts
				live.At(t, c, srv.TLSAddr())
			case srv.LDAPHTTPAddr():
				live.At(t, c, srv.TLSHTTPAddr())
			default:
				proxied(c, encrypting)
				return
			}
			c.TLS = hive.TLSConfig{Enabled: true, CAFile: srv.CAFile()}
		}},
		{"mTLS", func(c *hive.Config) {
			proxied(c, asking)
			c.TLS.CertFile = certificate
		}},
	}
	head := []string{"hive.server2.authentication"}
	var rows [][]string
	for _, d := range doors(t, srv) {
		row := []string{d.name}
		for _, transport := range []hive.TransportMode{hive.TransportBinary, hive.TransportHTTP} {
			for _, layer := range layers {
				title := string(transport) + ", " + layer.name
				if len(rows) == 0 {
					head = append(head, title)
				}
				addr := map[hive.TransportMode]string{hive.TransportBinary: d.binary, hive.TransportHTTP: d.http}[transport]
				if addr == "" {
					row = append(row, "no")
					continue
				}
				t.Run(d.name+", "+title, func(t *testing.T) {
					cfg := live.At(t, live.Config(t, srv), addr)
					cfg.Transport = transport
					d.login(cfg)
					layer.cover(cfg)
					tryDoor(t, cfg, d)
					if !t.Failed() {
						row = append(row, "yes")
					}
				})
			}
		}
		rows = append(rows, row)
	}
	live.CheckPage(t, "../../docs/doors.md", head, rows)
}

func tryDoor(t *testing.T, cfg *hive.Config, d door) {
	t.Helper()
	parsed, err := hive.ParseDSN(cfg.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	whoami(t, parsed, "select logged_in_user()", d.user)
	whoami(t, registered(t, parsed), "select logged_in_user()", d.user)
	if d.bad == nil {
		return
	}
	d.bad(parsed)
	_, err = hive.Connect(t.Context(), parsed)
	if !errors.As(err, new(*hive.AuthError)) {
		t.Errorf("a bad login: got %v (%T), want a *hive.AuthError", err, err)
	}
	for _, secret := range []string{parsed.Password, parsed.Token, parsed.DelegationToken} {
		if err != nil && secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

// registered is the configuration that finds the server of another one in ZooKeeper.
func registered(t *testing.T, direct *hive.Config) *hive.Config {
	t.Helper()
	registry := hivetest.Shared(t, hivetest.ZooKeeper)
	namespace := fmt.Sprint("to-", direct.Port)
	register(t, registry, namespace, map[string]string{
		fmt.Sprintf("serverUri=%s;version=4.0.1;sequence=0000000001", direct.Addr()): fmt.Sprintf(
			"hive.server2.thrift.bind.host=%s;hive.server2.transport.mode=%s;hive.server2.thrift.port=%d;hive.server2.thrift.http.port=%[3]d;"+
				"hive.server2.use.SSL=%[4]t", direct.Host, direct.Transport, direct.Port, direct.TLS.Enabled),
	})
	cfg := direct.Clone()
	cfg.Host, cfg.Port, cfg.Hosts = "", 0, []string{registry.ZooKeeperAddr()}
	cfg.Discovery, cfg.ZooKeeper.Namespace = hive.DiscoveryZooKeeper, namespace
	return cfg
}
