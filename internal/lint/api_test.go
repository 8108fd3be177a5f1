package lint

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// public are the packages that programs import, the one at the root first.
var public = []string{
	".", "hive", "driver", "hivearrow", "hivetest", "toolkit/schema", "toolkit/expr", "toolkit/fn", "toolkit/ddl",
	"toolkit/compile", "toolkit/engine", "toolkit/engine/route", "toolkit/dialecttest", "dialect", "reflect",
}

// shown are the modules whose types a public package shows because they are what it is for.
var shown = map[string]string{"hivearrow": "github.com/apache/arrow-go/v18/"}

// loadPublic type-checks the public packages from the compiler's export data.
func loadPublic(t *testing.T) map[string]*types.Package {
	t.Helper()
	export := map[string]string{}
	for _, p := range goList(t, ".", append([]string{"-deps", "-export", "-json=ImportPath,Export"}, patterns(public)...)...) {
		export[p.ImportPath] = p.Export
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(export[path])
	})
	loaded := map[string]*types.Package{}
	for _, name := range public {
		p, err := imports.Import(path.Join(module, name))
		if err != nil {
			t.Fatalf("loading package %s: %v", name, err)
		}
		loaded[name] = p
	}
	return loaded
}

// TestPublicSignatures: whoever uses a public package sees types of the standard library, of the public packages and of
// what the package is for.
// A type of Thrift, of another dependency or of an internal package in a signature would tie users to what is behind it.
func TestPublicSignatures(t *testing.T) {
	for name, p := range loadPublic(t) {
		if len(p.Scope().Names()) == 0 {
			t.Errorf("package %s declares nothing", name)
		}
		for _, id := range p.Scope().Names() {
			obj := p.Scope().Lookup(id)
			if !obj.Exported() {
				continue
			}
			for _, typ := range foreignTypes(obj.Type(), shown[name]) {
				t.Errorf("%s.%s shows %s, which is neither of the standard library nor of a public package", name, id, typ)
			}
		}
	}
}

// foreignTypes names the types that a user can reach from typ and that come from elsewhere than the standard library, the
// public packages, and paths that begin with shown unless that is empty.
func foreignTypes(typ types.Type, shown string) []string {
	w := walker{seen: map[types.Type]bool{}, shown: shown}
	w.walk(typ)
	return w.foreign
}

type walker struct {
	seen    map[types.Type]bool
	shown   string
	foreign []string
}

func (w *walker) walk(typ types.Type) {
	if w.seen[typ] {
		return
	}
	w.seen[typ] = true
	switch typ := typ.(type) {
	case *types.Basic, *types.TypeParam:
	case *types.Alias:
		w.walk(types.Unalias(typ))
	case *types.Pointer:
		w.walk(typ.Elem())
	case *types.Slice:
		w.walk(typ.Elem())
	case *types.Array:
		w.walk(typ.Elem())
	case *types.Chan:
		w.walk(typ.Elem())
	case *types.Map:
		w.walk(typ.Key())
		w.walk(typ.Elem())
	case *types.Tuple:
		for v := range typ.Variables() {
			w.walk(v.Type())
		}
	case *types.Signature:
		w.walk(typ.Params())
		w.walk(typ.Results())
	case *types.Struct:
		for f := range typ.Fields() {
			if f.Exported() {
				w.walk(f.Type())
			}
		}
	case *types.Interface:
		for m := range typ.Methods() {
			w.walk(m.Type())
		}
	case *types.Union:
		for term := range typ.Terms() {
			w.walk(term.Type())
		}
	case *types.Named:
		w.named(typ)
	default:
		w.foreign = append(w.foreign, fmt.Sprintf("a %T, which this test does not know", typ))
	}
}

func (w *walker) named(typ *types.Named) {
	for arg := range typ.TypeArgs().Types() {
		w.walk(arg)
	}
	pkg := typ.Obj().Pkg()
	if pkg == nil || !hasHost(pkg.Path()) { // predeclared, or of the standard library
		return
	}
	if w.shown != "" && strings.HasPrefix(pkg.Path(), w.shown) {
		return
	}
	if name, ours := strings.CutPrefix(pkg.Path(), module+"/"); !ours || !slices.Contains(public, name) {
		w.foreign = append(w.foreign, typ.String())
		return
	}
	w.walk(typ.Underlying())
	for m := range typ.Methods() {
		if m.Exported() {
			w.walk(m.Type())
		}
	}
}

// TestForeignTypes shows the walk what it must find.
func TestForeignTypes(t *testing.T) {
	foreign := types.NewPackage("example.com/foreign", "foreign")
	hidden := types.NewNamed(types.NewTypeName(token.NoPos, foreign, "T", nil), types.NewStruct(nil, nil), nil)
	field := func(name string, typ types.Type) types.Type {
		return types.NewStruct([]*types.Var{types.NewField(token.NoPos, foreign, name, typ, false)}, nil)
	}
	param := types.NewTuple(types.NewParam(token.NoPos, nil, "", types.NewSlice(types.NewPointer(hidden))))
	tests := map[string]struct {
		typ  types.Type
		want int
	}{
		"parameter":        {types.NewSignatureType(nil, nil, nil, param, nil, true), 1},
		"result":           {types.NewSignatureType(nil, nil, nil, nil, param, false), 1},
		"exported field":   {field("Field", types.NewMap(types.Typ[types.Int], hidden)), 1},
		"unexported field": {field("field", hidden), 0},
		"nothing foreign":  {types.NewSlice(types.Typ[types.String]), 0},
	}
	for name, tt := range tests {
		if got := len(foreignTypes(tt.typ, "")); got != tt.want {
			t.Errorf("%s: %d foreign types found, want %d", name, got, tt.want)
		}
		if got := len(foreignTypes(tt.typ, "example.com/foreign")); got != 0 {
			t.Errorf("%s: %d foreign types found, want none of the module that is shown", name, got)
		}
	}
}
