package integration

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

var (
	hive4   = []hivetest.Kind{hivetest.Hive401}
	hive2   = []hivetest.Kind{hivetest.Hive2310}
	hives   = []hivetest.Kind{hivetest.Hive401, hivetest.Hive2310}
	spark   = []hivetest.Kind{hivetest.Spark35}
	newOnes = []hivetest.Kind{hivetest.Hive401, hivetest.Spark35}
)

// on tells whether a case that names servers is for this one. A server that stands in for Hive 4 counts as Hive 4.
func on(cases []hivetest.Kind, srv *hivetest.Server) bool {
	kind := srv.Kind()
	if kind == hivetest.External {
		kind = hivetest.Hive401
	}
	return slices.Contains(cases, kind)
}

// value is one value of a type, and how it is to be read.
type value struct {
	text   string // HiveQL
	typ    hive.Type
	native any // what hive.Batch.Value gives
	plain  any // what database/sql gives for any; nil is the same as native
	kinds  []hivetest.Kind
}

func kind(k hive.Kind) hive.Type { return hive.Type{Kind: k} }

func decimalType(precision, scale int) hive.Type {
	return hive.Type{Kind: hive.KindDecimal, Precision: precision, Scale: scale}
}

func decimal(s string) hive.Decimal {
	d, err := hive.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func utc(year int, month time.Month, day int, clock ...int) time.Time {
	c := [4]int{}
	copy(c[:], clock)
	return time.Date(year, month, day, c[0], c[1], c[2], c[3], time.UTC)
}

func days(year int, month time.Month, day int) hive.Date {
	return hive.Date{Year: year, Month: month, Day: day}
}

// values has every type that is not nested.
var values = []value{
	{"true", kind(hive.KindBoolean), true, nil, kinds},
	{"1 > 2", kind(hive.KindBoolean), false, nil, kinds},
	{"cast(-128 as tinyint)", kind(hive.KindTinyInt), int8(math.MinInt8), int64(math.MinInt8), kinds},
	{"cast(127 as tinyint)", kind(hive.KindTinyInt), int8(math.MaxInt8), int64(math.MaxInt8), kinds},
	{"cast(-32768 as smallint)", kind(hive.KindSmallInt), int16(math.MinInt16), int64(math.MinInt16), kinds},
	{"cast(32767 as smallint)", kind(hive.KindSmallInt), int16(math.MaxInt16), int64(math.MaxInt16), kinds},
	{"-2147483648", kind(hive.KindInt), int32(math.MinInt32), int64(math.MinInt32), spark},
	{"cast(-2147483648 as int)", kind(hive.KindInt), int32(math.MinInt32), int64(math.MinInt32), kinds},
	{"2147483647", kind(hive.KindInt), int32(math.MaxInt32), int64(math.MaxInt32), kinds},
	{"-9223372036854775807L - 1L", kind(hive.KindBigInt), int64(math.MinInt64), nil, kinds},
	{"9223372036854775807", kind(hive.KindBigInt), int64(math.MaxInt64), nil, kinds},

	{"cast('1.1' as float)", kind(hive.KindFloat), float32(1.1), 1.1, kinds},
	{"cast('3.4028235E38' as float)", kind(hive.KindFloat), float32(math.MaxFloat32), 3.4028235e38, kinds},
	{"cast('1.4E-45' as float)", kind(hive.KindFloat), float32(math.SmallestNonzeroFloat32), 1.4e-45, kinds},
	{"cast('NaN' as float)", kind(hive.KindFloat), float32(math.NaN()), math.NaN(), kinds},
	{"cast('-Infinity' as float)", kind(hive.KindFloat), float32(math.Inf(-1)), math.Inf(-1), kinds},
	{"1.7976931348623157E308", kind(hive.KindDouble), math.MaxFloat64, nil, kinds},
	{"4.9E-324", kind(hive.KindDouble), math.SmallestNonzeroFloat64, nil, kinds},
	{"cast('NaN' as double)", kind(hive.KindDouble), math.NaN(), nil, kinds},
	{"cast('Infinity' as double)", kind(hive.KindDouble), math.Inf(1), nil, kinds},
	{"cast('-Infinity' as double)", kind(hive.KindDouble), math.Inf(-1), nil, kinds},
	{"-(rand(1) * 0)", kind(hive.KindDouble), math.Copysign(0, -1), nil, kinds},

	{"cast('1.5' as decimal(10,4))", decimalType(10, 4), decimal("1.5000"), "1.5000", kinds},
	{"cast('-0.00' as decimal(5,2))", decimalType(5, 2), decimal("0.00"), "0.00", kinds},
	{"cast('99999999999999999999999999999999999999' as decimal(38,0))", decimalType(38, 0), decimal(strings.Repeat("9", 38)), strings.Repeat("9", 38), kinds},
	{"cast('-0.00000000000000000000000000000000000001' as decimal(38,38))", decimalType(38, 38), decimal("-0." + strings.Repeat("0", 37) + "1"), "-0." + strings.Repeat("0", 37) + "1", kinds},

	{"'é\\u4e2d\\ud83d\\ude00'", kind(hive.KindString), "é中😀", nil, kinds},
	{"''", kind(hive.KindString), "", nil, kinds},
	{"cast('ab' as varchar(5))", hive.Type{Kind: hive.KindVarchar, Length: 5}, "ab", nil, hives},
	{"cast('abcdef' as varchar(5))", hive.Type{Kind: hive.KindVarchar, Length: 5}, "abcde", nil, hives},
	{"cast('ab' as char(5))", hive.Type{Kind: hive.KindChar, Length: 5}, "ab   ", nil, hives},
	{"cast('ab' as varchar(5))", kind(hive.KindString), "ab", nil, spark}, // where a cast has no length
	{"cast('ab' as char(5))", kind(hive.KindString), "ab", nil, spark},
	{"unhex('00ff410a')", kind(hive.KindBinary), []byte{0, 0xff, 'A', '\n'}, nil, kinds},
	{"unhex('')", kind(hive.KindBinary), []byte{}, nil, kinds},

	{"date '2020-02-29'", kind(hive.KindDate), days(2020, 2, 29), utc(2020, 2, 29), kinds},
	{"date '0001-01-01'", kind(hive.KindDate), days(1, 1, 1), utc(1, 1, 1), kinds},
	{"date '9999-12-31'", kind(hive.KindDate), days(9999, 12, 31), utc(9999, 12, 31), kinds},
	{"date '1582-10-04'", kind(hive.KindDate), days(1582, 10, 4), utc(1582, 10, 4), kinds},
	{"date '1582-10-15'", kind(hive.KindDate), days(1582, 10, 15), utc(1582, 10, 15), kinds},
	// The ten days that the Gregorian reform left out: Hive 2 has the calendar of Caesar before it, the others have not.
	{"date '1582-10-10'", kind(hive.KindDate), days(1582, 10, 10), utc(1582, 10, 10), newOnes},
	{"date '1582-10-10'", kind(hive.KindDate), days(1582, 10, 20), utc(1582, 10, 20), hive2},
	{"date_add(date '9999-12-31', 1)", kind(hive.KindDate), days(10000, 1, 1), utc(10000, 1, 1), newOnes},
	{"date_add(date '9999-12-31', 1)", kind(hive.KindDate), days(0, 1, 1), utc(0, 1, 1), hive2}, // java.sql.Date prints four digits

	{"timestamp '2020-01-02 03:04:05'", kind(hive.KindTimestamp), utc(2020, 1, 2, 3, 4, 5), nil, kinds},
	{"timestamp '2020-01-02 03:04:05.120'", kind(hive.KindTimestamp), utc(2020, 1, 2, 3, 4, 5, 120_000_000), nil, kinds},
	{"timestamp '2020-01-02 03:04:05.123456789'", kind(hive.KindTimestamp), utc(2020, 1, 2, 3, 4, 5, 123_456_789), nil, hives},
	{"timestamp '2020-01-02 03:04:05.123456789'", kind(hive.KindTimestamp), utc(2020, 1, 2, 3, 4, 5, 123_456_000), nil, spark},
	{"timestamp '0001-01-01 00:00:00'", kind(hive.KindTimestamp), utc(1, 1, 1), nil, kinds},
	{"timestamp '9999-12-31 23:59:59.999999'", kind(hive.KindTimestamp), utc(9999, 12, 31, 23, 59, 59, 999_999_000), nil, kinds},
	{"timestamp '1969-12-31 23:59:59.9'", kind(hive.KindTimestamp), utc(1969, 12, 31, 23, 59, 59, 900_000_000), nil, kinds},
	{"timestamp '1582-10-10 01:02:03'", kind(hive.KindTimestamp), utc(1582, 10, 10, 1, 2, 3), nil, newOnes},
	{"timestamp '1582-10-10 01:02:03'", kind(hive.KindTimestamp), utc(1582, 10, 20, 1, 2, 3), nil, hive2},
	{"timestamp_ntz '2020-01-02 03:04:05.123456'", kind(hive.KindTimestamp), utc(2020, 1, 2, 3, 4, 5, 123_456_000), nil, spark},
	{
		"cast('2020-01-02 03:04:05.123456789 Europe/Paris' as timestamp with local time zone)", kind(hive.KindTimestampLocalTZ),
		utc(2020, 1, 2, 2, 4, 5, 123_456_789), nil, hive4,
	},

	{"interval '1-2' year to month", kind(hive.KindIntervalYearMonth), hive.IntervalYearMonth(14), "1-2", kinds},
	{"interval '-1-2' year to month", kind(hive.KindIntervalYearMonth), hive.IntervalYearMonth(-14), "-1-2", kinds},
	{
		"interval '1 02:03:04.5' day to second", kind(hive.KindIntervalDayTime),
		hive.IntervalOf(26*time.Hour + 3*time.Minute + 4500*time.Millisecond), "1 02:03:04.500000000", kinds,
	},
	{"interval '-0 00:00:00.000001' day to second", kind(hive.KindIntervalDayTime), hive.IntervalOf(-time.Microsecond), "-0 00:00:00.000001000", kinds},
	{"null", kind(hive.KindNull), nil, nil, kinds},
}

// valuesOn are the values for one server.
func valuesOn(srv *hivetest.Server) []value {
	return slices.DeleteFunc(slices.Clone(values), func(v value) bool { return !on(v.kinds, srv) })
}

// selectAll is a query of one row that has all of the values.
func selectAll(values []value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprintf("%s as c%d", v.text, i)
	}
	return "select " + strings.Join(texts, ",\n")
}

// same compares two values: floats by their bits, times by the instant and the clock.
func same(got, want any) bool {
	switch want := want.(type) {
	case float64:
		g, ok := got.(float64)
		return ok && (math.Float64bits(g) == math.Float64bits(want) || g != g && want != want)
	case float32:
		g, ok := got.(float32)
		return ok && (math.Float32bits(g) == math.Float32bits(want) || g != g && want != want)
	case time.Time:
		g, ok := got.(time.Time)
		return ok && g.Equal(want) && g.Format(time.DateTime) == want.Format(time.DateTime)
	}
	return reflect.DeepEqual(got, want)
}

// TestTypes reads a value of every type by each way there is.
func TestTypes(t *testing.T) {
	onEach(t, func(t *testing.T, srv *hivetest.Server) {
		values := valuesOn(srv)
		t.Run("native", func(t *testing.T) { readNative(t, connect(t, config(t, srv)), values) })
		t.Run("driver", func(t *testing.T) { readDriver(t, open(t, srv), values) })
	})
}

// readNative compares hive.Batch's values and the columns' types.
func readNative(t *testing.T, s *hive.Session, values []value) {
	b := onlyBatch(t, s, selectAll(values))
	for i, v := range values {
		if got := b.Columns()[i].Type; got != v.typ {
			t.Errorf("%s is of type %v, want %v", v.text, got, v.typ)
		}
		if got, err := b.Value(0, i); err != nil || !same(got, v.native) {
			t.Errorf("%s\n got %T %#v, %v\nwant %T %#v", v.text, got, got, err, v.native, v.native)
		}
		if isNull(t, b, 0, i) != (v.native == nil) {
			t.Errorf("%s: Nulls says %v", v.text, isNull(t, b, 0, i))
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
func readDriver(t *testing.T, db *sql.DB, values []value) {
	texts := selectAll(values)
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
				all[i] = newTargets(v, types[i])
				if dest[i] = pick(all[i]); n == 1 && dest[i] == all[i].plain {
					dest[i] = new(any) // see TestNullIntoPlainTypes
				}
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatalf("row %d into %T: %v", n, dest[0], err)
			}
			for i, v := range values {
				if n == 1 {
					v.native, v.plain = nil, nil
				}
				checkTarget(t, v, dest[i])
			}
		}
	}
}

func checkColumnType(t *testing.T, v value, got *sql.ColumnType) {
	t.Helper()
	if want := strings.ToUpper(v.typ.Kind.String()); got.DatabaseTypeName() != want {
		t.Errorf("%s: type name %q, want %q", v.text, got.DatabaseTypeName(), want)
	}
	precision, scale, ok := got.DecimalSize()
	if ok != (v.typ.Kind == hive.KindDecimal) || precision != int64(v.typ.Precision) || scale != int64(v.typ.Scale) {
		t.Errorf("%s: decimal size %d, %d, %v", v.text, precision, scale, ok)
	}
	length, _ := got.Length()
	switch v.typ.Kind {
	case hive.KindChar, hive.KindVarchar:
		if length != int64(v.typ.Length) {
			t.Errorf("%s: length %d, want %d", v.text, length, v.typ.Length)
		}
	case hive.KindString, hive.KindBinary:
		if length != math.MaxInt64 {
			t.Errorf("%s: length %d, want no limit", v.text, length)
		}
	default:
		if length != 0 {
			t.Errorf("%s: length %d, want none", v.text, length)
		}
	}
	if nullable, ok := got.Nullable(); !nullable || !ok {
		t.Errorf("%s: nullable %v, %v", v.text, nullable, ok)
	}
}

// targets are what a value is scanned into.
type targets struct {
	free  any // as the driver gives it
	plain any // *T, where T is the native type
	null  any // *sql.Null[T]
	scan  any // a pointer to the column's ScanType
}

func newTargets(v value, column *sql.ColumnType) targets {
	t := targets{scan: reflect.New(column.ScanType()).Interface()}
	switch v.native.(type) {
	case nil:
		t.plain, t.null = new(any), new(any)
	case bool:
		into[bool](&t)
	case int8:
		into[int8](&t)
	case int16:
		into[int16](&t)
	case int32:
		into[int32](&t)
	case int64:
		into[int64](&t)
	case float32:
		into[float32](&t)
	case float64:
		into[float64](&t)
	case string:
		into[string](&t)
	case []byte:
		into[[]byte](&t)
	case time.Time:
		into[time.Time](&t)
	case hive.Date:
		into[hive.Date](&t)
	case hive.Decimal:
		into[hive.Decimal](&t)
	case hive.IntervalYearMonth:
		into[hive.IntervalYearMonth](&t)
	case hive.IntervalDayTime:
		into[hive.IntervalDayTime](&t)
	default:
		panic(fmt.Sprintf("no target for %T", v.native))
	}
	return t
}

func into[T any](t *targets) { t.plain, t.null = new(T), new(sql.Null[T]) }

// checkTarget compares what was scanned: a target of the native type has the native value, any other the driver's.
func checkTarget(t *testing.T, v value, target any) {
	t.Helper()
	want := v.plain
	if want == nil {
		want = v.native
	}
	got := reflect.ValueOf(target).Elem().Interface()
	holder := reflect.ValueOf(got)
	switch {
	case holder.Kind() == reflect.Struct && holder.NumField() == 2 && holder.Type().Field(0).Name == "V": // sql.Null[T]
		if got, want = holder.Field(0).Interface(), v.native; !holder.Field(1).Bool() {
			got = nil
		}
	case reflect.TypeOf(got) == reflect.TypeOf(v.native):
		want = v.native
	default:
		if valuer, ok := got.(driver.Valuer); ok {
			got, _ = valuer.Value()
		}
	}
	if b, ok := got.([]byte); ok && b == nil {
		got = nil
	}
	if !same(got, want) {
		t.Errorf("%s into %T\n got %T %#v\nwant %T %#v", v.text, target, got, got, want, want)
	}
}
