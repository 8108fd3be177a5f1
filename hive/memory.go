package hive

import (
	"sync/atomic"

	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
)

// memory is what batches look into: the rows of one reply, or rows of several replies that were joined. Once all its
// rows were given out and the last of its batches has ended, it is used again, but for what a caller may still look at.
type memory struct {
	set     *wire.RowSet
	decoder *wire.Decoder // holds the vectors of set; nil for joined rows
	reply   *rpc.Call     // holds the texts and the NULL bitmaps; nil for joined rows

	valuesKept atomic.Bool // vectors were handed out
	textKept   atomic.Bool // views of the reply were handed out
}

// recycle gives the memory back. The decoder is nil if it cannot be used again; more tells that another reply comes.
func (m *memory) recycle(more bool) *wire.Decoder {
	if more && m.reply != nil && !m.textKept.Load() {
		m.reply.Recycle()
	}
	if m.valuesKept.Load() {
		return nil
	}
	return m.decoder
}
