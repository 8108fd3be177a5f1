package discovery

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// What is spoken with a server of ZooKeeper: a session is opened and may log in, two kinds of questions are asked, and it
// is closed.
// Messages are frames of a length and a body, whose parts are those of Jute: numbers in big endian, texts and lists after
// their lengths (zookeeper.jute; ZooDefs.OpCode).

const (
	opGetData      = 4
	opGetChildren  = 8
	opSASL         = 102
	opCloseSession = -11
	passwordSize   = 16
	// largest is that of a frame. A server's own limit is 1 MiB (jute.maxbuffer), unless it is raised.
	largest = 8 << 20
	// sessionTimeout is after what a server forgets a session that was not closed; it sets it between its own limits.
	sessionTimeout = 10 * time.Second
)

// Code is an error that ZooKeeper answered (org.apache.zookeeper.KeeperException.Code).
type Code int32

// The codes that tell more than that something failed.
const (
	NoNode     Code = -101
	NoAuth     Code = -102
	AuthFailed Code = -115
	NeedsSASL  Code = -124
)

func (c Code) Error() string {
	switch c {
	case NoNode:
		return "no such znode"
	case NoAuth:
		return "not allowed to read the znode"
	case AuthFailed:
		return "authentication failed"
	case NeedsSASL:
		return "wants a login with SASL"
	}
	return fmt.Sprintf("error %d", int32(c))
}

var errMalformed = errors.New("not an answer of ZooKeeper")

// session is a session with one server, for one goroutine. It is kept alive by nothing, for it is over in a
// moment, so that nothing runs beside its owner.
type session struct {
	stream   io.ReadWriter
	asked    int32 // the number of the last question
	answered int32
}

// open begins the session.
func (s *session) open() error {
	var b []byte
	b = binary.BigEndian.AppendUint32(b, 0) // version
	b = binary.BigEndian.AppendUint64(b, 0) // last transaction seen
	b = binary.BigEndian.AppendUint32(b, uint32(sessionTimeout.Milliseconds()))
	b = binary.BigEndian.AppendUint64(b, 0) // no session to go on with
	b = appendText(b, string(make([]byte, passwordSize)))
	b = append(b, 0) // not from a server that has lost the others
	if err := s.send(b); err != nil {
		return err
	}
	reply, err := s.receive()
	if err != nil {
		return err
	}
	r := jute{b: reply}
	r.number() // version
	timeout := r.number()
	r.take(8) // the session's id
	r.text()  // its password
	switch {
	case r.bad:
		return errMalformed
	case timeout <= 0:
		return errors.New("refused to open a session")
	}
	return nil
}

// exchange sends a token of SASL and returns the server's, which is empty when it has nothing more to say. What is sent
// after the login is not protected by it.
func (s *session) exchange(token []byte) ([]byte, error) {
	if err := s.send(appendText(s.header(opSASL), string(token))); err != nil {
		return nil, err
	}
	body, err := s.answer()
	if err == NeedsSASL { // which a login is refused with where one is demanded
		err = AuthFailed
	}
	if err != nil {
		return nil, err
	}
	r := jute{b: body}
	if token = []byte(r.text()); r.bad {
		return nil, errMalformed
	}
	return token, nil
}

// children returns the names of those of a znode.
func (s *session) children(path string) ([]string, error) {
	if err := s.ask(opGetChildren, path); err != nil {
		return nil, err
	}
	body, err := s.answer()
	if err != nil {
		return nil, err
	}
	return parseChildren(body)
}

func parseChildren(body []byte) ([]string, error) {
	r := jute{b: body}
	var names []string
	for n := r.number(); n > 0 && !r.bad; n-- {
		names = append(names, r.text())
	}
	if r.bad {
		return nil, errMalformed
	}
	return names, nil
}

// data returns what the znodes hold, in their order; nil is one that has gone meanwhile.
func (s *session) data(paths []string) ([][]byte, error) {
	for _, path := range paths {
		if err := s.ask(opGetData, path); err != nil {
			return nil, err
		}
	}
	all := make([][]byte, len(paths))
	for i := range paths {
		body, err := s.answer()
		if err == NoNode {
			continue
		}
		if err != nil {
			return nil, err
		}
		r := jute{b: body}
		if all[i] = []byte(r.text()); r.bad {
			return nil, errMalformed
		}
	}
	return all, nil
}

// close ends the session, and waits for the answer: what is cut off before lasts until it times out.
func (s *session) close() {
	if s.send(s.header(opCloseSession)) == nil {
		_, _ = s.receive()
	}
}

// ask sends a question about a znode, without asking for word when it changes.
func (s *session) ask(op int32, path string) error {
	return s.send(append(appendText(s.header(op), path), 0))
}

func (s *session) header(op int32) []byte {
	s.asked++
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(s.asked)), uint32(op))
}

// answer returns the body of the next answer. They come in the order of the questions, and nothing else does.
func (s *session) answer() ([]byte, error) {
	reply, err := s.receive()
	if err != nil {
		return nil, err
	}
	r := jute{b: reply}
	s.answered++
	number := r.number()
	r.take(8) // that of the last transaction
	code := Code(r.number())
	switch {
	case r.bad || number != s.answered:
		return nil, errMalformed
	case code != 0:
		return nil, code
	}
	return r.b, nil
}

func (s *session) send(body []byte) error {
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err := s.stream.Write(append(frame, body...))
	return err
}

func (s *session) receive() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(s.stream, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > largest {
		return nil, errMalformed
	}
	body := make([]byte, n)
	_, err := io.ReadFull(s.stream, body)
	return body, err
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// jute reads the parts of a message. What is not there is zero, and bad is set.
type jute struct {
	b   []byte
	bad bool
}

func (r *jute) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.b, r.bad = nil, true
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *jute) number() int32 {
	if b := r.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// text reads one that may be absent, which is the length -1.
func (r *jute) text() string {
	n := r.number()
	if n == -1 {
		return ""
	}
	return string(r.take(int(n)))
}

// withDeadline lets the end of ctx end what is read from and written to a connection.
func withDeadline(ctx context.Context, nc net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = nc.SetDeadline(time.Unix(1, 0)) })
}
