package krb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"
)

func mustService(t testing.TB, s string) Service {
	t.Helper()
	service, err := ParseService(s)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// byPassword are settings for alice.
func byPassword(conf string) Settings {
	return Settings{ConfText: conf, Client: "alice", Password: "wine"}
}

func TestLogin(t *testing.T) {
	for _, tc := range []struct {
		name     string
		change   func(*kdc)
		defaults []string
		service  string
		asked    string
		want     string
	}{
		{"pre-authentication", nil, nil, "hive/h@A", "krbtgt/A@A krbtgt/A@A hive/h@A", "hive/h@A"},
		{"no pre-authentication", func(k *kdc) { k.preAuth = false }, nil, "hive/h@A", "krbtgt/A@A hive/h@A", "hive/h@A"},
		{"AES of RFC 8009", func(k *kdc) {
			k.etype, k.params = etypeID.AES256_CTS_HMAC_SHA384_192, []byte{0, 0, 16, 0}
		}, []string{"default_tkt_enctypes = aes256-sha2", "default_tgs_enctypes = aes128-sha2"}, "hive/h@A", "krbtgt/A@A krbtgt/A@A hive/h@A", "hive/h@A"},
		{"parameters of the key", func(k *kdc) { k.params = []byte{0, 0, 0, 17} }, nil, "hive/h@A", "krbtgt/A@A krbtgt/A@A hive/h@A", "hive/h@A"},
		{"renewable", nil, []string{"renew_lifetime = 7d", "forwardable = true"}, "hive/h@A", "krbtgt/A@A krbtgt/A@A hive/h@A", "hive/h@A"},
		{"names that the KDC corrects", func(k *kdc) {
			k.edit = func(_ int, r *reply, _ *replyPart) { r.CName.NameString = []string{"Alice"} }
		}, []string{"canonicalize = true"}, "hive/h@A", "krbtgt/A@A krbtgt/A@A hive/h@A", "hive/h@A"},
		{"another realm", func(k *kdc) { k.services["hive/h"] = "B" }, nil, "hive/h@B", "krbtgt/A@A krbtgt/A@A krbtgt/B@A hive/h@B", "hive/h@B"},
		{"a realm behind a realm", func(k *kdc) { k.services["hive/h"] = "C" }, nil, "hive/h@C", "krbtgt/A@A krbtgt/A@A krbtgt/C@A krbtgt/C@B hive/h@C", "hive/h@C"},
		{"the KDC knows the realm", func(k *kdc) { k.services["hive/h"] = "B" }, nil, "hive/h", "krbtgt/A@A krbtgt/A@A hive/h@A hive/h@B", "hive/h@B"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newKDC(t)
			if tc.change != nil {
				tc.change(k)
			}
			l := NewLogin(byPassword(k.conf(k.serve(), tc.defaults...)), time.Now)
			for range 2 { // the second time from memory
				got, err := l.Ticket(t.Context(), mustService(t, tc.service))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.EqualFold(got.Client(), "alice@A") || got.Service() != tc.want {
					t.Errorf("got a ticket of %s for %s, want alice@A for %s", got.Client(), got.Service(), tc.want)
				}
			}
			if got := strings.Join(k.asked, " "); got != tc.asked {
				t.Errorf("the KDC was asked for %s\nwant %s", got, tc.asked)
			}
		})
	}
}

// Replies that no good KDC gives.
func TestLoginSpoiled(t *testing.T) {
	elsewhere := krbtgt("X", "A")
	for _, tc := range []struct {
		name   string
		change func(*kdc)
		step   Step
		text   string
	}{
		{"another key", func(k *kdc) { k.password, k.preAuth = "other", false }, StepLogin, "the password is wrong"},
		{"too many iterations", func(k *kdc) { k.claimed = []byte{0xff, 0, 0, 0} }, StepLogin, "iterations"},
		{"RC4 only", func(k *kdc) {
			k.edit = func(kind int, _ *reply, p *replyPart) {
				if kind == msgtype.KRB_TGS_REP {
					p.Key = types.EncryptionKey{KeyType: etypeID.RC4_HMAC, KeyValue: make([]byte, 16)}
				}
			}
		}, StepTicket, "only AES is supported"},
		{"another request's", func(k *kdc) { k.edit = func(_ int, _ *reply, p *replyPart) { p.Nonce++ } }, StepLogin, "not to this request"},
		{"another client's", func(k *kdc) { k.edit = func(_ int, r *reply, _ *replyPart) { r.CRealm = "B" } }, StepLogin, "alice@B"},
		{"another client's later", func(k *kdc) {
			k.edit = func(kind int, r *reply, _ *replyPart) {
				if kind == msgtype.KRB_TGS_REP {
					r.CName = elsewhere.name
				}
			}
		}, StepTicket, "krbtgt/X@A"},
		{"another service's", func(k *kdc) { k.edit = func(_ int, _ *reply, p *replyPart) { p.SName = elsewhere.name } }, StepLogin, "krbtgt/X"},
		{"another service's later", func(k *kdc) {
			k.edit = func(kind int, _ *reply, p *replyPart) {
				if kind == msgtype.KRB_TGS_REP {
					p.SName = types.PrincipalName{NameString: []string{"http", "h"}}
				}
			}
		}, StepTicket, "gave a ticket for http/h@A"},
		{"no name at all", func(k *kdc) {
			k.edit = func(kind int, _ *reply, p *replyPart) {
				if kind == msgtype.KRB_TGS_REP {
					p.SName = types.PrincipalName{}
				}
			}
		}, StepTicket, "gave a ticket for"},
		{"from realm to realm", func(k *kdc) {
			k.edit = func(kind int, _ *reply, p *replyPart) {
				if kind == msgtype.KRB_TGS_REP {
					p.SName = krbtgt(map[string]string{"A": "B", "B": "A"}[p.SRealm], p.SRealm).name
				}
			}
		}, StepTicket, "from realm to realm"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newKDC(t)
			tc.change(k)
			_, err := NewLogin(byPassword(k.conf(k.serve())), time.Now).Ticket(t.Context(), mustService(t, "hive/h@A"))
			var e *Error
			if !errors.As(err, &e) || e.Step != tc.step || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got %v, want an Error of the step %q with %q in it", err, tc.step, tc.text)
			}
			if err != nil && strings.Contains(err.Error(), "wine") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// What comes from the KDC's port is not always a KDC's.
func TestLoginAnswers(t *testing.T) {
	k := newKDC(t)
	good := k.serve()
	for _, tc := range []struct {
		name, addr, text string
		udp              bool
	}{
		{"the second KDC", "127.0.0.1:1\n kdc = " + good, "", false},
		{"UDP when TCP is closed", k.serveUDP(), "", true},
		{"TCP only", k.serveUDP(), "refused", false},
		{"no address", "nowhere.invalid:88", "nowhere.invalid", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			conf := k.conf(tc.addr)
			if tc.udp {
				conf = strings.ReplaceAll(conf, "udp_preference_limit = 1\n", "")
			}
			_, err := NewLogin(byPassword(conf), time.Now).Ticket(t.Context(), mustService(t, "hive/h@A"))
			if tc.text == "" && err != nil || tc.text != "" && (err == nil || !strings.Contains(err.Error(), tc.text)) {
				t.Errorf("got %v, want %q", err, tc.text)
			}
		})
	}
}

// clock is a clock that can be put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time      { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) add(d time.Duration) { c.ahead.Add(int64(d)) }
func count(all []string, name string) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s != name }))
}

func TestLoginRenews(t *testing.T) {
	k := newKDC(t)
	var c clock
	l := NewLogin(byPassword(k.conf(k.serve())), c.now)
	get := func() *Ticket {
		t.Helper()
		got, err := l.Ticket(t.Context(), mustService(t, "hive/h@A"))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := get()
	c.add(58 * time.Minute)
	if again := get(); again.t != first.t {
		t.Error("a new ticket, while the old one was good")
	}
	c.add(90 * time.Second) // thirty seconds before the end
	second := get()
	if second.t == first.t {
		t.Error("the old ticket, which is about to expire")
	}
	if got := count(k.asked, "krbtgt/A@A"); got != 4 {
		t.Errorf("asked for a ticket-granting ticket %d times, want 4: twice a login, once without a timestamp", got)
	}
	second.Discard()
	first.Discard() // which is gone by now
	if third := get(); third.t == second.t {
		t.Error("the ticket that was discarded")
	}
}

// Without a KDC all goes on for as long as the tickets last.
func TestLoginWithoutKDC(t *testing.T) {
	k := newKDC(t)
	var c clock
	l := NewLogin(byPassword(k.conf(k.serve())), c.now)
	service := mustService(t, "hive/h@A")
	if _, err := l.Ticket(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	k.stop()
	c.add(58 * time.Minute)
	if _, err := l.Ticket(t.Context(), service); err != nil {
		t.Errorf("with a ticket that is good: %v", err)
	}
	c.add(2 * time.Minute)
	_, err := l.Ticket(t.Context(), service)
	var unreachable *unreachableError
	if !errors.As(err, &unreachable) {
		t.Errorf("with a ticket that has expired: got %v, want that no KDC answers", err)
	}
}

func TestLoginWaitsWithItsContext(t *testing.T) {
	l := NewLogin(Settings{}, time.Now)
	<-l.turn // somebody else asks the KDC
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Ticket(ctx, mustService(t, "hive/h")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestShared(t *testing.T) {
	k := newKDC(t)
	a, b := byPassword(k.conf(k.serve())), byPassword("")
	l := Shared(a)
	if again := a; Shared(again) != l {
		t.Error("equal settings have two logins")
	}
	if _, err := l.Ticket(t.Context(), mustService(t, "hive/h")); err != nil {
		t.Fatal(err)
	}
	Shared(b)
	if Shared(a) != l {
		t.Error("a login with a ticket was forgotten")
	}
	l.tgt.end = time.Now().Add(-time.Second)
	Shared(b)
	if Shared(a) == l {
		t.Error("a login whose ticket has expired was kept")
	}
}

// fillCache logs alice in and writes her ticket into a file.
func fillCache(t *testing.T, k *kdc, conf string) string {
	t.Helper()
	l := NewLogin(byPassword(conf), time.Now)
	if _, err := l.Ticket(t.Context(), mustService(t, "hive/h@A")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(file, cacheOf(4, l.tgt), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLoginFromCache(t *testing.T) {
	for _, tc := range []struct {
		name      string
		renewable bool
		later     time.Duration
		text      string
		renewals  int
	}{
		{"fresh", false, 0, "", 0},
		{"about to expire", false, 59*time.Minute + 30*time.Second, "", 0},
		{"about to expire, renewable", true, 59*time.Minute + 30*time.Second, "", 1},
		{"expired", false, time.Hour, "has expired at", 0},
		{"expired, renewable", true, 2 * time.Hour, "has expired at", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newKDC(t)
			addr := k.serve()
			conf := k.conf(addr)
			filled := conf
			if tc.renewable {
				filled = k.conf(addr, "renew_lifetime = 1d")
			}
			file := fillCache(t, k, filled)
			k.asked = nil
			var c clock
			c.add(tc.later)
			l := NewLogin(Settings{ConfText: conf, Cache: "FILE:" + file}, c.now)
			_, err := l.Ticket(t.Context(), mustService(t, "hive/h@A"))
			if tc.text == "" && err != nil || tc.text != "" && (err == nil || !strings.Contains(err.Error(), tc.text)) {
				t.Errorf("got %v, want %q", err, tc.text)
			}
			if got := count(k.asked, "krbtgt/A@A"); got != tc.renewals {
				t.Errorf("%d renewals, want %d", got, tc.renewals)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Ticket(t.Context(), mustService(t, "hive/h@A")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("after kdestroy: got %v, want %v", err, fs.ErrNotExist)
			}
		})
	}
}

func TestLoginFromKeytab(t *testing.T) {
	k := newKDC(t)
	conf := k.conf(k.serve())
	file := func(users ...string) string {
		table := keytab.New()
		for _, u := range users {
			if err := table.AddEntry(u, "A", "wine", time.Now(), 3, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
				t.Fatal(err)
			}
		}
		b, err := table.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "keytab")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("\x05\x02\x00\x00\x00\xffhunter22"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\x05\x02\x00\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, file, user, want, text string }{
		{"the only one", file("alice"), "", "alice@A", ""},
		{"by name", file("alice", "bob"), "bob", "bob@A", ""},
		{"with an instance", file("etl/host"), "etl/host@A", "etl/host@A", ""},
		{"which of them", file("alice", "bob"), "", "", "has the keys of alice@A, bob@A"},
		{"nobody", empty, "", "", "is empty"},
		{"another realm", file("alice"), "alice@B", "", "has no key of alice@B, but of alice@A"},
		{"no principal", file("alice"), "/", "", "a part of the name is empty"},
		{"no keytab", garbage, "", "", "is no keytab: malformed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := NewLogin(Settings{ConfText: conf, Keytab: tc.file, Client: tc.user}, time.Now)
			got, err := l.Ticket(t.Context(), mustService(t, "hive/h@A"))
			if tc.text != "" {
				var e *Error
				if !errors.As(err, &e) || e.Step != StepCredentials || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "hunter22") {
					t.Errorf("got %v, want %q", err, tc.text)
				}
				return
			}
			if err != nil || got.Client() != tc.want {
				t.Errorf("got %v, %v, want %s", got, err, tc.want)
			}
		})
	}
}

func TestServiceAt(t *testing.T) {
	for _, tc := range []struct {
		service, host string
		canonical     bool
		want          string
	}{
		{"hive/_HOST@A", "127.0.0.1", true, "hive/localhost@A"},
		{"hive/_HOST@A", "127.0.0.1", false, "hive/127.0.0.1@A"},
		{"hive/_HOST@A", "HS2.Example.com", false, "hive/hs2.example.com@A"},
		{"hive/_HOST", "nowhere.invalid", true, "hive/nowhere.invalid"},
		{"hive/other@A", "localhost", true, "hive/other@A"},
	} {
		if got := mustService(t, tc.service).At(t.Context(), tc.host, tc.canonical).String(); got != tc.want {
			t.Errorf("%s at %s, canonical %t: got %s, want %s", tc.service, tc.host, tc.canonical, got, tc.want)
		}
	}
}
