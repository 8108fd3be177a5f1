package hive

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a DATE: a day of the calendar, without a clock or a zone. The zero Date is no day.
type Date struct {
	Year  int // year 0 is 1 BC
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD, the year with four digits or more and perhaps a sign, as Java
// prints years before 0 and after 9999: "-0044-03-15", "+12921-08-18". A day that the calendar
// lacks is an error. The error is a [*TextError].
func ParseDate(s string) (Date, error) {
	d, n, fault := readDate(s)
	if fault == "" && n < len(s) {
		fault = "want nothing more"
	}
	if fault != "" {
		return Date{}, textError(KindDate, s, n, fault)
	}
	return d, nil
}

// readDate reads the date at the start of s. It returns the number of bytes read and "", or
// the place and the fault: ParseTimestamp's fast path must not allocate.
func readDate(s string) (d Date, n int, fault string) {
	negative := s != "" && s[0] == '-'
	if negative || s != "" && s[0] == '+' {
		n++
	}
	year := digitRun(s, n)
	if len(year) < 4 || len(year) > 9 {
		return d, n, "want a year of 4 to 9 digits"
	}
	for i := range len(year) {
		d.Year = d.Year*10 + int(year[i]-'0')
	}
	if negative {
		d.Year = -d.Year
	}
	n += len(year)
	month, ok := twoDigits(s, n, '-')
	if !ok || month < 1 || month > 12 {
		return d, n, "want - and a month from 01 to 12"
	}
	d.Month = time.Month(month)
	n += 3
	if d.Day, ok = twoDigits(s, n, '-'); !ok || !d.valid() {
		return d, n, "want - and a day of the month"
	}
	return d, n + 3, ""
}

// twoDigits reads a separator and two digits at s[i:].
func twoDigits(s string, i int, separator byte) (int, bool) {
	if len(s) < i+3 || s[i] != separator {
		return 0, false
	}
	tens, ones := s[i+1]-'0', s[i+2]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

func (d Date) valid() bool {
	if d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > 31 {
		return false
	}
	return d.Day <= 28 || d.Day <= time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// DateOf returns the day t falls on in its own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// In returns the start of the day in loc; nil means UTC. Where a change of the clock leaves
// out midnight, [time.Date] tells what it does.
func (d Date) In(loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String prints the date as Hive does: "2020-01-02", "+12921-08-18", "-0044-03-15".
func (d Date) String() string {
	sign, year := "", d.Year
	switch {
	case year > 9999:
		sign = "+"
	case year < 0:
		sign, year = "-", -year
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, year, int(d.Month), d.Day)
}

// HiveLiteral returns DATE '2020-01-02'. Outside the years 1 to 9999 there is none that every
// server reads the same, and that is an error; so is a day that the calendar lacks.
func (d Date) HiveLiteral() (string, error) {
	if !d.valid() || d.Year < 1 || d.Year > 9999 {
		return "", fmt.Errorf("hive: %s has no literal: want a day of the calendar in the years 0001 to 9999", d)
	}
	return "DATE '" + d.String() + "'", nil
}

// Scan implements [database/sql.Scanner]; it also takes a time.Time, as [DateOf] does. NULL
// is an error: use sql.Null[hive.Date].
func (d *Date) Scan(src any) error {
	if t, ok := src.(time.Time); ok {
		src = DateOf(t)
	}
	return scanValue(d, src, ParseDate)
}

// Value implements [driver.Valuer]: the text of [Date.String]. A day that the calendar lacks,
// such as the zero Date, is an error.
func (d Date) Value() (driver.Value, error) {
	if !d.valid() {
		return nil, fmt.Errorf("hive: %s is no day of the calendar", d)
	}
	return d.String(), nil
}

// MarshalText implements [encoding.TextMarshaler].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Date) UnmarshalText(text []byte) error { return scanValue(d, text, ParseDate) }
