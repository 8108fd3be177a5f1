package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"math"
	"reflect"
	"strings"

	"github.com/skep-go/skep/hive"
)

// rows is the results of a script, one after another; usually there is one.
type rows struct {
	conn   *Conn
	ctx    context.Context // the query's: database/sql gives Next none, and waits for it before it closes the rows
	script []string        // statements that have not run yet

	result  *hive.Rows
	columns []hive.Column
	batch   *hive.Batch
	row     int // the next one in batch
}

// Columns implements [driver.Rows].
func (r *rows) Columns() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.Name
	}
	return names
}

// Next implements [driver.Rows].
func (r *rows) Next(dest []driver.Value) (err error) {
	if r.batch == nil || r.row == r.batch.Len() {
		if r.batch, err = r.result.NextBatch(r.ctx); err != nil {
			if err != io.EOF {
				err = r.conn.failed(err, false)
			}
			return err
		}
		r.row = 0
	}
	for i := range dest {
		if dest[i], err = r.batch.DriverValue(r.row, i); err != nil {
			return err
		}
	}
	r.row++
	return nil
}

// Close implements [driver.Rows]. Statements of the script that were not reached are not run.
func (r *rows) Close() error {
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
	r.result, r.batch = nil, nil
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
	r.result, r.columns = result, result.Columns()
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
