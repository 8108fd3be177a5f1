package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// ReadMessage reads exactly one message from a stream that has no frames
// (HiveServer2 with authentication NOSASL, the metastore). It returns the
// message, which passes [Validate], in the memory of buf, which may be nil, grown
// if need be; what buf held is overwritten.
//
// The error is io.EOF if the stream ends before the first byte and
// io.ErrUnexpectedEOF if it ends later, [*TooLargeError] if the message takes
// more than limit bytes, [*CorruptError], or what the stream reports. After
// any error the position in the stream is lost. Memory grows with what has
// arrived, not with what a length field claims.
func ReadMessage(r *bufio.Reader, buf []byte, limit int) ([]byte, error) {
	w := walkMessage(limit)
	buf = buf[:0]
	for {
		window, _ := r.Peek(r.Buffered()) // as Discard below: cannot fail for what is buffered
		n, err := w.walk(window)
		if err != nil {
			return nil, err
		}
		buf = append(buf, window[:n]...)
		_, _ = r.Discard(n)
		switch {
		case w.done():
			return buf, nil
		case w.pass > 0:
			buf, err = readFull(r, buf, w.pass)
			w.passed()
		default:
			_, err = r.Peek(w.need)
		}
		if err != nil {
			return nil, cut(err, len(buf)+r.Buffered())
		}
	}
}

// ReadFrame reads one frame, a big-endian length of 4 bytes and as many bytes
// of payload, and returns the payload in the memory of buf, as [ReadMessage]
// does and with the same errors. Payloads of more than limit bytes are refused.
func ReadFrame(r io.Reader, buf []byte, limit int) ([]byte, error) {
	buf, err := readFull(r, buf[:0], 4)
	if err != nil {
		return nil, cut(err, len(buf))
	}
	size := int32(binary.BigEndian.Uint32(buf))
	if size < 0 {
		return nil, corrupt(0, "frame of %d bytes", size)
	}
	if int(size) > limit {
		return nil, &TooLargeError{Size: int64(size), Limit: int64(limit)}
	}
	buf, err = readFull(r, buf[:0], int(size))
	if err != nil {
		return nil, cut(err, 4)
	}
	return buf, nil
}

// readFull appends n bytes of r to buf. A buffer that is too small grows by
// what it holds and 64 KiB at a time: a lying length costs no more than that.
func readFull(r io.Reader, buf []byte, n int) ([]byte, error) {
	for n > 0 {
		if cap(buf)-len(buf) < n {
			buf = slices.Grow(buf, min(n, len(buf)+64<<10))
		}
		chunk := buf[len(buf):min(len(buf)+n, cap(buf))]
		got, err := io.ReadFull(r, chunk)
		buf = buf[:len(buf)+got]
		if err != nil {
			return buf, err
		}
		n -= got
	}
	return buf, nil
}

// cut tells the end of a stream between messages, where nothing was read,
// from one in the middle.
func cut(err error, read int) error {
	if errors.Is(err, io.EOF) && read > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}
