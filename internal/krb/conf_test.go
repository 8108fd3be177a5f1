package krb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
)

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadConf(t *testing.T) {
	dir := t.TempDir()
	more := filepath.Join(dir, "krb5.conf.d")
	writeFile(t, filepath.Join(more, "b_realm.conf"), "[realms]\nB = {\n kdc = b1\n kdc = b2:99\n}\n")
	writeFile(t, filepath.Join(more, "plain"), "[libdefaults]\ndefault_ccache_name = FILE:/tmp/%{uid}\n")
	writeFile(t, filepath.Join(more, ".hidden.conf"), "[libdefaults]\ndefault_realm = HIDDEN\n")
	writeFile(t, filepath.Join(more, "x.rpmsave"), "[libdefaults]\ndefault_realm = OLD\n")
	one := writeFile(t, filepath.Join(dir, "one"), "# of the first\nincludedir "+more+"\nincludedir "+dir+"/none\n"+
		"[libdefaults]\n default_realm = A # ours\n ticket_lifetime = 1h\n[realms]\n A = {\n  kdc = a\n }\n[domain_realm]\n .a.example = A\n")
	two := writeFile(t, filepath.Join(dir, "two"), "[realms]\nC = {\n kdc = c\n}\n[libdefaults]\ndefault_tkt_enctypes = aes128-cts des3-cbc-sha1\ndefault_tgs_enctypes = rc4-hmac aes256-sha2 aes128-cts\n")
	list := strings.Join([]string{one, filepath.Join(dir, "missing"), two}, string(filepath.ListSeparator))
	t.Setenv("KRB5_CONFIG", list)
	for _, files := range []string{list, ""} {
		c, err := readConf(files, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, realm := range []string{"A", "B", "C"} {
			if got[realm], err = c.kdcs(t.Context(), realm); err != nil {
				t.Error(err)
			}
		}
		if want := map[string][]string{"A": {"a:88"}, "B": {"b1:88", "b2:99"}, "C": {"c:88"}}; !reflect.DeepEqual(got, want) {
			t.Errorf("KDCs %v, want %v", got, want)
		}
		if c.LibDefaults.DefaultRealm != "A" || c.LibDefaults.TicketLifetime != time.Hour || c.cache != "FILE:/tmp/%{uid}" || c.ResolveRealm("h.a.example") != "A" {
			t.Errorf("got %+v, cache %q", c.LibDefaults, c.cache)
		}
		if got, want := c.LibDefaults.DefaultTGSEnctypeIDs, []int32{etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA1_96}; !reflect.DeepEqual(got, want) {
			t.Errorf("session keys of the types %v, want %v", got, want)
		}
		if _, err := c.kdcs(t.Context(), "D"); err == nil || !strings.Contains(err.Error(), "names no KDC of the realm D") {
			t.Errorf("KDCs of an unknown realm: %v", err)
		}
	}
}

func TestReadConfFaults(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop")
	writeFile(t, loop, "include "+loop+"\n")
	for _, tc := range []struct {
		name, files, text string
		is                error
		want              string
	}{
		{"no file", filepath.Join(dir, "none"), "", fs.ErrNotExist, "none"},
		{"a file that includes itself", loop, "", nil, "not followed any further"},
		{"a file that is not there is included", writeFile(t, filepath.Join(dir, "a"), "include /none/x\n"), "", nil, "/none/x"},
		{"a text that includes", "", "include /etc/passwd\n", nil, "not followed"},
		{"a lifetime that is none", "", "[libdefaults]\nticket_lifetime = soon\n", nil, "soon"},
		{"no equals sign", "", "[libdefaults]\ndefault_realm\n", nil, "default_realm"},
		{"brackets that do not match", "", "[realms]\n}\n", nil, "realms"},
		{"RC4 only", "", "[libdefaults]\ndefault_tgs_enctypes = rc4-hmac\n", nil, "none of the AES types"},
	} {
		_, err := readConf(tc.files, tc.text)
		if err == nil || tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %v, %q", tc.name, err, tc.is, tc.want)
		}
	}
}

// FuzzReadConf: a text is read or refused.
func FuzzReadConf(f *testing.F) {
	f.Add("[libdefaults]\ndefault_realm = A\n[realms]\nA = {\n kdc = a:88*\n v4_x = {\n }\n}\n[domain_realm]\n.a = A\n")
	f.Add("[realms]\nA = {\n}\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readConf("", text+"\n")
		if (c == nil) == (err == nil) {
			t.Errorf("got %v, %v", c, err)
		}
	})
}
