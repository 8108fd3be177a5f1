package dialect

import (
	"strings"

	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

// lacking are the types that no version has, with what takes their place.
var lacking = map[schema.Type]string{
	schema.Null:              "give a type",
	schema.Time:              "use TIMESTAMP, or STRING",
	schema.IntervalYearMonth: "an interval is an expression only; use INT for a number of months",
	schema.IntervalDayTime:   "an interval is an expression only; use BIGINT for a number of seconds",
	schema.JSON:              "use STRING with get_json_object",
	schema.UUID:              "use STRING",
	schema.Variant:           "use STRING",
}

// TypeName implements [compile.Dialect].
func (d *Hive) TypeName(t schema.Type) (string, error) {
	if err := schema.CheckType(t); err != nil {
		return "", err
	}
	return d.typeName(t)
}

func (d *Hive) typeName(t schema.Type) (string, error) {
	if instead, lacks := lacking[t]; lacks {
		return "", d.unsupported("the type "+t.String(), instead)
	}
	switch t := t.(type) {
	case schema.Custom:
		return d.typeName(t.Impl())
	case schema.NumericType:
		if t.Precision() > 38 {
			return "", d.unsupported("the type "+t.String(), "a DECIMAL has 38 digits at most")
		}
	case schema.VarCharType:
		if t.Length() > 65535 {
			return "", d.unsupported("the type "+t.String(), "use STRING")
		}
	case schema.CharType:
		if t.Length() > 255 {
			return "", d.unsupported("the type "+t.String(), "use VARCHAR")
		}
	case schema.EnumType:
		return "", d.unsupported("the type "+t.String(), "use STRING")
	case schema.ArrayType:
		return d.nested("ARRAY", t.Elem())
	case schema.MapType:
		return d.nested("MAP", t.Key(), t.Value())
	case schema.UnionType:
		if d.version == Spark35 {
			return "", d.unsupported("the type "+t.String(), "use a STRUCT with a field for each type")
		}
		return d.nested("UNIONTYPE", t.Types()...)
	case schema.StructType:
		return d.structName(t)
	}
	if t == schema.TimestampTZ && (d.version == Hive23 || d.version == Spark35) {
		return "", d.unsupported("the type "+t.String(), "use TIMESTAMP")
	}
	return strings.ToUpper(t.String()), nil
}

func (d *Hive) nested(name string, parts ...schema.Type) (string, error) {
	texts := make([]string, len(parts))
	for i, t := range parts {
		text, err := d.typeName(t)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return name + "<" + strings.Join(texts, ",") + ">", nil
}

func (d *Hive) structName(t schema.StructType) (string, error) {
	var texts []string
	for _, f := range t.Fields() {
		text, err := d.AppendIdent(nil, f.Name)
		if err != nil {
			return "", err
		}
		name, err := d.typeName(f.Type)
		if err != nil {
			return "", err
		}
		text = append(append(text, ':'), name...)
		if f.Comment != "" {
			if text, err = hiveql.AppendString(append(text, " COMMENT "...), f.Comment); err != nil {
				return "", err
			}
		}
		texts = append(texts, string(text))
	}
	return "STRUCT<" + strings.Join(texts, ",") + ">", nil
}

func (d *Hive) unsupported(construct, instead string) error {
	return &compile.UnsupportedError{Construct: construct, Dialect: d.Name(), Instead: instead}
}
