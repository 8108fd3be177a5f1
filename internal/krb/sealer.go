package krb

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/crypto/etype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Flags of a wrap token (RFC 4121, 4.2.2).
const (
	sentByAcceptor = 1
	sealed         = 2
	acceptorSubkey = 4
)

const (
	wrapHeader = 16
	wrapID     = 0x0504
)

// errWrap is in the tree of every error about a wrap token.
var errWrap = errors.New("wrap token")

// sealer wraps what one side of a context sends and unwraps what it receives (RFC 4121, 4.2.6.2). The two directions are
// independent of each other; each is for one goroutine at a time.
type sealer struct {
	key                     []byte
	et                      etype.EType
	sendUsage, receiveUsage uint32
	sendFlags, receiveFlags byte
	sendSeq, receiveSeq     uint64 // of the next token
}

func (s *sealer) setKey(key types.EncryptionKey) (err error) {
	if size := sealing[key.KeyType]; size == 0 || len(key.KeyValue) != size {
		return fmt.Errorf("%d bytes are no key of the type %d, or that is not supported", len(key.KeyValue), key.KeyType)
	}
	s.key = key.KeyValue
	s.et, err = crypto.GetEtype(key.KeyType)
	return err
}

func (s *sealer) macSize() int { return s.et.GetHMACBitLength() / 8 }

// overhead is how much longer a token is than its payload.
func (s *sealer) overhead(conf bool) int {
	if conf {
		return wrapHeader + s.et.GetConfounderByteSize() + wrapHeader + s.macSize()
	}
	return wrapHeader + s.macSize()
}

// wrap makes the next token, encrypted or only signed.
func (s *sealer) wrap(payload []byte, conf bool) ([]byte, error) {
	head := make([]byte, wrapHeader, s.overhead(conf)+len(payload))
	binary.BigEndian.PutUint16(head, wrapID)
	head[2], head[3] = s.sendFlags, 0xff
	binary.BigEndian.PutUint64(head[8:], s.sendSeq)
	if conf {
		head[2] |= sealed
	}
	inner := append(append(make([]byte, 0, len(payload)+wrapHeader), payload...), head...)
	var rest []byte
	var err error
	if conf {
		_, rest, err = s.et.EncryptMessage(s.key, inner, s.sendUsage)
	} else {
		rest, err = s.et.GetChecksumHash(s.key, inner, s.sendUsage)
		binary.BigEndian.PutUint16(head[4:], uint16(len(rest)))
		rest = append(inner[:len(payload)], rest...)
	}
	if err != nil {
		return nil, err
	}
	s.sendSeq++
	return append(head, rest...), nil
}

// unwrap opens the next token, which must be encrypted if conf, and must not be otherwise. The payload is part of the
// token or memory of its own.
func (s *sealer) unwrap(token []byte, conf bool) ([]byte, error) {
	if len(token) < wrapHeader || binary.BigEndian.Uint16(token) != wrapID || token[3] != 0xff {
		return nil, fmt.Errorf("%w: not one of RFC 4121", errWrap)
	}
	flags := s.receiveFlags
	if conf {
		flags |= sealed
	}
	if token[2] != flags {
		return nil, fmt.Errorf("%w: flags %#x, want %#x", errWrap, token[2], flags)
	}
	head, body := token[:wrapHeader:wrapHeader], token[wrapHeader:]
	extra := int(binary.BigEndian.Uint16(head[4:]))
	if rotation := int(binary.BigEndian.Uint16(head[6:])); rotation > 0 && len(body) > 0 {
		rotation %= len(body)
		body = append(bytes.Clone(body[rotation:]), body[:rotation]...)
	}
	var payload []byte
	var err error
	if conf {
		payload, err = s.open(head, body, extra)
	} else {
		payload, err = s.verify(head, body, extra)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errWrap, err)
	}
	if seq := binary.BigEndian.Uint64(head[8:]); seq != s.receiveSeq {
		return nil, fmt.Errorf("%w: sequence number %d, want %d: tokens are missing, or were sent again", errWrap, seq, s.receiveSeq)
	}
	s.receiveSeq++
	return payload, nil
}

// open decrypts the payload, behind which stand extra bytes and the header once more.
func (s *sealer) open(head, body []byte, extra int) ([]byte, error) {
	if len(body) < s.overhead(true)-wrapHeader+extra {
		return nil, errors.New("too short")
	}
	plain, err := s.et.DecryptMessage(s.key, body, s.receiveUsage)
	if err != nil {
		return nil, err
	}
	end := len(plain) - wrapHeader
	want := bytes.Clone(head)
	want[6], want[7] = 0, 0 // the rotation comes last
	if end < extra || !hmac.Equal(plain[end:], want) {
		return nil, errors.New("the header was changed")
	}
	return plain[:end-extra], nil
}

// verify compares the checksum, extra bytes, which stands behind the payload.
func (s *sealer) verify(head, body []byte, extra int) ([]byte, error) {
	if extra != s.macSize() || len(body) < extra {
		return nil, errors.New("too short")
	}
	payload, mac := body[:len(body)-extra], body[len(body)-extra:]
	signed := append(append(make([]byte, 0, len(payload)+wrapHeader), payload...), head...)
	clear(signed[len(payload)+4 : len(payload)+8]) // count and rotation come last
	if !s.et.VerifyChecksum(s.key, signed, mac, s.receiveUsage) {
		return nil, errors.New("the checksum is wrong")
	}
	return payload, nil
}
