package krb

import (
	"errors"
	"fmt"
	"time"

	"github.com/skep-go/skep/internal/sasl"
)

// qopBits are the bits of the qualities of protection in SASL's messages (RFC 4752, 3.3).
var qopBits = map[sasl.QOP]byte{sasl.AuthConf: 4, sasl.AuthInt: 2, sasl.Auth: 1}

// maxReceive is the size of the tokens that the server may send, in so far as it minds it: Hive's does not.
const maxReceive = 1<<24 - 1

// Mechanism is the SASL mechanism GSSAPI (RFC 4752) with Kerberos.
type Mechanism struct {
	ticket *Ticket
	want   sasl.QOP
	now    func() time.Time
	init   initiator
	seal   *sealer
	layer  *layer
	done   bool
}

// NewMechanism returns the mechanism for one login. want is the quality of protection to insist on, empty for the
// strongest that the server offers.
func NewMechanism(t *Ticket, want sasl.QOP) *Mechanism {
	return &Mechanism{ticket: t, want: want, now: t.login.now, init: initiator{t: t.t}}
}

// Ticket returns the ticket that is shown.
func (m *Mechanism) Ticket() *Ticket { return m.ticket }

// Name implements [sasl.Mechanism].
func (*Mechanism) Name() string { return "GSSAPI" }

// Start implements [sasl.Mechanism].
func (m *Mechanism) Start() ([]byte, error) {
	b, err := m.init.request(m.now())
	if err != nil {
		return nil, m.fail(err)
	}
	return b, nil
}

// Next implements [sasl.Mechanism]: the server's proof of who it is comes first, then its offer of protection.
func (m *Mechanism) Next(challenge []byte) (response []byte, err error) {
	switch {
	case m.done:
		err = errors.New("the server goes on where the login is complete")
	case m.seal == nil:
		m.seal, err = m.init.reply(challenge)
	default:
		response, err = m.choose(challenge)
	}
	if err != nil {
		return nil, m.fail(err)
	}
	return response, nil
}

// choose answers the server's offer.
func (m *Mechanism) choose(challenge []byte) ([]byte, error) {
	offer, err := m.seal.unwrap(challenge, false)
	if err != nil {
		return nil, err
	}
	if len(offer) != 4 {
		return nil, fmt.Errorf("the server's offer has %d bytes, not 4", len(offer))
	}
	var offered []sasl.QOP
	for _, q := range []sasl.QOP{sasl.AuthConf, sasl.AuthInt, sasl.Auth} {
		if offer[0]&qopBits[q] != 0 {
			offered = append(offered, q)
		}
	}
	qop, err := sasl.ChooseQOP(m.want, offered)
	if err != nil {
		return nil, err
	}
	answer := []byte{qopBits[qop], 0, 0, 0}
	if qop != sasl.Auth {
		answer[1], answer[2], answer[3] = maxReceive>>16, maxReceive>>8&0xff, maxReceive&0xff
		m.layer = &layer{seal: m.seal, conf: qop == sasl.AuthConf}
		most := int(offer[1])<<16 | int(offer[2])<<8 | int(offer[3])
		if m.layer.most = most - m.seal.overhead(m.layer.conf); m.layer.most <= 0 {
			return nil, fmt.Errorf("the server takes no more than %d bytes at a time", most)
		}
	}
	m.done = true
	return m.seal.wrap(answer, false)
}

// Layer implements [sasl.Mechanism].
func (m *Mechanism) Layer() (sasl.Layer, error) {
	switch {
	case !m.done:
		return nil, m.fail(errors.New("the server ended the login before it proved who it is"))
	case m.layer == nil:
		return nil, nil
	}
	return m.layer, nil
}

func (m *Mechanism) fail(err error) error { return m.ticket.refused(err) }

// refused is the end of a login to the service.
func (t *Ticket) refused(err error) error {
	e := &Error{Step: StepServer, Client: t.Client(), Service: t.Service(), Err: err}
	var refusal *kdcError
	var qop *sasl.QOPError
	switch {
	case errors.As(err, &refusal):
		t.Discard() // the service's key may be another one by now
		e.Code = int(refusal.code)
		e.Hint = t.login.hint(e, refusal)
	case errors.As(err, &qop):
		e.Hint = "hive.server2.thrift.sasl.qop says what the server does; leave saslQop out to take the strongest it offers"
	}
	return e
}

// layer protects what is sent after the login.
type layer struct {
	seal *sealer
	conf bool
	most int
}

// Wrap implements [sasl.Layer].
func (l *layer) Wrap(payload []byte) ([]byte, error) { return l.seal.wrap(payload, l.conf) }

// Unwrap implements [sasl.Layer].
func (l *layer) Unwrap(token []byte) ([]byte, error) { return l.seal.unwrap(token, l.conf) }

// MaxPayload implements [sasl.Layer].
func (l *layer) MaxPayload() int { return l.most }

var (
	_ sasl.Mechanism = (*Mechanism)(nil)
	_ sasl.Layer     = (*layer)(nil)
)
