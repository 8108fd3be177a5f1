package hivearrow

import (
	"fmt"
	"math/big"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"

	"github.com/skep-go/skep/hive"
)

// parseDecimal128 reads a DECIMAL as the integer that is the number times 10^scale. The precision is 38 at most.
func parseDecimal128(text string, precision, scale int32) (decimal128.Num, error) {
	n, ok := readDigits(text, scale)
	if !ok { // an exponent perhaps
		d, err := hive.ParseDecimal(text)
		if err != nil {
			return decimal128.Num{}, err
		}
		n, ok = readDigits(d.String(), scale)
	}
	if !ok || n.count > int(precision) {
		return decimal128.Num{}, fmt.Errorf("%w: %.60s in decimal128(%d,%d)", ErrRange, text, precision, scale)
	}
	return n.num(), nil
}

// parseDecimal256 is the same for a precision of up to 76.
func parseDecimal256(text string, precision, scale int32) (decimal256.Num, error) {
	d, err := hive.ParseDecimal(text)
	if err != nil {
		return decimal256.Num{}, err
	}
	n := d.Unscaled()
	if missing := int64(scale) - int64(d.Scale()); missing > 0 {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(missing), nil))
	}
	digits := len(new(big.Int).Abs(n).String())
	if d.Scale() > int(scale) || digits > int(precision) && n.Sign() != 0 {
		return decimal256.Num{}, fmt.Errorf("%w: %.60s in decimal256(%d,%d)", ErrRange, text, precision, scale)
	}
	return decimal256.FromBigInt(n), nil
}

// half is how many digits always fit in 64 bits; twice as many are the 38 of a decimal128.
const half = 19

// digits is a number as its digits say it.
type digits struct {
	negative bool
	count    int    // without leading zeros
	first    uint64 // the first half of the digits
	second   uint64 // those after it, wrong if they are more than half
}

// readDigits reads [+-]digits[.digits] with up to scale digits after the point, and fills up those that are missing. It
// reports false for anything else.
func readDigits(text string, scale int32) (n digits, ok bool) {
	negative := text != "" && text[0] == '-'
	if negative || text != "" && text[0] == '+' {
		text = text[1:]
	}
	point := len(text) // variables of its own, for speed
	count, first, second := 0, uint64(0), uint64(0)
	for i := range len(text) {
		digit := text[i] - '0'
		switch {
		case digit > 9:
			if text[i] != '.' || point < len(text) {
				return n, false
			}
			point = i
		case count < half:
			first = first*10 + uint64(digit)
			if first > 0 {
				count++
			}
		default:
			second = second*10 + uint64(digit)
			count++
		}
	}
	n = digits{negative, count, first, second}
	fraction := max(0, len(text)-point-1)
	if count > 0 {
		for range int(scale) - fraction {
			n.shift()
		}
	}
	return n, point+fraction > 0 && fraction <= int(scale)
}

// shift puts a 0 behind.
func (n *digits) shift() {
	if n.count < half {
		n.first *= 10
	} else {
		n.second *= 10
	}
	n.count++
}

// num wants no more digits than two halves.
func (n *digits) num() decimal128.Num {
	factor := uint64(1)
	for range n.count - half {
		factor *= 10
	}
	hi, lo := bits.Mul64(n.first, factor)
	lo, carry := bits.Add64(lo, n.second, 0)
	num := decimal128.New(int64(hi+carry), lo)
	if n.negative {
		return num.Negate()
	}
	return num
}
