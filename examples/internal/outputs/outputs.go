// Package outputs reads what the functions of an example say that they print, as Go's Examples do: behind "// Output:" at
// their ends.
package outputs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// Read gives the outputs of the functions in a folder's files, by their names.
func Read(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fun, ok := d.(*ast.FuncDecl); ok && fun.Body != nil {
				if text, ok := outputOf(fun.Body, f.Comments); ok {
					all[fun.Name.Name] = text
				}
			}
		}
	}
	return all, nil
}

func outputOf(body *ast.BlockStmt, comments []*ast.CommentGroup) (string, bool) {
	for _, c := range comments {
		if c.Pos() < body.Pos() || c.End() > body.End() {
			continue
		}
		if text, ok := strings.CutPrefix(c.Text(), "Output:\n"); ok {
			return text, true
		}
	}
	return "", false
}

// NameOf is the name of a function, as Read has it.
func NameOf(f any) string {
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

// Trim is a text as Read would have it: without blanks at the ends of lines, and with no more than one empty line at a time.
func Trim(text string) string {
	var c ast.CommentGroup
	for line := range strings.Lines(text) {
		c.List = append(c.List, &ast.Comment{Text: "// " + strings.TrimRight(line, "\n")})
	}
	return c.Text()
}
