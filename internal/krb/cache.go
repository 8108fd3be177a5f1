package krb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// cache is the content of a ticket cache: the tickets of one client.
type cache struct {
	client  principal
	tickets []*ticket
}

// cacheName chooses the file of the ticket cache: the given one, or that of KRB5CCNAME, or of krb5.conf, or of libkrb5.
func cacheName(given string, c *conf) (string, error) {
	name := given
	if name == "" {
		name = os.Getenv("KRB5CCNAME")
	}
	uid := strconv.Itoa(os.Getuid())
	if name == "" {
		name = strings.NewReplacer("%{uid}", uid, "%{euid}", uid, "%{USERID}", uid).Replace(c.cache)
	}
	if name == "" {
		name = "/tmp/krb5cc_" + uid
	}
	kind, file, ok := strings.Cut(name, ":")
	switch {
	case !ok || len(kind) == 1: // a drive of Windows
		return name, nil
	case kind == "FILE" || kind == "WRFILE":
		return file, nil
	}
	return "", fmt.Errorf("the ticket cache %s is none in a file, and no other kind can be read: kinit -c FILE:/some/name makes one, KRB5CCNAME or the setting ticketCache names it", name)
}

// readCache reads a file of the format 3 or 4.
func readCache(file string) (*cache, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c, err := parseCache(b)
	if err != nil {
		return nil, fmt.Errorf("%s is no ticket cache: %w", file, err)
	}
	return c, nil
}

var errCut = errors.New("it ends in the middle of an entry")

// parseCache follows https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html. Of each entry it
// keeps what a login needs; entries that are no tickets (X-CACHECONF:) are passed over.
func parseCache(b []byte) (*cache, error) {
	if len(b) < 2 || b[0] != 5 || b[1] < 3 || b[1] > 4 {
		return nil, errors.New("it does not begin with the bytes 5 and 3 or 4")
	}
	r := cacheReader{b: b[2:], version: b[1]}
	if r.version == 4 {
		r.take(int(r.uint16())) // offset of the KDC's clock
	}
	c := &cache{client: r.principal()}
	for r.err == nil && len(r.b) > 0 {
		t := r.ticket()
		if t != nil && r.err == nil {
			c.tickets = append(c.tickets, t)
		}
	}
	return c, r.err
}

// find returns the cache's newest ticket for a service, or nil.
func (c *cache) find(service principal) *ticket {
	var found *ticket
	for _, t := range c.tickets {
		if t.client.equal(c.client) && t.server.equal(service) && (found == nil || t.end.After(found.end)) {
			found = t
		}
	}
	return found
}

type cacheReader struct {
	b       []byte
	version byte
	err     error
}

// take returns the next n bytes. After an error it returns nil.
func (r *cacheReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errCut
		return nil
	}
	var part []byte
	part, r.b = r.b[:n], r.b[n:]
	return part
}

func (r *cacheReader) uint16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *cacheReader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *cacheReader) data() []byte { return r.take(int(r.uint32())) }

func (r *cacheReader) time() time.Time {
	if s := r.uint32(); s > 0 {
		return time.Unix(int64(s), 0)
	}
	return time.Time{}
}

func (r *cacheReader) principal() principal {
	var p principal
	p.name.NameType = int32(r.uint32())
	n := r.uint32()
	p.realm = string(r.data())
	for i := uint32(0); i < n && r.err == nil; i++ {
		p.name.NameString = append(p.name.NameString, string(r.data()))
	}
	return p
}

// ticket reads an entry, nil if it holds no ticket.
func (r *cacheReader) ticket() *ticket {
	t := &ticket{client: r.principal(), server: r.principal()}
	t.key.KeyType = int32(int16(r.uint16()))
	if r.version == 3 {
		r.take(2) // the type again
	}
	t.key.KeyValue = r.data()
	authTime := r.time()
	t.start, t.end, t.renewTill = r.time(), r.time(), r.time()
	if t.start.IsZero() {
		t.start = authTime
	}
	r.take(1 + 4) // is_skey, flags
	for range 2 { // addresses, authorization data
		for n := r.uint32(); n > 0 && r.err == nil; n-- {
			r.take(2)
			r.data()
		}
	}
	t.encoded = r.data()
	r.data() // second ticket
	if r.err != nil || strings.HasPrefix(t.server.realm, "X-CACHECONF") {
		return nil
	}
	return t
}
