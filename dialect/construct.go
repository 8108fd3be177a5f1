package dialect

import (
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// ArrayOf makes an array of its elements: array(a, b).
func ArrayOf[E expr.Kind[E]](elements ...E) expr.Array[E] {
	args := make([]expr.Expr, len(elements))
	for i, e := range elements {
		args[i] = e
	}
	var t schema.Type
	if len(args) > 0 && expr.TermOf(args[0]).Type != nil {
		t = schema.Array(expr.TermOf(args[0]).Type)
	}
	return expr.CallTyped[expr.Array[E]]("array", t, args...)
}

// Entry is a key with its value, for [MapOf].
type Entry[K expr.Kind[K], E expr.Kind[E]] struct {
	Key   K
	Value E
}

// MapOf makes a map of its entries: map(k, v).
func MapOf[K expr.Kind[K], E expr.Kind[E]](entries ...Entry[K, E]) expr.Map[K, E] {
	var t schema.Type
	var args []expr.Expr
	for i, e := range entries {
		key, value := expr.TermOf(e.Key).Type, expr.TermOf(e.Value).Type
		if i == 0 && key != nil && value != nil {
			t = schema.Map(key, value)
		}
		args = append(args, e.Key, e.Value)
	}
	return expr.CallTyped[expr.Map[K, E]]("map", t, args...)
}

// NamedStruct makes a struct of its fields, which are expressions with labels: named_struct('a', x, 'b', y).
func NamedStruct(fields ...expr.Label) expr.Struct {
	var args []expr.Expr
	var types []schema.Field
	for _, f := range fields {
		n, ok := expr.TermOf(f).Node.(*expr.Labeled)
		if !ok {
			return expr.Invalid[expr.Struct](&compile.ArgumentError{Reason: "NamedStruct takes expressions with labels, by As"})
		}
		args = append(args, name(n.Name), n.X)
		types = append(types, schema.Field{Name: n.Name, Type: n.X.Type})
	}
	return expr.CallTyped[expr.Struct]("named_struct", schema.Struct(types...), args...)
}

// name is a text that is part of a statement's structure.
func name(text string) *expr.Term { return expr.New[expr.String](&fieldName{text}, schema.String).Term }

// fieldName is the node of a field's name in [NamedStruct].
type fieldName struct{ name string }

// Shape implements [expr.Node].
func (n *fieldName) Shape(s *expr.Shape) {
	s.Kind("dialect.fieldname")
	s.Text(n.name)
}

func (n *fieldName) compile(c *compile.Compiler) { c.Literal(n.name, schema.String) }

// The columns that every table has beside its own.
const (
	inputFileName  = "input__file__name"
	offsetInFile   = "block__offset__inside__file"
	groupingColumn = "GROUPING__ID"
)

// InputFileName is the name of the file that a row of a table is read from.
func InputFileName(table expr.From) expr.String {
	return virtual[expr.String](table, inputFileName, schema.String)
}

// BlockOffsetInsideFile is the place of a row, or of its block, in its file. Spark has it not.
func BlockOffsetInsideFile(table expr.From) expr.Int {
	return virtual[expr.Int](table, offsetInFile, schema.BigInt)
}

func virtual[E expr.Kind[E]](table expr.From, name string, t schema.Type) E {
	return expr.Of[E](columnTerm(expr.SourceOf(table), column{name, t}))
}

// GroupingID tells which of a query's groups a row of grouping sets lacks: the last of them is bit 0.
func GroupingID() expr.Int {
	n := &expr.Constant{Text: groupingColumn}
	n.Term = expr.Term{Node: n, Type: schema.BigInt}
	return expr.Of[expr.Int](n)
}

// virtualColumn writes what Spark has instead of Hive's virtual columns.
func (d *Hive) virtualColumn(c *compile.Compiler, n *expr.Column) (compile.Level, bool) {
	if d.version != Spark35 || n.Column != nil || n.Name != inputFileName && n.Name != offsetInFile {
		return 0, false
	}
	if n.Name == offsetInFile {
		c.Fail(d.unsupported(strings.ToUpper(n.Name), "use InputFileName alone"))
	}
	c.Text("input_file_name()")
	return compile.LevelAtom, true
}

// MapJoin is a hint for [expr.SelectStmt.Hint]: these tables, by the names that they have in the query, fit into memory.
func MapJoin(tables ...string) string { return hint("MAPJOIN", tables) }

// StreamTable is a hint for [expr.SelectStmt.Hint]: this table is the one to stream in a join.
func StreamTable(table string) string { return hint("STREAMTABLE", []string{table}) }

func hint(keyword string, tables []string) string {
	list := make([]string, len(tables))
	for i, t := range tables {
		list[i] = t
		if !compile.PlainIdent(t) {
			list[i] = "`" + strings.ReplaceAll(t, "`", "``") + "`"
		}
	}
	return keyword + "(" + strings.Join(list, ", ") + ")"
}
