package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Digest is the mechanism DIGEST-MD5 (RFC 2831) as Hadoop has it for delegation tokens. It protects with MD5 and RC4,
// which are broken: who wants what is sent to be secret wants TLS.
type Digest struct {
	user, password string
	want           QOP
	proof          string // by which the server will show that it knows the password, once it was asked for it
	layer          Layer
	done           bool
}

// NewDigest returns the mechanism for one login. User and password are ASCII. want is the quality of protection to
// insist on, empty for the strongest that the server offers.
func NewDigest(user, password string, want QOP) *Digest {
	return &Digest{user: user, password: password, want: want}
}

var _ Mechanism = (*Digest)(nil)

// hadoopURI names the service. Hadoop's servers have neither a protocol nor a host there (SaslRpcServer).
const hadoopURI = "null/default"

// maxDigest is the size of the tokens that the server may send, in so far as it minds it: Hive's does not.
const maxDigest = 1<<24 - 1

// Name implements [Mechanism].
func (*Digest) Name() string { return "DIGEST-MD5" }

// Start implements [Mechanism]: the server speaks first.
func (*Digest) Start() ([]byte, error) { return nil, nil }

// Next implements [Mechanism]: the server's challenge comes first, then its proof.
func (d *Digest) Next(challenge []byte) ([]byte, error) {
	if d.done {
		return nil, fmt.Errorf("%w: the server goes on where the login is complete", ErrProtocol)
	}
	said, err := parseDirectives(string(challenge))
	if err != nil {
		return nil, err
	}
	if d.proof == "" {
		return d.answer(said)
	}
	if proof, err := said.one("rspauth", ""); err != nil || !hmac.Equal([]byte(proof), []byte(d.proof)) {
		return nil, fmt.Errorf("%w: the server does not prove that it knows the password", ErrProtocol)
	}
	d.done = true
	return nil, nil
}

// Layer implements [Mechanism].
func (d *Digest) Layer() (Layer, error) {
	if !d.done {
		return nil, fmt.Errorf("%w: the server ended the login before it proved that it knows the password", ErrProtocol)
	}
	return d.layer, nil
}

// answer makes the response to a challenge.
func (d *Digest) answer(said directives) ([]byte, error) {
	nonce, err := said.one("nonce", "")
	if err == nil && nonce == "" {
		err = fmt.Errorf("%w: a challenge without a nonce", ErrProtocol)
	}
	if err != nil {
		return nil, err
	}
	if algorithm, err := said.one("algorithm", ""); err != nil || algorithm != "md5-sess" {
		return nil, fmt.Errorf("%w: a challenge for another algorithm than md5-sess", ErrProtocol)
	}
	most, err := said.number("maxbuf", 65536, maxDigest)
	if err != nil {
		return nil, err
	}
	qop, err := said.chooseQOP(d.want)
	if err != nil {
		return nil, err
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	x := digestion{user: d.user, nonce: nonce, cnonce: hex.EncodeToString(random[:]), uri: hadoopURI, qop: qop}
	if len(said["realm"]) > 0 {
		x.realm = said["realm"][0]
	}
	x.setPassword(d.password)
	var b strings.Builder
	if len(said["charset"]) > 0 {
		b.WriteString("charset=utf-8,")
	}
	fmt.Fprintf(&b, "username=%s,realm=%s,nonce=%s,nc=%s,cnonce=%s,digest-uri=%s,maxbuf=%d,response=%s,qop=%s",
		quote(x.user), quote(x.realm), quote(x.nonce), nonceCount, quote(x.cnonce), quote(x.uri), maxDigest, x.response("AUTHENTICATE"), qop)
	d.proof = x.response("")
	if qop != Auth {
		layer, err := newDigestLayer(x.secret, qop == AuthConf, most)
		if err != nil {
			return nil, err
		}
		d.layer = layer
	}
	if qop == AuthConf {
		b.WriteString(",cipher=" + sealingCipher)
	}
	return []byte(b.String()), nil
}

// nonceCount: no nonce is used twice.
const nonceCount = "00000001"

// digestion is what the two sides make their proofs of (RFC 2831, 2.1.2.1).
type digestion struct {
	user, realm, nonce, cnonce, uri string
	qop                             QOP
	secret                          []byte // H(A1)
}

func (x *digestion) setPassword(password string) {
	login := md5.Sum([]byte(x.user + ":" + x.realm + ":" + password))
	x.secret = sum(string(login[:]) + ":" + x.nonce + ":" + x.cnonce)
}

// response is the client's proof with the method AUTHENTICATE, the server's without one.
func (x *digestion) response(method string) string {
	action := method + ":" + x.uri
	if x.qop != Auth {
		action += ":" + strings.Repeat("0", 32)
	}
	parts := []string{hex.EncodeToString(x.secret), x.nonce, nonceCount, x.cnonce, string(x.qop), hex.EncodeToString(sum(action))}
	return hex.EncodeToString(sum(strings.Join(parts, ":")))
}

func sum(text string) []byte {
	b := md5.Sum([]byte(text))
	return b[:]
}

// directives are what a server says, by name: a list of name=value.
type directives map[string][]string

// parseDirectives reads a list as RFC 2831, 7.1 has it.
func parseDirectives(text string) (directives, error) {
	all := directives{}
	malformed := fmt.Errorf("%w: not a list of name=value, as DIGEST-MD5 has it", ErrProtocol)
	for {
		if text = strings.TrimLeft(text, separators); text == "" {
			return all, nil
		}
		name, rest, ok := strings.Cut(text, "=")
		name = strings.ToLower(strings.TrimRight(name, blanks))
		if !ok || name == "" || strings.ContainsAny(name, separators+`"`) {
			return nil, malformed
		}
		value, rest, ok := cutValue(strings.TrimLeft(rest, blanks))
		if !ok {
			return nil, malformed
		}
		all[name] = append(all[name], value)
		if text = strings.TrimLeft(rest, blanks); text != "" && text[0] != ',' {
			return nil, malformed
		}
	}
}

const (
	blanks     = " \t\r\n"
	separators = blanks + ","
)

// cutValue parts a value, which may be quoted, from what follows it.
func cutValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, separators)
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], !strings.Contains(text[:end], `"`)
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// one returns the value of a name that may be there once.
func (d directives) one(name, otherwise string) (string, error) {
	switch values := d[name]; len(values) {
	case 0:
		return otherwise, nil
	case 1:
		return values[0], nil
	}
	return "", fmt.Errorf("%w: %s is there twice", ErrProtocol, name)
}

// number returns the positive number of a name, most if it is more.
func (d directives) number(name string, otherwise, most int) (int, error) {
	text, err := d.one(name, strconv.Itoa(otherwise))
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%w: %s is no positive number", ErrProtocol, name)
	}
	return int(min(n, uint64(most))), nil
}

// chooseQOP chooses of the protections that the server offers. To encrypt takes a cipher that both sides know.
func (d directives) chooseQOP(want QOP) (QOP, error) {
	text, err := d.one("qop", string(Auth))
	if err != nil {
		return "", err
	}
	ciphers, err := d.one("cipher", "")
	if err != nil {
		return "", err
	}
	var offered []QOP
	for _, name := range list(text) {
		offered = append(offered, QOP(name))
	}
	qop, err := ChooseQOP(want, offered)
	if err == nil && qop == AuthConf && !slices.Contains(list(ciphers), sealingCipher) {
		err = fmt.Errorf("the server encrypts by %q, and only %s is supported: set another protection than %s", ciphers, sealingCipher, AuthConf)
	}
	return qop, err
}

func list(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(separators, r) })
}
