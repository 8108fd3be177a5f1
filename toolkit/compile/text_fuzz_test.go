package compile

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
)

// FuzzText holds what becomes of a text against what its pieces say: everything but the parameters stands there as it
// was, no parameter is found within quotes, and a text is lexed again as it was.
func FuzzText(f *testing.F) {
	for _, sql := range []string{
		"SELECT :f, :fo, :foo", "':a' :a", `"it"":a" :a`, "`:a``:a` :a", "-- :a\n:a", "/* /* :a */ :a */ :a", `\:a :a`, "a::int, x:y, :1",
		":a:", "(:a)", "( :a\n)", "'open", "/* open", "-:a", ":é", "$:a}",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		pieces, err := splitText(sql, standardQuotedLen)
		if err != nil {
			return
		}
		var again strings.Builder
		for i, p := range pieces {
			if (p.param != "") != (i%2 == 1) {
				t.Fatalf("%q: piece %d of %+v: want text and parameters by turns", sql, i, pieces)
			}
			if p.param != "" {
				again.WriteString(":" + p.param)
			}
			again.WriteString(p.text)
		}
		if got := again.String(); unescaped(got) != unescaped(sql) {
			t.Errorf("%q: the pieces are %q", sql, got)
		}
		args := map[string]bool{}
		var list []expr.Arg
		for _, p := range pieces {
			if p.param != "" && !args[p.param] {
				args[p.param] = true
				list = append(list, expr.P(p.param, "'"))
			}
		}
		st, err := Compile(ANSI{}, expr.Text(sql, list...))
		if err != nil {
			t.Fatalf("%q: %v", sql, err)
		}
		if _, err := st.SQL(); err != nil {
			t.Errorf("%q: %v", sql, err)
		}
	})
}

// unescaped is sql without the backslashes before its colons, also those that stand within quotes.
func unescaped(sql string) string {
	for strings.Contains(sql, `\:`) {
		sql = strings.ReplaceAll(sql, `\:`, ":")
	}
	return sql
}
