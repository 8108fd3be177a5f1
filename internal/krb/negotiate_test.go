package krb

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

// shown is the token in the value of a header.
func shown(t testing.TB, value string) []byte {
	t.Helper()
	text, ok := strings.CutPrefix(value, "Negotiate ")
	b, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		t.Fatalf("the value is %q, %v", value, err)
	}
	return b
}

func TestNegotiate(t *testing.T) {
	ticket := testTicket()
	value, verify, err := ticket.Negotiate()
	if err != nil {
		t.Fatal(err)
	}
	another, _, err := ticket.Negotiate()
	if err != nil || another == value {
		t.Errorf("the second token: %v, or the same as the first", err)
	}
	proof := base64.StdEncoding.EncodeToString((&acceptor{t: t}).accept(shown(t, value)))
	foreign := base64.StdEncoding.EncodeToString((&acceptor{t: t}).accept(shown(t, another)))
	late := base64.StdEncoding.EncodeToString((&acceptor{t: t, edit: func(p *answerPart) { p.CTime = p.CTime.Add(time.Second) }}).accept(shown(t, value)))
	for _, tc := range []struct {
		said []string
		text string // of the error
	}{
		{nil, ""},
		{[]string{"Negotiate"}, ""},
		{[]string{`Basic realm="x"`, "negotiate  " + proof}, ""},
		{[]string{"Negotiate " + foreign}, "not of this login"},
		{[]string{"Negotiate " + late}, "not of this login"},
		{[]string{"Negotiate " + proof, "Negotiate " + foreign}, "not of this login"},
		{[]string{"Negotiate " + proof[4:]}, "not a GSSAPI token"},
		{[]string{"Negotiate ?"}, "not base64"},
	} {
		err := verify(tc.said)
		var e *Error
		if tc.text == "" && err != nil || tc.text != "" && (!errors.As(err, &e) || e.Step != StepServer || !strings.Contains(err.Error(), tc.text)) {
			t.Errorf("%q: got %v, want %q in it", tc.said, err, tc.text)
		}
	}
}

func TestAsksToNegotiate(t *testing.T) {
	for _, tc := range []struct {
		said []string
		want bool
	}{
		{nil, true},
		{[]string{"Negotiate"}, true},
		{[]string{`Basic realm="x"`, " negotiate token"}, true},
		{[]string{`Basic realm="x"`}, false},
		{[]string{"NegotiateNot"}, false},
	} {
		if got := AsksToNegotiate(tc.said); got != tc.want {
			t.Errorf("AsksToNegotiate(%q) = %t, want %t", tc.said, got, tc.want)
		}
	}
}

// FuzzNegotiate: whatever a service says, it has proved nothing unless it has said nothing.
func FuzzNegotiate(f *testing.F) {
	value, _, err := testTicket().Negotiate()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Negotiate " + base64.StdEncoding.EncodeToString((&acceptor{t: f}).accept(shown(f, value))))
	f.Add("Negotiate")
	f.Add("Basic realm=x")
	f.Fuzz(func(t *testing.T, said string) {
		_, verify, err := testTicket().Negotiate()
		if err != nil {
			t.Fatal(err)
		}
		if proof, ok := cutScheme(said); ok && proof != "" && verify([]string{said}) == nil {
			t.Errorf("%q was taken for a proof", said)
		}
	})
}
