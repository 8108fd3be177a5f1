package engine

import (
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

type priced struct {
	On    schema.CivilDate
	Price *schema.Decimal `db:"the_price"`
	rest  int
}

type tree struct {
	Name  string
	Below []tree
}

// asJSON has all columns that are not of a type without parts be JSON.
func asJSON(c Column) func(v any) (any, error) {
	if !hasParts(c.Type) {
		return nil
	}
	return func(v any) (decoded any, err error) {
		d := json.NewDecoder(strings.NewReader(v.(string)))
		d.UseNumber()
		err = d.Decode(&decoded)
		return numbers(decoded), err
	}
}

func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		return schema.Decimal(v)
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}

// nestedOf is a row of a column x of a type, decoded from JSON.
func nestedOf(t *testing.T, typ schema.Type, v any) Row {
	t.Helper()
	src := &sliceSource{[]Column{{Name: "x", Type: typ}}, [][]any{{v}}}
	row, err := newResult(src, nil, Options{Decoders: asJSON}, nil).One(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func getAs[T any](row Row) (any, error) { return Get[T](row, "x") }

func TestNested(t *testing.T) {
	date, price := schema.CivilDate{Year: 2020, Month: 1, Day: 2}, schema.Decimal("1.50")
	days := schema.Array(schema.Struct(schema.Field{Name: "on", Type: schema.Date}, schema.Field{Name: "THE_PRICE", Type: schema.Numeric(5, 2)}))
	for _, tc := range []struct {
		typ  schema.Type
		text any
		get  func(Row) (any, error)
		want any
	}{
		{nil, `[1,2]`, getAs[any], []any{int64(1), int64(2)}},
		{nil, `[1,2]`, getAs[[]int64], []int64{1, 2}},
		{nil, `[1,null]`, getAs[[]*int8], []*int8{ptr(int8(1)), nil}},
		{nil, `[1,null]`, getAs[[]sql.Null[string]], []sql.Null[string]{{V: "1", Valid: true}, {}}},
		{nil, `[]`, getAs[[]string], []string{}},
		{nil, nil, getAs[[]string], []string(nil)},
		{nil, nil, getAs[map[string]int], map[string]int(nil)},
		{nil, nil, getAs[*priced], (*priced)(nil)},
		{nil, `[[1],[],null]`, getAs[[][]int], [][]int{{1}, {}, nil}},
		{nil, `{"a":1}`, getAs[map[string]any], map[string]any{"a": int64(1)}},
		{nil, `{"a":[1]}`, getAs[map[carrier][]uint8], map[carrier][]uint8{"a": []byte("[1]")}},
		{schema.Map(schema.String, schema.Date), `{"a":"2020-01-02"}`, getAs[map[string]any], map[string]any{"a": date}},
		{schema.Map(schema.String, schema.Date), `{"a":"2020-01-02"}`, getAs[map[string]time.Time], map[string]time.Time{"a": time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)}},
		{days, `[{"on":"2020-01-02","the_price":1.50}]`, getAs[any], []any{map[string]any{"on": date, "the_price": price}}},
		{days, `[{"on":"2020-01-02","the_price":1.50}]`, getAs[[]priced], []priced{{On: date, Price: &price}}},
		{days, `[{"on":"2020-01-02","the_price":null}]`, getAs[[]*priced], []*priced{{On: date}}},
		{nil, `{"name":"a","below":[{"name":"b","below":null}]}`, getAs[tree], tree{"a", []tree{{Name: "b"}}}},
		{nil, `{"b":[1.50,"x",null],"a":{}}`, getAs[string], `{"a":{},"b":[1.50,"x",null]}`},
		{nil, `[1]`, getAs[json.RawMessage], json.RawMessage(`[1]`)},
		{days, `[{"on":"2020-01-02","the_price":1}]`, getAs[string], `[{"on":"2020-01-02","the_price":1}]`},
	} {
		got, err := tc.get(nestedOf(t, tc.typ, tc.text))
		if err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%v as a %T\n got %#v, %v\nwant %#v", tc.text, tc.want, got, err, tc.want)
		}
	}
	if (priced{}).rest != 0 {
		t.Error("a field that is not exported was set")
	}
}

func ptr[T any](v T) *T { return &v }

func TestNestedErrors(t *testing.T) {
	for _, tc := range []struct {
		text string
		get  func(Row) (any, error)
		want string
	}{
		{`[1,null]`, getAs[[]int], "at [1]: it is NULL, which int cannot be; take a *int"},
		{`[[1],["x"]]`, getAs[[][]int], "at [1][0]: "},
		{`{"a":300}`, getAs[map[string]int8], "at [a]: it is out of range"},
		{`{"a":1}`, getAs[map[int]int], "at the key [a]: "},
		{`{"a":1}`, getAs[[]int], "no value of that kind"},
		{`[1]`, getAs[map[string]int], "no value of that kind"},
		{`[1]`, getAs[priced], "no value of that kind"},
		{`[{"on":"2020-01-02"}]`, getAs[[]priced], "at [0]: engine: engine.priced: no column is for the fields the_price"},
		{`{"name":"a","below":[],"x":1}`, getAs[tree], "no field is for the columns x"},
		{`{"name":"a","below":[{"name":null,"below":null}]}`, getAs[tree], "at .below[0].name: it is NULL"},
		{`[1]`, getAs[[]chan int], "at [0]: engine: chan int: a value does not become one"},
	} {
		_, err := tc.get(nestedOf(t, nil, tc.text))
		var value *ValueError
		if !errors.As(err, &value) || value.Column != "x" || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s\n got %v\nwant a *ValueError: %s", tc.text, err, tc.want)
		}
	}
	var value *ValueError
	src := &sliceSource{[]Column{{Name: "x", Type: schema.Array(schema.Date)}}, [][]any{{"[1"}}}
	if _, err := newResult(src, nil, Options{Decoders: asJSON}, nil).All(t.Context()); !errors.As(err, &value) || value.Row != 1 {
		t.Errorf("a text that cannot be read: %v", err)
	}
	var null *NullError
	if _, err := Get[tree](nestedOf(t, nil, nil), "x"); !errors.As(err, &null) {
		t.Errorf("NULL: %v", err)
	}
}

// TestNestedRows: nested values in rows as structs, as lists and as lines.
func TestNestedRows(t *testing.T) {
	rows := func() *Result {
		src := &sliceSource{[]Column{{Name: "id", Type: schema.BigInt}, {Name: "xs"}}, [][]any{{int64(1), "[1,2]"}, {int64(2), nil}}}
		return newResult(src, nil, Options{Decoders: asJSON}, nil)
	}
	type row struct {
		ID int64
		Xs []int
	}
	all, err := All[row](t.Context(), rows())
	if want := []row{{1, []int{1, 2}}, {ID: 2}}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("got %v, %v; want %v", all, err, want)
	}
	lists, err := Scalars[[]int](rows(), "xs").All(t.Context())
	if want := [][]int{{1, 2}, nil}; err != nil || !reflect.DeepEqual(lists, want) {
		t.Errorf("got %v, %v; want %v", lists, err, want)
	}
	if lists, err = All[[]int](t.Context(), rows().Columns("xs")); err != nil || len(lists) != 2 {
		t.Errorf("got %v, %v", lists, err)
	}
	for want, write := range map[string]func(*strings.Builder) error{
		"{\"id\":1,\"xs\":[1,2]}\n{\"id\":2,\"xs\":null}\n": func(b *strings.Builder) error { return rows().WriteJSON(t.Context(), b) },
		"id,xs\n1,\"[1,2]\"\n2,\n":                          func(b *strings.Builder) error { return rows().WriteCSV(t.Context(), b, CSV{}) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil || b.String() != want {
			t.Errorf("got %q, %v; want %q", b.String(), err, want)
		}
	}
	if _, err := All[struct {
		ID []int
		Xs []int
	}](t.Context(), rows()); !errors.As(err, new(*FieldsError)) {
		t.Errorf("a number as a slice: %v, want a *FieldsError", err)
	}
}
