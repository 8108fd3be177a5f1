package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestStatementsKeepTheirArguments holds that a statement does not change with the slices and maps that it was made of.
func TestStatementsKeepTheirArguments(t *testing.T) {
	a := tbl("t", schema.Col("a", schema.Integer), schema.Col("d", schema.String))
	alter := dialect.AlterTable(a)
	parts, names := []dialect.PartitionValue{dialect.Part("d", "old")}, []string{"old"}
	properties := map[string]string{"old": "old"}
	stmts := []expr.Node{
		alter.Partition(parts...).Touch(), alter.Partition(dialect.Part("d", "x")).RenamePartition(parts...), alter.AddPartition(parts...),
		alter.DropPartition(parts...), alter.DropPartition(dialect.Part("d", "x")).DropPartition(parts...),
		alter.ExchangePartition(a, parts...), dialect.Describe(a).Partition(parts...), dialect.Truncate(a, parts...),
		dialect.Analyze(a, parts...), dialect.Load("x", a, parts...), dialect.ShowPartitions(a, parts...),
		alter.SetProperties(properties), alter.UnsetProperties(names...), alter.SetSerDeProperties(properties),
		alter.UnsetSerDeProperties(names...), alter.UpdateStatistics(properties), dialect.AlterDatabase("x").SetProperties(properties),
		dialect.Analyze(a).ForColumns(names...), dialect.ResetConf(names...),
		dialect.CreateMaterializedView(tbl("v"), expr.Select(T.A)).DistributedOn(names...).SortedOn(names...),
	}
	parts[0], names[0] = dialect.Part("d", "new"), "new"
	delete(properties, "old")
	properties["new"] = "new"
	for _, n := range stmts {
		if text, err := sqlOf(dialects[0], n); err != nil || strings.Contains(text, "new") || !strings.Contains(text, "old") {
			t.Errorf("got %s, %v; want it with old", text, err)
		}
	}
}

// TestZeroValues holds that what is not there is an error of the statement, with the reason, and no panic.
func TestZeroValues(t *testing.T) {
	viewed := func(s *expr.Source) expr.Node { return dialect.LateralView(expr.Select(T.A, s.C("x")), s) }
	const missing = "a zero value stands here"
	for _, tt := range []struct {
		name string
		node expr.Node
		want string // a part of the error
	}{
		{"Explode", viewed(dialect.Explode(expr.Array[expr.Int]{}, "v", "x")), missing},
		{"ExplodeMap", viewed(dialect.ExplodeMap(expr.Map[expr.Int, expr.Int]{}, "v", "x", "y")), missing},
		{"Inline", viewed(dialect.Inline(expr.Array[expr.Struct]{}, "v", "x")), missing},
		{"ClusterBy", expr.Select(T.A).With(dialect.ClusterBy(expr.Int{})), missing},
		{"SortBy", expr.Select(T.A).With(dialect.SortBy(expr.Order{})), missing},
		{"OrderBy", expr.Select(T.A).OrderBy(expr.Order{}), missing},
		{"NamedStruct", expr.Select(dialect.NamedStruct(expr.Label{})), "by As"},
		{"NamedStruct without labels", expr.Select(dialect.NamedStruct(expr.Of[expr.Label](T.A))), "by As"},
		{"Sample", expr.Select(dialect.Sample(T, dialect.Sampling{}, "s").C("a")), "a sample has a size"},
		{"Filter of nothing", expr.Select(expr.Filter(fn.RowNumber(), T.A.Gt(1))), "FILTER behind a function without arguments"},
		{"ClusterBy nil", expr.Select(T.A).With(dialect.ClusterBy(nil)), missing},
		{"Stack nil", viewed(dialect.Stack("v", []string{"x"}, nil)), missing},
		{"LateralView", dialect.LateralView(expr.Select(T.A), nil), "LATERAL VIEW takes a table function"},
		{"Insertion", dialect.Insertion{}, "there is no table"},
		{"Inserts", dialect.Inserts{}, "there is nothing to read from"},
		{"FromInserts", dialect.FromInserts(T, nil), "nothing to insert into"},
		{"MacroStmt", dialect.MacroStmt{}, "there is no macro"},
		{"AddPartitionsStmt", dialect.AddPartitionsStmt{}.Location("x"), "there is no table"},
		{"AlterStmt", dialect.AlterStmt{}, "there is no table"},
	} {
		text, err := sqlOf(dialects[0], tt.node)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %q, %v; want an error with %q", tt.name, text, err, tt.want)
		}
	}
}

// code is a type of a program, whose values a database has with a letter before them.
type code struct{}

func (code) String() string            { return "code" }
func (code) Impl() schema.Type         { return schema.String }
func (code) ToDB(v any) (any, error)   { return fmt.Sprint("c", v), nil }
func (code) FromDB(v any) (any, error) { return v, nil }

func TestPartitionOfCustomType(t *testing.T) {
	logs := tbl("logs", schema.Col("a", schema.Integer), schema.Col("kind", code{}), dialect.PartitionedBy("kind"))
	got, err := sqlOf(dialects[0], dialect.AlterTable(logs).AddPartition(dialect.Part("kind", 7)))
	if want := "ALTER TABLE logs ADD PARTITION (kind = 'c7')"; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
