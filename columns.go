package skep

import (
	sqldriver "database/sql/driver"
	"time"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/engine"
)

// batches are the columns of package driver as the engine reads them.
type batches struct {
	*driver.Batches
	rows    int
	columns []column // memory for the values of a batch, which is used again for the next
}

// column is memory for the values of a column; one of the slices is used.
type column struct {
	bools    []bool
	int8s    []int8
	int16s   []int16
	int32s   []int32
	int64s   []int64
	float64s []float64
	strings  []string
	bytes    [][]byte
	times    []time.Time
	nulls    []bool
}

func newBatches(b *driver.Batches) *batches {
	return &batches{Batches: b, columns: make([]column, len(b.Columns()))}
}

// Next implements [engine.Batches].
func (b *batches) Next(most, ask int) (engine.Batch, error) {
	var err error
	if b.rows, err = b.Batches.Next(most, ask); err != nil {
		return nil, err
	}
	return b, nil
}

// Len implements [engine.Batch].
func (b *batches) Len() int { return b.rows }

// Values implements [engine.Batch].
func (b *batches) Values(into []sqldriver.Value, row int) (rows int, err error) {
	readErr := b.Read(func(batch *hive.Batch) error {
		rows, err = batch.DriverValues(into, row)
		return nil
	})
	if readErr != nil {
		return 0, readErr
	}
	return rows, err
}

// Vector implements [engine.Batch].
func (b *batches) Vector(col int) (v engine.Vector, err error) {
	err = b.Read(func(batch *hive.Batch) error {
		c := &b.columns[col]
		if v.Values, err = c.values(batch, col); err != nil {
			return err
		}
		v.Nulls, err = c.nullsOf(batch, col)
		return err
	})
	return v, err
}

// values takes a column's values, as package driver gives them.
func (c *column) values(b *hive.Batch, col int) (any, error) {
	switch b.Columns()[col].Type.Kind {
	case hive.KindNull:
		return nil, nil
	case hive.KindBoolean:
		return taken(&c.bools, b, col)
	case hive.KindTinyInt:
		return taken(&c.int8s, b, col)
	case hive.KindSmallInt:
		return taken(&c.int16s, b, col)
	case hive.KindInt:
		return taken(&c.int32s, b, col)
	case hive.KindBigInt:
		return taken(&c.int64s, b, col)
	case hive.KindFloat, hive.KindDouble:
		return taken(&c.float64s, b, col)
	case hive.KindBinary:
		return taken(&c.bytes, b, col)
	case hive.KindDate, hive.KindTimestamp, hive.KindTimestampLocalTZ:
		return taken(&c.times, b, col)
	}
	return taken(&c.strings, b, col)
}

func taken[T any](memory *[]T, b *hive.Batch, col int) (_ any, err error) {
	*memory, err = hive.AppendValues((*memory)[:0], b, col)
	return *memory, err
}

// nullsOf tells which values are NULL, nil if none is.
func (c *column) nullsOf(b *hive.Batch, col int) ([]bool, error) {
	nulls, err := b.Nulls(col)
	if err != nil || nulls.Count() == 0 {
		return nil, err
	}
	c.nulls = c.nulls[:0]
	for row := range nulls.Len() {
		c.nulls = append(c.nulls, nulls.IsNull(row))
	}
	return c.nulls, nil
}
