package dialect_test

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// checkReads: what a statement says of itself must be what its text does. It is called with all cases of the goldens.
// A text says nothing, and what belongs to a session does not count as reading.
func checkReads(t *testing.T, name, sql string, n expr.Node) {
	t.Helper()
	switch n.(type) {
	case expr.TextStmt, ddl.RawStmt:
		sql = ""
	}
	want := !hiveql.IsWrite(sql) && !hiveql.IsCommand(sql) && !strings.HasPrefix(sql, "USE ")
	if got := expr.Reads(n); sql != "" && got != want {
		t.Errorf("%s: Reads is %v, want %v for\n%s", name, got, want, sql)
	}
}

func TestReads(t *testing.T) {
	q := expr.Select(T.A)
	insert := expr.Insert(T).Values(1, "b")
	text := expr.Text("SELECT 1")
	fromText := expr.Select(expr.CTE("c", text).C("a"))
	nested := func(q expr.Query) expr.Query { return expr.Select(expr.Subquery(q, "n").C("a")) }
	for _, c := range []struct {
		name string
		node expr.Node
		want bool
	}{
		{"nothing", nil, false},
		{"select", q, true},
		{"select by pointer", &q, true},
		{"select that locks", q.ForUpdate(), false},
		{"select from one that locks", nested(q.ForUpdate()), false},
		{"compound", expr.UnionAll(q, q), true},
		{"compound with one that locks", expr.Union(q, q.ForUpdate()), false},
		{"values", expr.Select(expr.Rows("v", []string{"a"}, expr.Values(1)).C("a")), true},
		{"text", text, false},
		{"text that says so", text.ReadOnly(), true},
		{"text that says so, with values", text.ReadOnly().Bind(expr.P("x", 1)), true},
		{"select from a text with a name", fromText, false},
		{"select from a text with a name, in FROM", expr.Select(expr.Lit[expr.Int](1)).From(expr.CTE("c", text)), false},
		{"select from a text with a name, below", nested(fromText), false},
		{"select from a text with a name that says so", expr.Select(expr.CTE("c", text.ReadOnly()).C("a")), true},
		{"select from a text", nested(text), true},
		{"select from itself", expr.Select(expr.RecursiveCTE("c", q, func(self *expr.Source) expr.Query { return expr.Select(self.C("a")) }).C("a")), true},
		{"select from nothing", expr.Select(T.A).From(&expr.Source{}), true},
		{"select of a column of nothing", expr.Select(expr.New[expr.Int](&expr.Column{}, nil)), true},
		{"insert", insert, false},
		{"insert from select", expr.Insert(T).FromSelect(q), false},
		{"update", expr.Update(T).Set(T.A.To(1)), false},
		{"delete", expr.Delete(T), false},
		{"merge", expr.Merge(Acid, Feed, expr.Eq(Acid.ID, Feed.ID)).WhenMatched().Delete(), false},
		{"explain", ddl.Explain(insert), true},
		{"create table as", ddl.CreateTable(small).As(q), false},
		{"create view", ddl.CreateView(small, q), false},
		{"drop", ddl.DropTable(small), false},
		{"raw", ddl.Raw("SHOW TABLES"), false},
		{"Hive's insert", dialect.Insert(insert), false},
		{"overwrite", dialect.Overwrite(insert), false},
		{"inserts", dialect.FromInserts(T, dialect.Insert(expr.Insert(U).FromSelect(q))), false},
		{"overwrite directory", dialect.OverwriteDirectory("/d", q), false},
		{"load", dialect.Load("/f", small), false},
		{"analyze", dialect.Analyze(small), false},
		{"msck", dialect.Msck(small), false},
		{"truncate", dialect.Truncate(small), false},
		{"reload functions", dialect.ReloadFunctions(), false},
		{"temporary function", dialect.CreateTemporaryFunction("f", "C"), false},
		{"alter", dialect.AlterTable(small).Touch(), false},
		{"rebuild", dialect.RebuildMaterializedView(small), false},
		{"use", dialect.Use("db"), false},
		{"set", dialect.SetConf("a.b", "c"), false},
		{"set, asked for", dialect.ShowConf("a.b"), false}, // of the session
		{"reset", dialect.ResetConf(), false},
		{"show", dialect.ShowTables(), true},
		{"show partitions", dialect.ShowPartitions(small), true},
		{"show create table", dialect.ShowCreateTable(small), true},
		{"show table extended", dialect.ShowTableExtended(small), true},
		{"show properties", dialect.ShowTblProperties(small), true},
		{"show locks", dialect.ShowLocks(small), true},
		{"show transactions", dialect.ShowTransactions(), true},
		{"describe", dialect.Describe(small), true},
		{"describe database", dialect.DescribeDatabase("db"), true},
		{"describe function", dialect.DescribeFunction("f"), true},
		{"Hive's explain", dialect.Explain(dialect.Extended, insert), true},
		{"explain that executes a query", dialect.Explain(dialect.Analysis, q), true},
		{"explain that executes an insert", dialect.Explain(dialect.Analysis, insert), false},
		{"transform", expr.Select(dialect.Transform(q, "cat", "t", dialect.Output{Name: "a"}).C("a")), true},
		{"lateral view", dialect.LateralView(q, dialect.Explode(Nested.Tags, "v", "tag")), true},
		{"sort by", q.With(dialect.SortBy(T.A)), true},
	} {
		if got := expr.Reads(c.node); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
