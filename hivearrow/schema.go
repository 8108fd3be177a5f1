package hivearrow

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/skep-go/skep/hive"
)

// TypeKey is the key in a field's metadata under which its Hive type stands: "decimal(10,2)", "array<int>". An "array"
// without more is one of which only the text is known.
const TypeKey = "hive:type"

// Schema gives a result's Arrow schema. All fields may be null, as all of Hive's columns may be.
//
//	BOOLEAN                             bool
//	TINYINT, SMALLINT, INT, BIGINT      int8, int16, int32, int64
//	FLOAT, DOUBLE                       float32, float64
//	DECIMAL(p,s)                        decimal128(p,s); decimal256(p,s) if p is above 38, which Hive never has
//	STRING, VARCHAR, CHAR               utf8 (CHAR padded with blanks to its length)
//	BINARY                              binary
//	DATE                                date32
//	TIMESTAMP                           timestamp[ns] without a zone, or timestamp[us] (Options.Microseconds)
//	TIMESTAMP WITH LOCAL TIME ZONE      the same with the zone UTC
//	INTERVAL YEAR TO MONTH              month_interval
//	INTERVAL DAY TO SECOND              month_day_nano_interval, a day of 24 hours
//	VOID                                null
//	ARRAY, MAP, STRUCT                  list, map, struct if Options.Types has the type, else utf8
//	UNIONTYPE                           dense_union with the fields "0", "1", … likewise, in which NULL is a null of "0"
//
// The error is a [*TypeError].
func Schema(columns []hive.Column, options Options) (*arrow.Schema, error) {
	types, err := options.fullTypes(columns)
	if err != nil {
		return nil, err
	}
	return schema(columns, types, options)
}

func schema(columns []hive.Column, types []hive.FullType, options Options) (*arrow.Schema, error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		t := types[i]
		fields[i] = arrow.Field{
			Name: c.Name, Type: arrow.BinaryTypes.String, Nullable: true,
			Metadata: arrow.NewMetadata([]string{TypeKey}, []string{t.String()}),
		}
		if isNested(t) && t.Parts == nil {
			continue
		}
		var err error
		if fields[i].Type, err = options.arrowType(t); err != nil {
			return nil, &TypeError{c.Name, t.String(), err}
		}
	}
	return arrow.NewSchema(fields, nil), nil
}

func isNested(t hive.FullType) bool {
	switch t.Kind {
	case hive.KindArray, hive.KindMap, hive.KindStruct, hive.KindUnion:
		return true
	}
	return false
}

var scalars = map[hive.Kind]arrow.DataType{
	hive.KindBoolean:           arrow.FixedWidthTypes.Boolean,
	hive.KindTinyInt:           arrow.PrimitiveTypes.Int8,
	hive.KindSmallInt:          arrow.PrimitiveTypes.Int16,
	hive.KindInt:               arrow.PrimitiveTypes.Int32,
	hive.KindBigInt:            arrow.PrimitiveTypes.Int64,
	hive.KindFloat:             arrow.PrimitiveTypes.Float32,
	hive.KindDouble:            arrow.PrimitiveTypes.Float64,
	hive.KindString:            arrow.BinaryTypes.String,
	hive.KindVarchar:           arrow.BinaryTypes.String,
	hive.KindChar:              arrow.BinaryTypes.String,
	hive.KindUserDefined:       arrow.BinaryTypes.String,
	hive.KindBinary:            arrow.BinaryTypes.Binary,
	hive.KindDate:              arrow.FixedWidthTypes.Date32,
	hive.KindIntervalYearMonth: arrow.FixedWidthTypes.MonthInterval,
	hive.KindIntervalDayTime:   arrow.FixedWidthTypes.MonthDayNanoInterval,
	hive.KindNull:              arrow.Null,
}

func (o Options) arrowType(t hive.FullType) (arrow.DataType, error) {
	switch t.Kind {
	case hive.KindDecimal:
		return decimalType(t.Type)
	case hive.KindTimestamp:
		return &arrow.TimestampType{Unit: o.unit()}, nil
	case hive.KindTimestampLocalTZ:
		return &arrow.TimestampType{Unit: o.unit(), TimeZone: "UTC"}, nil
	}
	if isNested(t) {
		return o.nestedType(t)
	}
	if scalar, ok := scalars[t.Kind]; ok {
		return scalar, nil
	}
	return nil, errors.New("there is no Arrow type for it")
}

func (o Options) unit() arrow.TimeUnit {
	if o.Microseconds {
		return arrow.Microsecond
	}
	return arrow.Nanosecond
}

// decimalType takes a DECIMAL without precision for DECIMAL(10,0), as Hive does.
func decimalType(t hive.Type) (arrow.DataType, error) {
	if t.Precision == 0 && t.Scale == 0 {
		t.Precision = 10
	}
	switch {
	case t.Scale < 0 || t.Precision < max(t.Scale, 1) || t.Precision > 76:
		return nil, errors.New("want a precision from 1 to 76, and a scale from 0 to that")
	case t.Precision > 38:
		return &arrow.Decimal256Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}, nil
	}
	return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}, nil
}

// nestedType wants the types of all parts: there is no Arrow type without.
func (o Options) nestedType(t hive.FullType) (arrow.DataType, error) {
	if t.Parts == nil {
		return nil, fmt.Errorf("what the %s in it is made of is not said", t.Kind)
	}
	fields := make([]arrow.Field, len(t.Parts))
	for i, part := range t.Parts {
		typ, err := o.arrowType(part)
		if err != nil {
			return nil, err
		}
		fields[i] = arrow.Field{Name: fmt.Sprint(i), Type: typ, Nullable: true}
		if i < len(t.Names) {
			fields[i].Name = t.Names[i]
		}
	}
	switch t.Kind {
	case hive.KindArray:
		return arrow.ListOf(fields[0].Type), nil
	case hive.KindMap:
		return arrow.MapOf(fields[0].Type, fields[1].Type), nil
	case hive.KindStruct:
		return arrow.StructOf(fields...), nil
	}
	if len(fields) > maxAlternatives {
		return nil, fmt.Errorf("a union of %d types; Arrow's have %d at most", len(fields), maxAlternatives)
	}
	codes := make([]arrow.UnionTypeCode, len(fields))
	for i := range codes {
		codes[i] = arrow.UnionTypeCode(i)
	}
	return arrow.DenseUnionOf(fields, codes), nil
}

// maxAlternatives is how many types Arrow's codes from 0 to 127 tell apart.
const maxAlternatives = 128
