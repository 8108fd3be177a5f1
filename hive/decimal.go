package hive

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is a DECIMAL value, exact, with the scale the server sent: 1.50 stays 1.50. The
// zero value is 0. Decimals are equal under == only with the same scale; [Decimal.Cmp]
// compares numbers.
//
// Any decimal type that reads text can be scanned into instead; the server sends text.
type Decimal struct {
	text string // -?(0|[1-9][0-9]*)(\.[0-9]+)?, never -0; "" is 0
}

// Hive's and Spark's largest precision.
const maxDecimalPrecision = 38

// maxDecimalExponent bounds what an exponent may expand to; it admits every float64.
const maxDecimalExponent = 400

// ParseDecimal reads [+-]digits[.digits][e[+-]digits]. The scale is the number of digits
// after the point, moved by the exponent; an exponent above 400 is refused. The error is a
// [*TextError].
func ParseDecimal(s string) (Decimal, error) {
	i := 0
	negative := i < len(s) && s[i] == '-'
	if negative || i < len(s) && s[i] == '+' {
		i++
	}
	whole := digitRun(s, i)
	i += len(whole)
	fraction := ""
	if i < len(s) && s[i] == '.' {
		fraction = digitRun(s, i+1)
		i += 1 + len(fraction)
	}
	if whole == "" && fraction == "" {
		return Decimal{}, textError(KindDecimal, s, i, "want a digit")
	}
	exponent := 0
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil || exponent < -maxDecimalExponent || exponent > maxDecimalExponent {
			return Decimal{}, textError(KindDecimal, s, i+1, "want an exponent from -400 to 400")
		}
		i = len(s)
	}
	if i < len(s) {
		return Decimal{}, textError(KindDecimal, s, i, "want a digit")
	}
	whole, fraction = shiftPoint(whole, fraction, exponent)
	return Decimal{canonicalDecimal(s, negative, whole, fraction)}, nil
}

// shiftPoint moves the point by exponent places.
func shiftPoint(whole, fraction string, exponent int) (string, string) {
	switch {
	case exponent > 0:
		fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
		return whole + fraction[:exponent], fraction[exponent:]
	case exponent < 0:
		whole = strings.Repeat("0", max(0, -exponent-len(whole))) + whole
		cut := len(whole) + exponent
		return whole[:cut], whole[cut:] + fraction
	}
	return whole, fraction
}

// canonicalDecimal joins the parts; it returns s itself, without a copy, when s is canonical
// already, as servers' text is.
func canonicalDecimal(s string, negative bool, whole, fraction string) string {
	whole = strings.TrimLeft(whole, "0")
	negative = negative && (whole != "" || strings.Trim(fraction, "0") != "")
	if whole == "" {
		whole = "0"
	}
	size := len(whole)
	if negative {
		size++
	}
	if fraction != "" {
		size += 1 + len(fraction)
	}
	if size == len(s) && s[0] != '+' && !strings.ContainsAny(s, "eE") {
		return s
	}
	var b strings.Builder
	b.Grow(size)
	if negative {
		b.WriteByte('-')
	}
	b.WriteString(whole)
	if fraction != "" {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}

func digitRun(s string, i int) string {
	j := i
	for j < len(s) && '0' <= s[j] && s[j] <= '9' {
		j++
	}
	return s[i:j]
}

// String returns the number in plain digits, with its scale: "-1.50".
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Scale returns the number of digits after the point.
func (d Decimal) Scale() int {
	if point := strings.IndexByte(d.text, '.'); point >= 0 {
		return len(d.text) - point - 1
	}
	return 0
}

// Unscaled returns the integer n for which the value is n / 10^[Decimal.Scale].
func (d Decimal) Unscaled() *big.Int {
	n, _ := new(big.Int).SetString(strings.Replace(d.String(), ".", "", 1), 10)
	return n
}

// Rat returns the exact value.
func (d Decimal) Rat() *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

// Cmp compares two numbers, whatever their scales: -1 if d < e, 0 if equal, 1 if d > e.
func (d Decimal) Cmp(e Decimal) int { return d.Rat().Cmp(e.Rat()) }

// precision counts digits as Hive does: those of the unscaled number, but at least the scale.
func (d Decimal) precision() int {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(d.String(), "-"), ".")
	if whole == "0" && fraction != "" {
		return len(fraction)
	}
	return len(whole) + len(fraction)
}

// padded returns d with at least the given scale.
func (d Decimal) padded(scale int) Decimal {
	missing := scale - d.Scale()
	if missing <= 0 {
		return d
	}
	text := d.String()
	if d.Scale() == 0 {
		text += "."
	}
	return Decimal{text + strings.Repeat("0", missing)}
}

// HiveLiteral returns the number as a DECIMAL literal: 1.50BD. A negative one stands in
// parentheses, so that a minus before it does not begin a comment. It is an error if the
// number has more than 38 digits, which Hive would cut without a word. Note that Hive (not
// Spark) drops trailing zeros of a literal's scale.
func (d Decimal) HiveLiteral() (string, error) {
	if n := d.precision(); n > maxDecimalPrecision {
		return "", fmt.Errorf("hive: a decimal of %d digits has no literal: DECIMAL holds at most %d", n, maxDecimalPrecision)
	}
	if strings.HasPrefix(d.text, "-") {
		return "(" + d.text + "BD)", nil
	}
	return d.String() + "BD", nil
}

// Scan implements [database/sql.Scanner]. NULL is an error: use sql.Null[hive.Decimal].
func (d *Decimal) Scan(src any) error { return scanValue(d, src, ParseDecimal) }

// Value implements [driver.Valuer]: the text of [Decimal.String].
func (d Decimal) Value() (driver.Value, error) { return d.String(), nil }

// MarshalText implements [encoding.TextMarshaler].
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Decimal) UnmarshalText(text []byte) error { return scanValue(d, text, ParseDecimal) }
