// Package sqlite is a dialect of the toolkit for SQLite. It is nobody's product: it proves that a dialect for another
// server needs nothing that the toolkit does not offer to everyone, and passes the same suite.
package sqlite

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Dialect compiles to the SQL of SQLite 3.44 and later. Dates and times are texts there, and decimals are approximate.
type Dialect struct{ compile.ANSI }

var (
	_ compile.Dialect      = Dialect{}
	_ compile.NodeCompiler = Dialect{}
	_ compile.Speller      = Dialect{}
	_ compile.Binder       = Dialect{}
	_ compile.BindLimiter  = Dialect{}
	_ compile.Transactor   = Dialect{}
)

// Name implements [compile.Dialect].
func (Dialect) Name() string { return "sqlite" }

// AppendIdent implements [compile.Dialect]. All names are quoted: there are many keywords, and quotes change nothing.
func (Dialect) AppendIdent(dst []byte, name string) ([]byte, error) {
	if name == "" || !utf8.ValidString(name) || strings.Contains(name, "\x00") {
		return dst, &compile.IdentError{Name: name}
	}
	return append(dst, `"`+strings.ReplaceAll(name, `"`, `""`)+`"`...), nil
}

// layout is how a time is kept: texts of it are in the order of time.
const layout = "2006-01-02 15:04:05.000000000"

// AppendLiteral implements [compile.Dialect].
func (d Dialect) AppendLiteral(dst []byte, v any, t schema.Type) ([]byte, error) {
	v, err := d.Bind(v, t)
	if err != nil {
		return dst, err
	}
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "\x00") {
			return dst, &compile.LiteralError{Type: "string", Reason: "it contains a NUL; bind it"}
		}
		return d.ANSI.AppendLiteral(dst, v, t)
	case float64:
		if math.IsInf(v, 0) {
			return append(strconv.AppendInt(dst, int64(math.Copysign(9, v)), 10), "e999"...), nil
		}
		return strconv.AppendFloat(dst, v, 'e', -1, 64), nil
	}
	return d.ANSI.AppendLiteral(dst, v, t)
}

// TypeName implements [compile.Dialect]: the type is what SQLite calls the affinity.
func (d Dialect) TypeName(t schema.Type) (string, error) {
	if custom, ok := t.(schema.Custom); ok {
		return d.TypeName(custom.Impl())
	}
	if err := schema.CheckType(t); err != nil {
		return "", err
	}
	switch t {
	case schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return "INTEGER", nil
	case schema.Float, schema.Double:
		return "REAL", nil
	case schema.String, schema.Date, schema.Timestamp:
		return "TEXT", nil
	case schema.Binary:
		return "BLOB", nil
	}
	switch t.(type) {
	case schema.VarCharType, schema.CharType:
		return "TEXT", nil
	case schema.NumericType:
		return "NUMERIC", nil
	}
	return "", &compile.UnsupportedError{Construct: "the type " + t.String(), Dialect: d.Name()}
}

// lacking is what SQLite does not have, with what to write instead.
var lacking = map[compile.Feature]string{
	compile.SemiJoins:      "use WHERE with Exists",
	compile.AntiJoins:      "use WHERE with Not(Exists)",
	compile.SetAlls:        "",
	compile.Quantifiers:    "use Exists",
	compile.DistinctOns:    "filter by row_number() = 1 in a query around it",
	compile.Qualifies:      "filter by row_number() = 1 in a query around it",
	compile.GroupingSets:   "use UnionAll of several groupings",
	compile.Locks:          "a transaction that writes has the whole database",
	compile.Hints:          "",
	compile.Regexps:        "use Like",
	compile.Intervals:      "call the functions date and datetime",
	compile.Arrays:         "call the functions of JSON",
	compile.Structs:        "call the functions of JSON",
	compile.Merges:         "",
	compile.DeleteUsings:   "use WHERE with Exists",
	compile.Schemas:        "attach a database",
	compile.ReplacedViews:  "drop the view before",
	compile.AddConstraints: "declare them with the table",
	compile.NotEnforced:    "",
	compile.Comments:       "",
	compile.InlineComments: "",
	compile.Identities:     "an INTEGER PRIMARY KEY counts by itself",
}

// Supports implements [compile.Dialect].
func (Dialect) Supports(f compile.Feature) (ok bool, instead string) {
	instead, lacks := lacking[f]
	return !lacks, instead
}

// Operator implements [compile.Speller]: the operators on bits bind less tight than those of numbers, and all alike.
func (Dialect) Operator(op expr.Op) (compile.Operator, bool) {
	level := compile.LevelBitOr
	switch op {
	case expr.OpBitAnd, expr.OpBitOr, expr.OpShl, expr.OpShr:
		return compile.Operator{Text: " " + string(op) + " ", Level: level, Left: level, Right: level + 1}, true
	case expr.OpBitNot:
		return compile.Operator{Text: "~", Level: compile.LevelUnary, Right: compile.LevelUnary}, true
	case expr.OpConcat:
		return compile.Operator{Text: " || ", Level: tightest, Left: tightest, Right: tightest + 1}, true
	}
	return compile.Operator{}, false
}

// tightest is the level of ||, which binds tighter than * here.
const tightest = compile.LevelMul + 50

// Transactions implements [compile.Transactor].
func (Dialect) Transactions() bool { return true }

// AppendPlaceholder implements [compile.Binder].
func (Dialect) AppendPlaceholder(dst []byte, n int) []byte {
	return strconv.AppendInt(append(dst, '?'), int64(n), 10)
}

// MaxBinds implements [compile.BindLimiter]. More are possible since 3.32, and take the parser the square of their number.
func (Dialect) MaxBinds() int { return 999 }

// Bind implements [compile.Binder]. SQLite knows integers, floats, texts and bytes.
func (Dialect) Bind(v any, _ schema.Type) (any, error) {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return nil, &compile.LiteralError{Type: "string", Reason: "it is not UTF-8"}
		}
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case []byte:
		if v == nil {
			return nil, nil
		}
	case float64:
		if math.IsNaN(v) {
			return nil, &compile.LiteralError{Type: "float64", Reason: "NaN would be NULL"}
		}
	case time.Time:
		return v.UTC().Format(layout), nil
	case schema.CivilDate:
		if err := v.Valid(); err != nil {
			return nil, err
		}
		return v.String(), nil
	case schema.Decimal:
		return decimal(v)
	}
	return v, nil
}

// decimal is the float that a decimal becomes; one that it cannot be is refused.
func decimal(v schema.Decimal) (any, error) {
	if err := v.Valid(); err != nil {
		return nil, err
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if digits := strings.TrimLeft(strings.Trim(strings.ReplaceAll(string(v), ".", ""), "+-"), "0"); err != nil || len(digits) > 15 {
		return nil, &compile.LiteralError{Type: "schema.Decimal", Reason: "a float does not hold it"}
	}
	return f, nil
}
