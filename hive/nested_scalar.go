package hive

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// goValue converts a scalar.
func (r *nestedReader) goValue(t *nestedType, s nestedScalar) (any, error) {
	if s.null() {
		return nil, nil
	}
	if t == nil || t.Kind == KindUserDefined {
		return untypedValue(s), nil
	}
	text := s.trimmed()
	switch t.Kind {
	case KindString, KindVarchar, KindChar:
		return s.text(), nil
	case KindBinary:
		return []byte(s.text()), nil
	case KindBoolean:
		return parseNestedBool(text)
	case KindTinyInt:
		n, err := parseNestedInt(text, 8)
		return int8(n), err
	case KindSmallInt:
		n, err := parseNestedInt(text, 16)
		return int16(n), err
	case KindInt:
		n, err := parseNestedInt(text, 32)
		return int32(n), err
	case KindBigInt:
		return parseNestedInt(text, 64)
	case KindFloat:
		f, err := parseNestedFloat(text, 32)
		return float32(f), err
	case KindDouble:
		return parseNestedFloat(text, 64)
	case KindDecimal:
		d, err := ParseDecimal(text)
		return d.padded(t.Scale), err
	case KindDate:
		return ParseDate(text)
	case KindTimestamp:
		return ParseTimestamp(text, r.loc)
	case KindTimestampLocalTZ:
		return ParseTimestampTZ(text)
	case KindIntervalYearMonth:
		return ParseIntervalYearMonth(text)
	case KindIntervalDayTime:
		return ParseIntervalDayTime(text)
	}
	return nil, fmt.Errorf("want %s", t.want())
}

// value returns the text to store: with the scale of a DECIMAL, which Hive cuts in nested
// values, and without blanks around unless they may belong to it.
func (s nestedScalar) value(t *nestedType) string {
	if s.quoted || t == nil || t.Kind == KindBinary {
		return s.text()
	}
	text := s.trimmed()
	if t.Kind == KindDecimal {
		if d, err := ParseDecimal(text); err == nil {
			return d.padded(t.Scale).String()
		}
	}
	return text
}

// untypedValue guesses the type of a scalar that is not null from its text.
func untypedValue(s nestedScalar) any {
	if s.quoted {
		return s.text()
	}
	text := s.trimmed()
	switch text {
	case "true":
		return true
	case "false":
		return false
	case "NaN", "Infinity", "-Infinity":
		f, _ := parseNestedFloat(text, 64)
		return f
	}
	unsigned := strings.TrimPrefix(text, "-")
	whole := digitRun(unsigned, 0)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return s.text()
	}
	if len(whole) == len(unsigned) {
		if n, err := parseNestedInt(text, 64); err == nil {
			return n
		}
	}
	// Of Hive's numbers only a float prints an exponent, and it prints what reads back the same.
	if strings.ContainsAny(unsigned, "eE") {
		if f, err := parseNestedFloat(text, 64); err == nil {
			return f
		}
		return s.text()
	}
	if d, err := ParseDecimal(text); err == nil {
		return d
	}
	return s.text()
}

// parseTime reads a scalar that is to be a time, as its blanks tell: a date has none, a
// timestamp one, and a timestamp with a zone two.
func (r *nestedReader) parseTime(text string) (time.Time, error) {
	switch strings.Count(text, " ") {
	case 0:
		d, err := ParseDate(text)
		return d.In(r.loc), err
	case 1:
		return ParseTimestamp(text, r.loc)
	}
	return ParseTimestampTZ(text)
}

func parseNestedBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, errors.New("want true or false")
	}
	return text == "true", nil
}

func parseNestedInt(text string, bits int) (int64, error) {
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, fmt.Errorf("want a whole number of %d bits", bits)
	}
	return n, nil
}

func parseNestedFloat(text string, bits int) (float64, error) {
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return 0, fmt.Errorf("want a float of %d bits", bits)
	}
	return f, nil
}
