package skep

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// Decoders are the [engine.Decoders] of package driver, for an engine that is made of a pool by [engine.New]: they read
// arrays, maps, structs and unions, which servers send as texts that are nearly JSON. A union becomes a map of one
// entry, from the number of its type to its value. Location is that of the pool's [hive.Config]; nil is UTC.
//
// A text tells little of the types of its parts: [hive.Nested] says what is made of it. The statement tells them if it
// is compiled from a tree.
func Decoders(d compile.Dialect, location *time.Location) engine.Decoders {
	like := hive.Nested{Location: location}
	if h, ok := d.(*dialect.Hive); ok {
		like.Unescaped = h.Version() == dialect.Spark35
	}
	return func(c engine.Column) func(v any) (any, error) {
		n := like
		if n.Type = nestedType(d, c); n.Type == "" {
			return nil
		}
		return func(v any) (any, error) {
			text, ok := v.(string)
			if !ok {
				return v, nil
			}
			n := n
			n.Raw = text
			decoded, err := n.Decode()
			if err != nil {
				return nil, err
			}
			return ofToolkit(decoded)
		}
	}
}

// nestedType is the type of a column as far as it is known, "" if it has no parts.
func nestedType(d compile.Dialect, c engine.Column) string {
	switch c.Type.(type) {
	case schema.ArrayType, schema.MapType, schema.StructType, schema.UnionType:
		if name, err := d.TypeName(c.Type); err == nil {
			return name
		}
	}
	switch c.DatabaseType {
	case "ARRAY", "MAP", "STRUCT", "UNIONTYPE":
		return strings.ToLower(c.DatabaseType)
	}
	return ""
}

// ofToolkit is a value, and its parts, as the toolkit has them.
func ofToolkit(v any) (any, error) {
	switch v := v.(type) {
	case int8:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case float32: // with the digits that it has, and no others
		return strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	case hive.Decimal:
		return schema.Decimal(v.String()), nil
	case hive.Date:
		return schema.CivilDate{Year: v.Year, Month: v.Month, Day: v.Day}, nil
	case hive.IntervalYearMonth:
		return v.String(), nil
	case hive.IntervalDayTime:
		return v.String(), nil
	case hive.Union:
		value, err := ofToolkit(v.Value)
		return map[any]any{int64(v.Tag): value}, err
	case hive.Map:
		return mapOf(v)
	case []any:
		for i := range v {
			var err error
			if v[i], err = ofToolkit(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// mapOf is a map by strings if all keys are, of bytes for which Go has no keys too. Of entries with the same key the last
// one counts.
func mapOf(entries hive.Map) (any, error) {
	byAny, byName := make(map[any]any, len(entries)), make(map[string]any, len(entries))
	for _, e := range entries {
		key, err := ofToolkit(e.Key)
		if err != nil {
			return nil, err
		}
		value, err := ofToolkit(e.Value)
		if err != nil {
			return nil, err
		}
		switch k := key.(type) {
		case string:
			byName[k] = value
		case []byte:
			key = string(k)
			byName[string(k)] = value
		case []any, map[any]any, map[string]any:
			return nil, errNestedKey
		}
		byAny[key] = value
	}
	if len(byName) == len(byAny) {
		return byName, nil
	}
	return byAny, nil
}

var errNestedKey = errors.New("a map whose keys have parts is no map of Go; read it by the driver, as a hive.Nested")
