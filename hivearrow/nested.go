package hivearrow

import (
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/skep-go/skep/hive"
)

// nested makes an array of a column whose values have parts.
func (s source) nested() (arrow.Array, error) {
	texts, err := hive.Values[string](s.batch, s.col)
	if err != nil {
		return nil, err
	}
	mem := s.options.Allocator
	if mem == nil {
		mem = memory.NewGoAllocator()
	}
	b := array.NewBuilder(mem, s.arrow)
	defer b.Release()
	b.Reserve(len(texts))
	value := hive.Nested{Type: s.types[s.col].String(), Unescaped: s.options.Unescaped}
	for i, text := range texts {
		if s.nulls.IsNull(i) {
			b.AppendNull()
			continue
		}
		value.Raw = text
		v, err := value.Decode()
		if err == nil {
			err = s.options.append(b, v)
		}
		if err != nil {
			return nil, s.valueError(i, err)
		}
	}
	return b.NewArray(), nil
}

// append appends a value as [hive.Nested.Decode] gives it, when it knows the type that the builder was made for.
func (o Options) append(b array.Builder, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.ListBuilder:
		return put(v, func(list []any) error { return o.appendList(b, list) })
	case *array.MapBuilder:
		return put(v, func(m hive.Map) error { return o.appendMap(b, m) })
	case *array.StructBuilder:
		return put(v, func(m hive.Map) error { return o.appendStruct(b, m) })
	case *array.DenseUnionBuilder:
		return put(v, func(u hive.Union) error { return o.appendUnion(b, u) })
	case *array.TimestampBuilder:
		return put(v, func(t time.Time) error { return add(t, o.timestamp, b.Append) })
	case *array.Date32Builder:
		return put(v, func(d hive.Date) error { return add(d, date32, b.Append) })
	case *array.MonthDayNanoIntervalBuilder:
		return put(v, func(i hive.IntervalDayTime) error { return add(i, monthDayNano, b.Append) })
	case *array.Decimal128Builder:
		return put(v, func(d hive.Decimal) error { return appendDecimal(b, d) })
	}
	return appendPlain(b, v)
}

// appendPlain appends a value that is the same to Arrow.
func appendPlain(b array.Builder, v any) error {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		return put(v, always(b.Append))
	case *array.Int8Builder:
		return put(v, always(b.Append))
	case *array.Int16Builder:
		return put(v, always(b.Append))
	case *array.Int32Builder:
		return put(v, always(b.Append))
	case *array.Int64Builder:
		return put(v, always(b.Append))
	case *array.Float32Builder:
		return put(v, always(b.Append))
	case *array.Float64Builder:
		return put(v, always(b.Append))
	case *array.StringBuilder:
		return put(v, always(b.Append))
	case *array.BinaryBuilder:
		return put(v, always(b.Append))
	case *array.MonthIntervalBuilder:
		return put(v, func(i hive.IntervalYearMonth) error {
			b.Append(arrow.MonthInterval(i))
			return nil
		})
	}
	return fmt.Errorf("%w: a %T for a %s", ErrRange, v, b.Type())
}

// put appends a value that must be a T.
func put[T any](v any, appendT func(T) error) error {
	t, ok := v.(T)
	if !ok {
		return fmt.Errorf("%w: a %T for a %T", ErrRange, v, t)
	}
	return appendT(t)
}

func always[T any](f func(T)) func(T) error {
	return func(v T) error {
		f(v)
		return nil
	}
}

// add appends what convert makes of a value.
func add[H, A any](v H, convert func(H) (A, error), appendA func(A)) error {
	a, err := convert(v)
	if err == nil {
		appendA(a)
	}
	return err
}

func appendDecimal(b *array.Decimal128Builder, d hive.Decimal) error {
	t := b.Type().(*arrow.Decimal128Type)
	n, err := parseDecimal128(d.String(), t.Precision, t.Scale)
	if err == nil {
		b.Append(n)
	}
	return err
}

func (o Options) appendList(b *array.ListBuilder, list []any) error {
	b.Append(true)
	for _, v := range list {
		if err := o.append(b.ValueBuilder(), v); err != nil {
			return err
		}
	}
	return nil
}

func (o Options) appendMap(b *array.MapBuilder, m hive.Map) error {
	b.Append(true)
	for _, e := range m {
		if e.Key == nil {
			return fmt.Errorf("%w: a map with the key NULL", ErrRange)
		}
		if err := o.append(b.KeyBuilder(), e.Key); err != nil {
			return err
		}
		if err := o.append(b.ItemBuilder(), e.Value); err != nil {
			return err
		}
	}
	return nil
}

// appendStruct relies on the order of the fields, which is the type's: Decode makes sure of it.
func (o Options) appendStruct(b *array.StructBuilder, m hive.Map) error {
	if len(m) != b.NumField() {
		return fmt.Errorf("%w: %d fields for a struct of %d", ErrRange, len(m), b.NumField())
	}
	b.Append(true)
	for i, e := range m {
		if err := o.append(b.FieldBuilder(i), e.Value); err != nil {
			return err
		}
	}
	return nil
}

func (o Options) appendUnion(b *array.DenseUnionBuilder, u hive.Union) error {
	codes := b.Type().(*arrow.DenseUnionType).TypeCodes()
	if u.Tag < 0 || u.Tag >= len(codes) {
		return fmt.Errorf("%w: type %d of a union of %d", ErrRange, u.Tag, len(codes))
	}
	b.Append(codes[u.Tag])
	return o.append(b.Child(u.Tag), u.Value)
}
