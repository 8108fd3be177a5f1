package doors

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// byToken is the configuration of a client of the same server that has a token and no Kerberos.
func byToken(kerberos *hive.Config, token string) *hive.Config {
	c := kerberos.Clone()
	c.Kerberos, c.DelegationToken = hive.KerberosConfig{QOP: c.Kerberos.QOP}, token
	return c
}

// tokenFile is a file of Hadoop's tokens that has one, under a name.
func tokenFile(t *testing.T, alias, token string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "tokens")
	content := append([]byte("HDTS\x00\x01"+string(rune(len(alias)))+alias), append(b, 0)...)
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A token that alice has got with Kerberos lets in who has none, in every way there is, until it is cancelled.
func TestDelegationToken(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	// Each service keeps its own tokens.
	services := map[string]*hive.Config{"HTTP": overNegotiate(t, srv)}
	for _, qop := range qops {
		services[qop] = kerberos(t, srv, qop)
	}
	for name, cfg := range services {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			owner := live.Connect(t, cfg)
			// The server renews tokens as itself.
			token, err := owner.DelegationToken(ctx, "alice", "hive/localhost@EXAMPLE.COM")
			if err != nil {
				t.Fatal(err)
			}
			with := byToken(cfg, token)
			jdbc, err := hive.ParseDSN(fmt.Sprintf("jdbc:hive2://localhost:%d/default;auth=delegationToken;transportMode=%s", cfg.Port, cmp.Or(cfg.Transport, hive.TransportBinary)))
			if err != nil {
				t.Fatal(err)
			}
			byService := with.Clone()
			byService.DelegationToken, byService.DelegationTokenFile = "", tokenFile(t, "other", token)
			ways := map[string]*hive.Config{"token": with, "file": byService, "JDBC": jdbc}
			t.Setenv("HADOOP_TOKEN_FILE_LOCATION", tokenFile(t, "hive", token))
			for name, way := range ways {
				again, err := hive.ParseDSN(way.FormatDSN())
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(way.String(), token) {
					t.Errorf("%s: the configuration shows the token", name)
				}
				for _, way := range []*hive.Config{way, again} {
					if got, err := whoAmI(ctx, way); err != nil || got != "alice" {
						t.Errorf("%s: logged in as %q, %v, want alice", name, got, err)
					}
				}
			}
			large := live.Connect(t, with)
			text := strings.Repeat("skep ", 60_000)
			if got, err := textOf(ctx, large, "select '"+text+"'"); err != nil || got != text {
				t.Errorf("a literal of %d bytes came back with %d, %v", len(text), len(got), err)
			}

			if err := owner.RenewDelegationToken(ctx, token); err != nil {
				t.Errorf("renewing it: %v", err)
			}
			asBob := cfg.Clone()
			asBob.User, asBob.Kerberos.Keytab = "bob", srv.KerberosFile("bob.keytab")
			bob := live.Connect(t, asBob)
			var reported *hive.Error
			if _, err := bob.DelegationToken(ctx, "alice", "bob"); !errors.As(err, &reported) {
				t.Errorf("bob asks for alice's: got %v, want an Error", err)
			}
			if err := owner.CancelDelegationToken(ctx, token); err != nil {
				t.Errorf("cancelling it: %v", err)
			}
			if err := owner.RenewDelegationToken(ctx, token); !errors.As(err, &reported) || strings.Contains(err.Error(), token) {
				t.Errorf("renewing it afterwards: got %v, want an Error without the token", err)
			}
			for name, way := range ways {
				_, err := whoAmI(ctx, way)
				var refused *hive.AuthError
				if !errors.As(err, &refused) || strings.Contains(err.Error(), token) {
					t.Errorf("%s, cancelled: got %v, want an AuthError without the token", name, err)
				}
				t.Logf("%s: %v", name, err)
			}
			if got, err := textOf(ctx, large, "select logged_in_user()"); err != nil || got != "alice" {
				t.Errorf("a session from before: %q, %v", got, err)
			}
		})
	}
}

func TestDelegationTokenFaults(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Kerberos)
	cfg := kerberos(t, srv, "auth")
	owner := live.Connect(t, cfg)
	token, err := owner.DelegationToken(t.Context(), "alice", "alice")
	if err != nil {
		t.Fatal(err)
	}
	forged, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	forged[len(forged)-50] ^= 1 // in the password
	t.Run("forged", func(t *testing.T) {
		_, err := whoAmI(t.Context(), byToken(cfg, base64.RawURLEncoding.EncodeToString(forged)))
		var refused *hive.AuthError
		if !errors.As(err, &refused) {
			t.Errorf("got %v, want an AuthError", err)
		}
		t.Log(err)
	})
	t.Run("another protection", func(t *testing.T) {
		c := byToken(cfg, token)
		c.Kerberos.QOP = "auth-conf"
		var refused *hive.AuthError
		if _, err := whoAmI(t.Context(), c); !errors.As(err, &refused) || !strings.Contains(err.Error(), "does not offer the protection auth-conf, but [auth]") {
			t.Errorf("got %v, want an AuthError about the protection", err)
		}
	})
	t.Run("server without", func(t *testing.T) {
		plain := live.Config(t, hivetest.Shared(t, hivetest.Hive401))
		plain.User, plain.DelegationToken = "", token
		var refused *hive.AuthError
		if _, err := whoAmI(t.Context(), plain); !errors.As(err, &refused) || !strings.Contains(err.Error(), "Unsupported mechanism type DIGEST-MD5") {
			t.Errorf("got %v, want an AuthError about DIGEST-MD5", err)
		}
		s := live.Connect(t, live.Config(t, hivetest.Shared(t, hivetest.Hive401)))
		var reported *hive.Error
		if _, err := s.DelegationToken(t.Context(), "hive", "hive"); !errors.As(err, &reported) || !strings.Contains(err.Error(), "Kerberos") && !strings.Contains(err.Error(), "kerberos") {
			t.Errorf("asked for one: got %v, want an Error about Kerberos", err)
		}
	})
}
