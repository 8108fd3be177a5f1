package hive

import (
	"errors"
	"testing"
)

func TestParseType(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"INT", "int"},
		{"decimal( 10 , 2 )", "decimal(10,2)"},
		{"decimal", "decimal"},
		{"varchar(5)", "varchar(5)"},
		{"array", "array"},
		{"timestamp with local time zone", "timestamp with local time zone"},
		{"Map<String, Array<Decimal(5,2)>>", "map<string,array<decimal(5,2)>>"},
		{"struct<Day:date,`a:b`:uniontype<int,string>>", "struct<Day:date,`a:b`:uniontype<int,string>>"},
		{"struct<>", "struct<>"},
		{"struct", "struct"},
		{"array<map>", "array<map>"},
	} {
		got, err := ParseType(c.text)
		if err != nil || got.String() != c.want {
			t.Errorf("ParseType(%q) = %s, %v; want %s", c.text, got, err, c.want)
			continue
		}
		if again, err := ParseType(got.String()); err != nil || again.String() != got.String() {
			t.Errorf("ParseType(%q) = %s, %v; want the same again", got, again, err)
		}
	}
	var text *TextError
	if _, err := ParseType("array<integer>"); !errors.As(err, &text) || text.Offset != 6 {
		t.Errorf("got %v, want a *TextError at byte 6", err)
	}
	full, err := ParseType("struct<a:int,B:map<string,date>>")
	if err != nil || len(full.Names) != 2 || full.Names[1] != "B" || full.Parts[1].Parts[1].Kind != KindDate {
		t.Errorf("got %#v, %v", full, err)
	}
}
