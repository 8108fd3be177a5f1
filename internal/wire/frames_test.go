package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/skep-go/skep/internal/wire"
)

// frame makes one frame of a payload.
func frame(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...)
}

// frames cuts a stream into frames of n bytes.
func frames(stream []byte, n int) []byte {
	var out []byte
	for chunk := range slices.Chunk(stream, n) {
		out = append(out, frame(chunk)...)
	}
	return out
}

func nextMessage(payload []byte, limit int) ([]byte, error) {
	return wire.NewFrameReader(bytes.NewReader(frame(payload)), nil, limit).NextMessage(nil)
}

func TestReadFrame(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 64 << 10, 64<<10 + 1, 1 << 20} {
		payload := bytes.Repeat([]byte{0xa5}, n)
		got, err := wire.ReadFrame(iotest.HalfReader(bytes.NewReader(frame(payload))), []byte("old"), n)
		if err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%d bytes: got %d bytes, %v", n, len(got), err)
		}
	}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":      {"", io.EOF},
		"half a size":  {"\x00\x00", io.ErrUnexpectedEOF},
		"no payload":   {"\x00\x00\x00\x02", io.ErrUnexpectedEOF},
		"half of it":   {"\x00\x00\x00\x02a", io.ErrUnexpectedEOF},
		"claims a lot": {"\x00\x40\x00\x00abc", io.ErrUnexpectedEOF},
	} {
		if _, err := wire.ReadFrame(bytes.NewReader([]byte(c.in)), nil, noLimit); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	_, err := wire.ReadFrame(bytes.NewReader([]byte("\x00\x00\x00\x03abc")), nil, 2)
	tooLarge(t, err, 2)
	_, err = wire.ReadFrame(bytes.NewReader([]byte("\xff\xff\xff\xff")), nil, noLimit)
	corrupt(t, err)
}

// Messages come out the same however they are cut into frames.
func TestNextMessage(t *testing.T) {
	all := samples(t)
	a, b, c := all["columns-third"], all["error"], all["rows-third"]
	stream := slices.Concat(a, b, c)
	for n := 1; n <= len(stream); n++ {
		wantMessages(t, frames(stream, n), a, b, c)
	}
	empty := frame(nil)
	wantMessages(t, slices.Concat(empty, frame(a), empty, frame(b[:5]), empty, empty, frame(b[5:]), frame(c)), a, b, c)
	wantMessages(t, slices.Concat(frame(a), frame(slices.Concat(b, c)), frame(a)), a, b, c, a)
}

func wantMessages(t *testing.T, framed []byte, want ...[]byte) {
	t.Helper()
	var buf []byte
	r := wire.NewFrameReader(iotest.HalfReader(bytes.NewReader(framed)), nil, noLimit)
	for i, want := range want {
		got, err := r.NextMessage(buf)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("message %d: got %d bytes, %v, want %d bytes", i, len(got), err, len(want))
		}
		buf = got
	}
	if _, err := r.NextMessage(buf); err != io.EOF {
		t.Fatalf("got %v after the last message, want io.EOF", err)
	}
}

// A message that was returned stays as it is while the next ones are read.
func TestNextMessageKeepsNothing(t *testing.T) {
	all := samples(t)
	a, b := all["columns-third"], all["rows-third"]
	for _, framed := range [][]byte{frame(slices.Concat(a, b)), slices.Concat(frame(a), frame(b)), frames(slices.Concat(a, b), 50)} {
		r := wire.NewFrameReader(bytes.NewReader(framed), nil, noLimit)
		first, err := r.NextMessage(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.NextMessage(nil); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, a) {
			t.Error("the first message changed when the second was read")
		}
	}
}

func TestNextMessageUnwraps(t *testing.T) {
	// A security layer of one key byte before the payload.
	unwrap := func(frame []byte) ([]byte, error) {
		if len(frame) == 0 {
			return nil, errors.New("no token")
		}
		for i := range frame[1:] {
			frame[1+i] ^= frame[0]
		}
		return frame[1:], nil
	}
	msg := samples(t)["columns-third"]
	wrapped := slices.Concat([]byte{0x55}, msg)
	for i := range msg {
		wrapped[1+i] ^= 0x55
	}
	for name, framed := range map[string][]byte{
		"one frame":  frame(wrapped),
		"two frames": slices.Concat(frame(wrapped[:40]), frame(append([]byte{0x55}, wrapped[40:]...))),
	} {
		r := wire.NewFrameReader(bytes.NewReader(slices.Concat(framed, frame(nil))), unwrap, noLimit)
		if got, err := r.NextMessage(nil); err != nil || !bytes.Equal(got, msg) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, msg)
		}
		if _, err := r.NextMessage(nil); err == nil || err.Error() != "no token" {
			t.Errorf("%s: got %v, want the error of unwrap", name, err)
		}
	}
}

func TestNextMessageLimits(t *testing.T) {
	msg := samples(t)["columns-third"]
	for n := 13; n < len(msg); n++ {
		_, err := nextMessage(msg, n) // the frame is too large
		tooLarge(t, err, n)
		_, err = wire.NewFrameReader(bytes.NewReader(frames(msg, 13)), nil, n).NextMessage(nil) // the message is
		tooLarge(t, err, n)
	}
	for n := 1; n < len(msg); n++ {
		if _, err := nextMessage(msg[:n], noLimit); err != io.ErrUnexpectedEOF {
			t.Fatalf("cut at %d: got %v, want io.ErrUnexpectedEOF", n, err)
		}
	}
	for name, c := range bad {
		_, err := nextMessage([]byte(c.msg), noLimit)
		if c.want == "" {
			tooLarge(t, err, noLimit)
			continue
		}
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		corrupt(t, err)
	}
}

func TestNextMessageReusesMemory(t *testing.T) {
	msg := mixedReply(t)
	framed := frame(msg)
	src := bytes.NewReader(nil)
	r := wire.NewFrameReader(src, nil, len(msg))
	buf := make([]byte, 0, len(msg))
	allocs := testing.AllocsPerRun(10, func() {
		src.Reset(framed)
		got, err := r.NextMessage(buf)
		if err != nil || &got[0] != &buf[:1][0] {
			t.Fatalf("got %v, and other memory than was given", err)
		}
	})
	if allocs > 0 {
		t.Errorf("reading into memory that is large enough takes %v allocations, want 0", allocs)
	}
}

// FuzzReadFrame reads a stream as frames; and cut into frames of n bytes, where
// the same messages must come out as without frames.
func FuzzReadFrame(f *testing.F) {
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		src := bytes.NewReader(stream)
		payload, err := wire.ReadFrame(src, nil, noLimit)
		if read := stream[:len(stream)-src.Len()]; err == nil && !bytes.Equal(frame(payload), read) {
			t.Fatalf("got %q of %q", payload, read)
		}
		if (err == io.EOF) != (len(stream) == 0) {
			t.Fatalf("got %v after %d bytes", err, len(stream))
		}
		r := wire.NewFrameReader(bytes.NewReader(frames(stream, max(1, n))), nil, noLimit)
		for rest := stream; ; {
			want, wantErr := readMessage(rest, noLimit)
			got, err := r.NextMessage(nil)
			if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
				t.Fatalf("got %q, %v, want %q, %v", got, err, want, wantErr)
			}
			if err != nil {
				break
			}
			rest = rest[len(got):]
		}
		took := allocated(func() { _, _ = wire.ReadFrame(bytes.NewReader(stream), nil, 1<<31-1) })
		if limit := uint64(8*len(stream) + 1<<20); took > limit {
			t.Errorf("%d bytes made it allocate %d, want at most %d", len(stream), took, limit)
		}
	})
}
