package dialect

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

// AppendLiteral implements [compile.Dialect], by the renderer that the driver has. Where the type is known, the literal
// is of that type: Hive's own reading of 1.5 is another one.
func (d *Hive) AppendLiteral(dst []byte, v any, t schema.Type) ([]byte, error) {
	if custom, ok := t.(schema.Custom); ok {
		t = custom.Impl()
	}
	switch v := v.(type) {
	case string, int64, bool, nil:
		return hiveql.AppendLiteral(dst, v, nil)
	case schema.Decimal:
		return hiveql.AppendDecimal(dst, string(v))
	case schema.CivilDate:
		if err := v.Valid(); err != nil {
			return dst, err
		}
		return hiveql.AppendDate(dst, v.Year, v.Month, v.Day)
	case time.Time:
		if d.version == Spark35 && v.Nanosecond()%1e3 != 0 {
			return dst, &compile.LiteralError{Type: "time.Time", Reason: "Spark would cut it to microseconds; use Truncate or Round"}
		}
		if t == schema.TimestampTZ {
			return d.appendInstant(dst, v)
		}
		if d.version == Hive40 || d.version == Spark35 { // older ones cut literals, as hiveql.AppendLiteral knows
			return hiveql.AppendTimestamp(dst, v, time.UTC)
		}
	case float32, float64:
		if t == schema.Float { // as a DOUBLE, 1.1 would not equal what a FLOAT column has of it
			return cast(dst, "float", func(dst []byte) ([]byte, error) { return hiveql.AppendLiteral(dst, v, nil) })
		}
	default:
		return d.appendOther(dst, v, t)
	}
	return hiveql.AppendLiteral(dst, v, nil)
}

// appendOther appends values that are met less often, nested ones among them.
func (d *Hive) appendOther(dst []byte, v any, t schema.Type) ([]byte, error) {
	rv := reflect.ValueOf(v)
	switch t := t.(type) {
	case schema.ArrayType:
		if rv.Kind() == reflect.Slice && !rv.IsNil() {
			return d.appendArray(dst, rv, t)
		}
	case schema.MapType:
		if rv.Kind() == reflect.Map && !rv.IsNil() {
			return d.appendMap(dst, rv, t)
		}
	case schema.StructType:
		if fields, ok := v.(map[string]any); ok && fields != nil {
			return d.appendStruct(dst, fields, t)
		}
	}
	_, literaler := v.(hiveql.Literaler)
	if kind := rv.Kind(); !literaler && (kind == reflect.Slice || kind == reflect.Array) && rv.Type().Elem().Kind() != reflect.Uint8 {
		return dst, &compile.LiteralError{Type: fmt.Sprintf("%T", v), Reason: "a list stands in IN only, or for an ARRAY"}
	}
	return hiveql.AppendLiteral(dst, v, nil)
}

// appendInstant appends an instant. Without its zone it would be read in the session's.
func (d *Hive) appendInstant(dst []byte, v time.Time) ([]byte, error) {
	name, err := d.TypeName(schema.TimestampTZ)
	if err != nil {
		return dst, err
	}
	if v = v.UTC(); v.Year() < 1 || v.Year() > 9999 {
		return dst, &compile.LiteralError{Type: "time.Time", Reason: "its year is not within 0001 and 9999"}
	}
	return cast(dst, strings.ToLower(name), func(dst []byte) ([]byte, error) {
		return v.AppendFormat(dst, "'2006-01-02 15:04:05.999999999 UTC'"), nil
	})
}

func cast(dst []byte, t string, value func([]byte) ([]byte, error)) ([]byte, error) {
	out, err := value(append(dst, "cast("...))
	if err != nil {
		return dst, err
	}
	return append(append(append(out, " as "...), t...), ')'), nil
}

// appendPart appends a part of a nested value. It must be of its type exactly: Hive takes no ARRAY<INT> for an
// ARRAY<BIGINT>.
func (d *Hive) appendPart(dst []byte, v any, t schema.Type) ([]byte, error) {
	literal := func(dst []byte) ([]byte, error) { return d.AppendLiteral(dst, v, t) }
	switch t.(type) {
	case schema.NumericType, schema.VarCharType, schema.CharType:
	default:
		if t != schema.TinyInt && t != schema.SmallInt && t != schema.BigInt {
			return literal(dst)
		}
	}
	name, err := d.TypeName(t)
	if err != nil {
		return dst, err
	}
	return cast(dst, strings.ToLower(name), literal)
}

func (d *Hive) appendArray(dst []byte, v reflect.Value, t schema.ArrayType) ([]byte, error) {
	out, err := append(dst, "array("...), error(nil)
	for i := range v.Len() {
		if i > 0 {
			out = append(out, ", "...)
		}
		if out, err = d.appendPart(out, v.Index(i).Interface(), t.Elem()); err != nil {
			return dst, err
		}
	}
	return append(out, ')'), nil
}

// appendMap appends the entries in the order of their texts, so that equal maps have equal texts.
func (d *Hive) appendMap(dst []byte, v reflect.Value, t schema.MapType) ([]byte, error) {
	entries := map[string]string{}
	for _, key := range v.MapKeys() {
		k, err := d.appendPart(nil, key.Interface(), t.Key())
		if err != nil {
			return dst, err
		}
		value, err := d.appendPart(nil, v.MapIndex(key).Interface(), t.Value())
		if err != nil {
			return dst, err
		}
		entries[string(k)] = string(value)
	}
	out := append(dst, "map("...)
	for i, k := range slices.Sorted(maps.Keys(entries)) {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = append(append(append(out, k...), ", "...), entries[k]...)
	}
	return append(out, ')'), nil
}

// appendStruct appends the fields in the order of the type. Those that are not given are NULL.
func (d *Hive) appendStruct(dst []byte, fields map[string]any, t schema.StructType) ([]byte, error) {
	out, known := append(dst, "named_struct("...), 0
	for i, f := range t.Fields() {
		if i > 0 {
			out = append(out, ", "...)
		}
		value, given := fields[f.Name]
		if given {
			known++
		}
		var err error
		if out, err = hiveql.AppendString(out, f.Name); err == nil {
			out, err = d.appendPart(append(out, ", "...), value, f.Type)
		}
		if err != nil {
			return dst, err
		}
	}
	if known < len(fields) {
		return dst, &compile.LiteralError{Type: "map[string]any", Reason: "it has a field that " + t.String() + " has not"}
	}
	return append(out, ')'), nil
}
