package hive_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

func ExampleKerberosConfig() {
	cfg := hive.Config{
		Host: "hs2.example.com", User: "ana",
		Kerberos: hive.KerberosConfig{Principal: "hive/_HOST@EXAMPLE.COM", Keytab: "/etc/security/ana.keytab", QOP: "auth-conf"},
	}
	fmt.Println(cfg)
	// Output: hive://ana@hs2.example.com?keytab=/etc/security/ana.keytab&principal=hive/_HOST%40EXAMPLE.COM&saslQop=auth-conf
}

// What fails before there is a ticket fails before the server is dialed, and says where.
func TestKerberosError(t *testing.T) {
	srv := fakehs2.Start(t)
	garbage := filepath.Join(t.TempDir(), "keytab")
	if err := os.WriteFile(garbage, []byte("hunter22"), 0o600); err != nil {
		t.Fatal(err)
	}
	const conf = "[libdefaults]\ndefault_realm = A\n[realms]\nA = {\n kdc = 127.0.0.1:1\n}\n"
	ended, end := context.WithCancel(t.Context())
	end()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		k    hive.KerberosConfig
		step hive.KerberosStep
		is   error
		want hive.KerberosError
	}{
		{"no krb5.conf", t.Context(), hive.KerberosConfig{ConfFile: "/no/such/file"}, hive.KerberosConf, fs.ErrNotExist, hive.KerberosError{Hint: "KRB5_CONFIG"}},
		{"no ticket cache", t.Context(), hive.KerberosConfig{ConfText: conf, TicketCache: "/no/such/file"}, hive.KerberosCredentials, fs.ErrNotExist, hive.KerberosError{Hint: "kinit"}},
		{"no keytab", t.Context(), hive.KerberosConfig{ConfText: conf, Keytab: garbage}, hive.KerberosCredentials, nil, hive.KerberosError{}},
		{"KDC down", t.Context(), hive.KerberosConfig{ConfText: conf}, hive.KerberosLogin, nil, hive.KerberosError{Client: "ana@A", Hint: "krb5.conf"}},
		{"the caller leaves", ended, hive.KerberosConfig{ConfText: conf}, hive.KerberosLogin, context.Canceled, hive.KerberosError{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := configFor(srv.Port())
			cfg.User, cfg.Password, cfg.Kerberos = "", "", tc.k
			if tc.step == hive.KerberosLogin {
				cfg.User, cfg.Password = "ana", "hunter22"
			}
			cfg.Kerberos.Principal = "hive/h@A"
			_, err := hive.Connect(tc.ctx, cfg)
			var got *hive.KerberosError
			if !errors.As(err, &got) || got.Step != tc.step || got.Addr != cfg.Addr() || got.Service != "hive/h@A" ||
				tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(got.Hint, tc.want.Hint) || tc.want.Client != "" && got.Client != tc.want.Client {
				t.Errorf("got %#v\n%v, want the step %q, %v, %q", got, err, tc.step, tc.is, tc.want.Hint)
			}
			if err != nil && strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if got := srv.Count(fakehs2.Login); got != 0 {
				t.Errorf("%d logins at the server, want none", got)
			}
		})
	}
}
