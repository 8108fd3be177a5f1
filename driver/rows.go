package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"math"
	"reflect"
	"strings"
	"sync"

	"github.com/skep-go/skep/hive"
)

// rows is the results of a script, one after another; usually there is one.
type rows struct {
	conn   *Conn
	ctx    context.Context // the query's: database/sql gives Next none, and waits for it before it closes the rows
	script []string        // statements that have not run yet

	closing sync.Mutex // against a Close by database/sql while Batches are read, of which it does not know
	result  *hive.Rows
	columns []hive.Column
	batch   *hive.Batch
	row     int            // the first of batch that is not in values yet
	values  []driver.Value // the memory of some rows, one after another
	ready   []driver.Value // what of it was not given yet
	err     error          // what follows ready
}

// rowsAtATime is how many rows are made into values at once. More would hardly be quicker, and a value that is kept
// keeps its neighbours' memory, see [hive.Batch.DriverValues].
const rowsAtATime = 256

// Columns implements [driver.Rows].
func (r *rows) Columns() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.Name
	}
	return names
}

// Next implements [driver.Rows].
func (r *rows) Next(dest []driver.Value) error {
	if len(r.ready) == 0 {
		if err := r.refill(); err != nil {
			return err
		}
	}
	n := copy(dest, r.ready[:len(r.columns)])
	r.ready = r.ready[n:]
	return nil
}

// refill makes the next rows ready, at least one.
func (r *rows) refill() (err error) {
	if r.err != nil {
		return r.err
	}
	if r.batch == nil || r.row == r.batch.Len() {
		if r.batch, err = r.result.NextBatch(r.ctx); err != nil {
			if err != io.EOF {
				err = r.conn.failed(err, false)
			}
			return err
		}
		r.row = 0
	}
	if size := min(rowsAtATime, r.batch.Len()) * len(r.columns); len(r.values) < size {
		r.values = make([]driver.Value, size)
	}
	n, err := r.batch.DriverValues(r.values, r.row)
	r.row, r.err = r.row+n, err
	if r.ready = r.values[:n*len(r.columns)]; n == 0 {
		return err
	}
	return nil
}

// Close implements [driver.Rows]. Statements of the script that were not reached are not run.
func (r *rows) Close() error {
	r.closing.Lock()
	defer r.closing.Unlock()
	r.script = nil
	return r.closeResult()
}

func (r *rows) closeResult() error {
	if r.result == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), closeTimeout)
	defer cancel()
	err := r.result.Close(ctx)
	r.result, r.batch, r.ready, r.err = nil, nil, nil, nil
	return err
}

// HasNextResultSet implements [driver.RowsNextResultSet].
func (r *rows) HasNextResultSet() bool { return len(r.script) > 0 }

// NextResultSet implements [driver.RowsNextResultSet]: it runs the script's next statement.
func (r *rows) NextResultSet() error {
	if len(r.script) == 0 {
		return io.EOF
	}
	first := r.result == nil
	if err := r.closeResult(); err != nil {
		return err
	}
	statement := r.script[0]
	r.script = r.script[1:]
	r.conn.note(statement)
	result, err := r.conn.session.Query(r.ctx, statement, optionsOf(r.ctx))
	if err != nil {
		return r.conn.failed(err, first)
	}
	r.result, r.columns, r.values = result, result.Columns(), nil
	return nil
}

// ColumnTypeDatabaseTypeName implements [driver.RowsColumnTypeDatabaseTypeName]: the type's name in capitals without
// length or precision, e.g. "DECIMAL", "ARRAY", "TIMESTAMP WITH LOCAL TIME ZONE".
func (r *rows) ColumnTypeDatabaseTypeName(i int) string {
	return strings.ToUpper(hive.Type{Kind: r.columns[i].Type.Kind}.String())
}

// ColumnTypeLength implements [driver.RowsColumnTypeLength], in characters, for BINARY in bytes.
func (r *rows) ColumnTypeLength(i int) (int64, bool) {
	switch t := r.columns[i].Type; t.Kind {
	case hive.KindChar, hive.KindVarchar:
		return int64(t.Length), true
	case hive.KindString, hive.KindBinary:
		return math.MaxInt64, true
	}
	return 0, false
}

// ColumnTypePrecisionScale implements [driver.RowsColumnTypePrecisionScale].
func (r *rows) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	t := r.columns[i].Type
	return int64(t.Precision), int64(t.Scale), t.Kind == hive.KindDecimal
}

// ColumnTypeNullable implements [driver.RowsColumnTypeNullable]: any value of a result may be NULL, since the protocol
// tells nothing of constraints.
func (r *rows) ColumnTypeNullable(int) (nullable, ok bool) { return true, true }

// ColumnTypeScanType implements [driver.RowsColumnTypeScanType] by a type that takes NULL too.
func (r *rows) ColumnTypeScanType(i int) reflect.Type { return scanType(r.columns[i].Type.Kind) }

func scanType(kind hive.Kind) reflect.Type {
	switch kind {
	case hive.KindBoolean:
		return reflect.TypeFor[sql.NullBool]()
	case hive.KindTinyInt, hive.KindSmallInt:
		return reflect.TypeFor[sql.NullInt16]()
	case hive.KindInt:
		return reflect.TypeFor[sql.NullInt32]()
	case hive.KindBigInt:
		return reflect.TypeFor[sql.NullInt64]()
	case hive.KindFloat, hive.KindDouble:
		return reflect.TypeFor[sql.NullFloat64]()
	case hive.KindDate, hive.KindTimestamp, hive.KindTimestampLocalTZ:
		return reflect.TypeFor[sql.NullTime]()
	case hive.KindBinary:
		return reflect.TypeFor[[]byte]()
	case hive.KindNull:
		return reflect.TypeFor[any]()
	}
	return reflect.TypeFor[sql.NullString]()
}

var (
	_ driver.Rows                           = (*rows)(nil)
	_ driver.RowsNextResultSet              = (*rows)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*rows)(nil)
	_ driver.RowsColumnTypeLength           = (*rows)(nil)
	_ driver.RowsColumnTypeNullable         = (*rows)(nil)
	_ driver.RowsColumnTypePrecisionScale   = (*rows)(nil)
	_ driver.RowsColumnTypeScanType         = (*rows)(nil)
)
