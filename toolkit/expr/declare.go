package expr

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/skep-go/skep/toolkit/schema"
)

// Declare adds a table to md, and gives it as a struct whose fields are its columns:
//
//	var Flights = expr.Declare(md, "flights", struct {
//		expr.Table
//		Carrier  expr.String `type:"varchar(2)" references:"airlines.carrier"`
//		DepDelay expr.Float  `comment:"minutes"`
//	}{})
//
// The struct embeds [Table]; each other field is a column, in this order. Its name is the field's, as dep_delay for
// DepDelay. Tags say more: col:"name,pk,notnull,unique" is another name, the primary key, NOT NULL, UNIQUE; name is the
// name if there is a comma in it; type is the type, which otherwise follows from the field's (Int is BIGINT, String is
// STRING); default is the DEFAULT that the database knows, as SQL; comment and references are what they say.
// What is wrong is an error of the table: see [schema.Table.Err].
func Declare[S any](md *schema.MetaData, name string, shape S, items ...schema.Item) S {
	var columns []schema.Item
	v := reflect.ValueOf(&shape).Elem()
	err := eachColumn(v, func(f reflect.StructField, _ reflect.Value) error {
		c, err := columnOfField(f)
		if err == nil {
			columns = append(columns, c)
		}
		return err
	})
	if err != nil {
		columns = append(columns, schema.Invalid(err))
	}
	t := schema.NewTable(md, name, append(columns, items...)...)
	return bind(t, shape)
}

// Bind gives a table, such as one that was reflected, as a struct whose fields are its columns. See [Declare] for the
// struct. It need not have all columns. A field that fits no column is an error of every statement that uses it.
func Bind[S any](t *schema.Table) S {
	var shape S
	return bind(t, shape)
}

func bind[S any](t *schema.Table, shape S) S {
	setSource(reflect.ValueOf(&shape).Elem(), T(t).Source)
	return shape
}

// Alias is a table, a struct that embeds one, or another source under another name: f := expr.Alias(Flights, "f").
func Alias[S From](table S, name string) S {
	src := table.source().renamed(name)
	if t, ok := any(Table{src}).(S); ok {
		return t
	}
	if s, ok := any(src).(S); ok {
		return s
	}
	v := reflect.ValueOf(&table).Elem()
	if v.Kind() == reflect.Pointer {
		changed := reflect.New(v.Type().Elem())
		changed.Elem().Set(v.Elem())
		v.Set(changed)
		v = changed.Elem()
	}
	setSource(v, src)
	return table
}

var (
	tableType = reflect.TypeFor[Table]()
	termType  = reflect.TypeFor[*Term]()
)

// eachColumn calls f with the fields of a struct that are columns.
func eachColumn(v reflect.Value, f func(reflect.StructField, reflect.Value) error) error {
	if v.Kind() != reflect.Struct {
		return &ArgumentError{"expr.Declare", fmt.Sprintf("%s is not a struct", v.Type())}
	}
	table := false
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch term := termField(v.Field(i)); {
		case field.Type == tableType:
			table = true
		case !field.IsExported() || !term.IsValid():
			return &ArgumentError{"expr.Declare", fmt.Sprintf("field %s is no column: want an exported field of a kind such as expr.Int", field.Name)}
		default:
			if err := f(field, term); err != nil {
				return err
			}
		}
	}
	if !table {
		return &ArgumentError{"expr.Declare", fmt.Sprintf("%s does not embed expr.Table", v.Type())}
	}
	return nil
}

// termField is the *Term at the bottom of an expression, which all kinds are made around.
func termField(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Struct && v.NumField() == 1 {
		v = v.Field(0)
	}
	if v.Type() != termType {
		return reflect.Value{}
	}
	return v
}

// setSource sets the fields of a struct to the columns of src.
func setSource(v reflect.Value, src *Source) {
	_ = eachColumn(v, func(f reflect.StructField, term reflect.Value) error { // Declare reports what is wrong
		name, _ := columnName(f)
		term.Set(reflect.ValueOf(Col[Any](src, name).Term))
		return nil
	})
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Type == tableType {
			v.Field(i).Set(reflect.ValueOf(Table{src}))
		}
	}
}

func columnName(f reflect.StructField) (name string, options []string) {
	options = strings.Split(f.Tag.Get("col"), ",")
	return cmp.Or(f.Tag.Get("name"), options[0], SnakeCase(f.Name)), options[1:]
}

// SnakeCase is the name of a column for that of a field, as dep_delay for DepDelay.
func SnakeCase(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func columnOfField(f reflect.StructField) (*schema.Column, error) {
	name, options := columnName(f)
	t, err := fieldType(f)
	if err != nil {
		return nil, err
	}
	var opts []schema.ColumnOption
	for _, o := range options {
		switch o {
		case "pk":
			opts = append(opts, schema.PK)
		case "notnull":
			opts = append(opts, schema.NotNull)
		case "unique":
			opts = append(opts, schema.Unique{})
		default:
			return nil, &ArgumentError{"expr.Declare", fmt.Sprintf("field %s: unknown option %q; want pk, notnull or unique", f.Name, o)}
		}
	}
	if target := f.Tag.Get("references"); target != "" {
		opts = append(opts, schema.References(target))
	}
	if text := f.Tag.Get("default"); text != "" {
		opts = append(opts, schema.ServerDefault(schema.SQL(text)))
	}
	if comment := f.Tag.Get("comment"); comment != "" {
		opts = append(opts, schema.Comment(comment))
	}
	return schema.Col(name, t, opts...), nil
}

// fieldTypes are the types of columns whose field has no type tag.
var fieldTypes = map[reflect.Type]schema.Type{
	reflect.TypeFor[Bool]():      schema.Boolean,
	reflect.TypeFor[Int]():       schema.BigInt,
	reflect.TypeFor[Float]():     schema.Double,
	reflect.TypeFor[String]():    schema.String,
	reflect.TypeFor[Bytes]():     schema.Binary,
	reflect.TypeFor[Date]():      schema.Date,
	reflect.TypeFor[Timestamp](): schema.Timestamp,
}

func fieldType(f reflect.StructField) (schema.Type, error) {
	if text := f.Tag.Get("type"); text != "" {
		t, err := schema.ParseType(text)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		return t, nil
	}
	t, ok := fieldTypes[f.Type]
	if !ok {
		return nil, &ArgumentError{"expr.Declare", fmt.Sprintf("field %s needs a tag for its type, such as type:\"decimal(10,2)\"", f.Name)}
	}
	return t, nil
}
