package compile_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// cachedText compiles n by way of a cache.
func cachedText(t *testing.T, c *compile.Cache, n expr.Node) string {
	t.Helper()
	st, err := c.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	text, err := st.SQL()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// secret is a type of a program: two of them differ though their texts do not.
type secret struct{ key string }

func (secret) String() string            { return "secret" }
func (secret) Impl() schema.Type         { return schema.String }
func (s secret) ToDB(v any) (any, error) { return fmt.Sprint(s.key, v), nil }
func (secret) FromDB(v any) (any, error) { return v, nil }
func ofType(t schema.Type) expr.String   { return expr.Cast[expr.String](expr.Null[expr.Int](), t) }

// TestCacheTellsApart: trees that differ in more than values have texts, types or columns of their own.
func TestCacheTellsApart(t *testing.T) {
	a, b, s := things.A, things.B, things.S
	n := a.Add(1).As("n")
	w := expr.PartitionBy(b).OrderBy(a)
	for _, pair := range [][2]expr.Node{
		{expr.Select(a), expr.Select(b)},
		{expr.Select(a.Add(1)), expr.Select(a.Sub(1))},
		{expr.Select(a).Where(a.In(1)), expr.Select(a).Where(a.In())},
		{expr.Select(a).Where(a.In(1)), expr.Select(a).Where(a.NotIn(1))},
		{expr.Select(a).Where(s.Like("a")), expr.Select(a).Where(s.StartsWith("a"))},
		{expr.Select(a).Where(s.Like("a")), expr.Select(a).Where(s.LikeEscape("a", '!'))},
		{expr.Select(a.As("x")), expr.Select(a.As("y"))},
		{expr.Select(n).OrderBy(n), expr.Select(n).OrderBy(a.Add(1))},
		{expr.Select(a).Limit(1), expr.Select(a).Offset(1)},
		{expr.Select(a), expr.Select(a).Distinct()},
		{expr.Select(a).OrderBy(a), expr.Select(a).OrderBy(a.Desc())},
		{expr.Select(a).OrderBy(a.Asc().NullsFirst()), expr.Select(a).OrderBy(a.Asc().NullsLast())},
		{expr.Select(a).Join(items), expr.Select(a).LeftJoin(items)},
		{expr.Select(a).Join(items), expr.Select(a).Join(expr.Alias(items, "i"))},
		{expr.Select(expr.Alias(things, "x").A), expr.Select(expr.Alias(things, "y").A)},
		{expr.Select(a).GroupBy(a, b), expr.Select(a).GroupBy(a, b).Rollup()},
		{expr.Select(a).GroupBy(a).Cube(), expr.Select(a).GroupBy(a).Rollup()},
		{expr.Select(expr.Over(fn.Sum(a), w.Rows(expr.Preceding(1), expr.CurrentRow))), expr.Select(expr.Over(fn.Sum(a), w.Rows(expr.Preceding(2), expr.CurrentRow)))},
		{expr.Select(expr.Over(fn.Sum(a), w.Rows(expr.Preceding(1), expr.CurrentRow))), expr.Select(expr.Over(fn.Sum(a), w.Range(expr.Preceding(1), expr.CurrentRow)))},
		{expr.Select(fn.Count(a)), expr.Select(fn.CountDistinct(a))},
		{expr.Select(expr.Cast[expr.String](a, schema.VarChar(5))), expr.Select(expr.Cast[expr.String](a, schema.VarChar(6)))},
		{expr.Select(things.D.Add(expr.Interval{N: 1, Unit: expr.Day})), expr.Select(things.D.Add(expr.Interval{N: 2, Unit: expr.Day}))},
		{expr.Union(expr.Select(a), expr.Select(b)), expr.UnionAll(expr.Select(a), expr.Select(b))},
		{expr.Select(expr.Select(a).CTE("c")), expr.Select(expr.Select(a).CTE("d"))},
	} {
		c := compile.NewCache(compile.ANSI{}, 0)
		first, second := cachedText(t, c, pair[0]), cachedText(t, c, pair[1])
		if first == second || second != sqlOf(t, pair[1]) {
			t.Errorf("taken for one:\n%s\n%s", first, second)
		}
	}
}

func TestCacheTellsTypesApart(t *testing.T) {
	for _, pair := range [][2]expr.SelectStmt{
		{expr.Select(expr.Call[expr.Int]("f")), expr.Select(expr.Call[expr.Float]("f"))},
		{expr.Select(expr.Col[expr.Int](expr.Name("t"), "x")), expr.Select(expr.Col[expr.String](expr.Name("t"), "x"))},
		{expr.Select(ofType(secret{"a"})), expr.Select(ofType(secret{"b"}))},
		{expr.Select(ofType(schema.Array(secret{"a"}))), expr.Select(ofType(schema.Array(secret{"b"})))},
		{expr.Select(expr.Param[expr.Int]("p")), expr.Select(expr.Param[expr.String]("p"))},
		{expr.Select(expr.CustomOp[expr.Int](lit(1), "+", lit(1))), expr.Select(expr.CustomOp[expr.Float](lit(1), "+", lit(1)))},
	} {
		c := compile.NewCache(lenient{}, 0)
		for _, q := range pair {
			st, err := c.Compile(q)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := st.Columns()[0].Type, q.Items[0].Type; got != want {
				t.Errorf("%s: got a column of type %v, want %v", st.Template(), got, want)
			}
		}
	}
}

// lenient has a name for every type.
type lenient struct{ everything }

func (lenient) TypeName(t schema.Type) (string, error) { return t.String(), nil }

// TestCacheTakesAsOne: values are no part of the structure.
func TestCacheTakesAsOne(t *testing.T) {
	c := compile.NewCache(compile.ANSI{}, 0)
	a, s := things.A, things.S
	query := func(n int64, text string, list []int64, limit int64) expr.Node {
		return expr.Select(a).Where(a.Eq(n), s.Contains(text), a.In(list...)).Limit(limit)
	}
	for _, n := range []expr.Node{query(1, "a", []int64{1}, 1), query(-2, "it's %", []int64{1, 2, 3}, 0)} {
		if got, want := cachedText(t, c, n), sqlOf(t, n); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
	if got, want := c.Stats(), (compile.CacheStats{Hits: 1, Misses: 1, Size: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestCacheAndSharedValues: a value that stands in two places is one in one tree and two in the next.
func TestCacheAndSharedValues(t *testing.T) {
	shared := func(n int64) expr.Node {
		bucket := things.A.Mod(n)
		return expr.Select(bucket, fn.Count()).GroupBy(bucket)
	}
	apart := func(n, m int64) expr.Node {
		return expr.Select(things.A.Mod(n), fn.Count()).GroupBy(things.A.Mod(m))
	}
	for _, order := range [][]expr.Node{
		{shared(2), apart(3, 4), shared(5), apart(6, 7)},
		{apart(3, 4), shared(2), apart(6, 7), shared(5)},
	} {
		c := compile.NewCache(compile.ANSI{}, 0)
		for _, n := range order {
			if got, want := cachedText(t, c, n), sqlOf(t, n); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		}
	}
}

func TestCacheForgetsTheOldest(t *testing.T) {
	c := compile.NewCache(compile.ANSI{}, 2)
	a, b, s := expr.Select(things.A), expr.Select(things.B), expr.Select(things.S)
	for _, q := range []expr.Node{a, b, a, s, a, b} { // s takes the place of b
		cachedText(t, c, q)
	}
	if got, want := c.Stats(), (compile.CacheStats{Hits: 2, Misses: 4, Size: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	c.Clear()
	if got := c.Stats().Size; got != 0 {
		t.Errorf("%d statements are left", got)
	}
}

func TestCacheKeepsNoErrors(t *testing.T) {
	c := compile.NewCache(compile.ANSI{}, 0)
	for range 2 {
		if _, err := c.Compile(expr.Select(things.C("z"))); !is[*expr.NameError](err) {
			t.Error(err)
		}
		if _, err := c.Compile(expr.Select(things.A.BitAnd(1))); !errors.Is(err, compile.ErrUnsupported) {
			t.Error(err)
		}
	}
	if got := c.Stats(); got.Size != 0 || got.Hits != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCacheConcurrently(t *testing.T) {
	c := compile.NewCache(compile.ANSI{}, 3)
	queries := []expr.SelectStmt{busy(), expr.Select(things.A), counting(), expr.Select(things.S).Where(things.S.In("a")), expr.Select(items)}
	var want []string
	for _, q := range queries {
		want = append(want, sqlOf(t, q))
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				k := (g + i) % len(queries)
				st, err := c.Compile(queries[k].Limit(int64(10)).Where())
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := st.SQL(); err != nil || queries[k].Count != nil && got != want[k] {
					t.Errorf("%v\n got %s\nwant %s", err, got, want[k])
				}
			}
		})
	}
	wg.Wait()
	if s := c.Stats(); s.Hits+s.Misses != 1600 || s.Size > 3 {
		t.Errorf("%+v", s)
	}
}

// TestColumns: the columns are of the tree that was compiled, be its code that of another one.
func TestColumns(t *testing.T) {
	cache := compile.NewCache(compile.ANSI{}, 0)
	for _, n := range []int{1, 2} {
		more := things.A.Add(int64(n))
		st, err := cache.Compile(expr.Select(things.S, more.As("more"), more))
		if err != nil {
			t.Fatal(err)
		}
		got := st.Columns()
		if len(got) != 3 || got[0].Name != "s" || got[0].Type != schema.String || got[1].Name != "more" || got[2].Name != "" ||
			got[0].Term != expr.TermOf(things.S) || got[2].Term != expr.TermOf(more) {
			t.Errorf("got %+v", got)
		}
	}
	if hits := cache.Stats().Hits; hits != 1 {
		t.Errorf("got %d hits, want 1", hits)
	}
	for _, n := range []expr.Node{expr.Select(expr.Name("t")), expr.Delete(things)} {
		st, err := cache.Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.Columns(); got != nil {
			t.Errorf("%T: got %+v, want none", n, got)
		}
	}
}
