package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"fmt"
)

// sealingCipher is the one cipher, of five, that is supported: all of Java's servers have it, and the others are no better.
const sealingCipher = "rc4"

// digestLayer protects what is sent after a login by DIGEST-MD5 (RFC 2831, 2.3 and 2.4). The two directions are
// independent of each other; each is for one goroutine at a time.
type digestLayer struct {
	send, receive digestDirection
	most          int
}

// digestDirection is what one side sends.
type digestDirection struct {
	key    []byte      // that signs
	cipher *rc4.Cipher // nil if what is sent is only signed
	seq    uint32      // of the next token
}

const (
	digestMAC     = 10
	digestTrailer = digestMAC + 2 + 4 // the signature, the version, and the number of the token
)

func newDigestLayer(secret []byte, conf bool, most int) (*digestLayer, error) {
	l := &digestLayer{most: most - digestTrailer}
	if l.most <= 0 {
		return nil, fmt.Errorf("%w: the server takes no more than %d bytes at a time", ErrProtocol, most)
	}
	for _, d := range []struct {
		direction *digestDirection
		name      string
	}{{&l.send, "client-to-server"}, {&l.receive, "server-to-client"}} {
		d.direction.key = sum(string(secret) + "Digest session key to " + d.name + " signing key magic constant")
		if !conf {
			continue
		}
		var err error
		if d.direction.cipher, err = rc4.NewCipher(sum(string(secret) + "Digest H(A1) to " + d.name + " sealing key magic constant")); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// mac signs a payload as the next token.
func (d *digestDirection) mac(payload []byte) []byte {
	h := hmac.New(md5.New, d.key)
	h.Write(binary.BigEndian.AppendUint32(nil, d.seq))
	h.Write(payload)
	return h.Sum(nil)[:digestMAC]
}

// trailer is what stands behind the next token in the clear.
func (d *digestDirection) trailer() []byte { return binary.BigEndian.AppendUint32([]byte{0, 1}, d.seq) }

// Wrap implements [Layer].
func (l *digestLayer) Wrap(payload []byte) ([]byte, error) {
	d := &l.send
	token := append(append(make([]byte, 0, len(payload)+digestTrailer), payload...), d.mac(payload)...)
	if d.cipher != nil {
		d.cipher.XORKeyStream(token, token)
	}
	token = append(token, d.trailer()...)
	d.seq++
	return token, nil
}

// Unwrap implements [Layer].
func (l *digestLayer) Unwrap(token []byte) ([]byte, error) {
	d := &l.receive
	if len(token) < digestTrailer {
		return nil, errors.New("DIGEST-MD5: a token that is too short")
	}
	body, trailer := token[:len(token)-digestTrailer+digestMAC], token[len(token)-digestTrailer+digestMAC:]
	if !bytes.Equal(trailer, d.trailer()) {
		return nil, errors.New("DIGEST-MD5: tokens are missing, or were sent again")
	}
	if d.cipher != nil {
		d.cipher.XORKeyStream(body, body)
	}
	payload, mac := body[:len(body)-digestMAC], body[len(body)-digestMAC:]
	if !hmac.Equal(mac, d.mac(payload)) {
		return nil, errors.New("DIGEST-MD5: the signature is wrong")
	}
	d.seq++
	return payload, nil
}

// MaxPayload implements [Layer].
func (l *digestLayer) MaxPayload() int { return l.most }
