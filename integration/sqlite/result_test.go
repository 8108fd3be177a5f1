package sqlite

import (
	"database/sql"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var flights = expr.Declare(schema.NewMetaData(), "flights", struct {
	expr.Table
	ID      expr.Int
	Carrier expr.String
	Day     expr.Date
	Seen    expr.Timestamp
	Fare    expr.Decimal `type:"decimal(9,2)"`
	Delay   expr.Float
	Late    expr.Bool
	Raw     expr.Bytes
}{})

// flightsOf is a database with 23 flights; every third has no delay.
func flightsOf(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // it is in memory
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`create table flights (id integer, carrier text, day text, seen timestamp, fare text, delay real, late boolean, raw blob)`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 23 {
		var delay any
		if i%3 > 0 {
			delay = float64(i) / 2
		}
		_, err := db.Exec("insert into flights values (?, ?, ?, ?, ?, ?, ?, ?)",
			i, []string{"UA", "AA"}[i%2], "2013-01-02", time.Date(2013, 1, 2, 12, 0, 0, 0, time.UTC), "12.50", delay, i%3 > 0, []byte{byte(i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// result is what a query gives.
func result(t *testing.T, db *sql.DB, q expr.Node) *engine.Result {
	t.Helper()
	res, err := engine.New(db, Dialect{}, engine.Options{}).Query(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestResult reads real rows by the methods of a result.
func TestResult(t *testing.T) {
	db, ctx := flightsOf(t), t.Context()
	all := expr.Select(flights).OrderBy(flights.ID)

	type flight struct {
		ID      int
		Carrier string
		Day     schema.CivilDate
		Seen    time.Time
		Fare    schema.Decimal
		Delay   *float64
		Late    bool
		Raw     []byte
	}
	list, err := engine.All[flight](ctx, result(t, db, all))
	if err != nil || len(list) != 23 {
		t.Fatalf("got %d rows, error %v", len(list), err)
	}
	half, day := 0.5, schema.CivilDate{Year: 2013, Month: 1, Day: 2}
	want := flight{1, "AA", day, time.Date(2013, 1, 2, 12, 0, 0, 0, time.UTC), "12.50", &half, true, []byte{1}}
	if !reflect.DeepEqual(list[1], want) || list[0].Delay != nil {
		t.Errorf("\n got %+v\nwant %+v", list[1], want)
	}

	res, got := result(t, db, all), []int{}
	for _, n := range []int{0, 1, 5, 10, 100} {
		rows, err := res.FetchMany(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, len(rows))
	}
	if !slices.Equal(got, []int{0, 1, 5, 10, 7}) {
		t.Errorf("FetchMany gave %v rows", got)
	}

	// The connection is the only one: what closes a result gives it back.
	for row, err := range result(t, db, all).Rows() {
		if fare, getErr := engine.Get[schema.Decimal](row, flights.Fare); err != nil || getErr != nil || fare != "12.50" {
			t.Errorf("got %v, errors %v, %v", fare, err, getErr)
		}
		break
	}
	if row, err := result(t, db, all).First(ctx); err != nil || row.At(6) != false {
		t.Errorf("First: got %v, error %v", row.Values(), err)
	}
	if n, err := engine.ScalarOne[int](ctx, result(t, db, expr.Select(fn.Count()).From(flights))); n != 23 || err != nil {
		t.Errorf("got %d, error %v", n, err)
	}
	if _, err := engine.ScalarOne[int](ctx, result(t, db, all)); !errors.Is(err, engine.ErrMultipleRows) {
		t.Errorf("got error %v", err)
	}

	// Columns of one name are told apart by what was selected.
	other := expr.Alias(flights, "o")
	both := expr.Select(flights.ID, other.ID).From(flights).Join(other, expr.Eq(other.ID, flights.ID.Add(1))).OrderBy(flights.ID)
	row, err := result(t, db, both).First(ctx)
	if err != nil {
		t.Fatal(err)
	}
	id, err1 := engine.Get[int](row, flights.ID)
	next, err2 := engine.Get[int](row, other.ID)
	if _, err := row.Get("id"); err == nil || id != 0 || next != 1 || err1 != nil || err2 != nil {
		t.Errorf("got %d and %d, errors %v, %v; by name: %v", id, next, err1, err2, err)
	}
}
