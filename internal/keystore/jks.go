package keystore

import (
	"crypto"
	"crypto/sha1"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

// A JKS file (sun.security.provider.JavaKeyStore) is a magic number, a version and a list of entries, big-endian, with
// the SHA-1 of it all and the password at the end. Its keys are sealed by a cipher of its own (KeyProtector).

// jks is what a JKS file holds.
type jks struct {
	trusted []*x509.Certificate
	keys    []jksKey
}

type jksKey struct {
	sealed []byte // an EncryptedPrivateKeyInfo
	chain  []*x509.Certificate
}

// The tags of entries.
const (
	jksKeyEntry     = 1
	jksTrustedEntry = 2
)

var errJKS = errors.New("a JKS key store that is cut short or damaged")

// readJKS reads the whole of a file after checking its sum, which needs the password.
func readJKS(data []byte, password string) (jks, error) {
	if len(data) < sha1.Size {
		return jks{}, errJKS
	}
	body, sum := data[:len(data)-sha1.Size], data[len(data)-sha1.Size:]
	h := sha1.New()
	h.Write(utf16Bytes(password))
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(body)
	if subtle.ConstantTimeCompare(h.Sum(nil), sum) != 1 {
		return jks{}, fmt.Errorf("%w, or the store is damaged", errPassword)
	}
	return readJKSBody(body)
}

func readJKSBody(body []byte) (jks, error) {
	r := jksReader{rest: body}
	r.take(4) // the magic number, by which the file was told
	version, count := r.u32(), r.u32()
	if version != 1 && version != 2 {
		return jks{}, fmt.Errorf("a JKS key store of the unknown version %d", version)
	}
	var store jks
	for range count {
		tag := r.u32()
		r.take(int(r.u16())) // the alias
		r.take(8)            // the date
		switch {
		case r.err != nil:
		case tag == jksKeyEntry:
			store.keys = append(store.keys, jksKey{sealed: r.take(int(r.u32())), chain: r.chain(version)})
		case tag == jksTrustedEntry:
			store.trusted = append(store.trusted, r.certificate(version))
		default:
			r.err = fmt.Errorf("a JKS key store with an entry of the unknown type %d", tag)
		}
		if r.err != nil {
			return jks{}, r.err
		}
	}
	return store, nil
}

// jksReader reads until its first error, and nothing from there on.
type jksReader struct {
	rest []byte
	err  error
}

func (r *jksReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.rest = nil
		if r.err == nil {
			r.err = errJKS
		}
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *jksReader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *jksReader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *jksReader) certificate(version uint32) *x509.Certificate {
	if version == 2 {
		r.take(int(r.u16())) // the type, which is X.509
	}
	der := r.take(int(r.u32()))
	if r.err != nil {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	r.err = err
	return c
}

func (r *jksReader) chain(version uint32) (chain []*x509.Certificate) {
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		chain = append(chain, r.certificate(version))
	}
	return chain
}

// keyOfJKS opens the key of a store that holds one, by the store's own password as Hive's driver does.
func keyOfJKS(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	store, err := readJKS(data, password)
	if err != nil {
		return nil, nil, err
	}
	if len(store.keys) != 1 {
		return nil, nil, fmt.Errorf("a JKS key store with %d keys, where one is wanted", len(store.keys))
	}
	der, err := unseal(store.keys[0].sealed, utf16Bytes(password))
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	return store.keys[0].chain, key, err
}

// oidKeyProtector names the cipher of JKS: the key is combined with a stream of SHA-1 sums, of the password and a salt,
// then of the password and the sum before.
var oidKeyProtector = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 42, 2, 17, 1, 1}

func unseal(sealed, password []byte) ([]byte, error) {
	var info struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	if _, err := asn1.Unmarshal(sealed, &info); err != nil {
		return nil, err
	}
	if !info.Algorithm.OID.Equal(oidKeyProtector) || len(info.Data) < 2*sha1.Size {
		return nil, errors.New("a key that is sealed by another method than that of JKS")
	}
	salt, text := info.Data[:sha1.Size], info.Data[sha1.Size:]
	text, sum := text[:len(text)-sha1.Size], text[len(text)-sha1.Size:]
	key := make([]byte, len(text))
	pad := salt
	for i := range text {
		if i%sha1.Size == 0 {
			next := sha1.Sum(append(append([]byte{}, password...), pad...))
			pad = next[:]
		}
		key[i] = text[i] ^ pad[i%sha1.Size]
	}
	want := sha1.Sum(append(append([]byte{}, password...), key...))
	if subtle.ConstantTimeCompare(want[:], sum) != 1 {
		return nil, errors.New("the key has another password than the store, which is not supported: keytool -keypasswd changes it")
	}
	return key, nil
}

// utf16Bytes is a password as Java feeds it to a digest.
func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}
