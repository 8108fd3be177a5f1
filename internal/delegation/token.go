// Package delegation reads Hadoop's delegation tokens: those that services hand out to clients that have logged in with
// Kerberos, for processes that cannot do so themselves, and the files by which jobs get them.
package delegation

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/skep-go/skep/internal/sasl"
)

// Token is a delegation token. Its password is a secret, and so is its text.
type Token struct {
	Identifier, Password []byte
	Kind                 string // such as HIVE_DELEGATION_TOKEN
	Service              string // whom it is for, such as hiveserver2ClientToken
}

// ErrToken is in the tree of every error about a token's text.
var ErrToken = errors.New("not a delegation token")

// Parse reads a token as Hadoop writes it into text (Token.encodeToUrlString). No error tells what is in the text.
func Parse(text string) (Token, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return Token{}, fmt.Errorf("%w: its text is not that of base64 for URLs", ErrToken)
	}
	r := reader{rest: b}
	t := r.token()
	if r.err == nil && len(r.rest) > 0 {
		r.err = errMore
	}
	if r.err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, r.err)
	}
	return t, nil
}

// Text is what [Parse] reads.
func (t Token) Text() string {
	var b []byte
	for _, field := range [][]byte{t.Identifier, t.Password, []byte(t.Kind), []byte(t.Service)} {
		b = append(appendVint(b, len(field)), field...)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Login is the login by the token. want is the quality of protection to insist on, empty for the strongest that the server
// offers.
func (t Token) Login(want sasl.QOP) sasl.Mechanism {
	return sasl.NewDigest(base64.StdEncoding.EncodeToString(t.Identifier), base64.StdEncoding.EncodeToString(t.Password), want)
}

// Entry is a token in a file.
type Entry struct {
	Alias string
	Token Token
}

// ReadFile reads the tokens of a file, in their order, such as the one that HADOOP_TOKEN_FILE_LOCATION names. No error
// tells what is in the file.
func ReadFile(name string) ([]Entry, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	entries, err := parseFile(b)
	if err != nil {
		return nil, fmt.Errorf("%s is no file of Hadoop's tokens: %w", name, err)
	}
	return entries, nil
}

// fileMagic begins a file (Credentials.TOKEN_STORAGE_MAGIC). The version follows.
const fileMagic = "HDTS"

func parseFile(b []byte) ([]Entry, error) {
	rest, ok := strings.CutPrefix(string(b), fileMagic)
	if !ok || rest == "" {
		return nil, fmt.Errorf("it does not begin with %s and a version", fileMagic)
	}
	r := reader{rest: b[len(fileMagic)+1:]}
	var entries []Entry
	switch version := rest[0]; version {
	case 0:
		entries = r.writables()
	case 1:
		entries = r.messages()
	default:
		return nil, fmt.Errorf("its version is %d, and only 0 and 1 are known", version)
	}
	return entries, r.err
}
