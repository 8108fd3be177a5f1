package hivearrow

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
)

func TestParseDecimal128(t *testing.T) {
	nines := strings.Repeat("9", 38)
	tests := []struct {
		text             string
		precision, scale int32
		want             string // the integer, or "range" or "text" for an error
	}{
		{"0", 1, 0, "0"},
		{"-0.00", 5, 2, "0"},
		{"1.5", 10, 4, "15000"},
		{"-1.5000", 10, 4, "-15000"},
		{"+7", 1, 0, "7"},
		{".5", 1, 1, "5"},
		{"5.", 1, 0, "5"},
		{"1E+3", 5, 1, "10000"},
		{"1e-3", 3, 3, "1"},
		{"00012", 2, 0, "12"},
		{nines, 38, 0, nines},
		{"-" + nines, 38, 0, "-" + nines},
		{"-0." + nines, 38, 38, "-" + nines},
		{"-0." + strings.Repeat("0", 37) + "1", 38, 38, "-1"},
		{"1234567890123456789", 19, 0, "1234567890123456789"},
		{"12345678901234567890", 20, 0, "12345678901234567890"},
		{"9999999999999999999", 38, 19, "99999999999999999990000000000000000000"},
		{"10", 1, 0, "range"},
		{"1", 38, 38, "range"},
		{"1.50", 10, 1, "range"},
		{"9" + nines, 38, 0, "range"},
		{strings.Repeat("1", 1000), 38, 0, "range"},
		{"1E400", 38, 0, "range"},
		{"", 5, 2, "text"},
		{"-", 5, 2, "text"},
		{".", 5, 2, "text"},
		{"1.2.3", 5, 2, "text"},
		{"1 ", 5, 2, "text"},
		{"NaN", 5, 2, "text"},
	}
	for _, tt := range tests {
		n, err := parseDecimal128(tt.text, tt.precision, tt.scale)
		var text *hive.TextError
		got := n.BigInt().String()
		switch {
		case errors.As(err, &text):
			got = "text"
		case errors.Is(err, ErrRange):
			got = "range"
		}
		if got != tt.want {
			t.Errorf("%s as decimal(%d,%d) = %s, %v; want %s", tt.text, tt.precision, tt.scale, got, err, tt.want)
		}
	}
}

// FuzzDecimal holds both parsers against hive's own and math/big.
func FuzzDecimal(f *testing.F) {
	f.Add("-1.50", uint8(10), uint8(2))
	f.Fuzz(func(t *testing.T, text string, precision, scale uint8) {
		p := int32(precision%38) + 1
		s := int32(scale) % (p + 1)
		want, fits := oracle(text, p, s)
		n, err := parseDecimal128(text, p, s)
		if (err == nil) != fits || fits && n.BigInt().Cmp(want) != 0 {
			t.Errorf("%q as decimal128(%d,%d) = %s, %v; want %s, %v", text, p, s, n.BigInt(), err, want, fits)
		}
		n256, err := parseDecimal256(text, p, s)
		if (err == nil) != fits || fits && n256.BigInt().Cmp(want) != 0 {
			t.Errorf("%q as decimal256(%d,%d) = %s, %v; want %s, %v", text, p, s, n256.BigInt(), err, want, fits)
		}
	})
}

func oracle(text string, precision, scale int32) (*big.Int, bool) {
	d, err := hive.ParseDecimal(text)
	if err != nil || d.Scale() > int(scale) {
		return nil, false
	}
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	n := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(shift))
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	return n.Num(), n.Num().CmpAbs(limit) < 0
}
