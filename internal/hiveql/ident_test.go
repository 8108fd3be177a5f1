package hiveql

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestQuoteIdent(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"select", "`select`"},
		{"a`b", "`a``b`"},
		{"`a", "```a`"},
		{`a.b "c" 'd' \ -- $ {x} $1`, "`a.b \"c\" 'd' \\ -- $ {x} $1`"},
		{"測試", "`測試`"},
	} {
		if got, err := QuoteIdent(tc.name); err != nil || got != tc.want {
			t.Errorf("quote %q: got %s, error %v, want %s", tc.name, got, err, tc.want)
		}
	}
	for _, tc := range []struct{ name, about string }{
		{"", "empty"},
		{"a\x00", "NUL"},
		{"a\xff", "UTF-8"},
		{"a${env:PATH}", "variable"},
		{"${", "variable"},
		{"`", "backticks"},
		{"`a b`", "backticks"},
	} {
		_, err := QuoteIdent(tc.name)
		var ident *IdentError
		if !errors.As(err, &ident) || ident.Name != tc.name || !strings.Contains(err.Error(), tc.about) {
			t.Errorf("quote %q: got error %v, want an IdentError about %q", tc.name, err, tc.about)
		}
	}
}

func FuzzQuoteIdent(f *testing.F) {
	f.Add("a`b")
	f.Add("${")
	f.Fuzz(func(t *testing.T, name string) {
		quoted, err := QuoteIdent(name)
		if err != nil {
			if utf8.ValidString(name) && name != "" && !strings.ContainsRune(name, 0) && !strings.Contains(name, "${") &&
				(!strings.HasPrefix(name, "`") || !strings.HasSuffix(name, "`")) {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		tokens, err := lexAll(quoted)
		if err != nil || len(tokens) != 1 || tokens[0].Kind != Quoted {
			t.Fatalf("%q is quoted %s, which lexes as %+v, error %v", name, quoted, tokens, err)
		}
		if back := strings.ReplaceAll(quoted[1:len(quoted)-1], "``", "`"); back != name {
			t.Fatalf("%q is quoted %s, which is %q", name, quoted, back)
		}
	})
}
