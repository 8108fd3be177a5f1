package krb

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"
)

// secret is what a client has in common with the KDC.
type secret interface {
	// has reports whether there is a key of a type.
	has(etype int32) bool
	// key returns the key that the KDC describes.
	key(info types.ETypeInfo2Entry) (types.EncryptionKey, error)
}

// password makes keys of a password.
type password struct {
	client principal
	text   string
}

func (p password) has(etype int32) bool {
	_, err := crypto.GetEtype(etype)
	return err == nil
}

// maxIterations bounds the work that a KDC's reply can ask for: hundreds of times the default of RFC 8009.
const maxIterations = 1 << 23

func (p password) key(info types.ETypeInfo2Entry) (types.EncryptionKey, error) {
	et, err := crypto.GetEtype(info.EType)
	if err != nil {
		return types.EncryptionKey{}, err
	}
	parameters := et.GetDefaultStringToKeyParams()
	if len(info.S2KParams) == 4 {
		if n := binary.BigEndian.Uint32(info.S2KParams); n == 0 || n > maxIterations {
			return types.EncryptionKey{}, fmt.Errorf("the KDC wants a key after %d iterations, which is over %d", n, maxIterations)
		}
		parameters = hex.EncodeToString(info.S2KParams)
	}
	salt := info.Salt
	if salt == "" {
		salt = p.client.name.GetSalt(p.client.realm)
	}
	k, err := et.StringToKey(p.text, salt, parameters)
	return types.EncryptionKey{KeyType: info.EType, KeyValue: k}, err
}

// keys are those of one principal in a keytab.
type keys struct {
	client principal
	table  *keytab.Keytab
}

// readKeytab reads the keys of a principal, or of the only one that the keytab has if name is empty.
func readKeytab(file, name, defaultRealm string) (keys, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return keys{}, err
	}
	k := keys{table: keytab.New()}
	if err := guard(func() error { return k.table.Unmarshal(b) }); err != nil {
		return keys{}, fmt.Errorf("%s is no keytab: %s", file, withoutBytes(err))
	}
	var all []string
	for _, e := range k.table.Entries {
		if p := e.Principal.String(); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	switch {
	case name == "" && len(all) == 1:
		name = all[0]
	case name == "" && len(all) == 0:
		return keys{}, fmt.Errorf("the keytab %s is empty", file)
	case name == "":
		return keys{}, fmt.Errorf("the keytab %s has the keys of %s: name the one to log in as", file, strings.Join(all, ", "))
	}
	if k.client, err = parseClient(name, defaultRealm); err != nil {
		return keys{}, err
	}
	if !slices.Contains(all, k.client.String()) {
		return keys{}, fmt.Errorf("the keytab %s has no key of %s, but of %s", file, k.client, strings.Join(all, ", "))
	}
	return k, nil
}

// withoutBytes keeps the content of a file, which may be keys, out of an error.
func withoutBytes(err error) string {
	if text := err.Error(); len(text) < 80 && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return text
	}
	return "malformed"
}

func (k keys) has(etype int32) bool {
	_, _, err := k.table.GetEncryptionKey(k.client.name, k.client.realm, 0, etype)
	return err == nil
}

func (k keys) key(info types.ETypeInfo2Entry) (types.EncryptionKey, error) {
	key, _, err := k.table.GetEncryptionKey(k.client.name, k.client.realm, 0, info.EType)
	return key, err
}

func parseClient(name, defaultRealm string) (principal, error) {
	p, err := parsePrincipal(name, nametype.KRB_NT_PRINCIPAL)
	if err == nil && p.realm == "" {
		if defaultRealm == "" {
			return p, errors.New("the user " + name + " has no realm, and krb5.conf has no default_realm: write name@REALM")
		}
		p.realm = defaultRealm
	}
	return p, err
}
