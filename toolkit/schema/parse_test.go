package schema_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

func TestParseType(t *testing.T) {
	tests := []struct {
		text string
		want schema.Type
	}{
		{"void", schema.Null},
		{"null", schema.Null},
		{"BOOLEAN", schema.Boolean},
		{" Int ", schema.Integer},
		{"integer", schema.Integer},
		{"double", schema.Double},
		{"double\tprecision", schema.Double},
		{"timestamp", schema.Timestamp},
		{"timestamp without time zone", schema.Timestamp},
		{"timestamp_ntz", schema.Timestamp},
		{"TIMESTAMP WITH  LOCAL\nTIME ZONE", schema.TimestampTZ},
		{"map<timestamp with local time zone('Etc/UTC'),timestamp_ltz ( 'it''s' ) >", schema.Map(schema.TimestampTZ, schema.TimestampTZ)},
		{"interval_day_time", schema.IntervalDayTime},
		{"interval year to month", schema.IntervalYearMonth},
		{"decimal", schema.Numeric(10, 0)},
		{"dec(7)", schema.Numeric(7, 0)},
		{"numeric ( 7 , 2 )", schema.Numeric(7, 2)},
		{"varchar(65535)", schema.VarChar(65535)},
		{"char(5)", schema.Char(5)},
		{"array<struct<a:int,b:map<string,decimal(10,2)>>>", schema.Array(schema.Struct(
			schema.Field{Name: "a", Type: schema.Integer},
			schema.Field{Name: "b", Type: schema.Map(schema.String, schema.Numeric(10, 2))},
		))},
		{"uniontype<int,string>", schema.Union(schema.Integer, schema.String)},
		{"struct<>", schema.Struct()},
		{"struct < `a``b` : int, Two Words: date COMMENT 'it''s \\'so\\' \\\\ \\n', comment:string >", schema.Struct(
			schema.Field{Name: "a`b", Type: schema.Integer},
			schema.Field{Name: "Two Words", Type: schema.Date, Comment: `it's 'so' \ \n`},
			schema.Field{Name: "comment", Type: schema.String},
		)},
		{"enum('a', 'it''s', '')", schema.Enum("a", "it's", "")},
	}
	for _, tt := range tests {
		got, err := schema.ParseType(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("ParseType(%q): got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseTypeErrors(t *testing.T) {
	deep := strings.Repeat("array<", schema.MaxDepth)
	tests := []struct {
		text   string
		offset int
		reason string
	}{
		{"", 0, "want the name of a type"},
		{"real", 0, "want the name of a type"}, // of 32 bits here, of 64 there
		{"\u212aarray<int>", 0, "want the name of a type"},
		{"int int", 4, "want nothing more"},
		{"timestamp with time zone", 10, "want nothing more"},
		{"timestamp_ltz()", 14, "want a text in '"},
		{"timestamp_ltz('UTC'", 19, "want )"},
		{"timestamp('UTC')", 9, "want nothing more"},
		{"varchar", 7, "want ("},
		{"varchar()", 8, "want a number"},
		{"varchar(99999999999)", 8, "want a number"},
		{"char(5", 6, "want )"},
		{"array", 5, "want <"},
		{"array<>", 6, "want the name of a type"},
		{"array<int,int>", 14, "want one type in an array"},
		{"map<int>", 8, "want two types in a map"},
		{"struct<a>", 8, "want :"},
		{"struct<a:int", 12, "want >"},
		{"struct<`a:int>", 7, "want ` at the end, too"},
		{"struct<a:int comment>", 20, "want a text in '"},
		{"struct<:int>", 7, "want a field's name and a colon"},
		{"enum()", 5, "want a text in '"},
		{"map<int, decimal(0,0)>", 9, "want a precision from 1, and a scale from 0 to the precision"},
		{"decimal(2,3)", 0, "want a precision from 1, and a scale from 0 to the precision"},
		{"varchar(0)", 0, "want a length from 1"},
		{"struct<a:int,A:int>", 0, "field A is there twice"},
		{"struct<``:int>", 0, "want a name for every field"},
		{"enum('a','a')", 0, "value 'a' is there twice"},
		{deep + "int" + strings.Repeat(">", schema.MaxDepth), len(deep), "nested deeper than 100"},
	}
	for _, tt := range tests {
		got, err := schema.ParseType(tt.text)
		var typeErr *schema.TypeError
		if !errors.As(err, &typeErr) {
			t.Errorf("ParseType(%q): got %v, %v, want a *TypeError", tt.text, got, err)
			continue
		}
		want := schema.TypeError{Text: tt.text, Offset: tt.offset, Reason: tt.reason}
		if *typeErr != want {
			t.Errorf("ParseType(%q): got %+v, want %+v", tt.text, *typeErr, want)
		}
	}
}

// FuzzParseType: what is read is printed in a form that is read as the same type, and is one that CheckType accepts.
func FuzzParseType(f *testing.F) {
	for _, s := range []string{
		"decimal(10,2)", "double precision", "timestamp with local time zone", "uniontype<int,char(3)>",
		"array<struct<a:int comment 'x',`b c`:map<string,decimal(10,2)>>>", "enum('a','b')",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := schema.ParseType(s)
		if err != nil {
			var typeErr *schema.TypeError
			if !errors.As(err, &typeErr) || typeErr.Offset < 0 || typeErr.Offset > len(s) || typeErr.Text != s {
				t.Errorf("ParseType(%q): the error is %#v", s, err)
			}
			return
		}
		printed := parsed.String()
		again, err := schema.ParseType(printed)
		if err != nil || again != parsed {
			t.Errorf("ParseType(%q) is %q, which is read as %v, %v", s, printed, again, err)
		}
		if err := schema.CheckType(parsed); err != nil {
			t.Errorf("ParseType(%q): %v", s, err)
		}
	})
}

// TestTypesAreTheirText: for types of any kind, reading is the inverse of printing, and == compares them as their texts
// compare.
func TestTypesAreTheirText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	byText := map[string]schema.Type{}
	for range 20_000 {
		made := randomType(random, 4)
		text := made.String()
		read, err := schema.ParseType(text)
		if err != nil || read != made {
			t.Fatalf("%s is read as %v, %v", text, read, err)
		}
		if same, ok := byText[text]; ok && same != made {
			t.Fatalf("two types have the text %s", text)
		}
		byText[text] = made
	}
	byType := map[schema.Type]string{} // types are keys of maps
	for text, made := range byText {
		if other, ok := byType[made]; ok {
			t.Fatalf("%s and %s are equal", text, other)
		}
		byType[made] = text
	}
}

func randomType(r *rand.Rand, depth int) schema.Type {
	kinds := 10
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		precision := 1 + r.IntN(38)
		return schema.Numeric(precision, r.IntN(precision+1))
	case 1:
		return schema.VarChar(1 + r.IntN(3))
	case 2:
		return schema.Char(1 + r.IntN(3))
	case 5:
		return schema.Array(randomType(r, depth-1))
	case 6:
		return schema.Map(randomType(r, depth-1), randomType(r, depth-1))
	case 7:
		return schema.Struct(randomFields(r, depth-1)...)
	case 8:
		types := make([]schema.Type, 1+r.IntN(3))
		for i := range types {
			types[i] = randomType(r, depth-1)
		}
		return schema.Union(types...)
	case 9:
		return schema.Enum(randomText(r)+"1", randomText(r)+"2")
	}
	return schema.Basic(r.IntN(int(schema.Variant) + 1))
}

func randomFields(r *rand.Rand, depth int) []schema.Field {
	fields := make([]schema.Field, r.IntN(4))
	for i := range fields {
		name := randomText(r) + string(rune('a'+i)) // another one for each
		fields[i] = schema.Field{Name: name, Type: randomType(r, depth), Comment: randomText(r)}
	}
	return fields
}

func randomText(r *rand.Rand) string {
	const letters = "aZ_09 `'\\:,<>()\n\"é\x00"
	runes := []rune(letters)
	text := make([]rune, r.IntN(4))
	for i := range text {
		text[i] = runes[r.IntN(len(runes))]
	}
	return string(text)
}
