package dialect_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// hostile are texts that mean something to a server, or to the way there.
var hostile = []string{
	"", "'", "''", "\"", "`", "``", "\\", "\\'", "it's", "a\\", "' or '1'='1", "'; drop table x; --", "${env:PATH}", "$", "$$", "${",
	"\\u0041", "\\101", "\\%", "%", "_", "?", ":name", "--", "/*", "*/", ";", "\n", "\r\n", "\x00", "\x01", "\x1a", "\x7f", "\u2028", "測試", "😀", "\xff",
	"select", "map", "a.b", "A", "é", "1", "_a", "a b",
}

// FuzzStatement puts a text into a statement as an identifier and as a value. If that is not refused, the statement has
// as many tokens as that of another text, and the text stands in one of them.
func FuzzStatement(f *testing.F) {
	for _, a := range hostile {
		f.Add(a, a+"x")
		f.Add("x", a)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, d := range dialects {
			src := expr.Name("t")
			q := expr.Select(expr.Lit[expr.String](value).As(name)).From(src).Where(expr.Col[expr.String](src, name).Like(value))
			text, err := sqlOf(d, q)
			if err != nil {
				if name != "" && value != "" && utf8.ValidString(name) && utf8.ValidString(value) &&
					!strings.Contains(name, "${") && !strings.Contains(name+value, "\x00") &&
					(!strings.HasPrefix(name, "`") || !strings.HasSuffix(name, "`")) {
					t.Errorf("%s refuses %q and %q: %v", d.Name(), name, value, err)
				}
				continue
			}
			plain := tokens(t, text)
			if !strings.Contains(value, `\`) { // with one, LIKE becomes RLIKE
				other, err := sqlOf(d, expr.Select(expr.Lit[expr.String]("v").As("select")).From(src).Where(expr.Col[expr.String](src, "select").Like("v")))
				if err != nil {
					t.Fatal(err)
				}
				if len(plain) != len(tokens(t, other)) {
					t.Errorf("%s: %q as a name and %q as a value change the tokens: %s", d.Name(), name, value, text)
				}
			}
			if strings.Contains(text, "${") {
				t.Errorf("%s: the server would substitute a variable: %s", d.Name(), text)
			}
			if got := unquoted(plain[6]); got != name {
				t.Errorf("%s: the name %q came back as %q", d.Name(), name, got)
			}
		}
	})
}

func sqlOf(d compile.Dialect, n expr.Node) (string, error) {
	st, err := compile.Compile(d, n)
	if err != nil {
		return "", err
	}
	return st.SQL()
}

// tokens are the tokens of a statement, with those of white space.
func tokens(t *testing.T, text string) []string {
	t.Helper()
	var list []string
	for l := hiveql.NewLexer(text); ; {
		tok, err := l.Next()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if tok.Kind == hiveql.EOF {
			return list
		}
		if tok.Kind == hiveql.Comment {
			t.Errorf("a comment in %s", text)
		}
		list = append(list, tok.Text(text))
	}
}

func unquoted(ident string) string {
	if inner, ok := strings.CutPrefix(ident, "`"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "`"), "``", "`")
	}
	return ident
}

// TestTokens tells where the tests above find the name.
func TestTokens(t *testing.T) {
	text, err := sqlOf(dialects[0], expr.Select(expr.Lit[expr.String]("v").As("name")))
	if err != nil {
		t.Fatal(err)
	}
	if list := tokens(t, text); len(list) != 7 || list[6] != "name" {
		t.Errorf("%q are %d tokens", list, len(list))
	}
}

func TestUnknownVersionReservesAllWords(t *testing.T) {
	d := dialect.New(dialect.Version(99))
	for _, word := range []string{"partialscan", "qualify", "sync", "select"} {
		if got, err := d.AppendIdent(nil, word); err != nil || string(got) != "`"+word+"`" {
			t.Errorf("AppendIdent(%s) = %s, %v; want it quoted", word, got, err)
		}
	}
}

func TestTypeName(t *testing.T) {
	nested := schema.Struct(schema.Field{Name: "select", Type: schema.Array(schema.Map(schema.String, schema.Numeric(10, 2))), Comment: "it's"})
	for _, tt := range []struct {
		t                  schema.Type
		hive, hive2, spark string // "" for an error
	}{
		{schema.String, "STRING", "STRING", "STRING"},
		{schema.VarChar(10), "VARCHAR(10)", "VARCHAR(10)", "VARCHAR(10)"},
		{schema.VarChar(65536), "", "", ""},
		{schema.Char(256), "", "", ""},
		{schema.Numeric(38, 10), "DECIMAL(38,10)", "DECIMAL(38,10)", "DECIMAL(38,10)"},
		{schema.Numeric(39, 0), "", "", ""},
		{schema.TimestampTZ, "TIMESTAMP WITH LOCAL TIME ZONE", "", ""},
		{schema.Time, "", "", ""},
		{schema.UUID, "", "", ""},
		{schema.JSON, "", "", ""},
		{schema.Array(schema.UUID), "", "", ""},
		{schema.IntervalDayTime, "", "", ""},
		{schema.Enum("a"), "", "", ""},
		{schema.Union(schema.Integer, schema.String), "UNIONTYPE<INT,STRING>", "UNIONTYPE<INT,STRING>", ""},
		{nested, `STRUCT<$select$:ARRAY<MAP<STRING,DECIMAL(10,2)>> COMMENT 'it\'s'>`, `STRUCT<$select$:ARRAY<MAP<STRING,DECIMAL(10,2)>> COMMENT 'it\'s'>`, `STRUCT<$select$:ARRAY<MAP<STRING,DECIMAL(10,2)>> COMMENT 'it\'s'>`},
	} {
		for v, want := range map[dialect.Version]string{dialect.Hive40: tt.hive, dialect.Hive23: tt.hive2, dialect.Spark35: tt.spark} {
			want = strings.ReplaceAll(want, "$", "`")
			got, err := dialect.New(v).TypeName(tt.t)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("%s: TypeName(%v) = %q, %v; want %q", dialect.New(v).Name(), tt.t, got, err, want)
			}
		}
	}
}

// TestKindOfTextIsStructure holds that a cache tells texts of different kinds from each other: the values that they are
// compared with are cast to their types, and the columns of the result have them.
func TestKindOfTextIsStructure(t *testing.T) {
	cache := compile.NewCache(dialects[0], 0)
	for _, tt := range []struct {
		node expr.Node
		want string
		typ  schema.Type
	}{
		{expr.Select(expr.TextOf[expr.Int]("a").As("x")).Where(expr.Row(expr.TextOf[expr.Int]("a")).In(expr.Values(1))), "SELECT a AS x WHERE (a) IN ((CAST(1 AS BIGINT)))", schema.BigInt},
		{expr.Select(expr.TextOf[expr.String]("a").As("x")).Where(expr.Row(expr.TextOf[expr.String]("a")).In(expr.Values(1))), "SELECT a AS x WHERE (a) IN ((1))", schema.String},
	} {
		st, err := cache.Compile(tt.node)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := st.SQL(); err != nil || text != tt.want || st.Columns()[0].Type != tt.typ {
			t.Errorf("got %s of %v, %v; want %s of %v", text, st.Columns()[0].Type, err, tt.want, tt.typ)
		}
	}
}
