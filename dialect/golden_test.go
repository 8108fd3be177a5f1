package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// The tables of testdata/setup.sql.
var (
	md = schema.NewMetaData()

	T = expr.Declare(md, "t", struct {
		expr.Table
		A expr.Int `type:"int"`
		B expr.String
	}{})

	U = expr.Declare(md, "u", struct {
		expr.Table
		A expr.Int `type:"int" references:"t.a"`
		C expr.String
	}{})

	Kinds = expr.Declare(md, "kinds", struct {
		expr.Table
		ID  expr.Int `type:"int"`
		Yes expr.Bool
		N   expr.Int
		F   expr.Float `type:"float"`
		X   expr.Float
		D   expr.Decimal `type:"decimal(22,2)"`
		S   expr.String
		Raw expr.Bytes
		Day expr.Date
		At  expr.Timestamp
	}{})

	Nested = expr.Declare(md, "nested", struct {
		expr.Table
		ID    expr.Int                        `type:"int"`
		Tags  expr.Array[expr.String]         `type:"array<string>"`
		Props expr.Map[expr.String, expr.Int] `type:"map<string,bigint>"`
		Point expr.Struct                     `type:"struct<x:int,y:string>"`
		Many  expr.Array[expr.Struct]         `type:"array<struct<x:int,y:string>>"`
	}{})
)

// dialects are all for which cases are compiled.
var dialects = []compile.Dialect{
	dialect.New(dialect.Hive40), dialect.New(dialect.Hive31), dialect.New(dialect.Hive23), dialect.New(dialect.Spark35),
}

// goldenCase is a statement, and the name of its case.
type goldenCase struct {
	name string
	node expr.Node
}

// compileAll compiles each case for each dialect into a golden file.
func compileAll(t *testing.T, file string, cases []goldenCase) {
	f := golden.New(t, "testdata/"+file+".golden")
	for _, d := range dialects {
		compileCached(t, d, cases)
	}
	for _, c := range cases {
		for _, d := range dialects {
			text, err := sqlOf(d, c.node)
			f.Add(c.name, d.Name(), text, err)
			checkReads(t, c.name, text, c.node)
		}
	}
}

// compileCached holds that a cache that has seen all other cases gives the text of the compiler: what is not part of a
// statement's structure must not decide about its text.
func compileCached(t *testing.T, d compile.Dialect, cases []goldenCase) {
	cache := compile.NewCache(d, 0)
	for range 2 {
		for _, c := range cases {
			cold, coldErr := sqlOf(d, c.node)
			st, err := cache.Compile(c.node)
			text := ""
			if err == nil {
				text, err = st.SQL()
			}
			if text != cold || (err == nil) != (coldErr == nil) {
				t.Errorf("%s: %s: the cache gives\n%s, %v\nand the compiler\n%s, %v", d.Name(), c.name, text, err, cold, coldErr)
			}
		}
	}
}
