package sasl_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/internal/sasl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is the server's side of a handshake: what it says is fixed, what it hears is kept.
type peer struct {
	io.Reader
	heard bytes.Buffer
}

func (p *peer) Write(b []byte) (int, error) { return p.heard.Write(b) }

func say(messages ...[]byte) []byte { return bytes.Join(messages, nil) }

func msg(status byte, payload string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{status}, uint32(len(payload))), payload...)
}

// echo is a mechanism with challenges: it answers each with "re:" and the challenge.
type echo struct{ done *bool }

func (echo) Name() string               { return "ECHO" }
func (echo) Start() ([]byte, error)     { return nil, nil }
func (echo) Layer() (sasl.Layer, error) { return layer{}, nil }
func (e echo) Next(c []byte) ([]byte, error) {
	if string(c) == "bad" {
		return nil, errBadChallenge
	}
	if e.done != nil {
		*e.done = true
	}
	return append([]byte("re:"), c...), nil
}

var errBadChallenge = errors.New("the challenge is bad")

type layer struct{}

func (layer) Wrap(b []byte) ([]byte, error)   { return b, nil }
func (layer) Unwrap(b []byte) ([]byte, error) { return b, nil }
func (layer) MaxPayload() int                 { return 1 << 16 }

const hello = "\x01\x00\x00\x00\x05PLAIN\x02\x00\x00\x00\x0b\x00alice\x00wine"

func TestNegotiate(t *testing.T) {
	plain := sasl.Plain{User: "alice", Password: "wine"}
	tests := []struct {
		name   string
		m      sasl.Mechanism
		server []byte
		heard  string
		layer  bool
		err    error  // in the tree of the error
		text   string // the error's text, if it matters
	}{
		{name: "plain accepted", m: plain, server: msg(5, ""), heard: hello},
		{
			name: "plain refused", m: plain, server: msg(3, "Error validating the login"), heard: hello,
			err: &sasl.RefusedError{}, text: "the server refused SASL PLAIN: Error validating the login",
		},
		{
			name: "error", m: plain, server: msg(4, "Unsupported mechanism type PLAIN"),
			err: &sasl.RefusedError{}, text: "the server refused SASL PLAIN: Unsupported mechanism type PLAIN",
		},
		{name: "no reason", m: plain, server: msg(3, " \n"), err: &sasl.RefusedError{}, text: "the server refused SASL PLAIN: no reason given"},
		{
			name: "hostile reason", m: plain, server: msg(3, "a\x1b[31m\xff\nb"),
			err: &sasl.RefusedError{}, text: "the server refused SASL PLAIN: a [31m\uFFFD b",
		},
		{
			name: "plain has no challenges", m: plain, server: msg(2, "who?"),
			text: "the server sent a challenge, which SASL PLAIN does not have",
		},
		{name: "plain complete with data", m: plain, server: msg(5, "x"), text: "the server sent a challenge, which SASL PLAIN does not have"},
		{
			name: "challenges", m: echo{}, server: say(msg(2, "one"), msg(2, ""), msg(5, "")), layer: true,
			heard: "\x01\x00\x00\x00\x04ECHO\x02\x00\x00\x00\x00" + "\x02\x00\x00\x00\x06re:one" + "\x02\x00\x00\x00\x03re:",
		},
		{name: "complete with data", m: echo{}, server: msg(5, "last"), layer: true, heard: "\x01\x00\x00\x00\x04ECHO\x02\x00\x00\x00\x00"},
		{name: "bad challenge", m: echo{}, server: msg(2, "bad"), err: errBadChallenge},
		{name: "bad last word", m: echo{}, server: msg(5, "bad"), err: errBadChallenge},
		{name: "refused after a challenge", m: echo{}, server: say(msg(2, "one"), msg(3, "no")), err: &sasl.RefusedError{}},
		{name: "closed at once", m: plain, server: nil, err: io.EOF},
		{name: "closed in the header", m: plain, server: []byte{5, 0, 0}, err: io.ErrUnexpectedEOF},
		{name: "closed in the payload", m: plain, server: msg(3, "Error")[:7], err: io.ErrUnexpectedEOF},
		{name: "start from the server", m: plain, server: msg(1, "PLAIN"), err: sasl.ErrProtocol},
		{name: "unknown status", m: plain, server: msg(6, ""), err: sasl.ErrProtocol},
		{name: "http", m: plain, server: []byte("HTTP/1.1 400 Bad Request\r\n"), err: sasl.ErrProtocol},
		{name: "a strict Thrift message", m: plain, server: []byte("\x80\x01\x00\x02\x00"), err: sasl.ErrProtocol},
		{name: "oversized", m: plain, server: []byte("\x03\x00\x10\x00\x01rest"), err: sasl.ErrProtocol},
		{name: "negative length", m: plain, server: []byte("\x03\xff\xff\xff\xffrest"), err: sasl.ErrProtocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &peer{Reader: bytes.NewReader(tt.server)}
			l, err := sasl.Negotiate(p, tt.m)
			wantErr := tt.err != nil || tt.text != ""
			if (err != nil) != wantErr {
				t.Fatalf("error = %v, want one: %t", err, wantErr)
			}
			if tt.heard != "" && p.heard.String() != tt.heard {
				t.Errorf("sent %q, want %q", p.heard.String(), tt.heard)
			}
			if (l != nil) != tt.layer {
				t.Errorf("layer = %v, want one: %t", l, tt.layer)
			}
			if refused := new(sasl.RefusedError); errors.As(tt.err, &refused) {
				if !errors.As(err, &refused) {
					t.Errorf("error = %T %v, want a RefusedError", err, err)
				}
			} else if tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("error = %v, want %v in its tree", err, tt.err)
			}
			if tt.text != "" && err.Error() != tt.text {
				t.Errorf("error = %q, want %q", err, tt.text)
			}
			if err != nil && strings.Contains(err.Error(), "wine") {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
}

// The data that comes with COMPLETE is for the mechanism: Kerberos and DIGEST-MD5 prove the server with it.
func TestNegotiateHandsOverTheLastWord(t *testing.T) {
	seen := false
	if _, err := sasl.Negotiate(&peer{Reader: bytes.NewReader(msg(5, "proof"))}, echo{&seen}); err != nil || !seen {
		t.Errorf("error %v, mechanism has seen the data: %t", err, seen)
	}
}

// broken takes n writes.
type broken struct {
	peer
	n int
}

func (b *broken) Write(p []byte) (int, error) {
	if b.n--; b.n < 0 {
		return 0, io.ErrClosedPipe
	}
	return b.peer.Write(p)
}

func TestNegotiateTellsWriteErrors(t *testing.T) {
	for n := range 2 {
		b := &broken{peer{Reader: bytes.NewReader(msg(2, "one"))}, n}
		if _, err := sasl.Negotiate(b, echo{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("write %d fails: error = %v, want %v", n, err, io.ErrClosedPipe)
		}
	}
}

// A mechanism that cannot begin sends nothing: half a handshake would only confuse the server's log.
func TestNegotiateRefusesBeforeSending(t *testing.T) {
	p := &peer{Reader: strings.NewReader("")}
	if _, err := sasl.Negotiate(p, sasl.Plain{User: "alice"}); err == nil || p.heard.Len() > 0 {
		t.Errorf("error %v after sending %q, want an error and nothing sent", err, p.heard.String())
	}
}

func TestPlain(t *testing.T) {
	tests := []struct {
		name, user, password string
		want, problem        string
	}{
		{name: "usual", user: "alice", password: "wine", want: "\x00alice\x00wine"},
		{name: "printable ASCII", user: `a b"c\d`, password: "~!@ #$%", want: "\x00a b\"c\\d\x00~!@ #$%"},
		{name: "no user", password: "wine", problem: "SASL PLAIN needs a user"},
		{name: "no password", user: "alice", problem: "SASL PLAIN needs a password"},
		{name: "NUL in the user", user: "al\x00ice", password: "wine", problem: "the user holds a byte"},
		{name: "NUL in the password", user: "alice", password: "wi\x00ne", problem: "the password holds a byte"},
		{name: "non-ASCII user", user: "zoë", password: "wine", problem: "the user holds a byte"},
		{name: "non-ASCII password", user: "alice", password: "wîne", problem: "the password holds a byte"},
		{name: "DEL", user: "alice", password: "wine\x7f", problem: "the password holds a byte"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sasl.Plain{User: tt.user, Password: tt.password}.Start()
			if string(got) != tt.want {
				t.Errorf("initial response = %q, want %q", got, tt.want)
			}
			if text := fmt.Sprint(err); (err != nil) != (tt.problem != "") || !strings.Contains(text, tt.problem) {
				t.Errorf("error = %v, want %q in it", err, tt.problem)
			}
			if err != nil && tt.password != "" && strings.Contains(err.Error(), tt.password) {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
}

// A length that lies costs what has arrived, not what it claims.
func TestNegotiateMemory(t *testing.T) {
	claim := []byte("\x03\x00\x0f\xff\xffonly this")
	var before, after runtime.MemStats
	const rounds = 100
	runtime.ReadMemStats(&before)
	for range rounds {
		if _, err := sasl.Negotiate(&peer{Reader: bytes.NewReader(claim)}, echo{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("error = %v, want %v", err, io.ErrUnexpectedEOF)
		}
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / rounds; got > 16<<10 {
		t.Errorf("a length of 1 MiB with 9 bytes behind it allocates %d bytes, want 16 KiB at most", got)
	}
}

// FuzzNegotiate: whatever the server says, the handshake ends, and tells why.
func FuzzNegotiate(f *testing.F) {
	f.Fuzz(func(t *testing.T, server []byte) {
		for _, m := range []sasl.Mechanism{sasl.Plain{User: "alice", Password: "wine"}, echo{}} {
			p := &peer{Reader: bytes.NewReader(server)}
			l, err := sasl.Negotiate(p, m)
			// An answer costs 5+3 bytes over its challenge, which costs 5.
			if most := 64 + 2*len(server); p.heard.Len() > most {
				t.Errorf("%s: sent %d bytes in answer to %d", m.Name(), p.heard.Len(), len(server))
			}
			if err == nil {
				if want, _ := m.Layer(); (l != nil) != (want != nil) {
					t.Errorf("%s: layer = %v", m.Name(), l)
				}
				continue
			}
			var refused *sasl.RefusedError
			if errors.As(err, &refused) && strings.ContainsFunc(refused.Message, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%s: control characters in %q", m.Name(), refused.Message)
			}
			known := refused != nil || errors.Is(err, sasl.ErrProtocol) || errors.Is(err, io.EOF) ||
				errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errBadChallenge) || strings.Contains(err.Error(), "challenge")
			if !known {
				t.Errorf("%s: unknown error %T %v", m.Name(), err, err)
			}
			if strings.Contains(err.Error(), "wine") && !bytes.Contains(server, []byte("wine")) {
				t.Errorf("%s: the error tells the password: %q", m.Name(), err)
			}
		}
	})
}
