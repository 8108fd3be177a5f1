package hive_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
)

// jdbcCases are JDBC URLs that can be read, and the same as a DSN.
var jdbcCases = []struct{ name, url, dsn string }{
	{"host only", "jdbc:hive2://h", "hive://h"},
	{"host and port", "jdbc:hive2://h:10001/", "hive://h:10001"},
	{"IPv6", "jdbc:hive2://[::1]:1/db", "hive://[::1]:1/db"},
	{"every list", "jdbc:hive2://h:10000/db;user=ana;password=pw?hive.exec.parallel=true;a=b#day=1;x=y", "hive://ana:pw@h:10000/db?hiveconf:a=b&hiveconf:hive.exec.parallel=true&hivevar:day=1&hivevar:x=y"},
	{"lists without a path", "jdbc:hive2://h?a=b#c=d", "hive://h?hiveconf:a=b&hivevar:c=d"},
	{"variables only", "jdbc:hive2://h/#c=d", "hive://h?hivevar:c=d"},
	{"empty entries", "jdbc:hive2://h/db;;user=u;?#;", "hive://u@h/db"},
	{"empty login", "jdbc:hive2://h/db;user=;password=", "hive://h/db"},
	{"noSasl", "jdbc:hive2://h/;auth=noSasl", "hive://h?auth=nosasl"},
	{"ldap by our name", "jdbc:hive2://h/;auth=ldap;user=u;password=p", "hive://u:p@h?auth=ldap"},
	{"equals sign in a value", "jdbc:hive2://h/;password=user=admin?opts=-Da=b", "hive://:user%3Dadmin@h?hiveconf:opts=-Da%3Db"},
	{"at sign in a password", "jdbc:hive2://h/;user=u@x;password=p@ss!", "hive://u%40x:p%40ss%21@h"},
	{"escapes", "jdbc:hive2://h/a%20b;user=x%3By+z?k%3D=%25", "hive://x%3By%2Bz@h/a%20b?hiveconf:k%3D=%25"},
	{"translated", "jdbc:hive2://h/;hive.server2.proxy.user=bob;fetchSize=50;socketTimeout=1500;thrift.client.max.message.size=1048576", "hive://h?fetchSize=50&ioTimeout=1.5s&maxMessageSize=1MiB&proxyUser=bob"},
	{"no socket timeout", "jdbc:hive2://h/;socketTimeout=0", "hive://h"},
	{"several hosts", "jdbc:hive2://h1:10000,h2:10001/db", "hive://h1:10000,h2:10001/db"},
	{"ZooKeeper", "jdbc:hive2://z1:2181,z2:2181/db;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=hiveserver2", "hive://z1:2181,z2:2181/db?discovery=zooKeeper&zkNamespace=hiveserver2"},
	{"ZooKeeper, the active one", "jdbc:hive2://z1/;serviceDiscoveryMode=zooKeeperHA;zooKeeperNamespace=hs2;zooKeeperSSLEnable=true;zooKeeperTruststoreLocation=t.jks;zooKeeperTruststorePassword=a;zooKeeperTruststoreType=JKS;zooKeeperKeystoreLocation=k.p12;zooKeeperKeystorePassword=b;zooKeeperKeystoreType=PKCS12", "hive://z1?discovery=zooKeeperHA&zkNamespace=hs2&zkTLS=true&zkTLSCA=t.jks&zkTLSCAPassword=a&zkTLSCert=k.p12&zkTLSKeyPassword=b"},
	{"into variables", "jdbc:hive2://h/;applicationName=app;wmPool=etl;mode=HPLSQL;hiveCreateAsExternalLegacy=true", "hive://h?applicationName=app&hiveconf:hive.create.as.external.legacy=true&hivevar:mode=HPLSQL&hivevar:wmpool=etl"},
	{"keys of a DSN", "jdbc:hive2://h/;location=UTC;keepAlive=off;hivevar:x=1", "hive://h?hivevar:x=1&keepAlive=off&location=UTC"},
	{"Kerberos", "jdbc:hive2://h/;principal=hive/_HOST@R;sasl.qop=AUTH-CONF;kerberosEnableCanonicalHostnameCheck=false", "hive://h?canonicalHost=false&principal=hive/_HOST%40R&saslQop=auth-conf"},
	{"no protection, in a login that has none", "jdbc:hive2://h/;saslQop=auth", "hive://h?saslQop=auth"},
	{"TLS", "jdbc:hive2://h/;ssl=true;sslTrustStore=/etc/ca.jks;trustStorePassword=pw;trustStoreType=jks", "hive://h?tls=true&tlsCA=/etc/ca.jks&tlsCAPassword=pw"},
	{"a client certificate", "jdbc:hive2://h/;ssl=true;twoWay=true;sslKeyStore=me.p12;keyStorePassword=pw;keyStoreType=PKCS12;trustManagerFactoryAlgorithm=PKIX", "hive://h?tls=true&tlsCert=me.p12&tlsKeyPassword=pw"},
	{"HTTP", "jdbc:hive2://h/;transportMode=HTTP;httpPath=/gateway;http.header.X-A=1;http.cookie.c=d;cookieAuth=true;cookieName=k;socketTimeout=60", "hive://h?httpAuthCookie=k&httpCookie:c=d&httpHeader:X-A=1&httpPath=/gateway&ioTimeout=1m0s&transport=http"},
	{"HTTP in the old place", "jdbc:hive2://h/?hive.server2.transport.mode=http;hive.server2.thrift.http.path=cliservice", "hive://h?httpPath=cliservice&transport=http"},
	{"a delegation token", "jdbc:hive2://h/;auth=delegationToken;saslQop=auth-conf", "hive://h?auth=delegationToken&saslQop=auth-conf"},
	{"a token", "jdbc:hive2://h/;auth=jwt;transportMode=http;jwt=a.b", "hive://h?auth=jwt&jwt=a.b&transport=http"},
	{"asking for nothing", "jdbc:hive2://h/;transportMode=BINARY;ssl=false;twoWay=false;serviceDiscoveryMode=none;retries=1;retryInterval=1000;fetchThreads=1", "hive://h?transport=binary"},
	{"asking for nothing in the old place", "jdbc:hive2://h/db?hive.server2.transport.mode=binary", "hive://h/db?transport=binary"},
}

func TestParseJDBC(t *testing.T) {
	for _, tc := range jdbcCases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := hive.ParseDSN(tc.url)
			if err != nil {
				t.Fatalf("ParseDSN(%q): %v", tc.url, err)
			}
			if text := got.FormatDSN(); text != tc.dsn {
				t.Errorf("ParseDSN(%q)\n got %s\nwant %s", tc.url, text, tc.dsn)
			}
			checkRoundTrip(t, got)
		})
	}
}

// TestParseJDBCFields compares one URL field by field, not by FormatDSN.
func TestParseJDBCFields(t *testing.T) {
	got, err := hive.ParseDSN("jdbc:hive2://h:10001/db;user=u;password=p;socketTimeout=60000?a=1#b=2")
	want := &hive.Config{
		Host: "h", Port: 10001, Database: "db", User: "u", Password: "p", IOTimeout: time.Minute,
		SessionConf: map[string]string{"a": "1"}, SessionVars: map[string]string{"b": "2"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
}

// jdbcFaults are JDBC URLs that are refused: the key named, the value quoted, a part of the reason.
var jdbcFaults = []struct{ url, key, value, reason string }{
	{"jdbc:hive2://", "host", "", "no embedded mode"},
	{"jdbc:hive2:///db", "host", "", "no embedded mode"},
	{"jdbc:hive2://?a=b", "host", "", "no embedded mode"},
	{"jdbc:hive2://u:p@h/db", "host", "", ";user=name"},
	{"jdbc:hive2://h:10000;principal=x", "host", "", "no / between"},
	{"jdbc:hive2://h1:1,h2:2,h3:3/;zooKeeperNamespace=hiveserver2", "discovery", "", "not by ZooKeeper"},
	{"jdbc:hive2://h1:1/;serviceDiscoveryMode=zooKeeper;zooKeeperSSLEnable=true;zooKeeperTruststoreType=PEM", "zooKeeperTruststoreType", "PEM", "want JKS or PKCS12"},
	{"jdbc:hive2://h:x/", "port", "", "1 to 65535"},
	{"jdbc:hive2://h/%", "database", "", "%25"},
	{"jdbc:hive2://h/;user", "", "", "entry 1 of the parameters"},
	{"jdbc:hive2://h/;user=u;=x", "", "", "entry 2 of the parameters"},
	{"jdbc:hive2://h/?a=1;b", "", "", "entry 2 of the Hive settings"},
	{"jdbc:hive2://h/;password=Pass123!#$;httpPath=x", "", "", "entry 1 of the Hive variables"},
	{"jdbc:hive2://h/;%zz=1", "", "", "%25"},
	{"jdbc:hive2://h/;user=%zz", "user", "", "%25"},
	{"jdbc:hive2://h/;password=a%40b", "password", "", "disagree"},
	{"jdbc:hive2://h/;user=a;user=b", "user", "", "twice"},
	{"jdbc:hive2://h/?a=1;a=1", "a", "", "twice"},
	{"jdbc:hive2://h/;ssl=false;ssl=false", "ssl", "", "twice"},
	{"jdbc:hive2://h/;socketTimeout=1000;ioTimeout=1s", "ioTimeout", "", "contradicts socketTimeout"},
	{"jdbc:hive2://h/;proxyUser=a;hive.server2.proxy.user=b", "hive.server2.proxy.user", "", "contradicts proxyUser"},
	{"jdbc:hive2://h/;applicationName=a#wmapp=b", "applicationName", "", "hivevar:wmapp is set, too"},
	{"jdbc:hive2://h/;socketTimeout=1s", "socketTimeout", "1s", "milliseconds"},
	{"jdbc:hive2://h/;fetchSize=x", "fetchSize", "x", "whole number"},
	{"jdbc:hive2://h/;auth=noSasl;password=p", "auth", "", "password is set"},
	{"jdbc:hive2://h/;principal=hive/_HOST@R;kerberosAuthType=fromSubject", "kerberosAuthType", "", "not supported"},
	{"jdbc:hive2://h/;transportMode=http;cookieAuth=false", "cookieAuth", "", "not supported, except with the value true"},
	{"jdbc:hive2://h/?hive.server2.transport.mode=x", "hive.server2.transport.mode", "x", "binary or http"},
	{"jdbc:hive2://h/?hive.server2.thrift.http.path=cliservice", "transport", "", "make it http"},
	{"jdbc:hive2://h/;auth=browser;transportMode=http;ssl=true", "auth", "browser", "SAML"},
	{"jdbc:hive2://h/;auth=browser;browserResponsePort=1", "browserResponsePort", "", "not supported"},
	{"jdbc:hive2://h/;sslTrustStore=ca.jks", "tls", "", "turn it on"},
	{"jdbc:hive2://h/;ssl=true;trustStoreType=BCFKS", "trustStoreType", "BCFKS", "want JKS or PKCS12"},
	{"jdbc:hive2://h/;ssl=true;twoWay=true", "twoWay", "true", "with sslKeyStore"},
	{"jdbc:hive2://h/;ssl=true;sslKeyStore=a;twoWay=false", "twoWay", "false", "with sslKeyStore"},
	{"jdbc:hive2://h/;ssl=true;storePasswordPath=x", "storePasswordPath", "", "not supported"},
	{"jdbc:hive2://h/;http.header.X-A=1", "transport", "", "make it http"},
	{"jdbc:hive2://h/;trustStorePassword=hunter22", "tls", "", "turn it on"},
	{"jdbc:hive2://h/;retries=5", "retries", "", "not supported"},
	{"jdbc:hive2://h/;PASSWORD=hunter22", "PASSWORD", "", "did you mean password?"},
	{"jdbc:hive2://h/;sockettimeout=1", "sockettimeout", "", "did you mean socketTimeout?"},
	{"jdbc:hive2://h/;hive.exec.parallel=true", "hive.exec.parallel", "", "?hive.exec.parallel=value"},
	{"jdbc:hive2://h/;wholly=unknown", "wholly", "", "docs/dsn.md"},
	{"jdbc:hive2://h/;database=d", "database", "", "docs/dsn.md"},
	{"jdbc:hive2://h/?hive.server2.proxy.user=bob", "hiveconf:hive.server2.proxy.user", "", "proxyUser"},
}

func TestParseJDBCFaults(t *testing.T) {
	for _, tc := range jdbcFaults {
		t.Run(tc.url, func(t *testing.T) { checkFault(t, tc.url, tc.key, tc.value, tc.reason) })
	}
}
