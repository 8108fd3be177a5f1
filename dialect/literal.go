package dialect

import (
	"fmt"
	"reflect"
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
	case string:
		return hiveql.AppendString(dst, v)
	case int64, bool, nil:
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
	_, literaler := v.(hiveql.Literaler)
	typ := reflect.TypeOf(v)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case literaler:
	case isNested(t):
		text, err := d.exactly(v, t)
		return append(dst, text...), err
	case (typ.Kind() == reflect.Slice || typ.Kind() == reflect.Array) && typ.Elem().Kind() != reflect.Uint8:
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
