// Package krb is Kerberos for a client, in Go alone: tickets from a keytab, a password or a ticket cache ([Login]), and
// the SASL mechanism GSSAPI with its three qualities of protection ([Mechanism]).
//
// Cryptography, types and the formats of krb5.conf and keytabs are gokrb5's. Its client is not used: it takes no
// context, keeps goroutines that renew tickets, and turns what the KDC says into text. Neither is its GSSAPI, which
// seals nothing (RFC 4121, 4.2.4).
package krb

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Step is a part of a login.
type Step string

// The steps, in their order.
const (
	StepConf        Step = "read krb5.conf"
	StepCredentials Step = "read the credentials"
	StepLogin       Step = "get a ticket-granting ticket from the KDC"
	StepTicket      Step = "get a ticket for the service from the KDC"
	StepServer      Step = "log in to the service"
)

// Error is a login that failed.
type Error struct {
	Step Step
	// Client and Service are principals; empty if they are not known yet.
	Client, Service string
	// Code is the number of a Kerberos error (RFC 4120, 7.5.9), 0 if there is none.
	Code int
	// Hint is what to check, or empty.
	Hint string
	Err  error
}

func (e *Error) Error() string {
	s := string(e.Step)
	if e.Client != "" {
		s += fmt.Sprintf(", as %s", e.Client)
	}
	if e.Service != "" {
		s += fmt.Sprintf(", for %s", e.Service)
	}
	s += ": " + e.Err.Error()
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// principal is a name in a realm.
type principal struct {
	name  types.PrincipalName
	realm string
}

// parsePrincipal reads name@REALM or name/instance@REALM; the realm may be missing.
func parsePrincipal(s string, nameType int32) (principal, error) {
	name, realm, hasRealm := strings.Cut(s, "@")
	if strings.Contains(realm, "@") || hasRealm && realm == "" {
		return principal{}, fmt.Errorf("%q is no principal: want name@REALM or name/instance@REALM", s)
	}
	parts := strings.Split(name, "/")
	for _, part := range parts {
		if part == "" {
			return principal{}, fmt.Errorf("%q is no principal: a part of the name is empty", s)
		}
	}
	return principal{types.PrincipalName{NameType: nameType, NameString: parts}, realm}, nil
}

func (p principal) String() string {
	if p.realm == "" { // it is left to the KDC
		return p.name.PrincipalNameString()
	}
	return p.name.PrincipalNameString() + "@" + p.realm
}

func (p principal) equal(q principal) bool { return p.realm == q.realm && p.name.Equal(q.name) }

// krbtgt is the ticket-granting service for a realm, as another realm names it.
func krbtgt(of, in string) principal {
	return principal{types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", of}}, in}
}

// ticket is a ticket with what its owner knows of it.
type ticket struct {
	client, server        principal
	encoded               []byte
	key                   types.EncryptionKey
	start, end, renewTill time.Time
}

// grants returns the realm of the KDC to which a ticket-granting ticket can be shown, "" if the ticket is another one.
func (t *ticket) grants() string {
	if name := t.server.name.NameString; len(name) == 2 && name[0] == "krbtgt" {
		return name[1]
	}
	return ""
}

// fresh reports whether the ticket lasts long enough for a login that begins now.
func (t *ticket) fresh(now time.Time) bool {
	margin := min(time.Minute, t.end.Sub(t.start)/10)
	return t.end.After(now.Add(margin))
}

// kdcError is the KDC's refusal, or a service's.
type kdcError struct {
	code   int32
	text   string
	time   time.Time // the KDC's
	method types.PADataSequence
}

func (e *kdcError) Error() string {
	name := errorcode.Lookup(e.code)
	if e.text != "" && !strings.Contains(name, e.text) {
		name += ": " + e.text
	}
	return name
}

// readKRBError returns the refusal that b holds, nil if it is another message.
func readKRBError(b []byte) *kdcError {
	var m refusal
	if decode(b, asnAppTag.KRBError, &m) != nil {
		return nil
	}
	e := &kdcError{code: m.ErrorCode, text: printable(m.EText), time: m.STime}
	if e.code == errorcode.KDC_ERR_PREAUTH_REQUIRED && guard(func() error { return e.method.Unmarshal(m.EData) }) != nil {
		e.method = nil
	}
	return e
}

// printable makes a text from the network safe to show.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// guard turns a panic of gokrb5's parsers, which index what they have not counted, into an error.
func guard(parse func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("malformed")
		}
	}()
	return parse()
}
