package krb

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

func keyOf(etype int32) types.EncryptionKey {
	k := types.EncryptionKey{KeyType: etype, KeyValue: make([]byte, sealing[etype])}
	for i := range k.KeyValue {
		k.KeyValue[i] = byte(i)
	}
	return k
}

// ends are the two sides of a context.
func ends(t testing.TB, key types.EncryptionKey, flags byte) (client, server *sealer) {
	t.Helper()
	client = &sealer{
		sendUsage: keyusage.GSSAPI_INITIATOR_SEAL, receiveUsage: keyusage.GSSAPI_ACCEPTOR_SEAL,
		sendFlags: flags, receiveFlags: flags | sentByAcceptor, sendSeq: 7, receiveSeq: 9,
	}
	server = &sealer{
		sendUsage: client.receiveUsage, receiveUsage: client.sendUsage,
		sendFlags: client.receiveFlags, receiveFlags: client.sendFlags, sendSeq: client.receiveSeq, receiveSeq: client.sendSeq,
	}
	if err := errors.Join(client.setKey(key), server.setKey(key)); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// rotate turns a token's body to the right, as Windows does it with sealed ones.
func rotate(token []byte, by int) []byte {
	token = bytes.Clone(token)
	body := token[wrapHeader:]
	n := by % len(body)
	copy(body, append(bytes.Clone(body[len(body)-n:]), body[:len(body)-n]...))
	binary.BigEndian.PutUint16(token[6:], uint16(by))
	return token
}

func TestSealer(t *testing.T) {
	for etype := range sealing {
		for _, conf := range []bool{false, true} {
			for _, flags := range []byte{0, acceptorSubkey} {
				t.Run(fmt.Sprintf("%d/%t/%d", etype, conf, flags), func(t *testing.T) {
					client, server := ends(t, keyOf(etype), flags)
					for _, way := range [][2]*sealer{{client, server}, {server, client}} {
						for _, size := range []int{0, 1, 15, 16, 17, 100, 1 << 20} {
							payload := make([]byte, size)
							rand.Read(payload)
							want := bytes.Clone(payload)
							token, err := way[0].wrap(payload, conf)
							if err != nil {
								t.Fatal(err)
							}
							if !bytes.Equal(payload, want) {
								t.Fatalf("%d bytes: wrap changed its argument", size)
							}
							if got := len(token) - size; got != way[0].overhead(conf) {
								t.Errorf("%d bytes: %d more on the wire, want %d", size, got, way[0].overhead(conf))
							}
							if conf && size > 15 && bytes.Contains(token, payload) {
								t.Errorf("%d bytes: the payload can be read", size)
							}
							got, err := way[1].unwrap(rotate(token, (size*7+3)%(1<<16)), conf)
							if err != nil || !bytes.Equal(got, want) {
								t.Fatalf("%d bytes: got %d, %v", size, len(got), err)
							}
						}
					}
				})
			}
		}
	}
}

// TestSealerVectors: tokens of other implementations, which gokrb5 has for its own tests.
func TestSealerVectors(t *testing.T) {
	fromHex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	client, _ := ends(t, types.EncryptionKey{KeyType: etypeID.AES128_CTS_HMAC_SHA1_96, KeyValue: fromHex("14f9bde6b50ec508201a97f74c4e5bd3")}, 0)
	client.receiveSeq, client.sendSeq = 0x575e85d6, 0
	if got, err := client.unwrap(fromHex("050401ff000c000000000000575e85d601010000853b728d5268525a1386c19f"), false); err != nil || hex.EncodeToString(got) != "01010000" {
		t.Errorf("from the acceptor: got %x, %v, want 01010000", got, err)
	}
	got, err := client.wrap(fromHex("01010000"), false)
	if want := "050400ff000c000000000000000000000101000079a033510b6f127212242b97"; err != nil || hex.EncodeToString(got) != want {
		t.Errorf("from the initiator: got %x, %v\nwant %s", got, err, want)
	}
}

// Nothing of a token can be changed, nor can tokens be lost, repeated or sent back.
func TestSealerForged(t *testing.T) {
	for _, conf := range []bool{false, true} {
		client, server := ends(t, keyOf(etypeID.AES256_CTS_HMAC_SHA1_96), acceptorSubkey)
		token, err := server.wrap([]byte("a payload of some length"), conf)
		if err != nil {
			t.Fatal(err)
		}
		next, err := server.wrap([]byte("the next"), conf)
		if err != nil {
			t.Fatal(err)
		}
		refused := func(what string, token []byte, conf bool, text string) {
			t.Helper()
			if got, err := client.unwrap(token, conf); !errors.Is(err, errWrap) || !strings.Contains(err.Error(), text) {
				t.Errorf("sealed %t, %s: got %q, %v, want an error with %q", conf, what, got, err, text)
			}
		}
		for i := range token {
			forged := bytes.Clone(token)
			forged[i] ^= 0x10
			refused(fmt.Sprintf("byte %d", i), forged, conf, "")
		}
		for n := range token {
			refused(fmt.Sprintf("%d bytes", n), token[:n], conf, "")
		}
		refused("too long", append(bytes.Clone(token), 0), conf, "")
		refused("the other protection", token, !conf, "flags")
		refused("the next one", next, conf, "sequence number 10, want 9")
		own, err := client.wrap([]byte("mine"), conf)
		if err != nil {
			t.Fatal(err)
		}
		refused("one's own", own, conf, "flags")
		if _, err := client.unwrap(token, conf); err != nil {
			t.Errorf("sealed %t: after all this: %v", conf, err)
		}
		refused("again", token, conf, "sequence number 9, want 10")
	}
}

func TestSealerKeys(t *testing.T) {
	for _, key := range []types.EncryptionKey{{KeyType: 99}, {KeyType: etypeID.AES256_CTS_HMAC_SHA1_96, KeyValue: make([]byte, 31)}} {
		if err := new(sealer).setKey(key); err == nil {
			t.Errorf("a key of the type %d with %d bytes was accepted", key.KeyType, len(key.KeyValue))
		}
	}
}

// FuzzUnwrap: what was not wrapped by the other side is an error, whatever it is, and nothing else.
func FuzzUnwrap(f *testing.F) {
	for _, conf := range []bool{false, true} {
		_, server := ends(f, keyOf(etypeID.AES128_CTS_HMAC_SHA256_128), 0)
		token, err := server.wrap([]byte("payload"), conf)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(token, conf)
		f.Add(rotate(token, 300), conf)
	}
	f.Fuzz(func(t *testing.T, token []byte, conf bool) {
		for etype := range sealing {
			client, _ := ends(t, keyOf(etype), 0)
			if got, err := client.unwrap(token, conf); err == nil && string(got) != "payload" {
				t.Errorf("%x was unwrapped to %q", token, got)
			} else if err != nil && !errors.Is(err, errWrap) {
				t.Errorf("%v is not %v", err, errWrap)
			}
		}
	})
}
