package hivearrow

import (
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/skep-go/skep/hive"
)

// Converter makes Arrow records of the batches of one result. It may be used from several goroutines.
type Converter struct {
	options Options
	columns []hive.Column
	types   []hive.FullType
	schema  *arrow.Schema
}

// NewConverter returns a converter for a result with these columns. The error is a [*TypeError].
func NewConverter(columns []hive.Column, options Options) (*Converter, error) {
	types, err := options.fullTypes(columns)
	if err != nil {
		return nil, err
	}
	s, err := schema(columns, types, options)
	if err != nil {
		return nil, err
	}
	return &Converter{options, slices.Clone(columns), types, s}, nil
}

// Record makes a record of a batch, with a row for each of its rows. It belongs to the caller, who releases it, and stays
// valid when the batch is not any more. A value that is not what its type promises, or that Arrow cannot hold
// ([ErrRange]), is a [*hive.ValueError].
func (c *Converter) Record(b *hive.Batch) (arrow.RecordBatch, error) {
	if !slices.Equal(b.Columns(), c.columns) {
		return nil, fmt.Errorf("hivearrow: a batch of the columns %s for a converter of %s", names(b.Columns()), names(c.columns))
	}
	return c.record(b)
}

// record is Record of a batch of these columns, by whatever names.
func (c *Converter) record(b *hive.Batch) (arrow.RecordBatch, error) {
	arrays := make([]arrow.Array, 0, len(c.types))
	defer func() {
		for _, a := range arrays {
			a.Release()
		}
	}()
	for col := range c.types {
		a, err := c.array(b, col)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	return array.NewRecordBatch(c.schema, arrays, int64(b.Len())), nil
}
