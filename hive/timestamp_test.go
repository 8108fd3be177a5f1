package hive

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests name zones of the world
)

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseTimestamp(t *testing.T) {
	paris := mustZone(t, "Europe/Paris")
	for _, c := range []struct {
		in   string
		loc  *time.Location
		want time.Time
	}{
		{"2020-01-02 03:04:05", nil, time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"2020-01-02 03:04:05.0", nil, time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"2020-01-02 03:04:05.12", nil, time.Date(2020, 1, 2, 3, 4, 5, 120_000_000, time.UTC)},
		{"2020-01-02 03:04:05.123456", nil, time.Date(2020, 1, 2, 3, 4, 5, 123_456_000, time.UTC)},
		{"2020-01-02 03:04:05.123456789", nil, time.Date(2020, 1, 2, 3, 4, 5, 123_456_789, time.UTC)},
		{"2020-01-02 03:04:05.000000001", nil, time.Date(2020, 1, 2, 3, 4, 5, 1, time.UTC)},
		{"1969-12-31 23:59:59.999999999", nil, time.Unix(-1, 999_999_999)},
		{"2020-07-02 03:04:05", paris, time.Date(2020, 7, 2, 1, 4, 5, 0, time.UTC)},
		{"+14645-06-30 15:06:40.12", nil, time.Unix(400_000_000_000, 120_000_000)},
		{"-1199-02-15 14:13:20.12", nil, time.Unix(-100_000_000_000, 120_000_000)},
		{"0001-01-01 00:00:00", nil, time.Time{}},
		// 02:30 does not exist on this day; time.Date may take either offset
		{"2020-03-29 02:30:00", paris, time.Date(2020, 3, 29, 2, 30, 0, 0, paris)},
	} {
		got, err := ParseTimestamp(c.in, c.loc)
		loc := c.loc
		if loc == nil {
			loc = time.UTC
		}
		if err != nil || !got.Equal(c.want) || got.Location() != loc {
			t.Errorf("ParseTimestamp(%q, %v): got %s, %v, want %s", c.in, c.loc, got, err, c.want)
		}
	}
}

func TestParseTimestampErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"", 0, "want a year of 4 to 9 digits"},
		{"2020-13-02 03:04:05", 4, "want - and a month from 01 to 12"},
		{"2020-02-30 03:04:05", 7, "want - and a day of the month"},
		{"2020-01-02", 10, "want a blank and an hour from 00 to 23"},
		{"2020-01-02T03:04:05", 10, "want a blank and an hour from 00 to 23"},
		{"2020-01-02  3:04:05", 10, "want a blank and an hour from 00 to 23"},
		{"2020-01-02 24:00:00", 10, "want a blank and an hour from 00 to 23"},
		{"2020-01-02 03", 13, "want : and a minute from 00 to 59"},
		{"2020-01-02 03:60:00", 13, "want : and a minute from 00 to 59"},
		{"2020-01-02 03:04", 16, "want : and a second from 00 to 59"},
		{"2020-01-02 03:04:60", 16, "want : and a second from 00 to 59"},
		{"2020-01-02 03:04:5", 16, "want : and a second from 00 to 59"},
		{"2020-01-02 03:04:05.", 20, "want a fraction of 1 to 9 digits"},
		{"2020-01-02 03:04:05.x", 20, "want a fraction of 1 to 9 digits"},
		{"2020-01-02 03:04:05.1234567890", 20, "want a fraction of 1 to 9 digits"},
		{"2020-01-02 03:04:05.5x", 21, "want nothing more"},
		{"2020-01-02 03:04:05 ", 19, "want nothing more"},
		{"2020-01-02 03:04:05 Etc/UTC", 19, "want nothing more"},
	} {
		got, err := ParseTimestamp(c.in, nil)
		if !got.IsZero() {
			t.Errorf("ParseTimestamp(%q) returned %s", c.in, got)
		}
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
}

func TestParseTimestampTZ(t *testing.T) {
	const text = "2020-07-02 03:04:05.0 "
	clock := time.Date(2020, 7, 2, 3, 4, 5, 0, time.UTC)
	for zone, east := range map[string]time.Duration{
		"Etc/UTC": 0, "UTC": 0, "Z": 0, "GMT": 0, "UT": 0, "GMT0": 0, "Etc/GMT": 0,
		"+02:00": 2 * time.Hour, "-18:00": -18 * time.Hour, "+5": 5 * time.Hour, "+0530": 330 * time.Minute,
		"+01:02:03": time.Hour + 2*time.Minute + 3*time.Second,
		"UTC+01:00": time.Hour, "GMT+2": 2 * time.Hour, "UT-3": -3 * time.Hour,
		"Etc/GMT+5":           -5 * time.Hour, // POSIX turns the sign
		"America/Los_Angeles": -7 * time.Hour, "US/Pacific": -7 * time.Hour, "Europe/Paris": 2 * time.Hour,
		"America/Argentina/Buenos_Aires": -3 * time.Hour,
	} {
		for range 2 { // found, then remembered
			got, err := ParseTimestampTZ(text + zone)
			if want := clock.Add(-east); err != nil || !got.Equal(want) || got.Location().String() != zone {
				t.Errorf("%s: got %s in %s, %v, want %s", zone, got, got.Location(), err, want)
			}
		}
	}
}

func TestParseTimestampTZErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"2020-01-02 03:04:05", 19, "want a blank and a time zone"},
		{"2020-01-02 03:04:05.1Z", 21, "want a blank and a time zone"},
		{"2020-01-32 03:04:05 Z", 7, "want - and a day of the month"},
	} {
		_, err := ParseTimestampTZ(c.in)
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
	for _, zone := range []string{
		"", "Local", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "+19:00", "-18:00:01", "+1:2", "+:0200", "+02:0", "+02:60",
		"UTC+", "Etc/UTC ", "Europe", "europe/paris ", strings.Repeat("x", 1000),
	} {
		text := "2020-01-02 03:04:05 " + zone
		got, err := ParseTimestampTZ(text)
		var textErr *TextError
		var zoneErr *ZoneError
		if !errors.As(err, &textErr) || !errors.As(err, &zoneErr) {
			t.Errorf("%q: got %s, %v, want a TextError with a ZoneError", text, got, err)
			continue
		}
		if textErr.Offset != 20 || zoneErr.Zone != zone || zoneErr.Unwrap() == nil {
			t.Errorf("%q: got %+v", text, zoneErr)
		}
		if msg := err.Error(); !strings.Contains(msg, `import _ "time/tzdata"`) || len(msg) > 1000 {
			t.Errorf("%q: unhelpful error %s", text, msg)
		}
	}
}

func TestZonesAreBounded(t *testing.T) {
	before := zones.found
	zones.found = map[string]*time.Location{}
	defer func() { zones.found = before }()
	for i := range maxZones + 100 {
		id := fmt.Sprintf("+%02d:%02d:%02d", i/3600, i/60%60, i%60)
		if _, err := loadZone(id); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(zones.found); n != maxZones {
		t.Errorf("%d zones are kept, want %d", n, maxZones)
	}
}

func TestTimestampAllocations(t *testing.T) {
	paris := mustZone(t, "Europe/Paris")
	for name, f := range map[string]func() error{
		"ParseTimestamp":   func() error { _, err := ParseTimestamp("2020-01-02 03:04:05.123456789", paris); return err },
		"ParseTimestampTZ": func() error { _, err := ParseTimestampTZ("2020-01-02 03:04:05.0 Etc/UTC"); return err },
		"ParseDate":        func() error { _, err := ParseDate("2020-01-30"); return err },
		"ParseDecimal":     func() error { _, err := ParseDecimal("-12345.67"); return err },
	} {
		allocs := testing.AllocsPerRun(100, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s makes %v allocations, want none", name, allocs)
		}
	}
}

func FuzzParseTimestamp(f *testing.F) {
	for _, s := range []string{"2020-01-02 03:04:05", "2020-01-02 03:04:05.120", "+14645-06-30 15:06:40.12", "-0001-12-31 23:59:59.999999999", "2020-01-02 24:00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTimestamp(s, nil)
		if err != nil {
			return
		}
		text := DateOf(got).String() + got.Format(" 15:04:05.999999999")
		back, err := ParseTimestamp(text, nil)
		if err != nil || !back.Equal(got) {
			t.Errorf("%q: %s prints %q, which reads as %s, %v", s, got, text, back, err)
		}
	})
}

func FuzzParseTimestampTZ(f *testing.F) {
	for _, s := range []string{"2020-01-02 03:04:05.0 Etc/UTC", "2020-10-25 02:30:00.0 Europe/Paris", "2020-01-02 03:04:05 +02:00", "2020-01-02 03:04:05 GMT+2", "2020-01-02 03:04:05 Local"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTimestampTZ(s)
		if err != nil {
			return
		}
		// The text lacks the offset, so compare what was read, not the instant.
		text := DateOf(got).String() + got.Format(" 15:04:05.999999999 ") + got.Location().String()
		back, err := ParseTimestampTZ(text)
		if err != nil || !back.Equal(got) {
			t.Errorf("%q: %s prints %q, which reads as %s, %v", s, got, text, back, err)
		}
	})
}

func BenchmarkParseTimestamp(b *testing.B) {
	for name, text := range map[string]string{"seconds": "2020-01-02 03:04:05", "nanos": "2020-01-02 03:04:05.123456789"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseTimestamp(text, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseTimestampTZ(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseTimestampTZ("2020-01-02 03:04:05.123456789 America/Los_Angeles"); err != nil {
			b.Fatal(err)
		}
	}
}
