package wire_test

import (
	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// The unions of generated code as plain values.

func columnKind(c *hiveserver.TColumn) wire.Kind { kind, _, _ := column(c); return kind }
func columnValues(c *hiveserver.TColumn) []any   { _, values, _ := column(c); return values }
func columnNulls(c *hiveserver.TColumn) []byte   { _, _, nulls := column(c); return nulls }

func column(c *hiveserver.TColumn) (wire.Kind, []any, []byte) {
	switch {
	case c.BoolVal != nil:
		return wire.KindBool, anys(c.BoolVal.Values), c.BoolVal.Nulls
	case c.ByteVal != nil:
		return wire.KindByte, anys(c.ByteVal.Values), c.ByteVal.Nulls
	case c.I16Val != nil:
		return wire.KindI16, anys(c.I16Val.Values), c.I16Val.Nulls
	case c.I32Val != nil:
		return wire.KindI32, anys(c.I32Val.Values), c.I32Val.Nulls
	case c.I64Val != nil:
		return wire.KindI64, anys(c.I64Val.Values), c.I64Val.Nulls
	case c.DoubleVal != nil:
		return wire.KindDouble, anys(c.DoubleVal.Values), c.DoubleVal.Nulls
	case c.StringVal != nil:
		return wire.KindString, anys(c.StringVal.Values), c.StringVal.Nulls
	case c.BinaryVal != nil:
		values := make([]string, len(c.BinaryVal.Values))
		for i, v := range c.BinaryVal.Values {
			values[i] = string(v)
		}
		return wire.KindBinary, anys(values), c.BinaryVal.Nulls
	}
	return 0, nil, nil
}

func anys[T any](values []T) []any {
	s := make([]any, len(values))
	for i, v := range values {
		s[i] = v
	}
	return s
}

func cellKind(v *hiveserver.TColumnValue) wire.Kind { kind, _ := cell(v); return kind }
func cellValue(v *hiveserver.TColumnValue) any      { _, value := cell(v); return value }

func cell(v *hiveserver.TColumnValue) (wire.Kind, any) {
	switch {
	case v.BoolVal != nil:
		return wire.KindBool, deref(v.BoolVal.Value)
	case v.ByteVal != nil:
		return wire.KindByte, deref(v.ByteVal.Value)
	case v.I16Val != nil:
		return wire.KindI16, deref(v.I16Val.Value)
	case v.I32Val != nil:
		return wire.KindI32, deref(v.I32Val.Value)
	case v.I64Val != nil:
		return wire.KindI64, deref(v.I64Val.Value)
	case v.DoubleVal != nil:
		return wire.KindDouble, deref(v.DoubleVal.Value)
	case v.StringVal != nil:
		return wire.KindString, deref(v.StringVal.Value)
	}
	return 0, nil
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
