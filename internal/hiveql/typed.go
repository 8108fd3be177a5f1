package hiveql

import (
	"fmt"
	"strings"
	"time"
)

// AppendDecimal appends digits as a DECIMAL literal to dst. The text must be digits, with a sign before them or none and
// with a point in them or none. The literal has the suffix BD, without which Hive 2 reads a DOUBLE. On an error, a
// *[LiteralError], dst comes back as it was.
func AppendDecimal(dst []byte, digits string) ([]byte, error) {
	text := strings.TrimPrefix(digits, "+")
	unsigned := strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(unsigned, ".")
	switch {
	case whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" || len(unsigned) < len(text) && text != digits:
		return dst, refuse(digits, "it is no decimal number")
	case len(strings.TrimLeft(whole, "0"))+len(fraction) > 38:
		return dst, refuse(digits, "it has more than the 38 digits of a DECIMAL")
	}
	if len(unsigned) < len(text) {
		dst = append(dst, '-')
	}
	if whole == "" {
		whole = "0" // Hive reads no number that begins with its point
	}
	dst = append(dst, whole...)
	if fraction != "" {
		dst = append(append(dst, '.'), fraction...)
	}
	return append(dst, "BD"...), nil
}

// AppendDate appends a day as a DATE literal to dst. On an error, a *[LiteralError], dst comes back as it was.
func AppendDate(dst []byte, year int, month time.Month, day int) ([]byte, error) {
	if year < 1 || year > 9999 {
		return dst, refuse(year, "a date's year is not within 0001 and 9999")
	}
	return fmt.Appendf(dst, "date '%04d-%02d-%02d'", year, int(month), day), nil
}
