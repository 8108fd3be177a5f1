package wire

import "encoding/binary"

// The types of a message.
const (
	Call      byte = 1
	Reply     byte = 2 // the answer, the method's result struct follows
	Exception byte = 3 // a TApplicationException follows
	Oneway    byte = 4
)

// Header is what a message says before its body.
type Header struct {
	Name       string // method
	Type       byte   // [Call], [Reply], [Exception] or [Oneway]
	Seq        int32  // the caller's sequence number, echoed by the server
	BodyOffset int    // where the body begins in the message
}

// ParseMessage reads the header of a message. It refuses the unversioned form
// of early Thrift with a [*CorruptError], as HiveServer2 does.
func ParseMessage(msg []byte) (Header, error) {
	r := &reader{buf: msg}
	version := r.i32()
	if r.err != nil {
		return Header{}, r.err
	}
	typ, err := messageType(uint32(version))
	if err != nil {
		return Header{}, err
	}
	name, seq := r.bytes(), r.i32()
	if r.err != nil {
		return Header{}, r.err
	}
	return Header{Name: string(name), Type: typ, Seq: seq, BodyOffset: r.off}, nil
}

// messageType checks the first word of a message and returns the type in it.
func messageType(word uint32) (byte, error) {
	const versionMask, version1 = 0xffff0000, 0x80010000
	typ := byte(word)
	switch {
	case word&0x80000000 == 0:
		var first [4]byte
		binary.BigEndian.PutUint32(first[:], word)
		return 0, corrupt(0, "begins with %q: not a Thrift message, or one without a version", first)
	case word&versionMask != version1:
		return 0, corrupt(0, "message version %#x, not %#x", word&versionMask, uint32(version1))
	case typ < Call || typ > Oneway:
		return 0, corrupt(3, "unknown message type %d", typ)
	}
	return typ, nil
}

// Validate checks that msg is exactly one message whose lengths, types and
// nesting are consistent, without copying or allocating for its contents.
//
// Generated decoders allocate for a list before they read it, and they do not
// look at the element type it claims. Give them only messages that pass, and
// with thrift.TConfiguration.MaxMessageSize set to len(msg): then what they
// allocate is bounded by a small multiple of it.
func Validate(msg []byte) error {
	w := walkMessage(len(msg))
	w.exact = true
	n, err := w.walk(msg)
	switch {
	case err != nil:
		return err
	case !w.done():
		return corrupt(len(msg), "message ends early")
	case n < len(msg):
		return corrupt(n, "%d bytes after the end of the message", len(msg)-n)
	}
	return nil
}
