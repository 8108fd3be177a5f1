package engine_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var (
	letters = expr.T(schema.NewTable(nil, "t", schema.Col("s", schema.String)))
	letter  = expr.Col[expr.String](letters, "s")
)

// head is what comes before the first row, whose text is 'a' for "a".
const head = "INSERT INTO t (s) VALUES "

// TestBatchBounds: a statement has as many rows as there is room for, and not one byte more.
func TestBatchBounds(t *testing.T) {
	one := len(head) + len("('a')")
	more := len(", ('a')")
	for name, tc := range map[string]struct {
		o    engine.BatchOptions
		rows string
		want []string
	}{
		"nothing":             {engine.BatchOptions{}, "", nil},
		"all":                 {engine.BatchOptions{}, "abc", []string{"abc"}},
		"one by one":          {engine.BatchOptions{Rows: 1}, "abc", []string{"a", "b", "c"}},
		"rows, a rest":        {engine.BatchOptions{Rows: 2}, "abc", []string{"ab", "c"}},
		"rows, no rest":       {engine.BatchOptions{Rows: 2}, "abcd", []string{"ab", "cd"}},
		"bytes, exactly":      {engine.BatchOptions{Bytes: one + more}, "abcd", []string{"ab", "cd"}},
		"bytes, one too few":  {engine.BatchOptions{Bytes: one + more - 1}, "abcd", []string{"a", "b", "c", "d"}},
		"bytes, one too many": {engine.BatchOptions{Bytes: one + 2*more - 1}, "abcd", []string{"ab", "cd"}},
		"a row too long":      {engine.BatchOptions{Bytes: one + more}, "a_bc", []string{"a", "_", "bc"}},
		"nothing has room":    {engine.BatchOptions{Bytes: 1}, "abc", []string{"a", "b", "c"}},
		"both, rows first":    {engine.BatchOptions{Rows: 2, Bytes: one + 2*more}, "abc", []string{"ab", "c"}},
		"both, bytes first":   {engine.BatchOptions{Rows: 3, Bytes: one + more}, "abc", []string{"ab", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := serverWith(t, engine.Config{})
			var progress []engine.Done
			tc.o.OnProgress = func(d engine.Done) { progress = append(progress, d) }
			done, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(letters), lettersOf(tc.rows), tc.o)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			var sums []engine.Done
			var sum engine.Done
			for _, batch := range tc.want {
				text := insertOf(batch)
				want = append(want, text)
				sum = engine.Done{Rows: sum.Rows + int64(len(batch)), Batches: sum.Batches + 1, Bytes: sum.Bytes + int64(len(text)), Affected: sum.Affected + 1}
				sums = append(sums, sum)
			}
			if got := s.texts(); !slices.Equal(got, want) {
				t.Errorf("\n got %q\nwant %q", got, want)
			}
			if !slices.Equal(progress, sums) || done != sum {
				t.Errorf("progress %v, and %v at the end; want %v", progress, done, sums)
			}
		})
	}
}

// lettersOf is a row for each letter; that of _ is a long one.
func lettersOf(letters string) []map[string]any {
	var rows []map[string]any
	for _, l := range letters {
		rows = append(rows, map[string]any{"s": long(l)})
	}
	return rows
}

func long(letter rune) string {
	if letter == '_' {
		return strings.Repeat("_", 100)
	}
	return string(letter)
}

func insertOf(letters string) string {
	var rows []string
	for _, l := range letters {
		rows = append(rows, "('"+long(l)+"')")
	}
	return head + strings.Join(rows, ", ")
}

// TestBatchFails: an error tells what is in, and nothing is sent behind it, or twice.
func TestBatchFails(t *testing.T) {
	source := errors.New("the source says no")
	broken := iter.Seq2[string, error](func(yield func(string, error) bool) {
		for _, s := range []string{"a", "b", "c"} {
			if !yield(s, nil) {
				return
			}
		}
		yield("", source)
	})
	rows := func(yield func(map[string]any, error) bool) {
		for s, err := range broken {
			if !yield(map[string]any{"s": s}, err) {
				return
			}
		}
	}
	two := engine.BatchOptions{Rows: 2}
	for name, tc := range map[string]struct {
		answers []answer
		rows    iter.Seq2[map[string]any, error]
		cause   error
		want    engine.BatchError
		row     int64 // -1: it is not of a row
		sent    int
	}{
		"the first": {[]answer{{err: errServer}}, rows, errServer, engine.BatchError{Rows: 2, Sent: true}, -1, 1},
		"the source": {
			nil, rows, source,
			engine.BatchError{Done: engine.Done{Rows: 2, Batches: 1, Bytes: int64(len(insertOf("ab"))), Affected: 1}, Rows: 1},
			3, 1,
		},
		"a session that was gone": {
			[]answer{{err: driver.ErrBadConn}, {}, {err: errServer}},
			until(rows, 3), errServer,
			engine.BatchError{Done: engine.Done{Rows: 2, Batches: 1, Bytes: int64(len(insertOf("ab")))}, Rows: 1, Sent: true},
			-1, 3,
		},
		"a row of other columns": {
			nil, append2(until(rows, 1), map[string]any{"other": 1}), nil, engine.BatchError{Rows: 1}, 1, 0,
		},
		"no columns": {nil, append2(until(rows, 0), map[string]any{}), nil, engine.BatchError{}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := serverWith(t, engine.Config{}, tc.answers...)
			_, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(letters), tc.rows, two)
			var failed *engine.BatchError
			if !errors.As(err, &failed) || tc.cause != nil && !errors.Is(err, tc.cause) {
				t.Fatalf("got %v, want a *BatchError about %v", err, tc.cause)
			}
			if failed.Done != tc.want.Done || failed.Rows != tc.want.Rows || failed.Sent != tc.want.Sent {
				t.Errorf("\n got %+v\nwant %+v", failed, tc.want)
			}
			var row *engine.RowError
			if errors.As(err, &row) != (tc.row >= 0) || row != nil && row.Row != tc.row {
				t.Errorf("got %v, want the row %d", err, tc.row)
			}
			if got := s.texts(); len(got) != tc.sent {
				t.Errorf("sent %q, want %d statements", got, tc.sent)
			}
		})
	}
}

// until is the first n of rows.
func until[R any](rows iter.Seq2[R, error], n int) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		left := n
		for row, err := range rows {
			if left == 0 || !yield(row, err) {
				return
			}
			left--
		}
	}
}

// append2 is rows with another one.
func append2[R any](rows iter.Seq2[R, error], last R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for row, err := range rows {
			if !yield(row, err) {
				return
			}
		}
		yield(last, nil)
	}
}

// TestRowsAreNotKept: no more rows are asked for than those of a statement, and the one for which there was no room.
func TestRowsAreNotKept(t *testing.T) {
	taken, batches := int64(0), 0
	rows := iter.Seq[map[string]any](func(yield func(map[string]any) bool) {
		for ; taken < 100_000; taken++ {
			if !yield(map[string]any{"s": "a"}) {
				return
			}
		}
	})
	for name, o := range map[string]engine.BatchOptions{"rows": {Rows: 700}, "bytes": {Bytes: 5000}} {
		taken = 0
		o.OnProgress = func(d engine.Done) {
			if batches = d.Batches; taken > d.Rows {
				t.Fatalf("%s: %d rows were taken when %d were in", name, taken, d.Rows)
			}
		}
		done, err := engine.InsertMany[map[string]any](t.Context(), engine.Mock(compile.ANSI{}, io.Discard), expr.Insert(letters), rows, o)
		if err != nil || done.Rows != 100_000 || done.Batches != batches || batches < 100 {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
	}
}

// TestBatchContext: rows without an end end with the context.
func TestBatchContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	endless := iter.Seq[map[string]any](func(yield func(map[string]any) bool) {
		for yield(map[string]any{"s": "a"}) {
		}
	})
	e := engine.Mock(compile.ANSI{}, new(strings.Builder))
	o := engine.BatchOptions{Rows: 2, OnProgress: func(d engine.Done) {
		if d.Batches == 3 {
			cancel()
		}
	}}
	done, err := engine.InsertMany[map[string]any](ctx, e, expr.Insert(letters), endless, o)
	if !errors.Is(err, context.Canceled) || done.Rows != 6 {
		t.Errorf("%+v, %v; want 6 rows and the context's error", done, err)
	}
}

// TestBatchRefuses: what makes no sense is refused before a row is taken.
func TestBatchRefuses(t *testing.T) {
	taken := iter.Seq[map[string]any](func(func(map[string]any) bool) { t.Error("rows were asked for") })
	for name, tc := range map[string]struct {
		insert expr.InsertStmt
		o      engine.BatchOptions
	}{
		"rows of its own": {expr.Insert(letters).Set(letter.To("a")), engine.BatchOptions{}},
		"a query":         {expr.Insert(letters).FromSelect(expr.Select(letter)), engine.BatchOptions{}},
		"defaults":        {expr.Insert(letters).DefaultValues(), engine.BatchOptions{}},
		"RETURNING":       {expr.Insert(letters).Returning(letter), engine.BatchOptions{}},
		"Rows":            {expr.Insert(letters), engine.BatchOptions{Rows: -1}},
		"Bytes":           {expr.Insert(letters), engine.BatchOptions{Bytes: -1}},
	} {
		s, e := serverWith(t, engine.Config{})
		if _, err := engine.InsertMany[map[string]any](t.Context(), e, tc.insert, taken, tc.o); err == nil || len(s.texts()) > 0 {
			t.Errorf("%s: %v, %q was sent", name, err, s.texts())
		}
	}
}

// TestDefaultsOfMany: a function makes one value for each row, and no more.
func TestDefaultsOfMany(t *testing.T) {
	made := 0
	next := schema.DefaultFunc(func(context.Context) (any, error) { made++; return int64(made), nil })
	table := expr.T(schema.NewTable(nil, "t", schema.Col("s", schema.String), schema.Col("id", schema.BigInt, next)))
	s, e := serverWith(t, engine.Config{})
	_, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(table), lettersOf("abc"), engine.BatchOptions{Bytes: 50})
	want := []string{"INSERT INTO t (s, id) VALUES ('a', 1), ('b', 2)", "INSERT INTO t (s, id) VALUES ('c', 3)"}
	if got := s.texts(); err != nil || !slices.Equal(got, want) || made != 3 {
		t.Errorf("%v, %d values were made\n got %q\nwant %q", err, made, got, want)
	}
}

// TestManyShown: errors show the first row, and none where values are hidden.
func TestManyShown(t *testing.T) {
	for hidden, want := range map[bool]string{
		false: insertOf("a") + " … and 2 row(s) more", true: "INSERT INTO t (s) VALUES (?) … and 2 row(s) more",
	} {
		_, e := serverWith(t, engine.Config{Options: engine.Options{HideParameters: hidden}}, answer{err: errServer})
		_, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(letters), lettersOf("abc"), engine.BatchOptions{})
		var failed *engine.StatementError
		if !errors.As(err, &failed) || failed.SQL != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestManyHooks: each statement is an event that tells how many rows it has, and ends under the context in which it began.
func TestManyHooks(t *testing.T) {
	type key struct{}
	var rows []int
	hook := func(name string) engine.Hooks {
		return engine.Hooks{
			BeforeExecute: func(ctx context.Context, _ *engine.Event) (context.Context, error) {
				return context.WithValue(ctx, key{}, name), nil
			},
			AfterExecute: func(ctx context.Context, e *engine.Event) {
				rows = append(rows, e.Rows)
				if got := ctx.Value(key{}); got != name {
					t.Errorf("%s ends under the context of %v", name, got)
				}
			},
		}
	}
	_, e := serverWith(t, engine.Config{Options: engine.Options{Hooks: []engine.Hooks{hook("outer"), hook("inner")}}})
	_, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(letters), lettersOf("abc"), engine.BatchOptions{Rows: 2})
	if want := []int{2, 2, 1, 1}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("got %v rows, error %v; want %v", rows, err, want)
	}
}

// TestRowKinds: rows come as what a program has.
func TestRowKinds(t *testing.T) {
	type row struct{ S *string }
	a, insert, o := "a", expr.Insert(letters), engine.BatchOptions{}
	for name, run := range map[string]func(on engine.Executor) (engine.Done, error){
		"structs": func(on engine.Executor) (engine.Done, error) {
			return engine.InsertMany[row](t.Context(), on, insert, []row{{&a}, {nil}}, o)
		},
		"pointers": func(on engine.Executor) (engine.Done, error) {
			return engine.InsertMany[*row](t.Context(), on, insert, []*row{{&a}, {nil}}, o)
		},
		"assignments": func(on engine.Executor) (engine.Done, error) {
			rows := [][]expr.Assignment{{letter.To("a")}, {letter.ToNull()}}
			return engine.InsertMany[[]expr.Assignment](t.Context(), on, insert, slices.Values(rows), o)
		},
		"values": func(on engine.Executor) (engine.Done, error) {
			return engine.InsertMany[[]any](t.Context(), on, insert.Columns(letter), [][]any{{"a"}, {nil}}, o)
		},
		"parameters": func(on engine.Executor) (engine.Done, error) {
			n := insert.Set(expr.To(letter, expr.Param[expr.String]("p")))
			return engine.ExecMany(t.Context(), on, n, slices.Values([]compile.Params{{"p": "a"}, {"p": nil}}), o)
		},
		"parameters by column": func(on engine.Executor) (engine.Done, error) {
			n := engine.Statement{Node: &insert, Options: engine.Options{NoCache: true}}
			return engine.ExecMany(t.Context(), on, n, slices.Values([]compile.Params{{"s": "a"}, {"s": nil}}), o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := serverWith(t, engine.Config{})
			done, err := run(e)
			if want := []string{head + "('a'), (NULL)"}; err != nil || done.Rows != 2 || !slices.Equal(s.texts(), want) {
				t.Errorf("%v, %+v\n got %q\nwant %q", err, done, s.texts(), want)
			}
		})
	}
}

// TestRowByRow: a statement that cannot be put together is refused, or executed for each of the values.
func TestRowByRow(t *testing.T) {
	update := expr.Update(letters).Set(expr.To(letter, expr.Param[expr.String]("p")))
	values := slices.Values([]compile.Params{{"p": "a"}, {"p": "b"}})
	for _, n := range []expr.Node{update, &update, expr.Delete(letters), expr.Text("DROP TABLE t"), expr.Insert(letters).FromSelect(expr.Select(letter))} {
		s, e := serverWith(t, engine.Config{})
		_, err := engine.ExecMany(t.Context(), e, n, values, engine.BatchOptions{})
		if !errors.As(err, new(*engine.RowByRowError)) || !strings.Contains(err.Error(), "MERGE") || len(s.texts()) > 0 {
			t.Errorf("%T: %v, %q was sent", n, err, s.texts())
		}
	}
	s, e := serverWith(t, engine.Config{}, answer{}, answer{err: errServer})
	done, err := engine.ExecMany(t.Context(), e, update, values, engine.BatchOptions{AllowRowByRow: true})
	var failed *engine.BatchError
	if !errors.As(err, &failed) || failed.Done.Rows != 1 || !failed.Sent || done.Rows != 1 || !errors.Is(err, errServer) {
		t.Errorf("%+v, %v", done, err)
	}
	if want := []string{"UPDATE t SET s = 'a'", "UPDATE t SET s = 'b'"}; !slices.Equal(s.texts(), want) {
		t.Errorf("\n got %q\nwant %q", s.texts(), want)
	}
}

// TestManyInTx: each statement is one of the transaction, which tells of them.
func TestManyInTx(t *testing.T) {
	_, e := serverWith(t, engine.Config{})
	err := e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
		_, err := engine.InsertMany[map[string]any](t.Context(), tx, expr.Insert(letters), lettersOf("abc"), engine.BatchOptions{Rows: 2})
		return errors.Join(err, errServer)
	})
	var stays *engine.NotRolledBackError
	want := []string{insertOf("a") + " … and 1 row(s) more", insertOf("c")}
	if !errors.As(err, &stays) || !slices.Equal(stays.Statements, want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// Thousands of rows become few statements.
func ExampleInsertMany() {
	type flight struct {
		Carrier  string
		DepDelay *float64
	}
	flights := expr.T(schema.NewTable(nil, "flights", schema.Col("carrier", schema.String), schema.Col("dep_delay", schema.Double)))
	late := 7.5
	rows := []flight{{"UA", &late}, {"AA", nil}, {"DL", nil}}

	var script strings.Builder
	e := engine.Mock(compile.ANSI{}, &script)
	o := engine.BatchOptions{Rows: 2, OnProgress: func(d engine.Done) { fmt.Println(d.Rows, "rows are in") }}
	if _, err := engine.InsertMany[flight](context.Background(), e, expr.Insert(flights), rows, o); err != nil {
		fmt.Println(err)
	}
	fmt.Print(script.String())
	// Output:
	// 2 rows are in
	// 3 rows are in
	// INSERT INTO flights (carrier, dep_delay) VALUES ('UA', 7.5E+00), ('AA', NULL);
	// INSERT INTO flights (carrier, dep_delay) VALUES ('DL', NULL);
}
