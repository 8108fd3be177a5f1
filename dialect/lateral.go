package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// The joins that only HiveQL has. What they join is made by [Explode] and its like.
const (
	lateralView      expr.JoinKind = "LATERAL VIEW"
	lateralViewOuter expr.JoinKind = "LATERAL VIEW OUTER"
)

// LateralView adds to a query the rows that a table function makes of each row:
//
//	tag := dialect.Explode(posts.Tags, "e", "tag")
//	q := dialect.LateralView(expr.Select(posts.ID, tag.C("tag")), tag)
//
// Hive has no other join beside it, and Spark none behind it: make one of the two a Subquery.
func LateralView(q expr.SelectStmt, view *expr.Source) expr.SelectStmt {
	return joined(q, lateralView, view)
}

// LateralViewOuter is [LateralView] that keeps rows of which the function makes none.
func LateralViewOuter(q expr.SelectStmt, view *expr.Source) expr.SelectStmt {
	return joined(q, lateralViewOuter, view)
}

func joined(q expr.SelectStmt, kind expr.JoinKind, right *expr.Source) expr.SelectStmt {
	q.Joins = append(slices.Clip(q.Joins), expr.Join{Kind: kind, Right: expr.SourceOf(right)})
	return q
}

// TableFunction is the node of a function that makes rows, for [LateralView].
type TableFunction struct {
	Name    string
	Args    []*expr.Term
	Columns []string
}

// Shape implements [expr.Node].
func (n *TableFunction) Shape(s *expr.Shape) {
	s.Kind("dialect.udtf")
	s.Text(n.Name)
	s.Terms(n.Args)
	s.Int(len(n.Columns))
	for _, name := range n.Columns {
		s.Text(name)
	}
}

// column is a column of the result of a table function.
type column struct {
	name string
	typ  schema.Type // nil if it is not known
}

// UDTF is any table function, with the names of its columns.
func UDTF(name, alias string, columns []string, args ...expr.Expr) *expr.Source {
	list := make([]column, len(columns))
	for i, c := range columns {
		list[i] = column{name: c}
	}
	return udtf(name, alias, list, args)
}

func udtf(name, alias string, columns []column, args []expr.Expr) *expr.Source {
	n := &TableFunction{Name: name}
	for _, a := range args {
		n.Args = append(n.Args, expr.Of[expr.Any](a).Term)
	}
	for _, c := range columns {
		n.Columns = append(n.Columns, c.name)
	}
	return sourceOf(n, alias, columns)
}

// sourceOf makes a source with these columns.
func sourceOf(n expr.Node, alias string, columns []column) *expr.Source {
	src := expr.NewSource(n, alias, nil)
	for _, c := range columns {
		src.Columns = append(src.Columns, columnTerm(src, c))
	}
	return src
}

func columnTerm(src *expr.Source, c column) *expr.Term {
	n := &expr.Column{Source: src, Name: c.name}
	n.Term = expr.Term{Node: n, Type: c.typ}
	return &n.Term
}

// Explode makes a row of each element of an array.
func Explode[E expr.Kind[E]](array expr.Array[E], alias, name string) *expr.Source {
	return udtf("explode", alias, []column{{name, elem(array)}}, []expr.Expr{array})
}

// ExplodeMap makes a row of each entry of a map.
func ExplodeMap[K expr.Kind[K], E expr.Kind[E]](m expr.Map[K, E], alias, key, value string) *expr.Source {
	columns := []column{{name: key}, {name: value}}
	if t, ok := expr.TermOf(m).Type.(schema.MapType); ok {
		columns[0].typ, columns[1].typ = t.Key(), t.Value()
	}
	return udtf("explode", alias, columns, []expr.Expr{m})
}

// PosExplode makes a row of each element of an array, with its place, counted from 0.
func PosExplode[E expr.Kind[E]](array expr.Array[E], alias, pos, name string) *expr.Source {
	return udtf("posexplode", alias, []column{{pos, schema.Integer}, {name, elem(array)}}, []expr.Expr{array})
}

// Inline makes a row of each struct of an array, with a column for each field. Without names they are those of the
// fields.
func Inline(array expr.Array[expr.Struct], alias string, names ...string) *expr.Source {
	var columns []column
	if t, ok := elem(array).(schema.StructType); ok {
		for _, f := range t.Fields() {
			columns = append(columns, column{f.Name, f.Type})
		}
	}
	for i, name := range names {
		if i == len(columns) {
			columns = append(columns, column{})
		}
		columns[i].name = name
	}
	return udtf("inline", alias, columns, []expr.Expr{array})
}

// Stack makes rows of values, each as long as there are names.
func Stack(alias string, names []string, values ...expr.Expr) *expr.Source {
	rows := int64(0)
	if len(names) > 0 {
		rows = int64(len(values) / len(names))
	}
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i].name = name
		if i < len(values) {
			columns[i].typ = expr.Of[expr.Any](values[i]).Type
		}
	}
	return udtf("stack", alias, columns, append([]expr.Expr{number(rows)}, values...))
}

// JSONTuple reads keys of a text that is JSON. The columns are named for them.
func JSONTuple(text expr.String, alias string, keys ...string) *expr.Source {
	return keyed("json_tuple", text, alias, keys, keys)
}

// ParseURLTuple reads parts of a URL, such as HOST and QUERY:page, into columns of these names.
func ParseURLTuple(url expr.String, alias string, names []string, parts ...string) *expr.Source {
	return keyed("parse_url_tuple", url, alias, names, parts)
}

func keyed(function string, text expr.String, alias string, names, keys []string) *expr.Source {
	columns, args := make([]column, len(names)), []expr.Expr{text}
	for i, name := range names {
		columns[i] = column{name, schema.String}
	}
	for _, key := range keys {
		args = append(args, expr.Lit[expr.String](key))
	}
	return udtf(function, alias, columns, args)
}

func elem(array expr.Expr) schema.Type {
	if t, ok := expr.TermOf(array).Type.(schema.ArrayType); ok {
		return t.Elem()
	}
	return nil
}

// view writes a lateral view.
func (d *Hive) view(c *compile.Compiler, j expr.Join) {
	n, ok := j.Right.Node.(*TableFunction)
	if !ok {
		c.Refuse("LATERAL VIEW takes a table function, such as Explode, and this is " + j.Right.String())
		return
	}
	others := slices.DeleteFunc(c.Sources(), isView)
	switch {
	case len(others) != 1 && d.version != Spark35:
		c.Fail(d.unsupported("LATERAL VIEW beside a join", "make one of them a Subquery"))
	case slices.ContainsFunc(c.Sources()[:len(others)], isView):
		c.Fail(d.unsupported("a join behind LATERAL VIEW", "join before it"))
	}
	if n.Name == "parse_url_tuple" && d.version == Spark35 {
		c.Fail(d.unsupported("parse_url_tuple", "call parse_url for each part"))
	}
	if len(n.Columns) == 0 {
		c.Refuse("a table function needs names for its columns")
	}
	c.Text(" " + string(j.Kind) + " ")
	c.Term(expr.Call[expr.Any](n.Name, exprs(n.Args)...).Term)
	c.Text(" ")
	c.Ident(c.NameOf(j.Right))
	c.Text(" AS ")
	c.Idents(n.Columns)
}

func isView(s *expr.Source) bool {
	_, view := s.Node.(*TableFunction)
	return view
}

func exprs(terms []*expr.Term) []expr.Expr {
	list := make([]expr.Expr, len(terms))
	for i, t := range terms {
		list[i] = t
	}
	return list
}
