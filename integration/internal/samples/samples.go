// Package samples has values of every type, with what a client must read of them.
package samples

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// Value is one value of a type, and how it is to be read.
type Value struct {
	Text   string // HiveQL
	Type   hive.Type
	Native any // what hive.Batch.Value gives
	Plain  any // what database/sql gives for any; nil is the same as native
	Kinds  []hivetest.Kind
}

// Kind is a type without parameters.
func Kind(k hive.Kind) hive.Type { return hive.Type{Kind: k} }

func decimalType(precision, scale int) hive.Type {
	return hive.Type{Kind: hive.KindDecimal, Precision: precision, Scale: scale}
}

// Decimal is the number that the text says, or 0 if it says none: then the test that expects the number shows it.
func Decimal(s string) hive.Decimal {
	d, _ := hive.ParseDecimal(s)
	return d
}

// UTC is a moment: hours, minutes, seconds and nanoseconds may follow the day.
func UTC(year int, month time.Month, day int, clock ...int) time.Time {
	c := [4]int{}
	copy(c[:], clock)
	return time.Date(year, month, day, c[0], c[1], c[2], c[3], time.UTC)
}

// Day is a date.
func Day(year int, month time.Month, day int) hive.Date {
	return hive.Date{Year: year, Month: month, Day: day}
}

// values has every type that is not nested.
var values = []Value{
	{"true", Kind(hive.KindBoolean), true, nil, live.Kinds},
	{"1 > 2", Kind(hive.KindBoolean), false, nil, live.Kinds},
	{"cast(-128 as tinyint)", Kind(hive.KindTinyInt), int8(math.MinInt8), int64(math.MinInt8), live.Kinds},
	{"cast(127 as tinyint)", Kind(hive.KindTinyInt), int8(math.MaxInt8), int64(math.MaxInt8), live.Kinds},
	{"cast(-32768 as smallint)", Kind(hive.KindSmallInt), int16(math.MinInt16), int64(math.MinInt16), live.Kinds},
	{"cast(32767 as smallint)", Kind(hive.KindSmallInt), int16(math.MaxInt16), int64(math.MaxInt16), live.Kinds},
	{"-2147483648", Kind(hive.KindInt), int32(math.MinInt32), int64(math.MinInt32), live.Spark},
	{"cast(-2147483648 as int)", Kind(hive.KindInt), int32(math.MinInt32), int64(math.MinInt32), live.Kinds},
	{"2147483647", Kind(hive.KindInt), int32(math.MaxInt32), int64(math.MaxInt32), live.Kinds},
	{"-9223372036854775807L - 1L", Kind(hive.KindBigInt), int64(math.MinInt64), nil, live.Kinds},
	{"9223372036854775807", Kind(hive.KindBigInt), int64(math.MaxInt64), nil, live.Kinds},

	{"cast('1.1' as float)", Kind(hive.KindFloat), float32(1.1), 1.1, live.Kinds},
	{"cast('3.4028235E38' as float)", Kind(hive.KindFloat), float32(math.MaxFloat32), 3.4028235e38, live.Kinds},
	{"cast('1.4E-45' as float)", Kind(hive.KindFloat), float32(math.SmallestNonzeroFloat32), 1.4e-45, live.Kinds},
	{"cast('NaN' as float)", Kind(hive.KindFloat), float32(math.NaN()), math.NaN(), live.Kinds},
	{"cast('-Infinity' as float)", Kind(hive.KindFloat), float32(math.Inf(-1)), math.Inf(-1), live.Kinds},
	{"1.7976931348623157E308", Kind(hive.KindDouble), math.MaxFloat64, nil, live.Kinds},
	{"4.9E-324", Kind(hive.KindDouble), math.SmallestNonzeroFloat64, nil, live.Kinds},
	{"cast('NaN' as double)", Kind(hive.KindDouble), math.NaN(), nil, live.Kinds},
	{"cast('Infinity' as double)", Kind(hive.KindDouble), math.Inf(1), nil, live.Kinds},
	{"cast('-Infinity' as double)", Kind(hive.KindDouble), math.Inf(-1), nil, live.Kinds},
	{"-(rand(1) * 0)", Kind(hive.KindDouble), math.Copysign(0, -1), nil, live.Kinds},

	{"cast('1.5' as decimal(10,4))", decimalType(10, 4), Decimal("1.5000"), "1.5000", live.Kinds},
	{"cast('-0.00' as decimal(5,2))", decimalType(5, 2), Decimal("0.00"), "0.00", live.Kinds},
	{"cast('99999999999999999999999999999999999999' as decimal(38,0))", decimalType(38, 0), Decimal(strings.Repeat("9", 38)), strings.Repeat("9", 38), live.Kinds},
	{"cast('-0.00000000000000000000000000000000000001' as decimal(38,38))", decimalType(38, 38), Decimal("-0." + strings.Repeat("0", 37) + "1"), "-0." + strings.Repeat("0", 37) + "1", live.Kinds},

	{"'é\\u4e2d\\ud83d\\ude00'", Kind(hive.KindString), "é中😀", nil, live.Kinds},
	{"''", Kind(hive.KindString), "", nil, live.Kinds},
	{"cast('ab' as varchar(5))", hive.Type{Kind: hive.KindVarchar, Length: 5}, "ab", nil, live.Hives},
	{"cast('abcdef' as varchar(5))", hive.Type{Kind: hive.KindVarchar, Length: 5}, "abcde", nil, live.Hives},
	{"cast('ab' as char(5))", hive.Type{Kind: hive.KindChar, Length: 5}, "ab   ", nil, live.Hives},
	{"cast('ab' as varchar(5))", Kind(hive.KindString), "ab", nil, live.Spark}, // where a cast has no length
	{"cast('ab' as char(5))", Kind(hive.KindString), "ab", nil, live.Spark},
	{"unhex('00ff410a')", Kind(hive.KindBinary), []byte{0, 0xff, 'A', '\n'}, nil, live.Kinds},
	{"unhex('')", Kind(hive.KindBinary), []byte{}, nil, live.Kinds},

	{"date '2020-02-29'", Kind(hive.KindDate), Day(2020, 2, 29), UTC(2020, 2, 29), live.Kinds},
	{"date '0001-01-01'", Kind(hive.KindDate), Day(1, 1, 1), UTC(1, 1, 1), live.Kinds},
	{"date '9999-12-31'", Kind(hive.KindDate), Day(9999, 12, 31), UTC(9999, 12, 31), live.Kinds},
	{"date '1582-10-04'", Kind(hive.KindDate), Day(1582, 10, 4), UTC(1582, 10, 4), live.Kinds},
	{"date '1582-10-15'", Kind(hive.KindDate), Day(1582, 10, 15), UTC(1582, 10, 15), live.Kinds},
	// The ten days that the Gregorian reform left out: Hive 2 has the calendar of Caesar before it, the others have not.
	{"date '1582-10-10'", Kind(hive.KindDate), Day(1582, 10, 10), UTC(1582, 10, 10), live.NewOnes},
	{"date '1582-10-10'", Kind(hive.KindDate), Day(1582, 10, 20), UTC(1582, 10, 20), live.Hive2},
	{"date_add(date '9999-12-31', 1)", Kind(hive.KindDate), Day(10000, 1, 1), UTC(10000, 1, 1), live.NewOnes},
	{"date_add(date '9999-12-31', 1)", Kind(hive.KindDate), Day(0, 1, 1), UTC(0, 1, 1), live.Hive2}, // java.sql.Date prints four digits

	{"timestamp '2020-01-02 03:04:05'", Kind(hive.KindTimestamp), UTC(2020, 1, 2, 3, 4, 5), nil, live.Kinds},
	{"timestamp '2020-01-02 03:04:05.120'", Kind(hive.KindTimestamp), UTC(2020, 1, 2, 3, 4, 5, 120_000_000), nil, live.Kinds},
	{"timestamp '2020-01-02 03:04:05.123456789'", Kind(hive.KindTimestamp), UTC(2020, 1, 2, 3, 4, 5, 123_456_789), nil, live.Hives},
	{"timestamp '2020-01-02 03:04:05.123456789'", Kind(hive.KindTimestamp), UTC(2020, 1, 2, 3, 4, 5, 123_456_000), nil, live.Spark},
	{"timestamp '0001-01-01 00:00:00'", Kind(hive.KindTimestamp), UTC(1, 1, 1), nil, live.Kinds},
	{"timestamp '9999-12-31 23:59:59.999999'", Kind(hive.KindTimestamp), UTC(9999, 12, 31, 23, 59, 59, 999_999_000), nil, live.Kinds},
	{"timestamp '1969-12-31 23:59:59.9'", Kind(hive.KindTimestamp), UTC(1969, 12, 31, 23, 59, 59, 900_000_000), nil, live.Kinds},
	{"timestamp '1582-10-10 01:02:03'", Kind(hive.KindTimestamp), UTC(1582, 10, 10, 1, 2, 3), nil, live.NewOnes},
	{"timestamp '1582-10-10 01:02:03'", Kind(hive.KindTimestamp), UTC(1582, 10, 20, 1, 2, 3), nil, live.Hive2},
	{"timestamp_ntz '2020-01-02 03:04:05.123456'", Kind(hive.KindTimestamp), UTC(2020, 1, 2, 3, 4, 5, 123_456_000), nil, live.Spark},
	{
		"cast('2020-01-02 03:04:05.123456789 Europe/Paris' as timestamp with local time zone)", Kind(hive.KindTimestampLocalTZ),
		UTC(2020, 1, 2, 2, 4, 5, 123_456_789), nil, live.Since3,
	},

	{"interval '1-2' year to month", Kind(hive.KindIntervalYearMonth), hive.IntervalYearMonth(14), "1-2", live.Kinds},
	{"interval '-1-2' year to month", Kind(hive.KindIntervalYearMonth), hive.IntervalYearMonth(-14), "-1-2", live.Kinds},
	{
		"interval '1 02:03:04.5' day to second", Kind(hive.KindIntervalDayTime),
		hive.IntervalOf(26*time.Hour + 3*time.Minute + 4500*time.Millisecond), "1 02:03:04.500000000", live.Kinds,
	},
	{"interval '-0 00:00:00.000001' day to second", Kind(hive.KindIntervalDayTime), hive.IntervalOf(-time.Microsecond), "-0 00:00:00.000001000", live.Kinds},
	{"null", Kind(hive.KindNull), nil, nil, live.Kinds},
}

// On are the values for one server.
func On(srv *hivetest.Server) []Value {
	return slices.DeleteFunc(slices.Clone(values), func(v Value) bool { return !live.On(v.Kinds, srv) })
}

// Select is a query of one row that has all of the values.
func Select(values []Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprintf("%s as c%d", v.Text, i)
	}
	return "select " + strings.Join(texts, ",\n")
}

// Same compares two values: floats by their bits, times by the instant and the clock.
func Same(got, want any) bool {
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
