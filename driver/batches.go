package driver

import (
	"context"
	"errors"
	"io"

	"github.com/skep-go/skep/hive"
)

// Batches reads the result of a query by columns, in place of the rows of [database/sql], which are at their end then.
// It is for one goroutine, and lasts until the rows are closed: by the caller, or by database/sql when the context of
// the query ends.
type Batches struct {
	rows  *rows
	batch *hive.Batch
}

type batchesKey struct{}

// WithBatches returns a context under which a query also hands out its result by columns: f is called before the query
// returns its rows. Who reads the result that way reads no row, closes the rows all the same, and of a script gets the
// first statement's result.
func WithBatches(ctx context.Context, f func(*Batches)) context.Context {
	return context.WithValue(ctx, batchesKey{}, f)
}

// offer hands out the result by columns to who has asked for it.
func (r *rows) offer() {
	if f, ok := r.ctx.Value(batchesKey{}).(func(*Batches)); ok {
		f(&Batches{rows: r})
	}
}

// Columns describes the columns.
func (b *Batches) Columns() []hive.Column { return b.rows.columns }

// Next makes the next rows those that [Batches.Read] reads, as [hive.Rows.NextRows] does, under the context of the
// query. It returns how many they are, and [io.EOF] after the last.
func (b *Batches) Next(most, ask int) (int, error) {
	b.rows.closing.Lock()
	defer b.rows.closing.Unlock()
	if err := b.rows.closed(); err != nil {
		return 0, err
	}
	var err error
	if b.batch, err = b.rows.result.NextRows(b.rows.ctx, most, ask); err != nil {
		if err != io.EOF {
			err = b.rows.conn.failed(err, false)
		}
		return 0, err
	}
	return b.batch.Len(), nil
}

// Read calls f with the rows of the last Next. The batch is valid inside f only.
func (b *Batches) Read(f func(*hive.Batch) error) error {
	b.rows.closing.Lock()
	defer b.rows.closing.Unlock()
	if err := b.rows.closed(); err != nil {
		return err
	}
	if b.batch == nil {
		return errNoBatch
	}
	return f(b.batch)
}

var errNoBatch = errors.New("hive: there is no batch; call Batches.Next first")

// closed tells why there is nothing to read any more.
func (r *rows) closed() error {
	if r.result != nil {
		return nil
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return hive.ErrClosed
}
