package dialecttest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// value is one that must come back as it was sent.
type value struct {
	name string
	x    expr.Expr
	want any
	may  bool // it may be refused, for not every server has such values
}

var values = []value{
	str("empty", "", false),
	str("plain", "abc", false),
	str("quote", "it's", false),
	str("quotes", `''"" '`, false),
	str("double quote", `say "x"`, false),
	str("back quote", "a`b", false),
	str("backslash", `a\b`, false),
	str("backslash at the end", `a\`, false),
	str("backslash and quote", `\'; --`, false),
	str("escapes", `\n\t\0\x41\u0041\101`, false),
	str("wildcards", `50%_\%\_`, false),
	str("line ends", "a\nb\r\nc\td", false),
	str("control characters", "a\x01\x08\x1a\x1f\x7fb", false),
	str("variables", "${x} ${env:HOME} ${var:y} $1 $$ :p ? ?1 @a {d}", false),
	str("comments", "-- a /* b */ # c", false),
	str("unicode", "äß é 中文 🐝 \u2028", false),
	str("byte order mark", "\ufeffa", false),
	str("spaces", "  a  ", false),
	str("long", strings.Repeat("0123456789", 500), false),
	str("NUL", "a\x00b", true),
	{"int/0", lit(0), int64(0), false},
	{"int/-1", lit(-1), int64(-1), false},
	{"int/32 bits", lit(math.MaxInt32 + 1), int64(math.MaxInt32 + 1), false},
	{"int/highest", lit(math.MaxInt64), int64(math.MaxInt64), false},
	{"int/lowest", lit(math.MinInt64), int64(math.MinInt64), false},
	float(0, false), float(1, false), float(-0.1, false), float(1.5e300, false), float(1e21, false), float(math.Pi, false),
	float(123456789012345680, false), float(math.MaxFloat64, false), float(-math.MaxFloat64, false), float(2.2250738585072014e-308, false),
	float(math.SmallestNonzeroFloat64, true), float(math.NaN(), true), float(math.Inf(1), true), float(math.Inf(-1), true),
	decimal("0", false), decimal("1.5", false), decimal("-12.50", false), decimal("0.1", false), decimal("99999999.99", false),
	decimal("12345678901234567890.123456789", true), decimal("-0.000000000000000000000000000001", true),
	date(2013, 7, 4, false), date(1970, 1, 1, false), date(1969, 12, 31, false), date(2012, 2, 29, false),
	date(1582, 10, 15, false), date(9999, 12, 31, false), date(1, 1, 1, true),
	moment("a second", time.Date(2013, 7, 4, 23, 59, 59, 0, time.UTC), false),
	moment("a microsecond", time.Date(2013, 7, 4, 1, 2, 3, 4_000, time.UTC), false),
	moment("a nanosecond", time.Date(2013, 7, 4, 1, 2, 3, 4, time.UTC), true),
	moment("midnight", time.Date(2013, 7, 4, 0, 0, 0, 0, time.UTC), false),
	moment("before 1970", time.Date(1969, 12, 31, 23, 59, 59, 500_000_000, time.UTC), false),
	{"bool/true", expr.Lit[expr.Bool](true), true, false},
	{"bool/false", expr.Lit[expr.Bool](false), false, false},
	{"bytes/plain", expr.Lit[expr.Bytes]([]byte("abc")), []byte("abc"), true},
	{"bytes/all", expr.Lit[expr.Bytes]([]byte{0, 1, 0x27, 0x5c, 0x7f, 0x80, 0xff}), []byte{0, 1, 0x27, 0x5c, 0x7f, 0x80, 0xff}, true},
}

func str(name, v string, may bool) value { return value{"string/" + name, text(v), v, may} }

func float(v float64, may bool) value {
	return value{fmt.Sprintf("float/%g", v), expr.Lit[expr.Float](v), v, may}
}

func decimal(v schema.Decimal, may bool) value {
	return value{"decimal/" + string(v), expr.Lit[expr.Decimal](v), v, may}
}

func date(y int, m time.Month, d int, may bool) value {
	v := schema.CivilDate{Year: y, Month: m, Day: d}
	return value{"date/" + v.String(), expr.Lit[expr.Date](v), v, may}
}

func moment(name string, v time.Time, may bool) value {
	return value{"timestamp/" + name, expr.Lit[expr.Timestamp](v), v, may}
}

func valueTests() []test {
	var list []test
	for _, v := range values {
		list = append(list, test{"value/" + v.name, func(s *suite) error { return s.value(v) }})
	}
	return append(list, test{"value/NULL", func(s *suite) error {
		return s.ask(question{query: expr.Select(expr.Null[expr.Int]().As("x"), expr.Null[expr.Int]().IsNull().As("y")), rows: rows(row(nil, true))})
	}})
}

// value: a value comes back, and is equal to itself.
func (s *suite) value(v value) error {
	st, err := compile.Compile(s.dialect, expr.Select(expr.TermOf(v.x).As("x")))
	if err == nil {
		_, err = st.SQL()
	}
	if err != nil {
		if v.may {
			return nil
		}
		return err
	}
	return s.ask(question{query: expr.Select(expr.TermOf(v.x).As("x")), rows: column(v.want)})
}
