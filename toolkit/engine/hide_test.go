package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

func TestWithoutValues(t *testing.T) {
	const template = "SELECT * FROM missing WHERE name = ? AND n = ?"
	for _, tc := range []struct{ sql, args, err, want string }{
		{"SELECT * FROM missing WHERE name = 's3cret' AND n = 42", "", "no table missing in: name = 's3cret' AND n = 42", "no table missing in: name = '?' AND n = ?"},
		{"SELECT * FROM missing WHERE name = 's3cret' AND n = 7", "", "line 1:17 near xs3cretx, at 7", "line 1:17 near x?x, at ?"},
		{"SELECT * FROM missing WHERE name = 'pa$$ w0rd!' AND n = 7", "", "near 'pa$$ w0rd!'", "near '? ?'"},
		{`SELECT * FROM missing WHERE name = 'pa\u0024word it\'s' AND n = 7`, "", `near "pa$word it's"`, `near "? ?'?"`},
		{"SELECT * FROM missing WHERE name = ? AND n = ?", "s3cret", "value s3cret is too long", "value ? is too long"},
		{"SELECT * FROM missing WHERE name = 'missing' AND n = 1", "", "no table missing", "no table missing"},
		{"SELECT * FROM missing WHERE name = 'ünïcode' AND n = 1", "", "ünïcode, ünïcodes", "?, ?s"},
	} {
		var args []any
		if tc.args != "" {
			args = []any{[]byte(tc.args)}
		}
		cause := errors.New(tc.err)
		got := withoutValues(cause, tc.sql, template, args)
		if got.Error() != tc.want || !errors.Is(got, cause) {
			t.Errorf("%s\n got %s\nwant %s", tc.sql, got, tc.want)
		}
	}
}

// FuzzWithoutValues: however a server quotes a statement, no word of a value is left, unless the template shows it.
func FuzzWithoutValues(f *testing.F) {
	f.Add("s3cret", "error: ")
	f.Add(`it's "a" \u0041 ${x}`, "a\n")
	f.Fuzz(func(t *testing.T, value, around string) {
		st, err := compile.Compile(compile.ANSI{}, expr.Text("select :v", expr.P("v", value)))
		if err != nil {
			t.Fatal(err)
		}
		sql, err := st.SQL()
		if err != nil {
			return // there is no literal of it
		}
		got := withoutValues(errors.New(around+" "+sql), sql, st.Template(), nil).Error()
		shown := map[string]bool{}
		for _, w := range words(st.Template() + " " + around) {
			shown[w] = true
		}
		for _, w := range words(got) {
			for _, secret := range words(value) {
				if w == secret && !shown[w] && strings.IndexFunc(w, inWord) >= 0 {
					t.Errorf("%q of %q is in %q", w, value, got)
				}
			}
		}
	})
}
