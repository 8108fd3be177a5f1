package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestChanges is of what changes rows, and of tables whose rows can be changed: Hive's transactional ones, Iceberg's on
// Spark. Servers execute it in the order of the file, and rows tell what each change did.
func TestChanges(t *testing.T) {
	f := golden.New(t, "testdata/changes.golden")
	for _, c := range append(changeCases(), transactionCases()...) {
		for _, d := range dialects {
			text, err := sqlOf(d, c.node)
			f.Add(c.name, d.Name(), text, err)
			checkReads(t, c.name, text, c.node)
		}
	}
}

func changeCases() []goldenCase {
	onSpark := expr.T(tbl("acid", schema.Col("id", schema.Integer), schema.Col("a", schema.Integer), schema.Col("s", schema.String),
		schema.Col("ok", schema.Boolean), schema.Col("dt", schema.String), dialect.PartitionedBy("dt"), dialect.Using("iceberg", nil)))
	join, x := expr.Eq(Acid.ID, Feed.ID), expr.Alias(Acid, "x")
	feed := expr.Select(Feed.ID, Feed.A).Subquery("n")
	with := expr.Select(Feed.ID).Where(Feed.Gone.IsNotNull()).CTE("known")
	list := []goldenCase{
		{"a source of changes", ddl.CreateTable(Feed.Source.Table())},
		{"a source of changes: rows", expr.Insert(Feed).Values(1, 10, "one", false).Values(2, 20, "two", true).Values(3, 30, "three", false)},
		{"a transactional table", ddl.CreateTable(Acid.Source.Table())},
		{"a table of Iceberg on Spark", ddl.CreateTable(onSpark.Table())},
	}
	for _, c := range []goldenCase{
		{"rows to be changed", expr.Insert(Acid).Values(1, 1, "a", nil, "x").Values(2, 2, "b", nil, "x").
			Values(3, 3, "c", nil, "y").Values(7, 7, "w", nil, "y").Values(8, nil, "y", nil, "y").Values(9, 9, "z", nil, "y")},
		{"C-79 comparisons in SET", expr.Update(Acid).
			Set(expr.To(Acid.Ok, Acid.A.Gt(1)), expr.To(Acid.S, Acid.S.Concat("y")), expr.To(Acid.A, Acid.A.Add(1))).
			Where(Acid.ID.In(1, 2), expr.Exists(expr.Select(Feed.ID).Where(join)))},
		{"D-7 update from", expr.Update(Acid).Set(expr.To(Acid.A, Feed.A)).From(Feed).Where(join, Feed.A.Gt(15))},
		{"D-10 merge under aliases", expr.Merge(x, feed, expr.Eq(x.ID, expr.ColOf(feed, Feed.ID))).
			WhenMatched().Update(expr.To(x.A, expr.ColOf(feed, Feed.A)))},
		{"C-42 a WITH of an update", expr.Update(Acid).Set(Acid.A.To(100)).Where(Acid.ID.InQuery(expr.Select(with.C("id"))), Acid.S.Like("b%"))},
		{"C-42 a WITH of a merge", expr.Merge(Acid, with, expr.Eq(Acid.ID, expr.ColOf(with, Feed.ID))).WhenMatched(Acid.A.Eq(100)).Update(Acid.A.To(20))},
		{"C-42 a WITH of a delete", expr.Delete(Acid).Where(Acid.ID.InQuery(expr.Select(expr.ColOf(with, Feed.ID).Add(4))))},
		{"C-81 delete", expr.Delete(Acid).Where(Acid.A.IsNull(), Acid.ID.Gt(1))},
		{"C-81 delete under an alias", expr.Delete(x).Where(x.ID.Eq(3), expr.Exists(expr.Select(Feed.ID).Where(expr.Eq(Feed.ID, x.ID))))},
		{"D-10 merge", expr.Merge(Acid, Feed, join).
			WhenMatched(Feed.Gone.Eq(true)).Delete().
			WhenMatched().Update(expr.To(Acid.A, Feed.A), expr.To(Acid.Ok, Feed.A.Gt(1))).
			WhenNotMatched(Feed.Gone.Eq(false)).Insert(Acid.Dt.To("x"), expr.To(Acid.ID, Feed.ID), expr.To(Acid.S, Feed.S))},
		{"D-8 delete using", expr.Delete(Acid).Using(Feed).Where(join)},
		{"C-80 update of a partition", expr.Update(Acid).Set(Acid.Dt.To("x"))},
		{"C-80 update of a bucket", expr.Update(Acid).Set(Acid.ID.To(4))},
	} {
		list = append(list, c, goldenCase{c.name + ": what is there now", expr.Select(Acid).OrderBy(Acid.ID)})
	}
	return list
}

// transactionCases are about what is locked, compacted and archived.
func transactionCases() []goldenCase {
	view := tbl("acid_view")
	at := dialect.AlterTable(Acid.Source.Table()).Partition(dialect.Part("dt", "y"))
	made := func(name string, items ...schema.Item) ddl.CreateTableStmt {
		return ddl.CreateTable(tbl(name, append([]schema.Item{schema.Col("a", schema.Integer), schema.Col("s", schema.String)}, items...)...))
	}
	return []goldenCase{
		{"show locks", dialect.ShowLocks(Acid.Source.Table())},
		{"show transactions", dialect.ShowTransactions()},
		{"compact", at.Compact(dialect.Major)},
		{"compact and wait", ddl.Explain(at.CompactAndWait(dialect.Minor))}, // no compactor runs, and it would wait for one
		{"show compactions", dialect.ShowCompactions()},
		{"archive", at.Archive()},
		{"archive: what is there now", expr.Select(Acid).OrderBy(Acid.ID)},
		{"unarchive", at.Unarchive()},
		{"a materialized view of a transactional table", dialect.CreateMaterializedView(view, expr.Select(Acid.A)).DisableRewrite()},
		{"enable rewriting", dialect.EnableRewrite(view)},
		{"drop the materialized view", dialect.DropMaterializedView(view).IfExists()},
		{"transactional for inserts", made("inserts", dialect.Transactional().InsertOnly(), dialect.TblProperties(map[string]string{"a": "b"}))},
		{"transactional without buckets", made("acid2", dialect.Transactional(), dialect.StoredAs("orc"))},
		{"the same where that is not", made("acid2", dialect.StoredAs("orc")).IfNotExists()},
		{"concatenate", ddl.Explain(dialect.AlterTable(tbl("acid2")).Concatenate())}, // itself, it would wait for a compaction
		{"transactional without a format", made("acid3", dialect.Transactional())},
		{"transactional and external", made("acid4", dialect.Transactional(), dialect.External())},
	}
}
