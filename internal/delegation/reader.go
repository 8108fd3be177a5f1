package delegation

import (
	"encoding/binary"
	"errors"
)

// reader reads what Hadoop writes. After the first error there is nothing more to read.
type reader struct {
	rest []byte
	err  error
}

var (
	errCut   = errors.New("it ends in the middle")
	errMore  = errors.New("there is more behind it")
	errField = errors.New("it holds a field of a kind that does not occur there")
)

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.rest)) {
		r.fail(errCut)
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// vint reads a length as WritableUtils.writeVInt writes it: one byte that is the number, or one that tells how many bytes
// of it follow.
func (r *reader) vint() uint64 {
	head := r.take(1)
	if head == nil {
		return 0
	}
	first := int8(head[0])
	switch {
	case first >= 0:
		return uint64(first)
	case first > -113 || first < -120:
		r.fail(errors.New("it holds a negative length"))
		return 0
	}
	var n uint64
	for _, b := range r.take(uint64(-112 - int(first))) {
		n = n<<8 | uint64(b)
	}
	return n
}

func appendVint(b []byte, n int) []byte {
	if n < 128 {
		return append(b, byte(n))
	}
	octets := 0
	for left := n; left > 0; left >>= 8 {
		octets++
	}
	b = append(b, byte(-112-octets))
	for ; octets > 0; octets-- {
		b = append(b, byte(n>>(8*(octets-1))))
	}
	return b
}

func (r *reader) bytes() []byte { return r.take(r.vint()) }

// token reads a Token as a Writable.
func (r *reader) token() Token {
	return Token{Identifier: r.bytes(), Password: r.bytes(), Kind: string(r.bytes()), Service: string(r.bytes())}
}

// writables reads the tokens of a file of version 0. The secret keys that follow them are nobody's business here.
func (r *reader) writables() []Entry {
	var entries []Entry
	for n := r.vint(); n > 0 && r.err == nil; n-- {
		entries = append(entries, Entry{string(r.bytes()), r.token()})
	}
	return entries
}

// messages reads the tokens of a file of version 1: a CredentialsProto behind its length (Security.proto).
func (r *reader) messages() []Entry {
	var entries []Entry
	all := reader{rest: r.take(r.uvarint())}
	for len(all.rest) > 0 {
		number, body := all.field()
		if number != 1 { // 2 is a secret key
			continue
		}
		var e Entry
		pair := reader{rest: body}
		for len(pair.rest) > 0 {
			switch number, body := pair.field(); number {
			case 1:
				e.Alias = string(body)
			case 2:
				e.Token = all.message(body)
			}
		}
		all.adopt(pair)
		entries = append(entries, e)
	}
	r.adopt(all)
	return entries
}

// message reads a TokenProto.
func (r *reader) message(b []byte) Token {
	var t Token
	fields := reader{rest: b}
	for len(fields.rest) > 0 {
		switch number, body := fields.field(); number {
		case 1:
			t.Identifier = body
		case 2:
			t.Password = body
		case 3:
			t.Kind = string(body)
		case 4:
			t.Service = string(body)
		}
	}
	r.adopt(fields)
	return t
}

// adopt takes over what went wrong within.
func (r *reader) adopt(within reader) {
	if within.err != nil {
		r.fail(within.err)
	}
}

// field reads one field of a message. All that occur are texts and bytes.
func (r *reader) field() (number uint64, body []byte) {
	key := r.uvarint()
	if r.err == nil && key&7 != 2 {
		r.fail(errField)
	}
	return key >> 3, r.take(r.uvarint())
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail(errCut)
		return 0
	}
	r.rest = r.rest[size:]
	return n
}
