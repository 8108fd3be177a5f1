package hiveql

import (
	"errors"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		want         []Statement
	}{
		{"empty", "", nil},
		{"only comments", " -- a\n;/* b; */ ;; ", nil},
		{"one", " select 1 ", []Statement{{"select 1", 1, 1}}},
		{"two", "select 1;\n\nselect\n2;", []Statement{{"select 1", 0, 1}, {"select\n2", 11, 3}}},
		{"quotes", `select ';', ";", '\';'; select 2`, []Statement{{`select ';', ";", '\';'`, 0, 1}, {"select 2", 24, 1}}},
		{"backticks", "select `;``;`;b", []Statement{{"select `;``;`", 0, 1}, {"b", 14, 1}}},
		{"comments", "select 1 -- ;\n, 2 /* ; /* ; */ ; */; b", []Statement{{"select 1 -- ;\n, 2 /* ; /* ; */ ; */", 0, 1}, {"b", 37, 2}}},
		{"leading comment", "a;\n-- why\n/*+ hint */ b ;", []Statement{{"a", 0, 1}, {"-- why\n/*+ hint */ b", 3, 2}}},
		{"trailing comment", "a; -- done", []Statement{{"a", 0, 1}}},
		{"comment before a command", "-- why\n/* so */ set x = 1; -- b\nADD JAR a.jar;", []Statement{{"set x = 1", 16, 2}, {"ADD JAR a.jar", 32, 3}}},
		{"command with a glob", "dfs -ls /tmp/*; select 1 /* c */", []Statement{{"dfs -ls /tmp/*", 0, 1}, {"select 1 /* c */", 16, 1}}},
		{"command with quotes", `set x = 'a;b' -- it's; so` + "\n;reset", []Statement{{`set x = 'a;b' -- it's; so`, 0, 1}, {"reset", 27, 2}}},
		{"delete is no command", "delete from t /* ; */; reset", []Statement{{"delete from t /* ; */", 0, 1}, {"reset", 23, 1}}},
	} {
		got, err := Split(tc.script)
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: split %q\n got %+v, error %v\nwant %+v", tc.name, tc.script, got, err, tc.want)
		}
	}
}

func TestSplitUnclosed(t *testing.T) {
	for _, tc := range []struct {
		script string
		want   SyntaxError
	}{
		{"a; /* b", SyntaxError{"comment", 3, 1, 4}},
		{"a;\nselect 'x;", SyntaxError{"string", 10, 2, 8}},
		{"set x=it's; select 1", SyntaxError{"string", 8, 1, 9}},
	} {
		statements, err := Split(tc.script)
		var got *SyntaxError
		if !errors.As(err, &got) || *got != tc.want || statements != nil {
			t.Errorf("split %q: got %+v, error %v, want %+v", tc.script, statements, err, tc.want)
		}
	}
}

// FuzzSplit holds Split to this: a statement is a piece of the script and splits
// into itself, its line is right, and between the statements are only white space, comments
// and semicolons.
func FuzzSplit(f *testing.F) {
	for _, script := range []string{"a;b", "-- x\nset a='b;';c", "dfs /*;/* */;", "select ';' /* /* ; */ */;"} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		statements, err := Split(script)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%q: error %v, want a SyntaxError", script, err)
			}
			return
		}
		end := 0
		for _, s := range statements {
			if script[s.Offset:s.Offset+len(s.Text)] != s.Text {
				t.Fatalf("%q: %+v is not at its offset", script, s)
			}
			if line, _ := Position(script, s.Offset); line != s.Line {
				t.Fatalf("%q: %+v is on line %d", script, s, line)
			}
			if again, err := Split(s.Text); err != nil || len(again) != 1 || again[0].Text != s.Text {
				t.Fatalf("%q: %+v splits into %+v, error %v", script, s, again, err)
			}
			checkGap(t, script, script[end:s.Offset])
			end = s.Offset + len(s.Text)
		}
		checkGap(t, script, script[end:])
	})
}

func checkGap(t *testing.T, script, gap string) {
	t.Helper()
	tokens, err := lexAll(gap)
	for _, tok := range tokens {
		if tok.Kind != Space && tok.Kind != Comment && tok.Text(gap) != ";" {
			t.Fatalf("%q: %q between statements is lost", script, gap)
		}
	}
	if err != nil {
		t.Fatalf("%q: %q between statements: %v", script, gap, err)
	}
}
