package engine

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Column is a column of a result.
type Column struct {
	// Name is the one that the statement gives the column or, if it was not compiled from a tree, the server, without
	// that of a table before it. See [Options] for names as they come.
	Name         string
	ServerName   string      // as the server gave it
	DatabaseType string      // as the driver names it; "" if it does not
	Type         schema.Type // as the statement or the driver tells; nil if it is not known

	term *expr.Term // nil unless it was compiled from a tree
}

// header is what the rows of a result have in common. It does not change.
type header struct {
	columns []Column
	decode  []decoding            // of the columns; nil if none needs it
	labels  func() map[string]int // the columns of the names that are there once
}

func newHeader(columns []Column, decode []decoding) *header {
	return &header{columns, decode, sync.OnceValue(func() map[string]int {
		labels := make(map[string]int, len(columns))
		for i, c := range columns {
			if _, twice := labels[c.Name]; twice {
				i = -1
			}
			labels[c.Name] = i
		}
		maps.DeleteFunc(labels, func(_ string, i int) bool { return i < 0 })
		return labels
	})}
}

// decoded is the header of rows whose values are decoded already.
func (h *header) decoded() *header { return &header{columns: h.columns, labels: h.labels} }

// describe puts together what the server and the statement tell of the columns.
func describe(columns []Column, expected []compile.ResultColumn, raw bool) ([]Column, error) {
	if expected != nil && len(expected) != len(columns) {
		return nil, &WidthError{Got: len(columns), Want: len(expected)}
	}
	columns = slices.Clone(columns)
	for i := range columns {
		c := &columns[i]
		c.ServerName = c.Name
		if !raw {
			c.Name = withoutTable(c.Name)
		}
		if expected == nil {
			continue
		}
		e := expected[i]
		if c.term = e.Term; e.Name != "" && !raw {
			c.Name = e.Name
		}
		if e.Type != nil {
			c.Type = e.Type
		}
	}
	return columns, nil
}

// withoutTable is the last part of a name such as t.a. Other texts with a dot, such as max(t.a) and 1.5, stay.
func withoutTable(name string) string {
	parts := strings.Split(name, ".")
	if !slices.ContainsFunc(parts, notPlain) {
		return parts[len(parts)-1]
	}
	return name
}

func notPlain(part string) bool {
	for i, r := range part {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return true
		}
	}
	return part == ""
}

// find is the place of a column. A key is its position, its name, or its expression in the statement.
func (h *header) find(key any) (int, error) {
	switch key := key.(type) {
	case string:
		return h.named(key)
	case int:
		if key >= 0 && key < len(h.columns) {
			return key, nil
		}
	case expr.Expr:
		if i := h.selected(expr.TermOf(key)); i >= 0 {
			return i, nil
		}
		return 0, &KeyError{Key: "the expression " + expr.NameOf(expr.TermOf(key)), Known: h.names()}
	}
	return 0, &KeyError{Key: fmt.Sprintf("%T %v", key, key), Known: h.names()}
}

// named prefers the name of a column to that on the server, and one in the same case to one that is not.
func (h *header) named(name string) (int, error) {
	if i, ok := h.labels()[name]; ok {
		return i, nil
	}
	for _, same := range []func(c Column) bool{
		func(c Column) bool { return c.Name == name },
		func(c Column) bool { return c.ServerName == name },
		func(c Column) bool { return strings.EqualFold(c.Name, name) },
		func(c Column) bool { return strings.EqualFold(c.ServerName, name) },
	} {
		i := slices.IndexFunc(h.columns, same)
		if i < 0 {
			continue
		}
		e := &AmbiguousError{Name: name}
		for j, c := range h.columns {
			if same(c) {
				e.Columns = append(e.Columns, fmt.Sprintf("%d (%s)", j, c.ServerName))
			}
		}
		if len(e.Columns) > 1 {
			return 0, e
		}
		return i, nil
	}
	return 0, &KeyError{Key: fmt.Sprintf("%q", name), Known: h.names()}
}

// selected is the first column that has the values of an expression, -1 if there is none.
func (h *header) selected(t *expr.Term) int {
	for _, same := range []func(c *expr.Term) bool{
		func(c *expr.Term) bool { return c == t },
		func(c *expr.Term) bool { return sameColumn(c, t) || sameColumn(unlabeled(c), t) },
		func(c *expr.Term) bool { return sameTree(c, t) },
		func(c *expr.Term) bool { return sameTree(unlabeled(c), t) },
	} {
		if i := slices.IndexFunc(h.columns, func(c Column) bool { return c.term != nil && same(c.term) }); i >= 0 {
			return i
		}
	}
	return -1
}

func unlabeled(t *expr.Term) *expr.Term {
	if l, ok := t.Node.(*expr.Labeled); ok {
		return l.X
	}
	return t
}

func sameColumn(a, b *expr.Term) bool {
	x, ok1 := a.Node.(*expr.Column)
	y, ok2 := b.Node.(*expr.Column)
	return ok1 && ok2 && x.Name == y.Name && x.Source.Same(y.Source)
}

// sameTree reports whether two expressions have the same structure and the same values.
func sameTree(a, b *expr.Term) bool {
	var s, t expr.Shape
	s.Term(a)
	t.Term(b)
	return !s.Opaque() && bytes.Equal(s.Key(), t.Key()) &&
		slices.EqualFunc(s.Values(), t.Values(), func(v, w *expr.Value) bool { return reflect.DeepEqual(v.V, w.V) })
}

func (h *header) names() []string {
	names := make([]string, len(h.columns))
	for i, c := range h.columns {
		names[i] = c.Name
	}
	return names
}

// Row is a row of a result. It stays valid when the result goes on, and when it is closed.
type Row struct {
	head   *header
	values []any
	number int64
}

// Len is the number of columns.
func (r Row) Len() int { return len(r.values) }

// At is the value of column i, counted from 0; nil is NULL. It is of the Go type of the column's kind if the column's
// type is known (a [schema.CivilDate] for a date), and what the driver gave otherwise. Like the index of a slice, i must
// be in range; [Row.Get] tells instead.
func (r Row) At(i int) any { return r.values[i] }

// Get is the value of the column that a key names; nil is NULL. The key is the position, an int; the name; or the
// expression that the statement has selected. The name is that of the result, or the whole one that the server gave, in
// any case. One that several columns have is an [*AmbiguousError], one that none has a [*KeyError].
func (r Row) Get(key any) (any, error) {
	i, err := r.place(key)
	if err != nil {
		return nil, err
	}
	return r.values[i], nil
}

func (r Row) place(key any) (int, error) {
	if r.head == nil {
		return 0, &KeyError{Key: fmt.Sprint(key)}
	}
	return r.head.find(key)
}

// Keys are the names of the columns.
func (r Row) Keys() []string {
	if r.head == nil {
		return nil
	}
	return r.head.names()
}

// Values are the values of all columns.
func (r Row) Values() []any { return slices.Clone(r.values) }

// Number is the place of the row in its result, from 1. Rows that [Result.Unique] has left out count.
func (r Row) Number() int64 { return r.number }

// Map is the row as a map. Columns that share a name are an [*AmbiguousError].
func (r Row) Map() (map[string]any, error) {
	if r.head == nil {
		return nil, nil
	}
	if err := r.head.unique(); err != nil {
		return nil, err
	}
	m := make(map[string]any, len(r.values))
	for i, c := range r.head.columns {
		m[c.Name] = r.values[i]
	}
	return m, nil
}

// unique tells of names that several columns have.
func (h *header) unique() error {
	if len(h.labels()) == len(h.columns) {
		return nil
	}
	for _, c := range h.columns {
		if _, err := h.named(c.Name); err != nil {
			return err
		}
	}
	return nil
}

// KeyError reports a key that names no column.
type KeyError struct {
	Key   string
	Known []string
}

func (e *KeyError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("engine: no column is %s: there are none", e.Key)
	}
	return fmt.Sprintf("engine: no column is %s; there are %d: %s", e.Key, len(e.Known), strings.Join(e.Known, ", "))
}

// AmbiguousError reports a name that several columns have.
type AmbiguousError struct {
	Name    string
	Columns []string // their positions, and their names on the server
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("engine: the columns %s all go by the name %q; take them by position or expression, or give them labels",
		strings.Join(e.Columns, ", "), e.Name)
}

// WidthError reports a result that has not as many columns as its statement selects, or as are wanted.
type WidthError struct{ Got, Want int }

func (e *WidthError) Error() string {
	return fmt.Sprintf("engine: the result has %d columns, and %d are wanted", e.Got, e.Want)
}
