package hive

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// IntervalYearMonth is an INTERVAL YEAR TO MONTH: a number of months.
type IntervalYearMonth int32

// ParseIntervalYearMonth reads [+-]years-months, with months from 0 to 11: "1-2", "-1-2". The
// error is a [*TextError].
func ParseIntervalYearMonth(s string) (IntervalYearMonth, error) {
	fail := func(i int, reason string) (IntervalYearMonth, error) {
		return 0, textError(KindIntervalYearMonth, s, i, reason)
	}
	i, negative := readSign(s)
	digits := digitRun(s, i)
	years, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		return fail(i, "want a number of years that fits 32 bits")
	}
	i += len(digits)
	months, n := readSmall(s, i, '-', 11)
	if n == 0 {
		return fail(i, "want - and months from 0 to 11")
	}
	if i+n < len(s) {
		return fail(i+n, "want nothing more")
	}
	total := years*12 + int64(months)
	if negative {
		total = -total
	}
	if total != int64(int32(total)) {
		return fail(0, "more months than fit 32 bits")
	}
	return IntervalYearMonth(total), nil
}

// String prints the interval as Hive does: "1-2", "-1-2".
func (i IntervalYearMonth) String() string {
	sign, months := "", int64(i)
	if months < 0 {
		sign, months = "-", -months
	}
	return fmt.Sprintf("%s%d-%d", sign, months/12, months%12)
}

// HiveLiteral returns INTERVAL '1-2' YEAR TO MONTH.
func (i IntervalYearMonth) HiveLiteral() (string, error) {
	return "INTERVAL '" + i.String() + "' YEAR TO MONTH", nil
}

// Scan implements [database/sql.Scanner]. NULL is an error: use sql.Null[hive.IntervalYearMonth].
func (i *IntervalYearMonth) Scan(src any) error { return scanValue(i, src, ParseIntervalYearMonth) }

// Value implements [driver.Valuer]: the text of [IntervalYearMonth.String].
func (i IntervalYearMonth) Value() (driver.Value, error) { return i.String(), nil }

// MarshalText implements [encoding.TextMarshaler].
func (i IntervalYearMonth) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (i *IntervalYearMonth) UnmarshalText(text []byte) error {
	return scanValue(i, text, ParseIntervalYearMonth)
}

// IntervalDayTime is an INTERVAL DAY TO SECOND: an exact span of time to the nanosecond,
// which may be far longer than a [time.Duration]. A day has 24 hours. The zero value is the
// empty interval; intervals are comparable with ==.
type IntervalDayTime struct {
	seconds int64
	nanos   int32 // below a second, with the sign of seconds
}

const secondsPerDay = 24 * 60 * 60

// IntervalOf returns the interval of length d.
func IntervalOf(d time.Duration) IntervalDayTime {
	return IntervalDayTime{int64(d / time.Second), int32(d % time.Second)}
}

// ParseIntervalDayTime reads [+-]days hours:minutes:seconds, with one to nine digits of a
// fraction or none: "1 02:03:04.500000000", "-0 00:00:01". The error is a [*TextError].
func ParseIntervalDayTime(s string) (IntervalDayTime, error) {
	fail := func(i int, reason string) (IntervalDayTime, error) {
		return IntervalDayTime{}, textError(KindIntervalDayTime, s, i, reason)
	}
	i, negative := readSign(s)
	digits := digitRun(s, i)
	total, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || total > math.MaxInt64/secondsPerDay-1 {
		return fail(i, "want a number of days whose seconds fit 64 bits")
	}
	i += len(digits)
	for _, part := range [...]struct {
		separator byte
		max       int
		reason    string
	}{
		{' ', 23, "want a blank and hours from 0 to 23"},
		{':', 59, "want : and minutes from 0 to 59"},
		{':', 59, "want : and seconds from 0 to 59"},
	} {
		value, n := readSmall(s, i, part.separator, part.max)
		if n == 0 {
			return fail(i, part.reason)
		}
		total = total*int64(part.max+1) + int64(value)
		i += n
	}
	nanos := 0
	if i < len(s) && s[i] == '.' {
		digits := 0
		if nanos, digits = readNanos(s, i+1); digits == 0 {
			return fail(i+1, "want a fraction of 1 to 9 digits")
		}
		i += 1 + digits
	}
	if i < len(s) {
		return fail(i, "want nothing more")
	}
	if negative {
		total, nanos = -total, -nanos
	}
	return IntervalDayTime{total, int32(nanos)}, nil
}

func readSign(s string) (n int, negative bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return 1, s[0] == '-'
	}
	return 0, false
}

// readSmall reads a separator and one or two digits at s[i:]; n is 0 if they are not there.
func readSmall(s string, i int, separator byte, most int) (value, n int) {
	if i >= len(s) || s[i] != separator {
		return 0, 0
	}
	digits := digitRun(s, i+1)
	value, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 2 || value > most {
		return 0, 0
	}
	return value, 1 + len(digits)
}

// Seconds returns the whole seconds, rounded toward zero.
func (i IntervalDayTime) Seconds() int64 { return i.seconds }

// Nanoseconds returns what is left beside [IntervalDayTime.Seconds]: less than a second, with
// the sign of the interval.
func (i IntervalDayTime) Nanoseconds() int { return int(i.nanos) }

// Duration returns the interval as a time.Duration, which holds about 292 years; a longer one
// is an error.
func (i IntervalDayTime) Duration() (time.Duration, error) {
	const most = math.MaxInt64 / int64(time.Second)
	d := time.Duration(i.seconds)*time.Second + time.Duration(i.nanos)
	if i.seconds > most || i.seconds < -most || d < 0 != i.negative() {
		return 0, errors.New("hive: interval " + i.String() + " is longer than time.Duration can hold")
	}
	return d, nil
}

func (i IntervalDayTime) negative() bool { return i.seconds < 0 || i.nanos < 0 }

// String prints the interval as Hive does: "1 02:03:04.500000000", "-0 00:00:01.000000000".
func (i IntervalDayTime) String() string {
	sign, seconds, nanos := "", i.seconds, i.nanos
	if i.negative() {
		sign, seconds, nanos = "-", -seconds, -nanos
	}
	clock := seconds % secondsPerDay
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%09d", sign, seconds/secondsPerDay, clock/3600, clock/60%60, clock%60, nanos)
}

// HiveLiteral returns INTERVAL '1 02:03:04.500000000' DAY TO SECOND. Spark keeps microseconds
// and cuts off the rest.
func (i IntervalDayTime) HiveLiteral() (string, error) {
	return "INTERVAL '" + i.String() + "' DAY TO SECOND", nil
}

// Scan implements [database/sql.Scanner]. NULL is an error: use sql.Null[hive.IntervalDayTime].
func (i *IntervalDayTime) Scan(src any) error { return scanValue(i, src, ParseIntervalDayTime) }

// Value implements [driver.Valuer]: the text of [IntervalDayTime.String].
func (i IntervalDayTime) Value() (driver.Value, error) { return i.String(), nil }

// MarshalText implements [encoding.TextMarshaler].
func (i IntervalDayTime) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (i *IntervalDayTime) UnmarshalText(text []byte) error {
	return scanValue(i, text, ParseIntervalDayTime)
}
