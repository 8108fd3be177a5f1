package engine

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestNames is C-27, and what else a name may find.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name     string
		server   []string
		expected []string // nil: the statement is text
		raw      bool
		keys     []string
		find     map[string]int // -1 is a KeyError, -2 an AmbiguousError
	}{
		{"one table", []string{"t.a", "t.b"}, nil, false, []string{"a", "b"}, map[string]int{"a": 0, "t.a": 0, "B": 1, "T.B": 1, "c": -1, "u.a": -1}},
		{"raw", []string{"t.a", "t.b"}, nil, true, []string{"t.a", "t.b"}, map[string]int{"a": -1, "t.a": 0, "T.a": 0}},
		{"raw and compiled", []string{"t.a"}, []string{"a"}, true, []string{"t.a"}, map[string]int{"a": -1, "t.a": 0}},
		{"two tables", []string{"t.id", "u.id"}, nil, false, []string{"id", "id"}, map[string]int{"id": -2, "ID": -2, "t.id": 0, "u.id": 1}},
		{"case", []string{"a", "A"}, nil, false, []string{"a", "A"}, map[string]int{"a": 0, "A": 1}},
		{"case is not told", []string{"ab", "AB"}, nil, false, []string{"ab", "AB"}, map[string]int{"Ab": -2}},
		{
			"no table before the dot",
			[]string{"max(t.a)", "1.5", "_c0", "t.a b", "db.t.x", "."},
			nil, false,
			[]string{"max(t.a)", "1.5", "_c0", "t.a b", "x", "."},
			map[string]int{"max(t.a)": 0, "a)": -1, "5": -1, "db.t.x": 4},
		},
		{"compiled", []string{"t.x", "t.y"}, []string{"Carrier", ""}, false, []string{"Carrier", "y"}, map[string]int{"carrier": 0, "t.x": 0, "y": 1}},
		{"the statement before the server", []string{"b", "a"}, []string{"a", "b"}, false, []string{"a", "b"}, map[string]int{"a": 0, "b": 1}},
		{"not ASCII", []string{"t.größe"}, nil, false, []string{"größe"}, map[string]int{"GRÖSSE": -1, "GRÖßE": 0}},
	} {
		src := &sliceSource{rows: [][]any{make([]any, len(tt.server))}}
		for _, name := range tt.server {
			src.head = append(src.head, Column{Name: name})
		}
		var expected []compile.ResultColumn
		for _, name := range tt.expected {
			expected = append(expected, compile.ResultColumn{Name: name})
		}
		r := newResult(src, expected, Options{RawNames: tt.raw}, nil)
		if got := r.Keys(); !slices.Equal(got, tt.keys) {
			t.Errorf("%s: Keys: got %v, want %v", tt.name, got, tt.keys)
		}
		row, err := r.One(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range tt.find {
			got, err := row.place(name)
			var unknown *KeyError
			var ambiguous *AmbiguousError
			switch {
			case errors.As(err, &unknown):
				got = -1
			case errors.As(err, &ambiguous):
				got = -2
			}
			if got != want {
				t.Errorf("%s: %q: got %d, error %v; want %d", tt.name, name, got, err, want)
			}
		}
	}
}

var flights = expr.Declare(schema.NewMetaData(), "flights", struct {
	expr.Table
	Carrier  expr.String
	DepDelay expr.Float
	Day      expr.Date
}{})

// TestExpressions: a column is found by what the statement selects, whatever the server calls it.
func TestExpressions(t *testing.T) {
	other := expr.Alias(flights, "o")
	sub := expr.Select(flights.Carrier.As("who")).Subquery("s")
	q := expr.Select(flights.Carrier, other.Carrier, flights.DepDelay.Add(1).As("late"), flights.DepDelay.Add(2), fn.Count(),
		expr.Col[expr.String](sub, "who"), flights.Carrier)
	cache := compile.NewCache(compile.ANSI{}, 0)
	if _, err := cache.Compile(q); err != nil {
		t.Fatal(err)
	}
	again := expr.Alias(flights, "o") // the tree that is compiled now is another one of the same code
	st, err := cache.Compile(expr.Select(flights.Carrier, again.Carrier, flights.DepDelay.Add(1).As("late"), flights.DepDelay.Add(2),
		fn.Count(), expr.Col[expr.String](sub, "who"), flights.Carrier))
	if err != nil {
		t.Fatal(err)
	}
	src := &sliceSource{rows: [][]any{{"UA", "AA", 1.0, 2.0, int64(3), "DL", "UA"}}}
	for range 7 {
		src.head = append(src.head, Column{Name: "same"})
	}
	row, err := newResult(src, st.Columns(), Options{}, nil).One(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		key  expr.Expr
		want any // nil: a KeyError
	}{
		{"a column", flights.Carrier, "UA"},
		{"found by name", flights.C("carrier"), "UA"},
		{"of an alias", again.Carrier, "AA"},
		{"of an alias made anew", expr.Alias(flights, "o").Carrier, "AA"},
		{"below a label", flights.DepDelay.Add(1), 1.0},
		{"with a label", flights.DepDelay.Add(1).As("late"), 1.0},
		{"that differs in a value", flights.DepDelay.Add(2), 2.0},
		{"that differs in another value", flights.DepDelay.Add(3), nil},
		{"a function", fn.Count(), int64(3)},
		{"of a query", expr.Col[expr.String](sub, "who"), "DL"},
		{"not selected", flights.Day, nil},
		{"no expression", expr.String{}, nil},
	} {
		got, err := row.Get(tt.key)
		var unknown *KeyError
		if got != tt.want || (err != nil) != (tt.want == nil) || err != nil && !errors.As(err, &unknown) {
			t.Errorf("%s: got %v, error %v; want %v", tt.name, got, err, tt.want)
		}
	}
	if _, err := row.Get("carrier"); !strings.Contains(err.Error(), "columns 0 (same), 1 (same), 6 (same)") {
		t.Errorf("got %v, want the columns named", err)
	}
}

// TestStar: what a * selects is not known before the server tells.
func TestStar(t *testing.T) {
	st, err := compile.Compile(compile.ANSI{}, expr.Select(expr.Name("t")))
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Columns(); got != nil {
		t.Errorf("got %v, want none", got)
	}
}

// TestRowStays: rows are what they were when the result goes on, changes its columns and is closed.
func TestRowStays(t *testing.T) {
	r := newResult(numbered(3), nil, Options{}, nil)
	first, _, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := r.Columns("NAME", 0, "name").Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	third, _, err := r.Columns(1).Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		row    Row
		keys   []string
		values []any
	}{
		{first, []string{"id", "name"}, []any{int64(0), "a"}},
		{second, []string{"name", "id", "name"}, []any{"b", int64(1), "b"}},
		{third, []string{"id"}, []any{int64(2)}},
	} {
		if !slices.Equal(tt.row.Keys(), tt.keys) || !slices.Equal(tt.row.Values(), tt.values) || tt.row.Number() != int64(i+1) {
			t.Errorf("row %d: got %v, %v", tt.row.Number(), tt.row.Keys(), tt.row.Values())
		}
	}
	if m, err := first.Map(); err != nil || !reflect.DeepEqual(m, map[string]any{"id": int64(0), "name": "a"}) {
		t.Errorf("Map: got %v, error %v", m, err)
	}
	var ambiguous *AmbiguousError
	if m, err := second.Map(); !errors.As(err, &ambiguous) {
		t.Errorf("Map of two names: got %v, error %v", m, err)
	}
}

func TestColumnsFault(t *testing.T) {
	src := numbered(3)
	rows, err := newResult(src, nil, Options{}, nil).Columns("id", "nme").All(t.Context())
	var unknown *KeyError
	if !errors.As(err, &unknown) || rows != nil || src.closed != 1 || err.Error() != `engine: no column is "nme"; there are 2: id, name` {
		t.Errorf("got %v, error %v", rows, err)
	}
	if _, err := (Row{}).Get("id"); !errors.As(err, &unknown) {
		t.Errorf("Get of the zero Row: got error %v", err)
	}
}

// euros is a type of a program.
type euros struct{}

func (euros) String() string    { return "euros" }
func (euros) Impl() schema.Type { return schema.Numeric(9, 2) }

func (euros) ToDB(v any) (any, error) { return v, nil }

func (euros) FromDB(v any) (any, error) {
	if v == nil {
		return "nothing", nil
	}
	d, ok := v.(schema.Decimal)
	if !ok || d == "0.00" {
		return nil, errors.New("no amount")
	}
	return string(d) + " €", nil
}

// TestTypes: values are of the kinds of their columns, and of what the program makes of them.
func TestTypes(t *testing.T) {
	noon := time.Date(2013, 1, 2, 12, 0, 0, 0, time.UTC)
	day, date := time.Date(2013, 1, 2, 0, 0, 0, 0, time.UTC), schema.CivilDate{Year: 2013, Month: 1, Day: 2}
	for _, tt := range []struct {
		typ       schema.Type
		got, want any
	}{
		{schema.Date, day, date},
		{schema.Date, "2013-01-02", date},
		{schema.Date, noon, noon}, // not what the type says: nothing is cut off
		{schema.Date, nil, nil},
		{schema.Timestamp, "2013-01-02 12:00:00", noon},
		{schema.Timestamp, noon, noon},
		{schema.Boolean, int64(0), false},
		{schema.Boolean, int64(2), int64(2)},
		{schema.Boolean, false, false},
		{schema.Numeric(9, 2), "12.50", schema.Decimal("12.50")},
		{schema.Numeric(9, 2), int64(0), schema.Decimal("0")},
		{schema.Numeric(9, 2), 0.1, schema.Decimal("0.1")},
		{schema.Numeric(9, 2), "many", "many"},
		{schema.Double, "6900.5", "6900.5"},
		{schema.VarChar(2), []byte(""), ""},
		{schema.String, []byte("UA"), "UA"},
		{schema.BigInt, int64(7), int64(7)},
		{nil, day, day},
		{euros{}, "12.50", "12.50 €"},
		{euros{}, nil, "nothing"},
	} {
		src := &sliceSource{[]Column{{Name: "x"}}, [][]any{{tt.got}}}
		row, err := newResult(src, []compile.ResultColumn{{Type: tt.typ}}, Options{}, nil).One(t.Context())
		if err != nil || row.At(0) != tt.want {
			t.Errorf("%v of type %v: got %#v, error %v; want %#v", tt.got, tt.typ, row, err, tt.want)
		}
	}
	src := &sliceSource{[]Column{{Name: "x", DatabaseType: "DECIMAL"}}, [][]any{{"6900.5"}}}
	mean, err := newResult(src, []compile.ResultColumn{{Type: schema.Double}}, Options{}, nil).One(t.Context())
	if err != nil || mean.At(0) != 6900.5 {
		t.Errorf("a decimal that is a mean: got %#v, error %v; want 6900.5", mean.At(0), err)
	}
	src = &sliceSource{[]Column{{Name: "x"}}, [][]any{{"1.00"}, {"0.00"}}}
	rows, err := newResult(src, []compile.ResultColumn{{Type: euros{}}}, Options{}, nil).All(t.Context())
	var value *ValueError
	if len(rows) != 1 || !errors.As(err, &value) || value.Row != 2 || err.Error() != `engine: column "x" of row 2: no amount` {
		t.Errorf("got %d rows, error %v", len(rows), err)
	}
}

// point is a type of a program whose values are structs.
type point struct{ X, Y int }

type points struct{}

func (points) String() string          { return "point" }
func (points) Impl() schema.Type       { return schema.String }
func (points) ToDB(v any) (any, error) { return v, nil }

func (points) FromDB(v any) (p any, err error) {
	if v == nil {
		return nil, nil
	}
	var at point
	_, err = fmt.Sscanf(v.(string), "%d,%d", &at.X, &at.Y)
	return at, err
}

// TestCustom: values of a program's type go where that type is wanted.
func TestCustom(t *testing.T) {
	src := &sliceSource{[]Column{{Name: "p"}}, [][]any{{[]byte("1,2")}, {nil}}}
	frozen, err := newResult(src, []compile.ResultColumn{{Name: "at", Type: points{}}}, Options{}, nil).Freeze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := All[struct{ At *point }](t.Context(), frozen.Result())
	if err != nil || len(list) != 2 || *list[0].At != (point{1, 2}) || list[1].At != nil {
		t.Errorf("structs: got %v, error %v", list, err)
	}
	row, err := frozen.Result().First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if at, err := Get[point](row, "at"); at != (point{1, 2}) || err != nil {
		t.Errorf("Get: got %v, error %v", at, err)
	}
	if text, err := Get[string](row, "at"); text != "{1 2}" || err != nil {
		t.Errorf("Get as text: got %v, error %v", text, err)
	}
	if _, err := Get[[]int](row, "at"); err == nil {
		t.Error("a point became a slice")
	}
	var null *NullError
	if points, err := Scalars[point](frozen.Result(), 0).All(t.Context()); len(points) != 1 || !errors.As(err, &null) {
		t.Errorf("Scalars: got %v, error %v", points, err)
	}
}
