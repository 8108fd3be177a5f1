package hive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// What is wrong with a token is told before the server is dialed, without what is in the file.
func TestDelegationTokenFile(t *testing.T) {
	srv := fakehs2.Start(t)
	file := func(content string) string {
		name := filepath.Join(t.TempDir(), "tokens")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	hdfs := file("HDTS\x00\x01\x04hdfs\x00\x08hunter22\x15HDFS_DELEGATION_TOKEN\x00\x00")
	for _, tc := range []struct{ name, file, variable, text string }{
		{"none", "", "", "HADOOP_TOKEN_FILE_LOCATION"},
		{"no such file", "/no/such/file", "", "/no/such/file"},
		{"no such file, by the environment", "", "/no/such/file", "/no/such/file"},
		{"no tokens", "delegation_test.go", "", "does not begin with HDTS"},
		{"another's token", hdfs, "", `but "hdfs" of "HDFS_DELEGATION_TOKEN"`},
		{"an empty file", file("HDTS\x00\x00\x00"), "", "none at all"},
	} {
		for _, transport := range []hive.TransportMode{hive.TransportBinary, hive.TransportHTTP} {
			t.Run(tc.name+", "+string(transport), func(t *testing.T) {
				t.Setenv("HADOOP_TOKEN_FILE_LOCATION", tc.variable)
				cfg := configFor(srv.Port())
				cfg.User, cfg.Password, cfg.Auth, cfg.Transport, cfg.DelegationTokenFile = "", "", hive.AuthDelegationToken, transport, tc.file
				_, err := hive.Connect(t.Context(), cfg)
				var wrong *hive.ConfigError
				if !errors.As(err, &wrong) || wrong.Key != "delegationTokenFile" || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "hunter22") {
					t.Errorf("got %v, want a ConfigError with %q in it", err, tc.text)
				}
			})
		}
	}
	if got := srv.Count(fakehs2.Login); got != 0 {
		t.Errorf("%d logins at the server, want none", got)
	}
}
