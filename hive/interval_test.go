package hive

import (
	"math"
	"testing"
	"time"
)

func TestParseIntervalYearMonth(t *testing.T) {
	for _, c := range []struct {
		in      string
		want    IntervalYearMonth
		text    string
		literal string
	}{
		{"1-2", 14, "1-2", "INTERVAL '1-2' YEAR TO MONTH"},
		{"-1-2", -14, "-1-2", "INTERVAL '-1-2' YEAR TO MONTH"},
		{"+1-2", 14, "1-2", "INTERVAL '1-2' YEAR TO MONTH"},
		{"0-0", 0, "0-0", "INTERVAL '0-0' YEAR TO MONTH"},
		{"-0-1", -1, "-0-1", "INTERVAL '-0-1' YEAR TO MONTH"},
		{"0-11", 11, "0-11", "INTERVAL '0-11' YEAR TO MONTH"},
		{"178956970-7", math.MaxInt32, "178956970-7", "INTERVAL '178956970-7' YEAR TO MONTH"},
		{"-178956970-8", math.MinInt32, "-178956970-8", "INTERVAL '-178956970-8' YEAR TO MONTH"},
	} {
		got, err := ParseIntervalYearMonth(c.in)
		literal, literalErr := got.HiveLiteral()
		if err != nil || literalErr != nil || got != c.want || got.String() != c.text || literal != c.literal {
			t.Errorf("%q: got %d, %s, %s, %v, %v; want %d, %s, %s", c.in, int32(got), got, literal, err, literalErr, int32(c.want), c.text, c.literal)
		}
		checkText(t, got, ParseIntervalYearMonth)
	}
}

func TestParseIntervalYearMonthErrors(t *testing.T) {
	const years, months = "want a number of years that fits 32 bits", "want - and months from 0 to 11"
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"", 0, years},
		{"-", 1, years},
		{"--1-2", 1, years},
		{" 1-2", 0, years},
		{"99999999999-0", 0, years},
		{"1", 1, months},
		{"1-", 1, months},
		{"1-12", 1, months},
		{"1-002", 1, months},
		{"1--2", 1, months},
		{"1-2 ", 3, "want nothing more"},
		{"178956970-8", 0, "more months than fit 32 bits"},
		{"-178956970-9", 0, "more months than fit 32 bits"},
	} {
		got, err := ParseIntervalYearMonth(c.in)
		if got != 0 {
			t.Errorf("%q returned %s", c.in, got)
		}
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
}

func TestParseIntervalDayTime(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		in   string
		want time.Duration
		text string
	}{
		{"1 02:03:04.500000000", day + 2*time.Hour + 3*time.Minute + 4500*time.Millisecond, "1 02:03:04.500000000"},
		{"-1 02:03:04.5", -(day + 2*time.Hour + 3*time.Minute + 4500*time.Millisecond), "-1 02:03:04.500000000"},
		{"1 2:3:4", day + 2*time.Hour + 3*time.Minute + 4*time.Second, "1 02:03:04.000000000"},
		{"+0 00:00:00.000000001", 1, "0 00:00:00.000000001"},
		{"-0 00:00:00.000000001", -1, "-0 00:00:00.000000001"},
		{"-0 00:00:01", -time.Second, "-0 00:00:01.000000000"},
		{"-0 00:00:00", 0, "0 00:00:00.000000000"},
		{"0 23:59:59.999999999", day - 1, "0 23:59:59.999999999"},
		{"106751 23:47:16.854775807", math.MaxInt64, "106751 23:47:16.854775807"},
		{"-106751 23:47:16.854775808", math.MinInt64, "-106751 23:47:16.854775808"},
	} {
		got, err := ParseIntervalDayTime(c.in)
		duration, durationErr := got.Duration()
		literal, literalErr := got.HiveLiteral()
		if err != nil || durationErr != nil || literalErr != nil || duration != c.want || got.String() != c.text ||
			literal != "INTERVAL '"+c.text+"' DAY TO SECOND" || got != IntervalOf(c.want) {
			t.Errorf("%q: got %s, %s, %s, %v, %v, %v; want %s, %s", c.in, got, duration, literal, err, durationErr, literalErr, c.text, c.want)
		}
		if whole := time.Duration(got.Seconds())*time.Second + time.Duration(got.Nanoseconds()); whole != c.want {
			t.Errorf("%q: got %d s and %d ns, want %s", c.in, got.Seconds(), got.Nanoseconds(), c.want)
		}
		checkText(t, got, ParseIntervalDayTime)
	}
}

func TestIntervalDayTimeLongerThanDuration(t *testing.T) {
	for _, in := range []string{
		"106751 23:47:16.854775808", "-106751 23:47:16.854775809", "106751 23:47:17.000000000", "-106751 23:47:17.000000000",
		"106751991167298 23:59:59.999999999", "-106751991167298 23:59:59.999999999",
	} {
		i, err := ParseIntervalDayTime(in)
		if err != nil || i.String() != in {
			t.Errorf("%q: got %s, %v", in, i, err)
		}
		checkText(t, i, ParseIntervalDayTime)
		d, err := i.Duration()
		if want := "hive: interval " + in + " is longer than time.Duration can hold"; err == nil || err.Error() != want {
			t.Errorf("%q: got %s, %v, want %s", in, d, err, want)
		}
	}
}

func TestParseIntervalDayTimeErrors(t *testing.T) {
	const days, hours, minutes, seconds = "want a number of days whose seconds fit 64 bits", "want a blank and hours from 0 to 23", "want : and minutes from 0 to 59", "want : and seconds from 0 to 59"
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"", 0, days},
		{"-", 1, days},
		{"x", 0, days},
		{"106751991167300 00:00:00", 0, days},
		{"99999999999999999999 00:00:00", 0, days},
		{"1", 1, hours},
		{"1 24:00:00", 1, hours},
		{"1  2:00:00", 1, hours},
		{"1 002:00:00", 1, hours},
		{"1 02", 4, minutes},
		{"1 02:60:00", 4, minutes},
		{"1 02:03", 7, seconds},
		{"1 02:03:60", 7, seconds},
		{"1 02:03:-4", 7, seconds},
		{"1 02:03:04.", 11, "want a fraction of 1 to 9 digits"},
		{"1 02:03:04.1234567890", 11, "want a fraction of 1 to 9 digits"},
		{"1 02:03:04.5 ", 12, "want nothing more"},
	} {
		got, err := ParseIntervalDayTime(c.in)
		if got != (IntervalDayTime{}) {
			t.Errorf("%q returned %s", c.in, got)
		}
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
}

func FuzzParseInterval(f *testing.F) {
	for _, s := range []string{"1-2", "-178956970-8", "0-12", "1 02:03:04.500000000", "-0 00:00:01", "106751991167298 23:59:59.999999999", "1 24:00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := ParseIntervalYearMonth(s); err == nil {
			checkText(t, i, ParseIntervalYearMonth)
		}
		i, err := ParseIntervalDayTime(s)
		if err != nil {
			return
		}
		checkText(t, i, ParseIntervalDayTime)
		if d, err := i.Duration(); err == nil && IntervalOf(d) != i {
			t.Errorf("%s is %s, which is %s", i, d, IntervalOf(d))
		}
	})
}
