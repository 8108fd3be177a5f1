package hive

import (
	"strings"
	"testing"
)

func TestNestedTypeErrors(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("array<", n) + "int" + strings.Repeat(">", n) }
	for _, c := range []struct {
		typ    string
		offset int
		reason string
	}{
		{" ", 1, "want the name of a Hive type"},
		{"integer", 0, "want the name of a Hive type"},
		{"unknown", 0, "want the name of a Hive type"},
		{"array<user_defined>", 6, "want the name of a Hive type"},
		{"array<", 6, "want the name of a Hive type"},
		{"array<>", 6, "want the name of a Hive type"},
		{"array<int", 9, "want >"},
		{"array<int>>", 10, "want nothing more"},
		{"array<int,int>", 13, "want one type in an array, two in a map"},
		{"map<int>", 7, "want one type in an array, two in a map"},
		{"int<int>", 4, "want no parts in a scalar type"},
		{"struct<int>", 10, "want :"},
		{"struct<:int>", 7, "want a field's name and a colon"},
		{"struct<a:int,>", 13, "want a field's name and a colon"},
		{"struct<`a`>", 10, "want :"},
		{"decimal(39,2)", 8, "want a size that Hive has"},
		{"decimal(,2)", 8, "want a size that Hive has"},
		{"decimal(10,2", 12, "want )"},
		{"char(99999999)", 5, "want a size that Hive has"},
		{"int(5)", 3, "want nothing more"},
		{deep(maxNesting), 6 * maxNesting, "nested deeper than 100 levels"},
	} {
		_, err := Nested{Raw: "[]", Type: c.typ}.Decode()
		checkTextError(t, c.typ, err, c.offset, c.reason)
	}
	if _, err := parseNestedType(deep(maxNesting - 1)); err != nil {
		t.Error(err)
	}
}

func FuzzNestedType(f *testing.F) {
	for _, s := range []string{
		"map<int,struct<a:decimal(5,2),`b c`:array<char(3)>>>", "uniontype<timestamp with local time zone,void>",
		" ARRAY < STRUCT < > > ", "struct<a:int", "decimal(39,2)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := parseNestedType(s)
		if err != nil {
			return
		}
		// The text of every part is itself a type, and the same one.
		var check func(*nestedType)
		check = func(typ *nestedType) {
			again, err := parseNestedType(typ.text)
			if err != nil || again.Type != typ.Type || len(again.parts) != len(typ.parts) || len(again.labels) != len(typ.labels) {
				t.Fatalf("%q: part %q reads as %+v, %v", s, typ.text, again, err)
			}
			for _, part := range typ.parts {
				check(part)
			}
		}
		check(typ)
	})
}
