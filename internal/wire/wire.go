// Package wire reads Thrift's strict binary protocol from memory and from a
// byte stream, for peers that are not trusted.
//
//	msg, err := wire.ReadMessage(r, buf, limit)      // unframed stream
//	msg, err := frames.NextMessage(buf)              // SASL frames
//	h, err := wire.ParseMessage(msg)                 // whose answer is it?
//	res, err := decoder.FetchResults(msg[h.BodyOffset:])
//
// Every length is checked against what is really there before anything is
// allocated for it; nothing here panics on any input.
package wire

import "fmt"

// CorruptError reports bytes that are not what the protocol requires.
// The connection they came from cannot be used further.
type CorruptError struct {
	What   string // what is wrong, for a person
	Offset int    // where: bytes from the start of the message or frame
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("corrupt Thrift data at byte %d: %s", e.Offset, e.What)
}

func corrupt(offset int, format string, args ...any) error {
	return &CorruptError{What: fmt.Sprintf(format, args...), Offset: offset}
}

// TooLargeError reports a message or frame that is larger than the caller
// allows. It is found before the memory is taken; the rest of the message is
// still unread, so the connection cannot be used further.
type TooLargeError struct {
	Size  int64 // bytes known to be needed, a lower bound for a message
	Limit int64 // bytes allowed
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("Thrift message of at least %d bytes exceeds the limit of %d bytes: "+
		"raise maxMessageSize or lower fetchSize", e.Size, e.Limit)
}

// The type ids of the binary protocol.
const (
	typeStop   = 0
	typeBool   = 2
	typeByte   = 3
	typeDouble = 4
	typeI16    = 6
	typeI32    = 8
	typeI64    = 10
	typeString = 11
	typeStruct = 12
	typeMap    = 13
	typeSet    = 14
	typeList   = 15
	typeUUID   = 16
)

// kinds tells for each type id how many bytes a value takes: all of it
// (fixed) or its smallest form. A zero means an unknown type.
var kinds = [256]struct {
	min   int
	fixed bool
}{
	typeBool: {1, true}, typeByte: {1, true}, typeDouble: {8, true},
	typeI16: {2, true}, typeI32: {4, true}, typeI64: {8, true}, typeUUID: {16, true},
	typeString: {4, false}, typeStruct: {1, false},
	typeMap: {6, false}, typeSet: {5, false}, typeList: {5, false},
}

// maxDepth is how deep values may be nested, a value in a struct in the message
// being the third level; the default of Thrift's own libraries.
const maxDepth = 64
