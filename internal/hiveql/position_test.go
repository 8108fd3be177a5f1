package hiveql

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	src := "ab\né測x\n\nz"
	for _, tc := range []struct{ offset, line, column int }{
		{-1, 1, 1},
		{0, 1, 1},
		{2, 1, 3},
		{3, 2, 1},
		{5, 2, 2},
		{8, 2, 3},
		{9, 2, 4},
		{10, 3, 1},
		{11, 4, 1},
		{12, 4, 2},
		{99, 4, 2},
	} {
		if line, column := Position(src, tc.offset); line != tc.line || column != tc.column {
			t.Errorf("offset %d: got %d:%d, want %d:%d", tc.offset, line, column, tc.line, tc.column)
		}
	}
}

func TestCaret(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, tc := range []struct {
		src          string
		line, column int
		want         string
	}{
		{"", 1, 1, "\n^"},
		{"select x\nfrom t\r\nwhere", 2, 6, "from t\n     ^"},
		{"select x", 1, 9, "select x\n        ^"},
		{"select x", 0, -4, "select x\n^"},
		{"select x", 7, 99, "select x\n        ^"},
		{"a\n", 2, 1, "\n^"},
		{"\t\tx\x1b[31m", 1, 3, "  x [31m\n  ^"},
		{"測測x", 1, 3, "測測x\n  ^"},
		{"a\u2028b\xff", 1, 3, "a b\ufffd\n  ^"},
		{long, 1, 1, strings.Repeat("é", 99) + "…\n^"},
		{long, 1, 301, "…" + strings.Repeat("é", 99) + "\n" + strings.Repeat(" ", 100) + "^"},
		{long, 1, 151, "…" + strings.Repeat("é", 98) + "…\n" + strings.Repeat(" ", 50) + "^"},
		{long[:200], 1, 100, long[:200] + "\n" + strings.Repeat(" ", 99) + "^"},
	} {
		if got := Caret(tc.src, tc.line, tc.column); got != tc.want {
			t.Errorf("%q at %d:%d\n got %q\nwant %q", tc.src, tc.line, tc.column, got, tc.want)
		}
	}
}

func FuzzCaret(f *testing.F) {
	f.Add("select\tx\r\nfrom t", 2, 3)
	f.Add(strings.Repeat("x", 500), 1, 250)
	f.Fuzz(func(t *testing.T, src string, line, column int) {
		text, caret, ok := strings.Cut(Caret(src, line, column), "\n")
		if !ok || strings.TrimLeft(caret, " ") != "^" {
			t.Fatalf("%q at %d:%d: no caret in %q", src, line, column, caret)
		}
		if n := utf8.RuneCountInString(text); n > caretWidth || len(caret)-1 > n {
			t.Fatalf("%q at %d:%d: a line of %d columns, the caret under column %d", src, line, column, n, len(caret))
		}
	})
}
