package schema_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// describeAll is what an inspector tells of tables, as text.
func describeAll(ctx context.Context, from schema.Inspector, in string, names ...string) string {
	var list []string
	for info, err := range from.Describe(ctx, in, names...) {
		var none *schema.NoTableError
		switch {
		case err == nil:
			list = append(list, info.Name)
		case errors.As(err, &none):
			list = append(list, "no "+none.Name)
		default:
			list = append(list, err.Error())
		}
	}
	return strings.Join(list, " ")
}

func TestCached(t *testing.T) {
	d := nyc()
	d.failWith = errors.New("failed")
	c := schema.Cached(d)
	ctx := t.Context()
	for _, tt := range []struct {
		name        string
		do          func() string
		want, asked string
	}{
		{"two tables", func() string { return describeAll(ctx, c, "", "flights", "airlines") }, "flights airlines", "default; default: flights airlines"},
		{"one is known", func() string { return describeAll(ctx, c, "default", "late", "Flights", "a_b") }, "late flights a_b", "default: late a_b"},
		{"what is missing is asked again", func() string { return describeAll(ctx, c, "", "x", "late") }, "no x late", "default: x"},
		{"really", func() string { return describeAll(ctx, c, "", "x", "x") }, "no x no x", "default: x"},
		{"an error is the last", func() string { return describeAll(ctx, c, "odd", "good", "broken", "bad") }, "good failed", "odd: good broken bad"},
		{"and forgotten", func() string { return describeAll(ctx, c, "odd", "good", "bad") }, "good bad", "odd: bad"},
		{"relations", func() string { r, _ := c.Relations(ctx, "fleet"); return r[0].Name }, "makers", "relations of fleet"},
		{"again", func() string { r, _ := c.Relations(ctx, "FLEET"); return r[1].Name }, "planes", ""},
		{"schemas", func() string { s, _ := c.Schemas(ctx); return strings.Join(s, " ") }, "default fleet odd", "schemas"},
		{"again", func() string { s, _ := c.Schemas(ctx); return s[0] }, "default", ""},
		{"forget one", func() string { c.Forget("", "late"); return describeAll(ctx, c, "", "late", "a_b") }, "late a_b", "default: late"},
		{"forget a schema", func() string {
			c.Forget("fleet")
			_, _ = c.Relations(ctx, "fleet")
			return describeAll(ctx, c, "", "late")
		}, "late", "relations of fleet"},
		{"refresh", func() string { c.Refresh(); return describeAll(ctx, c, "", "late") }, "late", "default; default: late"},
		{"no schema", func() string { _, err := c.Relations(ctx, "nowhere"); return err.Error() }, `schema: there is no schema "nowhere"`, "relations of nowhere"},
		{"break", func() string {
			for info := range c.Describe(ctx, "fleet", "planes", "makers") {
				return info.Name
			}
			return ""
		}, "planes", "fleet: planes makers"},
	} {
		if got := tt.do(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		if got := d.questions(); got != tt.asked {
			t.Errorf("%s: asked %q, want %q", tt.name, got, tt.asked)
		}
	}
}

// Each caller has a description of its own, of which tables can be made.
func TestCachedCopies(t *testing.T) {
	c := schema.Cached(nyc())
	for range 2 {
		table, err := schema.ReflectTable(t.Context(), nil, c, "flights", schema.OnColumn(func(_ *schema.TableInfo, column *schema.Column) {
			column.Key += "!"
		}))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := describe(table), "carrier!:carrier:varchar(2), tail!:tail:string, day!:day:date, ForeignKey ForeignKey Unique 1 indexes, 1 attributes"; got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// What many want at once is asked for once.
func TestCachedHerd(t *testing.T) {
	d := nyc()
	d.hold = make(chan struct{})
	c := schema.Cached(d)
	var wg sync.WaitGroup
	answers := make([]string, 40)
	for i := range answers {
		wg.Go(func() {
			switch i % 3 {
			case 0:
				answers[i] = describeAll(t.Context(), c, "fleet", "planes", "makers")
			case 1:
				answers[i] = describeAll(t.Context(), c, "fleet", "planes", "makers")
			default:
				home, _ := c.DefaultSchema(t.Context())
				answers[i] = "planes makers" + strings.TrimPrefix(home, "default")
			}
		})
	}
	time.AfterFunc(20*time.Millisecond, func() { close(d.hold) })
	wg.Wait()
	for _, a := range answers {
		if a != "planes makers" {
			t.Errorf("got %s", a)
		}
	}
	if got := d.questions(); got != "default; fleet: planes makers" && got != "fleet: planes makers; default" {
		t.Errorf("asked %s", got)
	}
}

// Who gives up does not take those along who wait for the same.
func TestCachedGivenUp(t *testing.T) {
	d := nyc()
	d.hold = make(chan struct{})
	c := schema.Cached(d)
	first, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var gone, stayed, relations string
	wg.Go(func() { gone = describeAll(first, c, "fleet", "planes") })
	wg.Go(func() {
		if _, err := c.Relations(first, "fleet"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	for len(d.peek()) < 2 {
		time.Sleep(time.Millisecond)
	}
	wg.Go(func() { stayed = describeAll(t.Context(), c, "fleet", "planes") })
	wg.Go(func() {
		r, err := c.Relations(t.Context(), "fleet")
		if err != nil {
			t.Error(err)
			return
		}
		relations = r[0].Name
	})
	time.Sleep(10 * time.Millisecond) // or they ask by themselves, which is right, too
	cancel()
	time.AfterFunc(10*time.Millisecond, func() { close(d.hold) })
	wg.Wait()
	if gone != "context canceled" || stayed != "planes" || relations != "makers" {
		t.Errorf("got %q, %q and %q", gone, stayed, relations)
	}
}

func (d *database) peek() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// Who reads the answers slowly, or asks again in between, keeps nobody waiting.
func TestCachedNested(t *testing.T) {
	c := schema.Cached(nyc())
	for info, err := range c.Describe(t.Context(), "fleet", "planes", "makers") {
		if err != nil {
			t.Fatal(err)
		}
		if got := describeAll(t.Context(), c, "fleet", "makers", "planes"); got != "makers planes" {
			t.Errorf("at %s: got %s", info.Name, got)
		}
	}
}

// An error about one table is that of this table alone, as it is without a cache.
func TestCachedErrorOfOne(t *testing.T) {
	for _, goOn := range []bool{true, false} {
		d := nyc()
		d.failWith, d.goOn = errors.New("denied"), goOn
		want := describeAll(t.Context(), d, "odd", "good", "broken", "gone", "bad")
		c := schema.Cached(d)
		for _, how := range []string{"asked", "asked again", "after another"} {
			if got := describeAll(t.Context(), c, "odd", "good", "broken", "gone", "bad"); got != want {
				t.Errorf("%s, going on %t: got %q, want %q", how, goOn, got, want)
			}
		}
		tables, err := schema.NewMetaData().Reflect(t.Context(), schema.Cached(d), schema.In("odd"), schema.Only("a", "broken", "good"))
		if names := len(tables); goOn != (names == 1) || !errors.Is(err, d.failWith) {
			t.Errorf("going on %t: reflected %d, %v", goOn, names, err)
		}
	}
}

// The default schema may be known by its name alone.
func TestCachedForgetDefault(t *testing.T) {
	d := nyc()
	c := schema.Cached(d)
	describeAll(t.Context(), c, "default", "late", "a_b")
	c.Forget("", "late")
	d.questions()
	describeAll(t.Context(), c, "default", "late", "a_b")
	if got, want := d.questions(), "default: late"; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}
