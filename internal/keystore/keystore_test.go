package keystore

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const password = "changeit"

// All of testdata holds one self-signed certificate of keytool, and its key.
func certificate(t testing.TB) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile("testdata/cert.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoots(t *testing.T) {
	want := x509.NewCertPool()
	want.AddCert(certificate(t))
	for _, file := range []string{"cert.pem", "trust.p12", "trust.jks", "key.p12", "quick.p12", "key.jks"} {
		got, err := Roots("testdata/"+file, password)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if !got.Equal(want) {
			t.Errorf("%s: other certificates than in cert.pem", file)
		}
	}
}

func TestKeyPair(t *testing.T) {
	want := certificate(t)
	for _, tt := range []struct{ cert, key string }{
		{"cert.pem", "key.pem"}, {"both.pem", ""}, {"key.p12", ""}, {"key.jks", ""},
	} {
		cert, key := inTestdata(t, tt.cert), ""
		if tt.key != "" {
			key = "testdata/" + tt.key
		}
		got, err := KeyPair(cert, key, password)
		if err != nil {
			t.Errorf("%s: %v", tt.cert, err)
		} else if len(got.Certificate) != 1 || !got.Leaf.Equal(want) {
			t.Errorf("%s: %d certificates, the first of %v, want that of %v", tt.cert, len(got.Certificate), got.Leaf.Subject, want.Subject)
		}
	}
}

// inTestdata returns a file of testdata, or makes one out of several.
func inTestdata(t *testing.T, name string) string {
	t.Helper()
	if name != "both.pem" {
		return "testdata/" + name
	}
	var both []byte
	for _, part := range []string{"key.pem", "cert.pem"} {
		data, err := os.ReadFile("testdata/" + part)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, data...)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFaults(t *testing.T) {
	roots := func(file, password string) func() error {
		return func() error { _, err := Roots("testdata/"+file, password); return err }
	}
	pair := func(cert, key, password string) func() error {
		return func() error { _, err := KeyPair("testdata/"+cert, key, password); return err }
	}
	for _, tt := range []struct {
		name string
		do   func() error
		want string
	}{
		{"no file", roots("none.pem", ""), "none.pem"},
		{"a key, not a certificate", roots("key.pem", ""), "no certificate to trust"},
		{"JKS, wrong password", roots("trust.jks", "hunter22"), "password of the key store is wrong"},
		{"JKS, no password", roots("trust.jks", ""), "password of the key store is wrong"},
		{"PKCS#12, wrong password", roots("trust.p12", "hunter22"), "password of the key store is wrong"},
		{"JCEKS", roots("key.jceks", password), "keytool -importkeystore"},
		{"no key", pair("cert.pem", "", ""), "no private key"},
		{"key for a store", pair("key.p12", "testdata/key.pem", password), "leave testdata/key.pem out"},
		{"no key in a store", pair("trust.jks", "", password), "0 keys"},
		{"PKCS#12 key, wrong password", pair("key.p12", "", "hunter22"), "password of the key store is wrong"},
	} {
		err := tt.do()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: the error tells the password: %v", tt.name, err)
		}
	}
}

func FuzzJKS(f *testing.F) {
	for _, name := range []string{"key.jks", "trust.jks"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:len(data)-20])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		store, err := readJKSBody(body)
		if err != nil {
			return
		}
		for _, c := range store.trusted {
			if c == nil {
				t.Error("a certificate that is none")
			}
		}
		for _, k := range store.keys {
			if _, err := unseal(k.sealed, utf16Bytes(password)); err == nil && len(k.sealed) == 0 {
				t.Error(errors.New("a key out of nothing"))
			}
		}
	})
}

func TestIterations(t *testing.T) {
	for _, tt := range []struct {
		name, der, want string
	}{
		{"many", "0401aa02044fffffff", "fewer iterations"},
		{"many, within", "300b0401aa02064fffffffffff", "fewer iterations"},
		{"many together", "0401aa02030f42400401aa020101", "fewer iterations"},
		{"less than none", "0401aa0201ff", "fewer iterations"},
		{"many, in what an octet string holds", "040d300b0401aa02064fffffffffff", "fewer iterations"},
		{"as many as are allowed", "0401aa02030f4240", ""},
		{"a number without a salt", "02044fffffff", ""},
		{"values in values", strings.Repeat("3080", 30), ""},
		{"values in values in values", hex.EncodeToString(nested(30)), "more than 24 values"},
	} {
		der, err := hex.DecodeString(tt.der)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkIterations(der); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}

// nested is an empty SEQUENCE in so many others.
func nested(n int) []byte {
	der := []byte{0x30, 0}
	for range n {
		der = append([]byte{0x30, byte(len(der))}, der...)
	}
	return der
}

// Of stores whose passwords are hashed often only the count is read: else nothing would come of the fuzzing.
func FuzzPKCS12(f *testing.F) {
	for _, name := range []string{"quick.p12", "key.p12", "trust.p12"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := iterations(data, 0); err != nil || n > 100 {
			return
		}
		if certs, err := trustedOfPKCS12(data, password); err == nil && slices.Contains(certs, nil) {
			t.Error("a certificate that is none")
		}
		if chain, key, err := keyOfPKCS12(data, password); err == nil && (key == nil || slices.Contains(chain, nil)) {
			t.Error("a key or a certificate that is none")
		}
	})
}
