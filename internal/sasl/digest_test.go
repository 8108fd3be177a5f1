package sasl

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The example of RFC 2831, section 4.
func TestDigestExample(t *testing.T) {
	x := digestion{
		user: "chris", realm: "elwood.innosoft.com", nonce: "OA6MG9tEQGm2hh", cnonce: "OA6MHXh6VqTrRk",
		uri: "imap/elwood.innosoft.com", qop: Auth,
	}
	x.setPassword("secret")
	for method, want := range map[string]string{
		"AUTHENTICATE": "d388dad90d4bbd760a152321f2143af7",
		"":             "ea40f60335c427b5527b84dbabcdfffd",
	} {
		if got := x.response(method); got != want {
			t.Errorf("response(%q) = %s, want %s", method, got, want)
		}
	}
}

// digester is the server's side of a login.
type digester struct {
	challenge string
	password  string
	said      directives
	secret    []byte
	layer     *digestLayer
}

// login runs a whole login, and gives the server's keys.
func (s *digester) login(t *testing.T, d *Digest) (Layer, error) {
	t.Helper()
	if b, err := d.Start(); b != nil || err != nil {
		t.Errorf("Start() = %q, %v, want nothing", b, err)
	}
	response, err := d.Next([]byte(s.challenge))
	if err != nil {
		return nil, err
	}
	if s.said, err = parseDirectives(string(response)); err != nil {
		t.Fatal(err)
	}
	get := func(name string) string {
		value, err := s.said.one(name, "")
		if err != nil {
			t.Error(err)
		}
		return value
	}
	x := digestion{
		user: get("username"), realm: get("realm"), nonce: get("nonce"), cnonce: get("cnonce"), uri: get("digest-uri"), qop: QOP(get("qop")),
	}
	x.setPassword(s.password)
	if want := x.response("AUTHENTICATE"); get("response") != want || x.uri != "null/default" || get("nc") != "00000001" {
		t.Errorf("the client says %v, want the response %s", s.said, want)
	}
	if _, err := d.Next([]byte("rspauth=" + x.response(""))); err != nil {
		return nil, err
	}
	s.secret = x.secret
	if x.qop != Auth {
		if s.layer, err = newDigestLayer(x.secret, x.qop == AuthConf, 65536); err != nil {
			t.Fatal(err)
		}
		s.layer.send, s.layer.receive = s.layer.receive, s.layer.send
	}
	return d.Layer()
}

const challenge = `realm="default",nonce="a\"b\\c",charset=utf-8,algorithm=md5-sess`

func TestDigest(t *testing.T) {
	for _, tc := range []struct {
		name, challenge string
		want, chosen    QOP
		text            string // of the error
	}{
		{"nothing said of protection", challenge, "", Auth, ""},
		{"the strongest", challenge + `,qop="auth,auth-int"`, "", AuthInt, ""},
		{"encrypted", challenge + `,qop="auth-conf",cipher="3des,rc4,des"`, "", AuthConf, ""},
		{"asked for", challenge + `,qop="auth,auth-int,auth-conf",cipher="3des,rc4,des"`, AuthInt, AuthInt, ""},
		{"blanks", " , " + strings.ReplaceAll(challenge, ",", " ,\r\n ") + ` , QOP = "auth , auth-int"`, "", AuthInt, ""},
		{"no realm", `nonce=n,algorithm=md5-sess`, "", Auth, ""},
		{"more than is known", challenge + `,stale=true,maxbuf=99999999999,qop="auth-int"`, "", AuthInt, ""},
		{"not offered", challenge + `,qop="auth"`, AuthConf, "", "does not offer the protection auth-conf, but [auth]"},
		{"no cipher that is supported", challenge + `,qop="auth-conf",cipher="3des,des"`, "", "", `encrypts by "3des,des"`},
		{"no cipher", challenge + `,qop="auth-conf"`, "", "", "only rc4 is supported"},
		{"no nonce", `realm="default",algorithm=md5-sess`, "", "", "without a nonce"},
		{"two nonces", challenge + `,nonce=x`, "", "", "nonce is there twice"},
		{"another algorithm", `nonce=n,algorithm=sha`, "", "", "another algorithm"},
		{"no algorithm", `nonce=n`, "", "", "another algorithm"},
		{"no room", challenge + `,maxbuf=16,qop="auth-int"`, "", "", "no more than 16 bytes"},
		{"a number that is none", challenge + `,maxbuf=-1`, "", "", "maxbuf is no positive number"},
		{"nothing", "", "", "", "without a nonce"},
		{"no list", "nonsense", "", "", "not a list"},
		{"no name", `="x"`, "", "", "not a list"},
		{"an open quote", `nonce="x`, "", "", "not a list"},
		{"an open escape", `nonce="x\`, "", "", "not a list"},
		{"a quote within", `nonce=x"y"`, "", "", "not a list"},
		{"no comma", `nonce="x"algorithm=md5-sess`, "", "", "not a list"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &digester{challenge: tc.challenge, password: "cGFzc3dvcmQ="}
			layer, err := s.login(t, NewDigest("dXNlcg==", s.password, tc.want))
			if tc.text != "" {
				if err == nil || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %v, want an error with %q in it", err, tc.text)
				}
				return
			}
			if err != nil || s.said["qop"][0] != string(tc.chosen) || (layer != nil) != (tc.chosen != Auth) {
				t.Fatalf("got %v, %v, %v, want %s", s.said, layer, err, tc.chosen)
			}
			if layer != nil {
				tryDigestLayer(t, layer, s.layer)
			}
		})
	}
}

func tryDigestLayer(t *testing.T, client, server Layer) {
	t.Helper()
	for _, size := range []int{0, 1, 1000, client.MaxPayload()} {
		payload := bytes.Repeat([]byte{'x'}, size)
		for _, way := range [][2]Layer{{client, server}, {server, client}} {
			token, err := way[0].Wrap(payload)
			if err != nil || len(token) != size+16 {
				t.Fatalf("a token of %d bytes, %v, want %d", len(token), err, size+16)
			}
			got, err := way[1].Unwrap(token)
			if err != nil || !bytes.Equal(got, payload) {
				t.Errorf("%d bytes became %d, %v", size, len(got), err)
			}
		}
	}
	token, err := server.Wrap([]byte("payload"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		if i >= 7+digestMAC || client.(*digestLayer).receive.cipher == nil { // whose state a token that is no good changes
			bad := slices.Clone(token)
			bad[i] ^= 1
			if _, err := client.Unwrap(bad); err == nil {
				t.Errorf("a change of the byte %d was not noticed", i)
			}
		}
	}
	if _, err := client.Unwrap(token[:digestTrailer-1]); err == nil {
		t.Error("a short token was taken")
	}
	if _, err := client.Unwrap(slices.Clone(token)); err != nil {
		t.Error(err)
	}
	if _, err := client.Unwrap(token); err == nil {
		t.Error("a token was taken twice")
	}
}

// A server that does not know the password, or says that all is well too early.
func TestDigestImpostor(t *testing.T) {
	refused := func(name string, err error, text string) {
		t.Helper()
		if !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want an ErrProtocol with %q in it", name, err, text)
		}
	}
	begin := func() *Digest {
		d := NewDigest("u", "p", "")
		if _, err := d.Next([]byte(challenge)); err != nil {
			t.Fatal(err)
		}
		return d
	}
	_, err := NewDigest("u", "p", "").Layer()
	refused("complete at once", err, "before it proved")
	_, err = begin().Layer()
	refused("complete without a proof", err, "before it proved")
	for _, proof := range []string{"", "rspauth=", "rspauth=ea40f60335c427b5527b84dbabcdfffd", challenge} {
		_, err = begin().Next([]byte(proof))
		refused(fmt.Sprintf("the proof %q", proof), err, "does not prove")
	}
	d := begin()
	if _, err := d.Next([]byte("rspauth=" + d.proof)); err != nil {
		t.Fatal(err)
	}
	_, err = d.Next(nil)
	refused("more", err, "goes on")
}

// FuzzDigest: whatever a server says, it does not become one that knows the password; what it says is read as it is said.
func FuzzDigest(f *testing.F) {
	f.Add([]byte(challenge), []byte("rspauth=0"))
	f.Add([]byte(challenge+`,qop="auth-conf",cipher="rc4",maxbuf=65536`), []byte{})
	f.Add([]byte(`nonce="\`), []byte("="))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if said, err := parseDirectives(string(first)); err == nil {
			var text []string
			for name, values := range said {
				for _, v := range values {
					text = append(text, name+"="+quote(v))
				}
			}
			again, err := parseDirectives(strings.Join(text, ","))
			if err != nil || len(again) != len(said) {
				t.Errorf("%q was read as %q, and that as %q, %v", first, said, again, err)
			}
		}
		d := NewDigest("u", "p", "")
		if _, err := d.Next(first); err != nil {
			return
		}
		if _, err := d.Next(second); err == nil {
			t.Errorf("%q and %q were taken for a login", first, second)
		}
	})
}
