package lint

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// selfEvident are methods whose meaning the standard library has settled.
var selfEvident = []string{"Error", "Unwrap", "String"}

// TestComments: what a public package exports is documented, the package itself included. Fields are left to judgement:
// the name and the type of some say all.
func TestComments(t *testing.T) {
	for _, p := range goList(t, ".", append([]string{"-json=Dir,ImportPath,GoFiles"}, patterns(public)...)...) {
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		d, err := doc.NewFromFiles(fset, files, p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range undocumented(d) {
			t.Errorf("%s has no comment", name)
		}
	}
}

func undocumented(d *doc.Package) []string {
	var names []string
	check := func(name, comment string) {
		if comment == "" {
			names = append(names, name)
		}
	}
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				if slices.ContainsFunc(s.Names, (*ast.Ident).IsExported) {
					check(d.Name+"."+s.Names[0].Name, v.Doc+s.Doc.Text()+s.Comment.Text())
				}
			}
		}
	}
	funcs := func(of string, all []*doc.Func) {
		for _, f := range all {
			if !slices.Contains(selfEvident, f.Name) {
				check(of+f.Name, f.Doc)
			}
		}
	}
	check("package "+d.Name, d.Doc)
	values(d.Consts)
	values(d.Vars)
	funcs(d.Name+".", d.Funcs)
	for _, typ := range d.Types {
		check(d.Name+"."+typ.Name, typ.Doc)
		values(typ.Consts)
		values(typ.Vars)
		funcs(d.Name+".", typ.Funcs)
		funcs(d.Name+"."+typ.Name+".", typ.Methods)
	}
	return names
}
