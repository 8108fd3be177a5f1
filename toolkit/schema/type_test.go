package schema_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

func TestTypesAreEqual(t *testing.T) {
	made := func(name, comment string) schema.Type {
		fields := []schema.Field{
			{Name: "a", Type: schema.Array(schema.Enum("x", "y"))},
			{Name: name, Type: schema.Union(schema.Integer, schema.Map(schema.String, schema.Numeric(10, 2))), Comment: comment},
		}
		return schema.Struct(fields...)
	}
	if made("b", "c") != made("b", "c") {
		t.Error("types that are made alike are not equal")
	}
	for _, other := range []schema.Type{made("B", "c"), made("b", ""), schema.Struct(), schema.String, nil} {
		if made("b", "c") == other {
			t.Errorf("%v is equal to %v", made("b", "c"), other)
		}
	}
	if schema.Type(schema.VarChar(2)) == schema.Char(2) {
		t.Error("varchar(2) is equal to char(2)")
	}
}

// TestTypesKeepNothing: what a type was made of and what it hands out can be changed without changing it.
func TestTypesKeepNothing(t *testing.T) {
	fields := []schema.Field{{Name: "a", Type: schema.Integer}}
	made := schema.Struct(fields...)
	fields[0].Name = "b"
	made.Fields()[0].Name = "c"
	if got, want := made.String(), "struct<a:int>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// listType is a type of a program that breaks the rule that types are comparable.
type listType []int

func (listType) String() string { return "list" }

// point is a type of a program that is stored as another one.
type point struct{ impl schema.Type }

func (point) String() string            { return "point" }
func (p point) Impl() schema.Type       { return p.impl }
func (point) ToDB(v any) (any, error)   { return fmt.Sprint(v), nil }
func (point) FromDB(v any) (any, error) { return v, nil }

var _ schema.Custom = point{}

func TestCheckType(t *testing.T) {
	deep := schema.Type(schema.Integer)
	for range schema.MaxDepth {
		deep = schema.Array(deep)
	}
	tests := []struct {
		typ  schema.Type
		want string // the reason, or "" if the type is good
	}{
		{schema.Variant, ""},
		{schema.Variant + 1, "no such type"},
		{schema.Numeric(38, 38), ""},
		{schema.Numeric(0, 0), "want a precision from 1, and a scale from 0 to the precision"},
		{schema.Numeric(2, -1), "want a precision from 1, and a scale from 0 to the precision"},
		{schema.Char(0), "want a length from 1"},
		{schema.Array(schema.VarChar(-1)), "want a length from 1"},
		{nil, "there is no type"},
		{schema.ArrayType{}, "there is no type"},
		{schema.Array(nil), "there is no type"},
		{schema.MapType{}, "there is no type"},
		{schema.Union(), "want a type"},
		{schema.UnionType{}, "want a type"},
		{schema.Union(schema.Integer, nil), "there is no type"},
		{schema.StructType{}, ""},
		{schema.Struct(schema.Field{Type: schema.Integer}), "want a name for every field"},
		{schema.Struct(schema.Field{Name: "a"}), "there is no type"},
		{schema.Enum(), "want a value"},
		{listType{1}, "schema_test.listType is not comparable"},
		{schema.Union(listType{1}), "schema_test.listType is not comparable"},
		{point{schema.String}, ""},
		{point{}, "there is no type"},
		{point{schema.Char(0)}, "want a length from 1"},
		{point{point{schema.String}}, "a custom type cannot be stored as another custom type"},
		{deep, "nested deeper than 100"},
		{deep.(schema.ArrayType).Elem(), ""},
	}
	for _, tt := range tests {
		got := ""
		var typeErr *schema.TypeError
		if err := schema.CheckType(tt.typ); errors.As(err, &typeErr) {
			got = typeErr.Reason
		} else if err != nil {
			t.Errorf("%v: the error is %#v", tt.typ, err)
		}
		if got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.typ, got, tt.want)
		}
	}
}
