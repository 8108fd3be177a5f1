package hive

import (
	"net/netip"
	"testing"

	"github.com/skep-go/skep/internal/discovery"
)

// What a server has published counts where the client says nothing, and only there.
func TestPublished(t *testing.T) {
	const (
		mode, path, ssl, qop = "hive.server2.transport.mode", "hive.server2.thrift.http.path", "hive.server2.use.SSL", "hive.server2.thrift.sasl.qop"
		auth, principal      = "hive.server2.authentication", "hive.server2.authentication.kerberos.principal"
		port, httpPort       = "hive.server2.thrift.port", "hive.server2.thrift.http.port"
	)
	type settings = map[string]string
	both := settings{port: "1", httpPort: "2", path: "p", mode: "all"}
	kerberos := settings{port: "1", auth: "KERBEROS", principal: "hive/_HOST@R", qop: "auth-conf"}
	for _, tc := range []struct {
		name, dsn string
		published settings
		want      string
	}{
		{"nothing", "hive://zk/db?discovery=zooKeeper", nil, "hive://s:9/db"},
		{"binary", "hive://u:p@zk/db?discovery=zooKeeper&zkNamespace=n", settings{mode: "binary", port: "1", httpPort: "2", path: "p", ssl: "false", auth: "NONE", qop: "auth"}, "hive://u:p@s:1/db"},
		{"HTTP", "hive://zk?discovery=zooKeeper", settings{mode: "http", httpPort: "2", path: "p"}, "hive://s:2?httpPath=p&transport=http"},
		{"HTTP by another path", "hive://zk?discovery=zooKeeper&httpPath=q&transport=http", settings{mode: "http", httpPort: "2", path: "p"}, "hive://s:2?httpPath=q&transport=http"},
		{"both, and no wish", "hive://zk?discovery=zooKeeper", both, "hive://s:1"},
		{"both, and a wish", "hive://zk?discovery=zooKeeper&transport=http", both, "hive://s:2?httpPath=p&transport=http"},
		{"TLS", "hive://zk?discovery=zooKeeper", settings{ssl: "true"}, "hive://s:9?tls=true"},
		{"TLS denied", "hive://zk?discovery=zooKeeper&tls=true", settings{ssl: "false"}, "hive://s:9?tls=true"},
		{"TLS of ZooKeeper is not the server's", "hive://zk?discovery=zooKeeper&zkTLS=true", nil, "hive://s:9"},
		{"NOSASL", "hive://u:p@zk?discovery=zooKeeper", settings{auth: "NOSASL"}, "hive://u@s:9?auth=nosasl"},
		{"NOSASL over HTTP", "hive://u:p@zk?discovery=zooKeeper", settings{auth: "NOSASL", mode: "http", httpPort: "2"}, "hive://u:p@s:2?transport=http"},
		{"NOSASL against LDAP", "hive://u:p@zk?auth=ldap&discovery=zooKeeper", settings{auth: "NOSASL"}, "hive://u:p@s:9?auth=ldap"},
		{"LDAP", "hive://u:p@zk?discovery=zooKeeper", settings{auth: "LDAP"}, "hive://u:p@s:9"},
		{"Kerberos", "hive://zk?discovery=zooKeeper", kerberos, "hive://s:1?principal=hive/_HOST%40R&saslQop=auth-conf"},
		{"Kerberos with a keytab", "hive://zk?auth=kerberos&discovery=zooKeeper&keytab=k", kerberos, "hive://s:1?auth=kerberos&keytab=k&principal=hive/_HOST%40R&saslQop=auth-conf"},
		{"Kerberos over HTTP", "hive://zk?discovery=zooKeeper&transport=http", kerberos, "hive://s:9?principal=hive/_HOST%40R&transport=http"},
		{"Kerberos by another name", "hive://zk?discovery=zooKeeper&principal=a/b&saslQop=auth-int", kerberos, "hive://s:1?principal=a/b&saslQop=auth-int"},
		{"Kerberos against NONE", "hive://zk?auth=none&discovery=zooKeeper", kerberos, "hive://s:1?auth=none"},
		{"Kerberos against a token", "hive://zk?discovery=zooKeeper&jwt=t&transport=http", kerberos, "hive://s:9?jwt=t&transport=http"},
		{"no number", "hive://zk?discovery=zooKeeper", settings{port: "x"}, "hive://s:9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := ParseDSN(tc.dsn)
			if err != nil {
				t.Fatal(err)
			}
			got := c.at(discovery.Server{Host: "s", Port: 9, Settings: tc.published})
			if text := got.FormatDSN(); text != tc.want {
				t.Errorf("got %s\nwant %s", text, tc.want)
			}
			if err := got.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// One address of several is dialed, and the name stays what certificates and gateways know.
func TestDialAddr(t *testing.T) {
	c := (&Config{Host: "name", Discovery: DiscoveryDNS}).at(discovery.Server{Host: "name", IP: netip.MustParseAddr("fe80::1")})
	if c.Addr() != "name:10000" || c.dialAddr() != "[fe80::1]:10000" {
		t.Errorf("got %s by %s", c.Addr(), c.dialAddr())
	}
}
