package skep_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestInsertManyPartitions: rows go into partitions, and take the place of what was there, by as few statements as they
// need, of which the first alone replaces.
func TestInsertManyPartitions(t *testing.T) {
	days := expr.T(schema.NewTable(nil, "days", schema.Col("n", schema.Integer), schema.Col("day", schema.String), dialect.PartitionedBy("day")))
	plain := expr.T(schema.NewTable(nil, "plain", schema.Col("n", schema.Integer)))
	day := expr.Col[expr.String](days, "day")
	n := func(from, to int) (rows []map[string]any) {
		for i := from; i <= to; i++ {
			rows = append(rows, map[string]any{"n": i})
		}
		return rows
	}
	for _, tc := range []struct {
		name   string
		insert expr.Inserter
		rows   []map[string]any
		want   string
		fails  string
	}{
		{
			"a static partition", dialect.Insert(expr.Insert(days)).Partition(day.To("mon")), n(1, 3),
			"INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (1), (2);\n" +
				"INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (3);\n", "",
		},
		{
			"overwrite a static partition", dialect.Overwrite(expr.Insert(days)).Partition(day.To("mon")), n(1, 5),
			"INSERT OVERWRITE TABLE days PARTITION (day = 'mon') VALUES (1), (2);\n" +
				"INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (3), (4);\n" +
				"INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (5);\n", "",
		},
		{
			"overwrite a table", dialect.Overwrite(expr.Insert(plain)), n(1, 3),
			"INSERT OVERWRITE TABLE plain VALUES (1), (2);\nINSERT INTO TABLE plain (n) VALUES (3);\n", "",
		},
		{
			"overwrite what the rows tell, in one", dialect.Overwrite(expr.Insert(days)),
			[]map[string]any{{"n": 1, "day": "mon"}, {"n": 2, "day": "tue"}},
			"INSERT OVERWRITE TABLE days PARTITION (day) VALUES (1, 'mon'), (2, 'tue');\n", "",
		},
		{
			"overwrite what the rows tell", dialect.Overwrite(expr.Insert(days)),
			[]map[string]any{{"n": 1, "day": "mon"}, {"n": 2, "day": "tue"}, {"n": 3, "day": "mon"}},
			"", "would overwrite other partitions",
		},
		{"if it is not there", dialect.Overwrite(expr.Insert(days)).Partition(day.To("mon")).IfNotExists(), n(1, 3), "", "IfNotExists"},
		{
			"rows that repeat the partition", dialect.Insert(expr.Insert(days)).Partition(day.To("mon")),
			[]map[string]any{{"n": 1, "day": "mon"}},
			"INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (1);\n", "",
		},
		{
			"rows that tell another one", dialect.Insert(expr.Insert(days)).Partition(day.To("mon")),
			[]map[string]any{{"n": 1, "day": "tue"}},
			"", "another value",
		},
	} {
		var script strings.Builder
		e := engine.Mock(dialect.New(dialect.Hive40), &script)
		done, err := engine.InsertMany[map[string]any](t.Context(), e, tc.insert, tc.rows, engine.BatchOptions{Rows: 2})
		switch {
		case tc.fails != "":
			var failed *engine.BatchError
			if !errors.As(err, &failed) || failed.Sent || !strings.Contains(err.Error(), tc.fails) || script.Len() > 0 {
				t.Errorf("%s: got %v, and wrote %q; want nothing to be sent: %s", tc.name, err, script.String(), tc.fails)
			}
		case err != nil || script.String() != tc.want || done.Rows != int64(len(tc.rows)):
			t.Errorf("%s: %v, %v\n got %s\nwant %s", tc.name, done, err, script.String(), tc.want)
		}
	}
}

// TestBatchOfPartitions: rows for two partitions are no batch, also where one text fits both.
func TestBatchOfPartitions(t *testing.T) {
	days := expr.T(schema.NewTable(nil, "days", schema.Col("n", schema.Integer), schema.Col("day", schema.String), dialect.PartitionedBy("day")))
	day := expr.Col[expr.String](days, "day")
	var b compile.Batch
	for i, name := range []string{"mon", "mon", "tue"} {
		one := dialect.Insert(expr.Insert(days).Maps(map[string]any{"n": i})).Partition(day.To(name))
		st, err := compile.Options{OfMany: true}.Compile(dialect.New(dialect.Hive40), one)
		if err != nil {
			t.Fatal(err)
		}
		if added, err := b.Add(st, 1000); added != (name == "mon") || (err == nil) != added {
			t.Errorf("%s: %v, %v", name, added, err)
		}
	}
	got, _ := b.Statement()
	if want := "INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (0), (1)"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if first := fmt.Sprint(b.First()); first != "INSERT INTO TABLE days PARTITION (day = 'mon') (n) VALUES (0)" {
		t.Errorf("the first row: %s", first)
	}
}
