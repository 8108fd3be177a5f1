package compile_test

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// things has a column of each kind; items is related to it.
var things = expr.Declare(md, "things", struct {
	expr.Table
	A  expr.Int `col:",pk"`
	B  expr.Int
	S  expr.String
	X  expr.Float
	P  expr.Decimal `type:"decimal(10,2)"`
	Ok expr.Bool
	D  expr.Date
	At expr.Timestamp
	Bs expr.Bytes
	L  expr.Array[expr.Int]              `type:"array<bigint>"`
	M  expr.Map[expr.String, expr.Float] `type:"map<string,double>"`
	R  expr.Struct                       `type:"struct<f:int>"`
}{})

var items = expr.Declare(md, "items", struct {
	expr.Table
	ID    expr.Int `col:"id,pk"`
	Thing expr.Int `references:"things.a"`
	Name  expr.String
}{})

// sqlOf compiles n to the text of the standard.
func sqlOf(t *testing.T, n expr.Node) string {
	t.Helper()
	st, err := compile.Compile(compile.ANSI{}, n)
	if err != nil {
		t.Fatal(err)
	}
	text, err := st.SQL()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// everything has all features, some of them in the words of nobody.
type everything struct{ compile.ANSI }

func (everything) Supports(compile.Feature) (bool, string) { return true, "" }

func (everything) Operator(op expr.Op) (compile.Operator, bool) {
	level, ok := map[expr.Op]compile.Level{
		expr.OpBitAnd: compile.LevelBitAnd, expr.OpBitOr: compile.LevelBitOr, expr.OpBitXor: compile.LevelBitXor,
		expr.OpShl: compile.LevelShift, expr.OpShr: compile.LevelShift, expr.OpRegexp: compile.LevelIs, expr.OpQuo: compile.LevelMul,
	}[op]
	if op == expr.OpBitNot {
		return compile.Operator{Text: "~", Level: compile.LevelUnary, Right: compile.LevelUnary}, true
	}
	return compile.Operator{Text: " " + string(op) + " ", Level: level, Left: level, Right: level + 1}, ok
}

// inList is the text of an expression of things.
func inList(t *testing.T, d compile.Dialect, e expr.Item) string {
	t.Helper()
	st, err := compile.Compile(d, expr.Select(e))
	if err != nil {
		return err.Error()
	}
	text, err := st.SQL()
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(text, "SELECT "), " FROM things"), "things.", "")
}

type textCase struct {
	name string
	q    expr.Node
	want string
}

func checkTexts(t *testing.T, cases []textCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := sqlOf(t, c.q); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// copyOf is a table of the same name in a schema of its own.
func copyOf(t *schema.Table, opts ...schema.CopyOption) *schema.Table {
	return t.CopyTo(schema.NewMetaData(), opts...)
}
