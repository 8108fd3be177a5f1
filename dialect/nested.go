package dialect

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

// literal is a piece of HiveQL that is a value.
type literal string

// HiveLiteral has the renderer of values take the text as it is.
func (l literal) HiveLiteral() (string, error) { return string(l), nil }

func isNested(t schema.Type) bool {
	switch t.(type) {
	case schema.ArrayType, schema.MapType, schema.StructType, schema.UnionType:
		return true
	}
	return false
}

// exactly is a value as an expression that is of the type to the last element. Hive takes no ARRAY<INT> for an
// ARRAY<BIGINT>, and converts no element when one is inserted, not even NULL to a type. A union has no such expression.
func (d *Hive) exactly(v any, t schema.Type) (literal, error) {
	if custom, ok := t.(schema.Custom); ok {
		stored, err := custom.ToDB(v)
		if err != nil {
			return "", err
		}
		return d.exactly(stored, custom.Impl())
	}
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if missing(rv) {
		return d.exactNull(t)
	}
	switch t := t.(type) {
	case schema.ArrayType:
		return d.exactArray(rv, t)
	case schema.MapType:
		return d.exactMap(rv, t)
	case schema.StructType:
		return d.exactStruct(rv, t)
	case schema.UnionType:
		return "", unfit(rv, t)
	}
	return d.exactScalar(rv.Interface(), t)
}

func missing(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	}
	return false
}

// exactNull is NULL of a type. No version can CAST to a nested one and get a value back, so that a condition that is
// never true has to tell the type.
func (d *Hive) exactNull(t schema.Type) (literal, error) {
	if !isNested(t) {
		return d.castTo("NULL", t)
	}
	sample, err := d.sample(t)
	return "if(false, " + sample + ", NULL)", err
}

// sample is some value of a type.
func (d *Hive) sample(t schema.Type) (literal, error) {
	switch t := t.(type) {
	case schema.ArrayType:
		elem, err := d.sample(t.Elem())
		return "array(" + elem + ")", err
	case schema.MapType:
		key, err := d.sample(t.Key())
		if err != nil {
			return "", err
		}
		value, err := d.sample(t.Value())
		return "map(" + key + ", " + value + ")", err
	case schema.StructType:
		return d.namedStruct(t, func(f schema.Field) (literal, error) { return d.sample(f.Type) })
	case schema.UnionType:
		return "", &compile.LiteralError{Type: "NULL", Reason: "a union has none"}
	}
	return d.castTo("NULL", t)
}

func (d *Hive) castTo(text literal, t schema.Type) (literal, error) {
	name, err := d.TypeName(t)
	return "CAST(" + text + " AS " + literal(name) + ")", err
}

// exactScalar is a value that is no nested one.
func (d *Hive) exactScalar(v any, t schema.Type) (literal, error) {
	text, err := d.AppendLiteral(nil, v, t)
	if err != nil {
		return "", err
	}
	switch t {
	case schema.String, schema.Boolean, schema.Integer, schema.Double, schema.Date, schema.Timestamp, schema.Binary:
		return literal(text), nil
	}
	return d.castTo(literal(text), t)
}

func (d *Hive) exactArray(v reflect.Value, t schema.ArrayType) (literal, error) {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return "", unfit(v, t)
	}
	if v.Len() == 0 && d.version != Spark35 && t.Elem() != schema.Type(schema.String) {
		return "", &compile.LiteralError{Type: v.Type().String(), Reason: "an empty " + t.String() + " has none; NULL has one"}
	}
	list := make([]string, v.Len())
	for i := range list {
		elem, err := d.exactly(v.Index(i).Interface(), t.Elem())
		if err != nil {
			return "", err
		}
		list[i] = string(elem)
	}
	return literal("array(" + strings.Join(list, ", ") + ")"), nil
}

// exactMap is a map. Its entries are in the order of their texts, so that equal maps have equal texts.
func (d *Hive) exactMap(v reflect.Value, t schema.MapType) (literal, error) {
	if v.Kind() != reflect.Map {
		return "", unfit(v, t)
	}
	if v.Len() == 0 && d.version != Spark35 && t != schema.Map(schema.String, schema.String) {
		return "", &compile.LiteralError{Type: v.Type().String(), Reason: "an empty " + t.String() + " has none; NULL has one"}
	}
	entries := map[string]string{}
	for _, k := range v.MapKeys() {
		key, err := d.exactly(k.Interface(), t.Key())
		if err != nil {
			return "", err
		}
		value, err := d.exactly(v.MapIndex(k).Interface(), t.Value())
		if err != nil {
			return "", err
		}
		entries[string(key)] = string(value)
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		list = append(list, key, entries[key])
	}
	return literal("map(" + strings.Join(list, ", ") + ")"), nil
}

// exactStruct is a struct, of a map by the names of the fields, or of a struct of Go with as many fields. Names that a
// map does not have are NULL.
func (d *Hive) exactStruct(v reflect.Value, t schema.StructType) (literal, error) {
	fields := t.Fields()
	switch {
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		for _, k := range v.MapKeys() {
			if !slices.ContainsFunc(fields, func(f schema.Field) bool { return f.Name == k.String() }) {
				return "", &compile.LiteralError{Type: v.Type().String(), Reason: t.String() + " has no field for one of its keys"}
			}
		}
		return d.namedStruct(t, func(f schema.Field) (literal, error) {
			value := v.MapIndex(reflect.ValueOf(f.Name).Convert(v.Type().Key()))
			if !value.IsValid() {
				return d.exactNull(f.Type)
			}
			return d.exactly(value.Interface(), f.Type)
		})
	case v.Kind() == reflect.Struct && v.NumField() == len(fields):
		next := -1
		return d.namedStruct(t, func(f schema.Field) (literal, error) {
			next++
			if !v.Type().Field(next).IsExported() {
				return "", unfit(v, t)
			}
			return d.exactly(v.Field(next).Interface(), f.Type)
		})
	}
	return "", unfit(v, t)
}

func (d *Hive) namedStruct(t schema.StructType, value func(schema.Field) (literal, error)) (literal, error) {
	var list []string
	for _, f := range t.Fields() {
		name, err := d.AppendLiteral(nil, f.Name, schema.String)
		if err != nil {
			return "", err
		}
		x, err := value(f)
		if err != nil {
			return "", err
		}
		list = append(list, string(name), string(x))
	}
	return literal("named_struct(" + strings.Join(list, ", ") + ")"), nil
}

func unfit(v reflect.Value, t schema.Type) error {
	return &compile.LiteralError{Type: fmt.Sprint(v.Type()), Reason: "it is no value of " + t.String()}
}
