package krb

import (
	"encoding/base64"
	"errors"
	"strings"
)

// scheme is that of HTTP for GSSAPI (RFC 4559).
const scheme = "Negotiate"

// Negotiate returns the value of a request's header Authorization that shows the ticket. It is good for one request:
// services know what they have seen. verify reads what the service says in WWW-Authenticate when it lets the request
// in: a proof of who it is, if it has said anything, which HiveServer2 does not.
//
// The token is one of Kerberos, as Hive's own driver sends it, and not wrapped in SPNEGO, which says nothing more here and
// which HiveServer2 has read since 4.0 only.
func (t *Ticket) Negotiate() (value string, verify func(said []string) error, err error) {
	init := initiator{t: t.t}
	token, err := init.request(t.login.now())
	if err != nil {
		return "", nil, t.refused(err)
	}
	verify = func(said []string) error {
		for _, s := range said {
			proof, ok := cutScheme(s)
			if !ok || proof == "" {
				continue
			}
			b, err := base64.StdEncoding.DecodeString(proof)
			if err != nil {
				return t.refused(errors.New("the service's proof is not base64"))
			}
			if _, err := init.reply(b); err != nil {
				return t.refused(err)
			}
		}
		return nil
	}
	return scheme + " " + base64.StdEncoding.EncodeToString(token), verify, nil
}

// AsksToNegotiate reports whether a service that refused a request may want one with a ticket, by its WWW-Authenticate.
// HiveServer2 says nothing there.
func AsksToNegotiate(said []string) bool {
	if len(said) == 0 {
		return true
	}
	for _, s := range said {
		if _, ok := cutScheme(s); ok {
			return true
		}
	}
	return false
}

func cutScheme(challenge string) (rest string, ok bool) {
	name, rest, _ := strings.Cut(strings.TrimSpace(challenge), " ")
	return strings.TrimSpace(rest), strings.EqualFold(name, scheme)
}
