package compile_test

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// sounds is a node of another package: SOUNDS LIKE.
type sounds struct{ x, y *expr.Term }

func (n *sounds) Shape(s *expr.Shape) {
	s.Kind("shouting.sounds")
	s.Term(n.x)
	s.Term(n.y)
}

func soundsLike(x expr.String, y string) expr.Bool {
	return expr.New[expr.Bool](&sounds{x.Term, expr.Lit[expr.String](y).Term}, schema.Boolean)
}

// sample is a clause of another package.
type sample struct{ percent int }

func (n sample) Shape(s *expr.Shape) {
	s.Kind("shouting.sample")
	s.Int(n.percent)
}

func (sample) Place() expr.Place { return expr.AfterFrom }

// shouting is a dialect of another package, which knows both, spells <> otherwise and has placeholders.
type shouting struct{ compile.ANSI }

func (shouting) Name() string { return "shouting" }

func (shouting) AppendIdent(dst []byte, name string) ([]byte, error) {
	return append(dst, "["+strings.ToUpper(name)+"]"...), nil
}

func (shouting) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	switch n := n.(type) {
	case *sounds:
		c.Operand(n.x, compile.LevelIs+1)
		c.Text(" SOUNDS LIKE ")
		c.Operand(n.y, compile.LevelIs+1)
		return compile.LevelIs, true
	case sample:
		c.Text("SAMPLE ")
		c.Literal(n.percent, nil)
		return compile.LevelAtom, true
	}
	return 0, false
}

func (shouting) Operator(op expr.Op) (compile.Operator, bool) {
	return compile.Operator{Text: " != ", Level: compile.LevelIs, Left: compile.LevelIs + 1, Right: compile.LevelIs + 1}, op == expr.OpNe
}

func (shouting) AppendPlaceholder(dst []byte, n int) []byte {
	return append(dst, "$"+string(rune('0'+n))...)
}

func (shouting) Bind(v any, _ schema.Type) (any, error) { return v, nil }

var (
	_ compile.NodeCompiler = shouting{}
	_ compile.Speller      = shouting{}
	_ compile.Binder       = shouting{}
)

func TestNodesAndDialectsOfOthers(t *testing.T) {
	q := expr.Select(things.A).With(sample{5}).
		Where(expr.Not(soundsLike(things.S, "x")), things.A.Ne(1), things.B.In(2, 3), things.S.StartsWith("%"))
	st, err := compile.Compile(shouting{}, q)
	if err != nil {
		t.Fatal(err)
	}
	text, args, err := st.Bind()
	if err != nil {
		t.Fatal(err)
	}
	want := "SELECT [THINGS].[A] FROM [THINGS] SAMPLE 5 WHERE NOT [THINGS].[S] SOUNDS LIKE $1 AND [THINGS].[A] != $2" +
		" AND [THINGS].[B] IN ($3, $4) AND [THINGS].[S] LIKE $5 ESCAPE '/'"
	if text != want {
		t.Errorf("\n got %s\nwant %s", text, want)
	}
	if len(args) != 5 || args[0] != "x" || args[2] != int64(2) || args[4] != "/%%" {
		t.Errorf("values %v", args)
	}
	if _, err := compile.Compile(compile.ANSI{}, q); !is[*compile.UnsupportedError](err) {
		t.Errorf("the standard knows none of it, and says %v", err)
	}
}
