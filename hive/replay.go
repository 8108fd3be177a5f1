package hive

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"slices"

	"github.com/skep-go/skep/internal/wire"
)

// replay is what a result of a session that resumes remembers of the rows that it has had, so that they can be told when
// the server sends them again from the first one on: how many they are, and a hash of each column. The rows before the
// place where the reply was lost must be the same ones again. If they are not, for the query has a rand() in it or its
// table has changed meanwhile, the result is given up.
type replay struct {
	seed    maphash.Seed
	had     trail
	goal    *trail // what was had when a reply was lost, until the server is there again
	rewinds int    // since a row has come that was not known
}

// trail is a part of a result, from its first row on.
type trail struct {
	rows    int
	columns []*maphash.Hash
}

func newReplay() *replay { return &replay{seed: maphash.MakeSeed()} }

// restart begins again.
func (p *replay) restart() {
	if p.goal == nil {
		had := p.had
		p.goal = &had
	}
	p.had = trail{}
	p.rewinds++
}

// take passes over the rows of a reply that were had before, and returns how many they are.
func (p *replay) take(set *wire.RowSet) (known int, err error) {
	if p == nil {
		return 0, nil
	}
	if set.End() {
		switch {
		case p.goal == nil:
			return 0, nil
		case p.goal.rows == 0: // so does Hive 2.3 a second time, with a query that reads no table
			return 0, fmt.Errorf("%w: it gives no rows, which may be all of them or not", ErrNotReread)
		}
		return 0, fmt.Errorf("%w: it ends after %d rows, where %d had come before", ErrNotReread, p.had.rows, p.goal.rows)
	}
	if p.goal != nil {
		known = min(set.NumRows, p.goal.rows-p.had.rows)
		p.had.add(p.seed, set, 0, known)
		if p.had.rows == p.goal.rows {
			if !p.had.equal(p.goal) {
				return 0, fmt.Errorf("%w: the first %d rows are not the same as before", ErrNotReread, p.goal.rows)
			}
			p.goal = nil
		}
	}
	if known < set.NumRows {
		p.had.add(p.seed, set, known, set.NumRows)
		p.rewinds = 0
	}
	return known, nil
}

func (t *trail) equal(u *trail) bool {
	return slices.EqualFunc(t.columns, u.columns, func(a, b *maphash.Hash) bool { return a.Sum64() == b.Sum64() })
}

// add continues the hashes with some rows of a reply, whatever the portions in which they come.
func (t *trail) add(seed maphash.Seed, set *wire.RowSet, from, to int) {
	if from == to {
		return
	}
	for len(t.columns) < len(set.Columns) {
		h := new(maphash.Hash)
		h.SetSeed(seed)
		t.columns = append(t.columns, h)
	}
	for i := range set.Columns {
		hash(t.columns[i], &set.Columns[i], from, to)
	}
	t.rows += to - from
}

// hash adds some values of a column. A NULL counts as what stands in its place, and a mark.
func hash(h *maphash.Hash, c *wire.Column, from, to int) {
	for i := from; i < to; i++ {
		if c.IsNull(i) {
			h.WriteByte(0)
			continue
		}
		var value uint64
		switch c.Kind {
		case wire.KindString, wire.KindBinary:
			text := c.Bytes(i)
			h.Write(binary.LittleEndian.AppendUint32([]byte{1}, uint32(len(text))))
			h.Write(text)
			continue
		case wire.KindBool:
			if c.Bools[i] {
				value = 1
			}
		case wire.KindDouble:
			value = math.Float64bits(c.Doubles[i])
		default:
			value = uint64(c.Int64(i))
		}
		h.Write(binary.LittleEndian.AppendUint64([]byte{1}, value))
	}
}

// rewind prepares for reading the result again after the replies to the given requests were lost.
func (r *Rows) rewind(ctx context.Context, lost []request, cause error) error {
	if r.replay == nil || r.replay.rewinds == resumeTries {
		return fmt.Errorf("%w: %w", ErrNotReread, cause)
	}
	var guards []*guard
	for _, req := range lost {
		if !slices.Contains(guards, req.guard) {
			guards = append(guards, req.guard)
		}
	}
	if err := r.op.session.settle(ctx, guards); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w: %w, and then: %w", ErrNotReread, cause, err)
	}
	r.pipe.flight, r.first = nil, true
	r.replay.restart()
	return nil
}
