package krb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/skep-go/skep/internal/sasl"
)

// testTicket is a ticket for hive/h, whose session key the acceptor knows.
func testTicket() *Ticket {
	l := NewLogin(Settings{}, time.Now)
	alice := principal{types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, "A"}
	hive := principal{types.PrincipalName{NameType: 3, NameString: []string{"hive", "h"}}, "A"}
	encoded, _ := encode(asnAppTag.Ticket, struct{ N int }{1})
	return &Ticket{l, "hive/h@A", &ticket{client: alice, server: hive, encoded: encoded, key: keyOf(etypeID.AES256_CTS_HMAC_SHA1_96)}}
}

// acceptor is the service's side of a login.
type acceptor struct {
	t      testing.TB
	subkey bool
	offer  []byte
	edit   func(*answerPart)
	seal   *sealer
	chosen []byte
}

// accept answers the first token.
func (a *acceptor) accept(token []byte) []byte {
	a.t.Helper()
	kind, body, err := unframeToken(token)
	if err != nil || kind != tokenRequest {
		a.t.Fatalf("the first token is of the kind %04x: %v", kind, err)
	}
	var shown showing
	if err := decode(body, asnAppTag.APREQ, &shown); err != nil {
		a.t.Fatal(err)
	}
	if !types.IsFlagSet(&shown.Options, flags.APOptionMutualRequired) {
		a.t.Error("the client does not ask who the service is")
	}
	key := keyOf(etypeID.AES256_CTS_HMAC_SHA1_96)
	b, err := decrypt(shown.Authenticator, key, keyusage.AP_REQ_AUTHENTICATOR)
	if err != nil {
		a.t.Fatal(err)
	}
	var auth types.Authenticator
	if err := auth.Unmarshal(b); err != nil {
		a.t.Fatal(err)
	}
	if want := "\x10\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x3e\x00\x00\x00"; auth.Cksum.CksumType != 0x8003 || string(auth.Cksum.Checksum) != want {
		a.t.Errorf("checksum %#x %x, want %x", auth.Cksum.CksumType, auth.Cksum.Checksum, want)
	}
	part := answerPart{CTime: auth.CTime, Cusec: auth.Cusec, SequenceNumber: 0xfffffff0}
	a.seal = &sealer{
		sendUsage: keyusage.GSSAPI_ACCEPTOR_SEAL, receiveUsage: keyusage.GSSAPI_INITIATOR_SEAL,
		sendFlags: sentByAcceptor, sendSeq: 0xfffffff0, receiveSeq: uint64(auth.SeqNumber),
	}
	own := auth.SubKey
	if a.subkey {
		own = keyOf(etypeID.AES128_CTS_HMAC_SHA256_128)
		part.Subkey = own
		a.seal.sendFlags |= acceptorSubkey
		a.seal.receiveFlags |= acceptorSubkey
	}
	if a.edit != nil {
		a.edit(&part)
	}
	if err := a.seal.setKey(own); err != nil {
		a.t.Fatal(err)
	}
	b, err = encode(asnAppTag.EncAPRepPart, part)
	if err != nil {
		a.t.Fatal(err)
	}
	sealed, err := crypto.GetEncryptedData(b, key, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	b, err = encode(asnAppTag.APREP, answer{PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		a.t.Fatal(err)
	}
	return frameToken(tokenReply, b)
}

// run does the whole login, as SASL does it.
func (a *acceptor) run(m *Mechanism) (sasl.Layer, error) {
	a.t.Helper()
	token, err := m.Start()
	if err != nil {
		return nil, err
	}
	response, err := m.Next(a.accept(token))
	if err != nil {
		return nil, err
	}
	if len(response) > 0 {
		a.t.Errorf("the client says %x where it has nothing to say", response)
	}
	offer, err := a.seal.wrap(a.offer, false)
	if err != nil {
		a.t.Fatal(err)
	}
	if response, err = m.Next(offer); err != nil {
		return nil, err
	}
	if a.chosen, err = a.seal.unwrap(response, false); err != nil {
		a.t.Error(err)
	}
	return m.Layer()
}

func TestMechanism(t *testing.T) {
	const size = 65536
	all := []byte{7, 1, 0, 0}
	for _, tc := range []struct {
		name   string
		want   sasl.QOP
		offer  []byte
		chosen string
		text   string
	}{
		{"the strongest", "", all, "\x04\xff\xff\xff", ""},
		{"the strongest of two", "", []byte{3, 1, 0, 0}, "\x02\xff\xff\xff", ""},
		{"none", "", []byte{1, 0, 0, 0}, "\x01\x00\x00\x00", ""},
		{"asked for: auth", sasl.Auth, all, "\x01\x00\x00\x00", ""},
		{"asked for: auth-int", sasl.AuthInt, all, "\x02\xff\xff\xff", ""},
		{"asked for: auth-conf", sasl.AuthConf, all, "\x04\xff\xff\xff", ""},
		{"asked for, and not offered", sasl.AuthConf, []byte{3, 1, 0, 0}, "", "does not offer the protection auth-conf, but [auth-int auth]"},
		{"nothing offered", "", []byte{0, 0, 0, 0}, "", "does not offer"},
		{"too small", sasl.AuthInt, []byte{7, 0, 0, 28}, "", "no more than 28 bytes"},
		{"too short", "", []byte{7, 1, 0}, "", "has 3 bytes"},
		{"empty", "", nil, "", "has 0 bytes"},
	} {
		for _, subkey := range []bool{false, true} {
			t.Run(tc.name, func(t *testing.T) {
				a := &acceptor{t: t, subkey: subkey, offer: tc.offer}
				layer, err := a.run(NewMechanism(testTicket(), tc.want))
				if tc.text != "" {
					var e *Error
					if !errors.As(err, &e) || e.Step != StepServer || !strings.Contains(err.Error(), tc.text) {
						t.Errorf("got %v, want an Error with %q in it", err, tc.text)
					}
					return
				}
				if err != nil || string(a.chosen) != tc.chosen {
					t.Fatalf("the client chose %x, %v, want %x", a.chosen, err, tc.chosen)
				}
				if (layer != nil) != (tc.chosen[0] != 1) {
					t.Fatalf("layer = %v", layer)
				}
				if layer == nil {
					return
				}
				conf := tc.chosen[0] == 4
				token, err := layer.Wrap(make([]byte, layer.MaxPayload()))
				if err != nil || len(token) != size {
					t.Errorf("the largest payload makes a token of %d bytes, %v, want %d", len(token), err, size)
				}
				if got, err := a.seal.unwrap(token, conf); err != nil || len(got) != layer.MaxPayload() {
					t.Errorf("the server reads %d bytes, %v", len(got), err)
				}
				back, err := a.seal.wrap([]byte("reply"), conf)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := layer.Unwrap(back); err != nil || string(got) != "reply" {
					t.Errorf("the client reads %q, %v", got, err)
				}
			})
		}
	}
}

// A server that does not prove who it is, or says that all is well too early.
func TestMechanismImpostor(t *testing.T) {
	refused := func(name string, err error, text string) {
		t.Helper()
		var e *Error
		if !errors.As(err, &e) || e.Step != StepServer || e.Client != "alice@A" || e.Service != "hive/h@A" || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want an Error of the server with %q in it", name, err, text)
		}
	}
	for name, edit := range map[string]func(*answerPart){
		"another time":        func(p *answerPart) { p.CTime = p.CTime.Add(time.Second) },
		"another microsecond": func(p *answerPart) { p.Cusec ^= 1 },
	} {
		_, err := (&acceptor{t: t, edit: edit}).run(NewMechanism(testTicket(), ""))
		refused(name, err, "not of this login")
	}
	_, err := (&acceptor{t: t, edit: func(p *answerPart) { p.Subkey = types.EncryptionKey{KeyType: 99, KeyValue: []byte{1}} }}).run(NewMechanism(testTicket(), ""))
	refused("a key of no kind", err, "99")

	begin := func() (*Mechanism, []byte) {
		m := NewMechanism(testTicket(), "")
		token, err := m.Start()
		if err != nil {
			t.Fatal(err)
		}
		return m, token
	}
	m, _ := begin()
	_, err = m.Layer()
	refused("complete at once", err, "before it proved who it is")
	m, token := begin()
	if _, err := m.Next((&acceptor{t: t}).accept(token)); err != nil {
		t.Fatal(err)
	}
	_, err = m.Layer()
	refused("complete without an offer", err, "before it proved who it is")
	m, token = begin()
	_, err = m.Next(token)
	refused("our own token", err, "a token of the kind 0100 came where 0200 was due")
	m, _ = begin()
	_, other := begin()
	_, err = m.Next((&acceptor{t: t}).accept(other))
	refused("the proof of another login", err, "not of this login")
	a := &acceptor{t: t, offer: []byte{7, 1, 0, 0}}
	m = NewMechanism(testTicket(), "")
	if _, err := a.run(m); err != nil {
		t.Fatal(err)
	}
	_, err = m.Next(nil)
	refused("more", err, "goes on where the login is complete")

	m, _ = begin()
	b, err := encode(asnAppTag.KRBError, refusal{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_ERROR, STime: time.Now().UTC().Add(time.Hour + 30*time.Second), ErrorCode: errorcode.KRB_AP_ERR_SKEW,
		Realm: "A", SName: types.PrincipalName{NameString: []string{"hive", "h"}}, EText: "clock\x1b skew",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Next(frameToken(tokenError, b))
	refused("a refusal", err, "differ by 1h0m")
	var e *Error
	if errors.As(err, &e) && e.Code != 37 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("a refusal: %q, want the code 37 and no control characters", err)
	}
}

func TestTokenFrame(t *testing.T) {
	for _, size := range []int{0, 1, 114, 115, 200, 60_000, 70_000} {
		message := bytes.Repeat([]byte{'x'}, size)
		kind, got, err := unframeToken(frameToken(0x0102, message))
		if err != nil || kind != 0x0102 || !bytes.Equal(got, message) {
			t.Errorf("%d bytes: got kind %04x and %d bytes, %v", size, kind, len(got), err)
		}
	}
	good := frameToken(tokenReply, []byte("xyz"))
	for n := range good {
		if _, _, err := unframeToken(good[:n]); !errors.Is(err, errFraming) {
			t.Errorf("%d bytes of %d: got %v, want %v", n, len(good), err, errFraming)
		}
	}
	for _, bad := range [][]byte{append(slices.Clone(good), 0), {0x60, 0x80}, {0x60, 0x85, 0, 0, 0, 0, 0}, {0x60, 0x84, 0xff}, {0x61}} {
		if _, _, err := unframeToken(bad); !errors.Is(err, errFraming) {
			t.Errorf("%x: got %v, want %v", bad, err, errFraming)
		}
	}
}

// server is what a SASL negotiation reads.
type server struct{ io.Reader }

func (server) Write(b []byte) (int, error) { return len(b), nil }

// FuzzMechanism: whatever a server says in the negotiation, it does not become one that has proved who it is.
func FuzzMechanism(f *testing.F) {
	m := NewMechanism(testTicket(), "")
	token, err := m.Start()
	if err != nil {
		f.Fatal(err)
	}
	proof := (&acceptor{t: f}).accept(token)
	message := func(status byte, b []byte) []byte {
		return append(binary.BigEndian.AppendUint32([]byte{status}, uint32(len(b))), b...)
	}
	f.Add(message(2, proof))
	f.Add(append(message(2, proof), message(5, nil)...))
	f.Add(message(5, nil))
	f.Add(message(2, frameToken(tokenError, []byte{0x7e, 0})))
	f.Add(message(3, []byte("GSS initiate failed")))
	f.Fuzz(func(t *testing.T, said []byte) {
		if _, err := sasl.Negotiate(server{bytes.NewReader(said)}, NewMechanism(testTicket(), "")); err == nil {
			t.Errorf("%x was taken for a login", said)
		}
	})
}

// Lengths have as few octets as they need (DER).
func TestTokenFrameLength(t *testing.T) {
	for size, want := range map[int]string{114: "\x60\x7f", 115: "\x60\x81\x80", 200: "\x60\x81\xd5", 300: "\x60\x82\x01\x39", 70_000: "\x60\x83\x01\x11\x7d"} {
		if got := frameToken(tokenRequest, make([]byte, size)); !bytes.HasPrefix(got, []byte(want)) {
			t.Errorf("%d bytes: begins with %x, want %x", size, got[:5], want)
		}
	}
}
