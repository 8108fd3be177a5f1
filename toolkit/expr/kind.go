package expr

import (
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// Kind is the constraint of the types that expressions have in Go: [Bool], [Int], [Float], [Decimal], [String], [Bytes],
// [Date], [Timestamp], [Array], [Map], [Struct], [Any].
//
// They hold Go's compiler against mistakes: there is no Like of an [Int], and no comparison of a [Date] with a number.
// Their methods take values of Go. Functions of the same name take expressions: Price.Gt("9.99"), but Gt(Price, Cost).
// What differs between types of one kind, such as TINYINT and BIGINT, is the schema's business.
type Kind[E any] interface {
	Expr
	with(*Term) E
}

func kind[E Kind[E]](t *Term) E {
	var e E
	return e.with(t)
}

// Of takes an expression as one of another kind. It is the word of the caller: nothing is converted, in Go or in SQL.
// See [Cast].
func Of[E Kind[E]](e Expr) E { return kind[E](termOf(e)) }

// valued is implemented by the kinds whose value in Go is a V.
type valued[V any] interface{ goValue(V) }

// Bool is a BOOLEAN: a condition.
type Bool struct{ Comparable[bool] }

// Int is a whole number of any size.
type Int struct{ Number[int64, Int] }

// Float is an approximate number.
type Float struct{ Number[float64, Float] }

// Decimal is an exact number, whose values are texts: Price.Gt("9.99").
type Decimal struct {
	Number[schema.Decimal, Decimal]
}

// String is a text.
type String struct{ Comparable[string] }

// Bytes are bytes.
type Bytes struct{ Comparable[[]byte] }

// Date is a day.
type Date struct{ Comparable[schema.CivilDate] }

// Timestamp is a date with a time of day. See the dialect for what becomes of a time's zone.
type Timestamp struct{ Comparable[time.Time] }

// Any is an expression whose kind is not known, as that of a column found by name. [Of] says what it is.
type Any struct{ Comparable[any] }

// Array is an ARRAY.
type Array[E Kind[E]] struct{ *Term }

// Map is a MAP.
type Map[K Kind[K], E Kind[E]] struct{ *Term }

// Struct is a STRUCT.
type Struct struct{ *Term }

func (Bool) with(t *Term) Bool           { return Bool{Comparable[bool]{t}} }
func (Int) with(t *Term) Int             { return Int{Number[int64, Int]{Comparable[int64]{t}}} }
func (Float) with(t *Term) Float         { return Float{Number[float64, Float]{Comparable[float64]{t}}} }
func (String) with(t *Term) String       { return String{Comparable[string]{t}} }
func (Bytes) with(t *Term) Bytes         { return Bytes{Comparable[[]byte]{t}} }
func (Date) with(t *Term) Date           { return Date{Comparable[schema.CivilDate]{t}} }
func (Timestamp) with(t *Term) Timestamp { return Timestamp{Comparable[time.Time]{t}} }
func (Any) with(t *Term) Any             { return Any{Comparable[any]{t}} }
func (Array[E]) with(t *Term) Array[E]   { return Array[E]{t} }
func (Struct) with(t *Term) Struct       { return Struct{t} }
func (Map[K, E]) with(t *Term) Map[K, E] { return Map[K, E]{t} }
func (Decimal) with(t *Term) Decimal {
	return Decimal{Number[schema.Decimal, Decimal]{Comparable[schema.Decimal]{t}}}
}

// typeOf is the type of a value of Go, nil if none follows from it.
func typeOf(v any) schema.Type {
	switch v.(type) {
	case bool, []bool:
		return schema.Boolean
	case int8, []int8:
		return schema.TinyInt
	case int16, []int16:
		return schema.SmallInt
	case int32, []int32:
		return schema.Integer
	case int, int64, []int, []int64:
		return schema.BigInt
	case float32, []float32:
		return schema.Float
	case float64, []float64:
		return schema.Double
	case string, []string:
		return schema.String
	case []byte, [][]byte:
		return schema.Binary
	case schema.CivilDate, []schema.CivilDate:
		return schema.Date
	case time.Time, []time.Time:
		return schema.Timestamp
	}
	return nil
}

// kindType is the type of the expressions of a kind if nothing else says it, nil if none follows from it.
func kindType[E Kind[E]]() schema.Type {
	var e E
	switch any(e).(type) {
	case Bool:
		return schema.Boolean
	case Int:
		return schema.BigInt
	case Float:
		return schema.Double
	case String:
		return schema.String
	case Bytes:
		return schema.Binary
	case Date:
		return schema.Date
	case Timestamp:
		return schema.Timestamp
	}
	return nil
}
