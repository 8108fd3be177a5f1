package hivearrow

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/skep-go/skep/hive"
)

// Reader reads a result as Arrow records. It is an [array.RecordReader] for one goroutine, but Retain and Release may be
// called from any.
type Reader struct {
	ctx       context.Context // for Next, whose signature is Arrow's
	rows      *hive.Rows
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
	r := &Reader{ctx: ctx, rows: rows, converter: converter}
	r.refs.Store(1)
	return r, nil
}

// Schema is the schema of all records, see [Schema].
func (r *Reader) Schema() *arrow.Schema { return r.converter.schema }

// Next makes the next record, of one batch of [hive.Rows.NextBatch], and releases the one before. It returns false at the
// end and on an error, which [Reader.Err] tells apart.
func (r *Reader) Next() bool {
	r.drop()
	if r.refs.Load() <= 0 {
		r.err = ErrReleased
	}
	if r.err != nil {
		return false
	}
	batch, err := r.rows.NextBatch(r.ctx)
	if err == nil {
		r.record, err = r.converter.Record(batch)
	}
	r.err = err
	return err == nil
}

// RecordBatch returns the record that Next has made, nil if it returned false. It is valid until the next call of Next or
// the reader's release, unless it is retained.
func (r *Reader) RecordBatch() arrow.RecordBatch { return r.record }

// Record is [Reader.RecordBatch] by its older name.
//
// Deprecated: Use [Reader.RecordBatch] instead.
func (r *Reader) Record() arrow.RecordBatch { return r.record }

// Err tells why Next returned false: nil says that the result was complete. A value that Arrow cannot hold is a
// [*hive.ValueError]; every other error is that of [hive.Rows.NextBatch].
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
