package discovery

import (
	"bytes"
	"io"
	"testing"
)

// replies is a server that says what it was told to, whatever it is asked.
type replies struct{ io.Reader }

func (replies) Write(p []byte) (int, error) { return len(p), nil }

// FuzzSession: no answer makes a session panic, or keep more than was sent.
func FuzzSession(f *testing.F) {
	frames := func(bodies ...[]byte) []byte {
		var b bytes.Buffer
		s := session{stream: &b}
		for _, body := range bodies {
			_ = s.send(body)
		}
		return b.Bytes()
	}
	hello := append(appendText(append([]byte{0, 0, 0, 0, 0, 0, 16, 0}, make([]byte, 8)...), "0123456789abcdef"), 0)
	names := append(replyHeader(1, 0), 0, 0, 0, 1, 0, 0, 0, 1, 'n')
	f.Add(frames(hello, names, append(appendText(replyHeader(2, 0), "h:1"), make([]byte, 68)...), appendText(replyHeader(3, 0), "token"), replyHeader(4, 0)))
	f.Add(frames(hello, append(replyHeader(1, 0), 0, 0, 0, 0), append(replyHeader(2, 0), 0xff, 0xff, 0xff, 0xff)))
	f.Add(frames(hello, replyHeader(1, NoNode)))
	f.Add(frames(hello, append(replyHeader(1, 0), 0x7f, 0xff, 0xff, 0xff)))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		s := session{stream: replies{bytes.NewReader(input)}}
		if s.open() != nil {
			return
		}
		kids, err := s.children("/a")
		if err != nil {
			return
		}
		all, err := s.data(kids)
		var token []byte
		if err == nil {
			token, err = s.exchange([]byte("token"))
		}
		s.close()
		size := len(token)
		for _, name := range kids {
			size += 4 + len(name)
		}
		for _, data := range all {
			size += len(data)
		}
		if size > len(input) {
			t.Errorf("%d bytes of %d (%v)", size, len(input), err)
		}
	})
}

// FuzzNode: whatever is registered is an address or an error.
func FuzzNode(f *testing.F) {
	for path, data := range two() {
		f.Add(path, []byte(data))
	}
	f.Add("serverUri=h:1;version=2.3.10;sequence=1", []byte("h:1"))
	f.Add("serviceUri=h:1;version=1.9", []byte("h:1"))
	f.Add("", []byte("=;a=;=b;hive.server2.thrift.bind.host=h"))
	f.Add("instance-0000000000", []byte(record("activeEndpoint", "h")))
	f.Add("", []byte(`{"internal":[{"addresses":[{"host":"h"}]}]}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if s, err := parseNode(name, data); (err == nil) != (s.Host != "") {
			t.Errorf("node %q: %+v, %v", name, s, err)
		}
		if s, _, err := parseRecord(data); (err == nil) != (s.Host != "") {
			t.Errorf("record: %+v, %v", s, err)
		}
	})
}
