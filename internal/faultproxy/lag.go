package faultproxy

import (
	"io"
	"time"
)

// The delay line of one direction. It holds so many pieces that bandwidth is not what it limits (64 MiB under way in
// 10 ms are 6 GB/s), and no more: a receiver that does not read is felt by the sender in the end, as in a real network.
const (
	pieceSize = 64 << 10
	maxPieces = 1024
)

// piece is bytes that came together, and when they are to arrive.
type piece struct {
	due   time.Time
	bytes []byte
}

// lag copies src to dst until either fails or the proxy ends, every byte by so much later than it came.
func (p *Proxy) lag(dst io.Writer, src io.Reader, by time.Duration) {
	line, free, broken := make(chan piece, maxPieces), make(chan []byte, maxPieces), make(chan struct{})
	p.running.Go(func() {
		defer close(line)
		for {
			var buf []byte
			select {
			case buf = <-free:
			default:
				buf = make([]byte, pieceSize)
			}
			n, err := src.Read(buf)
			if err != nil {
				return
			}
			select {
			case line <- piece{time.Now().Add(by), buf[:n]}:
			case <-broken:
				return
			}
		}
	})
	defer close(broken)
	for it := range line {
		select {
		case <-time.After(time.Until(it.due)):
		case <-p.stop:
			return
		}
		if _, err := dst.Write(it.bytes); err != nil {
			return
		}
		select {
		case free <- it.bytes[:pieceSize]:
		default:
		}
	}
}
