package hive

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	hs "github.com/beltran/gohive/hiveserver"
)

// textValue is what every value type offers beside its own methods.
type textValue interface {
	fmt.Stringer
	driver.Valuer
	encoding.TextMarshaler
	HiveLiteral() (string, error)
}

// textScanner is what a pointer to every value type offers.
type textScanner interface {
	sql.Scanner
	encoding.TextUnmarshaler
}

var (
	_             = []textValue{Decimal{}, Date{}, IntervalYearMonth(0), IntervalDayTime{}}
	_             = []textScanner{(*Decimal)(nil), (*Date)(nil), (*IntervalYearMonth)(nil), (*IntervalDayTime)(nil)}
	_ sql.Scanner = (*Nested)(nil)
)

func TestTypeString(t *testing.T) {
	for _, c := range []struct {
		t    Type
		want string
	}{
		{Type{}, "unknown"},
		{Type{Kind: 200}, "kind(200)"},
		{Type{Kind: KindBoolean}, "boolean"},
		{Type{Kind: KindTinyInt}, "tinyint"},
		{Type{Kind: KindVarchar, Length: 20}, "varchar(20)"},
		{Type{Kind: KindChar, Length: 5}, "char(5)"},
		{Type{Kind: KindChar}, "char"},
		{Type{Kind: KindString, Length: 5}, "string"},
		{Type{Kind: KindDecimal, Precision: 10, Scale: 2}, "decimal(10,2)"},
		{Type{Kind: KindDecimal, Precision: 10}, "decimal(10,0)"},
		{Type{Kind: KindDecimal}, "decimal"},
		{Type{Kind: KindTimestampLocalTZ}, "timestamp with local time zone"},
		{Type{Kind: KindIntervalYearMonth}, "interval_year_month"},
		{Type{Kind: KindIntervalDayTime}, "interval_day_time"},
		{Type{Kind: KindArray}, "array"},
		{Type{Kind: KindUnion}, "uniontype"},
		{Type{Kind: KindNull}, "void"},
	} {
		if got := c.t.String(); got != c.want {
			t.Errorf("%#v: got %q, want %q", c.t, got, c.want)
		}
	}
}

// TestKindOfTypeID holds our table against the names of the generated enum.
func TestKindOfTypeID(t *testing.T) {
	other := map[string]string{ // where TTypeId and Hive's type names differ
		"timestamplocaltz": "timestamp with local time zone",
		"union":            "uniontype",
		"null":             "void",
	}
	for id := range int32(KindNull) {
		name := strings.ToLower(strings.TrimSuffix(hs.TTypeId(id).String(), "_TYPE"))
		if o, ok := other[name]; ok {
			name = o
		}
		if kind, ok := kindOfTypeID(id); !ok || kind.String() != name {
			t.Errorf("TTypeId %d: got %s, %t, want %s", id, kind, ok, name)
		}
	}
	for _, id := range []int32{-1, 23, math.MaxInt32, math.MinInt32} {
		if kind, ok := kindOfTypeID(id); ok {
			t.Errorf("TTypeId %d: got %s, want none", id, kind)
		}
	}
}

func TestFloatText(t *testing.T) {
	for _, c := range []struct{ in, want float64 }{
		{1.100000023841858, 1.1},
		{float64(float32(0.3)), 0.3},
		{float64(float32(-3.4028235e38)), -3.4028235e38},
		{float64(float32(1e-45)), 1e-45},
		{16777216, 16777216},
		{0, 0},
		{1.1, 1.1}, // a double that no float32 equals
		{math.Inf(1), math.Inf(1)},
		{math.Inf(-1), math.Inf(-1)},
	} {
		if got := floatText(c.in); got != c.want {
			t.Errorf("floatText(%v): got %v, want %v", c.in, got, c.want)
		}
	}
	if got := floatText(math.NaN()); !math.IsNaN(got) {
		t.Errorf("floatText(NaN): got %v", got)
	}
	if got := floatText(math.Copysign(0, -1)); !math.Signbit(got) {
		t.Errorf("floatText(-0): got %v", got)
	}
}

func TestTextErrorClips(t *testing.T) {
	cause := errors.New("want sense")
	for _, c := range []struct {
		err  TextError
		want string
	}{
		{TextError{"date", "x", 0, cause}, `hive: cannot read "x" as date: want sense, at byte 0`},
		{
			TextError{"map", strings.Repeat("a", 50) + strings.Repeat("b", 50), 50, cause},
			`hive: cannot read 100 bytes as map: want sense, at byte 50, near "` + strings.Repeat("b", 48) + `"`,
		},
		{TextError{"map", strings.Repeat("a", 50), 50, cause}, `hive: cannot read 50 bytes as map: want sense, at byte 50, near ""`},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		if !errors.Is(&c.err, cause) {
			t.Errorf("%v hides its cause", &c.err)
		}
	}
}

func TestScan(t *testing.T) {
	date, interval := Date{2020, 1, 2}, IntervalYearMonth(14)
	for _, c := range []struct {
		dst  sql.Scanner
		src  any
		want string // text of the value, or the error
	}{
		{new(Decimal), "1.50", "1.50"},
		{new(Decimal), []byte("1.50"), "1.50"},
		{new(Decimal), Decimal{"1.50"}, "1.50"},
		{new(Decimal), nil, "hive: cannot scan NULL into *hive.Decimal: use sql.Null[hive.Decimal]"},
		{new(Decimal), 1.5, "hive: cannot scan float64 into *hive.Decimal: want string, []byte or hive.Decimal"},
		{new(Decimal), "x", `hive: cannot read "x" as decimal: want a digit, at byte 0`},
		{new(Date), "2020-01-02", "2020-01-02"},
		{new(Date), date, "2020-01-02"},
		{new(Date), date.In(nil), "2020-01-02"},
		{new(Date), nil, "hive: cannot scan NULL into *hive.Date: use sql.Null[hive.Date]"},
		{new(IntervalYearMonth), "1-2", "1-2"},
		{new(IntervalYearMonth), interval, "1-2"},
		{new(IntervalYearMonth), int64(14), "hive: cannot scan int64 into *hive.IntervalYearMonth: want string, []byte or hive.IntervalYearMonth"},
		{new(IntervalDayTime), []byte("1 02:03:04"), "1 02:03:04.000000000"},
		{new(IntervalDayTime), nil, "hive: cannot scan NULL into *hive.IntervalDayTime: use sql.Null[hive.IntervalDayTime]"},
		{new(Nested), "[1]", "[1]"},
		{new(Nested), []byte("[1]"), "[1]"},
		{new(Nested), Nested{Raw: "[1]"}, "[1]"},
		{new(Nested), nil, "hive: cannot scan NULL into *hive.Nested: use sql.Null[hive.Nested]"},
		{new(Nested), 1, "hive: cannot scan int into *hive.Nested: want string, []byte or hive.Nested"},
	} {
		var got string
		if err := c.dst.Scan(c.src); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(c.dst)
		}
		if got != c.want {
			t.Errorf("%T.Scan(%#v):\ngot  %s\nwant %s", c.dst, c.src, got, c.want)
		}
	}
	var null sql.Null[Date]
	if err := null.Scan(nil); err != nil || null.Valid {
		t.Errorf("sql.Null[Date].Scan(nil): %v, %+v", err, null)
	}
	if err := null.Scan("2020-01-02"); err != nil || null.V != date {
		t.Errorf("sql.Null[Date].Scan: %v, %+v", err, null)
	}
	n := Nested{Type: "array<int>"}
	if err := n.Scan("[1]"); err != nil || n != (Nested{Raw: "[1]", Type: "array<int>"}) {
		t.Errorf("Scan must set Raw alone: %v, %+v", err, n)
	}
}

// checkText tests what all value types share, for one good text.
func checkText[T interface {
	comparable
	textValue
}, P interface {
	*T
	textScanner
}](t *testing.T, v T, parse func(string) (T, error)) {
	t.Helper()
	text := v.String()
	if back, err := parse(text); err != nil || back != v {
		t.Errorf("%#v prints %q, which reads as %#v, %v", v, text, back, err)
	}
	if value, err := v.Value(); err != nil || value != driver.Value(text) {
		t.Errorf("%#v.Value(): got %v, %v, want %q", v, value, err, text)
	}
	marshalled, err := v.MarshalText()
	var back T
	if err == nil {
		err = P(&back).UnmarshalText(marshalled)
	}
	if err != nil || back != v {
		t.Errorf("%#v marshals to %q, which reads as %#v, %v", v, marshalled, back, err)
	}
}

// checkTextError tests that a parser refuses a text and says where.
func checkTextError(t *testing.T, text string, err error, offset int, reason string) {
	t.Helper()
	var e *TextError
	if !errors.As(err, &e) {
		t.Errorf("%q: got error %v, want a *TextError", text, err)
		return
	}
	if e.Text != text || e.Offset != offset || e.Err.Error() != reason {
		t.Errorf("%q: got text %q, offset %d, %q\nwant offset %d, %q", text, e.Text, e.Offset, e.Err, offset, reason)
	}
}
