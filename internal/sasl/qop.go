package sasl

import (
	"fmt"
	"slices"
)

// QOP is a quality of protection: what is done with that which is sent after the login.
type QOP string

// The qualities of protection, by the names that Java has for them.
const (
	Auth     QOP = "auth"      // nothing
	AuthInt  QOP = "auth-int"  // it is signed
	AuthConf QOP = "auth-conf" // it is encrypted
)

// Valid reports whether q is one of the three.
func (q QOP) Valid() bool { return q == Auth || q == AuthInt || q == AuthConf }

// ChooseQOP returns what to ask for: want, or the strongest that is offered if want is empty. The error is a *QOPError.
func ChooseQOP(want QOP, offered []QOP) (QOP, error) {
	for _, q := range []QOP{AuthConf, AuthInt, Auth} {
		if (want == "" || want == q) && slices.Contains(offered, q) {
			return q, nil
		}
	}
	return "", &QOPError{want, offered}
}

// QOPError tells that the two sides want different qualities of protection.
type QOPError struct {
	Want    QOP
	Offered []QOP
}

func (e *QOPError) Error() string {
	return fmt.Sprintf("the server does not offer the protection %s, but %v", e.Want, e.Offered)
}
