package doors

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/faultproxy"
	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/transport"
	hivereflect "github.com/skep-go/skep/reflect"
)

// schemasOf asks a metastore behind Kerberos, as alice by her keytab, changed by change.
func schemasOf(t *testing.T, srv *hivetest.Server, change ...func(*hivereflect.MetastoreConfig)) ([]string, error) {
	t.Helper()
	_, port, err := net.SplitHostPort(srv.MetastoreAddr())
	if err != nil {
		t.Fatal(err)
	}
	cfg := hivereflect.MetastoreConfig{URIs: []string{"thrift://localhost:" + port}, Auth: hivereflect.MetastoreKerberos}
	cfg.Kerberos = kerberos(t, srv, "auth").Kerberos
	for _, c := range change {
		c(&cfg)
	}
	m, err := hivereflect.OpenMetastore(cfg)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	return m.Schemas(t.Context())
}

func TestMetastoreKerberos(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	token := metastoreToken(t, srv)
	byToken := func(qop string) func(*hivereflect.MetastoreConfig) {
		return func(c *hivereflect.MetastoreConfig) {
			c.Auth, c.Token, c.Kerberos = hivereflect.MetastoreDelegation, token, hive.KerberosConfig{QOP: qop}
		}
	}
	ways := map[string]func(*hivereflect.MetastoreConfig){
		"the strongest protection": func(*hivereflect.MetastoreConfig) {},
		"password": func(c *hivereflect.MetastoreConfig) {
			c.User, c.Password, c.Kerberos.Keytab = "carol", "carol-secret", ""
		},
		"token": byToken(""),
	}
	for _, qop := range qops {
		ways[qop] = func(c *hivereflect.MetastoreConfig) { c.Kerberos.QOP = qop }
		ways["token, "+qop] = byToken(qop)
	}
	for name, way := range ways {
		if got, err := schemasOf(t, srv, way); err != nil || !slices.Contains(got, "default") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}

	var permission *hivereflect.PermissionError
	var protocol *hivereflect.ProtocolError
	var failed *hive.KerberosError
	for _, tc := range []struct {
		name   string
		change func(*hivereflect.MetastoreConfig)
		as     any
		text   string
	}{
		{"none", func(c *hivereflect.MetastoreConfig) {
			c.Auth, c.Kerberos = hivereflect.MetastoreNone, hive.KerberosConfig{}
		}, &protocol, "SASL"},
		{"expired ticket", func(c *hivereflect.MetastoreConfig) {
			c.Kerberos.Keytab, c.Kerberos.TicketCache = "", srv.KerberosFile("expired.ccache")
		}, &failed, "has expired at"},
		{"KDC down", func(c *hivereflect.MetastoreConfig) {
			c.Kerberos.ConfFile, c.Kerberos.ConfText = "", krb5Conf(faultproxy.ClosedAddr(t))
		}, &failed, "no KDC of the realm"},
		{"KDC silent", func(c *hivereflect.MetastoreConfig) {
			c.Kerberos.ConfFile, c.Kerberos.ConfText, c.ConnectTimeout = "", krb5Conf(faultproxy.SilentAddr(t)), 200*time.Millisecond
		}, &failed, "no KDC of the realm"},
		{"wrong password", func(c *hivereflect.MetastoreConfig) {
			c.User, c.Password, c.Kerberos.Keytab = "carol", "hunter22", ""
		}, &failed, "the password is wrong"},
		{"another service of the host", func(c *hivereflect.MetastoreConfig) {
			c.Kerberos.Principal = "other/_HOST@EXAMPLE.COM"
		}, &permission, "GSS initiate failed"},
		{"a token of nobody", func(c *hivereflect.MetastoreConfig) {
			byToken("")(c)
			c.Token = noToken
		}, &permission, "DIGEST-MD5"},
	} {
		_, err := schemasOf(t, srv, tc.change)
		if !errors.As(err, tc.as) || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: got %v, want a %T with %q in it", tc.name, err, tc.as, tc.text)
		}
		t.Logf("%s: %v", tc.name, err)
	}
}

// metastoreToken asks the metastore for a delegation token for alice.
func metastoreToken(t *testing.T, srv *hivetest.Server) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	service, err := krb.ParseService("hive/localhost@EXAMPLE.COM")
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := krb.Shared(krb.Settings{Conf: srv.KerberosFile("krb5.conf"), Keytab: srv.KerberosFile("alice.keytab")}).Ticket(ctx, service)
	if err != nil {
		t.Fatal(err)
	}
	nc, err := net.Dial("tcp", srv.MetastoreAddr())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := transport.NewBinary(ctx, nc, transport.BinaryConfig{Mechanism: krb.NewMechanism(ticket, ""), MaxMessageSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	client := rpc.NewClient(conn)
	defer client.Close()
	var result hms.ThriftHiveMetastoreGetDelegationTokenResult
	args := hms.ThriftHiveMetastoreGetDelegationTokenArgs{TokenOwner: "alice", RenewerKerberosPrincipalName: "alice"}
	if err := client.Do(ctx, "get_delegation_token", &args, &result); err != nil || result.O1 != nil {
		t.Fatal(err, result.O1)
	}
	return result.GetSuccess()
}
