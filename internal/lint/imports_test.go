package lint

import (
	"slices"
	"strings"
	"testing"
)

const (
	thrift        = "github.com/apache/thrift/lib/go/thrift"
	hiveserver    = "github.com/beltran/gohive/hiveserver"
	hiveMetastore = "github.com/beltran/gohive/hive_metastore"
	gokrb5        = "github.com/jcmturner/gokrb5/v8"
	asn1          = "github.com/jcmturner/gofork/encoding/asn1"
	arrowGo       = "github.com/apache/arrow-go/v18/arrow"
	pkcs12        = "software.sslmate.com/src/go-pkcs12"
)

// arrow says what one package may import besides the standard library.
type arrow struct {
	pkg     string
	imports []string
	tests   []string // and what its tests may import besides that
}

// arrows is the import policy: a package that is not here must not exist, and an import that is not here is forbidden.
// It is a decision and not a description. An import that breaks it is a reason to think again about where the code
// belongs; if the policy is what must change, ARCHITECTURE.md tells why.
//
// Packages import downwards in this table only. An internal package belongs to the layers that name it.
var arrows = []arrow{
	{pkg: "internal/hiveql"},
	{pkg: "internal/wire", tests: []string{thrift, hiveserver}}, // generated code is the decoder's oracle
	{pkg: "internal/sasl"},
	{pkg: "internal/discovery"},
	{pkg: "internal/krb", imports: []string{
		"internal/sasl", asn1, gokrb5 + "/config", gokrb5 + "/crypto", gokrb5 + "/crypto/etype", gokrb5 + "/iana",
		gokrb5 + "/iana/asnAppTag", gokrb5 + "/iana/chksumtype", gokrb5 + "/iana/errorcode", gokrb5 + "/iana/etypeID",
		gokrb5 + "/iana/flags", gokrb5 + "/iana/keyusage", gokrb5 + "/iana/msgtype", gokrb5 + "/iana/nametype",
		gokrb5 + "/iana/patype", gokrb5 + "/keytab", gokrb5 + "/types",
	}},
	{pkg: "internal/delegation", imports: []string{"internal/sasl"}},
	{pkg: "internal/keystore", imports: []string{pkcs12}},
	{pkg: "internal/transport", imports: []string{"internal/sasl", "internal/wire"}},
	{pkg: "internal/rpc", imports: []string{"internal/transport", "internal/wire", thrift}, tests: []string{"internal/sasl", hiveserver}},
	{pkg: "hive", imports: []string{
		"internal/delegation", "internal/discovery", "internal/hiveql", "internal/keystore", "internal/krb", "internal/rpc",
		"internal/sasl", "internal/transport", "internal/wire", thrift, hiveserver,
	}},
	{pkg: "driver", imports: []string{"hive", "internal/hiveql"}, tests: []string{hiveserver}},
	{pkg: "internal/fakehs2", imports: []string{"internal/wire", thrift, hiveserver}},
	{pkg: "internal/faultproxy"},
	{pkg: "internal/tlstest"},
	{pkg: "toolkit/schema"},
	{pkg: "toolkit/expr", imports: []string{"toolkit/schema"}},
	{pkg: "toolkit/fn", imports: []string{"toolkit/expr", "toolkit/schema"}},
	{pkg: "toolkit/ddl", imports: []string{"toolkit/expr", "toolkit/schema"}, tests: []string{"toolkit/compile"}},
	{pkg: "toolkit/compile", imports: []string{"toolkit/ddl", "toolkit/expr", "toolkit/schema"}, tests: []string{"toolkit/fn"}},
	{pkg: "toolkit/engine", imports: []string{"toolkit/compile", "toolkit/ddl", "toolkit/expr", "toolkit/schema"}, tests: []string{"toolkit/fn"}},
	{pkg: "hivearrow", imports: []string{
		"hive", "toolkit/engine", arrowGo, arrowGo + "/array", arrowGo + "/decimal128", arrowGo + "/decimal256", arrowGo + "/memory",
	}, tests: []string{hiveserver}},
	{pkg: "toolkit/engine/route", imports: []string{
		"toolkit/compile", "toolkit/ddl", "toolkit/engine", "toolkit/expr", "toolkit/schema",
	}},
	{pkg: "toolkit/dialecttest", imports: []string{"toolkit/compile", "toolkit/ddl", "toolkit/expr", "toolkit/fn", "toolkit/schema"}},
	{pkg: "internal/enginetest", imports: []string{"toolkit/compile", "toolkit/ddl", "toolkit/engine", "toolkit/expr", "toolkit/schema"}},
	{pkg: "internal/golden"},
	{pkg: "dialect", imports: []string{
		"internal/hiveql", "toolkit/compile", "toolkit/ddl", "toolkit/expr", "toolkit/schema",
	}, tests: []string{"internal/golden", "toolkit/fn"}},
	{pkg: "reflect", imports: []string{
		"dialect", "hive", "internal/delegation", "internal/krb", "internal/rpc", "internal/sasl", "internal/transport",
		"internal/wire", "toolkit/compile", "toolkit/expr", "toolkit/schema", thrift, hiveMetastore,
	}, tests: []string{"internal/hiveql", "toolkit/ddl"}},
	{pkg: "internal/gen/sample", imports: []string{"dialect", "toolkit/expr", "toolkit/schema"}},
	{pkg: "internal/gen", imports: []string{"dialect", "toolkit/expr", "toolkit/schema"}, tests: []string{"internal/gen/sample", "internal/golden"}},
	{pkg: "internal/describe", imports: []string{"dialect", "reflect", "toolkit/schema"}, tests: []string{"internal/golden"}},
	{pkg: "github.com/skep-go/skep", imports: []string{
		"dialect", "driver", "hive", "reflect", "toolkit/compile", "toolkit/engine", "toolkit/schema",
	}, tests: []string{"toolkit/expr", "toolkit/fn"}},
	{pkg: "hivetest"},
	{pkg: "cmd/skep", imports: []string{
		"hive", "hivetest", "internal/describe", "internal/gen", "reflect", "toolkit/schema",
	}, tests: []string{"driver"}},
	{pkg: "examples/internal/server", imports: []string{
		"dialect", "hive", "hivetest", "toolkit/ddl", "toolkit/engine", "toolkit/expr", "github.com/skep-go/skep",
	}},
	{pkg: "examples/toolkit", imports: []string{
		"dialect", "driver", "examples/internal/server", "hive", "toolkit/compile", "toolkit/ddl", "toolkit/expr", "toolkit/fn", "toolkit/schema",
	}, tests: []string{"hivetest"}},
	{pkg: "examples/internal/outputs", imports: []string{"examples/internal/server", "hivetest", "toolkit/ddl", "toolkit/engine"}},
	{pkg: "examples/recipes", imports: []string{
		"dialect", "examples/internal/server", "hive", "toolkit/compile", "toolkit/ddl", "toolkit/engine", "toolkit/expr",
		"toolkit/fn", "toolkit/schema", "github.com/skep-go/skep",
	}, tests: []string{"examples/internal/outputs"}},
	{pkg: "examples/tutorial", imports: []string{
		"dialect", "examples/internal/server", "toolkit/compile", "toolkit/engine", "toolkit/expr", "toolkit/fn",
		"toolkit/schema", "github.com/skep-go/skep",
	}, tests: []string{"examples/internal/outputs"}},
	{pkg: "examples/flights/nyc", imports: []string{"dialect", "toolkit/expr", "toolkit/schema"}},
	{pkg: "examples/flights", imports: []string{
		"dialect", "driver", "examples/flights/nyc", "hive", "hivetest", "toolkit/engine", "toolkit/expr", "toolkit/fn",
	}, tests: []string{"internal/gen", "reflect"}},
	{pkg: "internal/lint"},
	{pkg: "internal/tally"},
}

// forTests may be imported by the tests of every package.
var forTests = []string{
	"hivetest", "internal/fakehs2", "internal/faultproxy", "internal/tlstest",
	"github.com/stretchr/testify/require", "go.uber.org/goleak",
}

func TestImports(t *testing.T) {
	unused := map[string]bool{}
	for _, a := range arrows {
		unused[a.pkg] = true
	}
	for _, p := range goList(t, ".", "-json=ImportPath,Imports,TestImports,XTestImports", "./...") {
		i := slices.IndexFunc(arrows, func(a arrow) bool { return a.pkg == p.name() })
		if i < 0 {
			t.Errorf("package %s is not in the import policy: add it to arrows", p.name())
			continue
		}
		delete(unused, p.name())
		a := arrows[i]
		checkImports(t, a.pkg, p.Imports, a.imports)
		inTests := slices.Concat(a.imports, a.tests, forTests, []string{a.pkg})
		checkImports(t, "the test of "+a.pkg, slices.Concat(p.TestImports, p.XTestImports), inTests)
	}
	for pkg := range unused {
		t.Errorf("package %s is in the import policy and does not exist: remove it from arrows", pkg)
	}
}

func checkImports(t *testing.T, importer string, imports, allowed []string) {
	t.Helper()
	for _, path := range imports {
		name := strings.TrimPrefix(path, module+"/")
		if hasHost(path) && !slices.Contains(allowed, name) {
			t.Errorf("%s imports %s, which the import policy does not allow", importer, name)
		}
	}
}

// hasHost reports whether an import path begins with a host name. Those of the standard library, and in the table those
// of this module, do not.
func hasHost(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

// TestArrowsPointDown keeps the table itself readable from top to bottom.
func TestArrowsPointDown(t *testing.T) {
	above := map[string]bool{}
	for _, a := range arrows {
		for _, name := range a.imports {
			if !hasHost(name) && !above[name] {
				t.Errorf("%s may import %s, which stands below it in the table", a.pkg, name)
			}
		}
		above[a.pkg] = true
	}
}
