package schema_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

func TestDecimal(t *testing.T) {
	tests := []struct {
		text schema.Decimal
		good bool
	}{
		{"0", true},
		{"12.50", true},
		{"-12.50", true},
		{"+1", true},
		{".5", true},
		{"5.", true},
		{"123456789012345678901234567890.123456789", true},
		{"", false},
		{".", false},
		{"-", false},
		{"--1", false},
		{"1-", false},
		{"1e3", false},
		{"1.2.3", false},
		{" 1", false},
		{"0x1", false},
		{"NaN", false},
		{"1);drop table t", false},
		{"١", false},
	}
	for _, tt := range tests {
		err := tt.text.Valid()
		var valueErr *schema.ValueError
		if good := err == nil; good != tt.good || !good && !errors.As(err, &valueErr) {
			t.Errorf("Decimal(%q): got %v, want good = %t", tt.text, err, tt.good)
		}
	}
}

func TestParseDate(t *testing.T) {
	tests := []struct {
		text string
		want schema.CivilDate // zero: an error
	}{
		{"2020-02-29", schema.CivilDate{Year: 2020, Month: time.February, Day: 29}},
		{"0000-01-01", schema.CivilDate{Month: time.January, Day: 1}},
		{"-0044-03-15", schema.CivilDate{Year: -44, Month: time.March, Day: 15}},
		{"+12921-08-18", schema.CivilDate{Year: 12921, Month: time.August, Day: 18}},
		{text: "2021-02-29"},
		{text: "2021-13-01"},
		{text: "2021-00-01"},
		{text: "2021-01-00"},
		{text: "2021-1-01"},
		{text: ""},
		{text: "-01-02"},
		{text: "221-01-01"},
		{text: "--2021-01-01"},
		{text: "2021-01-01 "},
		{text: "2021/01/01"},
		{text: "99999999999-01-01"},
		{text: "2_21-01-01"},
	}
	for _, tt := range tests {
		got, err := schema.ParseDate(tt.text)
		var valueErr *schema.ValueError
		if got != tt.want || (err == nil) != (tt.want.Day != 0) || err != nil && !errors.As(err, &valueErr) {
			t.Errorf("ParseDate(%q): got %v, %v, want %v", tt.text, got, err, tt.want)
		}
		if err == nil && got.String() != tt.text {
			t.Errorf("ParseDate(%q) is printed as %q", tt.text, got)
		}
	}
	if err := (schema.CivilDate{Year: 2021, Month: 2, Day: 30}).Valid(); err == nil {
		t.Error("there is a 30th of February")
	}
	if got, want := schema.DateOf(time.Date(2021, 1, 2, 23, 0, 0, 0, time.UTC)).String(), "2021-01-02"; got != want {
		t.Errorf("DateOf: got %s, want %s", got, want)
	}
}

// FuzzParseDate: what is read is a day of the calendar, and is printed in a form that is read as the same day.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2020-02-29", "-0044-03-15", "+12921-08-18", "1900-02-29"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := schema.ParseDate(s)
		if err != nil {
			return
		}
		if again, err := schema.ParseDate(d.String()); err != nil || again != d {
			t.Errorf("ParseDate(%q) is %v, which is read as %v, %v", s, d, again, err)
		}
		if err := d.Valid(); err != nil {
			t.Errorf("ParseDate(%q): %v", s, err)
		}
	})
}
