package hivearrow

import (
	"context"
	"io"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/engine"
)

// Reader reads a result as Arrow records. It is an [array.RecordReader] for one goroutine, but Retain and Release may be
// called from any.
type Reader struct {
	next      func() (arrow.RecordBatch, error)
	converter *Converter
	refs      atomic.Int64
	record    arrow.RecordBatch // nil before the first Next and after the last
	err       error             // io.EOF at the end
}

var _ array.RecordReader = (*Reader)(nil)

// NewReader returns a reader of the rows that were not read yet, with one reference. All fetches are under ctx: when it
// ends, so does the query, and [Reader.Err] tells. The rows stay the caller's, who closes them, before or after the
// reader's release; nobody else reads them meanwhile. The error is a [*TypeError].
func NewReader(ctx context.Context, rows *hive.Rows, options Options) (*Reader, error) {
	converter, err := NewConverter(rows.Columns(), options)
	if err != nil {
		return nil, err
	}
	return newReader(converter, func() (arrow.RecordBatch, error) {
		batch, err := rows.NextBatch(ctx)
		if err != nil {
			return nil, err
		}
		return converter.Record(batch)
	}), nil
}

func newReader(c *Converter, next func() (arrow.RecordBatch, error)) *Reader {
	r := &Reader{next: next, converter: c}
	r.refs.Store(1)
	return r
}

// batches are what a result has that comes from package driver by way of package skep.
type batches interface {
	Columns() []hive.Column
	Read(f func(*hive.Batch) error) error
}

// NewResultReader returns a reader of the rows of an engine's result that were not read yet, under the names that the
// result has for its columns, with one reference. The result stays the caller's, who closes it unless it was read to the
// end; nobody else reads it meanwhile. The error is a [*TypeError], or an [engine.ErrNoBatches] for a result that is not
// Hive's own: of another driver, without package skep, or changed by [engine.Result.Columns] or [engine.Result.Unique].
func NewResultReader(ctx context.Context, res *engine.Result, options Options) (*Reader, error) {
	source, ok := res.Batches().(batches)
	if !ok {
		return nil, engine.ErrNoBatches
	}
	columns := slices.Clone(source.Columns())
	for i, name := range res.Keys() {
		columns[i].Name = name
	}
	converter, err := NewConverter(columns, options)
	if err != nil {
		return nil, err
	}
	return newReader(converter, func() (record arrow.RecordBatch, err error) {
		part, ok, err := res.NextPart(ctx, 0)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, io.EOF
		}
		err = source.Read(func(b *hive.Batch) error {
			record, err = converter.record(b)
			return err
		})
		if err != nil || part.From == 0 && part.To == int(record.NumRows()) {
			return record, err
		}
		defer record.Release()
		return record.NewSlice(int64(part.From), int64(part.To)), nil
	}), nil
}

// Schema is the schema of all records, see [Schema].
func (r *Reader) Schema() *arrow.Schema { return r.converter.schema }

// Next makes the next record, of the rows of one reply of the server, and releases the one before. It returns false at the
// end and on an error, which [Reader.Err] tells apart.
func (r *Reader) Next() bool {
	r.drop()
	if r.refs.Load() <= 0 {
		r.err = ErrReleased
	}
	if r.err != nil {
		return false
	}
	r.record, r.err = r.next()
	return r.err == nil
}

// RecordBatch returns the record that Next has made, nil if it returned false. It is valid until the next call of Next or
// the reader's release, unless it is retained.
func (r *Reader) RecordBatch() arrow.RecordBatch { return r.record }

// Record is [Reader.RecordBatch] by its older name.
//
// Deprecated: Use [Reader.RecordBatch] instead.
func (r *Reader) Record() arrow.RecordBatch { return r.record }

// Err tells why Next returned false: nil says that the result was complete. A value that Arrow cannot hold is a
// [*hive.ValueError]; every other error is that of [hive.Rows.NextBatch] or [engine.Result.NextPart].
func (r *Reader) Err() error {
	if r.err == io.EOF {
		return nil
	}
	return r.err
}

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release takes a reference away. With the last one the current record is released; the rows are still to be closed.
func (r *Reader) Release() {
	if r.refs.Add(-1) == 0 {
		r.drop()
	}
}

func (r *Reader) drop() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}
