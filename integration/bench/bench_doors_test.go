package bench

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
)

// mode is a way to a server, by a URL that Hive's JDBC driver knows, too.
type mode struct {
	name, url string
	goal      figures.Goal
}

const (
	firstOfRealm = "Kerberos, auth"
	connectTimes = 20
)

// modes are the ways to two servers with the same million rows; the first of them is the plainest.
func modes(b *testing.B, srv, realm *hivetest.Server) []mode {
	token := live.Must(srv.JWT("alice", time.Hour))(b)
	store := filepath.Join(filepath.Dir(srv.CAFile()), "server.p12")
	const ldap, overHTTP = ";user=alice;password=alice-secret", ";transportMode=http;httpPath=cliservice"
	encrypted := ldap + ";ssl=true;sslTrustStore=" + store + ";trustStorePassword=changeit"
	kerberos := func(qop string) string {
		return strings.Replace(realm.KerberosAddr(qop), "127.0.0.1", "localhost", 1) + "/;principal=hive/_HOST@EXAMPLE.COM;saslQop=" + qop
	}
	return []mode{
		{"NONE", srv.Addr() + "/;user=hive;password=x", figures.Goal{}},
		{"NOSASL", srv.NoSASLAddr() + "/;auth=noSasl;user=hive", figures.Goal{}},
		{"LDAP", srv.LDAPAddr() + "/" + ldap, figures.Goal{}},
		{"LDAP, TLS", srv.TLSAddr() + "/" + encrypted, figures.RatioAtMost(1.15)},
		{"NONE, HTTP", srv.HTTPAddr() + "/;user=hive;password=x" + overHTTP, figures.Goal{}},
		{"LDAP, HTTP over TLS", srv.TLSHTTPAddr() + "/" + encrypted + overHTTP, figures.Goal{}},
		{"JWT, HTTP", srv.JWTAddr() + "/;auth=jwt;jwt=" + token + overHTTP, figures.Goal{}},
		{firstOfRealm, kerberos("auth"), figures.Goal{}},
		{"Kerberos, auth-int", kerberos("auth-int"), figures.Goal{}},
		{"Kerberos, auth-conf", kerberos("auth-conf"), figures.Goal{}},
	}
}

// BenchmarkDoors is what each way to a server costs: to read the million rows, and to connect. Those of Kerberos are to a
// server of their own. Hive's JDBC driver connects to the same URLs, and reads by the first of them.
func BenchmarkDoors(b *testing.B) {
	srv := benchServer(b)
	realm := live.Must(hivetest.Start(b.Context(), hivetest.Options{
		Kind: hivetest.Kerberos, Private: true, Throughput: true, Conf: map[string]string{"hive.fetch.task.caching": "false"},
	}))(b)
	b.Cleanup(func() { realm.Close() })
	b.Setenv("KRB5_CONFIG", realm.KerberosFile("krb5.conf"))
	b.Setenv("KRB5CCNAME", realm.KerberosFile("alice.ccache"))
	w := millionRows(b, srv)
	w.query = benchRowsQuery
	var read, connect []func()
	var urls []string
	all := modes(b, srv, realm)
	for _, m := range all {
		urls = append(urls, "jdbc:hive2://"+m.url)
		cfg := live.Must(hive.ParseDSN("jdbc:hive2://" + m.url))(b)
		if m.name == firstOfRealm {
			live.Must(live.Connect(b, cfg).Exec(b.Context(), "create table bench_rows as "+millionOfThem(), hive.Options{}))(b)
		}
		read = append(read, columnsOf(b, cfg, w))
		connect = append(connect, func() { live.Must(0, live.Must(hive.Connect(b.Context(), cfg))(b).Close(b.Context()))(b) })
	}
	var many []string
	for range connectTimes {
		many = append(many, urls...)
	}
	for b.Loop() {
		took, opened := inTurns(b, fewPairs, read...), inTurns(b, connectTimes, connect...)
		theirs := make([][]time.Duration, len(all))
		for i, o := range peers.ConnectJDBC(b, realm, many) {
			if o.Is == "refused" {
				b.Fatalf("JDBC is refused: %s", all[i%len(all)].name)
			}
			theirs[i%len(all)] = append(theirs[i%len(all)], o.Took)
		}
		for i, m := range all {
			if i > 0 {
				figures.Record(b, versus("1M x 10, "+m.name, "NONE", took[i], took[0], m.goal))
			}
			figures.Record(b, versus("connect and close, "+m.name, "NONE", opened[i], opened[0], figures.Goal{}))
			figures.Record(b, versus("connect and close, "+m.name, "JDBC 4.0.1, connect", opened[i], theirs[i], figures.Goal{}))
		}
		command := append(peers.JDBC(b, "Peer"), urls[0], w.query, strconv.Itoa(w.rows), strconv.Itoa(peerTimes+1))
		figures.Record(b, figures.Figure{
			Name: "1M x 10, NONE", Value: median(took[0]).Seconds(), Unit: "s",
			Against: "Hive JDBC 4.0.1", AgainstValue: runPeer(b, command).Seconds(),
		})
	}
}
