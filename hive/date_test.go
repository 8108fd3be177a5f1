package hive

import (
	"math"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		in      string
		want    Date
		text    string
		literal string // "" is an error
	}{
		{"2020-01-02", Date{2020, 1, 2}, "2020-01-02", "DATE '2020-01-02'"},
		{"2020-02-29", Date{2020, 2, 29}, "2020-02-29", "DATE '2020-02-29'"},
		{"2000-02-29", Date{2000, 2, 29}, "2000-02-29", "DATE '2000-02-29'"},
		{"0001-01-01", Date{1, 1, 1}, "0001-01-01", "DATE '0001-01-01'"},
		{"9999-12-31", Date{9999, 12, 31}, "9999-12-31", "DATE '9999-12-31'"},
		{"+2020-01-02", Date{2020, 1, 2}, "2020-01-02", "DATE '2020-01-02'"},
		{"0000-02-29", Date{0, 2, 29}, "0000-02-29", ""},
		{"-0044-03-15", Date{-44, 3, 15}, "-0044-03-15", ""},
		{"+12921-08-18", Date{12921, 8, 18}, "+12921-08-18", ""},
		{"12921-08-18", Date{12921, 8, 18}, "+12921-08-18", ""}, // as java.sql.Date prints it
		{"-999999999-01-01", Date{-999999999, 1, 1}, "-999999999-01-01", ""},
		{"+999999999-12-31", Date{999999999, 12, 31}, "+999999999-12-31", ""},
	} {
		d, err := ParseDate(c.in)
		if err != nil || d != c.want || d.String() != c.text {
			t.Errorf("ParseDate(%q): got %#v, %s, %v; want %s", c.in, d, d, err, c.text)
			continue
		}
		literal, err := d.HiveLiteral()
		if literal != c.literal || (err == nil) != (c.literal != "") {
			t.Errorf("%s: got literal %q, %v; want %q", d, literal, err, c.literal)
		}
		checkText(t, d, ParseDate)
	}
}

func TestParseDateErrors(t *testing.T) {
	const year, month, day = "want a year of 4 to 9 digits", "want - and a month from 01 to 12", "want - and a day of the month"
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"", 0, year},
		{"+", 1, year},
		{"20-01-02", 0, year},
		{"1234567890-01-02", 0, year},
		{"null", 0, year},
		{"2020", 4, month},
		{"2020-1-2", 4, month},
		{"2020-00-01", 4, month},
		{"2020-13-01", 4, month},
		{"2020/01/02", 4, month},
		{"2020-01", 7, day},
		{"2020-01-", 7, day},
		{"2020-01-00", 7, day},
		{"2020-02-30", 7, day},
		{"2021-02-29", 7, day},
		{"1900-02-29", 7, day},
		{"2020-04-31", 7, day},
		{"2020-01-0:", 7, day},
		{"2020-01-02 ", 10, "want nothing more"},
		{"2020-01-02 00:00:00", 10, "want nothing more"},
	} {
		d, err := ParseDate(c.in)
		if d != (Date{}) {
			t.Errorf("ParseDate(%q) returned %s", c.in, d)
		}
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
}

func TestDateNotInCalendar(t *testing.T) {
	for _, d := range []Date{{}, {2020, 2, 30}, {2020, 13, 1}, {2020, 1, -5}, {math.MinInt, 0, 0}} {
		if v, err := d.Value(); err == nil {
			t.Errorf("%s.Value(): got %v, want an error", d, v)
		}
		if v, err := d.HiveLiteral(); err == nil {
			t.Errorf("%s.HiveLiteral(): got %v, want an error", d, v)
		}
	}
}

func TestDateAndTime(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	at := time.Date(2020, 1, 1, 23, 30, 0, 0, time.UTC).In(zone)
	if got, want := DateOf(at), (Date{2020, 1, 2}); got != want {
		t.Errorf("DateOf(%s): got %s, want %s", at, got, want)
	}
	d := Date{2020, 1, 2}
	for _, c := range []struct {
		loc  *time.Location
		want time.Time
	}{
		{nil, time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)},
		{zone, time.Date(2020, 1, 1, 22, 0, 0, 0, time.UTC)},
	} {
		if got := d.In(c.loc); !got.Equal(c.want) {
			t.Errorf("%s.In(%v): got %s, want %s", d, c.loc, got, c.want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2020-02-29", "-0044-03-15", "+12921-08-18", "0000-01-01", "2020-02-30", "2020-1-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if DateOf(d.In(nil)) != d {
			t.Errorf("%q: %s is no day of the calendar", s, d)
		}
		checkText(t, d, ParseDate)
	})
}
