package hiveql

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape reads a string literal by the rules of Hive's unescapeSQLString
// (BaseSemanticAnalyzer), which works on UTF-16 units. It shares nothing with
// AppendString.
func unescape(t *testing.T, literal string) string {
	t.Helper()
	units := utf16.Encode([]rune(literal))
	if len(units) < 2 || units[0] != '\'' || units[len(units)-1] != '\'' {
		t.Fatalf("%s is not within single quotes", literal)
	}
	units = units[1 : len(units)-1]
	var out []uint16
	for i := 0; i < len(units); i++ {
		if units[i] != '\\' {
			out = append(out, units[i])
			continue
		}
		rest := units[i+1:]
		if len(rest) >= 5 && rest[0] == 'u' {
			if n, err := strconv.ParseUint(string(utf16.Decode(rest[1:5])), 16, 16); err == nil {
				out = append(out, uint16(n))
				i += 5
				continue
			}
		}
		if len(rest) >= 3 && rest[0] <= '1' && octal(rest[0]) && octal(rest[1]) && octal(rest[2]) {
			out = append(out, (rest[0]-'0')<<6|(rest[1]-'0')<<3|(rest[2]-'0'))
			i += 3
			continue
		}
		if len(rest) == 0 {
			t.Fatalf("%s ends in a backslash", literal)
		}
		named := map[uint16]uint16{'0': 0, 'b': '\b', 'n': '\n', 'r': '\r', 't': '\t', 'Z': 0x1a}
		switch c, ok := named[rest[0]]; {
		case ok:
			out = append(out, c)
		case rest[0] == '%' || rest[0] == '_':
			out = append(out, '\\', rest[0])
		default:
			out = append(out, rest[0])
		}
		i++
	}
	return string(utf16.Decode(out))
}

func octal(c uint16) bool { return '0' <= c && c <= '7' }

func TestUnescape(t *testing.T) {
	for _, tc := range []struct{ literal, want string }{
		{`'it\'s \\ \"'`, `it's \ "`},
		{`'\n\r\t\b\Z\0x'`, "\n\r\t\b\x1a\x00x"},
		{`'\%\_\q'`, `\%\_q`},
		{`'\u0041\101\377\ud83d\udc0d'`, "AA377🐍"},
	} {
		if got := unescape(t, tc.literal); got != tc.want {
			t.Errorf("unescape %s: got %q, want %q", tc.literal, got, tc.want)
		}
	}
}

func FuzzLiteral(f *testing.F) {
	f.Add("it's ${env:PATH} \\u0041\\101\n\u2028🐍", []byte{0, 255}, 1.5, int64(math.MinInt64))
	f.Add("a\x00", []byte{}, math.Inf(-1), int64(7))
	f.Add("a\xff\\", []byte("'"), -1e-300, int64(-7))
	f.Fuzz(func(t *testing.T, s string, b []byte, x float64, n int64) {
		checkString(t, s)
		if b == nil {
			b = []byte{}
		}
		quoted, ok := strings.CutPrefix(literalOf(t, b), "unhex('")
		decoded, err := hex.DecodeString(strings.TrimSuffix(quoted, "')"))
		if !ok || err != nil || string(decoded) != string(b) {
			t.Fatalf("bytes %x come back as %x, error %v", b, decoded, err)
		}
		checkFloat(t, x)
		if text := literalOf(t, n); n != math.MinInt64 && text != strconv.FormatInt(n, 10) {
			t.Fatalf("%d is written %s", n, text)
		}
	})
}

func literalOf(t *testing.T, v any) string {
	t.Helper()
	text, err := AppendLiteral(nil, v, nil)
	if err != nil {
		t.Fatalf("literal of %T: %v", v, err)
	}
	return string(text)
}

func checkString(t *testing.T, s string) {
	t.Helper()
	literal, err := AppendLiteral(nil, s, nil)
	if refused := strings.Contains(s, "\x00") || !utf8.ValidString(s); refused != (err != nil) {
		t.Fatalf("%q: error %v, want one: %t", s, err, refused)
	}
	if err != nil {
		return
	}
	if got := unescape(t, string(literal)); got != s {
		t.Fatalf("%q is written %s, which is %q", s, literal, got)
	}
	if i := strings.IndexFunc(string(literal), func(r rune) bool { return r == '$' || unicode.IsControl(r) }); i >= 0 {
		t.Fatalf("%q is written %s, with a bare %q", s, literal, literal[i])
	}
	tokens, err := lexAll(string(literal))
	if err != nil || len(tokens) != 1 || tokens[0].Kind != String {
		t.Fatalf("%q is written %s, which lexes as %+v, error %v", s, literal, tokens, err)
	}
}

func checkFloat(t *testing.T, x float64) {
	t.Helper()
	text := literalOf(t, x)
	if inner, ok := strings.CutPrefix(text, "cast('"); ok {
		text = strings.TrimSuffix(inner, "' as double)")
	} else if strings.Count(text, "E") != 1 {
		t.Fatalf("%g is written %s, which is no DOUBLE", x, text)
	}
	back, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Float64bits(back) != math.Float64bits(x) && !(math.IsNaN(back) && math.IsNaN(x)) {
		t.Fatalf("%g is written %s, which is %g, error %v", x, text, back, err)
	}
}
