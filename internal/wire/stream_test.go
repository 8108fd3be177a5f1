package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/skep-go/skep/internal/wire"
)

const noLimit = 1 << 24

func readMessage(stream []byte, limit int) ([]byte, error) {
	return wire.ReadMessage(bufio.NewReader(bytes.NewReader(stream)), nil, limit)
}

func TestReadMessage(t *testing.T) {
	for name, msg := range samples(t) {
		t.Run(name, func(t *testing.T) {
			twice := slices.Concat(msg, msg)
			for kind, src := range map[string]io.Reader{
				"whole":        bytes.NewReader(twice),
				"byte by byte": iotest.OneByteReader(bytes.NewReader(twice)),
				"halves":       iotest.HalfReader(bytes.NewReader(twice)),
				"end with EOF": iotest.DataErrReader(bytes.NewReader(twice)),
			} {
				r := bufio.NewReaderSize(src, 16)
				for range 2 {
					if got, err := wire.ReadMessage(r, nil, len(msg)); err != nil || !bytes.Equal(got, msg) {
						t.Fatalf("%s: got %d bytes, %v, want %d", kind, len(got), err, len(msg))
					}
				}
				if _, err := wire.ReadMessage(r, nil, noLimit); err != io.EOF {
					t.Fatalf("%s: got %v after the last message, want io.EOF", kind, err)
				}
			}
			for n := 1; n < len(msg); n++ {
				if _, err := readMessage(msg[:n], noLimit); err != io.ErrUnexpectedEOF {
					t.Fatalf("cut at %d: got %v, want io.ErrUnexpectedEOF", n, err)
				}
				_, err := readMessage(msg, n)
				tooLarge(t, err, n)
			}
		})
	}
}

func TestReadMessageRefuses(t *testing.T) {
	for name, c := range bad {
		_, err := readMessage([]byte(c.msg), noLimit)
		if c.want == "" {
			tooLarge(t, err, noLimit)
			continue
		}
		corrupt(t, err)
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q, want %q in it", name, err, c.want)
		}
	}
}

// A peer that speaks another protocol is told from its first four bytes, not
// when it has sent enough for a message.
func TestReadMessageOtherProtocol(t *testing.T) {
	src, peer := io.Pipe()
	defer src.Close()
	go func() { _, _ = peer.Write([]byte("220 ")) }()
	_, err := wire.ReadMessage(bufio.NewReader(src), nil, noLimit)
	corrupt(t, err)
}

// An error of the stream comes through as it is, at every place.
func TestReadMessageStreamError(t *testing.T) {
	broken := errors.New("broken")
	msg := samples(t)["columns-third"]
	for n := range msg {
		r := bufio.NewReader(io.MultiReader(bytes.NewReader(msg[:n]), iotest.ErrReader(broken)))
		if _, err := wire.ReadMessage(r, nil, noLimit); err != broken {
			t.Fatalf("after %d bytes: got %v, want %v", n, err, broken)
		}
	}
}

func TestReadMessageReusesMemory(t *testing.T) {
	msg := mixedReply(t)
	src := bytes.NewReader(nil)
	r := bufio.NewReader(src)
	buf := make([]byte, 0, len(msg))
	allocs := testing.AllocsPerRun(10, func() {
		src.Reset(msg)
		got, err := wire.ReadMessage(r, buf, len(msg))
		if err != nil || &got[0] != &buf[:1][0] {
			t.Fatalf("got %v, and other memory than was given", err)
		}
	})
	if allocs > 0 {
		t.Errorf("reading into memory that is large enough takes %v allocations, want 0", allocs)
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Fuzz(func(t *testing.T, stream []byte) {
		got, err := readMessage(stream, noLimit)
		slow, slowErr := wire.ReadMessage(bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(stream)), 16), nil, noLimit)
		if !bytes.Equal(got, slow) || (err == nil) != (slowErr == nil) {
			t.Fatalf("at once: %q, %v; byte by byte: %q, %v", got, err, slow, slowErr)
		}
		valid := wire.Validate(stream)
		switch {
		case err == nil:
			if err := wire.Validate(got); err != nil || !bytes.HasPrefix(stream, got) {
				t.Fatalf("got %q (valid: %v) of %q", got, err, stream)
			}
			if (valid == nil) != (len(got) == len(stream)) {
				t.Fatalf("Validate gives %v, the message has %d bytes of %d", valid, len(got), len(stream))
			}
		case valid == nil:
			t.Fatalf("got error %v for a valid message", err)
		case (err == io.EOF) != (len(stream) == 0):
			t.Fatalf("got io.EOF after %d bytes", len(stream))
		}
		took := allocated(func() { _, _ = readMessage(stream, 1<<31-1) })
		if limit := uint64(8*len(stream) + 1<<20); took > limit {
			t.Errorf("%d bytes made it allocate %d, want at most %d", len(stream), took, limit)
		}
	})
}
