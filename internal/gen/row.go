package gen

import (
	"fmt"

	"github.com/skep-go/skep/toolkit/schema"
)

// row declares the struct of a table's rows, and those of the structs in its columns.
func (g *generator) row(t Table, table string) {
	name := g.names.pick(table + "Row")
	g.rowType = name
	g.printf("\n// %s is a row of [%s]. What may be NULL is a pointer, a slice, a map or an any.\n", name, table)
	var fields []schema.Field
	notNull := map[string]bool{}
	for _, c := range t.Columns() {
		fields = append(fields, schema.Field{Name: c.Name, Type: c.Type})
		notNull[c.Name] = c.NotNull
	}
	g.structure(name, table, fields, notNull)
}

// structure declares a struct. Owner begins the names of those in it.
func (g *generator) structure(name, owner string, fields []schema.Field, notNull map[string]bool) {
	var later []func()
	text, taken := "", namer{}
	for _, f := range fields {
		field := taken.pick(goName(f.Name))
		typ := g.goType(f.Type, owner+field, &later)
		if !notNull[f.Name] {
			typ = nullable(typ)
		}
		text += fmt.Sprintf("%s %s %s\n", field, typ, tag("db", f.Name))
	}
	g.printf("type %s struct {\n%s}\n", name, text)
	for _, declare := range later {
		declare()
	}
}

// nullable is a type that has a place for NULL.
func nullable(typ string) string {
	if typ == "any" || typ[0] == '[' || len(typ) > 4 && typ[:4] == "map[" {
		return typ
	}
	return "*" + typ
}

var goTypes = map[schema.Type]string{
	schema.Boolean: "bool", schema.TinyInt: "int8", schema.SmallInt: "int16", schema.Integer: "int32", schema.BigInt: "int64",
	schema.Float: "float32", schema.Double: "float64", schema.String: "string", schema.Binary: "[]byte",
}

// goType is the type of values in Go. A struct is declared later, under the name that is wanted for it or one like it;
// with a nil later it is not.
func (g *generator) goType(t schema.Type, want string, later *[]func()) string {
	if name, ok := goTypes[t]; ok {
		return name
	}
	switch t := t.(type) {
	case schema.Basic:
		switch t {
		case schema.Date:
			return g.of(schemaPath, "CivilDate")
		case schema.Timestamp, schema.TimestampTZ:
			return g.of("time", "Time")
		}
	case schema.NumericType:
		return g.of(schemaPath, "Decimal")
	case schema.VarCharType, schema.CharType, schema.EnumType:
		return "string"
	case schema.ArrayType:
		return "[]" + nullable(g.goType(t.Elem(), want, later))
	case schema.MapType:
		key := g.goType(t.Key(), want, nil)
		switch {
		case t.Key() == schema.Binary: // Go has no map by bytes
			key = "string"
		case nullable(key) == key: // nor one by what has parts
			return "any"
		}
		return "map[" + key + "]" + nullable(g.goType(t.Value(), want, later))
	case schema.StructType:
		if later == nil { // it is the key of a map
			return "any"
		}
		name := g.names.pick(want)
		*later = append(*later, func() {
			g.printf("\n// %s is a struct in [%s].\n", name, g.rowType)
			g.structure(name, name, t.Fields(), nil)
		})
		return name
	}
	return "any"
}
