package engine

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Decoders finds, for a column of a result, what makes a Go value of one of the driver's, which is not NULL; nil leaves
// them as they are. Its part are values for which the driver has nothing but a text: an array is to become a []any, a
// struct a map[string]any, a map one too if all its keys are strings, and else a map[any]any, with parts of the types
// that [Row.At] has.
type Decoders func(c Column) func(v any) (any, error)

// PartError tells in which part of an array, a map or a struct an error is.
type PartError struct {
	Path string // such as [2].name
	Err  error
}

func (e *PartError) Error() string { return "at " + e.Path + ": " + e.Err.Error() }

func (e *PartError) Unwrap() error { return e.Err }

// inPart says that an error is of a part, which is wanted as a type.
func inPart(err error, path string, t reflect.Type) error {
	if err == nil {
		return nil
	}
	if below, ok := err.(*PartError); ok {
		return &PartError{path + below.Path, below.Err}
	}
	if errors.Is(err, errNull) {
		err = fmt.Errorf("it is NULL, which %s cannot be; take a *%[1]s", t)
	}
	return &PartError{path, withoutValue(err)}
}

// decodeParts is the decoder of values that have parts of these types, nil if it would change nothing.
func decodeParts(t schema.Type) decoder {
	switch t := t.(type) {
	case schema.ArrayType:
		return decodeArray(decoderOf(t.Elem()))
	case schema.MapType:
		return decodeMap(decoderOf(t.Key()), func(any) decoder { return decoderOf(t.Value()) })
	case schema.StructType:
		byName := map[string]decoder{}
		for _, f := range t.Fields() {
			byName[strings.ToLower(f.Name)] = decoderOf(f.Type)
		}
		return decodeMap(nil, func(key any) decoder { return byName[strings.ToLower(fmt.Sprint(key))] })
	}
	return nil
}

func decodeArray(elem decoder) decoder {
	if elem == nil {
		return nil
	}
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return v, nil
		}
		decoded := make([]any, len(list))
		for i := range list {
			var err error
			if decoded[i], err = elem(list[i]); err != nil {
				return nil, &PartError{fmt.Sprintf("[%d]", i), err}
			}
		}
		return decoded, nil
	}
}

// decodeMap is for maps of all kinds. A key that does not become one of a Go map stays.
func decodeMap(key decoder, value func(key any) decoder) decoder {
	part := func(k, v any) (any, any, error) {
		path := fmt.Sprintf("[%v]", k)
		if decode := value(k); decode != nil {
			var err error
			if v, err = decode(v); err != nil {
				return nil, nil, &PartError{path, err}
			}
		}
		if key != nil {
			decoded, err := key(k)
			if err != nil {
				return nil, nil, &PartError{path, err}
			}
			if reflect.ValueOf(decoded).Comparable() {
				k = decoded
			}
		}
		return k, v, nil
	}
	return func(v any) (any, error) {
		switch m := v.(type) {
		case map[string]any:
			decoded := make(map[string]any, len(m))
			for k, v := range m {
				_, v, err := part(k, v)
				if err != nil {
					return nil, err
				}
				decoded[k] = v
			}
			return decoded, nil
		case map[any]any:
			decoded := make(map[any]any, len(m))
			for k, v := range m {
				k, v, err := part(k, v)
				if err != nil {
					return nil, err
				}
				decoded[k] = v
			}
			return decoded, nil
		}
		return v, nil
	}
}

// hasParts reports whether values of a column may have parts: they have by their type, or it is not known.
func hasParts(t schema.Type) bool {
	switch t.(type) {
	case nil, schema.ArrayType, schema.MapType, schema.StructType, schema.UnionType:
		return true
	}
	return t == schema.JSON || t == schema.Variant
}

// setterOfParts is the setter of a type for a value or a part of one, nil if there is none. What is below is looked at
// when it is needed: a type may be a part of itself.
func setterOfParts(t reflect.Type) setter {
	if set := setterOf(t); set != nil {
		return set
	}
	switch t.Kind() {
	case reflect.Slice:
		return setSlice(t, laterOf(t.Elem()))
	case reflect.Map:
		return setMap(t, laterOf(t.Key()), laterOf(t.Elem()))
	case reflect.Struct:
		fields := sync.OnceValue(func() []partField { return partFields(t) })
		return func(p, v any) error { return setStruct(reflect.ValueOf(p).Elem(), fields(), v) }
	case reflect.Pointer:
		switch t.Elem().Kind() {
		case reflect.Slice, reflect.Map, reflect.Struct:
			return setterOfPointer(t.Elem(), setterOfParts(t.Elem()))
		}
	}
	return nil
}

func laterOf(t reflect.Type) setter {
	find := sync.OnceValue(func() setter { return setterOfParts(t) })
	return func(p, v any) error {
		if set := find(); set != nil {
			return set(p, v)
		}
		return &FieldsError{Type: t.String(), Reason: "a value does not become one; see engine.Get"}
	}
}

func setSlice(t reflect.Type, elem setter) setter {
	return func(p, v any) error {
		to, from := reflect.ValueOf(p).Elem(), reflect.ValueOf(v)
		if v == nil {
			to.SetZero()
			return nil
		}
		if from.Kind() != reflect.Slice {
			return errKind
		}
		list := reflect.MakeSlice(t, from.Len(), from.Len())
		for i := range from.Len() {
			if err := elem(list.Index(i).Addr().Interface(), from.Index(i).Interface()); err != nil {
				return inPart(err, fmt.Sprintf("[%d]", i), t.Elem())
			}
		}
		to.Set(list)
		return nil
	}
}

func setMap(t reflect.Type, key, value setter) setter {
	return func(p, v any) error {
		to, from := reflect.ValueOf(p).Elem(), reflect.ValueOf(v)
		if v == nil {
			to.SetZero()
			return nil
		}
		if from.Kind() != reflect.Map {
			return errKind
		}
		m := reflect.MakeMapWithSize(t, from.Len())
		for entries := from.MapRange(); entries.Next(); {
			k, v, path := reflect.New(t.Key()), reflect.New(t.Elem()), fmt.Sprintf("[%v]", entries.Key())
			if err := key(k.Interface(), entries.Key().Interface()); err != nil {
				return inPart(err, "the key "+path, t.Key())
			}
			if err := value(v.Interface(), entries.Value().Interface()); err != nil {
				return inPart(err, path, t.Elem())
			}
			if !k.Elem().Comparable() {
				return inPart(errors.New("it is no key of a Go map"), "the key "+path, t.Key())
			}
			m.SetMapIndex(k.Elem(), v.Elem())
		}
		to.Set(m)
		return nil
	}
}

// partField is where a field of a struct goes in one of Go.
type partField struct {
	name  string
	index []int
	typ   reflect.Type
	set   setter
}

// partFields are found by the names that those of a row have.
func partFields(t reflect.Type) []partField {
	var fields []partField
	for _, f := range columnFields(t) {
		name := f.Tag.Get("db")
		if name == "" {
			name = expr.SnakeCase(f.Name)
		}
		fields = append(fields, partField{name, f.Index, f.Type, laterOf(f.Type)})
	}
	return fields
}

// setStruct sets a field for each part, and a part for each field, as it is with columns.
func setStruct(to reflect.Value, fields []partField, v any) error {
	parts, ok := v.(map[string]any)
	switch {
	case v == nil:
		return errNull
	case !ok:
		return errKind
	}
	left := make(map[string]any, len(parts))
	for name, part := range parts {
		left[strings.ToLower(name)] = part
	}
	e := &FieldsError{Type: to.Type().String()}
	for _, f := range fields {
		part, ok := left[strings.ToLower(f.name)]
		if !ok {
			e.Fields = append(e.Fields, f.name)
			continue
		}
		delete(left, strings.ToLower(f.name))
		if err := f.set(fieldAt(to, f.index).Addr().Interface(), part); err != nil {
			return inPart(err, "."+f.name, f.typ)
		}
	}
	for name := range left {
		e.Columns = append(e.Columns, name)
	}
	if len(e.Fields)+len(e.Columns) == 0 {
		return nil
	}
	slices.Sort(e.Columns)
	return e
}

// isNested reports whether a value has parts.
func isNested(v any) bool {
	switch v.(type) {
	case []any, map[string]any, map[any]any:
		return true
	}
	return false
}

// nestedText is a value with parts as JSON.
func nestedText(v any, t schema.Type) (string, error) {
	var b bytes.Buffer
	if err := appendJSONValue(&b, v, t); err != nil {
		return "", err
	}
	return b.String(), nil
}

// appendNested appends an array or an object, whose keys are in order.
func appendNested(b *bytes.Buffer, v any, t schema.Type) error {
	list, ok := v.([]any)
	if !ok {
		return appendObject(b, v, t)
	}
	b.WriteByte('[')
	for i, elem := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := appendJSONValue(b, elem, partType(t, "")); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func appendObject(b *bytes.Buffer, v any, t schema.Type) error {
	values := map[string]any{}
	var names []string
	for entries := reflect.ValueOf(v).MapRange(); entries.Next(); {
		name := text(entries.Key().Interface(), nil)
		names, values[name] = append(names, name), entries.Value().Interface()
	}
	slices.Sort(names)
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := appendJSON(b, name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := appendJSONValue(b, values[name], partType(t, name)); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// partType is the type of a part, nil if it is not known.
func partType(t schema.Type, name string) schema.Type {
	switch t := t.(type) {
	case schema.ArrayType:
		return t.Elem()
	case schema.MapType:
		return t.Value()
	case schema.StructType:
		for _, f := range t.Fields() {
			if strings.EqualFold(f.Name, name) {
				return f.Type
			}
		}
	}
	return nil
}
