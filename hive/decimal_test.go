package hive

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		in, want string
		scale    int
		literal  string
	}{
		{"0", "0", 0, "0BD"},
		{"1.50", "1.50", 2, "1.50BD"},
		{"1.5000", "1.5000", 4, "1.5000BD"},
		{"-1.50", "-1.50", 2, "(-1.50BD)"},
		{"+1.5", "1.5", 1, "1.5BD"},
		{"+.5", "0.5", 1, "0.5BD"},
		{".5", "0.5", 1, "0.5BD"},
		{"-.5", "-0.5", 1, "(-0.5BD)"},
		{"5.", "5", 0, "5BD"},
		{"0007.10", "7.10", 2, "7.10BD"},
		{"-0.00", "0.00", 2, "0.00BD"},
		{"-0", "0", 0, "0BD"},
		{"1e2", "100", 0, "100BD"},
		{"1E+2", "100", 0, "100BD"},
		{"1.5E-3", "0.0015", 4, "0.0015BD"},
		{"-123.45e1", "-1234.5", 1, "(-1234.5BD)"},
		{"123.45e-4", "0.012345", 6, "0.012345BD"},
		{"0.000e2", "0.0", 1, "0.0BD"},
		{"99999999999999999999999999999999999999", "99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999BD"},
		{"0." + strings.Repeat("0", 37) + "1", "0." + strings.Repeat("0", 37) + "1", 38, "0." + strings.Repeat("0", 37) + "1BD"},
	} {
		d, err := ParseDecimal(c.in)
		if err != nil || d.String() != c.want || d.Scale() != c.scale {
			t.Errorf("ParseDecimal(%q): got %s, scale %d, %v; want %s, scale %d", c.in, d, d.Scale(), err, c.want, c.scale)
			continue
		}
		if literal, err := d.HiveLiteral(); err != nil || literal != c.literal {
			t.Errorf("%s: got literal %s, %v; want %s", d, literal, err, c.literal)
		}
		want, ok := new(big.Rat).SetString(c.in)
		if !ok {
			t.Fatalf("big.Rat does not read %q", c.in)
		}
		unscaled := new(big.Rat).SetFrac(d.Unscaled(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale())), nil))
		if d.Rat().Cmp(want) != 0 || unscaled.Cmp(want) != 0 {
			t.Errorf("%q: got %s and %s, want %s", c.in, d.Rat(), unscaled, want)
		}
		checkText(t, d, ParseDecimal)
	}
}

func TestParseDecimalErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"", 0, "want a digit"},
		{"-", 1, "want a digit"},
		{".", 1, "want a digit"},
		{"NULL", 0, "want a digit"},
		{"NaN", 0, "want a digit"},
		{" 1", 0, "want a digit"},
		{"1 ", 1, "want a digit"},
		{"1.2.3", 3, "want a digit"},
		{"--1", 1, "want a digit"},
		{"1,5", 1, "want a digit"},
		{"٣", 0, "want a digit"},
		{"1e", 2, "want an exponent from -400 to 400"},
		{"1e+", 2, "want an exponent from -400 to 400"},
		{"1e401", 2, "want an exponent from -400 to 400"},
		{"1e-99999999999999999999", 2, "want an exponent from -400 to 400"},
		{"1e5x", 2, "want an exponent from -400 to 400"},
	} {
		d, err := ParseDecimal(c.in)
		if d != (Decimal{}) {
			t.Errorf("ParseDecimal(%q) returned %s", c.in, d)
		}
		checkTextError(t, c.in, err, c.offset, c.reason)
	}
}

func TestDecimalLiteralOverflow(t *testing.T) {
	for _, in := range []string{strings.Repeat("9", 39), strings.Repeat("9", 37) + ".12", "1e-39"} {
		d, err := ParseDecimal(in)
		if err != nil {
			t.Fatal(err)
		}
		literal, err := d.HiveLiteral()
		if want := "hive: a decimal of 39 digits has no literal: DECIMAL holds at most 38"; err == nil || err.Error() != want {
			t.Errorf("%s: got %q, %v; want %s", in, literal, err, want)
		}
	}
}

func TestDecimalZeroValue(t *testing.T) {
	var d Decimal
	literal, err := d.HiveLiteral()
	if d.String() != "0" || d.Scale() != 0 || d.Rat().Sign() != 0 || d.Unscaled().Sign() != 0 || literal != "0BD" || err != nil {
		t.Errorf("got %s, literal %s, %v", d, literal, err)
	}
}

func TestDecimalCmp(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.50", "1.5", 0}, {"-1", "1", -1}, {"10", "9.99", 1}, {"0", "-0.0", 0}} {
		a, errA := ParseDecimal(c.a)
		b, errB := ParseDecimal(c.b)
		if got := a.Cmp(b); got != c.want || errA != nil || errB != nil {
			t.Errorf("%s.Cmp(%s): got %d, %v, %v, want %d", a, b, got, errA, errB, c.want)
		}
	}
}

func TestDecimalPadded(t *testing.T) {
	for _, c := range []struct {
		in    string
		scale int
		want  string
	}{{"1.1", 2, "1.10"}, {"1", 2, "1.00"}, {"1.234", 2, "1.234"}, {"", 1, "0.0"}, {"5", 0, "5"}} {
		if got := (Decimal{c.in}).padded(c.scale).String(); got != c.want {
			t.Errorf("%q padded to %d: got %s, want %s", c.in, c.scale, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	type row struct {
		Price Decimal
		Day   Date
		Lease IntervalYearMonth
		Wait  IntervalDayTime
	}
	v := row{Decimal{"1.50"}, Date{2020, 1, 2}, 14, IntervalDayTime{1, 5}}
	text, err := json.Marshal(v)
	want := `{"Price":"1.50","Day":"2020-01-02","Lease":"1-2","Wait":"0 00:00:01.000000005"}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v\nwant %s", text, err, want)
	}
	var back row
	if err := json.Unmarshal(text, &back); err != nil || back != v {
		t.Errorf("got %+v, %v, want %+v", back, err, v)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.50", "-0.00", "+.5", "5.", "1e-7", "1E400", "12345678901234567890123456789012345678", "1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			return
		}
		if len(s) < 1000 {
			want, ok := new(big.Rat).SetString(s)
			if !ok || d.Rat().Cmp(want) != 0 {
				t.Errorf("%q: got %s, want %v", s, d, want)
			}
		}
		if n := len(d.String()); n > len(s)+maxDecimalExponent+2 {
			t.Errorf("%q became %d bytes", s, n)
		}
		checkText(t, d, ParseDecimal)
	})
}
