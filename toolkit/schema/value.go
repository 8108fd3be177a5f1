package schema

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Decimal is a value of a [NumericType]: the exact number as text, such as "12.50". It is a string so that a constant is
// one, too; whether the text is a number is asked with Valid.
type Decimal string

// Valid reports whether d is digits, with a sign before them or none, and with a point in them or none. The error is a
// [*ValueError].
func (d Decimal) Valid() error {
	digits := strings.TrimLeft(string(d), "+-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(d)-len(digits) > 1 || whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return &ValueError{Type: "decimal", Text: string(d), Reason: `want a number such as "-12.50"`}
	}
	return nil
}

func (d Decimal) String() string { return string(d) }

// CivilDate is a value of the type [Date]: a day of the calendar, without a clock or a zone. The zero CivilDate is no day.
type CivilDate struct {
	Year  int // year 0 is 1 BC
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD. Years have four digits or more, and perhaps a sign: "-0044-03-15", "+12921-08-18". A day
// that the calendar lacks is an error. The error is a [*ValueError].
func ParseDate(s string) (CivilDate, error) {
	year, rest := s, ""
	if n := len(s) - len("-01-02"); n > 0 {
		year, rest = s[:n], s[n:]
	}
	digits := strings.TrimLeft(year, "+-")
	y, err := strconv.ParseUint(digits, 10, 31)
	day, restErr := time.Parse("2006-01-02", "2000"+rest) // a leap year
	if err != nil || restErr != nil || len(digits) < 4 || len(year)-len(digits) > 1 {
		return CivilDate{}, &ValueError{Type: "date", Text: s, Reason: "want YYYY-MM-DD"}
	}
	d := CivilDate{int(y), day.Month(), day.Day()}
	if year[0] == '-' {
		d.Year = -d.Year
	}
	if err := d.Valid(); err != nil {
		return CivilDate{}, err
	}
	return d, nil
}

// DateOf returns the day t falls on in its own location.
func DateOf(t time.Time) CivilDate {
	year, month, day := t.Date()
	return CivilDate{year, month, day}
}

// Valid reports whether the calendar has the day. The error is a [*ValueError].
func (d CivilDate) Valid() error {
	if d != DateOf(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)) {
		return &ValueError{Type: "date", Text: d.String(), Reason: "the calendar has no such day"}
	}
	return nil
}

// String prints the date in the form that [ParseDate] reads.
func (d CivilDate) String() string {
	sign, year := "", d.Year
	switch {
	case year > 9999:
		sign = "+"
	case year < 0:
		sign, year = "-", -year
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, year, int(d.Month), d.Day)
}

// ValueError tells of a text or a value that is none of its type.
type ValueError struct {
	Type   string // the type, such as "date"
	Text   string
	Reason string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("schema: %q is no %s: %s", e.Text, e.Type, e.Reason)
}
