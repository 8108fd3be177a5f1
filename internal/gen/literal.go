package gen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/schema"
)

// literal writes a value as Go: one of the toolkit's or a dialect's structs, with the exported fields that say something.
func (g *generator) literal(v any) string { return g.value(reflect.ValueOf(v), false) }

// value writes a value. Typed says that its type is known from where it stands.
func (g *generator) value(v reflect.Value, typed bool) string {
	if v.Kind() == reflect.Interface {
		return g.value(v.Elem(), false)
	}
	if !v.IsValid() {
		return "nil"
	}
	text := ""
	switch v.Kind() {
	case reflect.String:
		text = quote(v.String())
	case reflect.Struct:
		return g.typeName(v.Type()) + "{" + g.fields(v) + "}"
	case reflect.Slice:
		var list []string
		for i := range v.Len() {
			list = append(list, g.value(v.Index(i), true))
		}
		return g.typeName(v.Type()) + "{" + strings.Join(list, ", ") + "}"
	case reflect.Map:
		var list []string
		for _, k := range v.MapKeys() {
			list = append(list, g.value(k, true)+": "+g.value(v.MapIndex(k), true))
		}
		slices.Sort(list)
		return g.typeName(v.Type()) + "{" + strings.Join(list, ", ") + "}"
	default:
		text = fmt.Sprintf("%#v", v.Interface())
	}
	if !typed && v.Type().PkgPath() != "" {
		return g.typeName(v.Type()) + "(" + text + ")"
	}
	return text
}

func (g *generator) fields(v reflect.Value) string {
	var list []string
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && !f.Anonymous && !isZero(v.Field(i).Interface()) {
			list = append(list, f.Name+": "+g.value(v.Field(i), true))
		}
	}
	return strings.Join(list, ", ")
}

// isZero reports whether the exported fields of a struct, or a value, say nothing.
func isZero(v any) bool {
	value := reflect.ValueOf(v)
	switch {
	case !value.IsValid():
		return true
	case value.Kind() == reflect.Slice || value.Kind() == reflect.Map:
		return value.Len() == 0
	case value.Kind() != reflect.Struct:
		return value.IsZero()
	}
	for i := range value.NumField() {
		if f := value.Type().Field(i); f.IsExported() && !f.Anonymous && !isZero(value.Field(i).Interface()) {
			return false
		}
	}
	return true
}

func (g *generator) typeName(t reflect.Type) string {
	switch {
	case t.PkgPath() != "":
		return g.of(t.PkgPath(), t.Name())
	case t.Kind() == reflect.Slice:
		return "[]" + g.typeName(t.Elem())
	case t.Kind() == reflect.Map:
		return "map[" + g.typeName(t.Key()) + "]" + g.typeName(t.Elem())
	case t.Kind() == reflect.Interface:
		return "any"
	}
	return t.String()
}

const dialectPath = module + "dialect"

// attr writes an attribute, that of a dialect of ours as people do.
func (g *generator) attr(a schema.Attr) string {
	call := func(name string, args ...string) string {
		return g.of(dialectPath, name) + "(" + strings.Join(args, ", ") + ")"
	}
	switch a := a.(type) {
	case dialect.Partitioning:
		return call("PartitionedBy", quoted(a.Columns)...)
	case dialect.Bucketing:
		text := call("ClusteredBy", quoted(a.Columns)...)
		if len(a.Sort) > 0 {
			text += ".SortedBy(" + strings.Join(quoted(a.Sort), ", ") + ")"
		}
		return fmt.Sprintf("%s.Into(%d)", text, a.Count)
	case dialect.Skewing:
		var values []string
		for _, v := range a.Values {
			values = append(values, g.literal(v))
		}
		text := call("SkewedBy", quoted(a.Columns)...) + ".On(" + strings.Join(values, ", ") + ")"
		if a.Directories {
			text += ".StoredAsDirectories()"
		}
		return text
	case dialect.ExternalTable:
		return call("External")
	case dialect.TransactionalTable:
		if a.Inserts {
			return call("Transactional") + ".InsertOnly()"
		}
		return call("Transactional")
	case dialect.RowSerDe:
		return call("SerDe", quote(a.Class), g.properties(a.Properties))
	case dialect.Storage:
		return g.storage(a, call)
	case dialect.FileLocation:
		return call("Location", quote(a.Path))
	case dialect.TableProperties:
		return call("TblProperties", g.literal(a.Properties))
	}
	return g.literal(a)
}

func (g *generator) storage(a dialect.Storage, call func(string, ...string) string) string {
	switch {
	case isZero(withoutFormat(a)) && a.Format != "":
		return call("StoredAs", quote(a.Format))
	case a.Format == "" && a.Handler == "" && a.Provider == "" && len(a.Properties) == 0:
		return call("StoredAsClasses", quote(a.Input), quote(a.Output))
	case a.Format+a.Input+a.Output+a.Provider == "":
		return call("StoredBy", quote(a.Handler), g.properties(a.Properties))
	case a.Format+a.Input+a.Output+a.Handler == "":
		return call("Using", quote(a.Provider), g.properties(a.Properties))
	}
	return g.literal(a)
}

func withoutFormat(a dialect.Storage) dialect.Storage {
	a.Format = ""
	return a
}

func (g *generator) properties(p map[string]string) string {
	if len(p) == 0 {
		return "nil"
	}
	return g.literal(p)
}

func quoted(list []string) []string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return quoted
}
