package wire

import (
	"bufio"
	"io"
)

// A FrameReader takes messages out of a sequence of frames. HiveServer2 sends
// each answer in a frame of its own, but the protocol promises nothing: a
// message may span frames, and a frame may hold several (TSaslTransport).
// It is for one goroutine at a time.
type FrameReader struct {
	frames payloads
	// slow reads messages that are not exactly a frame. It runs over frames
	// and holds nothing between messages in the usual case.
	slow *bufio.Reader
}

// NewFrameReader returns a FrameReader over src. unwrap opens the payload of a
// frame where a security layer wrapped it: it returns a part of its argument or
// memory that it does not use again; nil takes payloads as they are. Frames and
// messages of more than limit bytes are refused.
func NewFrameReader(src io.Reader, unwrap func([]byte) ([]byte, error), limit int) *FrameReader {
	f := &FrameReader{frames: payloads{src: src, unwrap: unwrap, limit: limit}}
	f.slow = bufio.NewReader(&f.frames)
	return f
}

// NextMessage returns the next message, which passes [Validate], in the memory
// of buf or in that which unwrap returned; buf may be nil and is overwritten.
// The FrameReader keeps no reference to it. Errors are those of [ReadMessage]
// and of unwrap.
func (f *FrameReader) NextMessage(buf []byte) ([]byte, error) {
	if len(f.frames.rest) == 0 && f.slow.Buffered() == 0 {
		payload, err := f.frames.next(buf)
		if err != nil || Validate(payload) == nil {
			return payload, err
		}
		f.frames.kept = append(f.frames.kept[:0], payload...)
		f.frames.rest = f.frames.kept
	}
	return ReadMessage(f.slow, buf, f.frames.limit)
}

// payloads is the stream of the payloads of a sequence of frames.
type payloads struct {
	src    io.Reader
	unwrap func([]byte) ([]byte, error)
	limit  int
	kept   []byte // the memory of the frame in hand
	rest   []byte // what of it was not read yet
}

// next reads a frame into buf and unwraps it.
func (p *payloads) next(buf []byte) ([]byte, error) {
	frame, err := ReadFrame(p.src, buf, p.limit)
	if err != nil || p.unwrap == nil {
		return frame, err
	}
	return p.unwrap(frame)
}

// Read reads what is left of the frame in hand, or of the next one.
func (p *payloads) Read(dst []byte) (int, error) {
	for len(p.rest) == 0 {
		payload, err := p.next(p.kept)
		if err != nil {
			return 0, err
		}
		p.kept, p.rest = payload, payload
	}
	n := copy(dst, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
