package hive

import (
	"errors"
	"fmt"
	"strconv"
)

// Kind is the family a Hive type belongs to. The zero Kind is no type.
type Kind uint8

// The kinds of Hive types.
const (
	_ Kind = iota
	KindBoolean
	KindTinyInt
	KindSmallInt
	KindInt
	KindBigInt
	KindFloat
	KindDouble
	KindString
	KindVarchar
	KindChar
	KindBinary
	KindDate
	KindTimestamp
	KindTimestampLocalTZ
	KindDecimal
	KindIntervalYearMonth
	KindIntervalDayTime
	KindArray
	KindMap
	KindStruct
	KindUnion
	KindUserDefined
	KindNull // void, the type of a bare NULL
)

var kindNames = [...]string{
	0:                     "unknown",
	KindBoolean:           "boolean",
	KindTinyInt:           "tinyint",
	KindSmallInt:          "smallint",
	KindInt:               "int",
	KindBigInt:            "bigint",
	KindFloat:             "float",
	KindDouble:            "double",
	KindString:            "string",
	KindVarchar:           "varchar",
	KindChar:              "char",
	KindBinary:            "binary",
	KindDate:              "date",
	KindTimestamp:         "timestamp",
	KindTimestampLocalTZ:  "timestamp with local time zone",
	KindDecimal:           "decimal",
	KindIntervalYearMonth: "interval_year_month",
	KindIntervalDayTime:   "interval_day_time",
	KindArray:             "array",
	KindMap:               "map",
	KindStruct:            "struct",
	KindUnion:             "uniontype",
	KindUserDefined:       "user_defined",
	KindNull:              "void",
}

// String returns the name Hive uses for the kind, such as "bigint" or "uniontype".
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// Type is the type of a column as HiveServer2 describes it. The server does not say what an
// ARRAY, MAP, STRUCT or UNIONTYPE is made of: that is known only to the table's definition.
type Type struct {
	Kind      Kind
	Length    int // characters of a CHAR or VARCHAR; otherwise 0
	Precision int // digits of a DECIMAL; otherwise 0
	Scale     int // digits of a DECIMAL after the point; otherwise 0
}

// String spells the type as Hive does: "decimal(10,2)", "varchar(20)", "array".
func (t Type) String() string {
	switch {
	case t.Kind == KindDecimal && t.Precision > 0:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case (t.Kind == KindChar || t.Kind == KindVarchar) && t.Length > 0:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Length)
	}
	return t.Kind.String()
}

// Column describes one column of a result.
type Column struct {
	Name    string // label as the server gives it; Hive lower-cases it
	Type    Type
	Comment string // empty when there is none
}

// kindsByTypeID is indexed by TCLIService's TTypeId.
var kindsByTypeID = [...]Kind{
	KindBoolean, KindTinyInt, KindSmallInt, KindInt, KindBigInt, KindFloat, KindDouble, KindString,
	KindTimestamp, KindBinary, KindArray, KindMap, KindStruct, KindUnion, KindUserDefined, KindDecimal,
	KindNull, KindDate, KindVarchar, KindChar, KindIntervalYearMonth, KindIntervalDayTime,
	KindTimestampLocalTZ,
}

// kindOfTypeID translates a TTypeId; it reports false for an id this client does not know.
func kindOfTypeID(id int32) (Kind, bool) {
	if id < 0 || int(id) >= len(kindsByTypeID) {
		return 0, false
	}
	return kindsByTypeID[id], true
}

// floatText undoes the widening of a FLOAT. Servers below protocol V6 send it as a double with
// float's error made visible (1.100000023841858); V6 and above send the double nearest to
// its decimal text (1.1), and so does floatText. What was never a float32 is left alone.
func floatText(f float64) float64 {
	if float64(float32(f)) != f { // also NaN
		return f
	}
	text := strconv.AppendFloat(make([]byte, 0, 24), f, 'g', -1, 32)
	g, _ := strconv.ParseFloat(string(text), 64) // no float32 is out of float64's range
	return g
}

// TextError reports a text that is no value of its type. Err says what is wrong; it may be
// a more special error, such as [*ZoneError].
type TextError struct {
	Type   string // Hive type the text was read as
	Text   string // the whole text
	Offset int    // byte of Text at which reading failed
	Err    error
}

// Error shows no more than a few dozen bytes of the text.
func (e *TextError) Error() string {
	if len(e.Text) <= clipped {
		return fmt.Sprintf("hive: cannot read %q as %s: %v, at byte %d", e.Text, e.Type, e.Err, e.Offset)
	}
	near := clip(e.Text[min(e.Offset, len(e.Text)):])
	return fmt.Sprintf("hive: cannot read %d bytes as %s: %v, at byte %d, near %q", len(e.Text), e.Type, e.Err, e.Offset, near)
}

// Unwrap returns Err.
func (e *TextError) Unwrap() error { return e.Err }

// clipped is how much of a text an error shows.
const clipped = 48

func clip(text string) string { return text[:min(len(text), clipped)] }

func textError(k Kind, text string, offset int, reason string) error {
	return &TextError{Type: k.String(), Text: text, Offset: offset, Err: errors.New(reason)}
}

// scanValue is sql.Scanner for the types whose values the server sends as text.
func scanValue[T any](dst *T, src any, parse func(string) (T, error)) (err error) {
	var v T
	switch src := src.(type) {
	case T:
		v = src
	case string:
		v, err = parse(src)
	case []byte:
		v, err = parse(string(src))
	case nil:
		return fmt.Errorf("hive: cannot scan NULL into *%T: use sql.Null[%T]", v, v)
	default:
		return fmt.Errorf("hive: cannot scan %T into *%T: want string, []byte or %T", src, v, v)
	}
	if err == nil {
		*dst = v
	}
	return err
}
