package schema

import (
	"strings"
	"unique"
)

// ArrayType is a list of values of one type. It is made by [Array].
type ArrayType struct{ elem Type }

// Array returns the type of lists of elem.
func Array(elem Type) ArrayType { return ArrayType{part(elem)} }

// Elem is the type of the elements.
func (t ArrayType) Elem() Type { return t.elem }

func (t ArrayType) String() string { return "array<" + text(t.elem) + ">" }

// MapType maps keys to values. It is made by [Map].
type MapType struct{ key, value Type }

// Map returns the type of maps from key to value.
func Map(key, value Type) MapType { return MapType{part(key), part(value)} }

// Key is the type of the keys.
func (t MapType) Key() Type { return t.key }

// Value is the type of the values.
func (t MapType) Value() Type { return t.value }

func (t MapType) String() string { return "map<" + text(t.key) + "," + text(t.value) + ">" }

// StructType is a record of named fields. It is made by [Struct].
type StructType struct{ fields list[Field] }

// Field is a field of a [StructType].
type Field struct {
	Name    string
	Type    Type
	Comment string
}

// Struct returns the type of records of these fields, in this order.
func Struct(fields ...Field) StructType {
	checked := make([]Field, len(fields))
	for i, f := range fields {
		checked[i] = Field{f.Name, part(f.Type), f.Comment}
	}
	return StructType{listOf(checked)}
}

// Fields returns the fields in order. The slice is the caller's.
func (t StructType) Fields() []Field { return t.fields.values() }

func (t StructType) String() string {
	var b strings.Builder
	b.WriteString("struct<")
	for i, f := range t.Fields() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoteName(f.Name))
		b.WriteByte(':')
		b.WriteString(text(f.Type))
		if f.Comment != "" {
			b.WriteString(" comment ")
			b.WriteString(quoteText(f.Comment))
		}
	}
	b.WriteByte('>')
	return b.String()
}

func fieldsFault(fields []Field) string {
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Name == "" {
			return "want a name for every field"
		}
		if seen[fold(f.Name)] {
			return "field " + quoteName(f.Name) + " is there twice"
		}
		seen[fold(f.Name)] = true
	}
	return ""
}

// UnionType holds a value of one of several types. It is made by [Union].
type UnionType struct{ types list[Type] }

// Union returns the type of values that are of one of these types.
func Union(types ...Type) UnionType {
	checked := make([]Type, len(types))
	for i, t := range types {
		checked[i] = part(t)
	}
	return UnionType{listOf(checked)}
}

// Types returns the types in order, by which their tags are counted from 0. The slice is the caller's.
func (t UnionType) Types() []Type { return t.types.values() }

func (t UnionType) String() string {
	var texts []string
	for _, t := range t.Types() {
		texts = append(texts, text(t))
	}
	return "uniontype<" + strings.Join(texts, ",") + ">"
}

// EnumType is text out of a fixed list. It is made by [Enum].
type EnumType struct{ texts list[string] }

// Enum returns the type of these texts, in this order.
func Enum(values ...string) EnumType { return EnumType{listOf(values)} }

// Values returns the texts in order. The slice is the caller's.
func (t EnumType) Values() []string { return t.texts.values() }

func (t EnumType) String() string {
	var texts []string
	for _, v := range t.Values() {
		texts = append(texts, quoteText(v))
	}
	return "enum(" + strings.Join(texts, ",") + ")"
}

func valuesFault(values []string) string {
	if len(values) == 0 {
		return "want a value"
	}
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			return "value " + quoteText(v) + " is there twice"
		}
		seen[v] = true
	}
	return ""
}

// text is the text of a part. That of the zero ArrayType and its like is missing.
func text(t Type) string {
	if t == nil {
		return ""
	}
	return t.String()
}

// quoteName returns a field's name, in backticks unless it is a plain word.
func quoteName(name string) string {
	if name != "" && word(name) == name {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

var textEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func quoteText(s string) string { return "'" + textEscapes.Replace(s) + "'" }

// list is a list that is comparable: lists with equal elements share their nodes, so that == compares the elements.
type list[T comparable] struct {
	head unique.Handle[node[T]]
	n    int
}

type node[T comparable] struct {
	value T
	rest  unique.Handle[node[T]] // the zero Handle at the end
}

func listOf[T comparable](values []T) list[T] {
	l := list[T]{n: len(values)}
	for i := len(values) - 1; i >= 0; i-- {
		l.head = unique.Make(node[T]{values[i], l.head})
	}
	return l
}

func (l list[T]) values() []T {
	values := make([]T, l.n)
	for i, rest := 0, l.head; i < l.n; i++ {
		n := rest.Value()
		values[i], rest = n.value, n.rest
	}
	return values
}
