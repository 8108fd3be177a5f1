package enginetest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// money is a type of the program.
type money struct {
	Cents    int64
	Currency string
}

// moneyType stores a money as text.
type moneyType struct{}

func (moneyType) String() string    { return "money" }
func (moneyType) Impl() schema.Type { return schema.String }

func (moneyType) ToDB(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case money:
		return fmt.Sprintf("%s %d", v.Currency, v.Cents), nil
	}
	return nil, fmt.Errorf("a %T is no money", v)
}

func (moneyType) FromDB(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	var m money
	_, err := fmt.Sscanf(v.(string), "%s %d", &m.Currency, &m.Cents)
	return m, err
}

// made makes a table for a test.
func (s *suite) made(t *testing.T, name string, columns ...*schema.Column) expr.Table {
	t.Helper()
	items := make([]schema.Item, len(columns))
	for i, c := range columns {
		items[i] = c
	}
	table := schema.NewTable(nil, name, items...)
	s.exec(t, ddl.DropTable(table).IfExists())
	s.exec(t, ddl.CreateTable(table))
	t.Cleanup(func() {
		if _, err := s.e.Exec(context.Background(), ddl.DropTable(table)); err != nil {
			t.Error(err)
		}
	})
	return expr.T(table)
}

func all[T any](t *testing.T, x executor, n expr.Node, params ...compile.Params) []T {
	t.Helper()
	r, err := x.Query(t.Context(), n, params...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := engine.All[T](t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// custom: values of a type of the program go into statements by each way there is, and come back.
func (s *suite) custom(t *testing.T) {
	table := s.made(t, "engine_fares", schema.Col("id", schema.BigInt), schema.Col("fare", moneyType{}))
	id, fare := expr.Col[expr.Int](table, "id"), expr.Col[expr.Any](table, "fare")
	s.exec(t, expr.Insert(table).Columns(id, fare).Values(1, money{1250, "EUR"}))
	rows := []map[string]any{{"id": 2, "fare": money{700, "USD"}}, {"id": 3, "fare": nil}}
	if _, err := engine.InsertMany[map[string]any](t.Context(), s.e, expr.Insert(table), rows, engine.BatchOptions{}); err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID   int64
		Fare *money
	}
	got := all[row](t, s.e, expr.Select(id, fare).OrderBy(id))
	if want := []row{{1, &money{1250, "EUR"}}, {2, &money{700, "USD"}}, {ID: 3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	byName := expr.Select(id).Where(expr.Eq(fare, expr.Param[expr.Any]("fare")))
	equal(t, all[int64](t, s.e, byName, compile.Params{"fare": money{1250, "EUR"}}), []int64{1})
	equal(t, all[int64](t, s.e, expr.Select(id).Where(fare.Eq(money{700, "USD"}))), []int64{2})
	equal(t, all[int64](t, s.e, expr.Select(id).Where(fare.In(money{700, "USD"}, money{1, "X"}))), []int64{2})
	if _, err := s.e.Query(t.Context(), byName, compile.Params{"fare": "x"}); err == nil || !strings.Contains(err.Error(), "no money") {
		t.Errorf("got %v, want the type's own error", err)
	}
}

// nested: arrays, maps and structs come back as what they were inserted as.
func (s *suite) nested(t *testing.T) {
	if ok, _ := s.e.Dialect().Supports(compile.Arrays); !ok {
		return // it has none
	}
	point := schema.Struct(schema.Field{Name: "on_day", Type: schema.Date}, schema.Field{Name: "who", Type: schema.Array(schema.String)})
	table := s.made(t, "engine_nested", schema.Col("id", schema.BigInt), schema.Col("xs", schema.Array(schema.BigInt)),
		schema.Col("prices", schema.Map(schema.String, schema.Numeric(5, 2))), schema.Col("point", point))
	type at struct {
		OnDay schema.CivilDate
		Who   []string
	}
	type row struct {
		ID     int64
		Xs     []int64
		Prices map[string]schema.Decimal
		Point  *at
	}
	hard := []string{`it's "x", {y}: [z]`, "é中😀"}
	want := []row{{1, []int64{1, -2}, map[string]schema.Decimal{"a b": "1.50"}, &at{schema.CivilDate{Year: 2020, Month: 1, Day: 2}, hard}}, {ID: 2}}
	if _, err := engine.InsertMany[row](t.Context(), s.e, expr.Insert(table), want, engine.BatchOptions{}); err != nil {
		t.Fatal(err)
	}
	id := expr.Col[expr.Int](table, "id")
	got := all[row](t, s.e, expr.Select(id, expr.Col[expr.Any](table, "xs"), expr.Col[expr.Any](table, "prices"), expr.Col[expr.Any](table, "point")).OrderBy(id))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	text := expr.Text("select xs, prices, point from " + s.server.Schema + ".engine_nested where id = 1") // which tells no types
	r, err := s.e.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	one, err := r.One(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	xs, err := engine.Get[[]int64](one, "xs")
	if err != nil || !reflect.DeepEqual(xs, want[0].Xs) {
		t.Errorf("got %v, %v; want %v", xs, err, want[0].Xs)
	}
	who, err := engine.Get[at](one, "point")
	if err != nil || !reflect.DeepEqual(who, *want[0].Point) {
		t.Errorf("got %v, %v; want %v", who, err, *want[0].Point)
	}
	equal(t, one.At(0), []any{int64(1), int64(-2)})
}
