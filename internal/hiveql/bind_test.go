package hiveql

import (
	"database/sql/driver"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func positional(values ...any) []Arg {
	var args []Arg
	for i, v := range values {
		args = append(args, Arg{Ordinal: i + 1, Value: v})
	}
	return args
}

// byName makes named arguments of name, value, name, value, …
func byName(pairs ...any) []Arg {
	var args []Arg
	for i := 0; i < len(pairs); i += 2 {
		args = append(args, Arg{Name: pairs[i].(string), Ordinal: i/2 + 1, Value: pairs[i+1]})
	}
	return args
}

func TestBind(t *testing.T) {
	paris := time.FixedZone("", 3600)
	for _, tc := range []struct {
		query string
		args  []Arg
		want  string
	}{
		{"select 1", nil, "select 1"},
		{"select ? , ?", positional(1, "a"), "select 1 , 'a'"},
		{"?", positional(nil), "NULL"},
		{"select '?', \"?\", `?` -- ?\n, /* ? /* ? */ ? */ ?", positional(1), "select '?', \"?\", `?` -- ?\n, /* ? /* ? */ ? */ 1"},
		{"select /*+ hint(?) */ ?", positional(1), "select /*+ hint(?) */ 1"},
		{"a in (?) and b", positional([]string{"x", "y"}), "a in ( 'x', 'y') and b"},
		{"values (?,?,\n?)", positional(1, 2, 3), "values ( 1, 2,\n 3)"},
		{"t > ?", positional(time.Date(2020, 1, 2, 23, 0, 0, 0, time.UTC)), "t > timestamp '2020-01-03 00:00:00'"},

		// A literal never runs into what stands beside it.
		{"a-?", positional(-1), "a- -1"},
		{"-?-?", positional(-1, int64(math.MinInt64)), "- -1 - (-9223372036854775807L - 1L)"},
		{"limit?x", positional(5), "limit 5 x"},
		{"r?", positional(`\' or 1=1 --`), `r '\\\' or 1=1 --'`},
		{"1??", positional(2, 3), "1 2 3"},
		{"'a'?'b'", positional("x"), "'a' 'x' 'b'"},
		{"select '${',?", positional("}'; --"), "select '${', '}\\'; --'"},

		// What is put in is not read again.
		{"? ?", positional("?", ":a"), "'?' ':a'"},
		{":a :b", byName("a", ":b", "b", "?"), "':b' '?'"},

		{":a, :ab, :a", byName("ab", 2, "a", 1), "1, 2, 1"},
		{"(:a)=:_b1;", byName("a", 1, "_b1", 2), "( 1)= 2 ;"},
		{":é ", byName("é", 1), "1 "},
		{
			"cast(:a as struct<a:int,`a`:int>) x:a ::a \"a\":a 1:a é:a", byName("a", 1),
			"cast( 1 as struct<a:int,`a`:int>) x:a ::a \"a\":a 1:a é:a",
		},
		{"':a' \":a\" `:a` -- :a\n/* :a */ :a :1 : a :", byName("a", 1), "':a' \":a\" `:a` -- :a\n/* :a */ 1 :1 : a :"},
		{":a::int", byName("a", 1), "1 ::int"},
		{"select :a, ?", positional(1), "select :a, 1"},
		{"select :a", nil, "select :a"},

		{"set x=what?", nil, "set x=what?"},
		{"add jar it's?.jar", nil, "add jar it's?.jar"},
		{"prepare p from select * from t where a = ?", nil, "prepare p from select * from t where a = ?"},
	} {
		got, err := Bind(tc.query, tc.args, paris)
		if err != nil || got != tc.want {
			t.Errorf("bind %q\n got %q, error %v\nwant %q", tc.query, got, err, tc.want)
		}
	}
}

func TestBindRefuses(t *testing.T) {
	for _, tc := range []struct {
		query string
		args  []Arg
		want  BindError // but for Err
	}{
		{"select\n a = ?", nil, BindError{Ordinal: 1, Line: 2, Column: 6, Reason: "the query has placeholders ?: 1, arguments given: 0"}},
		{"? ? ?", positional(1), BindError{Ordinal: 2, Line: 1, Column: 3, Reason: "the query has placeholders ?: 3, arguments given: 1"}},
		{"?", positional(1, 2), BindError{Ordinal: 2, Reason: "the query has placeholders ?: 1, arguments given: 2"}},
		{"select '?'", positional(1), BindError{Ordinal: 1, Reason: "the query has placeholders ?: 0, arguments given: 1"}},
		{"select :a", positional(1), BindError{Ordinal: 1, Reason: "the query has placeholders ?: 0, arguments given: 1"}},
		{":a, :b", byName("a", 1), BindError{Name: "b", Line: 1, Column: 5, Reason: `no argument is named "b"`}},
		{":A", byName("a", 1), BindError{Name: "A", Line: 1, Column: 1, Reason: `no argument is named "A"`}},
		{":a", byName("a", 1, "b", 2), BindError{Name: "b", Ordinal: 2, Reason: `argument "b" is not used: the query has no :b`}},
		{"x:a", byName("a", 1), BindError{Name: "a", Ordinal: 1, Reason: `argument "a" is not used: the query has no :a`}},
		{":a", byName("a", 1, "a", 2), BindError{Name: "a", Ordinal: 2, Reason: `argument "a" is given twice`}},
		{":a ?", byName("a", 1), BindError{Line: 1, Column: 4, Reason: "it is a ? and the arguments have names; a query uses one kind of placeholder"}},
		{":a ?", append(byName("a", 1), Arg{Value: 1}), BindError{Ordinal: 2, Reason: "argument 2 has no name and the first one has one; name all of them or none"}},
		{"? :a", append(positional(1), Arg{Name: "a"}), BindError{Name: "a", Ordinal: 2, Reason: "argument 2 has a name and the first one has none; name all of them or none"}},
		{"set x = ?", positional(1), BindError{Ordinal: 1, Reason: "this statement takes no parameters: the server does not read it as HiveQL; write the value into its text"}},
		{"? ?", positional(1, "a\x00"), BindError{
			Ordinal: 2, Line: 1, Column: 3,
			Reason: "argument 2: no literal for a value of type string: Hive corrupts a NUL character in a string; pass []byte",
		}},
		{"é :b :a", byName("a", 1i, "b", 2), BindError{
			Name: "a", Ordinal: 1, Line: 1, Column: 6,
			Reason: "argument 1: no literal for a value of type complex128: no Hive type corresponds to it",
		}},
	} {
		_, err := Bind(tc.query, tc.args, nil)
		var got *BindError
		if !errors.As(err, &got) {
			t.Errorf("bind %q: got error %v, want a BindError", tc.query, err)
			continue
		}
		var literal *LiteralError
		if errors.As(err, &literal) != strings.Contains(tc.want.Reason, "no literal") {
			t.Errorf("bind %q: got cause %v", tc.query, got.Err)
		}
		tc.want.Err = got.Err
		if *got != tc.want {
			t.Errorf("bind %q\n got %+v\nwant %+v", tc.query, *got, tc.want)
		}
	}
	var syntax *SyntaxError
	if _, err := Bind("select ?, 'a", positional(1), nil); !errors.As(err, &syntax) || syntax.Column != 11 {
		t.Errorf("got error %v, want a SyntaxError at column 11", err)
	}
}

func TestBindErrorText(t *testing.T) {
	for _, tc := range []struct {
		query string
		args  []Arg
		want  string
	}{
		{"a = ?", nil, "hiveql: placeholder at 1:5: the query has placeholders ?: 1, arguments given: 0"},
		{"a", byName("x", 1), `hiveql: argument "x" is not used: the query has no :x`},
	} {
		if _, err := Bind(tc.query, tc.args, nil); err == nil || err.Error() != tc.want {
			t.Errorf("bind %q: got error %q, want %q", tc.query, err, tc.want)
		}
	}
}

// A driver hands its arguments over as they are.
func TestArgIsNamedValue(t *testing.T) {
	args := []driver.NamedValue(positional(1))
	if got, err := Bind("?", args, nil); err != nil || got != "1" {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestPlaceholders(t *testing.T) {
	for _, tc := range []struct {
		query string
		n     int
		names []string
	}{
		{"select 1", 0, nil},
		{"? '?' ?", 2, nil},
		{":b :a :b struct<a:int>", 0, []string{"b", "a"}},
		{":a ?", 1, []string{"a"}},
		{"set x = ?", 0, nil},
		{"prepare p from select ?", 0, nil},
	} {
		if n, names, err := Placeholders(tc.query); err != nil || n != tc.n || !slices.Equal(names, tc.names) {
			t.Errorf("placeholders of %q: got %d %q, error %v, want %d %q", tc.query, n, names, err, tc.n, tc.names)
		}
	}
	var syntax *SyntaxError
	if n, names, err := Placeholders("? :a 'b"); !errors.As(err, &syntax) || n != 0 || names != nil {
		t.Errorf("got %d %q, error %v, want a SyntaxError", n, names, err)
	}
}
