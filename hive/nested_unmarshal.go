package hive

import (
	"database/sql"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// store reads a value into dst, which can be set and addressed.
func (r *nestedReader) store(dst reflect.Value, t *nestedType, end nestedEnd) error {
	pos := skipBlanks(r.s, r.i)
	switch p := dst.Addr().Interface().(type) {
	case *any:
		v, err := r.decode(t, end)
		*p = v
		return err
	case *Nested:
		s, err := r.whole(t, end)
		*p = Nested{Raw: r.s[s.pos:r.i], Location: r.loc, Unescaped: r.plain}
		if t != nil {
			p.Type = t.text
		}
		return err
	case sql.Scanner:
		s, err := r.whole(t, end)
		if err == nil {
			err = r.scan(p, t, s)
		}
		return err
	}
	if r.takeNull(end) {
		switch dst.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			dst.SetZero()
			return nil
		}
		return r.fail(pos, fmt.Errorf("NULL does not go into %s: use a pointer or sql.Null", dst.Type()))
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		return r.store(dst.Elem(), t, end)
	}
	if r.bracket(t) != 0 {
		return r.storeNested(dst, t)
	}
	s, err := r.scalar(t, end)
	if err != nil {
		return err
	}
	if err = r.storeScalar(dst, s.value(t)); err != nil {
		return r.fail(s.pos, err)
	}
	return nil
}

// whole reads a value of any kind; of a nested one it gives the raw text.
func (r *nestedReader) whole(t *nestedType, end nestedEnd) (nestedScalar, error) {
	if r.bracket(t) == 0 {
		return r.scalar(t, end)
	}
	start := skipBlanks(r.s, r.i)
	err := r.skip(t, end)
	return nestedScalar{raw: r.s[start:r.i], pos: start}, err
}

func (r *nestedReader) scan(dst sql.Scanner, t *nestedType, s nestedScalar) error {
	var src any
	if !s.null() {
		src = s.value(t)
		switch dst.(type) {
		case *sql.NullTime, *sql.Null[time.Time]: // they do not read text
			v, err := r.parseTime(s.trimmed())
			if err != nil {
				return r.fail(s.pos, err)
			}
			src = v
		}
	}
	if err := dst.Scan(src); err != nil {
		return r.fail(s.pos, err)
	}
	return nil
}

func (r *nestedReader) storeScalar(dst reflect.Value, text string) error {
	switch p := dst.Addr().Interface().(type) {
	case *time.Time:
		v, err := r.parseTime(strings.TrimSpace(text))
		*p = v
		return err
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(text))
	}
	number := strings.TrimSpace(text)
	switch kind := dst.Kind(); {
	case kind == reflect.String:
		dst.SetString(text)
	case kind == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8:
		dst.SetBytes([]byte(text))
	case kind == reflect.Bool:
		v, err := parseNestedBool(number)
		dst.SetBool(v)
		return err
	case dst.CanInt():
		v, err := parseNestedInt(number, dst.Type().Bits())
		dst.SetInt(v)
		return err
	case dst.CanUint():
		v, err := strconv.ParseUint(number, 10, dst.Type().Bits())
		dst.SetUint(v)
		if err != nil {
			return fmt.Errorf("want a whole number from 0 of %d bits", dst.Type().Bits())
		}
	case dst.CanFloat():
		v, err := parseNestedFloat(number, dst.Type().Bits())
		dst.SetFloat(v)
		return err
	default:
		return fmt.Errorf("a scalar does not go into %s", dst.Type())
	}
	return nil
}

// storeNested stores an array, map, struct or union.
func (r *nestedReader) storeNested(dst reflect.Value, t *nestedType) (err error) {
	pos := skipBlanks(r.s, r.i)
	array := r.bracket(t) == '['
	switch p := dst.Addr().Interface().(type) {
	case *Map:
		if !array {
			*p, err = r.decodeMap(t)
			return err
		}
	case *Union:
		if !array {
			if !t.is(KindUnion) {
				t = &nestedType{Type: Type{Kind: KindUnion}}
			}
			*p, err = r.decodeUnion(t)
			return err
		}
	case *time.Time: // a struct, but not by its fields
	default:
		switch kind := dst.Kind(); {
		case array && kind == reflect.Slice:
			return r.storeSlice(dst, t)
		case !array && kind == reflect.Map:
			return r.storeMap(dst, t)
		case !array && kind == reflect.Struct:
			return r.storeStruct(dst, t)
		}
	}
	return r.fail(pos, fmt.Errorf("a nested value does not go into %s", dst.Type()))
}

func (r *nestedReader) storeSlice(dst reflect.Value, t *nestedType) error {
	list := reflect.MakeSlice(dst.Type(), 0, 0)
	zero := reflect.Zero(dst.Type().Elem())
	err := r.array(t, func(t *nestedType, end nestedEnd) error {
		list = reflect.Append(list, zero)
		return r.store(list.Index(list.Len()-1), t, end)
	})
	dst.Set(list)
	return err
}

func (r *nestedReader) storeMap(dst reflect.Value, t *nestedType) error {
	dst.Set(reflect.MakeMap(dst.Type()))
	var key reflect.Value
	return r.object(t, func(t *nestedType, end nestedEnd) error {
		pos := r.i
		key = reflect.New(dst.Type().Key()).Elem()
		err := r.store(key, t, end)
		if err == nil && !key.Comparable() {
			err = r.fail(pos, errors.New("a nested value cannot be the key of a Go map: use hive.Map"))
		}
		return err
	}, func(t *nestedType, end nestedEnd) error {
		value := reflect.New(dst.Type().Elem()).Elem()
		err := r.store(value, t, end)
		dst.SetMapIndex(key, value)
		return err
	})
}

func (r *nestedReader) storeStruct(dst reflect.Value, t *nestedType) error {
	fields := r.fieldsOf(dst.Type())
	field, known := 0, false
	return r.object(t, func(t *nestedType, end nestedEnd) error {
		name, err := r.whole(t, end)
		if err == nil && !name.quoted {
			err = r.fail(name.pos, fmt.Errorf("want the name of a field of %s", dst.Type()))
		}
		field, known = fields[strings.ToLower(name.text())]
		return err
	}, func(t *nestedType, end nestedEnd) error {
		if !known {
			return r.skip(t, end)
		}
		return r.store(dst.Field(field), t, end)
	})
}

// fieldsOf maps names in lower case, as Hive folds them, to the indexes of exported fields.
func (r *nestedReader) fieldsOf(t reflect.Type) map[string]int {
	if fields, ok := r.fields[t]; ok {
		return fields
	}
	fields := map[string]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Name
		if tag := f.Tag.Get("hive"); tag != "" {
			name = tag
		}
		if f.IsExported() && name != "-" {
			fields[strings.ToLower(name)] = i
		}
	}
	if r.fields == nil {
		r.fields = map[reflect.Type]map[string]int{}
	}
	r.fields[t] = fields
	return fields
}
