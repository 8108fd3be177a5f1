package engine

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// setter puts a value, nil for NULL, where p points to. It is found once for a type, so that setting needs no
// reflection for the types that are common.
type setter func(p, v any) error

// errNull is the error of a NULL where none can be.
var errNull = errors.New("NULL")

// setters are those of the types that need no reflection.
var setters = map[reflect.Type]setter{
	reflect.TypeFor[any]():              func(p, v any) error { *p.(*any) = v; return nil },
	reflect.TypeFor[string]():           setBy(toText),
	reflect.TypeFor[bool]():             setBy(toBool),
	reflect.TypeFor[float64]():          setBy(toFloat),
	reflect.TypeFor[float32]():          setBy(toFloat32),
	reflect.TypeFor[int64]():            setBy(toInt),
	reflect.TypeFor[int]():              setBy(narrow[int]),
	reflect.TypeFor[int32]():            setBy(narrow[int32]),
	reflect.TypeFor[int16]():            setBy(narrow[int16]),
	reflect.TypeFor[int8]():             setBy(narrow[int8]),
	reflect.TypeFor[uint64]():           setBy(toUint),
	reflect.TypeFor[time.Time]():        setBy(toTime),
	reflect.TypeFor[schema.CivilDate](): setBy(toDate),
	reflect.TypeFor[schema.Decimal]():   setBy(toDecimal),
	reflect.TypeFor[[]byte](): func(p, v any) (err error) {
		if *p.(*[]byte) = nil; v != nil {
			*p.(*[]byte), err = toBytes(v)
		}
		return err
	},
}

func setBy[T any](convert func(any) (T, error)) setter {
	return func(p, v any) error {
		if v == nil {
			return errNull
		}
		t, err := convert(v)
		if err == nil {
			*p.(*T) = t
		}
		return err
	}
}

// narrow is a number as one of a smaller type.
func narrow[T int | int8 | int16 | int32](v any) (T, error) {
	n, err := toInt(v)
	if err == nil && int64(T(n)) != n {
		err = errRange
	}
	return T(n), err
}

var errRange = errors.New("it is out of range")

func toFloat32(v any) (float32, error) {
	f, err := toFloat(v)
	if err == nil && reflect.TypeFor[float32]().OverflowFloat(f) {
		err = errRange
	}
	return float32(f), err
}

var scannerType = reflect.TypeFor[sql.Scanner]()

// setterOf is the setter of a type, nil if a single value does not become one.
func setterOf(t reflect.Type) setter {
	if set := setters[t]; set != nil {
		return set
	}
	switch {
	case isNull(t):
		return setterOfNull(setterOf(t.Field(0).Type))
	case reflect.PointerTo(t).Implements(scannerType):
		return func(p, v any) error { return p.(sql.Scanner).Scan(driverValue(v)) }
	case t.Kind() == reflect.Pointer:
		return setterOfPointer(t.Elem(), setterOf(t.Elem()))
	}
	return setterOfKind(t)
}

// setterIn is the setter of a type for values of a column. If they are of a type of the program, they are also taken as
// they are.
func setterIn(c Column, t reflect.Type) setter {
	set := setterOf(t)
	if _, custom := c.Type.(schema.Custom); !custom {
		if set == nil && hasParts(c.Type) {
			set = setterOfParts(t)
		}
		return set
	}
	if set == nil && t.Kind() == reflect.Pointer {
		set = setterOfPointer(t.Elem(), setterIn(c, t.Elem()))
	}
	return func(p, v any) error {
		switch {
		case v != nil && reflect.TypeOf(v).AssignableTo(t):
			reflect.ValueOf(p).Elem().Set(reflect.ValueOf(v))
			return nil
		case set != nil:
			return set(p, v)
		case v == nil:
			return errNull
		}
		return errKind
	}
}

// isNull reports whether a type is an sql.Null[T].
func isNull(t reflect.Type) bool {
	return t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null[")
}

// setterOfNull does what Scan of an sql.Null does, for all types that have a setter.
func setterOfNull(set setter) setter {
	if set == nil {
		return nil
	}
	return func(p, v any) error {
		null := reflect.ValueOf(p).Elem()
		null.SetZero()
		if v == nil {
			return nil
		}
		null.FieldByName("Valid").SetBool(true)
		return set(null.FieldByName("V").Addr().Interface(), v)
	}
}

func setterOfPointer(to reflect.Type, set setter) setter {
	if set == nil {
		return nil
	}
	return func(p, v any) error {
		pointer := reflect.ValueOf(p).Elem()
		if v == nil {
			pointer.SetZero()
			return nil
		}
		value := reflect.New(to)
		pointer.Set(value)
		return set(value.Interface(), v)
	}
}

// setterOfKind sets named types, such as type Carrier string, and those that have no setter of their own.
func setterOfKind(t reflect.Type) setter {
	switch t.Kind() {
	case reflect.String:
		return setKind(toText, reflect.Value.SetString, nil)
	case reflect.Bool:
		return setKind(toBool, reflect.Value.SetBool, nil)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setKind(toInt, reflect.Value.SetInt, t.OverflowInt)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return setKind(toUint, reflect.Value.SetUint, t.OverflowUint)
	case reflect.Float32, reflect.Float64:
		return setKind(toFloat, reflect.Value.SetFloat, t.OverflowFloat)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return func(p, v any) error {
				var b []byte
				err := setters[reflect.TypeFor[[]byte]()](&b, v)
				reflect.ValueOf(p).Elem().SetBytes(b)
				return err
			}
		}
	}
	return nil
}

func setKind[T any](convert func(any) (T, error), set func(reflect.Value, T), overflows func(T) bool) setter {
	return func(p, v any) error {
		if v == nil {
			return errNull
		}
		t, err := convert(v)
		if err == nil && overflows != nil && overflows(t) {
			err = errRange
		}
		if err == nil {
			set(reflect.ValueOf(p).Elem(), t)
		}
		return err
	}
}

// driverValue is a value as a driver would give it, which a Scanner of the program understands.
func driverValue(v any) any {
	switch v := v.(type) {
	case schema.Decimal:
		return string(v)
	case schema.CivilDate:
		return time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC)
	}
	if isNested(v) {
		if text, err := nestedText(v, nil); err == nil {
			return text
		}
	}
	return v
}

// setError says of which column and row the error of a setter is.
func setError(err error, column string, row int64, v any, t reflect.Type) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNull):
		return &NullError{Column: column, Row: row, Type: t.String()}
	}
	return &ValueError{Column: column, Row: row, From: fmt.Sprintf("%T", v), To: t.String(), Err: withoutValue(err)}
}

// withoutValue is the error of a number that does not show it.
func withoutValue(err error) error {
	if number, ok := err.(*strconv.NumError); ok {
		return number.Err
	}
	return err
}
