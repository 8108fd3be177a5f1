package integration

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// TestTypes reads a value of every type by each way there is.
func TestTypes(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		values := samples.On(srv)
		t.Run("native", func(t *testing.T) { readNative(t, live.Connect(t, live.Config(t, srv)), values) })
		t.Run("driver", func(t *testing.T) { readDriver(t, live.Open(t, srv), values) })
	})
}

// readNative compares hive.Batch's values and the columns' types.
func readNative(t *testing.T, s *hive.Session, values []samples.Value) {
	b := onlyBatch(t, s, samples.Select(values))
	for i, v := range values {
		if got := b.Columns()[i].Type; got != v.Type {
			t.Errorf("%s is of type %v, want %v", v.Text, got, v.Type)
		}
		if got, err := b.Value(0, i); err != nil || !samples.Same(got, v.Native) {
			t.Errorf("%s\n got %T %#v, %v\nwant %T %#v", v.Text, got, got, err, v.Native, v.Native)
		}
		if isNull(t, b, 0, i) != (v.Native == nil) {
			t.Errorf("%s: Nulls says %v", v.Text, isNull(t, b, 0, i))
		}
	}
}

// onlyBatch gives the first batch of a result, and closes the result.
func onlyBatch(t *testing.T, s *hive.Session, query string) *hive.Batch {
	t.Helper()
	rows, err := s.Query(t.Context(), query, hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := rows.NextBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Retain(); err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return b
}

// readDriver scans the values, and a NULL of each of their types, into every kind of target.
func readDriver(t *testing.T, db *sql.DB, values []samples.Value) {
	texts := samples.Select(values)
	nulls := make([]string, len(values))
	for i := range values {
		nulls[i] = fmt.Sprintf("if(n = 1, null, c%d) as c%d", i, i)
	}
	query := fmt.Sprintf("select %s from (%s) v lateral view explode(array(0, 1)) x as n", strings.Join(nulls, ", "), texts)
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		checkColumnType(t, v, types[i])
	}
	for n := range 2 {
		if !rows.Next() {
			t.Fatalf("row %d: %v", n, rows.Err())
		}
		for _, pick := range []func(targets) any{
			func(t targets) any { return &t.free }, func(t targets) any { return t.plain },
			func(t targets) any { return t.null }, func(t targets) any { return t.scan },
		} {
			all := make([]targets, len(values))
			dest := make([]any, len(values))
			for i, v := range values {
				all[i] = newTargets(t, v, types[i])
				if dest[i] = pick(all[i]); n == 1 && dest[i] == all[i].plain {
					dest[i] = new(any) // see TestNullIntoPlainTypes
				}
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatalf("row %d into %T: %v", n, dest[0], err)
			}
			for i, v := range values {
				if n == 1 {
					v.Native, v.Plain = nil, nil
				}
				checkTarget(t, v, dest[i])
			}
		}
	}
}

func checkColumnType(t *testing.T, v samples.Value, got *sql.ColumnType) {
	t.Helper()
	if want := strings.ToUpper(v.Type.Kind.String()); got.DatabaseTypeName() != want {
		t.Errorf("%s: type name %q, want %q", v.Text, got.DatabaseTypeName(), want)
	}
	precision, scale, ok := got.DecimalSize()
	if ok != (v.Type.Kind == hive.KindDecimal) || precision != int64(v.Type.Precision) || scale != int64(v.Type.Scale) {
		t.Errorf("%s: decimal size %d, %d, %v", v.Text, precision, scale, ok)
	}
	length, _ := got.Length()
	switch v.Type.Kind {
	case hive.KindChar, hive.KindVarchar:
		if length != int64(v.Type.Length) {
			t.Errorf("%s: length %d, want %d", v.Text, length, v.Type.Length)
		}
	case hive.KindString, hive.KindBinary:
		if length != math.MaxInt64 {
			t.Errorf("%s: length %d, want no limit", v.Text, length)
		}
	default:
		if length != 0 {
			t.Errorf("%s: length %d, want none", v.Text, length)
		}
	}
	if nullable, ok := got.Nullable(); !nullable || !ok {
		t.Errorf("%s: nullable %v, %v", v.Text, nullable, ok)
	}
}

// targets are what a value is scanned into.
type targets struct {
	free  any // as the driver gives it
	plain any // *T, where T is the native type
	null  any // *sql.Null[T]
	scan  any // a pointer to the column's ScanType
}

func newTargets(t *testing.T, v samples.Value, column *sql.ColumnType) targets {
	t.Helper()
	to := targets{scan: reflect.New(column.ScanType()).Interface()}
	switch v.Native.(type) {
	case nil:
		to.plain, to.null = new(any), new(any)
	case bool:
		into[bool](&to)
	case int8:
		into[int8](&to)
	case int16:
		into[int16](&to)
	case int32:
		into[int32](&to)
	case int64:
		into[int64](&to)
	case float32:
		into[float32](&to)
	case float64:
		into[float64](&to)
	case string:
		into[string](&to)
	case []byte:
		into[[]byte](&to)
	case time.Time:
		into[time.Time](&to)
	case hive.Date:
		into[hive.Date](&to)
	case hive.Decimal:
		into[hive.Decimal](&to)
	case hive.IntervalYearMonth:
		into[hive.IntervalYearMonth](&to)
	case hive.IntervalDayTime:
		into[hive.IntervalDayTime](&to)
	default:
		t.Fatalf("no target for %T", v.Native)
	}
	return to
}

func into[T any](t *targets) { t.plain, t.null = new(T), new(sql.Null[T]) }

// checkTarget compares what was scanned: a target of the native type has the native value, any other the driver's.
func checkTarget(t *testing.T, v samples.Value, target any) {
	t.Helper()
	want := v.Plain
	if want == nil {
		want = v.Native
	}
	got := reflect.ValueOf(target).Elem().Interface()
	holder := reflect.ValueOf(got)
	switch {
	case holder.Kind() == reflect.Struct && holder.NumField() == 2 && holder.Type().Field(0).Name == "V": // sql.Null[T]
		if got, want = holder.Field(0).Interface(), v.Native; !holder.Field(1).Bool() {
			got = nil
		}
	case reflect.TypeOf(got) == reflect.TypeOf(v.Native):
		want = v.Native
	default:
		if valuer, ok := got.(driver.Valuer); ok {
			got, _ = valuer.Value()
		}
	}
	if b, ok := got.([]byte); ok && b == nil {
		got = nil
	}
	if !samples.Same(got, want) {
		t.Errorf("%s into %T\n got %T %#v\nwant %T %#v", v.Text, target, got, got, want, want)
	}
}
