package gen

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/schema"
)

// FuzzGenerate: whatever names and comments are, the source is Go, is formatted, and declares what it should: nothing
// breaks out of its string, its tag or its comment.
func FuzzGenerate(f *testing.F) {
	for _, s := range []string{"a", "", "`", "\"", "it's\n// +build x\n", "*/", "a,b", "\x00\xff", "\u202e", "#", "- x", "[a]: http://b", "Table", "row", "```\n\tcode"} {
		f.Add(s, s+"b", s, s)
	}
	f.Fuzz(func(t *testing.T, table, column, comment, text string) {
		md := schema.NewMetaData(schema.DefaultSchema(text))
		one := schema.NewTable(md, table, schema.Comment(comment), dialect.TblProperties(map[string]string{text: comment}),
			schema.Col(column, schema.String, schema.Comment(comment), schema.ServerDefault(schema.SQL(text))),
			schema.Col(column+"_", schema.Struct(schema.Field{Name: text, Type: schema.Date, Comment: comment})),
			schema.Col(column+"-", schema.Integer))
		two := schema.NewTable(md, table+"_row", schema.Col(table, schema.Timestamp),
			schema.ForeignKey{Columns: []string{table}, RefTable: text, RefColumns: []string{column}})
		src, err := Generate(Source{Package: "p", Tables: []Table{{Table: one}, {Table: two}}})
		if err != nil {
			if _, refused := err.(*Error); refused && text == "" { // a field without a name
				return
			}
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", src, parser.ParseComments)
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		if formatted, err := format.Source(src); err != nil || string(formatted) != string(src) {
			t.Errorf("it is not formatted: %v\n got %s\nwant %s", err, src, formatted)
		}
		declared := map[string]bool{}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				t.Fatalf("there is a %T\n%s", d, src)
			}
			for _, s := range g.Specs {
				var name string
				switch s := s.(type) {
				case *ast.ValueSpec:
					name = s.Names[0].Name
				case *ast.TypeSpec:
					name = s.Name.Name
				default:
					continue
				}
				if !token.IsExported(name) || declared[name] {
					t.Errorf("%s is declared\n%s", name, src)
				}
				declared[name] = true
			}
		}
		if len(declared) != 6 { // MetaData, two tables, their rows, and a struct
			t.Errorf("got %v\n%s", declared, src)
		}
		if got := tags(file, "db"); !slices.Contains(got, column+"-") || !slices.Contains(got, table) {
			t.Errorf("rows are of the columns %q\n%s", got, src)
		}
		if got := tags(file, "comment"); comment != "" && !slices.Contains(got, comment) {
			t.Errorf("columns have the comments %q\n%s", got, src)
		}
		for line := range strings.Lines(string(src)) {
			if strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "//line") {
				t.Errorf("a directive: %s", line)
			}
		}
	})
}

// tags are the values of a key in the tags of all fields, as programs read them.
func tags(file *ast.File, key string) []string {
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			list = append(list, reflect.StructTag(text).Get(key))
		}
		return true
	})
	return list
}
