package krb

import (
	"encoding/binary"
	"os"
	"strconv"
	"testing"
	"time"
)

// cacheOf writes a ticket cache.
func cacheOf(version byte, tickets ...*ticket) []byte {
	b := []byte{5, version}
	data := func(s string) { b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...) }
	number := func(n int) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	name := func(p principal) {
		number(int(p.name.NameType))
		number(len(p.name.NameString))
		data(p.realm)
		for _, s := range p.name.NameString {
			data(s)
		}
	}
	stamp := func(t time.Time) {
		if t.IsZero() {
			number(0)
		} else {
			number(int(t.Unix()))
		}
	}
	if version == 4 {
		b = append(b, 0, 12, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	name(tickets[0].client)
	for _, t := range tickets {
		name(t.client)
		name(t.server)
		b = binary.BigEndian.AppendUint16(b, uint16(t.key.KeyType))
		if version == 3 {
			b = binary.BigEndian.AppendUint16(b, uint16(t.key.KeyType))
		}
		data(string(t.key.KeyValue))
		stamp(t.start)
		stamp(time.Time{})
		stamp(t.end)
		stamp(t.renewTill)
		b = append(b, 0)
		number(0)
		number(1) // address
		b = append(b, 0, 2)
		data("\x7f\x00\x00\x01")
		number(0) // authorization data
		data(string(t.encoded))
		data("")
	}
	return b
}

// sampleTickets are those of a cache as kinit leaves it, with an entry that is no ticket.
func sampleTickets() []*ticket {
	alice := principal{krbtgt("", "").name, "A"}
	alice.name.NameString = []string{"alice"}
	end := time.Unix(1_800_000_000, 0)
	tgt := &ticket{client: alice, server: krbtgt("A", "A"), encoded: []byte("ticket"), start: end.Add(-time.Hour), end: end, renewTill: end.Add(time.Hour)}
	tgt.key.KeyType, tgt.key.KeyValue = 18, make([]byte, 32)
	newer, setting := *tgt, *tgt
	newer.end = end.Add(time.Minute)
	setting.server = principal{krbtgt("fast_avail", "").name, "X-CACHECONF:"}
	return []*ticket{tgt, &setting, &newer}
}

func TestParseCache(t *testing.T) {
	all := sampleTickets()
	for _, version := range []byte{3, 4} {
		b := cacheOf(version, all...)
		c, err := parseCache(b)
		if err != nil {
			t.Fatal(err)
		}
		if !c.client.equal(all[0].client) || len(c.tickets) != 2 {
			t.Errorf("version %d: %d tickets of %s, want 2 of %s", version, len(c.tickets), c.client, all[0].client)
		}
		got := c.find(krbtgt("A", "A"))
		if got == nil || !got.end.Equal(all[2].end) || !got.start.Equal(all[2].start) || !got.renewTill.Equal(all[2].renewTill) || string(got.encoded) != "ticket" || got.grants() != "A" {
			t.Errorf("version %d: found %+v, want %+v", version, got, all[2])
		}
		if c.find(krbtgt("B", "A")) != nil {
			t.Errorf("version %d: found a ticket that is not there", version)
		}
		whole := 0
		for n := range b {
			if _, err := parseCache(b[:n]); err == nil {
				whole++
			}
		}
		if whole != len(all) { // between two entries nothing is missing
			t.Errorf("version %d: %d beginnings were taken for whole, want %d", version, whole, len(all))
		}
	}
	for _, bad := range []string{"", "\x05", "\x05\x02", "\x04\x04", "[libdefaults]"} {
		if _, err := parseCache([]byte(bad)); err == nil {
			t.Errorf("%q was taken for a ticket cache", bad)
		}
	}
}

func TestCacheName(t *testing.T) {
	uid := "FILE:/tmp/of_%{uid}"
	for _, tc := range []struct{ given, env, conf, want string }{
		{"/a", "/b", "/c", "/a"},
		{"FILE:/a", "", "", "/a"},
		{"WRFILE:/a", "", "", "/a"},
		{"", "FILE:/b", "/c", "/b"},
		{"", "", "FILE:/c", "/c"},
		{"", "", uid, "/tmp/of_" + uidText()},
		{"", "", "", "/tmp/krb5cc_" + uidText()},
		{`C:\cache`, "", "", `C:\cache`},
		{"", "KCM:", "/c", ""},
		{"", "", "KEYRING:persistent:0", ""},
	} {
		t.Setenv("KRB5CCNAME", tc.env)
		got, err := cacheName(tc.given, &conf{cache: tc.conf})
		if got != tc.want || (err != nil) != (tc.want == "") {
			t.Errorf("cacheName(%q) with %q and %q: got %q, %v, want %q", tc.given, tc.env, tc.conf, got, err, tc.want)
		}
	}
}

// FuzzParseCache: whatever the file holds, nothing that it says of lengths costs what is not there.
func FuzzParseCache(f *testing.F) {
	f.Add(cacheOf(4, sampleTickets()...))
	f.Add(cacheOf(3, sampleTickets()...))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseCache(b)
		if err != nil {
			return
		}
		for _, ticket := range c.tickets {
			if len(ticket.encoded) > len(b) {
				t.Errorf("a ticket of %d bytes in %d", len(ticket.encoded), len(b))
			}
		}
		_ = c.find(krbtgt(c.client.realm, c.client.realm))
	})
}

func uidText() string { return strconv.Itoa(os.Getuid()) }
