package toolkit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// scalarsMany has every scalar type but BINARY, for which Hive has no VALUES, and two columns of partitions.
var scalarsMany = expr.T(schema.NewTable(nil, "many_scalars",
	schema.Col("id", schema.BigInt), schema.Col("flag", schema.Boolean), schema.Col("tiny", schema.TinyInt),
	schema.Col("small", schema.SmallInt), schema.Col("num", schema.Integer), schema.Col("single", schema.Float),
	schema.Col("dbl", schema.Double), schema.Col("price", schema.Numeric(20, 4)), schema.Col("text", schema.String),
	schema.Col("short", schema.VarChar(20)), schema.Col("fixed", schema.Char(3)), schema.Col("day", schema.Date),
	schema.Col("moment", schema.Timestamp), schema.Col("instant", schema.TimestampTZ),
	schema.Col("country", schema.String), schema.Col("year", schema.Integer),
	dialect.PartitionedBy("country", "year"), dialect.StoredAs("rcfile"))) // a job of Hive 4.0.1 reads no instants of ORC

// nestedMany has the types whose values only a query can make.
var nestedMany = expr.T(schema.NewTable(nil, "many_nested",
	schema.Col("id", schema.BigInt), schema.Col("tiny", schema.TinyInt), schema.Col("price", schema.Numeric(20, 4)),
	schema.Col("text", schema.String), schema.Col("raw", schema.Binary), schema.Col("tags", schema.Array(schema.String)),
	schema.Col("props", schema.Map(schema.String, schema.BigInt)),
	schema.Col("point", schema.Struct(schema.Field{Name: "x", Type: schema.Integer}, schema.Field{Name: "y", Type: schema.String})),
	schema.Col("country", schema.String),
	dialect.PartitionedBy("country"), dialect.StoredAs("orc")))

// TestInsertMany writes thousands of rows of every type and reads them back.
func TestInsertMany(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	e := hiveEngine(t, srv, engine.Options{})
	t.Run("scalars", func(t *testing.T) {
		rows := make([][]any, 10_000)
		for i := range rows {
			rows[i] = scalarRow(i)
		}
		insertAndRead(t, e, scalarsMany, rows, 4000, `select * from many_scalars order by id`, wantScalars)
	})
	t.Run("nested", func(t *testing.T) {
		rows := make([][]any, 3000)
		for i := range rows {
			rows[i] = nestedRow(i)
		}
		insertAndRead(t, e, nestedMany, rows, 1000, `select id, tiny, price, text, raw, size(tags), tags[0], tags[1],
			props['k'], props is null, point.x, point.y, point is null, country from many_nested order by id`, wantNested)
	})
}

// insertAndRead makes the table, fills it, and compares what a query gives with what is wanted of each row.
func insertAndRead(t *testing.T, e *engine.Engine, table expr.Table, rows [][]any, perBatch int, query string, want func(i int) []any) {
	for _, n := range []expr.Node{define.DropTable(table.Table()).IfExists(), define.CreateTable(table.Table())} {
		if _, err := e.Exec(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	o := engine.BatchOptions{Rows: perBatch, OnProgress: func(d engine.Done) { t.Logf("%d rows, %d bytes", d.Rows, d.Bytes) }}
	if done, err := engine.InsertMany[[]any](t.Context(), e, expr.Insert(table), rows, o); err != nil || done.Rows != int64(len(rows)) || done.Batches != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	found, err := e.DB().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	got, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range into {
		into[i] = &got[i]
	}
	seen := 0
	for ; found.Next(); seen++ {
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for c, want := range want(seen) {
			if f, ok := got[c].(float64); ok && columns[c] == "many_scalars.single" { // database/sql has no other floats
				got[c] = float32(f)
			}
			if !samples.Same(got[c], want) {
				t.Fatalf("row %d: %s is %T %v, want %T %v", seen, columns[c], got[c], got[c], want, want)
			}
		}
	}
	if err := found.Err(); err != nil || seen != len(rows) {
		t.Errorf("%d rows, %v, want %d", seen, err, len(rows))
	}
}

var manyTexts = []string{"plain", "it's ${env:PATH} \\", "é中😀\n\t\u0001", "", `), ("`}

// scalarRow is row i: every seventh value of a column is NULL.
func scalarRow(i int) []any {
	n := int64(i)
	row := []any{
		n, i%2 == 0, n%256 - 128, n*7%65536 - 32768, math.MinInt32 + n*400_000, 1.1 * float64(n), 1 / (1 + float64(n)),
		schema.Decimal(fmt.Sprintf("-%d.%04d", n, n%10_000)), manyTexts[i%len(manyTexts)], fmt.Sprint("short ", i), "abc",
		schema.CivilDate{Year: 1990 + i%50, Month: 2, Day: 28},
		time.Date(2020, 1, 2, 3, 4, 5, i*1000, time.UTC),
		time.Date(2021, 7, 1, 0, i%60, 0, 0, time.UTC),
		[]string{"de", "fr", "o'b/x"}[i%3], 2020 + n%4,
	}
	return withNulls(i, row, len(row)-2)
}

func wantScalars(i int) []any {
	n := int64(i)
	return withNulls(i, []any{
		n, i%2 == 0, n%256 - 128, n*7%65536 - 32768, math.MinInt32 + n*400_000, float32(1.1 * float64(n)), 1 / (1 + float64(n)),
		decimalText(n), manyTexts[i%len(manyTexts)], fmt.Sprint("short ", i), "abc",
		time.Date(1990+i%50, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2020, 1, 2, 3, 4, 5, i*1000, time.UTC),
		time.Date(2021, 7, 1, 0, i%60, 0, 0, time.UTC),
		[]string{"de", "fr", "o'b/x"}[i%3], 2020 + n%4,
	}, 14)
}

func decimalText(n int64) string {
	if n == 0 {
		return "0.0000"
	}
	return fmt.Sprintf("-%d.%04d", n, n%10_000)
}

// withNulls takes some of the values behind the first out, of the first n.
func withNulls(i int, row []any, n int) []any {
	for c := 1; c < n; c++ {
		if (i+c)%7 == 0 {
			row[c] = nil
		}
	}
	return row
}

func nestedRow(i int) []any {
	n := int64(i)
	return withNulls(i, []any{
		n, n%256 - 128, schema.Decimal(decimalText(n)), manyTexts[i%len(manyTexts)],
		[]byte{byte(i), 0, 0xff},
		[]string{manyTexts[i%len(manyTexts)], "x"},
		map[string]int64{"k": n},
		map[string]any{"x": i, "y": strings.Repeat("y", i%5)},
		[]string{"de", "fr"}[i%2],
	}, 8)
}

// wantNested is what the query gives of nestedRow(i), whose nested values it takes apart.
func wantNested(i int) []any {
	row := nestedRow(i)
	for c, v := range row {
		if d, ok := v.(schema.Decimal); ok {
			row[c] = string(d)
		}
	}
	want := append(row[:5:5], int64(-1), nil, nil, nil, row[6] == nil, nil, nil, row[7] == nil, row[8])
	if tags, ok := row[5].([]string); ok {
		want[5], want[6], want[7] = int64(2), tags[0], tags[1]
	}
	if props, ok := row[6].(map[string]int64); ok {
		want[8] = props["k"]
	}
	if point, ok := row[7].(map[string]any); ok {
		want[10], want[11] = int64(i), point["y"]
	}
	return want
}

// TestInsertManyOverwrites: rows for one partition take its place, by several statements, and no other's.
func TestInsertManyOverwrites(t *testing.T) {
	table := expr.T(schema.NewTable(nil, "many_overwritten", schema.Col("n", schema.Integer), schema.Col("day", schema.String), dialect.PartitionedBy("day")))
	day := expr.Col[expr.String](table, "day")
	for _, kind := range live.Kinds {
		e := hiveEngine(t, live.Shared(t, kind), engine.Options{})
		for _, n := range []expr.Node{define.DropTable(table.Table()).IfExists(), define.CreateTable(table.Table())} {
			if _, err := e.Exec(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		defer e.Exec(context.Background(), define.DropTable(table.Table()))
		insert := func(into expr.Inserter, from, to int) engine.Done {
			var rows []map[string]any
			for i := from; i < to; i++ {
				rows = append(rows, map[string]any{"n": i})
			}
			return live.Must(engine.InsertMany[map[string]any](t.Context(), e, into, rows, engine.BatchOptions{Rows: 2}))(t)
		}
		insert(dialect.Insert(expr.Insert(table)).Partition(day.To("mon")), 0, 2)
		insert(dialect.Insert(expr.Insert(table)).Partition(day.To("tue")), 2, 4)
		done := insert(dialect.Overwrite(expr.Insert(table)).Partition(day.To("mon")), 10, 13)
		if done.Rows != 3 || done.Batches != 2 || done.Affected != 3 && done.Affected != -1 {
			t.Errorf("%s: got %+v", kind, done)
		}
		n := expr.Col[expr.Int](table, "n")
		r := live.Must(e.Query(t.Context(), expr.Select(n).OrderBy(n)))(t)
		if got, want := live.Must(engine.All[int](t.Context(), r))(t), []int{2, 3, 10, 11, 12}; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
	}
}
