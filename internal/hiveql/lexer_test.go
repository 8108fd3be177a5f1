package hiveql

import (
	"errors"
	"strings"
	"testing"
)

// lexAll returns all tokens of src but EOF.
func lexAll(src string) ([]Token, error) {
	var tokens []Token
	for lex := NewLexer(src); ; {
		tok, err := lex.Next()
		if err != nil || tok.Kind == EOF {
			return tokens, err
		}
		tokens = append(tokens, tok)
	}
}

// show writes the tokens other than space as "w:select n:1".
func show(src string, tokens []Token) string {
	letters := map[Kind]string{Comment: "c", Word: "w", Number: "n", String: "s", Quoted: "q", Param: "p", Punct: "."}
	var out []string
	for _, tok := range tokens {
		if tok.Kind != Space {
			out = append(out, letters[tok.Kind]+":"+tok.Text(src))
		}
	}
	return strings.Join(out, " ")
}

func TestLexer(t *testing.T) {
	for _, tc := range []struct{ src, want string }{
		{"", ""},
		{" \t\r\n\f\v", ""},
		{"select a1,_b", "w:select w:a1 .:, w:_b"},
		{"é測 x", "w:é測 w:x"},
		{"42numbers 1e5x 1e", "w:42numbers w:1e5x w:1e"},
		{"1 12L 3S 4y 1.5 1.5BD 2. 1e5 1E-7 1.5e+10D 10k", "n:1 n:12L n:3S n:4y n:1.5 n:1.5BD n:2. n:1e5 n:1E-7 n:1.5e+10D n:10k"},
		{"1e+ 1.x", "w:1e .:+ n:1. w:x"},
		{"-1", ".:- n:1"},
		{`'a\'b' "c\"d" '\\'`, `s:'a\'b' s:"c\"d" s:'\\'`},
		{`'it''s'`, `s:'it' s:'s'`},
		{`'--' "/*" ';' '?'`, `s:'--' s:"/*" s:';' s:'?'`},
		{"'a\nb'", "s:'a\nb'"},
		{"`a``b` `?` `\\`", "q:`a``b` q:`?` q:`\\`"},
		{"````", "q:````"},
		{"a -- b ? ' \nc", "w:a c:-- b ? '  w:c"},
		{"--a\rb", "c:--a w:b"},
		{"--", "c:--"},
		{"/**/ /*/ a */ /*+ mapjoin(t) */ b", "c:/**/ c:/*/ a */ c:/*+ mapjoin(t) */ w:b"},
		{"/* a /* b */ c */ d", "c:/* a /* b */ c */ w:d"},
		{"/* ' */*/", "c:/* ' */ .:* .:/"},
		{"a/ *b - -", "w:a .:/ .:* w:b .:- .:-"},
		{`r'a\' R"\" xr'b'`, `s:r'a\' s:R"\" w:xr s:'b'`},
		{"a=?;:b", "w:a .:= p:? .:; .:: w:b"},
		{"$ { \x00", ".:$ .:{ .:\x00"},
	} {
		tokens, err := lexAll(tc.src)
		if got := show(tc.src, tokens); err != nil || got != tc.want {
			t.Errorf("lex %q\n got %s, error %v\nwant %s", tc.src, got, err, tc.want)
		}
	}
}

func TestLexerUnclosed(t *testing.T) {
	for _, tc := range []struct {
		src  string
		want SyntaxError
	}{
		{"select 'a", SyntaxError{"string", 7, 1, 8}},
		{`select 'a\'`, SyntaxError{"string", 7, 1, 8}},
		{`'\`, SyntaxError{"string", 0, 1, 1}},
		{"a\n \"b'", SyntaxError{"string", 3, 2, 2}},
		{"é `a``", SyntaxError{"quoted identifier", 3, 1, 3}},
		{"x /* a /* b */", SyntaxError{"comment", 2, 1, 3}},
		{"/*/", SyntaxError{"comment", 0, 1, 1}},
		{"r'", SyntaxError{"string", 0, 1, 1}},
	} {
		_, err := lexAll(tc.src)
		var got *SyntaxError
		if !errors.As(err, &got) || *got != tc.want {
			t.Errorf("lex %q: got error %v, want %+v", tc.src, err, tc.want)
		}
	}
	want := "hiveql: the string opened at 1:8 is never closed"
	if _, err := lexAll("select 'a"); err == nil || err.Error() != want {
		t.Errorf("got error %q, want %q", err, want)
	}
}

// The lexer keeps saying what it said at the end and at an error.
func TestLexerStays(t *testing.T) {
	lex := NewLexer("a")
	for i, want := range []Kind{Word, EOF, EOF} {
		if tok, err := lex.Next(); err != nil || tok.Kind != want {
			t.Errorf("token %d: got %+v, error %v, want kind %d", i, tok, err, want)
		}
	}
	lex = NewLexer("'")
	for range 2 {
		if tok, err := lex.Next(); err == nil {
			t.Errorf("got %+v, want an error", tok)
		}
	}
}

func FuzzLexer(f *testing.F) {
	for _, src := range []string{"select 'a' -- b", "/* /* */ */ `x``y`", "1.5e-3BD r'\\'", "'\\"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tokens, err := lexAll(src)
		end := 0
		for _, tok := range tokens {
			if tok.Start != end || tok.End <= tok.Start {
				t.Fatalf("%q: token %+v does not continue at %d", src, tok, end)
			}
			end = tok.End
			text := tok.Text(src)
			alone, err := lexAll(text)
			if err != nil || len(alone) != 1 || alone[0] != (Token{tok.Kind, 0, len(text)}) {
				t.Fatalf("%q: token %q of kind %d alone lexes as %+v, error %v", src, text, tok.Kind, alone, err)
			}
		}
		var syntax *SyntaxError
		switch {
		case err == nil && end != len(src):
			t.Fatalf("%q: tokens end at %d of %d", src, end, len(src))
		case err != nil && (!errors.As(err, &syntax) || syntax.Offset != end || syntax.What == ""):
			t.Fatalf("%q: error %v, want a SyntaxError at offset %d", src, err, end)
		}
	})
}
