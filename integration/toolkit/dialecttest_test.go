package toolkit

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/dialecttest"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// exceptions are defects of servers that no dialect mends.
var exceptions = map[hivetest.Kind]map[string]string{
	hivetest.Hive2310: {"feature/a query as a value": "Hive 2.3 has them in conditions only, and a plain local one fails to run those"},
}

// changeable is what a table wants whose rows can be changed.
var changeable = map[hivetest.Kind][]schema.Item{
	hivetest.Hive401:  {dialect.StoredAs("orc"), dialect.Transactional()},
	hivetest.Hive313:  {dialect.StoredAs("orc"), dialect.Transactional()},
	hivetest.Hive2310: {dialect.StoredAs("orc"), dialect.Transactional(), dialect.ClusteredBy("id").Into(2)},
	hivetest.Spark35:  {dialect.Using("iceberg", nil)},
}

// compiledOnly are tests whose statements a server as it is cannot execute. TestGoldenChanges has Tez execute them.
var compiledOnly = map[hivetest.Kind]map[string]string{
	hivetest.Hive401: reasons("a transactional table and a plain one find no rows of each other with MapReduce, on which the suite is faster",
		compile.UpdateFroms, compile.DeleteUsings, compile.ChangeCTEs),
}

// reasons is one for the tests of several features.
func reasons(why string, features ...compile.Feature) map[string]string {
	list := map[string]string{}
	for _, f := range features {
		list["feature/"+f.String()] = why
	}
	return list
}

// TestDialect holds the dialect of each server against the server.
func TestDialect(t *testing.T) {
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			t.Parallel()
			d := live.Dialect(t, srv)
			server := suiteServer(suiteDatabase(t, srv, d))
			server.Changeable, server.CompileOnly, server.Except = changeable[kind], compiledOnly[kind], exceptions[kind]
			dialecttest.Run(t, d, server)
		})
	}
}

func suiteServer(db *sql.DB) dialecttest.Server {
	return dialecttest.Server{
		DB: db, Hint: dialect.MapJoin("suite_people"),
		Array:  dialect.ArrayOf(expr.Lit[expr.Int](10), expr.Lit[expr.Int](20), expr.Lit[expr.Int](30)),
		Struct: dialect.NamedStruct(expr.Lit[expr.Int](1).As("a"), expr.Lit[expr.String]("x").As("b")),
	}
}

// suiteDatabase is a pool on a database that has the tables of the suite.
func suiteDatabase(t *testing.T, srv *hivetest.Server, d compile.Dialect) *sql.DB {
	t.Helper()
	var conf map[string]string
	if live.On(live.Spark, srv) {
		conf = live.Changing[srv.Kind()]
	}
	db, _ := live.OwnDatabase(t, srv, conf)
	for _, table := range dialecttest.Tables("") {
		live.Exec(t, db, fmt.Sprintf("create table %s (%s) stored as orc", table.Name, columnsIn(t, d, table.Columns())))
		live.Exec(t, db, fmt.Sprintf("insert into %s values %s", table.Name, rowsIn(t, d, table)))
	}
	return db
}

func columnsIn(t *testing.T, d compile.Dialect, columns []*schema.Column) string {
	var list []string
	for _, c := range columns {
		list = append(list, c.Name+" "+live.Must(d.TypeName(c.Type))(t))
	}
	return strings.Join(list, ", ")
}

func rowsIn(t *testing.T, d compile.Dialect, table dialecttest.Table) string {
	var list []string
	for _, row := range table.Rows {
		var values []string
		for i, v := range row {
			values = append(values, string(live.Must(d.AppendLiteral(nil, v, table.Columns()[i].Type))(t)))
		}
		list = append(list, "("+strings.Join(values, ", ")+")")
	}
	return strings.Join(list, ", ")
}
