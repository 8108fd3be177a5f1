package engine

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
)

// Into has the rows of a result become values of T as they are read. T is
//
//   - a struct, or a pointer to one: each column goes to the field whose tag says db:"name" or, without a tag, whose name
//     is that of the column in Go's spelling (DepDelay for dep_delay). Fields of embedded structs count as those of the
//     struct; db:"-" leaves a field out. A column without a field and a field without a column are a [*FieldsError].
//   - a map[string]any, as [Row.Map] makes it;
//   - any other type that [Get] has, but for structs and maps: the result must have one column.
func Into[T any](res *Result) *Typed[T] { return &Typed[T]{res: res, plan: planOf[T]} }

// All is the rest of the rows as values of T; see [Into].
func All[T any](ctx context.Context, res *Result) ([]T, error) { return Into[T](res).All(ctx) }

// One is the only row as a T; see [Into] and [Result.One].
func One[T any](ctx context.Context, res *Result) (T, error) { return Into[T](res).One(ctx) }

// Get is the value of one column as a T; see [Row.Get] for the key. T is a basic type or one of its kind, a
// [schema.CivilDate], a [schema.Decimal], a time.Time, a []byte, an any, an sql.Scanner, and an sql.Null or a pointer to
// one of these. An array becomes a slice of such types, a map a map, and a struct a struct by the rules of [Into]; as a
// text, and for an sql.Scanner, they are JSON. Numbers that lose digits that way are a [*ValueError], and NULL is a [*NullError] unless T has a place
// for it, as pointers, sql.Null, []byte and any have.
func Get[T any](row Row, key any) (T, error) {
	var v T
	i, err := row.place(key)
	if err != nil {
		return v, err
	}
	err = row.set(i, &v, reflect.TypeFor[T]())
	return v, err
}

// Scan puts the values of all columns where dest points to; see [Get] for the types.
func Scan(row Row, dest ...any) error {
	if len(dest) != row.Len() {
		return &WidthError{Got: row.Len(), Want: len(dest)}
	}
	for i, p := range dest {
		v := reflect.ValueOf(p)
		if v.Kind() != reflect.Pointer || v.IsNil() {
			return &FieldsError{Type: fmt.Sprintf("%T", p), Reason: "want a pointer to where a value goes"}
		}
		if err := row.set(i, p, v.Type().Elem()); err != nil {
			return err
		}
	}
	return nil
}

func (r Row) set(i int, p any, t reflect.Type) error {
	set := setterIn(r.head.columns[i], t)
	if set == nil {
		return &FieldsError{Type: t.String(), Reason: "a value does not become one; see engine.Get"}
	}
	return setError(set(p, r.values[i]), r.head.columns[i].Name, r.number, r.values[i], t)
}

// planOf says how a row becomes a T.
func planOf[T any](h *header) (plan[T], error) {
	t := reflect.TypeFor[T]()
	if set := setterOf(t); set != nil {
		if len(h.columns) != 1 {
			return plan[T]{}, &WidthError{Got: len(h.columns), Want: 1}
		}
		return scalarPlan[T](h, set), nil
	}
	switch {
	case t == reflect.TypeFor[map[string]any]():
		return plan[T]{make: makeMap[T](h)}, h.unique()
	case t.Kind() == reflect.Slice && len(h.columns) == 1 && hasParts(h.columns[0].Type):
		return scalarPlan[T](h, setterOfParts(t)), nil
	case t.Kind() == reflect.Struct:
		fields, err := fieldsOf(t, h)
		return plan[T]{func(values []any, number int64) (v T, err error) {
			return v, setFields(reflect.ValueOf(&v).Elem(), fields, values, number)
		}, fillerOf(h, t, fields)}, err
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		fields, err := fieldsOf(t.Elem(), h)
		return plan[T]{func(values []any, number int64) (v T, err error) {
			to := reflect.New(t.Elem())
			reflect.ValueOf(&v).Elem().Set(to)
			return v, setFields(to.Elem(), fields, values, number)
		}, fillerOfPointers(h, t.Elem(), fields)}, err
	}
	return plan[T]{}, &FieldsError{Type: t.String(), Reason: "a row does not become one; see engine.Into"}
}

// scalarPlan makes a T of the first column.
func scalarPlan[T any](h *header, set setter) plan[T] {
	t, c := reflect.TypeFor[T](), h.columns[0]
	return plan[T]{func(values []any, number int64) (v T, err error) {
		if err = set(&v, values[0]); err != nil {
			err = setError(err, c.Name, number, values[0], t)
		}
		return v, err
	}, fillerOf(h, t, []field{{typ: t, set: set}})}
}

func makeMap[T any](h *header) maker[T] {
	return func(values []any, number int64) (v T, err error) {
		*any(&v).(*map[string]any), err = Row{h, values, number}.Map()
		return v, err
	}
}

// field is where a column goes in a struct.
type field struct {
	index  []int
	name   string // of the column
	column int
	typ    reflect.Type
	set    setter
}

// fieldsOf finds the fields of the columns.
func fieldsOf(t reflect.Type, h *header) ([]field, error) {
	e := &FieldsError{Type: t.String()}
	owners := make([]string, len(h.columns))
	var fields []field
	for _, f := range columnFields(t) {
		name := f.Tag.Get("db")
		if name == "" {
			name = expr.SnakeCase(f.Name)
		}
		column, err := h.named(name)
		if ambiguous, ok := err.(*AmbiguousError); ok {
			return nil, ambiguous
		}
		if err != nil {
			e.Fields = append(e.Fields, f.Name)
			continue
		}
		set := setterIn(h.columns[column], f.Type)
		switch {
		case set == nil:
			e.Reason = fmt.Sprintf("field %s is a %s, which no value becomes; leave it out by db:\"-\"", f.Name, f.Type)
			return nil, e
		case owners[column] != "":
			e.Reason = fmt.Sprintf("the fields %s and %s both want column %q", owners[column], f.Name, name)
			return nil, e
		}
		owners[column] = f.Name
		fields = append(fields, field{f.Index, h.columns[column].Name, column, f.Type, set})
	}
	for i, owner := range owners {
		if owner == "" {
			e.Columns = append(e.Columns, h.columns[i].Name)
		}
	}
	if len(e.Columns) > 0 || len(e.Fields) > 0 {
		return nil, e
	}
	return fields, nil
}

// columnFields are the fields of a struct that want a column, those of embedded structs too.
func columnFields(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	var out [][]int // what is below these belongs to them, or to nothing
	for _, f := range reflect.VisibleFields(t) {
		within := func(index []int) bool {
			return len(index) < len(f.Index) && slices.Equal(index, f.Index[:len(index)])
		}
		tag := f.Tag.Get("db")
		switch {
		case slices.ContainsFunc(out, within):
		case tag == "-":
			out = append(out, f.Index)
		case f.Anonymous && tag == "" && isStruct(f.Type):
			if f.Type.Kind() == reflect.Pointer && !f.IsExported() {
				out = append(out, f.Index) // nothing can be put there
			}
		case f.IsExported():
			fields, out = append(fields, f), append(out, f.Index)
		}
	}
	return fields
}

// isStruct reports whether a type is a struct whose fields are columns, or a pointer to one.
func isStruct(t reflect.Type) bool {
	if setterOf(t) != nil {
		return false
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

func setFields(to reflect.Value, fields []field, values []any, number int64) error {
	for i := range fields {
		f := &fields[i]
		v := values[f.column]
		if err := f.set(fieldAt(to, f.index).Addr().Interface(), v); err != nil {
			return setError(err, f.name, number, v, f.typ)
		}
	}
	return nil
}

// fieldAt is a field of a struct. Embedded structs on the way to it are made.
func fieldAt(to reflect.Value, index []int) reflect.Value {
	for _, at := range index {
		if to.Kind() == reflect.Pointer {
			if to.IsNil() {
				to.Set(reflect.New(to.Type().Elem()))
			}
			to = to.Elem()
		}
		to = to.Field(at)
	}
	return to
}

// FieldsError reports a type of Go that rows, or a value, do not become.
type FieldsError struct {
	Type    string
	Columns []string // that no field wants
	Fields  []string // that no column is for
	Reason  string   // if it is neither
}

func (e *FieldsError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("engine: %s: %s", e.Type, e.Reason)
	}
	var parts []string
	if len(e.Columns) > 0 {
		parts = append(parts, "no field is for the columns "+strings.Join(e.Columns, ", "))
	}
	if len(e.Fields) > 0 {
		parts = append(parts, "no column is for the fields "+strings.Join(e.Fields, ", "))
	}
	return fmt.Sprintf("engine: %s: %s; select what it needs, and leave fields out by db:\"-\"", e.Type, strings.Join(parts, ", and "))
}
