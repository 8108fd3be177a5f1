// Package sasl runs the SASL handshake of Thrift's TSaslTransport: one status byte, a big-endian length and a payload
// a message, both ways, before the first Thrift frame.
//
// A mechanism is a value that answers challenges; a new one is a new file that implements [Mechanism].
package sasl

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Negotiation status bytes of TSaslTransport.
const (
	statusStart    = 1
	statusOK       = 2
	statusBad      = 3
	statusError    = 4
	statusComplete = 5
)

// tlsAlert is the first byte with which a server that expects TLS refuses anything else.
const tlsAlert = 0x15

// maxMessage bounds one negotiation message: Kerberos tokens with large PACs stay below 64 KiB, error texts far below.
const maxMessage = 1 << 20

// Mechanism is the client side of one SASL mechanism, used for one handshake.
type Mechanism interface {
	// Name is the mechanism's registered name, such as "PLAIN".
	Name() string
	// Start returns the initial response.
	Start() ([]byte, error)
	// Next answers a challenge. It is also called with the data the server sent along with COMPLETE, if any.
	Next(challenge []byte) ([]byte, error)
	// Layer is the negotiated security layer, nil for none. It is asked when the server has said that the handshake is
	// complete; the error is that it is not, as the mechanism sees it.
	Layer() (Layer, error)
}

// Layer protects the payload of every frame after the handshake (QOP auth-int and auth-conf).
type Layer interface {
	Wrap(payload []byte) ([]byte, error)
	// Unwrap returns a part of token or memory that it does not use again.
	Unwrap(token []byte) ([]byte, error)
	// MaxPayload is the largest payload that the other side takes in one frame.
	MaxPayload() int
}

// RefusedError is the server's refusal: it understood the handshake and said no.
type RefusedError struct {
	Mechanism string
	// Message is the server's own text, e.g. "Error validating the login".
	Message string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the server refused SASL %s: %s", e.Mechanism, e.Message)
}

// ErrProtocol is in the tree of every error caused by bytes that are not a SASL negotiation.
var ErrProtocol = errors.New("not a SASL negotiation message")

// Negotiate runs the whole handshake over rw. The caller bounds it in time with rw's deadlines.
// Errors are a *RefusedError, an error of the mechanism, one wrapping [ErrProtocol], or rw's own.
func Negotiate(rw io.ReadWriter, m Mechanism) (Layer, error) {
	initial, err := m.Start()
	if err != nil {
		return nil, err
	}
	// Both messages in one write: the server reads the initial response without another round trip.
	hello := appendMessage(nil, statusStart, []byte(m.Name()))
	if _, err := rw.Write(appendMessage(hello, statusOK, initial)); err != nil {
		return nil, err
	}
	for {
		status, payload, err := readMessage(rw)
		if err != nil {
			return nil, err
		}
		switch status {
		case statusOK:
			response, err := m.Next(payload)
			if err != nil {
				return nil, err
			}
			if _, err := rw.Write(appendMessage(nil, statusOK, response)); err != nil {
				return nil, err
			}
		case statusComplete:
			if len(payload) > 0 {
				if _, err := m.Next(payload); err != nil {
					return nil, err
				}
			}
			return m.Layer()
		default: // BAD or ERROR: readMessage lets nothing else pass
			return nil, &RefusedError{Mechanism: m.Name(), Message: printable(payload)}
		}
	}
}

func appendMessage(dst []byte, status byte, payload []byte) []byte {
	dst = append(dst, status)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(payload)))
	return append(dst, payload...)
}

func readMessage(r io.Reader) (status byte, payload []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	status, size := head[0], binary.BigEndian.Uint32(head[1:])
	if status == tlsAlert {
		return 0, nil, fmt.Errorf("%w: a TLS alert: the server wants an encrypted connection (tls=true)", ErrProtocol)
	}
	if status == 'H' {
		return 0, nil, fmt.Errorf("%w: an answer of HTTP: the server wants transport=http", ErrProtocol)
	}
	if status < statusOK || status > statusComplete {
		return 0, nil, fmt.Errorf("%w: status byte %#02x", ErrProtocol, status)
	}
	if size > maxMessage {
		return 0, nil, fmt.Errorf("%w: length %d is over %d", ErrProtocol, size, maxMessage)
	}
	// LimitReader and ReadAll grow with what arrives, so a lying length costs no memory.
	payload, err = io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(payload) < int(size) {
		err = io.ErrUnexpectedEOF
	}
	return status, payload, err
}

// printable makes the server's text safe to show.
func printable(text []byte) string {
	s := string(text)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if s = strings.TrimSpace(s); s == "" {
		return "no reason given"
	}
	return s
}
