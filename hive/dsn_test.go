package hive_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
)

var tokyo = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	return loc
}()

// dsnFull has every field set that a DSN can hold, and dsnFullText is its text.
var (
	dsnFull = hive.Config{
		Host: "hs2.example.com", Port: 10001, Database: "flights", Discovery: hive.DiscoveryDNS, HostPolicy: hive.HostRoundRobin,
		User: "ana", Password: "p@ss:w/o?r#d%", ProxyUser: "bob", Auth: hive.AuthLDAP,
		SessionConf:    map[string]string{"hive.exec.parallel": "true", "a b&c": "x=y;z"},
		SessionVars:    map[string]string{"day": "2013-01-01", "empty": ""},
		ConnectTimeout: 5 * time.Second, IOTimeout: time.Minute, KeepAlive: -1, CancelTimeout: time.Second,
		IdleCheck: 1500 * time.Millisecond, QueryTimeout: 2 * time.Hour,
		ApplicationName: "etl", Init: "set a=b; use c", InitFile: "/etc/init.hql", Resume: true, SessionKeepAlive: time.Hour,
		Transport: hive.TransportHTTP, HTTP: hive.HTTPConfig{
			Path: "gateway/hive", Headers: map[string]string{"X-A": "1 2"}, Cookies: map[string]string{"c": "d"}, AuthCookie: "hadoop-jwt", Gzip: true,
		},
		TLS: hive.TLSConfig{
			Enabled: true, CAFile: "/etc/ca.jks", CAPassword: "ca", CertFile: "me.pem", KeyFile: "key.pem", KeyPassword: "key",
			ServerName: "hs2", MinVersion: tls.VersionTLS13,
		},
		FetchSize: 5000, Prefetch: 8, MaxMessageSize: 64 << 20, Location: tokyo, MultiStatements: true, SerializeInTasks: true, TxScope: true,
	}
	dsnFullText = "hive://ana:p%40ss%3Aw%2Fo%3Fr%23d%25@hs2.example.com:10001/flights?applicationName=etl&auth=ldap&cancelTimeout=1s&connectTimeout=5s" +
		"&discovery=dns&fetchSize=5000&hiveconf:a%20b%26c=x%3Dy%3Bz&hiveconf:hive.exec.parallel=true&hivevar:day=2013-01-01&hivevar:empty=" +
		"&hostPolicy=round-robin&httpAuthCookie=hadoop-jwt&httpCookie:c=d&httpGzip=true&httpHeader:X-A=1%202&httpPath=gateway/hive" +
		"&idleCheck=1.5s&init=set%20a%3Db%3B%20use%20c&initFile=/etc/init.hql&ioTimeout=1m0s&keepAlive=off&location=Asia/Tokyo&maxMessageSize=64MiB&multiStatements=true" +
		"&prefetch=8&proxyUser=bob&queryTimeout=2h0m0s&resume=true&serializeInTasks=true&sessionKeepAlive=1h0m0s&tls=true&tlsCA=/etc/ca.jks&tlsCAPassword=ca" +
		"&tlsCert=me.pem&tlsKey=key.pem&tlsKeyPassword=key&tlsMinVersion=1.3&tlsServerName=hs2&transport=http&tx=scope"
)

// notInDSN are the fields of Config that a DSN cannot hold, with the reason.
var notInDSN = map[string]string{
	"Hosts": "it takes the place of the host", "ZooKeeper": "it is for hosts that are ZooKeeper's",
	"Dialer": "a function has no text form", "Kerberos": "it is not there over HTTP", "TokenSource": "a function has no text form",
	"Token": "it takes the place of the password", "TokenFile": "it takes the place of the password",
	"DelegationToken": "it takes the place of the password", "DelegationTokenFile": "it takes the place of the password",
}

// dsnCases are texts that can be read; format is what FormatDSN makes of them, "" if it is the text itself.
var dsnCases = []struct {
	name, dsn string
	want      hive.Config
	format    string
}{
	{"host only", "hive://h", hive.Config{Host: "h"}, ""},
	{"every part", dsnFullText, dsnFull, ""},
	{
		"Kerberos", "hive://ana:p%40ss@h?auth=kerberos&canonicalHost=false&krb5conf=/etc/krb5.conf&principal=hive/_HOST%40EXAMPLE.COM&saslQop=auth-int",
		hive.Config{
			Host: "h", User: "ana", Password: "p@ss", Auth: hive.AuthKerberos,
			Kerberos: hive.KerberosConfig{Principal: "hive/_HOST@EXAMPLE.COM", QOP: "auth-int", ConfFile: "/etc/krb5.conf", PlainHost: true},
		},
		"",
	},
	{"empty parts", "hive://:@h:/?", hive.Config{Host: "h"}, "hive://h"},
	{"empty pairs", "hive://h?&fetchSize=1&", hive.Config{Host: "h", FetchSize: 1}, "hive://h?fetchSize=1"},
	{"no prefetch", "hive://h?prefetch=0", hive.Config{Host: "h", Prefetch: -1}, ""},
	{"fetch size by its word", "hive://h?fetchSize=auto", hive.Config{Host: "h"}, "hive://h"},
	{"query without path", "hive://h:1?tx=scope", hive.Config{Host: "h", Port: 1, TxScope: true}, ""},
	{"user only", "hive://u@h", hive.Config{Host: "h", User: "u"}, ""},
	{"password only", "hive://:p@h", hive.Config{Host: "h", Password: "p"}, ""},
	{"colon in a password", "hive://u:p:q@h", hive.Config{Host: "h", User: "u", Password: "p:q"}, "hive://u:p%3Aq@h"},
	{"plus in a password", "hive://u:p+q@h", hive.Config{Host: "h", User: "u", Password: "p+q"}, "hive://u:p%2Bq@h"},
	{"space and plus in a value", "hive://h?hivevar:x=a+b%2Bc%20d", hive.Config{Host: "h", SessionVars: map[string]string{"x": "a b+c d"}}, "hive://h?hivevar:x=a%20b%2Bc%20d"},
	{"escaped key", "hive://h?hivevar%3Ax=1", hive.Config{Host: "h", SessionVars: map[string]string{"x": "1"}}, "hive://h?hivevar:x=1"},
	{"escaped database", "hive://h/a%2Fb%40c", hive.Config{Host: "h", Database: "a/b@c"}, ""},
	{"UTF-8", "hive://h/käse", hive.Config{Host: "h", Database: "käse"}, "hive://h/k%C3%A4se"},
	{"IPv4", "hive://127.0.0.1:10000", hive.Config{Host: "127.0.0.1", Port: 10000}, ""},
	{"IPv6", "hive://[::1]/db", hive.Config{Host: "::1", Database: "db"}, ""},
	{"IPv6 with port", "hive://u@[2001:db8::1]:10001", hive.Config{Host: "2001:db8::1", Port: 10001, User: "u"}, ""},
	{"IPv6 with zone", "hive://[fe80::1%25eth0]:1", hive.Config{Host: "fe80::1%eth0", Port: 1}, ""},
	{"defaults said aloud", "hive://anonymous@h:10000/default?auth=none&connectTimeout=30s&fetchSize=10000", hive.Config{
		Host: "h", Port: 10000, Database: "default", User: "anonymous", Auth: hive.AuthNone, ConnectTimeout: 30 * time.Second, FetchSize: 10000,
	}, ""},
	{"token", "hive://h?jwt=a.b-c_d&transport=http", hive.Config{Host: "h", Transport: hive.TransportHTTP, Token: "a.b-c_d"}, ""},
	{"token by file", "hive://h?auth=jwt&jwtFile=/run/token&transport=http", hive.Config{Host: "h", Auth: hive.AuthJWT, Transport: hive.TransportHTTP, TokenFile: "/run/token"}, ""},
	{"delegation token", "hive://h?delegationToken=AAAAAA&saslQop=auth-int", hive.Config{Host: "h", DelegationToken: "AAAAAA", Kerberos: hive.KerberosConfig{QOP: "auth-int"}}, ""},
	{"delegation token by file", "hive://h?auth=delegationToken&delegationTokenFile=/run/tokens", hive.Config{Host: "h", Auth: hive.AuthDelegationToken, DelegationTokenFile: "/run/tokens"}, ""},
	{"Kerberos over HTTP", "hive://h?auth=kerberos&transport=http", hive.Config{Host: "h", Auth: hive.AuthKerberos, Transport: hive.TransportHTTP}, ""},
	{"case of transport", "hive://h?transport=HTTP", hive.Config{Host: "h", Transport: hive.TransportHTTP}, "hive://h?transport=http"},
	{"case of auth", "hive://h?auth=NOSASL", hive.Config{Host: "h", Auth: hive.AuthNoSASL}, "hive://h?auth=nosasl"},
	{"off", "hive://h?connectTimeout=off&idleCheck=off&ioTimeout=off&keepAlive=-5s&queryTimeout=off", hive.Config{
		Host: "h", ConnectTimeout: -1, IdleCheck: -1, KeepAlive: -5 * time.Second,
	}, "hive://h?connectTimeout=off&idleCheck=off&keepAlive=-5s"},
	{"zero where it is off", "hive://h?ioTimeout=0&queryTimeout=0s&tx=error&multiStatements=false", hive.Config{Host: "h"}, "hive://h"},
	{"sizes", "hive://h?maxMessageSize=1048577", hive.Config{Host: "h", MaxMessageSize: 1048577}, ""},
	{"size with unit", "hive://h?maxMessageSize=2048KiB", hive.Config{Host: "h", MaxMessageSize: 2 << 20}, "hive://h?maxMessageSize=2MiB"},
	{"zone of UTC", "hive://h?location=UTC", hive.Config{Host: "h", Location: time.UTC}, ""},
	{"a keytab", "hive://h?keytab=/etc/a.keytab&principal=hive/h", hive.Config{
		Host: "h", Kerberos: hive.KerberosConfig{Keytab: "/etc/a.keytab", Principal: "hive/h"},
	}, ""},
	{"a ticket cache, and the text of krb5.conf", "hive://h?krb5confText=%5Brealms%5D%0A&principal=hive/h&ticketCache=FILE:/tmp/x", hive.Config{
		Host: "h", Kerberos: hive.KerberosConfig{ConfText: "[realms]\n", Principal: "hive/h", TicketCache: "FILE:/tmp/x"},
	}, ""},
	{"several hosts", "hive://u@h1:10000,h2:10001,h3/db", hive.Config{Hosts: []string{"h1:10000", "h2:10001", "h3"}, Database: "db", User: "u"}, ""},
	{"several hosts, one by one", "hive://h%31,[::1]:1,[fe80::1%25eth0]?hostPolicy=first-alive", hive.Config{
		Hosts: []string{"h1", "[::1]:1", "[fe80::1%eth0]"}, HostPolicy: hive.HostFirstAlive,
	}, "hive://h1,[::1]:1,[fe80::1%25eth0]?hostPolicy=first-alive"},
	{"no discovery", "hive://h?discovery=NONE", hive.Config{Host: "h"}, "hive://h"},
	{"addresses of a name", "hive://h:1?discovery=dns", hive.Config{Host: "h", Port: 1, Discovery: hive.DiscoveryDNS}, ""},
	{"one ZooKeeper", "hive://u@zk/db?discovery=zookeeper", hive.Config{
		Hosts: []string{"zk"}, Database: "db", User: "u", Discovery: hive.DiscoveryZooKeeper,
	}, "hive://u@zk/db?discovery=zooKeeper"},
	{
		"ZooKeepers with a path, over TLS",
		"hive://zk1,zk2:2182%2Fa%2Fb?discovery=zooKeeperHA&zkNamespace=hs2&zkTLS=true&zkTLSCA=ca.pem&zkTLSCert=me.p12&zkTLSKeyPassword=pw",
		hive.Config{
			Hosts: []string{"zk1", "zk2:2182/a/b"}, Discovery: hive.DiscoveryZooKeeperHA, ZooKeeper: hive.ZooKeeperConfig{
				Namespace: "hs2", TLS: hive.TLSConfig{Enabled: true, CAFile: "ca.pem", CertFile: "me.p12", KeyPassword: "pw"},
			},
		},
		"",
	},
	{"Kerberos, with the principal that servers register", "hive://zk?auth=kerberos&discovery=zooKeeper&keytab=k", hive.Config{
		Hosts: []string{"zk"}, Discovery: hive.DiscoveryZooKeeper, Auth: hive.AuthKerberos, Kerberos: hive.KerberosConfig{Keytab: "k"},
	}, ""},
	{"a login to ZooKeeper", "hive://zk?auth=kerberos&discovery=zooKeeper&keytab=k&zkPrincipal=zookeeper/_HOST%40R", hive.Config{
		Hosts: []string{"zk"}, Discovery: hive.DiscoveryZooKeeper, Auth: hive.AuthKerberos, Kerberos: hive.KerberosConfig{Keytab: "k"},
		ZooKeeper: hive.ZooKeeperConfig{Principal: "zookeeper/_HOST@R"},
	}, ""},
	{"zone of the machine", "hive://h?location=Local", hive.Config{Host: "h", Location: time.Local}, ""},
}

func TestParseDSN(t *testing.T) {
	for _, tc := range dsnCases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := hive.ParseDSN(tc.dsn)
			if err != nil {
				t.Fatalf("ParseDSN(%q): %v", tc.dsn, err)
			}
			if !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("ParseDSN(%q)\n got %v\nwant %v", tc.dsn, got.FormatDSN(), tc.want.FormatDSN())
			}
			want := tc.format
			if want == "" {
				want = tc.dsn
			}
			if text := got.FormatDSN(); text != want {
				t.Errorf("FormatDSN\n got %s\nwant %s", text, want)
			}
			checkRoundTrip(t, got)
		})
	}
}

// checkRoundTrip holds the law that ParseDSN is the inverse of FormatDSN.
func checkRoundTrip(t *testing.T, c *hive.Config) {
	t.Helper()
	text := c.FormatDSN()
	back, err := hive.ParseDSN(text)
	if err != nil {
		t.Fatalf("ParseDSN cannot read FormatDSN's %q: %v", text, err)
	}
	if !reflect.DeepEqual(back, c) {
		t.Errorf("%q is read as %q", text, back.FormatDSN())
	}
}

// TestAllFieldsHandled fails when Config gets a field that DSNs do not know.
func TestAllFieldsHandled(t *testing.T) {
	v := reflect.ValueOf(dsnFull)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if _, exempt := notInDSN[name]; exempt == v.Field(i).IsZero() || !v.Type().Field(i).IsExported() {
			continue
		}
		t.Errorf("Config.%s: set it in dsnFull and its text, or give the reason in notInDSN", name)
	}
	for name := range notInDSN {
		if _, ok := v.Type().FieldByName(name); !ok {
			t.Errorf("notInDSN names %s, which Config does not have", name)
		}
	}
}

// dsnFaults are texts that are refused: the key named, the value quoted, a part of the reason.
var dsnFaults = []struct{ dsn, key, value, reason string }{
	{"", "", "", "begins with hive://"},
	{"mysql://h", "", "", "begins with hive://"},
	{"hive://", "host", "", "empty"},
	{"hive:///db", "host", "", "empty"},
	{"hive://a b", "host", "", `' '`},
	{"hive://h%zz", "host", "", "%25"},
	{"hive://h%00", "host", "", `'\x00'`},
	{"hive://h%FF", "host", "", "no host name"},
	{"hive://::1", "host", "", "brackets"},
	{"hive://[::1", "host", "", "[ without ]"},
	{"hive://[h]", "host", "", "IPv6"},
	{"hive://[::1]10", "host", "", "IPv6"},
	{"hive://[1:2]", "host", "", "neither a name nor"},
	{"hive://[fe80::1%25a%0A]", "host", "", "U+000A"},
	{"hive://h1:1,,h2:2/db", "host", "", "empty"},
	{"hive://h1:1,h 2/db", "host", "", "which no host name has"},
	{"hive://h1,h2%2Fa", "host", "", "only the last one of ZooKeeper's"},
	{"hive://h1%2Fa,h2?discovery=zooKeeper", "host", "", "only the last one of ZooKeeper's"},
	{"hive://h1?discovery=etcd", "discovery", "etcd", "zooKeeperHA"},
	{"hive://h1?hostPolicy=nearest", "hostPolicy", "nearest", "first-alive"},
	{"hive://h1,h2?zkNamespace=a", "discovery", "", "not by ZooKeeper"},
	{"hive://h1,h2?discovery=zooKeeper&zkTLSCA=a", "zkTLS", "", "turn it on"},
	{"hive://h1?zkPrincipal=zookeeper/_HOST", "discovery", "", "not by ZooKeeper"},
	{"hive://h1?discovery=zooKeeper&zkPrincipal=zookeeper/_HOST", "zkPrincipal", "", "auth is none: write auth=kerberos"},
	{"hive://h1?auth=kerberos&discovery=zooKeeper&zkPrincipal=zookeeper", "zkPrincipal", "", "no principal of a service"},
	{"hive://h1?auth=kerberos&discovery=zooKeeper&zkPrincipal=zookeeper/%01", "zkPrincipal", "", "U+0001"},
	{"hive://h1?discovery=zooKeeper&zkPrincipal=", "zkPrincipal", "", "leave it out"},
	{"hive://h1,h2?auth=kerberos", "principal", "", "missing"},
	{"hive://h:0", "port", "", "1 to 65535"},
	{"hive://h:65536", "port", "", "1 to 65535"},
	{"hive://h:+1", "port", "", "1 to 65535"},
	{"hive://h/a/b", "database", "", "%2F"},
	{"hive://h/a%00", "database", "", "U+0000"},
	{"hive://h/a%ff", "database", "", "UTF-8"},
	{"hive://u%z@h", "user", "", "%25"},
	{"hive://u:%1@h", "password", "", "%25"},
	{"hive://u:p%0A@h", "password", "", "U+000A"},
	{"hive://u:p@q@h", "", "", "%40"},
	{"hive://u:p/q@h", "", "", "%2F"},
	{"hive://h?hivevar:mail=a@b", "", "", "%40"},
	{"hive://h#x", "", "", "%23"},
	{"hive://h?fetchSize=1;tx=scope", "", "", "%3B"},
	{"hive://h?fetchSize", "fetchSize", "", "no value"},
	{"hive://h?%gg=1", "", "", "name of a key"},
	{"hive://h?tx=%", "tx", "", "%25"},
	{"hive://h?fetchSize=1&fetchSize=1", "fetchSize", "", "twice"},
	{"hive://h?hivevar:x=1&hivevar:x=2", "hivevar:x", "", "twice"},
	{"hive://h?hivevar:=1", "hivevar:", "", "name must follow"},
	{"hive://h?hiveconf:a%01=1", "hiveconf:a\x01", "", "U+0001"},
	{"hive://h?hiveconf:a=%00", "hiveconf:a", "", "U+0000"},
	{"hive://h?hiveconf:hive.server2.proxy.user=bob", "hiveconf:hive.server2.proxy.user", "", "proxyUser"},
	{"hive://h?fetchsize=1", "fetchsize", "", "did you mean fetchSize?"},
	{"hive://h?fetchSzie=1", "fetchSzie", "", "did you mean fetchSize?"},
	{"hive://h?hivecnf:a.b=1", "hivecnf:a.b", "", "did you mean hiveconf:a.b?"},
	{"hive://h?hive.exec.parallel=true", "hive.exec.parallel", "", "hiveconf:hive.exec.parallel"},
	{"hive://h?wholly=unknown", "wholly", "", "docs/dsn.md"},
	{"hive://h?user=u", "user", "", "hive://USER@host"},
	{"hive://h?database=d", "database", "", "hive://host/DATABASE"},
	{"hive://h?hive.server2.proxy.user=bob", "hive.server2.proxy.user", "", "proxyUser"},
	{"hive://h?socketTimeout=1", "socketTimeout", "", "ioTimeout"},
	{"hive://h?principal=hive", "principal", "", "want service/host@REALM"},
	{"hive://h?principal=a/b/c", "principal", "", "want service/host@REALM"},
	{"hive://h?principal=hive/_HOST%40", "principal", "", "no principal"},
	{"hive://h?principal=/_HOST", "principal", "", "is empty"},
	{"hive://h?principal=hive/_HOST&auth=none", "auth", "", "settings of Kerberos are there, but auth is none"},
	{"hive://h?keytab=a", "auth", "", "settings of Kerberos are there, but auth is none"},
	{"hive://h?auth=kerberos", "principal", "", "hive/_HOST@EXAMPLE.COM"},
	{"hive://h?principal=hive/_HOST&saslQop=all", "saslQop", "all", "want auth, auth-int or auth-conf"},
	{"hive://h?saslQop=auth-int", "auth", "", "write auth=kerberos"},
	{"hive://h?principal=hive/_HOST&canonicalHost=off", "canonicalHost", "off", "want false or true"},
	{"hive://u:p@h?principal=hive/_HOST&keytab=a", "auth", "", "keytab and password are both set"},
	{"hive://h?principal=hive/_HOST&keytab=a&ticketCache=b", "ticketCache", "", "one of the three"},
	{"hive://:p@h?principal=hive/_HOST", "auth", "", "user is empty"},
	{"hive://h?principal=hive/_HOST&krb5conf=a&krb5confText=b", "krb5confText", "", "one of the two"},
	{"hive://h?http.header.X=1", "http.header.X", "", "a DSN has httpHeader:X"},
	{"hive://h?transport=udp", "transport", "udp", "binary or http"},
	{"hive://h?httpPath=x", "transport", "", "make it http"},
	{"hive://h?transport=http&httpPath=a?b", "httpPath", "", "no ?"},
	{"hive://h?transport=http&httpHeader:a%20b=1", "httpHeader:a b", "", "not a name"},
	{"hive://h?transport=http&httpHeader:x=a%0Ab", "httpHeader:x", "", "U+000A"},
	{"hive://h?transport=http&httpHeader:authorization=hunter22", "httpHeader:authorization", "", "the client itself sets"},
	{"hive://h?transport=http&httpCookie:a=b;c", "", "", "%3B"},
	{"hive://h?transport=http&httpCookie:a=b%3Bc", "httpCookie:a", "", "semicolon"},
	{"hive://h?transport=http&auth=nosasl", "auth", "nosasl", "delegationToken, jwt, kerberos, ldap, none"},
	{"hive://h?transport=http&principal=hive/_HOST&saslQop=auth-conf", "saslQop", "auth-conf", "write tls=true"},
	{"hive://h?delegationToken=hunter22", "delegationToken", "", "not a delegation token"},
	{"hive://h?delegationToken=AAAAAA&delegationTokenFile=f", "auth", "", "which one counts"},
	{"hive://u:hunter22@h?auth=delegationToken", "auth", "", "sends no password"},
	{"hive://h?auth=none&delegationToken=AAAAAA", "auth", "none", "sends no token"},
	{"hive://h?auth=delegationToken&principal=hive/_HOST", "auth", "", "settings of Kerberos"},
	{"hive://h?jwt=hunter22", "auth", "", "transport=http"},
	{"hive://h?auth=ldap&jwt=hunter22&transport=http", "auth", "ldap", "sends no token"},
	{"hive://h?jwt=hunter22&jwtFile=f&transport=http", "auth", "", "which one counts"},
	{"hive://u:hunter22@h?auth=jwt&transport=http", "auth", "", "sends no password"},
	{"hive://h?auth=browser&transport=http", "auth", "browser", "SAML"},
	{"hive://h?proxyUser=", "proxyUser", "", "leave it out"},
	{"hive://h?auth=magic", "auth", "magic", "jwt, kerberos, ldap, none, nosasl"},
	{"hive://h?auth=", "auth", "", "not supported"},
	{"hive://u:p@h?auth=nosasl", "auth", "", "password is set"},
	{"hive://:p@h?auth=ldap", "auth", "", "user is empty"},
	{"hive://u@h?auth=ldap", "auth", "", "password is empty"},
	{"hive://h?connectTimeout=30", "connectTimeout", "30", "unit"},
	{"hive://h?connectTimeout=0", "connectTimeout", "0", "more than zero, or off"},
	{"hive://h?cancelTimeout=0s", "cancelTimeout", "0s", "more than zero"},
	{"hive://h?cancelTimeout=off", "cancelTimeout", "off", "unit"},
	{"hive://h?cancelTimeout=-1s", "cancelTimeout", "", "negative"},
	{"hive://h?ioTimeout=-1s", "ioTimeout", "", "negative"},
	{"hive://h?fetchSize=0", "fetchSize", "0", "1 to 2147483647"},
	{"hive://h?fetchSize=-1", "fetchSize", "-1", "whole number"},
	{"hive://h?fetchSize=2147483648", "fetchSize", "2147483648", "1 to 2147483647"},
	{"hive://h?maxMessageSize=2GiB", "maxMessageSize", "2GiB", "1 to 2147483647"},
	{"hive://h?maxMessageSize=99999999999999999999MiB", "maxMessageSize", "99999999999999999999MiB", "KiB, MiB or GiB"},
	{"hive://h?maxMessageSize=1MB", "maxMessageSize", "1MB", "KiB, MiB or GiB"},
	{"hive://h?location=Nowhere", "location", "Nowhere", "time zone"},
	{"hive://h?location=", "location", "", "time zone"},
	{"hive://h?tls=yes", "tls", "yes", "true or false"},
	{"hive://h?tlsCA=ca.pem", "tls", "", "turn it on"},
	{"hive://h?tls=false&tlsInsecureSkipVerify=true", "tls", "", "turn it on"},
	{"hive://h?tls=true&tlsCA=ca.pem&tlsInsecureSkipVerify=true", "tlsInsecureSkipVerify", "", "remove one of the two"},
	{"hive://h?tls=true&tlsCAPassword=hunter22", "tlsCAPassword", "", "tlsCA names none"},
	{"hive://h?tls=true&tlsKey=k", "tlsCert", "", "missing"},
	{"hive://h?tls=true&tlsMinVersion=3", "tlsMinVersion", "3", "1.2 or 1.3"},
	{"hive://h?tls=true&tlsCAPassword=", "tlsCAPassword", "", "leave it out"},
	{"hive://h?ssl=true", "ssl", "", "a DSN has tls"},
	{"hive://h?sslTrustStore=x", "sslTrustStore", "", "a DSN has tlsCA"},
	{"hive://h?multiStatements=1", "multiStatements", "1", "true or false"},
	{"hive://h?tx=true", "tx", "true", "scope or error"},
}

func TestParseDSNFaults(t *testing.T) {
	for _, tc := range dsnFaults {
		t.Run(tc.dsn, func(t *testing.T) { checkFault(t, tc.dsn, tc.key, tc.value, tc.reason) })
	}
}

func checkFault(t *testing.T, dsn, key, value, reason string) {
	t.Helper()
	c, err := hive.ParseDSN(dsn)
	var fault *hive.ConfigError
	if !errors.As(err, &fault) {
		t.Fatalf("ParseDSN(%q): got %v, %v, want a *ConfigError", dsn, c, err)
	}
	if fault.Key != key || fault.Value != value || !strings.Contains(fault.Reason, reason) {
		t.Errorf("ParseDSN(%q)\n got key %q, value %q: %s\nwant key %q, value %q: …%s…", dsn, fault.Key, fault.Value, fault.Reason, key, value, reason)
	}
}

// TestParseDSNOfURL holds what docs/dsn.md promises: net/url makes DSNs.
func TestParseDSNOfURL(t *testing.T) {
	q := url.Values{"auth": {"ldap"}, "hiveconf:a b": {"1+1=2&more"}, "location": {"Asia/Tokyo"}}
	u := url.URL{Scheme: "hive", User: url.UserPassword("a:b@c", "p+@/?#%:&="), Host: "[::1]:10001", Path: "/db", RawQuery: q.Encode()}
	want := hive.Config{
		Host: "::1", Port: 10001, Database: "db", User: "a:b@c", Password: "p+@/?#%:&=", Auth: hive.AuthLDAP,
		SessionConf: map[string]string{"a b": "1+1=2&more"}, Location: tokyo,
	}
	got, err := hive.ParseDSN(u.String())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("ParseDSN(%q)\n got %s\nwant %s", u.String(), got.FormatDSN(), want.FormatDSN())
	}
}

// TestFormatDSNOfForeignLocation: a zone that a DSN cannot name must not be read back as another one.
func TestFormatDSNOfForeignLocation(t *testing.T) {
	for _, loc := range []*time.Location{time.FixedZone("", 3600), time.FixedZone("X+1", 3600)} {
		c := hive.Config{Host: "h", Location: loc}
		if back, err := hive.ParseDSN(c.FormatDSN()); err == nil {
			t.Errorf("zone %q: %s is read as %s", loc, c.FormatDSN(), back.FormatDSN())
		}
	}
}

func ExampleParseDSN() {
	cfg, err := hive.ParseDSN("hive://ana:secret@hs2.example.com/flights?auth=ldap&hiveconf:hive.exec.parallel=true")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cfg.Addr(), cfg.Database, cfg.SessionConf)
	fmt.Println(cfg)

	_, err = hive.ParseDSN("jdbc:hive2://hs2.example.com:10000/flights;fetchsize=5000")
	fmt.Println(err)
	// Output:
	// hs2.example.com:10000 flights map[hive.exec.parallel:true]
	// hive://ana:xxxxx@hs2.example.com/flights?auth=ldap&hiveconf:hive.exec.parallel=true
	// hive: configuration: fetchsize: unknown parameter; did you mean fetchSize?
}

func ExampleConfig_FormatDSN() {
	cfg := hive.Config{
		Host:      "::1",
		User:      "ana",
		Password:  "p@ss",
		Database:  "flights",
		FetchSize: 5000,
		IOTimeout: 90 * time.Second,
	}
	fmt.Println(cfg.FormatDSN())
	// Output:
	// hive://ana:p%40ss@[::1]/flights?fetchSize=5000&ioTimeout=1m30s
}
