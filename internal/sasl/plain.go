package sasl

import (
	"errors"
	"fmt"
)

// Plain is the PLAIN mechanism (RFC 4616) as HiveServer2 implements it.
type Plain struct {
	User, Password string
}

// Name implements [Mechanism].
func (Plain) Name() string { return "PLAIN" }

// Start implements [Mechanism]. It refuses what PlainSaslServer cannot carry: the server widens every byte to a
// character, so that a non-ASCII name or password would arrive as another one, and NUL separates the fields.
func (p Plain) Start() ([]byte, error) {
	for _, f := range []struct{ name, value string }{{"user", p.User}, {"password", p.Password}} {
		if f.value == "" {
			return nil, fmt.Errorf("SASL PLAIN needs a %s: HiveServer2 refuses an empty one", f.name)
		}
		for i := range len(f.value) {
			if c := f.value[i]; c == 0 || c > 0x7e {
				return nil, fmt.Errorf("the %s holds a byte that HiveServer2's SASL PLAIN cannot carry (only ASCII without NUL)", f.name)
			}
		}
	}
	return []byte("\x00" + p.User + "\x00" + p.Password), nil
}

// Next implements [Mechanism]: PLAIN has no challenges.
func (Plain) Next([]byte) ([]byte, error) {
	return nil, errors.New("the server sent a challenge, which SASL PLAIN does not have")
}

// Layer implements [Mechanism]: PLAIN protects nothing.
func (Plain) Layer() (Layer, error) { return nil, nil }

var _ Mechanism = Plain{}
