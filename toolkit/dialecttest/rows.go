package dialecttest

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// like makes of what a driver gave a value of the type of want.
func (s *suite) like(got, want any) (any, error) {
	if got == nil || want == nil {
		return got, nil
	}
	if s.server.Scan != nil {
		v, err := s.server.Scan(got, want)
		if err != nil {
			return nil, err
		}
		got = v
	}
	if b, ok := got.([]byte); ok {
		if _, ok := want.([]byte); ok {
			return bytes.Clone(b), nil
		}
		got = string(b)
	}
	if t, ok := got.(time.Time); ok {
		if _, ok := want.(schema.CivilDate); ok {
			return schema.DateOf(t), nil
		}
		return t.UTC(), nil
	}
	text := fmt.Sprint(got)
	switch want.(type) {
	case string:
		return text, nil
	case []byte:
		return []byte(text), nil
	case bool:
		return strconv.ParseBool(text)
	case int64:
		return wholeNumber(text)
	case float64:
		return strconv.ParseFloat(text, 64)
	case schema.Decimal:
		return schema.Decimal(text), nil
	case schema.CivilDate:
		day, _, _ := strings.Cut(text, " ")
		return schema.ParseDate(day)
	case time.Time:
		return time.Parse("2006-01-02 15:04:05.999999999", text)
	}
	return nil, fmt.Errorf("%T is like no %T", got, want)
}

// wholeNumber reads an integer, also one that is written as a decimal.
func wholeNumber(text string) (int64, error) {
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	return strconv.ParseInt(text, 10, 64)
}

// compare tells how two lists of rows differ, "" if they do not.
func compare(got, want [][]any, ordered bool) string {
	g, w := lines(got), lines(want)
	if !ordered {
		slices.Sort(g)
		slices.Sort(w)
	}
	if slices.Equal(g, w) {
		return ""
	}
	return fmt.Sprintf("got rows\n  %s\nwant\n  %s", strings.Join(g, "\n  "), strings.Join(w, "\n  "))
}

func lines(rows [][]any) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		texts := make([]string, len(row))
		for j, v := range row {
			texts[j] = canonical(v)
		}
		list[i] = strings.Join(texts, " | ")
	}
	return list
}

// canonical is a text that two values have exactly if they are the same.
func canonical(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return strconv.Quote(v)
	case []byte:
		return fmt.Sprintf("%x", v)
	case float64:
		if v == 0 {
			v = math.Abs(v) // servers differ in whether they keep the sign of 0
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case schema.Decimal:
		if r, ok := new(big.Rat).SetString(string(v)); ok {
			return r.RatString()
		}
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}
