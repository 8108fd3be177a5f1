package expr

import (
	"fmt"
	"reflect"
	"slices"
)

// Assignment gives a column a value, in an INSERT or an UPDATE: Flights.Month.To(6), or To(Flights.Month, x) for an
// expression x.
type Assignment struct {
	Column *Term
	X      *Term
}

func (a Assignment) shape(s *Shape) {
	s.Term(a.Column)
	s.Term(a.X)
}

func addAssignments(list, more []Assignment) []Assignment {
	list = slices.Grow(slices.Clip(list), len(more))
	for _, a := range more {
		list = append(list, Assignment{a.Column.term(), a.X.term()})
	}
	return list
}

// To gives the column a value.
func (c Comparable[V]) To(v V) Assignment { return c.term().to(v) }

// ToPtr gives the column the value *v, or NULL if v is nil.
func (c Comparable[V]) ToPtr(v *V) Assignment {
	if v == nil {
		return c.ToNull()
	}
	return c.To(*v)
}

// To gives the column the elements of a slice.
func (a Array[E]) To(slice any) Assignment { return a.term().to(slice) }

// To gives the column the entries of a map of Go.
func (m Map[K, E]) To(entries any) Assignment { return m.term().to(entries) }

// To gives the column the fields of a struct of Go, or of a map by the names of the fields.
func (x Struct) To(fields any) Assignment { return x.term().to(fields) }

// ToNull makes the column NULL.
func (t *Term) ToNull() Assignment { return t.term().to(nil) }

func (t *Term) to(v any) Assignment { return Assignment{t, newValue(v, t.Type)} }

// To gives a column the value of an expression.
func To[E Kind[E]](column, x E) Assignment { return Assignment{column.term(), x.term()} }

// assigned is the assignment of a value, or an expression, to a column by its name.
func assigned(target *Source, name string, v any) Assignment {
	column := Col[Any](target, name).Term
	return Assignment{column, valueTerm(v, column)}
}

// valueTerm is v as an expression, of the type of column if it is a value.
func valueTerm(v any, column *Term) *Term {
	if e, ok := v.(Expr); ok {
		return paramLike(e.term(), column)
	}
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer {
		v = nil
		if !p.IsNil() {
			v = p.Elem().Interface()
		}
	}
	return newValue(v, column.Type)
}

// fieldValues are the assignments that a struct of Go makes: those of its exported fields. Their columns are named by
// the tag col, or else as in [Declare]; a field with the tag col:"-" is no column.
func fieldValues(target *Source, row any) []Assignment {
	v := reflect.ValueOf(row)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		err := &ArgumentError{"expr.InsertStructs", fmt.Sprintf("%T is not a struct", row)}
		return []Assignment{{Column: fault(err), X: fault(err)}}
	}
	var list []Assignment
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _ := columnName(f)
		if !f.IsExported() || f.Anonymous || name == "-" {
			continue
		}
		list = append(list, assigned(target, name, v.FieldByIndex(f.Index).Interface()))
	}
	return list
}
