package compile

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// ANSI is the dialect of the standard: what the toolkit compiles to without a server in mind. It has no server. A
// dialect can embed it for what it shares with the standard.
type ANSI struct{}

// Name implements [Dialect].
func (ANSI) Name() string { return "ansi" }

// AppendIdent implements [Dialect]: lower-case words that are not reserved stand as they are, others between ".
func (ANSI) AppendIdent(dst []byte, name string) ([]byte, error) {
	if !utf8.ValidString(name) || strings.IndexByte(name, 0) >= 0 || name == "" {
		return dst, &IdentError{Name: name}
	}
	if PlainIdent(name) && !ansiReserved[name] {
		return append(dst, name...), nil
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(name, `"`, `""`)...)
	return append(dst, '"'), nil
}

// PlainIdent reports whether a name is a lower-case word: letters of ASCII, digits and underscores behind the first.
func PlainIdent(name string) bool {
	for i := range len(name) {
		if b := name[i]; (b < 'a' || b > 'z') && (i == 0 || b != '_' && (b < '0' || b > '9')) {
			return false
		}
	}
	return name != ""
}

// IdentError reports a name that no quoting makes an identifier.
type IdentError struct{ Name string }

func (e *IdentError) Error() string {
	return fmt.Sprintf("%q cannot be an identifier: it is empty, not UTF-8, or contains a NUL", e.Name)
}

// LiteralError reports a value that has no literal. It does not show the value.
type LiteralError struct {
	Type   string // the Go type of the value
	Reason string
}

func (e *LiteralError) Error() string {
	return fmt.Sprintf("no literal for a value of type %s: %s", e.Type, e.Reason)
}

// AppendLiteral implements [Dialect].
func (ANSI) AppendLiteral(dst []byte, v any, _ schema.Type) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "NULL"...), nil
	case string:
		return appendANSIString(dst, v)
	case bool:
		return append(dst, strings.ToUpper(strconv.FormatBool(v))...), nil
	case []byte:
		if v == nil {
			return append(dst, "NULL"...), nil
		}
		dst = append(dst, "X'"...)
		dst = hex.AppendEncode(dst, v)
		return append(dst, '\''), nil
	case time.Time:
		return v.UTC().AppendFormat(dst, "TIMESTAMP '2006-01-02 15:04:05.999999999'"), nil
	case schema.CivilDate:
		if err := v.Valid(); err != nil {
			return dst, err
		}
		return append(dst, "DATE '"+v.String()+"'"...), nil
	case schema.Decimal:
		if err := v.Valid(); err != nil {
			return dst, err
		}
		return append(dst, v...), nil
	}
	return appendANSINumber(dst, v)
}

func appendANSIString(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return dst, &LiteralError{"string", "it is not UTF-8, or contains a NUL"}
	}
	dst = append(dst, '\'')
	dst = append(dst, strings.ReplaceAll(s, "'", "''")...)
	return append(dst, '\''), nil
}

func appendANSINumber(dst []byte, v any) ([]byte, error) {
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, rv.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(dst, rv.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		f := rv.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return dst, &LiteralError{fmt.Sprintf("%T", v), "the standard has none for NaN and the infinities"}
		}
		return strconv.AppendFloat(dst, f, 'E', -1, rv.Type().Bits()), nil
	}
	return dst, &LiteralError{fmt.Sprintf("%T", v), "no type corresponds to it"}
}

// TypeName implements [Dialect].
func (ANSI) TypeName(t schema.Type) (string, error) {
	if custom, ok := t.(schema.Custom); ok {
		return ANSI{}.TypeName(custom.Impl())
	}
	if err := schema.CheckType(t); err != nil {
		return "", err
	}
	switch t {
	case schema.TinyInt:
		return "SMALLINT", nil
	case schema.Float:
		return "REAL", nil
	case schema.Double:
		return "DOUBLE PRECISION", nil
	case schema.String:
		return "CHARACTER VARYING", nil
	case schema.Binary:
		return "BINARY VARYING", nil
	case schema.TimestampTZ:
		return "TIMESTAMP WITH TIME ZONE", nil
	case schema.Null, schema.Variant, schema.UUID:
		return "", &UnsupportedError{Construct: "the type " + t.String(), Dialect: "ansi"}
	}
	switch t.(type) {
	case schema.MapType, schema.UnionType, schema.EnumType, schema.ArrayType, schema.StructType:
		return "", &UnsupportedError{Construct: "the type " + t.String(), Dialect: "ansi"}
	}
	return strings.ToUpper(t.String()), nil
}

// CompileNode implements [NodeCompiler]: the standard leaves it to the server whether a division of whole numbers has a
// fraction, so the first becomes an approximate number.
func (ANSI) CompileNode(c *Compiler, n expr.Node) (Level, bool) {
	div, ok := n.(*expr.Binary)
	if !ok || div.Op != expr.OpDiv || !whole(div.L.Type) || !whole(div.R.Type) {
		return 0, false
	}
	changed := *div
	changed.L = expr.Cast[expr.Float](expr.Of[expr.Any](div.L), schema.Double).Term
	return c.Standard(&changed), true
}

func whole(t schema.Type) bool {
	switch t {
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return true
	}
	return false
}

// Supports implements [Dialect].
func (ANSI) Supports(f Feature) (ok bool, instead string) {
	switch f {
	case Hints:
		return false, "the standard has no hints"
	case Locks:
		return false, "the standard locks in cursors only"
	case DistinctOns, Qualifies:
		return false, "filter by row_number() = 1 in a query around it"
	case SemiJoins:
		return false, "use WHERE with Exists"
	case AntiJoins:
		return false, "use WHERE with Not(Exists)"
	case BitOperators, Shifts:
		return false, "the standard has no operators on bits"
	case Quotients:
		return false, "the standard leaves it to the server whether a division of whole numbers has a fraction"
	case Regexps:
		return false, "use Like"
	case Returnings:
		return false, "read the rows back"
	case InlineComments:
		return false, "create the table WithoutComments, and use SetTableComment and SetColumnComment"
	case UpdateFroms, DeleteUsings:
		return false, "use Merge"
	}
	return true, ""
}

var ansiReserved = func() map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(`all alter and any array as asc asymmetric at between boolean both by call case cast check
		column commit connect constraint create cross cube current current_date current_time current_timestamp current_user cursor
		date day deallocate declare default delete desc describe distinct drop each else end escape except exec execute exists
		external extract false fetch filter float for foreign from full function get global grant group grouping having hour
		identity in inner insert int integer intersect interval into is join language lateral leading left like local
		localtime match merge method minute module month natural new no none not null numeric of offset old on only open or
		order out outer over overlaps parameter partition position precision prepare primary procedure range references release
		result return returns revoke right rollback rollup row rows scroll second select session_user set similar smallint some
		start static sum symmetric system table tablesample then time timestamp to trailing trigger true uescape union unique
		unknown unnest update user using value values varchar varying when where window with within without year`) {
		m[word] = true
	}
	return m
}()
