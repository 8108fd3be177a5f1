package gen

import (
	"fmt"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// table declares a table.
func (g *generator) table(t Table, name string) error {
	d := declaration{generator: g, table: t.Table, options: map[string][]string{}, references: map[string]string{}}
	if err := d.constraints(); err != nil {
		return err
	}
	for _, a := range t.Attrs() {
		kind := reflect.TypeOf(a)
		if _, fact := a.(schema.Fact); fact {
			continue
		}
		if !token.IsExported(kind.Name()) {
			return d.fail("attribute "+kind.String(), "the type is not exported")
		}
		d.items = append(d.items, g.attr(a))
	}
	if t.Schema != g.schema {
		d.items = append(d.items, g.of(schemaPath, "In")+"("+quote(t.Schema)+")")
	}
	if t.Comment != "" {
		d.items = append(d.items, g.of(schemaPath, "Comment")+"("+quote(t.Comment)+")")
	}
	g.about(name, t)
	g.printf("var %s = %s(MetaData, %s, struct {\n%s\n", name, g.of(exprPath, "Declare"), quote(t.Name), g.of(exprPath, "Table"))
	fields := namer{"Table": true}
	for _, c := range t.Columns() {
		if err := d.column(c, fields); err != nil {
			return err
		}
	}
	g.printf("}{}")
	for _, item := range d.items {
		g.printf(",\n%s", item)
	}
	if len(d.items) > 0 {
		g.printf(",\n")
	}
	g.printf(")\n")
	return nil
}

// declaration is that of one table.
type declaration struct {
	*generator
	table      *schema.Table
	options    map[string][]string // of columns, beside the name in their tag
	references map[string]string   // of columns
	items      []string
}

func (d *declaration) fail(part, reason string) error {
	return &Error{d.table.FullName(), part, reason}
}

// column writes the field of a column.
func (d *declaration) column(c *schema.Column, fields namer) error {
	part := "column " + c.Name
	switch {
	case c.Computed != nil || c.Identity != nil || c.AutoIncrement:
		return d.fail(part, "the values are made by the database, for which a field has no tag")
	case !readable(c.Type):
		return d.fail(part, fmt.Sprintf("the type %s has no text", c.Type))
	}
	name := goName(c.Name)
	if name == "Table" { // is what the struct embeds
		name = "TableColumn"
	}
	name = fields.pick(name)
	var asIs, col, value string
	switch {
	case strings.Contains(c.Name, ","):
		asIs = c.Name
	case expr.SnakeCase(name) != c.Name:
		col = c.Name
	}
	if c.NotNull {
		d.options[c.Name] = append(d.options[c.Name], "notnull")
	}
	col = strings.Join(append([]string{col}, d.options[c.Name]...), ",")
	switch v := c.ServerDefault.(type) {
	case nil:
	case schema.SQL:
		value = string(v)
	default:
		return d.fail(part, "the default is no text of SQL")
	}
	kind, typ := d.kind(c.Type), c.Type.String()
	if defaultTypes[kind] == c.Type {
		typ = ""
	}
	d.printf("%s %s %s\n", name, kind, tag(
		"name", asIs, "col", col, "type", typ, "default", value, "references", d.references[c.Name], "comment", c.Comment))
	return nil
}

func readable(t schema.Type) bool {
	again, err := schema.ParseType(t.String())
	return err == nil && again == t
}

// defaultTypes are the types of fields of these kinds that have no tag for it.
var defaultTypes = map[string]schema.Type{
	"expr.Bool": schema.Boolean, "expr.Int": schema.BigInt, "expr.Float": schema.Double, "expr.String": schema.String,
	"expr.Bytes": schema.Binary, "expr.Date": schema.Date, "expr.Timestamp": schema.Timestamp,
}

// kind is the kind of expressions of a type.
func (g *generator) kind(t schema.Type) string {
	name := "Any"
	switch t := t.(type) {
	case schema.Basic:
		name = basicKinds[t]
	case schema.NumericType:
		name = "Decimal"
	case schema.VarCharType, schema.CharType, schema.EnumType:
		name = "String"
	case schema.ArrayType:
		name = "Array[" + g.kind(t.Elem()) + "]"
	case schema.MapType:
		name = "Map[" + g.kind(t.Key()) + ", " + g.kind(t.Value()) + "]"
	case schema.StructType:
		name = "Struct"
	}
	if name == "" {
		name = "Any"
	}
	return g.of(exprPath, name)
}

var basicKinds = map[schema.Basic]string{
	schema.Boolean: "Bool", schema.TinyInt: "Int", schema.SmallInt: "Int", schema.Integer: "Int", schema.BigInt: "Int",
	schema.Float: "Float", schema.Double: "Float", schema.String: "String", schema.Binary: "Bytes", schema.Date: "Date",
	schema.Timestamp: "Timestamp", schema.TimestampTZ: "Timestamp",
}

// constraints sorts constraints and indexes into options of columns, for what these can say, and items.
func (d *declaration) constraints() error {
	for _, k := range d.table.Constraints() {
		switch k := k.(type) {
		case *schema.PrimaryKey:
			d.primaryKey(*k)
		case *schema.Unique:
			d.unique(*k)
		case *schema.ForeignKey:
			d.foreignKey(*k)
		case *schema.Check:
			if _, ok := k.Condition.(schema.SQL); !ok {
				return d.fail("check "+k.Name, "the condition is no text of SQL")
			}
			check := *k
			check.Name = ownName(k.Name)
			d.item(check)
		}
	}
	for _, x := range d.table.Indexes() {
		for _, e := range x.Exprs {
			if _, ok := e.(schema.SQL); !ok {
				return d.fail("index "+x.Name, "an expression is no text of SQL")
			}
		}
		d.item(*x)
	}
	return nil
}

// numbered are the names that Hive makes for constraints that have none. They hold the time at which the table was made.
var numbered = regexp.MustCompile(`^(pk|fk|uk|nn|dc|cc)_[0-9]+_[0-9]+_[0-9]+$`)

// ownName is the name that somebody gave a constraint, or "".
func ownName(name string) string {
	if numbered.MatchString(name) {
		return ""
	}
	return name
}

func (d *declaration) primaryKey(k schema.PrimaryKey) {
	k.Name = ownName(k.Name)
	if k.Name != "" || k.NotEnforced || k.Rely || !d.inOrder(k.Columns) { // a tag cannot say that
		d.item(k)
		return
	}
	for _, c := range k.Columns {
		d.options[c] = append([]string{"pk"}, d.options[c]...)
	}
}

func (d *declaration) unique(k schema.Unique) {
	k.Name = ownName(k.Name)
	if k.Name != "" || k.NotEnforced || k.Rely || len(k.Columns) != 1 {
		d.item(k)
		return
	}
	d.options[k.Columns[0]] = append(d.options[k.Columns[0]], "unique")
}

// inOrder reports whether columns are in the order in which the table has them.
func (d *declaration) inOrder(columns []string) bool {
	var places []int
	for _, name := range columns {
		places = append(places, slices.IndexFunc(d.table.Columns(), func(c *schema.Column) bool { return c.Name == name }))
	}
	return slices.IsSorted(places)
}

func (d *declaration) foreignKey(k schema.ForeignKey) {
	k.Name = ownName(k.Name)
	if strings.EqualFold(k.RefSchema, d.schema) {
		k.RefSchema = ""
	}
	named := k // all that a tag can say
	named.Columns, named.RefSchema, named.RefTable, named.RefColumns = nil, "", "", nil
	dotted := func(s string) bool { return strings.Contains(s, ".") }
	if len(k.Columns) == 1 && len(k.RefColumns) == 1 && k.RefSchema == "" && isZero(named) &&
		!dotted(k.RefTable) && !dotted(k.RefColumns[0]) && d.references[k.Columns[0]] == "" {
		d.references[k.Columns[0]] = k.RefTable + "." + k.RefColumns[0]
		return
	}
	d.item(k)
}

func (d *declaration) item(item schema.Item) { d.items = append(d.items, d.literal(item)) }
