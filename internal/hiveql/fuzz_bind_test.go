package hiveql

import (
	"errors"
	"slices"
	"testing"
)

// FuzzBind holds Bind to this: the bound text lexes into the tokens of the query
// with those of exactly one literal in each placeholder's place. So no value
// breaks out of its literal, and none changes how the text around it reads.
func FuzzBind(f *testing.F) {
	f.Add("select ?, r? -? '${', ?", "it's } -- */ \\", int64(-1), []byte("'"))
	f.Add("select :a, x:a, ':a' /* :b */ from t where b=:b", "? :a ${env:PATH}", int64(7), []byte{})
	f.Add("a?-?--?\n?", "\n--", int64(-1<<63), []byte{0})
	f.Fuzz(func(t *testing.T, query, s string, n int64, b []byte) {
		if _, err := AppendString(nil, s); err != nil || verbatim(query) {
			return
		}
		values := []any{s, n, b, -1.5, []any{s, n}, nil}
		marks, err := placeholders(query)
		if err != nil {
			var syntax *SyntaxError
			if _, err := Bind(query, positional(s), nil); !errors.As(err, &syntax) {
				t.Fatalf("%q: error %v, want a SyntaxError", query, err)
			}
			return
		}
		var params, names []placeholder
		for _, p := range marks {
			if p.name == "" {
				params = append(params, p)
			} else {
				names = append(names, p)
			}
		}
		checkBind(t, query, params, func(i int) (any, string) { return values[i%len(values)], "" })
		if len(params) == 0 && len(names) > 0 {
			checkBind(t, query, names, func(i int) (any, string) { return values[len(names[i].name)%len(values)], names[i].name })
		}
	})
}

// checkBind binds the query, argOf(i) being the value and the name for marks[i].
func checkBind(t *testing.T, query string, marks []placeholder, argOf func(int) (any, string)) {
	t.Helper()
	var (
		args []Arg
		want []string
		from = 0
	)
	for i, p := range marks {
		value, name := argOf(i)
		if name == "" || !slices.ContainsFunc(args, func(a Arg) bool { return a.Name == name }) {
			args = append(args, Arg{Name: name, Value: value})
		}
		want = append(want, texts(t, query, from, p.start)...)
		literal := literalOf(t, value)
		want = append(want, texts(t, literal, 0, len(literal))...)
		from = p.end
	}
	want = append(want, texts(t, query, from, len(query))...)

	bound, err := Bind(query, args, nil)
	if err != nil {
		t.Fatalf("bind %q: %v", query, err)
	}
	if got := texts(t, bound, 0, len(bound)); !slices.Equal(got, want) {
		t.Fatalf("bind %q to %q\n got %q\nwant %q", query, bound, got, want)
	}
}

// texts returns the tokens of src, spaces excepted, that lie between from and to.
func texts(t *testing.T, src string, from, to int) []string {
	t.Helper()
	tokens, err := lexAll(src)
	if err != nil {
		t.Fatalf("lex %q: %v", src, err)
	}
	var out []string
	for _, tok := range tokens {
		if tok.Kind != Space && tok.Start >= from && tok.End <= to {
			out = append(out, tok.Text(src))
		}
	}
	return out
}

func FuzzClassify(f *testing.F) {
	f.Add("create or replace temporary view v as select 1")
	f.Add("/* a */ set x=1")
	f.Fuzz(func(t *testing.T, stmt string) {
		commented := "/* a /* b */ */ -- c\n" + stmt
		if Classify(stmt) != Classify(commented) || IsCommand(stmt) != IsCommand(commented) || IsWrite(stmt) != IsWrite(commented) {
			t.Fatalf("%q is another statement behind a comment", stmt)
		}
	})
}
