package doors

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
)

// TestJDBC connects with Hive's JDBC driver and with ours to the same URLs: the outcome is the same.
func TestJDBC(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	realm := hivetest.Shared(t, hivetest.Kerberos)
	registry := hivetest.Shared(t, hivetest.ZooKeeper).ZooKeeperAddr()
	_, database := live.OwnDatabase(t, srv)
	good, expired := token(t, srv, time.Hour), token(t, srv, -time.Hour)
	store := filepath.Join(filepath.Dir(srv.CAFile()), "server.p12")
	encrypted := ";ssl=true;sslTrustStore=" + store + ";trustStorePassword=changeit"
	const ldap, overHTTP, refused = ";user=alice;password=alice-secret", ";transportMode=http;httpPath=cliservice", "refused"
	named := func(addr string) string { return strings.Replace(addr, "127.0.0.1", "localhost", 1) }
	secured := func(qop string) string { return named(realm.KerberosAddr(qop)) }
	web := named(realm.KerberosHTTPAddr())
	delegated, err := live.Connect(t, kerberos(t, realm, "auth-int")).DelegationToken(t.Context(), "alice", "alice")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HADOOP_TOKEN_FILE_LOCATION", tokenFile(t, "hive", delegated))
	cases := []struct{ name, url, want string }{
		{"none", srv.Addr() + "/" + database + ";user=carol;password=x", "carol in " + database},
		{"nosasl", srv.NoSASLAddr() + "/;auth=noSasl;user=carol", "carol in default"},
		{"ldap", srv.LDAPAddr() + "/" + ldap, "alice in default"},
		{"ldap, wrong password", srv.LDAPAddr() + "/;user=alice;password=wrong", refused},
		{"no such database", srv.Addr() + "/no_such_database;user=carol;password=x", refused},
		{"tls", srv.TLSAddr() + "/" + ldap + encrypted, "alice in default"},
		{"tls, no trust", srv.TLSAddr() + "/" + ldap + ";ssl=true", refused},
		{"tls, wrong store password", srv.TLSAddr() + "/" + ldap + strings.Replace(encrypted, "changeit", "wrong", 1), refused},
		{"http", srv.HTTPAddr() + "/" + database + ";user=carol;password=x" + overHTTP, "carol in " + database},
		{"http, ldap", srv.LDAPHTTPAddr() + "/" + ldap + overHTTP, "alice in default"},
		{"http, wrong path", srv.HTTPAddr() + "/;user=carol;password=x;transportMode=http;httpPath=elsewhere", refused},
		{"https", srv.TLSHTTPAddr() + "/" + ldap + encrypted + overHTTP, "alice in default"},
		{"jwt", srv.JWTAddr() + "/;auth=jwt;jwt=" + good + overHTTP, "alice in default"},
		{"jwt, expired", srv.JWTAddr() + "/;auth=jwt;jwt=" + expired + overHTTP, refused},
		{"kerberos", secured("auth") + "/;principal=hive/localhost@EXAMPLE.COM", "alice in default"},
		{"kerberos, _HOST", secured("auth") + "/;principal=hive/_HOST@EXAMPLE.COM", "alice in default"},
		{"kerberos, auth-int", secured("auth-int") + "/;principal=hive/localhost@EXAMPLE.COM;saslQop=auth-int", "alice in default"},
		{"kerberos, auth-conf", secured("auth-conf") + "/;principal=hive/localhost@EXAMPLE.COM;saslQop=auth-conf", "alice in default"},
		{"kerberos, too weak", secured("auth-conf") + "/;principal=hive/localhost@EXAMPLE.COM;saslQop=auth", refused},
		{"kerberos, no such service", secured("auth") + "/;principal=nobody/localhost@EXAMPLE.COM", refused},
		{"kerberos over http", web + "/;principal=hive/_HOST@EXAMPLE.COM" + overHTTP, "alice in default"},
		{"kerberos over http, its own principal", web + "/;principal=HTTP/_HOST@EXAMPLE.COM" + overHTTP, "alice in default"},
		{"kerberos over http, another service", web + "/;principal=other/localhost@EXAMPLE.COM" + overHTTP, refused},
		{"delegation token", secured("auth-int") + "/;auth=delegationToken", "alice in default"},
		{"delegation token, of another server", secured("auth-conf") + "/;auth=delegationToken", refused},
		{"zookeeper", registry + "/;user=carol;password=x;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=hiveserver2", "carol in default"},
		{"zookeeper, wrong namespace", registry + "/;user=carol;password=x;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=elsewhere", refused},
	}
	var urls []string
	for _, c := range cases {
		urls = append(urls, "jdbc:hive2://"+c.url)
	}
	theirs := peers.ConnectJDBC(t, realm, urls)
	t.Setenv("KRB5_CONFIG", realm.KerberosFile("krb5.conf"))
	t.Setenv("KRB5CCNAME", realm.KerberosFile("alice.ccache"))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ours := refused
			s, err := connectURL(t.Context(), urls[i])
			if err == nil {
				defer s.Close(t.Context())
				if ours, err = textOf(t.Context(), s, "select concat(logged_in_user(), ' in ', current_database())"); err != nil {
					t.Fatal(err)
				}
			}
			if ours != c.want || theirs[i].Is != c.want {
				t.Errorf("ours: %s (error %v); JDBC's: %s; want %s", ours, err, theirs[i].Is, c.want)
			}
		})
	}
}

func connectURL(ctx context.Context, url string) (*hive.Session, error) {
	cfg, err := hive.ParseDSN(url)
	if err != nil {
		return nil, err
	}
	return hive.Connect(ctx, cfg)
}
