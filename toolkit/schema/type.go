package schema

import (
	"fmt"
	"reflect"
)

// Type is an SQL type. Types are values: two are the same type exactly if they are equal under ==, so every
// implementation has to be comparable. Others may define types; see [Custom].
//
// String returns the type's text, in lower case and of no dialect: [ParseType] reads that of every type of this package.
type Type interface {
	String() string
}

// Custom is a type that a program defines: its values are stored as those of another type. It says how they get there
// and back, so that a column can hold what no database has, such as an amount with its currency.
//
// A Custom type is not read by [ParseType], for its name is known to the program alone.
type Custom interface {
	Type
	// Impl is the type that the database has. It must not be a Custom type.
	Impl() Type
	// ToDB makes a value of Impl from the program's. It is called for every value that goes into a statement, nil too.
	ToDB(v any) (any, error)
	// FromDB makes the program's value from one of Impl. It is called for every value read, nil too.
	FromDB(v any) (any, error)
}

// Basic is a type without parameters.
type Basic uint8

// The types without parameters.
const (
	Null              Basic = iota // the type of NULL alone: void
	Boolean                        // boolean
	TinyInt                        // tinyint, 8 bits
	SmallInt                       // smallint, 16 bits
	Integer                        // int, 32 bits
	BigInt                         // bigint, 64 bits
	Float                          // float, 32 bits
	Double                         // double, 64 bits
	String                         // string: text of any length
	Binary                         // binary: octets
	Date                           // date: a day of the calendar
	Time                           // time: a time of day
	Timestamp                      // timestamp: a day and a time of day, in no zone
	TimestampTZ                    // timestamp with local time zone: an instant
	IntervalYearMonth              // interval_year_month
	IntervalDayTime                // interval_day_time
	JSON                           // json
	UUID                           // uuid
	Variant                        // variant: a value that carries its type
)

var basicNames = [...]string{
	Null: "void", Boolean: "boolean", TinyInt: "tinyint", SmallInt: "smallint", Integer: "int", BigInt: "bigint",
	Float: "float", Double: "double", String: "string", Binary: "binary", Date: "date", Time: "time",
	Timestamp: "timestamp", TimestampTZ: "timestamp with local time zone",
	IntervalYearMonth: "interval_year_month", IntervalDayTime: "interval_day_time",
	JSON: "json", UUID: "uuid", Variant: "variant",
}

func (b Basic) String() string {
	if int(b) < len(basicNames) {
		return basicNames[b]
	}
	return fmt.Sprintf("basic(%d)", uint8(b))
}

// NumericType is an exact number with a fixed number of digits after the point. It is made by [Numeric].
type NumericType struct{ precision, scale int }

// Numeric returns the type of numbers of that many digits, scale of them after the point.
func Numeric(precision, scale int) NumericType { return NumericType{precision, scale} }

// Precision is the number of all digits.
func (t NumericType) Precision() int { return t.precision }

// Scale is the number of digits after the point.
func (t NumericType) Scale() int { return t.scale }

func (t NumericType) String() string { return fmt.Sprintf("decimal(%d,%d)", t.precision, t.scale) }

// VarCharType is text of a bounded length. It is made by [VarChar].
type VarCharType struct{ length int }

// VarChar returns the type of texts of at most n characters.
func VarChar(n int) VarCharType { return VarCharType{n} }

// Length is the greatest number of characters.
func (t VarCharType) Length() int { return t.length }

func (t VarCharType) String() string { return fmt.Sprintf("varchar(%d)", t.length) }

// CharType is text of a fixed length. It is made by [Char].
type CharType struct{ length int }

// Char returns the type of texts of n characters, which databases pad with blanks.
func Char(n int) CharType { return CharType{n} }

// Length is the number of characters.
func (t CharType) Length() int { return t.length }

func (t CharType) String() string { return fmt.Sprintf("char(%d)", t.length) }

// TypeError tells what is wrong with a type, or with the text of one.
type TypeError struct {
	Text   string // what was read, or the type as text
	Offset int    // the place in Text, in octets from 0
	Reason string
}

func (e *TypeError) Error() string {
	if e.Offset == 0 {
		return fmt.Sprintf("schema: type %q: %s", e.Text, e.Reason)
	}
	return fmt.Sprintf("schema: type %q at %d: %s", e.Text, e.Offset, e.Reason)
}

// MaxDepth is how deep types may be nested: an array of int has depth 2.
const MaxDepth = 100

// CheckType tells whether a type can be: decimal(0,0), varchar(0), an array of nothing or a struct with two fields of the
// same name cannot. What a particular database has is not asked here. The error is a [*TypeError].
func CheckType(t Type) error { return checkType(t, 1) }

func checkType(t Type, depth int) error {
	if depth > MaxDepth {
		return &TypeError{Reason: tooDeep} // its text might be endless
	}
	if reason := fault(t); reason != "" {
		return &TypeError{Text: fmt.Sprint(t), Reason: reason}
	}
	for _, part := range parts(t) {
		if err := checkType(part, depth+1); err != nil {
			return err
		}
	}
	return nil
}

var tooDeep = fmt.Sprintf("nested deeper than %d", MaxDepth)

// parts returns the types of which t is made.
func parts(t Type) []Type {
	switch t := t.(type) {
	case ArrayType:
		return []Type{t.Elem()}
	case MapType:
		return []Type{t.Key(), t.Value()}
	case StructType:
		var all []Type
		for _, f := range t.Fields() {
			all = append(all, f.Type)
		}
		return all
	case UnionType:
		return t.Types()
	case Custom:
		return []Type{t.Impl()}
	}
	return nil
}

// fault says what is wrong with a type, its parts aside. It returns "" if nothing is.
func fault(t Type) string {
	switch t := t.(type) {
	case nil:
		return "there is no type"
	case invalidType:
		return t.reason
	case Basic:
		if int(t) >= len(basicNames) {
			return "no such type"
		}
	case NumericType:
		if t.precision < 1 || t.scale < 0 || t.scale > t.precision {
			return "want a precision from 1, and a scale from 0 to the precision"
		}
	case VarCharType:
		return lengthFault(t.length)
	case CharType:
		return lengthFault(t.length)
	case StructType:
		return fieldsFault(t.Fields())
	case UnionType:
		if t.types.n == 0 {
			return "want a type"
		}
	case EnumType:
		return valuesFault(t.Values())
	case Custom:
		if _, nested := t.Impl().(Custom); nested {
			return "a custom type cannot be stored as another custom type"
		}
	}
	return hashFault(t)
}

func lengthFault(n int) string {
	if n < 1 {
		return "want a length from 1"
	}
	return ""
}

// hashFault: a type of a program may hold a slice or the like, and then comparing it would panic.
func hashFault(t Type) string {
	switch t.(type) {
	case Basic, NumericType, VarCharType, CharType, EnumType, ArrayType, MapType, StructType, UnionType:
		return "" // their parts were looked at when they were made
	}
	if !reflect.ValueOf(t).Comparable() {
		return fmt.Sprintf("%T is not comparable", t)
	}
	return ""
}

// invalidType stands in a nested type for what cannot be a part, until CheckType tells.
type invalidType struct{ text, reason string }

func (t invalidType) String() string { return t.text }

// part returns t as a part of another type.
func part(t Type) Type {
	if t == nil {
		return invalidType{reason: fault(nil)}
	}
	if reason := hashFault(t); reason != "" {
		return invalidType{t.String(), reason}
	}
	return t
}
