package doors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
)

var qops = []string{"auth", "auth-int", "auth-conf"}

// kerberos is the configuration of one of the server's services, for alice by her keytab, changed by change.
func kerberos(t testing.TB, srv *hivetest.Server, qop string, change ...func(*hive.Config)) *hive.Config {
	t.Helper()
	_, port, err := net.SplitHostPort(srv.KerberosAddr(qop))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := hive.ParseDSN("hive://localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Kerberos = hive.KerberosConfig{
		Principal: "hive/_HOST@EXAMPLE.COM", ConfFile: srv.KerberosFile("krb5.conf"), Keytab: srv.KerberosFile("alice.keytab"),
	}
	for _, c := range change {
		c(cfg)
	}
	return cfg
}

func withTicketCache(file string) func(*hive.Config) {
	return func(c *hive.Config) { c.Kerberos.Keytab, c.Kerberos.TicketCache = "", file }
}

func withPassword(user, password string) func(*hive.Config) {
	return func(c *hive.Config) { c.Kerberos.Keytab, c.User, c.Password = "", user, password }
}

func withKeytab(user, file string) func(*hive.Config) {
	return func(c *hive.Config) { c.Kerberos.Keytab, c.User = file, user }
}

// whoAmI opens a session and asks the server who it is.
func whoAmI(ctx context.Context, cfg *hive.Config) (string, error) {
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return "", err
	}
	name, err := textOf(ctx, s, "select logged_in_user()")
	return name, errors.Join(err, s.Close(ctx))
}

// textOf runs a statement with one text as its result.
func textOf(ctx context.Context, s *hive.Session, query string) (string, error) {
	rows, err := s.Query(ctx, query, hive.Options{})
	if err != nil {
		return "", err
	}
	defer rows.Close(ctx)
	b, err := rows.NextBatch(ctx)
	if err != nil {
		return "", err
	}
	v, err := b.Value(0, 0)
	return fmt.Sprint(v), err
}

// Every way to log in, with every protection.
func TestKerberosLogin(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	for _, qop := range qops {
		for _, tc := range []struct {
			name, want string
			change     func(*hive.Config)
		}{
			{"keytab", "alice", withKeytab("", srv.KerberosFile("alice.keytab"))},
			{"keytab and user", "bob", withKeytab("bob@EXAMPLE.COM", srv.KerberosFile("bob.keytab"))},
			{"password", "carol", withPassword("carol", "carol-secret")},
			{"ticket cache", "alice", withTicketCache(srv.KerberosFile("alice.ccache"))},
			{"ticket cache by its kind", "alice", withTicketCache("FILE:" + srv.KerberosFile("alice.ccache"))},
			{"protection asked for", "alice", func(c *hive.Config) { c.Kerberos.QOP = qop }},
			{"host as it is", "alice", func(c *hive.Config) { c.Kerberos.PlainHost = true }},
			{"address of the host", "alice", func(c *hive.Config) { c.Host = "127.0.0.1" }},
			{"principal without _HOST", "alice", func(c *hive.Config) { c.Kerberos.Principal = "hive/localhost@EXAMPLE.COM" }},
			{"realm by domain_realm", "alice", func(c *hive.Config) { c.Kerberos.Principal = "hive/_HOST" }},
			{"text of krb5.conf", "alice", func(c *hive.Config) {
				c.Kerberos.ConfFile, c.Kerberos.ConfText = "", krb5Conf(srv.KDCAddr())
			}},
		} {
			t.Run(qop+"/"+tc.name, func(t *testing.T) {
				cfg := kerberos(t, srv, qop, tc.change)
				if got, err := whoAmI(t.Context(), cfg); err != nil || got != tc.want {
					t.Errorf("logged in as %q, %v, want %s", got, err, tc.want)
				}
				again, err := hive.ParseDSN(cfg.FormatDSN())
				if err != nil {
					t.Fatal(err)
				}
				if got, err := whoAmI(t.Context(), again); err != nil || got != tc.want {
					t.Errorf("by the DSN %s: logged in as %q, %v, want %s", again, got, err, tc.want)
				}
			})
		}
	}
}

// The server's DSN is all that somebody needs to try it.
func TestKerberosDSN(t *testing.T) {
	var name string
	db := live.Open(t, hivetest.Shared(t, hivetest.Kerberos))
	if err := db.QueryRowContext(t.Context(), "select logged_in_user()").Scan(&name); err != nil || name != "alice" {
		t.Errorf("logged in as %q, %v, want alice", name, err)
	}
}

// A JDBC URL finds the ticket cache as libkrb5 does.
func TestKerberosEnvironment(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	t.Setenv("KRB5_CONFIG", srv.KerberosFile("krb5.conf"))
	t.Setenv("KRB5CCNAME", "FILE:"+srv.KerberosFile("alice.ccache"))
	for _, qop := range qops {
		_, port, err := net.SplitHostPort(srv.KerberosAddr(qop))
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := hive.ParseDSN("jdbc:hive2://localhost:" + port + "/default;principal=hive/_HOST@EXAMPLE.COM;saslQop=" + qop)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := whoAmI(t.Context(), cfg); err != nil || got != "alice" {
			t.Errorf("%s: logged in as %q, %v, want alice", qop, got, err)
		}
	}
}

func krb5Conf(kdc string, defaults ...string) string {
	return "[libdefaults]\ndefault_realm = EXAMPLE.COM\n" + strings.Join(defaults, "\n") +
		"\n[realms]\nEXAMPLE.COM = {\n kdc = " + kdc + "\n}\n[domain_realm]\nlocalhost = EXAMPLE.COM\n"
}

// Whatever is wrong, the error names the step and what to check, and no secret.
func TestKerberosFaults(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	wrongKey := forgeKeytab(t, srv.KerberosFile("alice.keytab"), "alice", "carol")
	silent := faultproxy.SilentAddr(t)
	confText := func(text string) func(*hive.Config) {
		return func(c *hive.Config) { c.Kerberos.ConfFile, c.Kerberos.ConfText = "", text }
	}
	for _, tc := range []struct {
		name   string
		change []func(*hive.Config)
		step   hive.KerberosStep
		code   int
		is     error
		text   string
	}{
		{"no krb5.conf", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.ConfFile = "/no/such/file" }}, hive.KerberosConf, 0, fs.ErrNotExist, "KRB5_CONFIG"},
		{"no keytab", []func(*hive.Config){withKeytab("", "/no/such/file")}, hive.KerberosCredentials, 0, fs.ErrNotExist, "/no/such/file"},
		{"keytab of another principal", []func(*hive.Config){withKeytab("alice", srv.KerberosFile("bob.keytab"))}, hive.KerberosCredentials, 0, nil, "has no key of alice@EXAMPLE.COM, but of bob@EXAMPLE.COM"},
		// 31 is Kerby's; MIT's KDC says 24.
		{"keytab from before the password was changed", []func(*hive.Config){withKeytab("carol", wrongKey)}, hive.KerberosLogin, 31, nil, "is not the KDC's"},
		{"wrong password", []func(*hive.Config){withPassword("carol", "hunter22")}, hive.KerberosLogin, 31, nil, "the password is wrong"},
		{"unknown user", []func(*hive.Config){withPassword("nobody", "hunter22")}, hive.KerberosLogin, 6, nil, "the realm has no nobody@EXAMPLE.COM"},
		{"user of another realm", []func(*hive.Config){withPassword("carol@ELSEWHERE.ORG", "hunter22")}, hive.KerberosLogin, 0, nil, "names no KDC of the realm ELSEWHERE.ORG"},
		{"KDC of another realm", []func(*hive.Config){
			withPassword("carol@ELSEWHERE.ORG", "hunter22"),
			confText(krb5Conf(srv.KDCAddr()) + "[realms]\nELSEWHERE.ORG = {\nkdc = " + srv.KDCAddr() + "\n}\n"),
		}, hive.KerberosLogin, -1, nil, "carol@ELSEWHERE.ORG"},
		{"no ticket cache", []func(*hive.Config){withTicketCache("/no/such/file")}, hive.KerberosCredentials, 0, fs.ErrNotExist, "run kinit"},
		{"ticket cache of another user", []func(*hive.Config){withTicketCache(srv.KerberosFile("alice.ccache")), func(c *hive.Config) { c.User = "bob" }}, hive.KerberosCredentials, 0, nil, "is that of alice@EXAMPLE.COM"},
		{"ticket cache that is none", []func(*hive.Config){withTicketCache(srv.KerberosFile("krb5.conf"))}, hive.KerberosCredentials, 0, nil, "no ticket cache"},
		{"ticket cache in the kernel", []func(*hive.Config){withTicketCache("KEYRING:persistent:0")}, hive.KerberosCredentials, 0, nil, "kinit -c FILE:"},
		{"expired ticket", []func(*hive.Config){withTicketCache(srv.KerberosFile("expired.ccache"))}, hive.KerberosCredentials, 0, nil, "has expired at"},
		{"KDC down", []func(*hive.Config){confText(krb5Conf(faultproxy.ClosedAddr(t)))}, hive.KerberosLogin, 0, nil, "no KDC of the realm EXAMPLE.COM answers"},
		{"KDC silent", []func(*hive.Config){confText(krb5Conf(silent)), func(c *hive.Config) { c.ConnectTimeout = 200 * time.Millisecond }}, hive.KerberosLogin, 0, context.DeadlineExceeded, "no KDC of the realm EXAMPLE.COM answers"},
		{"no such service", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "hive/elsewhere.example.com@EXAMPLE.COM" }}, hive.KerberosTicket, 7, nil, "canonicalHost"},
		{"service of another realm", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "hive/_HOST@ELSEWHERE.ORG" }}, hive.KerberosTicket, 7, nil, "EXAMPLE.COM knows no way to the realm ELSEWHERE.ORG"},
		{"another service of the host", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.Principal = "other/_HOST@EXAMPLE.COM" }}, hive.KerberosServer, 0, nil, `refused to log in user "alice@EXAMPLE.COM" with auth=kerberos: GSS initiate failed`},
		{"another protection", []func(*hive.Config){func(c *hive.Config) { c.Kerberos.QOP = "auth-int" }}, hive.KerberosServer, 0, nil, "does not offer the protection auth-int, but [auth]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start := time.Now()
			_, err := whoAmI(t.Context(), kerberos(t, srv, "auth", tc.change...))
			var got *hive.KerberosError
			if !errors.As(err, &got) {
				t.Fatalf("got %T %v, want a *hive.KerberosError", err, err)
			}
			t.Log(err)
			if got.Step != tc.step || tc.code >= 0 && got.Code != tc.code || tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got step %q, code %d: %v\nwant step %q, code %d, %v, %q in it", got.Step, got.Code, err, tc.step, tc.code, tc.is, tc.text)
			}
			if strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the error tells the password: %v", err)
			}
			if took := time.Since(start); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
			var refused *hive.AuthError
			if errors.As(err, &refused) != (tc.name == "another service of the host") {
				t.Errorf("an AuthError in the tree: %v", refused)
			}
		})
	}
	// What was wrong has spoiled nothing that is shared.
	if got, err := whoAmI(t.Context(), kerberos(t, srv, "auth")); err != nil || got != "alice" {
		t.Errorf("afterwards: logged in as %q, %v", got, err)
	}
}

// forgeKeytab copies a keytab with the name of somebody else, who has another key.
func forgeKeytab(t *testing.T, file, from, to string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "forged.keytab")
	if err := os.WriteFile(name, bytes.ReplaceAll(b, []byte(from), []byte(to)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A client and a server that do not agree on Kerberos.
func TestKerberosMismatch(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	t.Run("client without", func(t *testing.T) {
		_, err := whoAmI(t.Context(), kerberos(t, srv, "auth", func(c *hive.Config) { c.Kerberos = hive.KerberosConfig{} }))
		var refused *hive.AuthError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "Unsupported mechanism type PLAIN") {
			t.Errorf("got %v, want an AuthError about PLAIN", err)
		}
	})
	t.Run("server without", func(t *testing.T) {
		plain := live.Config(t, hivetest.Shared(t, hivetest.Hive401))
		_, err := whoAmI(t.Context(), kerberos(t, srv, "auth", func(c *hive.Config) { c.Port = plain.Port }))
		var refused *hive.AuthError
		var failed *hive.KerberosError
		if !errors.As(err, &refused) || !errors.As(err, &failed) || failed.Step != hive.KerberosServer || !strings.Contains(failed.Hint, "has no Kerberos") {
			t.Errorf("got %v, want a KerberosError of the server", err)
		}
	})
}

// A million rows one way and statements of more than the server takes at a time the other way, protected.
func TestKerberosLargeFrames(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	for qop, rows := range map[string]int{"auth": 20_000, "auth-int": 100_000, "auth-conf": 1_000_000} {
		t.Run(qop, func(t *testing.T) {
			ctx := t.Context()
			s := live.Connect(t, kerberos(t, srv, qop))
			text := strings.Repeat("skep ", 60_000)
			if got, err := textOf(ctx, s, "select '"+text+"'"); err != nil || got != text {
				t.Errorf("a literal of %d bytes came back with %d, %v", len(text), len(got), err)
			}
			start := time.Now()
			result, err := s.Query(ctx, fmt.Sprintf("select n, concat('row ', n) from (select posexplode(split(space(%d), ' ')) as (n, nothing)) t", rows-1), hive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer result.Close(ctx)
			var next int32
			for {
				b, err := result.NextBatch(ctx)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				ns, err := hive.Values[int32](b, 0)
				if err != nil {
					t.Fatal(err)
				}
				texts, err := hive.Values[string](b, 1)
				if err != nil {
					t.Fatal(err)
				}
				for i, n := range ns {
					if n != next || texts[i] != fmt.Sprint("row ", next) {
						t.Fatalf("row %d is %d, %q", next, n, texts[i])
					}
					next++
				}
			}
			if int(next) != rows {
				t.Errorf("%d rows, want %d", next, rows)
			}
			t.Logf("%d rows in %v", next, time.Since(start))
		})
	}
}

// Many sessions at once share a ticket.
func TestKerberosPool(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	db := live.OpenDSN(t, kerberos(t, srv, "auth-conf").FormatDSN())
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 5 {
				var name string
				if err := db.QueryRowContext(t.Context(), "select logged_in_user()").Scan(&name); err != nil || name != "alice" {
					t.Errorf("got %q, %v", name, err)
				}
			}
		})
	}
	all.Wait()
}

// A pool lives on when its tickets expire, and so does a session that was open before.
func TestKerberosExpiry(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	const lifetime = 2 * time.Second
	short := func(c *hive.Config) {
		c.Kerberos.ConfFile = ""
		c.Kerberos.ConfText = krb5Conf(srv.KDCAddr(), fmt.Sprintf("ticket_lifetime = %d", lifetime/time.Second))
	}
	for _, tc := range []struct {
		name   string
		change func(*hive.Config)
		want   string
	}{{"keytab", func(*hive.Config) {}, "alice"}, {"password", withPassword("carol", "carol-secret"), "carol"}} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := kerberos(t, srv, "auth-int", short, tc.change)
			old := live.Connect(t, cfg)
			for start := time.Now(); time.Since(start) < 3*lifetime; {
				if got, err := whoAmI(t.Context(), cfg); err != nil || got != tc.want {
					t.Fatalf("after %v: logged in as %q, %v", time.Since(start), got, err)
				}
			}
			if got, err := textOf(t.Context(), old, "select logged_in_user()"); err != nil || got != tc.want {
				t.Errorf("the session from before: %q, %v", got, err)
			}
		})
	}
}
