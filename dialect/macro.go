package dialect

import (
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

const macro = "TEMPORARY MACRO"

// MacroStmt makes a macro. See [CreateMacro].
type MacroStmt struct {
	ddl.Base
	name   string
	params *expr.Source
	body   *expr.Term
}

// CreateMacro makes a function of an expression, which goes with the session. The expression is made of the parameters,
// which are fields of p: CreateMacro("next", []schema.Field{{Name: "x", Type: schema.Integer}}, func(p *expr.Source)
// expr.Expr { return p.C("x").… }).
func CreateMacro(name string, params []schema.Field, body func(p *expr.Source) expr.Expr) MacroStmt {
	columns := make([]schema.Item, len(params))
	for i, p := range params {
		columns[i] = schema.Col(p.Name, p.Type)
	}
	source := expr.T(schema.NewTable(nil, name, columns...)).Source
	return MacroStmt{name: name, params: source, body: expr.TermOf(body(source))}
}

// Shape implements [expr.Node].
func (s MacroStmt) Shape(shape *expr.Shape) {
	s.Base.Shape(shape)
	shape.Term(s.body)
}

func (s MacroStmt) write(w *definition) {
	if !w.hiveOnly(Hive23, "macros", "call the expression") {
		return
	}
	if s.params == nil {
		w.Refuse("there is no macro; see CreateMacro")
		return
	}
	if err := s.params.Table().Err(); err != nil {
		w.Fail(err)
	}
	w.Text("CREATE TEMPORARY MACRO ")
	w.Ident(s.name)
	w.Text(" (")
	for i, c := range s.params.Table().Columns() {
		w.comma(i)
		w.columnType(c)
	}
	w.Text(") ")
	w.Bare(s.params, func() { w.Term(s.body) })
}

// DropMacro drops a macro.
func DropMacro(name string) DropFunctionStmt { return DropFunctionStmt{kind: macro, name: name} }
