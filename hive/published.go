package hive

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/skep-go/skep/internal/discovery"
)

// at is the Config of one of the servers that c leaves to choose from. What the server has published counts where c says
// nothing, as Hive's JDBC driver has it (ZooKeeperHiveClientHelper); host and port are the server's in any case.
func (c *Config) at(s discovery.Server) *Config {
	d := c.Clone()
	d.Hosts, d.Discovery, d.ZooKeeper = nil, "", ZooKeeperConfig{}
	d.Host, d.Port, d.ip = s.Host, s.Port, s.IP
	says := func(name, value string) bool { return strings.EqualFold(s.Settings[name], value) }

	portName := "hive.server2.thrift.port"
	if d.Transport == "" && says("hive.server2.transport.mode", "http") {
		d.Transport = TransportHTTP
	}
	if d.Transport == TransportHTTP {
		d.HTTP.Path = cmp.Or(d.HTTP.Path, s.Settings["hive.server2.thrift.http.path"])
		portName = "hive.server2.thrift.http.port"
	}
	if port, err := strconv.Atoi(s.Settings[portName]); err == nil {
		d.Port = port
	}
	// That it does not encrypt is not believed: whoever says tls=true gets TLS or an error.
	d.TLS.Enabled = d.TLS.Enabled || says("hive.server2.use.SSL", "true")
	switch anyLogin := d.Auth == "" && d.authMode() == AuthNone; {
	case anyLogin && says("hive.server2.authentication", "NOSASL") && d.Transport != TransportHTTP:
		d.Auth, d.Password = AuthNoSASL, ""
	case anyLogin, d.Auth == AuthKerberos:
		d.Kerberos.Principal = cmp.Or(d.Kerberos.Principal, s.Settings["hive.server2.authentication.kerberos.principal"])
	}
	if d.authMode() == AuthKerberos && d.Transport != TransportHTTP {
		d.Kerberos.QOP = cmp.Or(d.Kerberos.QOP, strings.ToLower(s.Settings["hive.server2.thrift.sasl.qop"]))
	}
	return d
}
