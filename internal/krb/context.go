package krb

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Kinds of tokens by which a context is made (RFC 4121, 4.1).
const (
	tokenRequest = 0x0100
	tokenReply   = 0x0200
	tokenError   = 0x0300
)

// mechanismOID is 1.2.840.113554.1.2.2 in DER, with tag and length.
var mechanismOID = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}

// contextFlags ask for mutual authentication, detection of replays and of wrong order, confidentiality and integrity.
const contextFlags = 0x02 | 0x04 | 0x08 | 0x10 | 0x20

// initiator makes a security context with a service that proves itself, too (RFC 4121).
type initiator struct {
	t    *ticket
	auth types.Authenticator
}

// request returns the token to begin with.
func (i *initiator) request(now time.Time) ([]byte, error) {
	// Far from where signed and unsigned numbers of 32 bits differ: services have been confused.
	seq, err := rand.Int(rand.Reader, big.NewInt(1<<30))
	if err != nil {
		return nil, err
	}
	sub := types.EncryptionKey{KeyType: i.t.key.KeyType, KeyValue: make([]byte, len(i.t.key.KeyValue))}
	if _, err := rand.Read(sub.KeyValue); err != nil {
		return nil, err
	}
	i.auth = newAuthenticator(i.t.client, now)
	i.auth.SeqNumber, i.auth.SubKey = seq.Int64(), sub
	i.auth.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: checksum8003(contextFlags)}
	options := types.NewKrbFlags()
	types.SetFlag(&options, flags.APOptionMutualRequired)
	b, err := i.t.show(i.auth, options, keyusage.AP_REQ_AUTHENTICATOR)
	if err != nil {
		return nil, err
	}
	return frameToken(tokenRequest, b), nil
}

// checksum8003 carries the flags, without channel bindings (RFC 4121, 4.1.1).
func checksum8003(flags uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 16)
	b = append(b, make([]byte, 16)...)
	return binary.LittleEndian.AppendUint32(b, flags)
}

// reply takes the service's answer, by which it proves that it could read the ticket.
func (i *initiator) reply(token []byte) (*sealer, error) {
	kind, body, err := unframeToken(token)
	if err != nil {
		return nil, err
	}
	if kind == tokenError {
		if refusal := readKRBError(body); refusal != nil {
			return nil, refusal
		}
	}
	if kind != tokenReply {
		return nil, fmt.Errorf("a token of the kind %04x came where %04x was due", kind, tokenReply)
	}
	var rep answer
	var part answerPart
	if err := decode(body, asnAppTag.APREP, &rep); err != nil {
		return nil, err
	}
	b, err := decrypt(rep.EncPart, i.t.key, keyusage.AP_REP_ENCPART)
	if err == nil {
		err = decode(b, asnAppTag.EncAPRepPart, &part)
	}
	if err != nil {
		return nil, fmt.Errorf("the service's proof cannot be read: %w", err)
	}
	if part.CTime.Unix() != i.auth.CTime.Unix() || part.Cusec != i.auth.Cusec {
		return nil, errors.New("the service's proof is not of this login")
	}
	s := &sealer{
		sendUsage: keyusage.GSSAPI_INITIATOR_SEAL, receiveUsage: keyusage.GSSAPI_ACCEPTOR_SEAL, receiveFlags: sentByAcceptor,
		sendSeq: uint64(i.auth.SeqNumber), receiveSeq: uint64(uint32(part.SequenceNumber)),
	}
	key := i.auth.SubKey
	if len(part.Subkey.KeyValue) > 0 {
		key = part.Subkey
		s.sendFlags |= acceptorSubkey
		s.receiveFlags |= acceptorSubkey
	}
	return s, s.setKey(key)
}

// frameToken puts the header of GSSAPI (RFC 2743, 3.1) before a message.
func frameToken(kind uint16, message []byte) []byte {
	body := append(bytes.Clone(mechanismOID), byte(kind>>8), byte(kind))
	head := []byte{0x60}
	if n := len(body) + len(message); n < 0x80 {
		head = append(head, byte(n))
	} else {
		octets := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, uint32(n)), "\x00")
		head = append(append(head, 0x80|byte(len(octets))), octets...)
	}
	return append(append(head, body...), message...)
}

var errFraming = errors.New("not a GSSAPI token of Kerberos")

func unframeToken(token []byte) (kind uint16, message []byte, err error) {
	if len(token) < 2 || token[0] != 0x60 {
		return 0, nil, errFraming
	}
	size, rest := int(token[1]), token[2:]
	if size >= 0x80 {
		octets := size - 0x80
		if octets == 0 || octets > 4 || octets > len(rest) {
			return 0, nil, errFraming
		}
		size = 0
		for _, b := range rest[:octets] {
			size = size<<8 | int(b)
		}
		rest = rest[octets:]
	}
	rest, ok := bytes.CutPrefix(rest, mechanismOID)
	if !ok || len(rest) < 2 || size != len(rest)+len(mechanismOID) {
		return 0, nil, errFraming
	}
	return binary.BigEndian.Uint16(rest), rest[2:], nil
}
